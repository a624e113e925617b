// The memory map, and the numbers on which the kernel and its host must agree.
//
// Every address is a constant, memory never grows and nothing is allocated, so a view that the host has made once stays
// good. The host reads these constants from the module's exports; it repeats none of them.
//
//   0x000000  ┌──────────────┐
//             │ (unused)     │  1 KiB; a stray null pointer lands here
//   LAYER     ├──────────────┤
//             │ layer        │  11 parameters, then l_out, taps, covered: u64 each
//   REPORT    ├──────────────┤
//             │ report       │  what the last batch did: rows, bytes, fault, account by rule
//   CELLS     ├──────────────┤
//             │ cells        │  25 slots of 32 bytes: the text of each cell of the row being made
//   AXES      ├──────────────┤
//             │ axes         │  11 records of 64 bytes: where each loop of the nest stands
//   IMAGE     ├──────────────┤
//             │ image        │  the plan, or the roles of a list's fields; written by the host, only read here
//   SCRATCH   ├──────────────┤
//             │ scratch      │  65,536 overlap counters of u32
//   INPUT     ├──────────────┤
//             │ input        │  512 KiB of a list's text
//   OUTPUT    ├──────────────┤
//             │ output       │  4 MiB of finished rows, and room for one row more
//   LAYOUT_END└──────────────┘
//   0x800000  = memoryBase in asconfig.json: the compiler's own constants (digit tables) begin here

/** Counts up whenever the meaning of an export, of a record or of the image changes; the host refuses another one. */
export const ABI_VERSION: u32 = 1;

// ── Parameters of a layer: the slot of each in LAYER, and its column number ────────────────────────────────────────
export const BATCH_SIZE: u32 = 0;
export const IN_CHANNELS: u32 = 1;
export const OUT_CHANNELS: u32 = 2;
export const L_IN: u32 = 3;
export const KERNEL_SIZE: u32 = 4;
export const STRIDE: u32 = 5;
export const PADDING: u32 = 6;
export const OUTPUT_PADDING: u32 = 7;
export const DILATION: u32 = 8;
export const GROUPS: u32 = 9;
export const BIAS: u32 = 10;
export const PARAMETER_COUNT: u32 = 11;

// ── Results: column numbers go on where the parameters end ─────────────────────────────────────────────────────────
export const L_OUT: u32 = 11;
export const TAPS: u32 = 12;
export const COVERED: u32 = 13;
export const HOLES: u32 = 14;
export const ADDITIONS_PER_FILTER: u32 = 15;
export const FILTERS: u32 = 16;
export const OPS_PER_FILTER: u32 = 17;
export const AGGREGATION_OPS: u32 = 18;
export const OPS: u32 = 19;
export const MACS: u32 = 20;
export const MULTIPLICATIONS: u32 = 21;
export const ADDITIONS: u32 = 22;
export const FLOPS: u32 = 23;
export const PARAMS: u32 = 24;
export const COLUMN_COUNT: u32 = 25;

// ── Rules a legal layer keeps, in the order in which they are checked ──────────────────────────────────────────────
export const RULE_IN_CHANNELS: u32 = 0;
export const RULE_OUT_CHANNELS: u32 = 1;
export const RULE_OUTPUT_PADDING: u32 = 2;
export const RULE_L_OUT: u32 = 3;
/** A parameter outside its range. Only lists have it: the axes of a plan are checked by the host. */
export const RULE_RANGE: u32 = 4;
export const RULE_COUNT: u32 = 5;
/** The answer of a rule check when every rule is kept. */
export const NO_RULE: u32 = RULE_COUNT;

// ── How taps and covered are found ─────────────────────────────────────────────────────────────────────────────────
export const METHOD_CLOSED: u32 = 0;
export const METHOD_SIMULATE: u32 = 1;
/** Both, compared: a sweep stops with FAULT_DISAGREE at the first layer on which they differ. Not for lists. */
export const METHOD_VERIFY: u32 = 2;

