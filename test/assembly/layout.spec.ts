import {
  AXIS_BYTES, AXIS_CAPACITY, CELL_BYTES, CELL_CAPACITY, CELL_LENGTH, CELL_OVERFLOWS, CELL_START, CELLS_PTR, DIGITS_PTR, IMAGE_SEGMENT_BYTES, IMAGE_SEGMENTS_PTR, NO_COLUMN, OUT_PER_GROUP, SEGMENT_BYTES, SEGMENT_CAPACITY, SEGMENT_END_SLOT, SEGMENTS_PTR, TEXTS_PTR, VECTOR_SLACK, CELL_TEXT_BYTES, FIELD_CAPACITY, FIELD_COUNT, FIRST_PASSIVE_ROLE,
  IMAGE_AXES_PTR, IMAGE_ENTRY_POINTS_PTR, IMAGE_CODE_PTR, IMAGE_FIELDS_PTR, IMAGE_HEADER_BYTES, IMAGE_ITEMS_PTR, IMAGE_LEVEL_BYTES,
  IMAGE_LEVELS_PTR, IMAGE_LOOP_VARIABLE_BYTES, IMAGE_LOOP_VARIABLES_PTR, IMAGE_PTR, IMAGE_PROGRESSIONS_PTR, IMAGE_SLOTS_PTR, IMAGE_STEPS_PTR, INPUT_BYTES,
  INPUT_PTR, INSTRUCTION_BYTES, INSTRUCTION_CAPACITY, ITEM_BYTES, ITEM_CAPACITY, LAYER_PTR, LAYOUT_END, LEVEL_BYTES, LEVEL_CAPACITY,
  LEVEL_END_VARIABLE, LEVELS_PTR, IMAGE_END, KIND_COUNT, LIST_COLUMNS_PTR, LIST_DEFAULTS_PTR, LIST_END, LIST_COLUMNS_IN_USE_PTR, LIST_KINDS_PTR, LIST_ROLES_IN_USE_PTR, LIST_ROLES_PTR, LIST_TOTALS_PTR, LOOP_VARIABLE_BYTES, LOOP_VARIABLE_OFFSET, LOOP_VARIABLES_PTR, NO_RULE,
  LEASES_PTR, OUTPUT_BYTES, OUTPUT_PTR, OUTPUT_BUFFER_BYTES, OUTPUT_BUFFERS, TALLIES_PTR, TALLY_BYTES, TALLY_COUNT, LAYER_FIELDS, REPORT_REJECTED, REPORT_PTR, PREDICATE_CAPACITY, RESULT_0, RESULT_COUNT, RESULT_END, RESULTS_BYTES, ROLE_CARRIED, ROLE_EVERY_DIMENSION,
  RANGES_PTR, RULE_RANGE, PROGRESSION_BYTES, PROGRESSION_CAPACITY, PROGRESSION_ORIGIN, SCRATCH_COUNTERS, SCRATCH_PTR, STACK_CAPACITY, STACK_PTR, STEP_BYTES, STEP_CAPACITY,
  SUM_INPUT_BYTES, SUM_INPUT_PTR, SUM_LINES, SUM_PTR, VARIABLE_0,
} from "../../assembly/layout";

/** memoryBase in asconfig.json. */
const MEMORY_BASE: usize = 33554432;

/** Something that the compiler places itself. */
const STATIC_DATA: usize = memory.data<u8>([1, 2, 3, 4]);

/** Fails unless an area of `bytes` from `ptr` on ends before `nextPtr`. */
function expectRoom(ptr: usize, bytes: usize, nextPtr: usize): void {
  expect<usize>(ptr + bytes).toBeLessThanOrEqual(nextPtr);
}

