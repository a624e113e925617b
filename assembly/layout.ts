// The memory map, and the numbers on which the kernel and its host must agree.
//
// Every address is a constant, memory never grows and nothing is allocated, so a view that the host has made once stays
// good. The host reads these constants from the module's exports; it repeats none of them.
//
//   0x000000  ┌──────────────┐
//             │ (unused)     │  1 KiB; a stray null pointer lands here
//   LAYER     ├──────────────┤
//             │ layer        │  a slot of u64 for each field: parameters, what each dimension comes to, variables
//   REPORT    ├──────────────┤
//             │ report       │  what the last batch did: rows, bytes, fault, account by requirement
//   CELLS     ├──────────────┤
//             │ cells        │  128 slots of 32 bytes: the text of each cell that several rows have in common
//   PARTS     ├──────────────┤
//             │ parts        │  what lies between the cells that are new in every row: neighbouring texts, joined
//   DIGITS    ├──────────────┤
//             │ digits       │  the numbers 0 to 9,999 as four digits each, made when the module starts
//   RANGES    ├──────────────┤
//             │ ranges       │  what each field of a layer can be, made when the module starts
//   LOOPS     ├──────────────┤
//             │ loops        │  where each loop of the nest stands, and each name that it turns
//   STACK     ├──────────────┤
//             │ stack        │  1,024 values of the expression being worked out
//   IMAGE     ├──────────────┤
//             │ image        │  the plan, or the roles of a list's fields; written by the host, only read here
//             │              │  but for the runs of axes that depend on others
//   SCRATCH   ├──────────────┤
//             │ scratch      │  65,536 overlap counters of u32
//   INPUT     ├──────────────┤
//             │ input        │  512 KiB of a list's text, or of raw indices
//   TALLIES   ├──────────────┤
//             │ tallies      │  a comparison: for each convention, how its answers stand to the exact count
//   HELD      ├──────────────┤
//             │ held         │  for each window whether the host still needs its rows; only the host reads and writes it
//   SUM       ├──────────────┤
//             │ sum          │  a checksum, and 64 KiB for bytes from elsewhere that the host wants summed
//   OUTPUT    ├──────────────┤
//             │ output       │  four windows of 4 MiB of finished rows, and room for one row more; or the tallies of a batch
//   MANY      ├──────────────┤
//             │ many         │  which columns and fields a batch of many layers has
//   LAYOUT_END└──────────────┘
//   0x2000000  = memoryBase in asconfig.json: the compiler's own constants begin here
//
// The memory is shared: another thread writes the rows of a window away where they stand (src/run). The kernel itself has one thread.

import {
  CELL_TEXT_BYTES,
  DIMENSION_COUNT,
  DIMENSION_FIELDS,
  FIELD_COUNT,
  INPUT_BYTES,
  KIND_COUNT,
  L_IN,
  MAX_NAMES,
  OUTPUT_BYTES,
  RESULT_0,
  RESULT_END,
  TALLY_BINS,
  TALLY_COUNT,
  VARIABLE_COUNT,
} from "./ids.generated";

export * from "./ids.generated";

/** Slots of parameters, settings and what each dimension comes to. */
export const LAYER_FIELDS: u32 = L_IN + DIMENSION_COUNT * DIMENSION_FIELDS;
/** C_in/groups and C_out/groups. */
export const IN_PER_GROUP: u32 = LAYER_FIELDS;
export const OUT_PER_GROUP: u32 = LAYER_FIELDS + 1;
export const RESULT_COUNT: u32 = RESULT_END - RESULT_0;

export const STEP_BYTES: usize = 20;

/** The account of positions that are no layers: past the end of an axis, or with values that have been there. */
export const EMPTY: u32 = 0;

export const INSTRUCTION_BYTES: usize = 16;
export const ITEM_BYTES: usize = 16;

