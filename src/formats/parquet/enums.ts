/**
 * The enums of parquet.thrift, with the values that upsweep writes. Reading refuses all others.
 */
import { enumeration, type Read } from "./thrift.js";

export const TYPE = enumeration("Type", {
  BOOLEAN: 0,
  INT32: 1,
  INT64: 2,
  DOUBLE: 5,
  BYTE_ARRAY: 6,
});

export const CONVERTED_TYPE = enumeration("ConvertedType", { UTF8: 0, UINT_64: 14 });

export const FIELD_REPETITION_TYPE = enumeration("FieldRepetitionType", {
  REQUIRED: 0,
  OPTIONAL: 1,
});

export const ENCODING = enumeration("Encoding", { PLAIN: 0, RLE: 3, RLE_DICTIONARY: 8 });

export const COMPRESSION_CODEC = enumeration("CompressionCodec", {
  UNCOMPRESSED: 0,
  SNAPPY: 1,
  LZ4_RAW: 7,
});

export const PAGE_TYPE = enumeration("PageType", { DATA_PAGE: 0, DICTIONARY_PAGE: 2 });

/** The compression of a column chunk. */
export type Codec = Read<typeof COMPRESSION_CODEC>;

/** The encoding of the values in all data pages of a column chunk. */
export type ValueEncoding = "PLAIN" | "RLE_DICTIONARY";
