/** Rows of Parquet and Arrow files, as other programs read them, and the CSV with the same rows. */
import { readFileSync } from "node:fs";
import { tableFromIPC } from "apache-arrow";
import { parquetMetadata, parquetReadObjects } from "hyparquet";
import { queried } from "./tables.ts";

export interface TypedRows {
  readonly columns: readonly string[];
  readonly rows: readonly (readonly unknown[])[];
}

/** The records of a CSV by RFC 4180. The first one has the names of the columns. */
export function csvRecords(csv: string): string[][] {
  const records: string[][] = [];
  let record: string[] = [];
  for (const [, quoted, plain, end] of csv.matchAll(/(?:"((?:[^"]|"")*)"|([^,\n]*))(,|\n|$)/g)) {
    if (end === "" && record.length === 0) break;
    record.push(quoted?.replaceAll('""', '"') ?? (plain as string));
    if (end === ",") continue;
    records.push(record);
    record = [];
  }
  return records;
}

/** A Parquet file as hyparquet reads it. */
export async function inHyparquet(path: string): Promise<TypedRows> {
  const file = Uint8Array.from(readFileSync(path)).buffer;
  const columns = parquetMetadata(file)
    .schema.slice(1)
    .map(({ name }) => name);
  const objects = await parquetReadObjects({ file });
  return { columns, rows: objects.map((row) => columns.map((name) => row[name])) };
}

/** A Parquet file as DuckDB reads it. */
export function inDuckDb(path: string): Promise<TypedRows> {
  return queried(`SELECT * FROM read_parquet('${path}')`);
}

/** Arrow data as the reader of the Arrow project reads it. */
export function inArrow(bytes: Uint8Array): TypedRows {
  const table = tableFromIPC(bytes);
  const columns = table.schema.fields.map(({ name }) => name);
  const rows = Array.from({ length: table.numRows }, (_, row) =>
    columns.map((_, i) => table.getChildAt(i)?.get(row) ?? null),
  );
  return { columns, rows };
}

/**
 * The cells of typed rows as a CSV has them.
 *
 * @param records the CSV. A value equals a cell in another spelling, such as `True` and `(8,)`.
 */
export function asCells({ rows }: TypedRows, records: readonly (readonly string[])[]): string[][] {
  return rows.map((row, i) =>
    row.map((value, column) => {
      const cell = records[i + 1]?.[column];
      return cell !== undefined && isSame(value, cell) ? cell : JSON.stringify(String(value));
    }),
  );
}

function isSame(value: unknown, cell: string): boolean {
  if (value === null || value === undefined) return cell === "";
  if (typeof value === "string") return value === cell;
  if (typeof value === "boolean")
    return (value ? ["true", "1"] : ["false", "0"]).includes(cell.toLowerCase());
  const plain = cell.replace(/[\s()[\],]/g, "");
  if (typeof value === "bigint") return plain !== "" && BigInt(plain) === value;
  const [numerator, denominator = "1"] = plain.split("/");
  return plain !== "" && Object.is(Number(numerator) / Number(denominator), value);
}
