// Buffers: everything after the image, up to the buffers of column chunks.

import {
  DIMENSION_COUNT,
  INPUT_BYTES,
  MAX_NAMES,
  OUTPUT_BYTES,
  TALLY_BINS,
  TALLY_COUNT,
} from "../ids.generated";
import {
  CELL_CAPACITY,
  OUTPUT_BUFFERS,
  RESULTS_BYTES,
  RESULT_COUNT,
  SCRATCH_COUNTERS,
} from "./capacities";
import { IMAGE_END } from "./image";

// ── SCRATCH, INPUT ──
export const SCRATCH_PTR: usize = (IMAGE_END + 15) & ~15;
export const INPUT_PTR: usize = SCRATCH_PTR + 4 * <usize>SCRATCH_COUNTERS;

// ── TALLIES: comparisons ──
/**
 * A tally compares the answers of a convention with the exact count, over the layers of a batch:
 *
 *    0 layers      u64   layers with a ratio: the tool answers, and at least one product lands
 *    8 missing     u64   layers without an answer
 *   16 exact       u64   layers whose answer equals the MACs
 *   24 min         f64   the smallest ratio …
 *   32 minAt       u64   … and its first layer: raw index, or byte of INPUT
 *   40 max         f64   the largest ratio …
 *   48 maxAt       u64   … and its first layer
 *   56 bins        TALLY_BINS × u32   layers by ratio: 0, then 128 bins for each doubling from
 *                        2^-32 to 2^32
 *
 * At the end of a batch each tally is written to OUTPUT: the fields before the bins, the number of
 * bins that are not empty as u64, and for each of these (bin, count) as u32.
 */
export const TALLY_HEAD: usize = 56;
export const TALLY_LAYERS: usize = 0;
export const TALLY_MISSING: usize = 8;
export const TALLY_EXACT: usize = 16;
export const TALLY_MIN: usize = 24;
export const TALLY_MIN_AT: usize = 32;
export const TALLY_MAX: usize = 40;
export const TALLY_MAX_AT: usize = 48;
export const TALLY_BYTES: usize = (TALLY_HEAD + 4 * <usize>TALLY_BINS + 7) & ~7;
export const TALLIES_PTR: usize = (INPUT_PTR + <usize>INPUT_BYTES + 7) & ~7;

// ── LEASES ──
/** OUTPUT_BUFFERS × i32: 1 while the host needs the rows of that output buffer, else 0. */
export const LEASES_PTR: usize = (TALLIES_PTR + TALLY_BYTES * <usize>TALLY_COUNT + 15) & ~15;

// ── SUM: checksums ──
/**
 * The checksum of some bytes (see sum.ts):
 *
 *    0 plain       16 × u32   for each lane the sum of its bytes
 *   64 weighted    16 × u32   the same, with each byte multiplied by the number of its row of 16
 *  128 lines       u32        line ends
 */
export const SUM_PTR: usize = LEASES_PTR + 16;
export const SUM_WEIGHTED: usize = 64;
export const SUM_LINES: usize = 128;
/** Bytes that the host wants summed. */
export const SUM_INPUT_PTR: usize = SUM_PTR + 144;
export const SUM_INPUT_BYTES: u32 = 65536;

// ── OUTPUT: finished rows ──
export const OUTPUT_PTR: usize = SUM_INPUT_PTR + <usize>SUM_INPUT_BYTES;
/**
 * Columns of numbers, in place of rows of text (formats/columns.ts): the number of runs of each
 * column as u32, then the data of the columns where the image says. A run is
 *
 *    0 value     u64   as in the slot of the cell
 *    8 rows      u32
 *   12 missing   u32   1 if the value is missing
 */
export const COLUMN_DATA: usize = 4 * <usize>CELL_CAPACITY;
export const RUN_BYTES: usize = 16;
export const RUN_ROWS: usize = 8;
export const RUN_MISSING: usize = 12;
/** In place of a vector cell: the cell of an outer loop, whose column consists of runs. */
export const NO_CELL: u32 = 0xffffffff;
/** Runs of a column in an output buffer, at most. */
export const RUN_CAPACITY: u32 = 4096;
/** One record of INPUT and its results may begin before OUTPUT_BYTES and end after it. */
const OUTPUT_SLACK: usize = <usize>INPUT_BYTES + <usize>RESULTS_BYTES + 64;
export const OUTPUT_BUFFER_BYTES: usize = (<usize>OUTPUT_BYTES + OUTPUT_SLACK + 15) & ~15;

// ── MANY: many layers in columns (many.ts) ──
/**
 * The host writes these; entries are u32:
 *
 *   header   kind, method, columnCount, fieldCount, skipInvalid, hasSampleRate, hasWords
 *   columns  MANY_COLUMNS × the column of each result
 *   fields   MANY_FIELDS  × the field of LAYER that a column of INPUT sets
 *
 * Column i of INPUT has MANY_ROWS × u32. If the sample rate differs from layer to layer, four
 * columns follow the fields: the lower and upper words of its numerator, then of its denominator.
 *
 * The results of a batch are in the first buffer of OUTPUT:
 *
 *   values   columnCount × MANY_ROWS × 8 bytes: u64 or i64; 0 or 1 if a column is true or false;
 *            f64 if it has quotients
 *   missing  columnCount × MANY_ROWS × u8: 1 if there is no value; only for columns from
 *            FIRST_SPECIAL on
 *   rules    MANY_ROWS × u8: 0, or 1 + the rule that the layer breaks
 */
export const MANY_ROWS: u32 = 4096;
export const MANY_COLUMNS: u32 = RESULT_COUNT + DIMENSION_COUNT;
/** All names; the sample rate among them has four columns. */
export const MANY_FIELDS: u32 = MAX_NAMES + 3;
export const MANY_HEADER_BYTES: usize = 28;
export const MANY_PTR: usize = OUTPUT_PTR + OUTPUT_BUFFER_BYTES * <usize>OUTPUT_BUFFERS;
export const MANY_COLUMNS_PTR: usize = MANY_PTR + MANY_HEADER_BYTES;
export const MANY_FIELDS_PTR: usize = MANY_COLUMNS_PTR + 4 * <usize>MANY_COLUMNS;
export const MANY_VALUES_PTR: usize = OUTPUT_PTR;
export const MANY_MISSING_PTR: usize = MANY_VALUES_PTR + 8 * <usize>(MANY_COLUMNS * MANY_ROWS);
export const MANY_RULES_PTR: usize = MANY_MISSING_PTR + <usize>(MANY_COLUMNS * MANY_ROWS);
export const MANY_VALUES_END: usize = MANY_RULES_PTR + <usize>MANY_ROWS;

export const BUFFERS_END: usize = MANY_FIELDS_PTR + 4 * <usize>MANY_FIELDS;
