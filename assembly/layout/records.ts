// Records of the state of a batch: the layer, the report, the row, the loops and the stack. The
// addresses are a running sum, which image.ts continues.

import { FIELD_COUNT } from "../ids.generated";
import {
  CELL_CAPACITY,
  LAYER_FIELDS,
  LEVEL_CAPACITY,
  PREDICATE_CAPACITY,
  STACK_CAPACITY,
} from "./capacities";

// ── LAYER: FIELD_COUNT × u64 ──
export const LAYER_PTR: usize = 1024;
const LAYER_BYTES: usize = 8 * <usize>FIELD_COUNT;

// ── REPORT: the report of the last batch ──
/**
 *    0 rows        u64   rows that were written
 *    8 faultAt     u64   where the fault is. Sweep: raw index of the layer. List: byte of INPUT at
 *                        which the record begins. Many layers: row
 *   16 bytes       u32   bytes of OUTPUT that are filled
 *   20 fault       u32   FAULT_…
 *   24 faultWhat   u32   FAULT_OVERFLOW: the slot of the row (sweep) or the result (list, many)
 *                        FAULT_EXPRESSION: the step
 *                        FAULT_RULE: the rule
 *                        FAULT_FIELD: the field
 *                        FAULT_FIELD_COUNT: the number of fields found
 *                        FAULT_KIND: the kind, or KIND_COUNT if its name is unknown
 *   28 lines       u32   list: line ends that were read, including those inside quotes
 *   32 visits      u32   sweep: the cost of the batch. Rows take two visits each: one when they are
 *                        found, one when they are computed. A skipped block takes one
 *   36 counts      u32   number of rejection counts that follow
 *   40 rejected    u64 × (1 + PREDICATE_CAPACITY)   rejection counts. Sweep: EMPTY, then each
 *                        predicate. List: each rule
 */
export const REPORT_PTR: usize = LAYER_PTR + LAYER_BYTES;
export const REPORT_ROWS: usize = 0;
export const REPORT_FAULT_AT: usize = 8;
export const REPORT_BYTES: usize = 16;
export const REPORT_FAULT: usize = 20;
export const REPORT_FAULT_WHAT: usize = 24;
export const REPORT_LINES: usize = 28;
export const REPORT_VISITS: usize = 32;
export const REPORT_REJECTION_COUNTS: usize = 36;
export const REPORT_REJECTED: usize = 40;
const REPORT_SIZE: usize = REPORT_REJECTED + 8 * <usize>(1 + PREDICATE_CAPACITY);

// ── CELLS, SEGMENTS, TEXTS: the row ──
/**
 * The slot of a cell whose text several rows share:
 *
 *    0 text        28 bytes, with its separator; the slot is copied in two loads and stores of 16
 *   28 length      u8    of the text; 0 if the value exceeds 64 bits
 *   29 overflows   u8    1 if the value exceeds 64 bits, else 0
 *   30 start       u16   offset of the text in the joined text of its segment
 *
 * If columns of numbers are written instead of text:
 *
 *    0 value       u64   i64, or f64 for a quotient; 0 if it is missing
 *    8 missing     u8    1 if the value is missing
 *    9 changed     u8    1 if the value is newer than the last run of the column
 */
export const CELLS_PTR: usize = (REPORT_PTR + REPORT_SIZE + 15) & ~15;
export const CELL_BYTES: usize = 32;
export const CELL_MISSING: usize = 8;
export const CELL_CHANGED: usize = 9;
export const CELL_LENGTH: usize = 28;
export const CELL_OVERFLOWS: usize = 29;
export const CELL_START: usize = 30;
const CELLS_SIZE: usize = <usize>CELL_CAPACITY * CELL_BYTES;
/**
 * A row is a sequence of segments. A segment is the joined text of neighbouring slots, and what
 * differs from row to row after it:
 *
 *    0 text        u32   address of the joined text; every cell in it ends with its separator
 *    4 length      u32   of the joined text
 *    8 source      u32   SEGMENT_…: what follows the joined text
 *   12 endSlot     u32   number of the slot after its last one: that of the cell which follows, and
 *                        is not used
 *   16 vector      u32   address of the numbers, or of the reused texts
 *   20 missing     u32   numbers: address of a byte for each row, 1 if the value is missing; or 0
 *   24 column      u32   numbers: the column. Texts: the bytes reserved for each
 *   28 number      u16   the number of the vector cell or of the reused text
 *   30 separator   u8    numbers: the comma or line end after the cell
 */