// ── Roles of a list's fields: the number of the field of LAYER that it sets, or one of these ──────────────────────
/** With this bit a field sets its parameter in every dimension. */
export const ROLE_EVERY_DIMENSION: u32 = 0x100;
/** Roles from here on set nothing. */
export const FIRST_PASSIVE_ROLE: u32 = 0xfffffffc;
/** A result that an earlier run has written: it is left out of the record, because the new results follow. */
export const ROLE_DROPPED: u32 = 0xfffffffc;
/** Names the kind of the layer; read before the other fields. */
export const ROLE_KIND: u32 = 0xfffffffd;
/** A parameter that the kind does not have: it must be empty. */
export const ROLE_EMPTY: u32 = 0xfffffffe;
/** Carried through unread. */
export const ROLE_CARRIED: u32 = 0xffffffff;
/** In place of the number of the field that names the kind, where all records have one kind. */
export const NO_KIND_FIELD: u32 = 0xffffffff;
/** Set in a list's result column whose values are added up (see LIST_TOTALS). */
export const COLUMN_IS_ADDED: u32 = 0x10000;

// ── Capacities ─────────────────────────────────────────────────────────────────────────────────────────────────────
/** Runs of evenly spaced values that all axes of a plan may have together. */
export const PROGRESSION_CAPACITY: u32 = 65536;
/** Steps that a plan's schedule may have, and requirements that they may check. */
export const STEP_CAPACITY: u32 = 1024;
export const PREDICATE_CAPACITY: u32 = 1024;
/** Loops: parameters, settings, variables, and level 0, which is no loop and turns once. */
export const AXIS_CAPACITY: u32 = MAX_NAMES + VARIABLE_COUNT;
export const LEVEL_CAPACITY: u32 = 1 + AXIS_CAPACITY;
/** Items of all dependent axes, and instructions of all programs. */
export const ITEM_CAPACITY: u32 = 65536;
export const INSTRUCTION_CAPACITY: u32 = 131072;
/** Values on the stack, of two slots at most; the parser lets no expression nest so deep that it takes more. */
export const STACK_CAPACITY: u32 = 1024;
/** Cells of a row; a long text takes several. */
export const CELL_CAPACITY: u32 = 128;
/** Fields that a record of a list may have. */
export const FIELD_CAPACITY: u32 = 65536;
/** Overlap counters in the scratch: the longest piece of an output that is simulated at once. */
export const SCRATCH_COUNTERS: u32 = 65536;
/** One that is being filled, and three whose rows wait for their turn to be written (see src/run/stretches.ts). */
export const OUTPUT_BUFFERS: u32 = 4;
/** Result columns of a list: every result, and the output length of each dimension. */
export const LIST_COLUMN_CAPACITY: u32 = RESULT_COUNT + DIMENSION_COUNT;
/** The longest run of a list's result cells. */
export const RESULTS_BYTES: u32 = LIST_COLUMN_CAPACITY * (CELL_TEXT_BYTES + 1);

// ── Addresses: a running sum ───────────────────────────────────────────────────────────────────────────────────────
export const LAYER_PTR: usize = 1024;
const LAYER_BYTES: usize = 8 * <usize>FIELD_COUNT;

/**
 * The report of the last batch:
 *
 *    0 rows        u64   rows written
 *    8 faultAt     u64   sweep: raw index of the layer at fault; list: byte of INPUT where its record begins
 *   16 bytes       u32   bytes of OUTPUT that are filled
 *   20 fault       u32   FAULT_…
 *   24 faultWhat   u32   FAULT_OVERFLOW: which slot of the row (sweep) or which result (list); FAULT_EXPRESSION: which step;
 *                        FAULT_RULE: rule; FAULT_FIELD: which field; FAULT_FIELD_COUNT: fields found; FAULT_KIND: which kind,
 *                        or KIND_COUNT when its name is unknown
 *   28 lines       u32   list: line ends passed, those inside quotes included
 *   32 visits      u32   sweep: layers looked at, left-out blocks counted as one
 *   36 accounts    u32   how many of the accounts that follow are in use
 *   40 rejected     u64 × (1 + PREDICATE_CAPACITY)   sweep: NOTHING, then layers left out by each requirement; list: by each rule
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

/**
 * A cell slot, of a cell whose text several rows have in common:
 *
 *    0 text        28 bytes, its separator included, so that a whole slot moves with two vector loads and stores
 *   28 length      u8    of the text; 0 where the value passes 64 bits
 *   29 overflows   u8    1 where it does
 *   30 start       u16   where it begins in the joined text of its part
 *
 * The row is made of parts. Each is the joined text of neighbouring slots, with one cell behind it that is new in every row and
 * written straight into the row; the last has none behind it:
 *
 *    0 textPtr     u32   the joined text. It begins with the separator of the new cell before it, if there is one
 *    4 length      u32
 *    8 column      u32   of the new cell behind it, or NO_COLUMN
 *   12 endSlot     u32   the slot behind its last: that of the new cell, which is not used
 */
