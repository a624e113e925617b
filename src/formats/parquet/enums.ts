/**
 * Enumerations of the Parquet format that this program writes, with the numbers that files contain
 * (parquet.thrift: Type, CompressionCodec and Encoding). The kernel's copies are generated from
 * this file.
 */

/** How the values of a column are stored. The kernel takes texts as numbers of a dictionary. */
export const PHYSICAL_TYPES = {
  BOOLEAN: 0,
  INT32: 1,
  INT64: 2,
  DOUBLE: 5,
  BYTE_ARRAY: 6,
} as const;

export type PhysicalType = keyof typeof PHYSICAL_TYPES;

/** How the body of a page is compressed. */
export const CODECS = { UNCOMPRESSED: 0, SNAPPY: 1 } as const;

export type Codec = keyof typeof CODECS;

/** How the values of a data page are encoded. Definition levels are always RLE. */
export const ENCODINGS = { PLAIN: 0, RLE_DICTIONARY: 8 } as const;

export type Encoding = keyof typeof ENCODINGS;