export const SEGMENTS_PTR: usize = CELLS_PTR + CELLS_SIZE;
export const SEGMENT_BYTES: usize = 32;
export const SEGMENT_TEXT: usize = 0;
export const SEGMENT_LENGTH: usize = 4;
export const SEGMENT_SOURCE: usize = 8;
export const SEGMENT_END_SLOT: usize = 12;
export const SEGMENT_VECTOR: usize = 16;
export const SEGMENT_MISSING: usize = 20;
export const SEGMENT_COLUMN: usize = 24;
export const SEGMENT_NUMBER: usize = 28;
export const SEGMENT_SEPARATOR: usize = 30;
/** Nothing: this is the last segment. */
export const SEGMENT_END: u32 = 0;
/** A reused text: ROW_TEXTS. */
export const SEGMENT_ROW_TEXT: u32 = 1;
/** A vector cell, as the image calls it. The kernel distinguishes the kinds of numbers: */
export const SEGMENT_CELL: u32 = 2;
/** 64-bit numbers that are never missing: without a sign, or in two's complement. */
export const SEGMENT_UNSIGNED: u32 = 2;
export const SEGMENT_SIGNED: u32 = 3;
/** All other cells. */
export const SEGMENT_SPECIAL: u32 = 4;
export const NO_COLUMN: u32 = 0xffffffff;
/** At most one segment for each cell, and the last one. */
export const SEGMENT_CAPACITY: u32 = CELL_CAPACITY + 1;
export const TEXTS_PTR: usize = SEGMENTS_PTR + SEGMENT_BYTES * <usize>SEGMENT_CAPACITY;
/** Bytes after a text that may be overwritten, because vectors are stored without a mask. */
export const VECTOR_SLACK: usize = 32;
const TEXTS_SIZE: usize = CELLS_SIZE + VECTOR_SLACK * <usize>SEGMENT_CAPACITY;

// ── DIGITS, RANGES: tables ──
/** 10,000 × four ASCII digits: with leading zeros, and from the first digit on. */
export const DIGITS_PTR: usize = (TEXTS_PTR + TEXTS_SIZE + 15) & ~15;
const DIGITS_SIZE: usize = 4 * 10000;
export const LEADING_DIGITS_PTR: usize = DIGITS_PTR + DIGITS_SIZE;
/** 10,000 × u8: the number of digits without leading zeros. */
export const LEADING_LENGTHS_PTR: usize = LEADING_DIGITS_PTR + DIGITS_SIZE;
const LEADING_LENGTHS_SIZE: usize = 10000;
/** LAYER_FIELDS × (minimum u32, maximum u32). */
export const RANGES_PTR: usize = LEADING_LENGTHS_PTR + LEADING_LENGTHS_SIZE;
const RANGES_SIZE: usize = 8 * <usize>LAYER_FIELDS;

// ── LEVELS, LOOP_VARIABLES: the state of the odometer ──
/**
 * Level 0 first, then the loops, outermost first:
 *
 *    0 weight          u64   raw indices of one position: the product of the sizes of inner loops
 *    8 size            u32   number of positions
 *   12 position        u32   the current position
 *   16 firstVariable   u32   its first loop variable
 *   20 endVariable     u32   the one after its last; a dependent axis has no loop variables
 */
export const LEVELS_PTR: usize = RANGES_PTR + RANGES_SIZE;
export const LEVEL_BYTES: usize = 24;
export const LEVEL_WEIGHT: usize = 0;
export const LEVEL_SIZE: usize = 8;
export const LEVEL_POSITION: usize = 12;
export const LEVEL_FIRST_VARIABLE: usize = 16;
export const LEVEL_END_VARIABLE: usize = 20;
/**
 * A loop variable: a field that a loop sets.
 *
 *    0 field              u32   the field of LAYER
 *    4 firstProgression   u32   its first progression in the image
 *    8 progression        u32   the current progression
 *   12 offset             u32   the position within that progression
 */
export const LOOP_VARIABLES_PTR: usize = LEVELS_PTR + <usize>LEVEL_CAPACITY * LEVEL_BYTES;
export const LOOP_VARIABLE_BYTES: usize = 16;
export const LOOP_VARIABLE_FIELD: usize = 0;
export const LOOP_VARIABLE_FIRST_PROGRESSION: usize = 4;
export const LOOP_VARIABLE_PROGRESSION: usize = 8;
export const LOOP_VARIABLE_OFFSET: usize = 12;
const LOOP_VARIABLES_SIZE: usize = <usize>LEVEL_CAPACITY * LOOP_VARIABLE_BYTES;

// ── STACK: the values of an expression ──
export const STACK_PTR: usize = (LOOP_VARIABLES_PTR + LOOP_VARIABLES_SIZE + 15) & ~15;
const STACK_SIZE: usize = 16 * <usize>(STACK_CAPACITY + 1);

export const RECORDS_END: usize = STACK_PTR + STACK_SIZE;