export const CELLS_PTR: usize = (REPORT_PTR + REPORT_SIZE + 15) & ~15;
export const CELL_BYTES: usize = 32;
export const CELL_LENGTH: usize = 28;
export const CELL_OVERFLOWS: usize = 29;
export const CELL_START: usize = 30;
const CELLS_SIZE: usize = <usize>CELL_CAPACITY * CELL_BYTES;
export const SEGMENTS_PTR: usize = CELLS_PTR + CELLS_SIZE;
export const SEGMENT_BYTES: usize = 16;
export const SEGMENT_TEXT: usize = 0;
export const SEGMENT_LENGTH: usize = 4;
export const SEGMENT_COLUMN: usize = 8;
export const SEGMENT_END_SLOT: usize = 12;
export const NO_COLUMN: u32 = 0xffffffff;
/** At most as many parts as cells, and the last. */
export const SEGMENT_CAPACITY: u32 = CELL_CAPACITY + 1;
export const TEXTS_PTR: usize = SEGMENTS_PTR + SEGMENT_BYTES * <usize>SEGMENT_CAPACITY;
/** Vectors are stored whole: so much may be overwritten behind a text. */
export const VECTOR_SLACK: usize = 32;
const TEXTS_SIZE: usize = CELLS_SIZE + (1 + VECTOR_SLACK) * <usize>SEGMENT_CAPACITY;

/**
 * A level record, of level 0 first, then of the loops, outermost first:
 *
 *    0 subtree     u64   raw indices in one turn = product of the sizes of all loops inside it
 *    8 size        u32   number of positions
 *   12 position    u32   which of them it stands at
 *   16 firstVariable u32   the first name that it turns by itself
 *   20 endVariable   u32   the member behind its last; an axis that depends on others has none
 *
 * and a member record, of a name that a loop turns:
 *
 *    0 field       u32   the field of LAYER that it sets
 *    4 firstProgression    u32   its first run in the image
 *    8 run         u32   the run it stands in
 *   12 offset      u32   its position within that run
 */
export const DIGITS_PTR: usize = (TEXTS_PTR + TEXTS_SIZE + 15) & ~15;
const DIGITS_SIZE: usize = 4 * 10000;
/** LAYER_FIELDS × (least u32, most u32). */
export const RANGES_PTR: usize = DIGITS_PTR + DIGITS_SIZE;
const RANGES_SIZE: usize = 8 * <usize>LAYER_FIELDS;
export const LEVELS_PTR: usize = RANGES_PTR + RANGES_SIZE;
export const LEVEL_BYTES: usize = 24;
export const LEVEL_WEIGHT: usize = 0;
export const LEVEL_SIZE: usize = 8;
export const LEVEL_POSITION: usize = 12;
export const LEVEL_FIRST_VARIABLE: usize = 16;
export const LEVEL_END_VARIABLE: usize = 20;
export const LOOP_VARIABLES_PTR: usize = LEVELS_PTR + <usize>LEVEL_CAPACITY * LEVEL_BYTES;
export const LOOP_VARIABLE_BYTES: usize = 16;
export const LOOP_VARIABLE_FIELD: usize = 0;
export const LOOP_VARIABLE_FIRST_PROGRESSION: usize = 4;
export const LOOP_VARIABLE_PROGRESSION: usize = 8;
export const LOOP_VARIABLE_OFFSET: usize = 12;
const LOOP_VARIABLES_SIZE: usize = <usize>LEVEL_CAPACITY * LOOP_VARIABLE_BYTES;

