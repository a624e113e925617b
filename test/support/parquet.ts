/** Parquet files of the tests, and two independent readers of them. */
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { DuckDBBlobValue, DuckDBInstance, type DuckDBValue } from "@duckdb/node-api";
import { type FileMetaData, parquetMetadata, parquetRead } from "hyparquet";
import { type Footer, footerBytes, MAGIC } from "../../src/formats/parquet/footer.ts";
import { footerSize, type ParquetFile } from "../../src/formats/parquet/read-footer.ts";
import type { RowGroupEntry } from "../../src/formats/parquet/row-group.ts";
import { rowGroupEntry } from "../../src/formats/parquet/row-group-entry.ts";
import type { Column } from "../../src/formats/parquet/schema.ts";
import { type Cell, chunkOf, type Style } from "./parquet-pages.ts";

export type Row = readonly Cell[];

/** A file, and what it was made of. */
export interface MadeFile {
  readonly bytes: Buffer;
  readonly footer: Footer;
}

export const PLAIN: Style = { codec: "UNCOMPRESSED", hasDictionary: false, pageValues: 1000 };
export const DICTIONARY: Style = { ...PLAIN, hasDictionary: true };

/** The bytes of a row group, and its description. */
export function rowGroupOf(
  columns: readonly Column[],
  rows: readonly Row[],
  style: Style,
): { readonly bytes: Buffer; readonly entry: RowGroupEntry } {
  const chunks = columns.map((column, i) =>
    chunkOf(
      column,
      rows.map((row) => row[i] as Cell),
      style,
    ),
  );
  return {
    bytes: Buffer.concat(chunks.map(({ bytes }) => bytes)),
    entry: rowGroupEntry(
      columns,
      rows.length,
      chunks.map(({ bytes, ...pages }) => pages),
    ),
  };
}

/** Writes a file. Each list of rows is a row group. */
export function fileOf(
  columns: readonly Column[],
  groups: readonly (readonly Row[])[],
  style: Style,
  keyValues: Readonly<Record<string, string>> = {},
): MadeFile {
  const made = groups.map((rows) => rowGroupOf(columns, rows, style));
  const footer: Footer = {
    columns,
    rowGroups: made.map(({ entry }) => entry),
    keyValues: new Map(Object.entries(keyValues)),
    createdBy: "upsweep version 1.2.3 (build 0123abcd)",
  };
  return {
    bytes: assembled(
      made.map(({ bytes }) => bytes),
      footer,
    ),
    footer,
  };
}

/** A file of row groups and a footer. */
export function assembled(groups: readonly Uint8Array[], footer: Footer): Buffer {
  return Buffer.concat([MAGIC, ...groups, footerBytes(footer)]);
}

/** A file as `readFooter` takes it, with the bytes of its footer. */
export function endsOf(bytes: Uint8Array, path = "a.parquet"): [ParquetFile, Uint8Array] {
  const file = { path, size: bytes.length, head: bytes.subarray(0, 4) };
  return [file, bytes.subarray(bytes.length - footerSize(file, bytes.subarray(-8)))];
}

function arrayBufferOf(bytes: Uint8Array): ArrayBuffer {
  return Uint8Array.from(bytes).buffer;
}

/** The metadata of a file, as hyparquet reads it. */
export function metadataOf(bytes: Uint8Array): FileMetaData {
  return parquetMetadata(arrayBufferOf(bytes));
}

/** All rows of a file, as hyparquet reads them. */
export async function rowsInHyparquet(bytes: Uint8Array): Promise<Row[]> {
  let rows: Row[] = [];
  await parquetRead({
    file: arrayBufferOf(bytes),
    utf8: false,
    // Its own parser drops a byte order mark.
    parsers: { stringFromBytes: (bytes) => Buffer.from(bytes).toString("utf8") },
    onComplete: (all) => {
      rows = all;
    },
  });
  return rows;
}

/** The result of a query in DuckDB. The file is `$file` in it. */
export async function inDuckDb(
  bytes: Uint8Array,
  sql: string,
): Promise<Record<string, DuckDBValue>[]> {
  const folder = mkdtempSync(join(tmpdir(), "upsweep-parquet-"));
  const path = join(folder, "a.parquet");
  writeFileSync(path, bytes);
  const instance = await DuckDBInstance.create(":memory:", { threads: "1" });
  try {
    const connection = await instance.connect();
    const reader = await connection.runAndReadAll(sql.replaceAll("$file", `'${path}'`));
    const rows = reader.getRowObjects();
    connection.closeSync();
    return rows;
  } finally {
    instance.closeSync();
    rmSync(folder, { recursive: true });
  }
}

/** All rows of a file, as DuckDB reads them. */
export async function rowsInDuckDb(bytes: Uint8Array, columns: readonly Column[]): Promise<Row[]> {
  // Its interface to JavaScript drops a byte order mark, so texts are taken as bytes.
  const cells = columns.map(({ name, type }) => {
    const cell = `"${name.replaceAll('"', '""')}"`;
    return type === "STRING" ? `encode(${cell})` : cell;
  });
  const rows = await inDuckDb(bytes, `SELECT ${cells.join(", ")} FROM $file`);
  return rows.map((row) =>
    Object.values(row).map((cell, i): Cell => {
      if (!(cell instanceof DuckDBBlobValue)) return cell as Cell;
      return columns[i]?.type === "STRING" ? Buffer.from(cell.bytes).toString("utf8") : cell.bytes;
    }),
  );
}
