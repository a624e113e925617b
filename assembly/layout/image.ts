// The image: the plan of a sweep, or the tables of a list. The host writes it before the first call
// (src/kernel/plan-image.ts and list-image.ts). Both kinds of image begin at the same address.

import { FIELD_COUNT, KIND_COUNT } from "../ids.generated";
import {
  AXIS_CAPACITY,
  CELL_CAPACITY,
  FIELD_CAPACITY,
  INSTRUCTION_BYTES,
  INSTRUCTION_CAPACITY,
  ITEM_BYTES,
  ITEM_CAPACITY,
  LAYER_FIELDS,
  LEVEL_CAPACITY,
  LIST_COLUMN_CAPACITY,
  PROGRESSION_CAPACITY,
  ROW_FIELD_CAPACITY,
  STEP_BYTES,
  STEP_CAPACITY,
} from "./capacities";
import { CELL_BYTES, RECORDS_END, SEGMENT_CAPACITY } from "./records";

// ── The image of a plan ──
/**
 * Entries are u32 unless a type is given:
 *
 *   header       slotCount, outerStepEnd, method, levelCount, predicateCount, kind, isComparing,
 *                segmentCount, visitLevel, fillStepEnd, vectorStepEnd, blockLevel, vectorRows,
 *                blockRows, filledFieldCount, rowFieldCount, vectorCellCount, textCount,
 *                columnCount, columnRows, columnRuns. blockRows is 0 if every block is filled again;
 *                columnCount is 0 if rows are written as text
 *   levels       LEVEL_CAPACITY × (size, firstVariable, variableCount), level 0 first
 *   variables    LEVEL_CAPACITY × (field, firstProgression)
 *   entry points LEVEL_CAPACITY × the first step to run after that level has advanced
 *   steps        STEP_CAPACITY × (kind, level, operands): the outer steps, then those that fill a
 *                block, then those that run on its vectors; each outermost level first
 *   axes         AXIS_CAPACITY × (firstItem, itemCount, nameCount, firstProgression,
 *                progressionCapacity, positions, AXIS_CAPACITY × field): the dependent axes
 *   items        ITEM_CAPACITY × (kind, program, program, program)
 *   fields       FIELD_COUNT × u64: fields with one value throughout
 *   slots        CELL_CAPACITY × 32 bytes: cells with one text throughout
 *   segments     SEGMENT_CAPACITY × (source, number, endSlot, nextSlot); the sources are
 *                SEGMENT_…, numbers those of a text or vector cell, and nextSlot is the first slot
 *                after it
 *   row fields   ROW_FIELD_CAPACITY × field: those that differ within a block, first the ones that
 *                filling it sets, then the ones that its vector steps set
 *   vector cells CELL_CAPACITY × (column, slot, isBounded): cells from vectors; a bounded one never
 *                exceeds 64 bits
 *   texts        CELL_CAPACITY × (firstCell, cellCount, bytes, isLast): the reused texts of a row,
 *                with the bytes that are reserved for each, and whether it ends the row
 *   text cells   CELL_CAPACITY × column
 *   columns      CELL_CAPACITY × (slot, cell, width, values, missing): columns of numbers, in place
 *                of text (formats/columns.ts). cell is a vector cell, or NO_CELL for a cell of an
 *                outer loop. values and missing are bytes of the output buffer; missing is 0 if
 *                every row has a value
 *   code         INSTRUCTION_CAPACITY × (operation, operand, number as i64); the number of a
 *                program is that of its first instruction
 *   progressions PROGRESSION_CAPACITY × (first as i64, step as i64, count, origin)
 *
 * A progression is the values first, first + step, … of an axis. The kernel writes those of a
 * dependent axis when it expands the axis. Their origin is the first progression of their item, or
 * ORIGIN_INEXACT. A row of a joint axis has a progression for each name.
 */