export const STACK_PTR: usize = (LOOP_VARIABLES_PTR + LOOP_VARIABLES_SIZE + 15) & ~15;
const STACK_SIZE: usize = 16 * <usize>(STACK_CAPACITY + 1);

/**
 * The image of a plan, written by the host (src/plan/image.ts); u32 where nothing else is said:
 *
 *   header   slotCount, stepCount, method, levelCount, requirementCount, kind, isComparing, segmentCount, visitLevel
 *   levels   LEVEL_CAPACITY × (size, firstVariable, memberCount), level 0 first
 *   members  LEVEL_CAPACITY × (field, firstProgression)
 *   begin    LEVEL_CAPACITY × the first step to take when that level has turned
 *   steps    STEP_CAPACITY × (kind, level, operands), outermost level first
 *   axes     AXIS_CAPACITY × (firstItem, itemCount, nameCount, firstProgression, progressionCapacity, positions, AXIS_CAPACITY × field):
 *            those that depend on others
 *   items    ITEM_CAPACITY × (kind, program, program, program)
 *   fields   FIELD_COUNT × u64: what has one value throughout
 *   slots    CELL_CAPACITY × 32 bytes: cells with one text throughout
 *   parts    SEGMENT_CAPACITY × (column, endSlot)
 *   code     INSTRUCTION_CAPACITY × (operation, operand, number as i64); a program is named by its first instruction
 *   runs     PROGRESSION_CAPACITY × (first as i64, stride as i64, count, origin)
 *
 * A run is the values first, first + stride, … of an axis. Those of an axis that depends on others are written here when
 * it is filled: such a run has as its origin the first run of its item, or ORIGIN_INEXACT. A row of a joint axis has a run
 * for each name.
 *
 * The image of a list (src/plan/image.ts). Each kind has its own tables, because one list may mix kinds:
 *
 *   header   cellCount, fieldCount, method, skipInvalid, kind, isComparing, kindField, isDropping
 *   kinds    KIND_COUNT × (canonical name, 24 bytes padded with zeros, then 1 as u64 where the list can hold that kind)
 *   columns  KIND_COUNT × LIST_COLUMN_CAPACITY × the column of each result cell, or NO_COLUMN for an empty cell
 *   defaults KIND_COUNT × LAYER_FIELDS × u64: the value of what no field of the list sets
 *   roles    KIND_COUNT × FIELD_CAPACITY × the role of each field
 *
 *   columns, roles   those of the kind in use, copied here by the kernel
 *
 * The kernel keeps the totals of the columns with COLUMN_IS_ADDED, as sums of 128 bits (low half, high half):
 *
 *   totals   KIND_COUNT × LIST_COLUMN_CAPACITY × (u64, u64)
 */
