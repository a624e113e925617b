import {
  AXES_PTR, AXIS_BYTES, CELL_BYTES, CELLS_PTR, COLUMN_COUNT, FIELD_CAPACITY, IMAGE_PTR, IMAGE_RUNS_PTR, INPUT_BYTES, INPUT_PTR,
  LAYER_PTR, LAYOUT_END, LIST_ROLES_PTR, OUTPUT_BYTES, OUTPUT_PTR, PARAMETER_COUNT, REPORT_PTR, REPORT_SKIPPED, RESULTS_BYTES,
  RULE_COUNT, RUN_CAPACITY, SCRATCH_COUNTERS, SCRATCH_PTR, TAPS, COVERED, L_OUT,
} from "../../assembly/layout";

/** memoryBase in asconfig.json: what the compiler places itself begins here. */
const MEMORY_BASE: usize = 8388608;
const PLACED: usize = memory.data<u32>([1, 2, 3]);

describe("the memory map", () => {
  it("keeps every area behind the one before, each as large as what it holds", () => {
    expect<bool>(LAYER_PTR + 8 * <usize>(COVERED + 1) <= REPORT_PTR).toBe(true);
    expect<bool>(REPORT_PTR + REPORT_SKIPPED + 8 * <usize>RULE_COUNT <= CELLS_PTR).toBe(true);
    expect<bool>(CELLS_PTR + CELL_BYTES * <usize>COLUMN_COUNT <= AXES_PTR).toBe(true);
    expect<bool>(AXES_PTR + AXIS_BYTES * <usize>PARAMETER_COUNT <= IMAGE_PTR).toBe(true);
    expect<bool>(IMAGE_RUNS_PTR + 12 * <usize>RUN_CAPACITY <= SCRATCH_PTR).toBe(true);
    expect<bool>(LIST_ROLES_PTR + 4 * <usize>FIELD_CAPACITY <= SCRATCH_PTR).toBe(true);
    expect<bool>(SCRATCH_PTR + 4 * <usize>SCRATCH_COUNTERS <= INPUT_PTR).toBe(true);
    expect<bool>(INPUT_PTR + <usize>INPUT_BYTES <= OUTPUT_PTR).toBe(true);
  });

  it("has room behind the output for the longest record and its results", () => {
    expect<bool>(OUTPUT_PTR + <usize>OUTPUT_BYTES + <usize>INPUT_BYTES + <usize>RESULTS_BYTES + 32 <= LAYOUT_END).toBe(true);
  });

  it("ends before what the compiler places", () => {
    expect<bool>(LAYOUT_END <= MEMORY_BASE).toBe(true);
    expect<bool>(PLACED >= MEMORY_BASE).toBe(true);
  });

  it("aligns every area to what is loaded from it", () => {
    expect<usize>(LAYER_PTR & 7).toBe(0);
    expect<usize>(REPORT_PTR & 7).toBe(0);
    expect<usize>(CELLS_PTR & 15).toBe(0);
    expect<usize>(AXES_PTR & 7).toBe(0);
    expect<usize>(IMAGE_PTR & 3).toBe(0);
    expect<usize>(SCRATCH_PTR & 15).toBe(0);
  });

  it("numbers l_out, taps and covered right behind the parameters, so that their slots are their columns", () => {
    expect<u32>(L_OUT).toBe(PARAMETER_COUNT);
    expect<u32>(TAPS).toBe(PARAMETER_COUNT + 1);
    expect<u32>(COVERED).toBe(PARAMETER_COUNT + 2);
  });
});
