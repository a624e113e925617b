// Vectors: the rows of a block, column by column. An entry of a vector is 8 bytes, if no other type
// is given. sweep/block.ts says what a block is.

import { FIELD_COUNT } from "../ids.generated";
import { BUFFERS_END } from "./buffers";
import {
  CELL_CAPACITY,
  FACTOR_CAPACITY,
  PREDICATE_CAPACITY,
  ROW_FIELD_CAPACITY,
  STACK_VECTORS,
  VECTOR_ROWS,
} from "./capacities";

export const VECTOR_BYTES: usize = 8 * <usize>VECTOR_ROWS;

// ── FILLED: the rows that filling a block has found ──
/**
 * Vectors of blockRows entries, one after the other; the host has chosen blockRows so that they fit:
 *
 *   fields      the row fields, in the order of the image
 *   positions   the raw index of the row, relative to that of the block
 *   failures    only with vector steps: 0 for a row that keeps every predicate that was checked when
 *               the block was filled. Otherwise 1 + the number of the step that rejected it, in the
 *               upper half, and its rejection reason or FAILED_FATALLY in the lower half. Such a row
 *               exists only if a vector step precedes that step; STEP_DROP rejects it
 *   weights     only with vector steps: the raw indices of a row with a failure, which is a complete
 *               block of an inner loop
 *   groups      u32, only with vector steps: for each position of the loops up to the level of the
 *               first vector step, its first row
 *   texts       for each reused text of a row: the text, and its length as u16 in the last two bytes
 */
export const FILLED_PTR: usize = (BUFFERS_END + 63) & ~63;
export const FILLED_BYTES: usize = 4 * 1024 * 1024;
export const FAILED_FATALLY: u32 = 0xffffffff;
/**
 * BLOCK_POSITIONS × u16: for each raw index of a reused block its rejection reason, or ROW_POSITION
 * if it has a row.
 */
export const REASONS_PTR: usize = FILLED_PTR + FILLED_BYTES;
export const BLOCK_POSITIONS: u32 = 131072;
export const ROW_POSITION: u32 = 0xffff;
/** (1 + PREDICATE_CAPACITY) × u64: the rejection counts of a reused block. */
export const BLOCK_REJECTED_PTR: usize = REASONS_PTR + 2 * <usize>BLOCK_POSITIONS;
const REJECTED_SIZE: usize = 8 * <usize>(1 + PREDICATE_CAPACITY);
/** The same for a piece of a block, until it is complete. */
export const PIECE_REJECTED_PTR: usize = BLOCK_REJECTED_PTR + REJECTED_SIZE;

// ── LIVE: the rows of a piece that keep every predicate ──
/** u32: the number of each live row in its piece. */
export const SELECTION_PTR: usize = PIECE_REJECTED_PTR + REJECTED_SIZE;
/** ROW_FIELD_CAPACITY vectors: the row fields of the live rows, if some rows were rejected. */
export const LIVE_PTR: usize = (SELECTION_PTR + 4 * <usize>VECTOR_ROWS + 63) & ~63;

// ── COLUMNS ──
/** For each field of LAYER, its number among the row fields as u8, or NOT_A_ROW_FIELD. */
export const ROW_FIELD_NUMBERS_PTR: usize =
  LIVE_PTR + VECTOR_BYTES * <usize>ROW_FIELD_CAPACITY;
export const NOT_A_ROW_FIELD: u32 = 0xff;
/** FACTOR_CAPACITY vectors (vectors/factors.ts). */
export const FACTORS_PTR: usize = (ROW_FIELD_NUMBERS_PTR + <usize>FIELD_COUNT + 15) & ~15;
/** Four vectors for factors that are one number, and for texts before they are stored. */
export const SPARE_VECTORS_PTR: usize = FACTORS_PTR + VECTOR_BYTES * <usize>FACTOR_CAPACITY;
/** CELL_CAPACITY vectors: the values of the vector cells of the live rows. */
export const VALUES_PTR: usize = SPARE_VECTORS_PTR + 4 * VECTOR_BYTES;
/** CELL_CAPACITY × VECTOR_ROWS × u8: 1 if the value is missing. */
export const MISSING_PTR: usize = VALUES_PTR + VECTOR_BYTES * <usize>CELL_CAPACITY;

// ── DRAFTS: rows of text before they are copied to the output (formats/rows.ts) ──
/** Rows of a chunk, at most. */
export const DRAFT_ROWS: u32 = 64;
/** DRAFT_ROWS × u32: the address after each draft. A draft begins at a cache line. */
export const DRAFT_ENDS_PTR: usize =
  (MISSING_PTR + <usize>VECTOR_ROWS * <usize>CELL_CAPACITY + 63) & ~63;
export const DRAFTS_PTR: usize = DRAFT_ENDS_PTR + 4 * <usize>DRAFT_ROWS;
export const DRAFTS_BYTES: usize = 64 * 1024;

// ── VECTOR_STACK: the values of an expression over vectors ──
export const VECTOR_STACK_PTR: usize = DRAFTS_PTR + DRAFTS_BYTES;

export const VECTORS_END: usize = VECTOR_STACK_PTR + VECTOR_BYTES * <usize>STACK_VECTORS;