describe("the areas of memory", () => {
  it("leave the null page alone", () => {
    expect<usize>(LAYER_PTR).toBeGreaterThanOrEqual(1024);
  });

  it("follow each other without an overlap", () => {
    expectRoom(LAYER_PTR, 8 * <usize>FIELD_COUNT, REPORT_PTR);
    expectRoom(REPORT_PTR, REPORT_REJECTED + 8 * <usize>(1 + PREDICATE_CAPACITY), CELLS_PTR);
    expectRoom(CELLS_PTR, CELL_BYTES * <usize>CELL_CAPACITY, SEGMENTS_PTR);
    expectRoom(SEGMENTS_PTR, SEGMENT_BYTES * <usize>SEGMENT_CAPACITY, TEXTS_PTR);
    // All cells held, in as many parts as there can be: each a separator, its slots, and room for a vector.
    expectRoom(TEXTS_PTR, CELL_BYTES * <usize>CELL_CAPACITY + (1 + VECTOR_SLACK) * <usize>SEGMENT_CAPACITY, DIGITS_PTR);
    expectRoom(DIGITS_PTR, 4 * 10000, RANGES_PTR);
    expectRoom(RANGES_PTR, 8 * <usize>LAYER_FIELDS, LEVELS_PTR);
    expectRoom(LEVELS_PTR, LEVEL_BYTES * <usize>LEVEL_CAPACITY, LOOP_VARIABLES_PTR);
    expectRoom(LOOP_VARIABLES_PTR, LOOP_VARIABLE_BYTES * <usize>LEVEL_CAPACITY, STACK_PTR);
    expectRoom(STACK_PTR, 8 * <usize>STACK_CAPACITY, IMAGE_PTR);
    expectRoom(IMAGE_PROGRESSIONS_PTR, PROGRESSION_BYTES * <usize>PROGRESSION_CAPACITY, SCRATCH_PTR);
    expectRoom(SCRATCH_PTR, 4 * <usize>SCRATCH_COUNTERS, INPUT_PTR);
    expectRoom(INPUT_PTR, INPUT_BYTES, TALLIES_PTR);
    expectRoom(TALLIES_PTR, TALLY_BYTES * <usize>TALLY_COUNT, LEASES_PTR);
    expectRoom(LEASES_PTR, 4 * <usize>OUTPUT_BUFFERS, SUM_PTR);
    expectRoom(SUM_PTR, SUM_LINES + 4, SUM_INPUT_PTR);
    expectRoom(SUM_INPUT_PTR, <usize>SUM_INPUT_BYTES, OUTPUT_PTR);
    expectRoom(OUTPUT_PTR, OUTPUT_BUFFER_BYTES * <usize>OUTPUT_BUFFERS, LAYOUT_END);
  });

  it("hold the parts of a plan's image one behind the other", () => {
    expectRoom(IMAGE_PTR, IMAGE_HEADER_BYTES, IMAGE_LEVELS_PTR);
    expectRoom(IMAGE_LEVELS_PTR, IMAGE_LEVEL_BYTES * <usize>LEVEL_CAPACITY, IMAGE_LOOP_VARIABLES_PTR);
    expectRoom(IMAGE_LOOP_VARIABLES_PTR, IMAGE_LOOP_VARIABLE_BYTES * <usize>LEVEL_CAPACITY, IMAGE_ENTRY_POINTS_PTR);
    expectRoom(IMAGE_ENTRY_POINTS_PTR, 4 * <usize>LEVEL_CAPACITY, IMAGE_STEPS_PTR);
    expectRoom(IMAGE_STEPS_PTR, STEP_BYTES * <usize>STEP_CAPACITY, IMAGE_AXES_PTR);
    expectRoom(IMAGE_AXES_PTR, AXIS_BYTES * <usize>AXIS_CAPACITY, IMAGE_ITEMS_PTR);
    expectRoom(IMAGE_ITEMS_PTR, ITEM_BYTES * <usize>ITEM_CAPACITY, IMAGE_FIELDS_PTR);
    expectRoom(IMAGE_FIELDS_PTR, 8 * <usize>FIELD_COUNT, IMAGE_SLOTS_PTR);
    expectRoom(IMAGE_SLOTS_PTR, CELL_BYTES * <usize>CELL_CAPACITY, IMAGE_SEGMENTS_PTR);
    expectRoom(IMAGE_SEGMENTS_PTR, IMAGE_SEGMENT_BYTES * <usize>SEGMENT_CAPACITY, IMAGE_CODE_PTR);
    expectRoom(IMAGE_CODE_PTR, INSTRUCTION_BYTES * <usize>INSTRUCTION_CAPACITY, IMAGE_PROGRESSIONS_PTR);
  });

  it("hold the parts of a list's image one behind the other", () => {
    const kinds = <usize>KIND_COUNT;
    expectRoom(IMAGE_PTR, IMAGE_HEADER_BYTES, LIST_KINDS_PTR);
    expectRoom(LIST_KINDS_PTR, 32 * kinds, LIST_COLUMNS_PTR);
    // A list of three dimensions can ask for every result, and for the output length of each dimension.
    expectRoom(LIST_COLUMNS_PTR, 4 * <usize>(RESULT_COUNT + 3) * kinds, LIST_DEFAULTS_PTR);
    expectRoom(LIST_DEFAULTS_PTR, 8 * <usize>LAYER_FIELDS * kinds, LIST_ROLES_PTR);
    expectRoom(LIST_ROLES_PTR, 4 * <usize>FIELD_CAPACITY * kinds, LIST_COLUMNS_IN_USE_PTR);
    expectRoom(LIST_COLUMNS_IN_USE_PTR, 4 * <usize>(RESULT_COUNT + 3), LIST_ROLES_IN_USE_PTR);
    expectRoom(LIST_ROLES_IN_USE_PTR, 4 * <usize>FIELD_CAPACITY, LIST_TOTALS_PTR);
    expectRoom(LIST_TOTALS_PTR, 16 * <usize>(RESULT_COUNT + 3) * kinds, LIST_END);
    expectRoom(LIST_END, 0, IMAGE_END);
  });

  it("leave room behind a full output for one more row of either kind", () => {
    // A list's row: a record as long as INPUT and all its results. A sweep's: all slots, each of them full.
    expect<usize>(<usize>OUTPUT_BYTES + <usize>INPUT_BYTES + <usize>RESULTS_BYTES).toBeLessThanOrEqual(OUTPUT_BUFFER_BYTES);
    expect<usize>(<usize>OUTPUT_BYTES + CELL_BYTES * <usize>CELL_CAPACITY).toBeLessThanOrEqual(OUTPUT_BUFFER_BYTES);
  });

  it("end before the compiler's own data", () => {
    expect<usize>(LAYOUT_END).toBeLessThanOrEqual(MEMORY_BASE);
    expect<usize>(STATIC_DATA).toBeGreaterThanOrEqual(MEMORY_BASE);
    expect<u32>(load<u32>(STATIC_DATA)).toBe(0x04030201);
  });
});

