import { draftBytes, openRow, setCell, joinSegment } from "../../../assembly/formats/row";
import {
  bytesOfRowText,
  openRowTexts,
  rowTextsPtr,
  saveRowTexts,
} from "../../../assembly/formats/row-texts";
import { writeRows } from "../../../assembly/formats/rows";
import { set } from "../../../assembly/layers/layer";
import {
  BATCH_SIZE,
  BIAS,
  DRAFT_ROWS,
  DRAFTS_BYTES,
  DRAFTS_PTR,
  FILLED_PTR,
  IMAGE_PTR,
  IMAGE_ROW_FIELD_COUNT,
  IMAGE_ROW_FIELDS_PTR,
  IMAGE_SEGMENT_BYTES,
  IMAGE_SEGMENT_COUNT,
  IMAGE_SEGMENTS_PTR,
  IMAGE_TEXT_BYTES,
  IMAGE_TEXT_CELLS_PTR,
  IMAGE_TEXT_COUNT,
  IMAGE_TEXTS_PTR,
  IMAGE_VECTOR_CELL_BYTES,
  IMAGE_VECTOR_CELL_COUNT,
  IMAGE_VECTOR_CELLS_PTR,
  KERNEL_SIZE,
  OPS,
  OUTPUT_PTR,
  PADDING,
  SEGMENT_CELL,
  SEGMENT_END,
  SEGMENT_ROW_TEXT,
  SELECTION_PTR,
  STRIDE,
  TENSORFLOW,
  VARIABLE_0,
} from "../../../assembly/layout";
import { missingOfCell, openCells, vectorOfCell } from "../../../assembly/vectors/cells";
import { openFactors } from "../../../assembly/vectors/factors";
import { fieldVector, openFields, vectorsEnd } from "../../../assembly/vectors/fields";
import { textAt, writeLayer } from "../support";

/** More rows than are drafted at once. */
const ROWS: u32 = 150;

/** Writes u32 entries from `ptr` on. */
function words(ptr: usize, values: StaticArray<u32>): void {
  for (let i = 0; i < values.length; i++) store<u32>(ptr + 4 * <usize>i, values[i]);
}

function vector(ptr: usize, values: StaticArray<i64>): void {
  for (let i = 0; i < values.length; i++) store<i64>(ptr + 8 * <usize>i, values[i]);
}

/** Opens row fields and vector cells. Each cell is a column, a slot, and 0 or 1 if bounded. */
function openVectors(fields: StaticArray<u32>, cells: StaticArray<u32>): void {
  words(IMAGE_ROW_FIELDS_PTR, fields);
  store<u32>(IMAGE_PTR, fields.length, IMAGE_ROW_FIELD_COUNT);
  words(IMAGE_VECTOR_CELLS_PTR, cells);
  store<u32>(IMAGE_PTR, cells.length / 3, IMAGE_VECTOR_CELL_COUNT);
  expect<usize>(IMAGE_VECTOR_CELL_BYTES).toBe(12);
  openFields(ROWS);
  openFactors();
  openCells();
}

/** Opens reused texts: each is a first cell, a number of cells, bytes, and 1 if it ends the row. */
function openTexts(texts: StaticArray<u32>, columns: StaticArray<u32>): void {
  expect<usize>(IMAGE_TEXT_BYTES).toBe(16);
  words(IMAGE_TEXTS_PTR, texts);
  words(IMAGE_TEXT_CELLS_PTR, columns);
  store<u32>(IMAGE_PTR, texts.length / 4, IMAGE_TEXT_COUNT);
  openRowTexts(vectorsEnd(), ROWS);
}

function open(slots: u32, segments: StaticArray<u32>): void {
  expect<usize>(IMAGE_SEGMENT_BYTES).toBe(16);
  words(IMAGE_SEGMENTS_PTR, segments);
  store<u32>(IMAGE_PTR, segments.length / 4, IMAGE_SEGMENT_COUNT);
  openRow(slots);
}

