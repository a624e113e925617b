import {
  ADDITIONS_PER_FILTER, BIAS, CELL_BYTES, CELL_LENGTH, CELLS_PTR, DIMENSION_TAPS, HOLES, KERNEL_SIZE, MACS, OPS, OUTPUT_PTR, TAPS,
  ZERO_INSERTION_WASTE,
} from "../../assembly/layout";
import { set } from "../../assembly/layer";
import { cellOverflows, setCell, writeRow } from "../../assembly/row";
import { textAt, writeLayer } from "./support";

const MAX: u64 = 2147483647;

/** The parameters, then l_out, taps and covered, as the layer record holds them. */
function writeWorkedLayer(): void {
  writeLayer([1, 512, 256, 32, 16, 8, 4, 0, 1, 1, 1, 256, 504, 256]);
}

function cellText(slot: u32): string {
  const slotPtr = CELLS_PTR + CELL_BYTES * <usize>slot;
  return textAt(slotPtr, slotPtr + load<u32>(slotPtr, CELL_LENGTH));
}

describe("setCell", () => {
  it("puts a comma behind each cell but the last, and a line end behind that", () => {
    writeWorkedLayer();
    setCell(0, OPS, false);
    setCell(1, BIAS, true);
    expect<string>(cellText(0)).toBe("602931200,");
    expect<string>(cellText(1)).toBe("true\n");
  });

  it("holds the longest text there is", () => {
    writeLayer([1, 1, 1, 1, 1, 1, 0, 0, 1, 1, 0, i64.MAX_VALUE, u64.MAX_VALUE, 0]);
    setCell(0, TAPS, false);
    expect<string>(cellText(0)).toBe("18446744073709551615,");
    set(DIMENSION_TAPS, 0);
    setCell(0, ADDITIONS_PER_FILTER, false);
    expect<string>(cellText(0)).toBe("-9223372036854775807,");
    // 1 - taps / (l_out·K) of 1 - 1 / 2^62, cut where the cell ends.
    writeLayer([1, 1, 1, 1, 2, 1, 0, 0, 1, 1, 0, 1 << 58, 1, 1]);
    setCell(0, ZERO_INSERTION_WASTE, false);
    expect<string>(cellText(0)).toBe("1,");
  });

  it("says whether the value of this very cell overflows", () => {
    writeLayer([1, MAX, MAX, 2, 3, 1, 0, 0, 1, 1, 1, 4, 6, 4]);
    setCell(0, MACS, false);
    setCell(1, TAPS, false);
    expect<bool>(cellOverflows(0)).toBe(true);
    expect<bool>(cellOverflows(1)).toBe(false);
    setCell(0, TAPS, false);
    expect<bool>(cellOverflows(0)).toBe(false);
  });
});

const CELLS: u32 = 64;

describe("writeRow", () => {
  it("strings cells of unlike lengths together", () => {
    writeWorkedLayer();
    setCell(0, KERNEL_SIZE, false);
    setCell(1, BIAS, false);
    setCell(2, OPS, false);
    setCell(3, HOLES, true);
    expect<string>(textAt(OUTPUT_PTR, writeRow(OUTPUT_PTR, 4))).toBe("16,true,602931200,0\n");
    setCell(1, BIAS, true);
    expect<string>(textAt(OUTPUT_PTR + 3, writeRow(OUTPUT_PTR + 3, 2))).toBe("16,true\n");
  });

  it("strings 64 cells of 20 digits together", () => {
    writeLayer([1, 1, 1, 1, 1, 1, 0, 0, 1, 1, 0, 1, u64.MAX_VALUE, 1]);
    let expected = "";
    for (let slot: u32 = 0; slot < CELLS; slot++) {
      setCell(slot, TAPS, slot + 1 == CELLS);
      expected += slot + 1 == CELLS ? "18446744073709551615\n" : "18446744073709551615,";
    }
    expect<string>(textAt(OUTPUT_PTR, writeRow(OUTPUT_PTR, CELLS))).toBe(expected);
  });
});
