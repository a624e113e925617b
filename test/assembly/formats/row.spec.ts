import {
  ADDITIONS_PER_FILTER,
  BIAS,
  CELLS_PTR,
  CELL_BYTES,
  CELL_CAPACITY,
  CELL_LENGTH,
  DIMENSION_TAPS,
  DRAFTS_BYTES,
  HOLES,
  IMAGE_PTR,
  IMAGE_ROW_FIELD_COUNT,
  IMAGE_SEGMENTS_PTR,
  IMAGE_SEGMENT_BYTES,
  IMAGE_SEGMENT_COUNT,
  IMAGE_SLOTS_PTR,
  IMAGE_VECTOR_CELLS_PTR,
  IMAGE_VECTOR_CELL_BYTES,
  IMAGE_VECTOR_CELL_COUNT,
  KERNEL_SIZE,
  MACS,
  OPS,
  PARAMS,
  SEGMENTS_PTR,
  SEGMENT_BYTES,
  SEGMENT_CELL,
  SEGMENT_END,
  SEGMENT_LENGTH,
  SEGMENT_SEPARATOR,
  SEGMENT_TEXT,
  TAPS,
  VECTOR_SLACK,
  ZERO_INSERTION_WASTE,
} from "../../../assembly/layout";
import { set } from "../../../assembly/layers/layer";
import {
  draftBytes,
  firstOverflow,
  joinSegment,
  openRow,
  setCell,
} from "../../../assembly/formats/row";
import { openCells } from "../../../assembly/vectors/cells";
import { openFactors } from "../../../assembly/vectors/factors";
import { openFields } from "../../../assembly/vectors/fields";
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

/** Writes the vector cells of the image: their columns; cell i takes slot 1 + i. */
function cells(columns: StaticArray<u32>): void {
  store<u32>(IMAGE_PTR, 0, IMAGE_ROW_FIELD_COUNT);
  store<u32>(IMAGE_PTR, columns.length, IMAGE_VECTOR_CELL_COUNT);
  for (let i = 0; i < columns.length; i++) {
    const ptr = IMAGE_VECTOR_CELLS_PTR + IMAGE_VECTOR_CELL_BYTES * <usize>i;
    store<u32>(ptr, columns[i]);
    store<u32>(ptr, 1 + i, 4);
    store<u32>(ptr, 0, 8);
  }
  openFields(1);
  openFactors();
  openCells();
}

/** Opens a row. Each segment is a source, a number, an end slot and the slot after it. */
function layOut(slots: u32, segments: StaticArray<u32>): void {
  memory.fill(IMAGE_SLOTS_PTR, 0, CELL_BYTES * <usize>CELL_CAPACITY);
  store<u32>(IMAGE_PTR, segments.length / 4, IMAGE_SEGMENT_COUNT);
  for (let i = 0; i < segments.length; i++)
    store<u32>(IMAGE_SEGMENTS_PTR + (IMAGE_SEGMENT_BYTES / 4) * <usize>i, segments[i]);
  openRow(slots);
}

/** The joined text of a segment. */
function joinedText(segment: u32): string {
  const ptr = SEGMENTS_PTR + SEGMENT_BYTES * <usize>segment;
  const textPtr = <usize>load<u32>(ptr, SEGMENT_TEXT);
  return textAt(textPtr, textPtr + <usize>load<u32>(ptr, SEGMENT_LENGTH));
}

