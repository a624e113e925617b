/**
 * Lists as Parquet files. hyparquet decodes the columns; their conversion to cells is here, because
 * cells must have the exact digits of the file.
 */
import { getHeapStatistics } from "node:v8";
import type { AsyncBuffer, ColumnChunk, FileMetaData } from "hyparquet";
import { errors, UpsweepError } from "../errors.js";
import { ThriftReader, WIRE } from "../formats/parquet/thrift-bytes.js";
import type { Lines } from "./lines.js";
import { DECOMPRESSORS } from "./parquet-codecs.js";
import { type ParquetColumn, parquetColumnsOf } from "./parquet-columns.js";
import { CheckedPages } from "./parquet-pages.js";
import { type TableRows, tableAsCsv, type WriteCell } from "./table.js";

const MAGIC = Buffer.from("PAR1");

/** Size of the end of a footer: the size of its metadata, and the magic number. */
const END_BYTES = 8;

/**
 * Maximum number of rows in a row group. Arrays of V8 that grow have up to 2^27 elements; more end
 * the process. Arrow C++ writes up to 2^26 rows, other programs fewer.
 */
const MAX_ROWS = 2 ** 26;

/** Upper limit of the size of a value of the metadata on the heap, in bytes. */
const METADATA_HEAP_BYTES = 256;

/**
 * Converts a Parquet file to CSV. Memory is limited to one row group.
 *
 * @param onFraction called with the fraction of the rows that has been read, from 0 to 1.
 * @throws UpsweepError if the file is damaged, has an unsupported compression, a column that is not
 * a number, text or boolean, or a row group that does not fit into memory.
 */
export async function* fromParquet(
  file: AsyncBuffer,
  location: string,
  lines: Lines,
  onFraction: (fraction: number) => void,
): AsyncGenerator<Uint8Array> {
  const metadata = await orDamaged(location, () => readMetadata(file, location));
  const columns = await orDamaged(location, () => {
    const columns = parquetColumnsOf(metadata, location);
    checkRowGroups(metadata, file, location);
    return columns;
  });
  const names = columns.map(({ name }) => name);
  yield* tableAsCsv(names, readRows(file, metadata, columns, location, onFraction), lines);
}

/**
 * @throws Error if the end of the file is missing, or the metadata are malformed. UpsweepError if
 * they do not fit into memory.
 */
async function readMetadata(file: AsyncBuffer, location: string): Promise<FileMetaData> {
  const { byteLength } = file;
  if (byteLength < MAGIC.length + END_BYTES) throw new Error("it is too short");
  const end = Buffer.from(await file.slice(byteLength - END_BYTES, byteLength));
  if (!end.subarray(4).equals(MAGIC)) throw new Error("it does not end with PAR1");
  const size = end.readUInt32LE(0) + END_BYTES;
  if (size > byteLength - MAGIC.length)
    throw new Error(`its footer has ${size} bytes, but the file has only ${byteLength}`);
  const footer = await file.slice(byteLength - size, byteLength);
  // hyparquet would allocate lists of any length, and take minutes for integers of many bytes.
  const metadata = new ThriftReader(
    new Uint8Array(footer, 0, size - END_BYTES),
    (what) => new Error(`its footer is malformed: ${what}`),
  );
  metadata.skip(WIRE.STRUCT);
  if (metadata.skipped * METADATA_HEAP_BYTES > maxHeapBytes())
    throw errors.unsupportedInput(
      location,
      `a Parquet file with ${size} bytes of metadata`,
      "Write it with fewer columns, or with larger row groups.",
    );
  // Loaded only when it is needed, because it takes longer than reading a small CSV.
  const { parquetMetadata } = await import("hyparquet");
  return parquetMetadata(footer, { geoparquet: false });
}

/**
 * @throws UpsweepError if a row group has an unsupported compression or too many rows, and Error if
 * the lengths of its columns differ, or sizes do not add up.
 */
