import { hasOverflowed } from "../../../assembly/checked";
import {
  ADDITIONS_PER_FILTER,
  BIAS,
  CELL_BYTES,
  CELL_CAPACITY,
  CELL_LENGTH,
  CELLS_PTR,
  DIMENSION_TAPS,
  HOLES,
  IMAGE_PTR,
  IMAGE_SEGMENT_BYTES,
  IMAGE_SEGMENTS_PTR,
  IMAGE_SLOTS_PTR,
  KERNEL_SIZE,
  MACS,
  NO_COLUMN,
  OPS,
  OUTPUT_PTR,
  PARAMS,
  TAPS,
  ZERO_INSERTION_WASTE,
} from "../../../assembly/layout";
import { set } from "../../../assembly/layers/layer";
import {
  firstOverflow,
  joinSegment,
  openRow,
  setCell,
  writeRow,
} from "../../../assembly/formats/row";
import { textAt, writeLayer } from "../support";

const MAX: u64 = 2147483647;

/** Writes a worked example into the layer record: parameters, then l_out, taps and covered. */
function writeWorkedLayer(): void {
  writeLayer([1, 512, 256, 32, 16, 8, 4, 0, 1, 1, 1, 256, 504, 256]);
}

function cellText(slot: u32): string {
  const slotPtr = CELLS_PTR + CELL_BYTES * <usize>slot;
  return textAt(slotPtr, slotPtr + load<u8>(slotPtr, CELL_LENGTH));
}

/** Opens a row with a number of slots. Each segment is a column and its end slot. */
function layOut(slots: u32, segments: StaticArray<u32>): void {
  memory.fill(IMAGE_SLOTS_PTR, 0, CELL_BYTES * <usize>CELL_CAPACITY);
  store<u32>(IMAGE_PTR, segments.length / 2, 28);
  for (let i = 0; i < segments.length; i++)
    store<u32>(IMAGE_SEGMENTS_PTR + (IMAGE_SEGMENT_BYTES / 2) * <usize>i, segments[i]);
  openRow(slots);
}

function rowText(): string {
  return textAt(OUTPUT_PTR, writeRow(OUTPUT_PTR));
}

describe("setCell", () => {
  it("appends a comma to each cell except the last, which gets a line end", () => {
    writeWorkedLayer();
    setCell(0, OPS, false);
    setCell(1, BIAS, true);
    expect<string>(cellText(0)).toBe("602931200,");
    expect<string>(cellText(1)).toBe("true\n");
  });

  it("stores the longest texts", () => {
    writeLayer([1, 1, 1, 1, 1, 1, 0, 0, 1, 1, 0, i64.MAX_VALUE, u64.MAX_VALUE, 0]);
    setCell(0, TAPS, false);
    expect<string>(cellText(0)).toBe("18446744073709551615,");
    set(DIMENSION_TAPS, 0);
    setCell(0, ADDITIONS_PER_FILTER, false);
    expect<string>(cellText(0)).toBe("-9223372036854775807,");
    // A waste of 1 - taps / (l_out·K) = 1 - 2^-59, which rounds to 1.
    writeLayer([1, 1, 1, 1, 2, 1, 0, 0, 1, 1, 0, 1 << 58, 1, 1]);
    setCell(0, ZERO_INSERTION_WASTE, false);
    expect<string>(cellText(0)).toBe("1,");
  });

  it("returns false only if the value of the cell itself overflows", () => {
    writeLayer([1, MAX, MAX, 2, 3, 1, 0, 0, 1, 1, 1, 4, 6, 4]);
    expect<bool>(setCell(0, MACS, false)).toBe(false);
    expect<bool>(setCell(1, TAPS, false)).toBe(true);
    expect<string>(cellText(0)).toBe("");
    expect<bool>(setCell(0, TAPS, false)).toBe(true);
    expect<string>(cellText(0)).toBe("6,");
  });
});

const CELLS: u32 = 64;