export const IMAGE_PTR: usize = (RECORDS_END + 15) & ~15;
export const IMAGE_HEADER_BYTES: usize = 96;
export const IMAGE_SLOT_COUNT: usize = 0;
export const IMAGE_OUTER_STEP_END: usize = 4;
export const IMAGE_METHOD: usize = 8;
export const IMAGE_LEVEL_COUNT: usize = 12;
export const IMAGE_PREDICATE_COUNT: usize = 16;
export const IMAGE_KIND: usize = 20;
export const IMAGE_IS_COMPARING: usize = 24;
export const IMAGE_SEGMENT_COUNT: usize = 28;
export const IMAGE_VISIT_LEVEL: usize = 32;
export const IMAGE_FILL_STEP_END: usize = 36;
export const IMAGE_VECTOR_STEP_END: usize = 40;
export const IMAGE_BLOCK_LEVEL: usize = 44;
export const IMAGE_VECTOR_ROWS: usize = 48;
export const IMAGE_BLOCK_ROWS: usize = 52;
export const IMAGE_FILLED_FIELD_COUNT: usize = 56;
export const IMAGE_ROW_FIELD_COUNT: usize = 60;
export const IMAGE_VECTOR_CELL_COUNT: usize = 64;
export const IMAGE_TEXT_COUNT: usize = 68;
export const IMAGE_COLUMN_COUNT: usize = 72;
export const IMAGE_COLUMN_ROWS: usize = 76;
export const IMAGE_COLUMN_RUNS: usize = 80;
export const IMAGE_LEVELS_PTR: usize = IMAGE_PTR + IMAGE_HEADER_BYTES;
export const IMAGE_LEVEL_BYTES: usize = 12;
export const IMAGE_LOOP_VARIABLES_PTR: usize =
  IMAGE_LEVELS_PTR + IMAGE_LEVEL_BYTES * <usize>LEVEL_CAPACITY;
export const IMAGE_LOOP_VARIABLE_BYTES: usize = 8;
export const IMAGE_ENTRY_POINTS_PTR: usize =
  IMAGE_LOOP_VARIABLES_PTR + IMAGE_LOOP_VARIABLE_BYTES * <usize>LEVEL_CAPACITY;
export const IMAGE_STEPS_PTR: usize = IMAGE_ENTRY_POINTS_PTR + 4 * <usize>LEVEL_CAPACITY;
export const IMAGE_AXES_PTR: usize = IMAGE_STEPS_PTR + STEP_BYTES * <usize>STEP_CAPACITY;
export const AXIS_BYTES: usize = 24 + 4 * <usize>AXIS_CAPACITY;
export const AXIS_FIRST_ITEM: usize = 0;
export const AXIS_ITEM_COUNT: usize = 4;
export const AXIS_NAME_COUNT: usize = 8;
export const AXIS_FIRST_PROGRESSION: usize = 12;
export const AXIS_PROGRESSION_CAPACITY: usize = 16;
export const AXIS_POSITIONS: usize = 20;
export const AXIS_FIELDS: usize = 24;
export const IMAGE_ITEMS_PTR: usize = IMAGE_AXES_PTR + AXIS_BYTES * <usize>AXIS_CAPACITY;
export const IMAGE_FIELDS_PTR: usize =
  (IMAGE_ITEMS_PTR + ITEM_BYTES * <usize>ITEM_CAPACITY + 15) & ~15;
export const IMAGE_SLOTS_PTR: usize = IMAGE_FIELDS_PTR + 8 * <usize>FIELD_COUNT;
export const IMAGE_SEGMENTS_PTR: usize = IMAGE_SLOTS_PTR + CELL_BYTES * <usize>CELL_CAPACITY;
export const IMAGE_SEGMENT_BYTES: usize = 16;
export const IMAGE_ROW_FIELDS_PTR: usize =
  IMAGE_SEGMENTS_PTR + IMAGE_SEGMENT_BYTES * <usize>SEGMENT_CAPACITY;
export const IMAGE_VECTOR_CELLS_PTR: usize =
  IMAGE_ROW_FIELDS_PTR + 4 * <usize>ROW_FIELD_CAPACITY;
export const IMAGE_VECTOR_CELL_BYTES: usize = 12;
export const IMAGE_TEXTS_PTR: usize =
  IMAGE_VECTOR_CELLS_PTR + IMAGE_VECTOR_CELL_BYTES * <usize>CELL_CAPACITY;
export const IMAGE_TEXT_BYTES: usize = 16;
export const IMAGE_TEXT_CELLS_PTR: usize =
  IMAGE_TEXTS_PTR + IMAGE_TEXT_BYTES * <usize>CELL_CAPACITY;
