import {
  AXES_PTR, AXIS_BYTES, AXIS_OFFSET, CELL_BYTES, CELL_LENGTH, CELLS_PTR, COLUMN_COUNT, COVERED, FIELD_CAPACITY, IMAGE_AXES_PTR,
  IMAGE_BEGIN_PTR, IMAGE_HEADER_BYTES, IMAGE_PTR, IMAGE_RUNS_PTR, IMAGE_STEPS_PTR, INPUT_BYTES, INPUT_PTR, LAYER_PTR, LAYOUT_END,
  LIST_COLUMNS_PTR, LIST_DEFAULTS_PTR, LIST_ROLES_PTR, NO_RULE, OUTPUT_BYTES, OUTPUT_PTR, PARAMETER_COUNT, PARAMS, REPORT_PTR,
  REPORT_SKIPPED, RESULTS_BYTES, ROLE_CARRIED, RULE_COUNT, RULE_RANGE, RUN_CAPACITY, SCRATCH_COUNTERS, SCRATCH_PTR, STEP_BYTES,
  STEP_CAPACITY,
} from "../../assembly/layout";

/** memoryBase in asconfig.json. */
const MEMORY_BASE: usize = 8388608;

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
    expectRoom(LAYER_PTR, 8 * <usize>(COVERED + 1), REPORT_PTR);
    expectRoom(REPORT_PTR, REPORT_SKIPPED + 8 * <usize>RULE_COUNT, CELLS_PTR);
    expectRoom(CELLS_PTR, CELL_BYTES * <usize>COLUMN_COUNT, AXES_PTR);
    expectRoom(AXES_PTR, AXIS_BYTES * <usize>PARAMETER_COUNT, IMAGE_PTR);
    expectRoom(IMAGE_RUNS_PTR, 12 * <usize>RUN_CAPACITY, SCRATCH_PTR);
    expectRoom(SCRATCH_PTR, 4 * <usize>SCRATCH_COUNTERS, INPUT_PTR);
    expectRoom(INPUT_PTR, INPUT_BYTES, OUTPUT_PTR);
  });

  it("hold the parts of a plan's image one behind the other", () => {
    expectRoom(IMAGE_PTR, IMAGE_HEADER_BYTES, IMAGE_AXES_PTR);
    expectRoom(IMAGE_AXES_PTR, 12 * <usize>PARAMETER_COUNT, IMAGE_BEGIN_PTR);
    expectRoom(IMAGE_BEGIN_PTR, 4 * <usize>PARAMETER_COUNT, IMAGE_STEPS_PTR);
    expectRoom(IMAGE_STEPS_PTR, STEP_BYTES * <usize>STEP_CAPACITY, IMAGE_RUNS_PTR);
  });

  it("hold the parts of a list's image one behind the other", () => {
    expectRoom(IMAGE_PTR, IMAGE_HEADER_BYTES, LIST_COLUMNS_PTR);
    expectRoom(LIST_COLUMNS_PTR, 4 * <usize>COLUMN_COUNT, LIST_DEFAULTS_PTR);
    expectRoom(LIST_DEFAULTS_PTR, 4 * <usize>PARAMETER_COUNT, LIST_ROLES_PTR);
    expectRoom(LIST_ROLES_PTR, 4 * <usize>FIELD_CAPACITY, SCRATCH_PTR);
  });

  it("leave room behind a full output for one more row of either kind", () => {
    // A list's row: a record as long as INPUT and all its results. A sweep's: 25 cells, the last of them a whole slot.
    expectRoom(OUTPUT_PTR, <usize>OUTPUT_BYTES + <usize>INPUT_BYTES + <usize>RESULTS_BYTES, LAYOUT_END);
    expectRoom(OUTPUT_PTR, <usize>OUTPUT_BYTES + 22 * <usize>COLUMN_COUNT + CELL_BYTES, LAYOUT_END);
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
    expect<usize>(AXES_PTR % 8).toBe(0);
    expect<usize>(AXIS_BYTES % 8).toBe(0);
  });

  it("is 16 bytes for what moves as vectors", () => {
    expect<usize>(CELLS_PTR % 16).toBe(0);
    expect<usize>(CELL_BYTES % 16).toBe(0);
    expect<usize>(SCRATCH_PTR % 16).toBe(0);
  });

  it("is 4 bytes for everything of u32", () => {
    expect<usize>(IMAGE_PTR % 4).toBe(0);
    expect<usize>(IMAGE_AXES_PTR % 4).toBe(0);
    expect<usize>(IMAGE_STEPS_PTR % 4).toBe(0);
    expect<usize>(IMAGE_RUNS_PTR % 4).toBe(0);
    expect<usize>(LIST_ROLES_PTR % 4).toBe(0);
  });
});

describe("records", () => {
  it("have room for what they hold", () => {
    expect<usize>(CELL_LENGTH).toBeGreaterThanOrEqual(22); // 20 digits, a sign and a separator
    expectRoom(CELL_LENGTH, 4, CELL_BYTES);
    expectRoom(AXIS_OFFSET, 4, AXIS_BYTES);
    expect<u32>(RESULTS_BYTES).toBeGreaterThanOrEqual(COLUMN_COUNT * 22);
  });

  it("have a bit in a mask of 32 for each cell", () => {
    expect<u32>(COLUMN_COUNT).toBeLessThanOrEqual(32);
    expect<u32>(PARAMS + 1).toBe(COLUMN_COUNT);
  });

  it("use numbers for nothing and carried that are no rule and no parameter", () => {
    expect<u32>(NO_RULE).toBeGreaterThan(RULE_RANGE);
    expect<u32>(ROLE_CARRIED).toBeGreaterThan(PARAMETER_COUNT);
  });
});