describe("alignment", () => {
  it("is 8 bytes for records that hold u64", () => {
    expect<usize>(LAYER_PTR % 8).toBe(0);
    expect<usize>(REPORT_PTR % 8).toBe(0);
    expect<usize>(LEVELS_PTR % 8).toBe(0);
    expect<usize>(LEVEL_BYTES % 8).toBe(0);
    expect<usize>(STACK_PTR % 8).toBe(0);
    expect<usize>(IMAGE_FIELDS_PTR % 8).toBe(0);
    expect<usize>(IMAGE_CODE_PTR % 8).toBe(0);
    expect<usize>(IMAGE_PROGRESSIONS_PTR % 8).toBe(0);
    expect<usize>(PROGRESSION_BYTES % 8).toBe(0);
    expect<usize>(LIST_DEFAULTS_PTR % 8).toBe(0);
  });

  it("is 16 bytes for what moves as vectors", () => {
    expect<usize>(CELLS_PTR % 16).toBe(0);
    expect<usize>(CELL_BYTES % 16).toBe(0);
    expect<usize>(SCRATCH_PTR % 16).toBe(0);
    expect<usize>(OUTPUT_PTR % 16).toBe(0);
    expect<usize>(SUM_PTR % 16).toBe(0);
    expect<usize>(OUTPUT_BUFFER_BYTES % 16).toBe(0);
  });

  it("is 4 bytes for everything of u32", () => {
    expect<usize>(IMAGE_PTR % 4).toBe(0);
    expect<usize>(IMAGE_AXES_PTR % 4).toBe(0);
    expect<usize>(IMAGE_STEPS_PTR % 4).toBe(0);
    expect<usize>(IMAGE_PROGRESSIONS_PTR % 4).toBe(0);
    expect<usize>(LIST_ROLES_PTR % 4).toBe(0);
  });
});

describe("records", () => {
  it("have room for what they hold", () => {
    expect<usize>(CELL_LENGTH).toBe(CELL_TEXT_BYTES + 1); // and a separator
    expect<u32>(CELL_TEXT_BYTES).toBeGreaterThanOrEqual(21); // 20 digits and a sign
    expectRoom(CELL_LENGTH, 1, CELL_OVERFLOWS);
    expectRoom(CELL_START, 2, CELL_BYTES);
    expectRoom(SEGMENT_END_SLOT, 4, SEGMENT_BYTES);
    expectRoom(LEVEL_END_VARIABLE, 4, LEVEL_BYTES);
    expectRoom(LOOP_VARIABLE_OFFSET, 4, LOOP_VARIABLE_BYTES);
    expectRoom(PROGRESSION_ORIGIN, 4, PROGRESSION_BYTES);
    expect<u32>(RESULTS_BYTES).toBe((RESULT_COUNT + 3) * (CELL_TEXT_BYTES + 1));
  });

  it("have numbers for fields, results and variables that do not meet", () => {
    expect<u32>(LAYER_FIELDS).toBeLessThanOrEqual(RESULT_0);
    expect<u32>(RESULT_END).toBeLessThanOrEqual(VARIABLE_0);
    expect<u32>(LAYER_FIELDS).toBeLessThanOrEqual(ROLE_EVERY_DIMENSION);
    expect<u32>(OUT_PER_GROUP).toBeLessThanOrEqual(RESULT_0 - 1);
    expect<u32>(NO_COLUMN).toBeGreaterThan(FIELD_COUNT);
  });

  it("use numbers for nothing and carried that are no rule and no parameter", () => {
    expect<u32>(NO_RULE).toBeGreaterThan(RULE_RANGE);
    expect<u32>(FIRST_PASSIVE_ROLE).toBeGreaterThan(LAYER_FIELDS | ROLE_EVERY_DIMENSION);
    expect<u32>(ROLE_CARRIED).toBeGreaterThan(FIRST_PASSIVE_ROLE);
  });
});
