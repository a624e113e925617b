import * as layout from "../../assembly/layout";

/** memoryBase in asconfig.json. */
const MEMORY_BASE: usize = 37748736;

/** Static data, whose address the compiler chooses. */
const STATIC_DATA: usize = memory.data<u8>([1, 2, 3, 4]);

/** Fails unless an area of `bytes` from `ptr` on ends at or before `nextPtr`. */
function expectRoom(ptr: usize, bytes: usize, nextPtr: usize): void {
  expect<usize>(ptr + bytes).toBeLessThanOrEqual(nextPtr);
}

describe("the areas of memory", () => {
  it("do not use the null page", () => {
    expect<usize>(layout.LAYER_PTR).toBeGreaterThanOrEqual(1024);
  });

  it("do not overlap", () => {
    expectRoom(layout.LAYER_PTR, 8 * <usize>layout.FIELD_COUNT, layout.REPORT_PTR);
    expectRoom(
      layout.REPORT_PTR,
      layout.REPORT_REJECTED + 8 * <usize>(1 + layout.PREDICATE_CAPACITY),
      layout.CELLS_PTR,
    );
    expectRoom(
      layout.CELLS_PTR,
      layout.CELL_BYTES * <usize>layout.CELL_CAPACITY,
      layout.SEGMENTS_PTR,
    );
    expectRoom(
      layout.SEGMENTS_PTR,
      layout.SEGMENT_BYTES * <usize>layout.SEGMENT_CAPACITY,
      layout.TEXTS_PTR,
    );
    // All cells, in the maximum number of segments. Each segment has its slots, and room for a
    // vector.
    expectRoom(
      layout.TEXTS_PTR,
      layout.CELL_BYTES * <usize>layout.CELL_CAPACITY +
        layout.VECTOR_SLACK * <usize>layout.SEGMENT_CAPACITY,
      layout.DIGITS_PTR,
    );
    expectRoom(layout.DIGITS_PTR, 4 * 10000, layout.LEADING_DIGITS_PTR);
    expectRoom(layout.LEADING_DIGITS_PTR, 4 * 10000, layout.LEADING_LENGTHS_PTR);
    expectRoom(layout.LEADING_LENGTHS_PTR, 10000, layout.RANGES_PTR);
    expectRoom(layout.RANGES_PTR, 8 * <usize>layout.LAYER_FIELDS, layout.LEVELS_PTR);
    expectRoom(
      layout.LEVELS_PTR,
      layout.LEVEL_BYTES * <usize>layout.LEVEL_CAPACITY,
      layout.LOOP_VARIABLES_PTR,
    );
    expectRoom(
      layout.LOOP_VARIABLES_PTR,
      layout.LOOP_VARIABLE_BYTES * <usize>layout.LEVEL_CAPACITY,
      layout.STACK_PTR,
    );
    expectRoom(layout.STACK_PTR, 8 * <usize>layout.STACK_CAPACITY, layout.IMAGE_PTR);
    expectRoom(
      layout.IMAGE_PROGRESSIONS_PTR,
      layout.PROGRESSION_BYTES * <usize>layout.PROGRESSION_CAPACITY,
      layout.SCRATCH_PTR,
    );
    expectRoom(layout.SCRATCH_PTR, 4 * <usize>layout.SCRATCH_COUNTERS, layout.INPUT_PTR);
    expectRoom(layout.INPUT_PTR, layout.INPUT_BYTES, layout.TALLIES_PTR);
    expectRoom(
      layout.TALLIES_PTR,
      layout.TALLY_BYTES * <usize>layout.TALLY_COUNT,
      layout.LEASES_PTR,
    );
    expectRoom(layout.LEASES_PTR, 4 * <usize>layout.OUTPUT_BUFFERS, layout.SUM_PTR);
    expectRoom(layout.SUM_PTR, layout.SUM_LINES + 4, layout.SUM_INPUT_PTR);
    expectRoom(layout.SUM_INPUT_PTR, <usize>layout.SUM_INPUT_BYTES, layout.OUTPUT_PTR);
    expectRoom(
      layout.OUTPUT_PTR,
      layout.OUTPUT_BUFFER_BYTES * <usize>layout.OUTPUT_BUFFERS,
      layout.MANY_PTR,
    );
    expectRoom(layout.MANY_FIELDS_PTR, 4 * <usize>layout.MANY_FIELDS, layout.FILLED_PTR);
    expectRoom(layout.VECTORS_END, 0, layout.CHUNK_PTR);
  });

  it("contain the vectors of a block one after the other", () => {
    const rows = <usize>layout.VECTOR_ROWS;
    const rejected: usize = 8 * <usize>(1 + layout.PREDICATE_CAPACITY);
    expect<usize>(layout.VECTOR_BYTES).toBe(8 * rows);
    expectRoom(layout.FILLED_PTR, layout.FILLED_BYTES, layout.REASONS_PTR);
    expectRoom(layout.REASONS_PTR, 2 * <usize>layout.BLOCK_POSITIONS, layout.BLOCK_REJECTED_PTR);
    expectRoom(layout.BLOCK_REJECTED_PTR, rejected, layout.PIECE_REJECTED_PTR);
    expectRoom(layout.PIECE_REJECTED_PTR, rejected, layout.SELECTION_PTR);
    expectRoom(layout.SELECTION_PTR, 4 * rows, layout.LIVE_PTR);
    expectRoom(
      layout.LIVE_PTR,
      8 * rows * <usize>layout.ROW_FIELD_CAPACITY,
      layout.ROW_FIELD_NUMBERS_PTR,
    );
    expectRoom(layout.ROW_FIELD_NUMBERS_PTR, layout.FIELD_COUNT, layout.FACTORS_PTR);
    expectRoom(
      layout.FACTORS_PTR,
      8 * rows * <usize>layout.FACTOR_CAPACITY,
      layout.SPARE_VECTORS_PTR,
    );
    expectRoom(layout.SPARE_VECTORS_PTR, 4 * 8 * rows, layout.VALUES_PTR);
    expectRoom(layout.VALUES_PTR, 8 * rows * <usize>layout.CELL_CAPACITY, layout.MISSING_PTR);
    expectRoom(layout.MISSING_PTR, rows * <usize>layout.CELL_CAPACITY, layout.DRAFT_ENDS_PTR);
    expectRoom(layout.DRAFT_ENDS_PTR, 4 * <usize>layout.DRAFT_ROWS, layout.DRAFTS_PTR);
    expectRoom(layout.DRAFTS_PTR, layout.DRAFTS_BYTES, layout.VECTOR_STACK_PTR);
    expectRoom(layout.VECTOR_STACK_PTR, 8 * rows * <usize>layout.STACK_VECTORS, layout.VECTORS_END);
  });

  it("leave room for a piece of a block with every row field, without texts", () => {
    // The position, failure and weight of a row, and its group.
    const row: usize = 8 * <usize>layout.ROW_FIELD_CAPACITY + 3 * 8 + 4;
    expect<usize>(row * <usize>layout.VECTOR_ROWS).toBeLessThanOrEqual(layout.FILLED_BYTES);
    expect<u32>(layout.ROW_POSITION).toBeGreaterThan(layout.PREDICATE_CAPACITY);
    expect<u32>(layout.NOT_A_ROW_FIELD).toBeGreaterThan(layout.ROW_FIELD_CAPACITY - 1);
  });

  it("contain the input and the buffers of a column chunk one after the other", () => {
    const rows = <usize>layout.ROW_GROUP_ROWS;
    // Loops over vectors and the compressor read or write up to 64 bytes after an area.
    const slack: usize = 64;
    // The longest levels: a run and a bit-packed group in turn, each of two bytes for eight rows.
    const levels: usize = 4 + rows / 4;
    expectRoom(layout.CHUNK_PTR, layout.CHUNK_MAX + 8 + levels, layout.PARQUET_INPUT_PTR);
    expectRoom(layout.PARQUET_INPUT_PTR, 8 * rows + slack, layout.PARQUET_COUNTS_PTR);
    expectRoom(layout.PARQUET_COUNTS_PTR, 4 * rows + slack, layout.PARQUET_VALIDITY_PTR);
    expectRoom(layout.PARQUET_VALIDITY_PTR, rows + slack, layout.PARQUET_DICTIONARY_PTR);
    expectRoom(
      layout.PARQUET_DICTIONARY_PTR,
      <usize>layout.PARQUET_TEXT_BYTES + slack,
      layout.PARQUET_INDICES_PTR,
    );
    expectRoom(layout.PARQUET_INDICES_PTR, 4 * rows + slack, layout.PARQUET_TABLE_PTR);
    expectRoom(
      layout.PARQUET_TABLE_PTR,
      2 << (<usize>layout.PARQUET_TABLE_BITS),
      layout.PARQUET_BODY_PTR,
    );
    // The bit width, a header of three bytes, and 17 bits for each number.
    expectRoom(
      layout.PARQUET_BODY_PTR,
      levels + 4 + (17 * rows) / 8 + slack,
      layout.SNAPPY_TABLE_PTR,
    );
    expectRoom(layout.SNAPPY_TABLE_PTR, 2 << (<usize>layout.SNAPPY_TABLE_BITS), layout.LAYOUT_END);
  });

  it("leave room in an output buffer for the bodies of three column chunks", () => {
    const rows = <usize>layout.ROW_GROUP_ROWS;
    const texts = <usize>layout.PARQUET_TEXT_BYTES + 4 + rows / 4 + 4 + (17 * rows) / 8;
    expect<usize>(texts + texts / 64 + 2 * 16 + 64).toBeLessThanOrEqual(layout.PARQUET_CHUNK_BYTES);
    const numbers: usize = 4 + rows / 4 + 8 * rows;
    expect<usize>(numbers + numbers / 64 + 16 + 64).toBeLessThanOrEqual(layout.PARQUET_CHUNK_BYTES);
    expect<usize>(3 * layout.PARQUET_CHUNK_BYTES).toBeLessThanOrEqual(layout.OUTPUT_BUFFER_BYTES);
  });

  it("contain the sections of a plan's image one after the other", () => {
    expectRoom(layout.IMAGE_PTR, layout.IMAGE_HEADER_BYTES, layout.IMAGE_LEVELS_PTR);
    expectRoom(
      layout.IMAGE_LEVELS_PTR,
      layout.IMAGE_LEVEL_BYTES * <usize>layout.LEVEL_CAPACITY,
      layout.IMAGE_LOOP_VARIABLES_PTR,
    );
    expectRoom(
      layout.IMAGE_LOOP_VARIABLES_PTR,
      layout.IMAGE_LOOP_VARIABLE_BYTES * <usize>layout.LEVEL_CAPACITY,
      layout.IMAGE_ENTRY_POINTS_PTR,
    );
    expectRoom(
      layout.IMAGE_ENTRY_POINTS_PTR,
      4 * <usize>layout.LEVEL_CAPACITY,
      layout.IMAGE_STEPS_PTR,
    );
    expectRoom(
      layout.IMAGE_STEPS_PTR,
      layout.STEP_BYTES * <usize>layout.STEP_CAPACITY,
      layout.IMAGE_AXES_PTR,
    );
    expectRoom(
      layout.IMAGE_AXES_PTR,
      layout.AXIS_BYTES * <usize>layout.AXIS_CAPACITY,
      layout.IMAGE_ITEMS_PTR,
    );
    expectRoom(
      layout.IMAGE_ITEMS_PTR,
      layout.ITEM_BYTES * <usize>layout.ITEM_CAPACITY,
      layout.IMAGE_FIELDS_PTR,
    );
    expectRoom(layout.IMAGE_FIELDS_PTR, 8 * <usize>layout.FIELD_COUNT, layout.IMAGE_SLOTS_PTR);
    expectRoom(
      layout.IMAGE_SLOTS_PTR,
      layout.CELL_BYTES * <usize>layout.CELL_CAPACITY,
      layout.IMAGE_SEGMENTS_PTR,
    );
    expectRoom(
      layout.IMAGE_SEGMENTS_PTR,
      layout.IMAGE_SEGMENT_BYTES * <usize>layout.SEGMENT_CAPACITY,
      layout.IMAGE_ROW_FIELDS_PTR,
    );
    expectRoom(
      layout.IMAGE_ROW_FIELDS_PTR,
      4 * <usize>layout.ROW_FIELD_CAPACITY,
      layout.IMAGE_VECTOR_CELLS_PTR,
    );
    expectRoom(
      layout.IMAGE_VECTOR_CELLS_PTR,
      layout.IMAGE_VECTOR_CELL_BYTES * <usize>layout.CELL_CAPACITY,
      layout.IMAGE_TEXTS_PTR,
    );
    expectRoom(
      layout.IMAGE_TEXTS_PTR,
      layout.IMAGE_TEXT_BYTES * <usize>layout.CELL_CAPACITY,
      layout.IMAGE_TEXT_CELLS_PTR,
    );
    expectRoom(layout.IMAGE_TEXT_CELLS_PTR, 4 * <usize>layout.CELL_CAPACITY, layout.IMAGE_CODE_PTR);
    expectRoom(
      layout.IMAGE_CODE_PTR,
      layout.INSTRUCTION_BYTES * <usize>layout.INSTRUCTION_CAPACITY,
      layout.IMAGE_PROGRESSIONS_PTR,
    );
  });

  it("contain the sections of a list's image one after the other", () => {
    const kinds = <usize>layout.KIND_COUNT;
    expectRoom(layout.IMAGE_PTR, layout.IMAGE_HEADER_BYTES, layout.LIST_KINDS_PTR);
    expectRoom(layout.LIST_KINDS_PTR, 32 * kinds, layout.LIST_COLUMNS_PTR);
    // A list of three-dimensional layers can have every result, and the output length of each
    // dimension.
    expectRoom(
      layout.LIST_COLUMNS_PTR,
      4 * <usize>(layout.RESULT_COUNT + 3) * kinds,
      layout.LIST_DEFAULTS_PTR,
    );
    expectRoom(
      layout.LIST_DEFAULTS_PTR,
      8 * <usize>layout.LAYER_FIELDS * kinds,
      layout.LIST_ROLES_PTR,
    );
    expectRoom(
      layout.LIST_ROLES_PTR,
      4 * <usize>layout.FIELD_CAPACITY * kinds,
      layout.LIST_COLUMNS_IN_USE_PTR,
    );
    expectRoom(
      layout.LIST_COLUMNS_IN_USE_PTR,
      4 * <usize>(layout.RESULT_COUNT + 3),
      layout.LIST_ROLES_IN_USE_PTR,
    );
    expectRoom(
      layout.LIST_ROLES_IN_USE_PTR,
      4 * <usize>layout.FIELD_CAPACITY,
      layout.LIST_TOTALS_PTR,
    );
    expectRoom(
      layout.LIST_TOTALS_PTR,
      16 * <usize>(layout.RESULT_COUNT + 3) * kinds,
      layout.LIST_END,
    );
    expectRoom(layout.LIST_END, 0, layout.IMAGE_END);
  });

  it("leave room after a full output for one more row of a list or a sweep", () => {
    // The longest row of a list is a record as long as INPUT with all results. That of a sweep has
    // all slots, and every slot is full.
    expect<usize>(
      <usize>layout.OUTPUT_BYTES + <usize>layout.INPUT_BYTES + <usize>layout.RESULTS_BYTES,
    ).toBeLessThanOrEqual(layout.OUTPUT_BUFFER_BYTES);
    expect<usize>(
      <usize>layout.OUTPUT_BYTES + layout.CELL_BYTES * <usize>layout.CELL_CAPACITY,
    ).toBeLessThanOrEqual(layout.OUTPUT_BUFFER_BYTES);
  });

  it("end before the compiler's own data", () => {
    expect<usize>(layout.LAYOUT_END).toBeLessThanOrEqual(MEMORY_BASE);
    expect<usize>(STATIC_DATA).toBeGreaterThanOrEqual(MEMORY_BASE);
    expect<u32>(load<u32>(STATIC_DATA)).toBe(0x04030201);
  });
});

