// Vectors: the rows of a block, column by column. An entry of a vector is 8 bytes, if no other type
// is given. sweep/block.ts says what a block is.

import { FIELD_COUNT } from "../ids.generated";
import { LAYOUT_MANY_END } from "./buffers";
import {
  CELL_CAPACITY,
  PREDICATE_CAPACITY,
  ROW_FIELD_CAPACITY,
  ROW_TEXT_BYTES,
  STACK_VECTORS,
  VECTOR_ROWS,
} from "./capacities";

export const VECTOR_BYTES: usize = 8 * <usize>VECTOR_ROWS;

// ── FILLED: the rows that filling a block has found ──
/** ROW_FIELD_CAPACITY vectors: the row fields, in the order of the image. */
export const FILLED_PTR: usize = (LAYOUT_MANY_END + 63) & ~63;
const FIELDS_SIZE: usize = VECTOR_BYTES * <usize>ROW_FIELD_CAPACITY;
/** The raw index of the row, relative to that of the block. */
export const POSITIONS_PTR: usize = FILLED_PTR + FIELDS_SIZE;
/**
 * u32: 0 for a row that keeps every predicate that was checked when the block was filled. Otherwise
 * 1 + the number of the step that rejected it. Such a row exists only if the predicate of a vector
 * step takes precedence; it is rejected by a step STEP_DROP.
 */
export const FAILED_STEPS_PTR: usize = POSITIONS_PTR + VECTOR_BYTES;
/**
 * u32: the rejection reason of a row with a failed step, or FAILED_FATALLY. Without a failed step,
 * FAILED_DISAGREEING if closed form and simulation differ.
 */
export const FAILED_REASONS_PTR: usize = FAILED_STEPS_PTR + 4 * <usize>VECTOR_ROWS;
export const FAILED_FATALLY: u32 = 0xffffffff;
export const FAILED_DISAGREEING: u32 = 0xfffffffe;
/** The raw indices of a row with a failed step: it is a complete block of an inner loop. */
export const FAILED_WEIGHTS_PTR: usize = FAILED_REASONS_PTR + 4 * <usize>VECTOR_ROWS;


/** (1 + PREDICATE_CAPACITY) × u64: the layers that filling the block has rejected, by reason. */
export const FILLED_REJECTED_PTR: usize = FAILED_WEIGHTS_PTR + VECTOR_BYTES;
const REJECTED_SIZE: usize = 8 * <usize>(1 + PREDICATE_CAPACITY);
/** The same for the vector steps. */
export const DROPPED_PTR: usize = FILLED_REJECTED_PTR + REJECTED_SIZE;

// ── LIVE: the rows that keep every predicate ──
/** u32: the filled row of each live row. */
export const SELECTION_PTR: usize = DROPPED_PTR + REJECTED_SIZE;
/** ROW_FIELD_CAPACITY vectors: the row fields of the live rows, if they are not all filled rows. */
export const LIVE_PTR: usize = (SELECTION_PTR + 4 * <usize>VECTOR_ROWS + 63) & ~63;

// ── COLUMNS ──
/** For each field of LAYER, its number among the row fields as u8, or NOT_A_ROW_FIELD. */
export const ROW_FIELD_NUMBERS_PTR: usize = LIVE_PTR + FIELDS_SIZE;
export const NOT_A_ROW_FIELD: u8 = 0xff;
/** FACTOR_CAPACITY vectors (columns/factors.ts). */
export const FACTORS_PTR: usize = (ROW_FIELD_NUMBERS_PTR + <usize>FIELD_COUNT + 15) & ~15;
export const FACTOR_CAPACITY: u32 = 32;
/** Four vectors for factors that are one number. */
export const SPARE_VECTORS_PTR: usize = FACTORS_PTR + VECTOR_BYTES * <usize>FACTOR_CAPACITY;
/** CELL_CAPACITY vectors: the values of the vector cells of the live rows. */
export const VALUES_PTR: usize = SPARE_VECTORS_PTR + 4 * VECTOR_BYTES;
/** CELL_CAPACITY × VECTOR_ROWS × u8: 1 if the value is missing. */
export const MISSING_PTR: usize = VALUES_PTR + VECTOR_BYTES * <usize>CELL_CAPACITY;

// ── ROW_TEXTS: texts that the rows of a block have in every block ──
/** For each text of a row: VECTOR_ROWS × (text, and its length as u16 in the last two bytes). */
export const ROW_TEXTS_PTR: usize = MISSING_PTR + <usize>VECTOR_ROWS * <usize>CELL_CAPACITY;
const ROW_TEXTS_SIZE: usize = <usize>VECTOR_ROWS * <usize>ROW_TEXT_BYTES + 64;

// ── VECTOR_STACK: the values of an expression over vectors ──
export const VECTOR_STACK_PTR: usize = (ROW_TEXTS_PTR + ROW_TEXTS_SIZE + 15) & ~15;

export const LAYOUT_END: usize = VECTOR_STACK_PTR + VECTOR_BYTES * <usize>STACK_VECTORS;