export const IMAGE_PTR: usize = (STACK_PTR + STACK_SIZE + 15) & ~15;
export const IMAGE_HEADER_BYTES: usize = 48;
export const IMAGE_LEVELS_PTR: usize = IMAGE_PTR + IMAGE_HEADER_BYTES;
export const IMAGE_LEVEL_BYTES: usize = 12;
export const IMAGE_LOOP_VARIABLES_PTR: usize = IMAGE_LEVELS_PTR + IMAGE_LEVEL_BYTES * <usize>LEVEL_CAPACITY;
export const IMAGE_LOOP_VARIABLE_BYTES: usize = 8;
export const IMAGE_ENTRY_POINTS_PTR: usize = IMAGE_LOOP_VARIABLES_PTR + IMAGE_LOOP_VARIABLE_BYTES * <usize>LEVEL_CAPACITY;
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
export const IMAGE_FIELDS_PTR: usize = (IMAGE_ITEMS_PTR + ITEM_BYTES * <usize>ITEM_CAPACITY + 15) & ~15;
export const IMAGE_SLOTS_PTR: usize = IMAGE_FIELDS_PTR + 8 * <usize>FIELD_COUNT;
export const IMAGE_SEGMENTS_PTR: usize = IMAGE_SLOTS_PTR + CELLS_SIZE;
export const IMAGE_SEGMENT_BYTES: usize = 8;
export const IMAGE_CODE_PTR: usize = (IMAGE_SEGMENTS_PTR + IMAGE_SEGMENT_BYTES * <usize>SEGMENT_CAPACITY + 15) & ~15;
export const IMAGE_PROGRESSIONS_PTR: usize = IMAGE_CODE_PTR + INSTRUCTION_BYTES * <usize>INSTRUCTION_CAPACITY;
export const PROGRESSION_BYTES: usize = 24;
export const PROGRESSION_FIRST: usize = 0;
export const PROGRESSION_STEP: usize = 8;
export const PROGRESSION_COUNT: usize = 16;
export const PROGRESSION_ORIGIN: usize = 20;
/** The origin of a run whose expression does not divide exactly. */
export const ORIGIN_INEXACT: u32 = 0xffffffff;
export const IMAGE_END: usize = IMAGE_PROGRESSIONS_PTR + PROGRESSION_BYTES * <usize>PROGRESSION_CAPACITY;

export const LIST_KINDS_PTR: usize = (IMAGE_PTR + IMAGE_HEADER_BYTES + 7) & ~7;
export const LIST_KIND_BYTES: usize = 32;
export const LIST_KIND_NAME_BYTES: usize = 24;
export const LIST_COLUMNS_PTR: usize = LIST_KINDS_PTR + LIST_KIND_BYTES * <usize>KIND_COUNT;
export const LIST_COLUMNS_BYTES: usize = 4 * <usize>LIST_COLUMN_CAPACITY;
export const LIST_DEFAULTS_PTR: usize = LIST_COLUMNS_PTR + LIST_COLUMNS_BYTES * <usize>KIND_COUNT;
export const LIST_DEFAULTS_BYTES: usize = 8 * <usize>LAYER_FIELDS;
export const LIST_ROLES_PTR: usize = LIST_DEFAULTS_PTR + LIST_DEFAULTS_BYTES * <usize>KIND_COUNT;
export const LIST_ROLES_BYTES: usize = 4 * <usize>FIELD_CAPACITY;
export const LIST_COLUMNS_IN_USE_PTR: usize = LIST_ROLES_PTR + LIST_ROLES_BYTES * <usize>KIND_COUNT;
export const LIST_ROLES_IN_USE_PTR: usize = LIST_COLUMNS_IN_USE_PTR + LIST_COLUMNS_BYTES;
export const LIST_TOTALS_PTR: usize = (LIST_ROLES_IN_USE_PTR + LIST_ROLES_BYTES + 15) & ~15;
export const LIST_TOTAL_BYTES: usize = 16;
export const LIST_TOTALS_BYTES: usize = LIST_TOTAL_BYTES * <usize>LIST_COLUMN_CAPACITY;
export const LIST_END: usize = LIST_TOTALS_PTR + LIST_TOTALS_BYTES * <usize>KIND_COUNT;

export const SCRATCH_PTR: usize = (IMAGE_END + 15) & ~15;
export const INPUT_PTR: usize = SCRATCH_PTR + 4 * <usize>SCRATCH_COUNTERS;