describe("writeRow", () => {
  it("joins the texts of slots of different lengths", () => {
    writeWorkedLayer();
    layOut(4, [NO_COLUMN, 4]);
    setCell(0, KERNEL_SIZE, false);
    setCell(1, BIAS, false);
    setCell(2, OPS, false);
    setCell(3, HOLES, true);
    joinSegment(0, 0);
    expect<string>(rowText()).toBe("16,true,602931200,0\n");
  });

  it("joins again from the changed slot on, also if its length has changed", () => {
    writeWorkedLayer();
    layOut(3, [NO_COLUMN, 3]);
    setCell(0, KERNEL_SIZE, false);
    setCell(1, OPS, false);
    setCell(2, BIAS, true);
    joinSegment(0, 0);
    setCell(1, KERNEL_SIZE, false);
    joinSegment(0, 1);
    expect<string>(rowText()).toBe("16,16,true\n");
    setCell(1, PARAMS, false);
    joinSegment(0, 1);
    expect<string>(rowText()).toBe("16,2097408,true\n");
  });

  it("writes new cells between, before and after joined slots", () => {
    writeWorkedLayer();
    layOut(6, [BIAS, 0, OPS, 2, KERNEL_SIZE, 3, TAPS, 5, NO_COLUMN, 6]);
    setCell(1, KERNEL_SIZE, false);
    setCell(4, HOLES, false);
    joinSegment(1, 1);
    joinSegment(3, 4);
    expect<string>(rowText()).toBe("true,16,602931200,16,0,504\n");
    set(BIAS, 0);
    set(DIMENSION_TAPS, 1000000000000);
    set(KERNEL_SIZE, 7);
    expect<string>(rowText()).toBe("false,16,131072000234815488,7,0,1000000000000\n");
  });

  it("keeps the separator of a segment if its second slot is joined first", () => {
    writeWorkedLayer();
    layOut(3, [BIAS, 0, NO_COLUMN, 3]);
    setCell(2, HOLES, true);
    joinSegment(1, 2);
    setCell(1, KERNEL_SIZE, false);
    joinSegment(1, 1);
    expect<string>(rowText()).toBe("true,16,0\n");
  });

  it("writes 64 cells of 20 digits, from slots or new", () => {
    writeLayer([1, 1, 1, 1, 1, 1, 0, 0, 1, 1, 0, 1, u64.MAX_VALUE, 1]);
    let expected = "";
    for (let slot: u32 = 0; slot < CELLS; slot++)
      expected += slot + 1 == CELLS ? "18446744073709551615\n" : "18446744073709551615,";
    layOut(CELLS, [NO_COLUMN, CELLS]);
    for (let slot: u32 = 0; slot < CELLS; slot++) setCell(slot, TAPS, slot + 1 == CELLS);
    joinSegment(0, 0);
    expect<string>(rowText()).toBe(expected);
    const segments = new StaticArray<u32>(2 * CELLS + 2);
    for (let slot: u32 = 0; slot < CELLS; slot++) {
      segments[2 * slot] = TAPS;
      segments[2 * slot + 1] = slot;
    }
    segments[2 * CELLS] = NO_COLUMN;
    segments[2 * CELLS + 1] = CELLS;
    layOut(CELLS, segments);
    expect<string>(rowText()).toBe(expected);
  });
});

describe("firstOverflow", () => {
  it("returns the first slot that overflows, joined or new, else the number of slots", () => {
    writeLayer([1, MAX, MAX, 2, 3, 1, 0, 0, 1, 1, 1, 4, 6, 4]);
    layOut(4, [TAPS, 1, MACS, 2, NO_COLUMN, 4]);
    setCell(0, TAPS, false);
    setCell(3, MACS, true);
    writeRow(OUTPUT_PTR);
    expect<bool>(hasOverflowed()).toBe(true);
    expect<u32>(firstOverflow(OUTPUT_PTR, 4)).toBe(2);
    layOut(4, [TAPS, 1, TAPS, 2, NO_COLUMN, 4]);
    setCell(0, TAPS, false);
    setCell(3, MACS, true);
    expect<u32>(firstOverflow(OUTPUT_PTR, 4)).toBe(3);
    setCell(3, TAPS, true);
    expect<u32>(firstOverflow(OUTPUT_PTR, 4)).toBe(4);
  });
});
