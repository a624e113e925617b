/**
 * The enums of parquet.thrift, with the values that upsweep writes. Reading refuses all others. The
 * kernel's copies of PHYSICAL_TYPES, CODECS and ENCODINGS are generated from this file.
 */
import { enumeration, type Read } from "./thrift.js";

/** How the values of a column are stored. The kernel takes texts as numbers of a dictionary. */
export const PHYSICAL_TYPES = {
  BOOLEAN: 0,
  INT32: 1,
  INT64: 2,
  DOUBLE: 5,
  BYTE_ARRAY: 6,
} as const;

export type PhysicalType = keyof typeof PHYSICAL_TYPES;

export const TYPE = enumeration("Type", PHYSICAL_TYPES);

export const CONVERTED_TYPE = enumeration("ConvertedType", { UTF8: 0, UINT_64: 14 });

export const FIELD_REPETITION_TYPE = enumeration("FieldRepetitionType", {
  REQUIRED: 0,
  OPTIONAL: 1,
});

/** How the values of a data page are encoded. */
export const ENCODINGS = { PLAIN: 0, RLE_DICTIONARY: 8 } as const;

/** The encoding of the values in all data pages of a column chunk. */
export type ValueEncoding = keyof typeof ENCODINGS;

/** Definition levels are always RLE. */
export const ENCODING = enumeration("Encoding", { ...ENCODINGS, RLE: 3 });

/** How the body of a page can be compressed. */
export const CODECS = { UNCOMPRESSED: 0, SNAPPY: 1 } as const;

export const COMPRESSION_CODEC = enumeration("CompressionCodec", CODECS);

/** The compression of a column chunk. */
export type Codec = Read<typeof COMPRESSION_CODEC>;

export const PAGE_TYPE = enumeration("PageType", { DATA_PAGE: 0, DICTIONARY_PAGE: 2 });