export const IMAGE_COLUMNS_PTR: usize = IMAGE_TEXT_CELLS_PTR + 4 * <usize>CELL_CAPACITY;
export const IMAGE_COLUMN_BYTES: usize = 20;
export const IMAGE_CODE_PTR: usize =
  (IMAGE_COLUMNS_PTR + IMAGE_COLUMN_BYTES * <usize>CELL_CAPACITY + 15) & ~15;
export const IMAGE_PROGRESSIONS_PTR: usize =
  IMAGE_CODE_PTR + INSTRUCTION_BYTES * <usize>INSTRUCTION_CAPACITY;
export const PROGRESSION_BYTES: usize = 24;
export const PROGRESSION_FIRST: usize = 0;
export const PROGRESSION_STEP: usize = 8;
export const PROGRESSION_COUNT: usize = 16;
export const PROGRESSION_ORIGIN: usize = 20;
/** The origin of a progression whose expression does not divide exactly. */
export const ORIGIN_INEXACT: u32 = 0xffffffff;
export const IMAGE_END: usize =
  IMAGE_PROGRESSIONS_PTR + PROGRESSION_BYTES * <usize>PROGRESSION_CAPACITY;

// ── The image of a list ──
/**
 * Each kind has its own tables, because one list may mix kinds. Entries are u32 unless a type is
 * given:
 *
 *   header     cellCount, fieldCount, method, skipInvalid, kind, isComparing, kindField, isDropping
 *   kinds      KIND_COUNT × (canonical name, 24 bytes padded with zeros; then u64, 1 if the list
 *              can hold that kind)
 *   columns    KIND_COUNT × LIST_COLUMN_CAPACITY × the column of each result cell, or NO_COLUMN
 *              for an empty cell
 *   defaults   KIND_COUNT × LAYER_FIELDS × u64: the values of fields that the list does not set
 *   roles      KIND_COUNT × FIELD_CAPACITY × the role of each field
 *
 * The kernel writes the rest: the columns and roles of the kind in use, and the totals of the
 * columns with COLUMN_IS_ADDED, as sums of 128 bits (low half, high half).
 *
 *   columns in use   LIST_COLUMN_CAPACITY
 *   roles in use     FIELD_CAPACITY
 *   totals           KIND_COUNT × LIST_COLUMN_CAPACITY × (u64, u64)
 */
export const LIST_KINDS_PTR: usize = (IMAGE_PTR + IMAGE_HEADER_BYTES + 7) & ~7;
export const LIST_KIND_BYTES: usize = 32;
export const LIST_KIND_NAME_BYTES: usize = 24;
export const LIST_COLUMNS_PTR: usize = LIST_KINDS_PTR + LIST_KIND_BYTES * <usize>KIND_COUNT;
export const LIST_COLUMNS_BYTES: usize = 4 * <usize>LIST_COLUMN_CAPACITY;
export const LIST_DEFAULTS_PTR: usize =
  (LIST_COLUMNS_PTR + LIST_COLUMNS_BYTES * <usize>KIND_COUNT + 7) & ~7;
export const LIST_DEFAULTS_BYTES: usize = 8 * <usize>LAYER_FIELDS;
export const LIST_ROLES_PTR: usize = LIST_DEFAULTS_PTR + LIST_DEFAULTS_BYTES * <usize>KIND_COUNT;
export const LIST_ROLES_BYTES: usize = 4 * <usize>FIELD_CAPACITY;
export const LIST_COLUMNS_IN_USE_PTR: usize =
  LIST_ROLES_PTR + LIST_ROLES_BYTES * <usize>KIND_COUNT;
export const LIST_ROLES_IN_USE_PTR: usize = LIST_COLUMNS_IN_USE_PTR + LIST_COLUMNS_BYTES;
export const LIST_TOTALS_PTR: usize = (LIST_ROLES_IN_USE_PTR + LIST_ROLES_BYTES + 15) & ~15;
export const LIST_TOTAL_BYTES: usize = 16;
export const LIST_TOTALS_BYTES: usize = LIST_TOTAL_BYTES * <usize>LIST_COLUMN_CAPACITY;
export const LIST_END: usize = LIST_TOTALS_PTR + LIST_TOTALS_BYTES * <usize>KIND_COUNT;
