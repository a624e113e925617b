/** Limits that host and kernel share. The kernel's copies are generated from this file. */

/**
 * The largest value of a layer parameter. It fits in a signed 32-bit integer, and the product of two
 * parameters fits in 64 bits.
 */
export const PARAMETER_MAX = 2 ** 31 - 1;

/**
 * The values of the field `padding` for `padding="same"` and `padding="valid"`. Both are larger than
 * every number of zeros.
 */
export const PADDING_SAME = 2 ** 31;
export const PADDING_VALID = 2 ** 31 + 1;

/** The largest setting `bits`. */
export const BITS_MAX = 64;

/** The maximum length of a cell in bytes, without its separator. A decimal can be that long. */
export const CELL_TEXT_BYTES = 27;

/**
 * Maximum size of a chunk of a list, in bytes: what the kernel counts in one call. A record cannot
 * be longer.
 */
export const INPUT_BYTES = 512 * 1024;

/** Bytes of finished rows in an output buffer of the kernel. */
export const OUTPUT_BYTES = 4 * 1024 * 1024;

/**
 * Maximum number of visits in a task. It ends a task that writes few or no rows after some
 * milliseconds. A visit examines one layer, or skips one block of layers. A simulated layer counts
 * as the number of visits that take equally long.
 */
export const MAX_VISITS = 262_144;

/** Number of bins of a histogram of ratios: one for 0, then 128 per doubling from 2^-32 to 2^32. */
export const TALLY_BINS = 1 + 128 * 64;

/** Maximum number of rows in a row group of a Parquet file. */
export const ROW_GROUP_ROWS = 2 ** 17;

/**
 * Maximum size of the distinct texts of a column in a row group, in bytes. Each text takes 4 bytes
 * more than its UTF-8.
 */
export const PARQUET_TEXT_BYTES = 2 ** 20;