describe("alignment", () => {
  it("is 8 bytes for records that contain u64", () => {
    expect<usize>(layout.LAYER_PTR % 8).toBe(0);
    expect<usize>(layout.REPORT_PTR % 8).toBe(0);
    expect<usize>(layout.LEVELS_PTR % 8).toBe(0);
    expect<usize>(layout.LEVEL_BYTES % 8).toBe(0);
    expect<usize>(layout.STACK_PTR % 8).toBe(0);
    expect<usize>(layout.IMAGE_FIELDS_PTR % 8).toBe(0);
    expect<usize>(layout.IMAGE_CODE_PTR % 8).toBe(0);
    expect<usize>(layout.IMAGE_PROGRESSIONS_PTR % 8).toBe(0);
    expect<usize>(layout.PROGRESSION_BYTES % 8).toBe(0);
    expect<usize>(layout.LIST_DEFAULTS_PTR % 8).toBe(0);
  });

  it("is 16 bytes for areas that vectors copy", () => {
    expect<usize>(layout.CELLS_PTR % 16).toBe(0);
    expect<usize>(layout.FILLED_PTR % 16).toBe(0);
    expect<usize>(layout.LIVE_PTR % 16).toBe(0);
    expect<usize>(layout.FACTORS_PTR % 16).toBe(0);
    expect<usize>(layout.VALUES_PTR % 16).toBe(0);
    expect<usize>(layout.DRAFTS_PTR % 64).toBe(0);
    expect<usize>(layout.VECTOR_STACK_PTR % 16).toBe(0);
    expect<usize>(layout.CELL_BYTES % 16).toBe(0);
    expect<usize>(layout.SCRATCH_PTR % 16).toBe(0);
    expect<usize>(layout.OUTPUT_PTR % 16).toBe(0);
    expect<usize>(layout.SUM_PTR % 16).toBe(0);
    expect<usize>(layout.OUTPUT_BUFFER_BYTES % 16).toBe(0);
  });

  it("is 8 bytes for the record and the values of a column chunk", () => {
    expect<usize>(layout.CHUNK_PTR % 8).toBe(0);
    expect<usize>(layout.CHUNK_MIN % 8).toBe(0);
    expect<usize>(layout.PARQUET_INPUT_PTR % 8).toBe(0);
    expect<usize>(layout.PARQUET_COUNTS_PTR % 8).toBe(0);
    expect<usize>(layout.PARQUET_DICTIONARY_PTR % 8).toBe(0);
    expect<usize>(layout.PARQUET_INDICES_PTR % 8).toBe(0);
    expect<usize>(layout.PARQUET_TABLE_PTR % 8).toBe(0);
    expect<usize>(layout.SNAPPY_TABLE_PTR % 8).toBe(0);
  });

  it("is 4 bytes for areas of u32", () => {
    expect<usize>(layout.IMAGE_PTR % 4).toBe(0);
    expect<usize>(layout.IMAGE_AXES_PTR % 4).toBe(0);
    expect<usize>(layout.IMAGE_STEPS_PTR % 4).toBe(0);
    expect<usize>(layout.IMAGE_PROGRESSIONS_PTR % 4).toBe(0);
    expect<usize>(layout.LIST_ROLES_PTR % 4).toBe(0);
  });
});

