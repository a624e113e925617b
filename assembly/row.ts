// Cells and rows: the text of each column's value for the layer at hand, and the row that the cells make.

import { clearOverflow, hasOverflowed } from "./checked";
import { writeBoolean, writeQuotient, writeSigned, writeUnsigned } from "./digits";
import { CELL_BYTES, CELL_LENGTH, CELL_OVERFLOWS, CELLS_PTR } from "./layout";
import { denominator, isBoolean, isMissing, isPlain, isQuotient, isSigned, numerator, value, workOutQuotient } from "./results";

export const COMMA: u8 = 0x2c;
export const NEWLINE: u8 = 0x0a;

/** Writes the text of a column's value at `ptr`, nothing where it has none; returns the address behind it. Overflow as in `value`. */
export function writeValue(ptr: usize, column: u32): usize {
  if (isPlain(column)) return writeUnsigned(ptr, value(column));
  if (isMissing(column)) return ptr;
  if (isQuotient(column)) {
    workOutQuotient(column);
    return hasOverflowed() ? ptr : writeQuotient(ptr, numerator(), denominator());
  }
  const v = value(column);
  if (isBoolean(column)) return writeBoolean(ptr, v != 0);
  return isSigned(column) ? writeSigned(ptr, v) : writeUnsigned(ptr, v);
}

/** Makes the text of a cell, with the comma or line end that follows it. A cell whose value overflows is marked; then it returns false. */
export function setCell(slot: u32, column: u32, isLast: bool): bool {
  const slotPtr = CELLS_PTR + <usize>slot * CELL_BYTES;
  clearOverflow();
  const endPtr = writeValue(slotPtr, column);
  store<u8>(endPtr, isLast ? NEWLINE : COMMA);
  store<u32>(slotPtr, hasOverflowed() ? CELL_OVERFLOWS : <u32>(endPtr + 1 - slotPtr), CELL_LENGTH);
  return !hasOverflowed();
}

/** Whether a cell's value overflows. */
export function cellOverflows(slot: u32): bool {
  return load<u32>(CELLS_PTR + <usize>slot * CELL_BYTES, CELL_LENGTH) == CELL_OVERFLOWS;
}

/** Writes the row that the first `slotCount` slots make at `ptr`; returns the address behind it. */
export function writeRow(ptr: usize, slotCount: u32): usize {
  const endPtr = CELLS_PTR + <usize>slotCount * CELL_BYTES;
  for (let slotPtr = CELLS_PTR; slotPtr < endPtr; slotPtr += CELL_BYTES) {
    // A whole slot moves at once; the next cell overwrites what is too much.
    v128.store(ptr, v128.load(slotPtr));
    v128.store(ptr, v128.load(slotPtr, 16), 16);
    ptr += load<u32>(slotPtr, CELL_LENGTH);
  }
  return ptr;
}
