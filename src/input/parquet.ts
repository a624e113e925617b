/**
 * Lists as Parquet files. hyparquet decodes the columns; their conversion to cells is here, because
 * cells must have the exact digits of the file.
 */
import * as zlib from "node:zlib";
import type { AsyncBuffer, Compressors, FileMetaData } from "hyparquet";
import { errors, UpsweepError } from "../errors.js";
import type { Lines } from "./lines.js";
import { type ParquetColumn, parquetColumnsOf } from "./parquet-columns.js";
import { type TableRows, tableAsCsv, type WriteCell } from "./table.js";

type Decompress = (bytes: Uint8Array, options: { maxOutputLength: number }) => Uint8Array;

/** Node has zstd since version 22.15. */
const { zstdDecompressSync } = zlib as { readonly zstdDecompressSync?: Decompress };

/** Decompressors in addition to those of hyparquet, which has Snappy. */
const COMPRESSORS: Compressors = Object.fromEntries(
  Object.entries({
    GZIP: zlib.gunzipSync,
    BROTLI: zlib.brotliDecompressSync,
    ...(zstdDecompressSync && { ZSTD: zstdDecompressSync }),
  }).map(([codec, decompress]: [string, Decompress]) => [
    codec,
    (bytes: Uint8Array, length: number) => decompress(bytes, { maxOutputLength: length }),
  ]),
);

const CODECS = ["UNCOMPRESSED", "SNAPPY", ...Object.keys(COMPRESSORS)];

const MAGIC = Buffer.from("PAR1");

/** The magic number at each end, and the length of the footer. */
const MIN_BYTES = 12;

/**
 * Converts a Parquet file to CSV. Memory is limited to one row group.
 *
 * @param onFraction called with the fraction of the rows that has been read, from 0 to 1.
 * @throws UpsweepError if the file is damaged, has an unsupported compression, or a column that is
 * not a number, text or boolean.
 */
export async function* fromParquet(
  file: AsyncBuffer,
  location: string,
  lines: Lines,
  onFraction: (fraction: number) => void,
): AsyncGenerator<Uint8Array> {
  // Loaded only when it is needed, because it takes longer than reading a small CSV.
  const { parquetMetadataAsync } = await import("hyparquet");
  const metadata = await orDamaged(location, async () => {
    await checkEnd(file);
    return parquetMetadataAsync(file, { geoparquet: false });
  });
  const columns = await orDamaged(location, () => {
    const columns = parquetColumnsOf(metadata, location);
    checkRowGroups(metadata, location);
    return columns;
  });
  const names = columns.map(({ name }) => name);
  yield* tableAsCsv(names, readRows(file, metadata, columns, location, onFraction), lines);
}

/** @throws Error if the end of the file is missing. */
async function checkEnd(file: AsyncBuffer): Promise<void> {
  const { byteLength } = file;
  if (byteLength < MIN_BYTES) throw new Error("it is too short");
  const end = Buffer.from(await file.slice(byteLength - MAGIC.length, byteLength));
  if (!end.equals(MAGIC)) throw new Error("it does not end with PAR1");
}

/**
 * @throws UpsweepError if a row group has an unsupported compression, and Error if the lengths of
 * its columns differ.
 */
function checkRowGroups({ row_groups }: FileMetaData, location: string): void {
  for (const { columns, num_rows } of row_groups)
    for (const { meta_data } of columns) {
      if (meta_data?.num_values !== num_rows) throw new Error("its columns have different lengths");
      if (!CODECS.includes(meta_data.codec))
        throw errors.unsupportedInput(
          location,
          `a Parquet file compressed with ${meta_data.codec ?? "an unknown codec"}`,
          'Write it with Snappy, in pandas and polars with compression="snappy".',
        );
    }
}

/** Reads the rows, one row group after the other. */
async function* readRows(
  file: AsyncBuffer,
  metadata: FileMetaData,
  columns: readonly ParquetColumn[],
  location: string,
  onFraction: (fraction: number) => void,
): AsyncGenerator<TableRows> {
  let rowStart = 0;
  for (const { num_rows } of metadata.row_groups) {
    const rowEnd = rowStart + Number(num_rows);
    const range = { rowStart, rowEnd };
    const cells: WriteCell[] = [];
    // One column after the other, because decoded values take much memory until they are stored.
    for (const column of columns)
      cells.push(await orDamaged(location, () => readColumn(file, metadata, column, range)));
    yield { rows: rowEnd - rowStart, columns: cells };
    onFraction(rowEnd / Number(metadata.num_rows));
    rowStart = rowEnd;
  }
}

/** @throws Error if the data of the column are damaged. */
async function readColumn(
  file: AsyncBuffer,
  metadata: FileMetaData,
  { name, store }: ParquetColumn,
  { rowStart, rowEnd }: { readonly rowStart: number; readonly rowEnd: number },
): Promise<WriteCell> {
  const { parquetRead } = await import("hyparquet");
  const decoded: ArrayLike<unknown>[] = [];
  await parquetRead({
    file,
    metadata,
    columns: [name],
    rowStart,
    rowEnd,
    compressors: COMPRESSORS,
    // Texts stay bytes, and are copied as they are.
    utf8: false,
    onChunk: ({ columnData }) => decoded.push(columnData),
  });
  const { set, writeCell } = store(rowEnd - rowStart);
  let row = 0;
  for (const values of decoded)
    for (let i = 0; i < values.length; i++, row++) {
      const value = values[i];
      if (value !== undefined && value !== null) set(row, value);
    }
  if (row !== rowEnd - rowStart) throw new Error("rows are missing");
  return writeCell;
}

/** Runs a part of hyparquet, and converts its errors. */
async function orDamaged<T>(location: string, read: () => T | Promise<T>): Promise<T> {
  try {
    return await read();
  } catch (error) {
    if (error instanceof UpsweepError) throw error;
    throw errors.damagedParquet(location, reasonOf(error));
  }
}

/** What is wrong with a file. Errors of other classes are thrown by JavaScript on malformed data. */
function reasonOf(error: unknown): string {
  return error instanceof Error && error.constructor === Error
    ? error.message.replace(/^parquet /, "")
    : "its contents are malformed";
}