/**
 * A tally: what a convention answered, put beside the exact count, over the layers of a batch.
 *
 *    0 layers      u64   layers with a ratio: the tool answers, and at least one product lands
 *    8 missing     u64   layers without an answer
 *   16 exact       u64   layers whose answer comes to exactly the MACs
 *   24 least       f64   the smallest ratio …
 *   32 leastAt     u64   … and where it was first met: raw index, or byte of INPUT
 *   40 most        f64   the largest …
 *   48 mostAt      u64
 *   56 bins        TALLY_BINS × u32   layers by ratio: 0, then 128 bins for each doubling from 2^-32 to 2^32
 *
 * At the end of a batch each tally goes to OUTPUT: its head, then binCount as u64, then as many (bin, count) as u32.
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
/** OUTPUT_BUFFERS × i32: 1 while the host needs the rows of that window, else 0. */
export const LEASES_PTR: usize = (TALLIES_PTR + TALLY_BYTES * <usize>TALLY_COUNT + 15) & ~15;
/**
 * The checksum of some bytes (see sum.ts):
 *
 *    0 plain       16 × u32   for each lane the sum of its bytes
 *   64 weighted    16 × u32   the same, each byte times the number of its row of 16
 *  128 lines       u32        line ends
 */
export const SUM_PTR: usize = LEASES_PTR + 16;
export const SUM_WEIGHTED: usize = 64;
export const SUM_LINES: usize = 128;
/** Bytes from elsewhere, to be summed. */
export const SUM_INPUT_PTR: usize = SUM_PTR + 144;
export const SUM_INPUT_BYTES: u32 = 65536;
export const OUTPUT_PTR: usize = SUM_INPUT_PTR + <usize>SUM_INPUT_BYTES;
/** One record of INPUT and its results may start before OUTPUT_BYTES and end behind it. */
const OUTPUT_SLACK: usize = <usize>INPUT_BYTES + <usize>RESULTS_BYTES + 64;
export const OUTPUT_BUFFER_BYTES: usize = (<usize>OUTPUT_BYTES + OUTPUT_SLACK + 15) & ~15;

/**
 * Many layers in columns (many.ts): the header, written by the host; u32 where nothing else is said:
 *
 *   header   kind, method, columnCount, fieldCount, skipInvalid, isRated, hasWords
 *   columns  MANY_COLUMNS × the column of each result
 *   fields   MANY_FIELDS  × the field of LAYER that a column of INPUT sets
 *
 * Column i of INPUT holds MANY_ROWS × u32. Behind the fields four columns have the words of a sample rate that differs from layer to layer: of its
 * numerator and its denominator, each the lower one first. The results of a batch are in the first window of OUTPUT:
 *
 *   values   columnCount × MANY_ROWS × 8 bytes: u64 or i64, 0 or 1 where a column is true or false, f64 where it holds quotients
 *   missing  columnCount × MANY_ROWS × u8: 1 where there is no value; only of columns from FIRST_SPECIAL on
 *   rules    MANY_ROWS × u8: 0, or 1 + the rule that the layer breaks
 */
export const MANY_ROWS: u32 = 4096;
export const MANY_COLUMNS: u32 = RESULT_COUNT + DIMENSION_COUNT;
/** The names, of which the sample rate has four columns. */
export const MANY_FIELDS: u32 = MAX_NAMES + 3;
export const MANY_HEADER_BYTES: usize = 28;
export const MANY_PTR: usize = OUTPUT_PTR + OUTPUT_BUFFER_BYTES * <usize>OUTPUT_BUFFERS;
export const MANY_COLUMNS_PTR: usize = MANY_PTR + MANY_HEADER_BYTES;
export const MANY_FIELDS_PTR: usize = MANY_COLUMNS_PTR + 4 * <usize>MANY_COLUMNS;
export const MANY_VALUES_PTR: usize = OUTPUT_PTR;
export const MANY_MISSING_PTR: usize = MANY_VALUES_PTR + 8 * <usize>(MANY_COLUMNS * MANY_ROWS);
export const MANY_RULES_PTR: usize = MANY_MISSING_PTR + <usize>(MANY_COLUMNS * MANY_ROWS);
export const MANY_VALUES_END: usize = MANY_RULES_PTR + <usize>MANY_ROWS;

export const LAYOUT_END: usize = MANY_FIELDS_PTR + 4 * <usize>MANY_FIELDS;