function separator(segment: u32): string {
  const ptr = SEGMENTS_PTR + SEGMENT_BYTES * <usize>segment + SEGMENT_SEPARATOR;
  return textAt(ptr, ptr + 1);
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

describe("joinSegment", () => {
  it("joins the texts of slots of different lengths", () => {
    writeWorkedLayer();
    layOut(4, [SEGMENT_END, 0, 4, 4]);
    setCell(0, KERNEL_SIZE, false);
    setCell(1, BIAS, false);
    setCell(2, OPS, false);
    setCell(3, HOLES, true);
    joinSegment(0, 0);
    expect<string>(joinedText(0)).toBe("16,true,602931200,0\n");
  });

  it("joins again from the changed slot on, also if its length has changed", () => {
    writeWorkedLayer();
    layOut(3, [SEGMENT_END, 0, 3, 3]);
    setCell(0, KERNEL_SIZE, false);
    setCell(1, OPS, false);
    setCell(2, BIAS, true);
    joinSegment(0, 0);
    setCell(1, KERNEL_SIZE, false);
    joinSegment(0, 1);
    expect<string>(joinedText(0)).toBe("16,16,true\n");
    setCell(1, PARAMS, false);
    joinSegment(0, 1);
    expect<string>(joinedText(0)).toBe("16,2097408,true\n");
  });

  it("begins a segment with its second slot if that is joined first", () => {
    writeWorkedLayer();
    cells([BIAS]);
    layOut(3, [SEGMENT_CELL, 0, 0, 1, SEGMENT_END, 0, 3, 3]);
    setCell(2, HOLES, true);
    joinSegment(1, 2);
    setCell(1, KERNEL_SIZE, false);
    joinSegment(1, 1);
    expect<string>(joinedText(0)).toBe("");
    expect<string>(joinedText(1)).toBe("16,0\n");
  });

  it("joins 64 slots of 20 digits", () => {
    writeLayer([1, 1, 1, 1, 1, 1, 0, 0, 1, 1, 0, 1, u64.MAX_VALUE, 1]);
    let expected = "";
    for (let slot: u32 = 0; slot < CELLS; slot++)
      expected += slot + 1 == CELLS ? "18446744073709551615\n" : "18446744073709551615,";
    layOut(CELLS, [SEGMENT_END, 0, CELLS, CELLS]);
    for (let slot: u32 = 0; slot < CELLS; slot++) setCell(slot, TAPS, slot + 1 == CELLS);
    joinSegment(0, 0);
    expect<string>(joinedText(0)).toBe(expected);
  });
});

describe("openRow", () => {
  it("gives each vector cell a comma, and the last cell of the row the line end", () => {
    cells([BIAS, KERNEL_SIZE]);
    layOut(2, [SEGMENT_CELL, 0, 0, 1, SEGMENT_CELL, 1, 1, 2, SEGMENT_END, 0, 2, 2]);
    expect<string>(joinedText(0)).toBe("");
    expect<string>(separator(0)).toBe(",");
    expect<string>(separator(1)).toBe("\n");
  });

  it("reserves an odd number of cache lines for a draft, enough for every slot", () => {
    for (let slots: u32 = 1; slots <= CELL_CAPACITY; slots++) {
      layOut(slots, [SEGMENT_END, 0, slots, slots]);
      expect<usize>(draftBytes() % 128).toBe(64);
      expect<bool>(draftBytes() >= <usize>slots * CELL_BYTES + VECTOR_SLACK).toBe(true);
      expect<bool>(draftBytes() <= DRAFTS_BYTES).toBe(true);
    }
  });

  it("copies slots with a constant text from the image", () => {
    layOut(1, [SEGMENT_END, 0, 1, 1]);
    store<u32>(IMAGE_SLOTS_PTR, 0x0a636261);
    store<u8>(IMAGE_SLOTS_PTR + CELL_LENGTH, 4);
    openRow(1);
    joinSegment(0, 0);
    expect<string>(joinedText(0)).toBe("abc\n");
  });
});

describe("firstOverflow", () => {
  it("returns the first slot that overflows, of a vector or an outer loop, else their number", () => {
    writeLayer([1, MAX, MAX, 2, 3, 1, 0, 0, 1, 1, 1, 4, 6, 4]);
    cells([TAPS, MACS]);
    layOut(5, [SEGMENT_CELL, 0, 1, 2, SEGMENT_CELL, 1, 2, 3, SEGMENT_END, 0, 5, 5]);
    setCell(0, TAPS, false);
    setCell(3, TAPS, false);
    setCell(4, MACS, true);
    expect<u32>(firstOverflow(0, 5)).toBe(2);
    setCell(0, MACS, false);
    expect<u32>(firstOverflow(0, 5)).toBe(0);
    cells([TAPS, TAPS]);
    layOut(5, [SEGMENT_CELL, 0, 1, 2, SEGMENT_CELL, 1, 2, 3, SEGMENT_END, 0, 5, 5]);
    setCell(0, TAPS, false);
    setCell(3, TAPS, false);
    setCell(4, MACS, true);
    expect<u32>(firstOverflow(0, 5)).toBe(4);
    setCell(4, TAPS, true);
    expect<u32>(firstOverflow(0, 5)).toBe(5);
  });
});