describe("records", () => {
  it("have room for their fields", () => {
    expect<usize>(layout.CELL_LENGTH).toBe(layout.CELL_TEXT_BYTES + 1); // and a separator
    expect<u32>(layout.CELL_TEXT_BYTES).toBeGreaterThanOrEqual(21); // 20 digits and a sign
    expectRoom(layout.CELL_LENGTH, 1, layout.CELL_OVERFLOWS);
    expectRoom(layout.CELL_START, 2, layout.CELL_BYTES);
    expectRoom(layout.SEGMENT_NUMBER, 4, layout.SEGMENT_BYTES);
    expectRoom(layout.STEP_IS_LATE, 4, layout.STEP_BYTES);
    expectRoom(layout.IMAGE_TEXT_COUNT, 4, layout.IMAGE_HEADER_BYTES);
    expectRoom(layout.LEVEL_END_VARIABLE, 4, layout.LEVEL_BYTES);
    expectRoom(layout.LOOP_VARIABLE_OFFSET, 4, layout.LOOP_VARIABLE_BYTES);
    expectRoom(layout.PROGRESSION_ORIGIN, 4, layout.PROGRESSION_BYTES);
    expect<u32>(layout.RESULTS_BYTES).toBe(
      (layout.RESULT_COUNT + 3) * (layout.CELL_TEXT_BYTES + 1),
    );
  });

  it("use disjoint numbers for fields, results and variables", () => {
    expect<u32>(layout.LAYER_FIELDS).toBeLessThanOrEqual(layout.RESULT_0);
    expect<u32>(layout.RESULT_END).toBeLessThanOrEqual(layout.VARIABLE_0);
    expect<u32>(layout.LAYER_FIELDS).toBeLessThanOrEqual(layout.ROLE_EVERY_DIMENSION);
    expect<u32>(layout.OUT_PER_GROUP).toBeLessThanOrEqual(layout.RESULT_0 - 1);
    expect<u32>(layout.NO_COLUMN).toBeGreaterThan(layout.FIELD_COUNT);
  });

  it("use numbers for NO_RULE and for passive roles that no rule and no parameter has", () => {
    expect<u32>(layout.NO_RULE).toBeGreaterThan(layout.RULE_RANGE);
    expect<u32>(layout.FIRST_PASSIVE_ROLE).toBeGreaterThan(
      layout.LAYER_FIELDS | layout.ROLE_EVERY_DIMENSION,
    );
    expect<u32>(layout.ROLE_CARRIED).toBeGreaterThan(layout.FIRST_PASSIVE_ROLE);
  });
});