function rowsText(rows: u32, firstRow: u32 = 0): string {
  return textAt(OUTPUT_PTR, writeRows(OUTPUT_PTR, rows, firstRow));
}

describe("writeRows", () => {
  it("writes numbers of every class between, before and after joined slots", () => {
    writeLayer([1, 512, 256, 32, 16, 8, 4, 0, 1, 1, 1, 256, 504, 256]);
    openVectors(
      [KERNEL_SIZE, VARIABLE_0, BIAS],
      [KERNEL_SIZE, 0, 1, VARIABLE_0, 2, 1, BIAS, 3, 1, TENSORFLOW, 5, 0],
    );
    vector(fieldVector(KERNEL_SIZE), [7, 1000000, 0]);
    vector(fieldVector(VARIABLE_0), [-5, i64.MIN_VALUE, 12]);
    vector(fieldVector(BIAS), [1, 0, 1]);
    store<f64>(vectorOfCell(3), 0.5);
    store<f64>(vectorOfCell(3) + 16, 0.001);
    store<u8>(missingOfCell(3), 0);
    store<u8>(missingOfCell(3) + 1, 1);
    store<u8>(missingOfCell(3) + 2, 0);
    open(6, [
      SEGMENT_CELL,
      0,
      0,
      1,
      SEGMENT_CELL,
      1,
      2,
      3,
      SEGMENT_CELL,
      2,
      3,
      4,
      SEGMENT_CELL,
      3,
      5,
      6,
      SEGMENT_END,
      0,
      6,
      6,
    ]);
    setCell(1, OPS, false);
    setCell(4, PADDING, false);
    joinSegment(1, 1);
    joinSegment(3, 4);
    expect<string>(rowsText(3)).toBe(
      "7,602931200,-5,true,4,0.5\n" +
        "1000000,602931200,-9223372036854775808,false,4,\n" +
        "0,602931200,12,true,4,0.001\n",
    );
    expect<string>(rowsText(0)).toBe("");
  });

  it("writes the reused texts of the selected rows of a piece", () => {
    openVectors([BATCH_SIZE], [BATCH_SIZE, 2, 1]);
    openTexts([0, 2, 32, 0, 2, 1, 48, 1], [KERNEL_SIZE, BIAS, STRIDE]);
    expect<u32>(bytesOfRowText(1)).toBe(48);
    expect<usize>(rowTextsPtr(0)).toBe(vectorsEnd());
    expect<usize>(rowTextsPtr(1)).toBe(vectorsEnd() + 32 * <usize>ROWS);
    expect<usize>(vectorsEnd()).toBe(FILLED_PTR + 8 * <usize>ROWS);
    for (let row: u32 = 0; row < ROWS; row++) {
      set(KERNEL_SIZE, 10 * row);
      set(BIAS, row & 1);
      set(STRIDE, 1000000000 + row);
      saveRowTexts(row);
    }
    vector(fieldVector(BATCH_SIZE), [5, 6]);
    open(4, [
      SEGMENT_ROW_TEXT,
      0,
      0,
      2,
      SEGMENT_CELL,
      0,
      2,
      3,
      SEGMENT_ROW_TEXT,
      1,
      3,
      4,
      SEGMENT_END,
      0,
      4,
      4,
    ]);
    // The piece begins at filled row 1; its rows 0 and 2 are left.
    store<u32>(SELECTION_PTR, 0);
    store<u32>(SELECTION_PTR + 4, 2);
    expect<string>(rowsText(2, 1)).toBe("10,true,5,1000000001\n30,true,6,1000000003\n");
  });

  it("writes every row of a piece with more rows than are drafted at once, in its place", () => {
    // A short text, a number, a text of more than 32 bytes, a word, a long text, a quotient that is
    // missing in every third row.
    openVectors([BATCH_SIZE, BIAS], [BATCH_SIZE, 1, 1, BIAS, 6, 1, TENSORFLOW, 9, 0]);
    openTexts([0, 1, 16, 0, 1, 2, 48, 0], [KERNEL_SIZE, VARIABLE_0, STRIDE]);
    writeLayer([1, 512, 256, 32, 16, 8, 4, 0, 1, 1, 1, 256, 504, 256]);
    open(10, [
      SEGMENT_ROW_TEXT,
      0,
      0,
      1,
      SEGMENT_CELL,
      0,
      1,
      2,
      SEGMENT_CELL,
      1,
      6,
      7,
      SEGMENT_ROW_TEXT,
      1,
      7,
      9,
      SEGMENT_CELL,
      2,
      9,
      10,
      SEGMENT_END,
      0,
      10,
      10,
    ]);
    for (let slot: u32 = 2; slot < 6; slot++) setCell(slot, OPS, false);
    joinSegment(2, 2);
    let expected = "";
    for (let row: u32 = 0; row < ROWS; row++) {
      set(KERNEL_SIZE, 3 + row);
      set(VARIABLE_0, -1000000000000 - <i64>row);
      set(STRIDE, 2000000000 + row);
      saveRowTexts(row);
    }
    const shared = "602931200,602931200,602931200,602931200,";
    const count = ROWS / 2;
    for (let row: u32 = 0; row < count; row++) {
      // Every other filled row is left.
      const filled = 2 * row;
      store<u32>(SELECTION_PTR + 4 * <usize>row, filled);
      const number = 99999999 + <u64>row;
      store<u64>(fieldVector(BATCH_SIZE) + 8 * <usize>row, number);
      store<u64>(fieldVector(BIAS) + 8 * <usize>row, row & 1);
      store<f64>(vectorOfCell(2) + 8 * <usize>row, <f64>row + 0.5);
      store<u8>(missingOfCell(2) + <usize>row, row % 3 == 0 ? 1 : 0);
      expected += (3 + filled).toString() + "," + number.toString() + "," + shared;
      expected += (row & 1 ? "true," : "false,") + (-1000000000000 - <i64>filled).toString() + ",";
      expected += (2000000000 + filled).toString() + ",";
      expected += (row % 3 == 0 ? "" : row.toString() + ".5") + "\n";
    }
    expect<u32>(count).toBeGreaterThan(DRAFT_ROWS);
    expect<string>(rowsText(count)).toBe(expected);
  });

  it("drafts fewer rows at once if they have many cells", () => {
    const slots: u32 = 100;
    openVectors([KERNEL_SIZE], [KERNEL_SIZE, 0, 1]);
    openTexts([], []);
    writeLayer([1, 512, 256, 32, 16, 8, 4, 0, 1, 1, 1, 256, 504, 256]);
    open(slots, [SEGMENT_CELL, 0, 0, 1, SEGMENT_END, 0, slots, slots]);
    let shared = "";
    for (let slot: u32 = 1; slot < slots; slot++) {
      setCell(slot, OPS, slot + 1 == slots);
      shared += slot + 1 == slots ? ",602931200\n" : ",602931200";
    }
    joinSegment(1, 1);
    let expected = "";
    for (let row: u32 = 0; row < 40; row++) {
      store<u64>(fieldVector(KERNEL_SIZE) + 8 * <usize>row, row * row);
      expected += (row * row).toString() + shared;
    }
    expect<usize>(40 * draftBytes()).toBeGreaterThan(DRAFTS_BYTES);
    // What follows the drafts in memory stays as it is.
    store<u64>(DRAFTS_PTR + DRAFTS_BYTES, u64.MAX_VALUE);
    expect<string>(rowsText(40)).toBe(expected);
    expect<u64>(load<u64>(DRAFTS_PTR + DRAFTS_BYTES)).toBe(u64.MAX_VALUE);
  });
});
