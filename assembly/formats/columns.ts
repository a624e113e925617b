// Rows as columns of numbers, in place of text; layout/buffers.ts draws them. The column of an outer
// loop consists of runs, because its value is the same in all rows of a block. The others are
// vectors: of 1 byte for true and false, 4 for parameters, and 8 for everything else.

import { clearOverflow, hasOverflowed } from "../checked";
import * as layout from "../layout";
import { outputPtr } from "../output";
import { missingOfCell, vectorOfCell, writeNumber } from "../vectors/cells";

let columnCount: u32 = 0;
/** Rows that the vectors have room for, and those of a block at most. */
let columnRows: u32 = 0;
let vectorRows: u32 = 0;
/** Runs of each column that there is room for. */
let columnRuns: u32 = 0;

/** Rows of the batch. */
let batchRows: u32 = 0;
/** The number of runs of the column that has most. */
let maxRuns: u32 = 0;

/** Reads the columns of the image. Returns whether there are any. */
export function openColumns(): bool {
  columnCount = load<u32>(layout.IMAGE_PTR, layout.IMAGE_COLUMN_COUNT);
  columnRows = load<u32>(layout.IMAGE_PTR, layout.IMAGE_COLUMN_ROWS);
  vectorRows = load<u32>(layout.IMAGE_PTR, layout.IMAGE_VECTOR_ROWS);
  columnRuns = load<u32>(layout.IMAGE_PTR, layout.IMAGE_COLUMN_RUNS);
  return columnCount > 0;
}

function columnPtr(column: u32): usize {
  return layout.IMAGE_COLUMNS_PTR + <usize>column * layout.IMAGE_COLUMN_BYTES;
}

function slotPtr(slot: u32): usize {
  return layout.CELLS_PTR + <usize>slot * layout.CELL_BYTES;
}

/** Begins a batch. */
export function startColumns(): void {
  batchRows = 0;
  maxRuns = 0;
  memory.fill(outputPtr(), 0, layout.COLUMN_DATA);
}

/** Whether the output buffer has room for another vector of rows. */
export function hasColumnRoom(): bool {
  return batchRows + vectorRows <= columnRows && maxRuns < columnRuns;
}

/**
 * Writes the value of a cell of an outer loop into its slot. Returns false if it exceeds 64 bits.
 */
export function setNumber(slot: u32, column: u32): bool {
  const ptr = slotPtr(slot);
  clearOverflow();
  store<u8>(ptr, <u8>writeNumber(ptr, column), layout.CELL_MISSING);
  store<u8>(ptr, 1, layout.CELL_CHANGED);
  const overflows = hasOverflowed();
  store<u8>(ptr, <u8>overflows, layout.CELL_OVERFLOWS);
  return !overflows;
}

/** Appends the first `rows` rows of the current vectors to the columns. */
export function writeColumns(rows: u32): void {
  if (rows == 0) return;
  for (let column: u32 = 0; column < columnCount; column++) {
    const ptr = columnPtr(column);
    const cell = load<u32>(ptr, 4);
    if (cell == layout.NO_CELL) extendRuns(column, load<u32>(ptr), load<u32>(ptr, 12), rows);
    else appendVector(cell, load<u32>(ptr, 8), load<u32>(ptr, 12), load<u32>(ptr, 16), rows);
  }
  batchRows += rows;
}

/** Adds rows to the last run of a column, or appends a run if its value has changed. */
function extendRuns(column: u32, slot: u32, runs: u32, rows: u32): void {
  const countPtr = outputPtr() + ((<usize>column) << 2);
  const count = load<u32>(countPtr);
  const endPtr = outputPtr() + <usize>runs + <usize>count * layout.RUN_BYTES;
  const fromPtr = slotPtr(slot);
  if (count > 0 && !load<u8>(fromPtr, layout.CELL_CHANGED)) {
    const lastPtr = endPtr - layout.RUN_BYTES;
    store<u32>(lastPtr, load<u32>(lastPtr, layout.RUN_ROWS) + rows, layout.RUN_ROWS);
    return;
  }
  store<u64>(endPtr, load<u64>(fromPtr));
  store<u32>(endPtr, rows, layout.RUN_ROWS);
  store<u32>(endPtr, load<u8>(fromPtr, layout.CELL_MISSING), layout.RUN_MISSING);
  store<u8>(fromPtr, 0, layout.CELL_CHANGED);
  store<u32>(countPtr, count + 1);
  maxRuns = max(maxRuns, count + 1);
}

function appendVector(cell: u32, width: u32, values: u32, missing: u32, rows: u32): void {
  const fromPtr = vectorOfCell(cell);
  const toPtr = outputPtr() + <usize>values + <usize>batchRows * <usize>width;
  if (width == 8) memory.copy(toPtr, fromPtr, (<usize>rows) << 3);
  else if (width == 4) narrow(toPtr, fromPtr, rows);
  else narrowToBytes(toPtr, fromPtr, rows);
  if (missing == 0) return;
  memory.copy(outputPtr() + <usize>missing + <usize>batchRows, missingOfCell(cell), rows);
}

/** Copies numbers below 2^32. Writes up to 12 bytes too many. */
function narrow(toPtr: usize, fromPtr: usize, rows: u32): void {
  const endPtr = toPtr + ((<usize>rows) << 2);
  for (; toPtr < endPtr; toPtr += 16) {
    v128.store(
      toPtr, i32x4.shuffle(v128.load(fromPtr), v128.load(fromPtr, 16), 0, 2, 4, 6),
    );
    fromPtr += 32;
  }
}

/** Copies numbers below 256. */
function narrowToBytes(toPtr: usize, fromPtr: usize, rows: u32): void {
  const endPtr = toPtr + <usize>rows;
  for (; toPtr < endPtr; toPtr++) {
    store<u8>(toPtr, <u8>load<u64>(fromPtr));
    fromPtr += 8;
  }
}