// ── Why a batch stopped early ──────────────────────────────────────────────────────────────────────────────────────
export const FAULT_NONE: u32 = 0;
/** A cell of the row passes 2^64 - 1. */
export const FAULT_OVERFLOW: u32 = 1;
/** The closed form and the simulation differ. */
export const FAULT_DISAGREE: u32 = 2;
/** A listed layer breaks a rule. */
export const FAULT_RULE: u32 = 3;
/** A field of a list is not what its column needs. */
export const FAULT_FIELD: u32 = 4;
/** A record has more or fewer fields than the header. */
export const FAULT_FIELD_COUNT: u32 = 5;

// ── Steps of a plan's schedule (see sweep.ts) ──────────────────────────────────────────────────────────────────────
/** (rule, 0): check it; a layer that breaks it is left out, with everything below its level. */
export const STEP_RULE: u32 = 0;
/** (0, 0): work out taps and covered. */
export const STEP_GEOMETRY: u32 = 1;
/** (slot, column): write the column's value into the cell slot. */
export const STEP_CELL: u32 = 2;
export const STEP_BYTES: usize = 16;

/** The role of a list's field that is carried through unread; any other role is a parameter's number. */
export const ROLE_CARRIED: u32 = 0xffffffff;

// ── Capacities ─────────────────────────────────────────────────────────────────────────────────────────────────────
/** Runs of evenly spaced values that all axes of a plan may have together. */
export const RUN_CAPACITY: u32 = 65536;
/** Steps that a plan's schedule may have. */
export const STEP_CAPACITY: u32 = 256;
/** Fields that a record of a list may have. */
export const FIELD_CAPACITY: u32 = 65536;
/** Overlap counters in the scratch: the longest piece of an output that is simulated at once. */
export const SCRATCH_COUNTERS: u32 = 65536;
export const INPUT_BYTES: u32 = 524288;
export const OUTPUT_BYTES: u32 = 4194304;
/** The longest run of result cells: 25 cells of at most 20 digits, a sign and a separator. */
export const RESULTS_BYTES: u32 = 25 * 22;

// ── Addresses: a running sum ───────────────────────────────────────────────────────────────────────────────────────
export const LAYER_PTR: usize = 1024;
const LAYER_BYTES: usize = 128; // 14 × u64, rounded up

/**
 * The report of the last batch:
 *
 *    0 rows        u64   rows written
 *    8 faultAt     u64   sweep: raw index of the layer at fault; list: byte of INPUT where its record begins
 *   16 bytes       u32   bytes of OUTPUT that are filled
 *   20 fault       u32   FAULT_…
 *   24 faultWhat   u32   FAULT_OVERFLOW: which cell of the row (sweep) or which result (list);
 *                        FAULT_RULE: rule; FAULT_FIELD: which field; FAULT_FIELD_COUNT: fields found
 *   28 lines       u32   list: line ends passed, those inside quotes included
 *   32 skipped     u64 × RULE_COUNT   layers left out by each rule
 */
export const REPORT_PTR: usize = LAYER_PTR + LAYER_BYTES;
export const REPORT_ROWS: usize = 0;
export const REPORT_FAULT_AT: usize = 8;
export const REPORT_BYTES: usize = 16;
export const REPORT_FAULT: usize = 20;
export const REPORT_FAULT_WHAT: usize = 24;
export const REPORT_LINES: usize = 28;
export const REPORT_SKIPPED: usize = 32;
const REPORT_SIZE: usize = 128;

/**
 * A cell slot: 28 bytes of text (20 digits, a sign and a separator at most), then the length of the text as u32, so that
 * a whole slot moves with two vector loads and stores.
 */
export const CELLS_PTR: usize = REPORT_PTR + REPORT_SIZE;
export const CELL_BYTES: usize = 32;
export const CELL_LENGTH: usize = 28;
const CELLS_SIZE: usize = 1024; // COLUMN_COUNT × CELL_BYTES, rounded up

