// Parquet: the input, the record and the buffers of one column chunk (formats/parquet/chunk.ts).

import { PARQUET_TEXT_BYTES, ROW_GROUP_ROWS } from "../ids.generated";
import { VECTORS_END } from "./vectors";

const ROWS: usize = <usize>ROW_GROUP_ROWS;

// ── CHUNK: the record of a column chunk ──
/**
 * The caller writes the first part. Entries are u32:
 *
 *    0 type         physical type (PARQUET_TYPE_…)
 *    4 codec        PARQUET_CODEC_…
 *    8 isUnsigned   1 if minimum and maximum compare integers without a sign
 *   12 isOptional   1 if PARQUET_VALIDITY says which rows have a value
 *   16 rows         0 to ROW_GROUP_ROWS
 *   20 runs         the number of runs of the input, or 0 if the input is a vector
 *   24 texts        the number of texts in PARQUET_DICTIONARY, only for byte arrays
 *   28 textBytes    their bytes, at most PARQUET_TEXT_BYTES
 *   32 offset       where in the current output buffer the bodies begin
 *
 * The kernel writes the rest, u32 unless a type is given. The bodies follow one another; a body is
 * what comes after the header of a page.
 *
 *   36 bodies            the address of the dictionary page's body, then the data page's body
 *   40 encoding          of the data page (PARQUET_ENCODING_…)
 *   44 dictionaryValues  0 if there is no dictionary page
 *   48 dictionaryPlain   bytes of its body before compression …
 *   52 dictionaryBytes   … and as written
 *   56 dataPlain         bytes of the data page's body before compression …
 *   60 dataBytes         … and as written
 *   64 present           rows with a value; the others are null
 *   68 hasRange          1 if there are a minimum and a maximum
 *   72 min               u64: for a BOOLEAN 0 or 1; for an INT32 extended to 64 bits; for a DOUBLE
 *                        its bits; for a text the byte of PARQUET_DICTIONARY at which it begins
 *   80 max               u64, likewise
 */
export const CHUNK_PTR: usize = (VECTORS_END + 63) & ~63;
export const CHUNK_TYPE: usize = 0;
export const CHUNK_CODEC: usize = 4;
export const CHUNK_IS_UNSIGNED: usize = 8;
export const CHUNK_IS_OPTIONAL: usize = 12;
export const CHUNK_ROWS: usize = 16;
export const CHUNK_RUNS: usize = 20;
export const CHUNK_TEXTS: usize = 24;
export const CHUNK_TEXT_BYTES: usize = 28;
export const CHUNK_OFFSET: usize = 32;
export const CHUNK_BODIES: usize = 36;
export const CHUNK_ENCODING: usize = 40;
export const CHUNK_DICTIONARY_VALUES: usize = 44;
export const CHUNK_DICTIONARY_PLAIN: usize = 48;
export const CHUNK_DICTIONARY_BYTES: usize = 52;
export const CHUNK_DATA_PLAIN: usize = 56;
export const CHUNK_DATA_BYTES: usize = 60;
export const CHUNK_PRESENT: usize = 64;
export const CHUNK_HAS_RANGE: usize = 68;
export const CHUNK_MIN: usize = 72;
export const CHUNK_MAX: usize = 80;
const CHUNK_RECORD_BYTES: usize = 128;

// ── Input of a column chunk ──
/**
 * A chunk is a vector or runs. The kernel overwrites both:
 *
 *   vector   rows × value, by physical type: u8 for BOOLEAN, u32 for INT32, u64 for INT64, f64 for
 *            DOUBLE, u32 for texts (the number of each in the dictionary)
 *   runs     runs × u64 in PARQUET_INPUT, each a value of the type, extended to 64 bits; and
 *            runs × u32 in PARQUET_COUNTS, the rows of each run
 *
 * If the column is optional, PARQUET_VALIDITY has a byte per row: 1 if the row has a value, else 0.
 * The vector or the runs contain any value for the other rows.
 *
 * The texts of a byte array column are in PARQUET_DICTIONARY as a dictionary page has them: each is
 * a length of 32 bits and its bytes. The kernel does not change them.
 */
const VECTOR_SLACK_BYTES: usize = 64;
/**
 * Definition levels are written directly before the values, so that both are one body. The longest
 * alternate between runs and bit-packed groups: two bytes for each eight rows.
 */
const LEVELS_MAX: usize = 4 + ROWS / 4;
export const PARQUET_INPUT_PTR: usize =
  (CHUNK_PTR + CHUNK_RECORD_BYTES + LEVELS_MAX + VECTOR_SLACK_BYTES) & ~63;
export const PARQUET_COUNTS_PTR: usize = PARQUET_INPUT_PTR + 8 * ROWS + VECTOR_SLACK_BYTES;
export const PARQUET_VALIDITY_PTR: usize = PARQUET_COUNTS_PTR + 4 * ROWS + VECTOR_SLACK_BYTES;
export const PARQUET_DICTIONARY_PTR: usize = PARQUET_VALIDITY_PTR + ROWS + VECTOR_SLACK_BYTES;

// ── Buffers of a column chunk ──
/** The number of each value in the dictionary, as u32. */
export const PARQUET_INDICES_PTR: usize =
  PARQUET_DICTIONARY_PTR + <usize>PARQUET_TEXT_BYTES + VECTOR_SLACK_BYTES;
/** A hash table: 1 + the number of a value in the dictionary, as u16; 0 if a slot is empty. */
export const PARQUET_TABLE_BITS: u32 = 15;
export const PARQUET_TABLE_PTR: usize = PARQUET_INDICES_PTR + 4 * ROWS + VECTOR_SLACK_BYTES;
/**
 * The body of a data page of numbers of a dictionary, or of bits. The longest has the bit width,
 * and a header and 17 bits for each number.
 */
const INDEX_BITS_MAX: usize = 17;
const INDICES_MAX: usize = 4 + INDEX_BITS_MAX * (ROWS / 8);
export const PARQUET_BODY_PTR: usize = PARQUET_TABLE_PTR + (2 << <usize>PARQUET_TABLE_BITS);
/** The hash table of the compressor: the lower 16 bits of positions, as u16. */
export const SNAPPY_TABLE_BITS: u32 = 14;
export const SNAPPY_TABLE_PTR: usize =
  (PARQUET_BODY_PTR + LEVELS_MAX + INDICES_MAX + VECTOR_SLACK_BYTES + 63) & ~63;

// ── Output of a column chunk ──
/**
 * Room that the bodies of a chunk need in an output buffer. The longest have a dictionary of texts
 * and an index page. Compression lengthens a body by at most 1/64 and 16 bytes (snappy.ts), and
 * both pages overwrite up to 64 bytes after their end.
 */
const LONGEST_PLAIN: usize = <usize>PARQUET_TEXT_BYTES + LEVELS_MAX + INDICES_MAX;
export const PARQUET_CHUNK_BYTES: usize =
  (LONGEST_PLAIN + LONGEST_PLAIN / 64 + 2 * 16 + 64 + 63) & ~63;

export const LAYOUT_END: usize = SNAPPY_TABLE_PTR + (2 << <usize>SNAPPY_TABLE_BITS);
