/** Descriptions of row groups: of those that were written, and of those that were read. */
import { quote } from "../../format-message.js";
import {
  type ChunkEntry,
  type ChunkPages,
  type ColumnMetaData,
  compressedBytesOf,
  encodingsOf,
  placed,
  type RowGroup,
  type RowGroupEntry,
  uncompressedBytesOf,
} from "./row-group.js";
import { type Column, physicalType } from "./schema.js";
import { arePossible, statisticsOf, type ValueRange } from "./statistics.js";
import type { Refuse } from "./thrift-bytes.js";

/**
 * Describes a row group that was written.
 *
 * @param rows number of its rows, at least 1.
 * @param chunks the pages and values of each column, in the order of the columns.
 * @throws RangeError if the numbers contradict each other, or a bound does not fit its column.
 */
export function rowGroupEntry(
  columns: readonly Column[],
  rows: number,
  chunks: readonly (ChunkPages & ValueRange)[],
): RowGroupEntry {
  if (chunks.length !== columns.length)
    throw new RangeError(`${chunks.length} chunks for ${columns.length} columns`);
  const entries = columns.map((column, i): ChunkEntry => {
    const { nullCount, range, nanCount, ...pages } = chunks[i] as ChunkPages & ValueRange;
    return { ...pages, statistics: statisticsOf(column, { nullCount, range, nanCount }) };
  });
  const metadata = placed(columns, { rows, chunks: entries }, 0);
  return entryOf(columns, metadata, 0, (what) => new RangeError(what));
}

/**
 * The description of a row group, from its metadata in a file.
 *
 * @param start the offset at which it must begin.
 * @throws the error of `refuse` unless the metadata is exactly what `placed` writes for some row
 * group: its chunks follow one another without gaps, and its sizes and counts add up.
 */
export function entryOf(
  columns: readonly Column[],
  rowGroup: RowGroup,
  start: number,
  refuse: Refuse,
): RowGroupEntry {
  const rows = rowGroup.numRows;
  if (rows < 1) throw refuse(`it has ${rows} rows`);
  if (rowGroup.columns.length !== columns.length)
    throw refuse(`it has ${rowGroup.columns.length} of ${columns.length} columns`);
  let offset = start;
  const chunks = columns.map((column, i): ChunkEntry => {
    const refuseChunk = (what: string) => refuse(`column ${quote(column.name)}: ${what}`);
    const { filePath, fileOffset, metaData } = rowGroup.columns[i] as RowGroup["columns"][number];
    if (filePath !== undefined || fileOffset !== 0 || metaData === undefined)
      throw refuseChunk("its metadata is elsewhere");
    const chunk = chunkOf(column, metaData, rows, offset, refuseChunk);
    offset += chunk.compressedBytes;
    return chunk;
  });
  const entry = { rows, chunks };
  const sizes = [rowGroup.totalByteSize, rowGroup.totalCompressedSize];
  if (sizes[0] !== uncompressedBytesOf(entry) || sizes[1] !== compressedBytesOf(entry))
    throw refuse("its size is not that of its columns");
  if (rowGroup.fileOffset !== start)
    throw refuse(`it says that it begins at ${rowGroup.fileOffset}, not ${start}`);
  return entry;
}

function chunkOf(
  column: Column,
  metaData: ColumnMetaData,
  rows: number,
  start: number,
  refuse: Refuse,
): ChunkEntry {
  const { type, pathInSchema, codec, numValues, dataPageOffset, statistics } = metaData;
  if (type !== physicalType(column) || pathInSchema.length !== 1 || pathInSchema[0] !== column.name)
    throw refuse(`it is described as ${type} ${quote(pathInSchema.join("."))}`);
  if (numValues !== rows) throw refuse(`it has ${numValues} values, but ${rows} rows`);
  const { dictionaryPageOffset } = metaData;
  // DuckDB reads a dictionary of booleans, and hyparquet 1.33 does not.
  if (type === "BOOLEAN" && dictionaryPageOffset !== undefined)
    throw refuse("booleans have no dictionary");
  const first = dictionaryPageOffset ?? dataPageOffset;
  if (first !== start)
    throw refuse(
      `it begins at ${first}, which ${first < start ? "overlaps" : "leaves a gap to"} ` +
        `the data before it, which ends at ${start}`,
    );
  const compressedBytes = metaData.totalCompressedSize;
  const uncompressedBytes = metaData.totalUncompressedSize;
  const dictionaryBytes = dataPageOffset - start;
  if (
    (dictionaryPageOffset !== undefined && dictionaryBytes <= 0) ||
    compressedBytes <= dictionaryBytes
  )
    throw refuse(
      `its data pages begin at ${dataPageOffset}, which is outside of it ` +
        `(${start} to ${start + compressedBytes})`,
    );
  if (uncompressedBytes < 1 || (codec === "UNCOMPRESSED" && uncompressedBytes !== compressedBytes))
    throw refuse(
      `it has ${compressedBytes} bytes (${codec}), but ${uncompressedBytes} without codec`,
    );
  const chunk = {
    codec,
    encoding: dictionaryPageOffset === undefined ? "PLAIN" : "RLE_DICTIONARY",
    dataPages: metaData.encodingStats?.at(-1)?.count ?? 0,
    dictionaryBytes,
    compressedBytes,
    uncompressedBytes,
  } as const;
  if (chunk.dataPages < 1 || !haveSameEncodings(metaData, encodingsOf(chunk)))
    throw refuse(`its encodings are not those of ${chunk.encoding} pages`);
  if (statistics === undefined || !arePossible(column, rows, statistics))
    throw refuse("its statistics are impossible");
  return { ...chunk, statistics };
}

type Encodings = Pick<ColumnMetaData, "encodings" | "encodingStats">;

function haveSameEncodings(one: Encodings, other: Encodings): boolean {
  const [pages, otherPages] = [one.encodingStats ?? [], other.encodingStats ?? []];
  return (
    one.encodings.length === other.encodings.length &&
    one.encodings.every((encoding, i) => encoding === other.encodings[i]) &&
    pages.length === otherPages.length &&
    pages.every(
      ({ pageType, encoding, count }, i) =>
        pageType === otherPages[i]?.pageType &&
        encoding === otherPages[i]?.encoding &&
        count === otherPages[i]?.count,
    )
  );
}