function checkRowGroups(
  { schema, row_groups, num_rows: allRows }: FileMetaData,
  file: AsyncBuffer,
  location: string,
): void {
  if (schema[0]?.num_children !== schema.length - 1) throw new Error("its schema is malformed");
  let [rows, bytes] = [0n, 0n];
  for (const { columns, num_rows } of row_groups) {
    if (!isCount(num_rows)) throw new Error("a number of rows is impossible");
    if (num_rows > MAX_ROWS) throw errors.longRowGroup(location, Number(num_rows));
    rows += num_rows;
    for (const { meta_data, file_path } of columns) {
      if (meta_data?.num_values !== num_rows) throw new Error("its columns have different lengths");
      if (file_path) throw new Error("its columns are in other files");
      if (!isCount(meta_data.total_compressed_size)) throw new Error("a size is impossible");
      bytes += meta_data.total_compressed_size;
      if (!DECOMPRESSORS.has(meta_data.codec))
        throw errors.unsupportedInput(
          location,
          `a Parquet file compressed with ${meta_data.codec ?? "an unknown codec"}`,
          'Write it with Snappy, in pandas and polars with compression="snappy".',
        );
    }
  }
  if (rows !== allRows) throw new Error(`it says ${allRows} rows, but its row groups have ${rows}`);
  // Otherwise, a small file could have the same large column many times.
  if (bytes > file.byteLength) throw new Error("its columns have more bytes than the file");
}

/** Size of what may be decoded at once on the heap of JavaScript, in bytes. */
function maxHeapBytes(): number {
  return 0.7 * getHeapStatistics().heap_size_limit;
}

/** Damage can give a number in the metadata any type. */
function isCount(value: unknown): value is bigint {
  return typeof value === "bigint" && value >= 0n;
}

/** Reads the rows, one row group after the other. */
async function* readRows(
  file: AsyncBuffer,
  metadata: FileMetaData,
  columns: readonly ParquetColumn[],
  location: string,
  onFraction: (fraction: number) => void,
): AsyncGenerator<TableRows> {
  let rowsRead = 0;
  for (const group of metadata.row_groups) {
    const rows = Number(group.num_rows);
    const cells: WriteCell[] = [];
    // One column after the other, because decoded values take much memory until they are stored.
    for (const column of columns) {
      const chunk = group.columns.find(({ meta_data }) => {
        const path = meta_data?.path_in_schema;
        return path?.length === 1 && path[0] === column.name;
      });
      cells.push(await orDamaged(location, () => readColumn(file, chunk, column, rows, location)));
    }
    yield { rows, columns: cells };
    rowsRead += rows;
    onFraction(rowsRead / Number(metadata.num_rows));
  }
}

/** @throws Error if the data of the column are damaged. */
async function readColumn(
  file: AsyncBuffer,
  chunk: ColumnChunk | undefined,
  { element, store }: ParquetColumn,
  rows: number,
  location: string,
): Promise<WriteCell> {
  const meta = chunk?.meta_data;
  if (meta === undefined) throw new Error("a column is missing");
  const { dictionary_page_offset, data_page_offset, total_compressed_size, codec } = meta;
  const { type, type_length: typeLength, repetition_type } = element;
  // hyparquet decodes the type of the chunk.
  if (meta.type !== type) throw new Error("a column has another type than its schema");
  const offset = dictionary_page_offset || data_page_offset;
  if (!isCount(offset)) throw new Error("an offset is impossible");
  const start = Number(offset);
  const bytes = await file.slice(start, start + Number(total_compressed_size));
  const isOptional = repetition_type !== "REQUIRED";
  const pages = new CheckedPages(
    {
      bytes: new Uint8Array(bytes),
      rows,
      codec,
      column: { type, typeLength, isOptional },
      maxHeapBytes: maxHeapBytes(),
    },
    location,
  );
  const { parquetRead } = await import("hyparquet");
  const decoded: ArrayLike<unknown>[] = [];
  await parquetRead({
    // A file of this column chunk alone.
    file: { byteLength: bytes.byteLength, slice: () => bytes },
    metadata: {
      version: 1,
      metadata_length: 0,
      schema: [{ name: "root", num_children: 1 }, element],
      num_rows: BigInt(rows),
      row_groups: [
        {
          num_rows: BigInt(rows),
          total_byte_size: total_compressed_size,
          columns: [
            {
              file_offset: 0n,
              meta_data: {
                ...meta,
                dictionary_page_offset: 0n,
                data_page_offset: 0n,
                // With any codec, hyparquet lets `compressors` decompress all pages.
                codec: "GZIP",
              },
            },
          ],
        },
      ],
    },
    compressors: { GZIP: (page, length) => pages.decompress(page, length) },
    // Texts stay bytes, and are copied as they are.
    utf8: false,
    onChunk: ({ columnData }) => decoded.push(columnData),
  });
  const { set, writeCell } = store(rows);
  let [row, present] = [0, 0];
  for (const values of decoded)
    for (let i = 0; i < values.length; i++, row++) {
      const value = values[i];
      if (value === undefined || value === null) continue;
      set(row, value);
      present++;
    }
  if (row !== rows) throw new Error("rows are missing");
  if (present !== pages.present) throw new Error("an index is outside of its dictionary");
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
