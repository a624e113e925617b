// Sizes of the tables in memory: how many fields, loops, steps and so on there can be at most. Also
// the special values of their entries.

import {
  CELL_TEXT_BYTES,
  DIMENSION_COUNT,
  DIMENSION_FIELDS,
  L_IN,
  MAX_NAMES,
  RESULT_0,
  RESULT_END,
  VARIABLE_COUNT,
} from "../ids.generated";

// ── Fields of a layer ──
/** Fields of parameters, settings and results of the dimensions. */
export const LAYER_FIELDS: u32 = L_IN + DIMENSION_COUNT * DIMENSION_FIELDS;
/** C_in/groups and C_out/groups. */
export const IN_PER_GROUP: u32 = LAYER_FIELDS;
export const OUT_PER_GROUP: u32 = LAYER_FIELDS + 1;
export const RESULT_COUNT: u32 = RESULT_END - RESULT_0;

// ── Plans ──
/**
 * The rejection reason of positions without a layer: those past the end of an axis, or with a value
 * that occurs earlier.
 */
export const EMPTY: u32 = 0;
/** Arithmetic progressions of all axes of a plan together. */
export const PROGRESSION_CAPACITY: u32 = 65536;
/** Steps of the schedule of a plan, and predicates that they check. */
export const STEP_CAPACITY: u32 = 1024;
export const PREDICATE_CAPACITY: u32 = 1024;
/**
 * A step: its kind, its level, three operands, and for a filling step whether vector steps precede
 * it in the schedule.
 */
export const STEP_BYTES: usize = 24;
export const STEP_IS_LATE: usize = 20;
/** Axes: parameters, settings, variables. Level 0 is not a loop, and has one position. */
export const AXIS_CAPACITY: u32 = MAX_NAMES + VARIABLE_COUNT;
export const LEVEL_CAPACITY: u32 = 1 + AXIS_CAPACITY;
/** Items of all dependent axes, and instructions of all programs. */
export const ITEM_CAPACITY: u32 = 65536;
export const ITEM_BYTES: usize = 16;
export const INSTRUCTION_CAPACITY: u32 = 131072;
export const INSTRUCTION_BYTES: usize = 16;
/** Values on the stack, of up to two slots. The parser limits nesting so that these suffice. */
export const STACK_CAPACITY: u32 = 1024;
/** Cells of a row; a long text takes several. */
export const CELL_CAPACITY: u32 = 128;

// ── Blocks ──
/** Rows of a vector, at most. */
export const VECTOR_ROWS: u32 = 1024;
/**
 * Fields that can differ within a block: of every axis, the channels per group, and l_out, taps and
 * covered of each dimension.
 */
export const ROW_FIELD_CAPACITY: u32 = AXIS_CAPACITY + 2 + 3 * DIMENSION_COUNT;
/** Vectors on the stack of an expression over vectors; deeper ones are evaluated row by row. */
export const STACK_VECTORS: u32 = 12;
/** Factors of result columns (vectors/factors.ts). */
export const FACTOR_CAPACITY: u32 = 40;

// ── Lists ──
// The role of a field of a list is the number of the field of LAYER that it sets, or one of these.
/** With this bit, a field sets its parameter in every dimension. */
export const ROLE_EVERY_DIMENSION: u32 = 0x100;
/** Roles from here on set nothing. */
export const FIRST_PASSIVE_ROLE: u32 = 0xfffffffc;
/** A result of an earlier run. It is omitted from the record, because the new results follow. */
export const ROLE_DROPPED: u32 = 0xfffffffc;
/** The name of the kind of the layer; read before the other fields. */
export const ROLE_KIND: u32 = 0xfffffffd;
/** A parameter that the kind does not have: it must be empty. */
export const ROLE_EMPTY: u32 = 0xfffffffe;
/** Copied without being read. */
export const ROLE_CARRIED: u32 = 0xffffffff;
/** In place of the number of the field that names the kind, if all records have the same kind. */
export const NO_KIND_FIELD: u32 = 0xffffffff;
/** Bit of a result column of a list whose values are added up (see LIST_TOTALS). */
export const COLUMN_IS_ADDED: u32 = 0x10000;
/** Fields of a record. */
export const FIELD_CAPACITY: u32 = 65536;
/** Result columns: every result, and the output length of each dimension. */
export const LIST_COLUMN_CAPACITY: u32 = RESULT_COUNT + DIMENSION_COUNT;
/** Bytes of the result cells of a record. */
export const RESULTS_BYTES: u32 = LIST_COLUMN_CAPACITY * (CELL_TEXT_BYTES + 1);

// ── Buffers ──
/** Overlap counters: the longest piece of an output that is simulated at once. */
export const SCRATCH_COUNTERS: u32 = 65536;
/**
 * Output buffers: one that is being filled, and three whose rows wait until it is their turn to be
 * written (src/run).
 */
export const OUTPUT_BUFFERS: u32 = 4;
