/**
 * Row groups: how many rows they have, and where the pages of each column are. A row group is
 * described without its place in the file, so that its description stays valid if it moves.
 *
 * The bytes of a file are contiguous: row groups in order, in them the chunks of all columns in
 * order, in them the dictionary page, if there is one, and the data pages.
 */
import {
  COMPRESSION_CODEC,
  type Codec,
  ENCODING,
  PAGE_TYPE,
  TYPE,
  type ValueEncoding,
} from "./enums.js";
import { type Column, physicalType } from "./schema.js";
import { STATISTICS, type Statistics } from "./statistics.js";
import { I16, I32, I64, list, optional, type Read, required, STRING, struct } from "./thrift.js";

const PAGE_ENCODING_STATS = struct("PageEncodingStats", {
  pageType: required(1, PAGE_TYPE),
  encoding: required(2, ENCODING),
  count: required(3, I32),
});

/**
 * Not written: 8 key_value_metadata, 10 index_page_offset, 14 bloom_filter_offset, 15
 * bloom_filter_length, 16 size_statistics, 17 geospatial_statistics.
 */
const COLUMN_META_DATA = struct("ColumnMetaData", {
  type: required(1, TYPE),
  encodings: required(2, list(ENCODING)),
  pathInSchema: required(3, list(STRING)),
  codec: required(4, COMPRESSION_CODEC),
  numValues: required(5, I64),
  totalUncompressedSize: required(6, I64),
  totalCompressedSize: required(7, I64),
  dataPageOffset: required(9, I64),
  dictionaryPageOffset: optional(11, I64),
  statistics: optional(12, STATISTICS),
  encodingStats: optional(13, list(PAGE_ENCODING_STATS)),
});

/** Not written: 1 file_path, 4 to 7 of the page index, 8 and 9 of encryption. */
const COLUMN_CHUNK = struct("ColumnChunk", {
  filePath: optional(1, STRING),
  fileOffset: required(2, I64),
  metaData: optional(3, COLUMN_META_DATA),
});

/** Not written: 4 sorting_columns. */
export const ROW_GROUP = struct("RowGroup", {
  columns: required(1, list(COLUMN_CHUNK)),
  totalByteSize: required(2, I64),
  numRows: required(3, I64),
  fileOffset: optional(5, I64),
  totalCompressedSize: optional(6, I64),
  ordinal: optional(7, I16),
});

export type ColumnMetaData = Read<typeof COLUMN_META_DATA>;
export type RowGroup = Read<typeof ROW_GROUP>;

/** The pages of one column in a row group. Sizes are in bytes, and include the page headers. */
export interface ChunkPages {
  readonly codec: Codec;
  readonly encoding: ValueEncoding;
  readonly dataPages: number;
  /** Size of the dictionary page in the file, or 0 if `encoding` is PLAIN. */
  readonly dictionaryBytes: number;
  /** Size of all pages in the file. */
  readonly compressedBytes: number;
  /** Size of all pages, if their bodies were not compressed. */
  readonly uncompressedBytes: number;
}

/** A column of a row group. */
export interface ChunkEntry extends ChunkPages {
  readonly statistics: Statistics;
}

/** A row group. */
export interface RowGroupEntry {
  readonly rows: number;
  /** One per column, in the order of the columns. */
  readonly chunks: readonly ChunkEntry[];
}

/** Size of a row group in the file, in bytes. */
export function compressedBytesOf({ chunks }: RowGroupEntry): number {
  return chunks.reduce((sum, { compressedBytes }) => sum + compressedBytes, 0);
}

/** Size of a row group without compression, in bytes. */
export function uncompressedBytesOf({ chunks }: RowGroupEntry): number {
  return chunks.reduce((sum, { uncompressedBytes }) => sum + uncompressedBytes, 0);
}

/**
 * The encodings in a chunk. The levels of data pages are RLE, also where there are none. The counts
 * of pages tell parquet-java that all values are in the dictionary, which it then searches to skip
 * row groups.
 */
export function encodingsOf({
  encoding,
  dataPages,
}: ChunkPages): Pick<ColumnMetaData, "encodings" | "encodingStats"> {
  const data = { pageType: "DATA_PAGE", encoding, count: dataPages } as const;
  if (encoding === "PLAIN") return { encodings: ["PLAIN", "RLE"], encodingStats: [data] };
  const dictionary = { pageType: "DICTIONARY_PAGE", encoding: "PLAIN", count: 1 } as const;
  return { encodings: ["PLAIN", "RLE", "RLE_DICTIONARY"], encodingStats: [dictionary, data] };
}

/**
 * The metadata of a row group at its place in a file.
 *
 * @param start the offset of its first byte.
 * @param ordinal its number in the file, from 0. Absent in a file with too many row groups.
 */
export function placed(
  columns: readonly Column[],
  entry: RowGroupEntry,
  start: number,
  ordinal?: number,
): RowGroup {
  let offset = start;
  const chunks = columns.map((column, i) => {
    const chunk = entry.chunks[i] as ChunkEntry;
    const { encoding, codec, dictionaryBytes, compressedBytes, uncompressedBytes } = chunk;
    const metaData: ColumnMetaData = {
      type: physicalType(column),
      ...encodingsOf(chunk),
      pathInSchema: [column.name],
      codec,
      numValues: entry.rows,
      totalUncompressedSize: uncompressedBytes,
      totalCompressedSize: compressedBytes,
      dataPageOffset: offset + dictionaryBytes,
      dictionaryPageOffset: encoding === "RLE_DICTIONARY" ? offset : undefined,
      statistics: chunk.statistics,
    };
    offset += compressedBytes;
    // The offset of another copy of this metadata: there is none.
    return { fileOffset: 0, metaData };
  });
  return {
    columns: chunks,
    totalByteSize: uncompressedBytesOf(entry),
    numRows: entry.rows,
    fileOffset: start,
    totalCompressedSize: offset - start,
    ordinal,
  };
}