/**
 * An axis record, of the loop nest's outermost axis first:
 *
 *    0 subtree   u64   raw indices in one turn of this axis = product of the sizes of all axes inside it
 *    8 size      u32   number of values
 *   12 position  u32   which of them it stands at
 *   16 parameter u32   which parameter it sets
 *   20 firstRun  u32   its first run in the image
 *   24 run       u32   the run it stands in
 *   28 offset    u32   its position within that run
 */
export const AXES_PTR: usize = CELLS_PTR + CELLS_SIZE;
export const AXIS_BYTES: usize = 64;
export const AXIS_SUBTREE: usize = 0;
export const AXIS_SIZE: usize = 8;
export const AXIS_POSITION: usize = 12;
export const AXIS_PARAMETER: usize = 16;
export const AXIS_FIRST_RUN: usize = 20;
export const AXIS_RUN: usize = 24;
export const AXIS_OFFSET: usize = 28;
const AXES_SIZE: usize = 1024; // PARAMETER_COUNT × AXIS_BYTES, rounded up

/**
 * The image of a plan, u32 throughout, written by the host (src/plan/image.ts):
 *
 *   header   cellCount, stepCount, method
 *   axes     PARAMETER_COUNT × (parameter, size, firstRun), outermost first
 *   begin    PARAMETER_COUNT × the first step to take when the axis at that level has turned
 *   steps    STEP_CAPACITY   × (kind, level, operand, operand), outermost level first
 *   runs     RUN_CAPACITY    × (first, stride, count): the values first, first + stride, … of an axis
 *
 * and of a list (src/plan/list-image.ts):
 *
 *   header   cellCount, fieldCount, method, skipInvalid
 *   columns  COLUMN_COUNT    × the column of each result cell
 *   defaults PARAMETER_COUNT × the value of a parameter that has no field
 *   roles    FIELD_CAPACITY  × the parameter that a field sets, or ROLE_CARRIED
 */
export const IMAGE_PTR: usize = AXES_PTR + AXES_SIZE;
export const IMAGE_HEADER_BYTES: usize = 16;
export const IMAGE_AXES_PTR: usize = IMAGE_PTR + IMAGE_HEADER_BYTES;
export const IMAGE_BEGIN_PTR: usize = IMAGE_AXES_PTR + 12 * <usize>PARAMETER_COUNT;
export const IMAGE_STEPS_PTR: usize = IMAGE_BEGIN_PTR + 4 * <usize>PARAMETER_COUNT;
export const IMAGE_RUNS_PTR: usize = IMAGE_STEPS_PTR + STEP_BYTES * <usize>STEP_CAPACITY;
const IMAGE_END: usize = IMAGE_RUNS_PTR + 12 * <usize>RUN_CAPACITY;

export const LIST_COLUMNS_PTR: usize = IMAGE_PTR + IMAGE_HEADER_BYTES;
export const LIST_DEFAULTS_PTR: usize = LIST_COLUMNS_PTR + 4 * <usize>COLUMN_COUNT;
export const LIST_ROLES_PTR: usize = LIST_DEFAULTS_PTR + 4 * <usize>PARAMETER_COUNT;

export const SCRATCH_PTR: usize = (IMAGE_END + 15) & ~15;
export const INPUT_PTR: usize = SCRATCH_PTR + 4 * <usize>SCRATCH_COUNTERS;
export const OUTPUT_PTR: usize = INPUT_PTR + <usize>INPUT_BYTES;
/** One record of INPUT and its results may start before OUTPUT_BYTES and end behind it. */
const OUTPUT_SLACK: usize = <usize>INPUT_BYTES + <usize>RESULTS_BYTES + 64;
export const LAYOUT_END: usize = OUTPUT_PTR + <usize>OUTPUT_BYTES + OUTPUT_SLACK;
