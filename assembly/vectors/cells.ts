// The vector cells: the values of the columns that differ from row to row of a block. Each is
// computed for all rows before the next one, in the cheapest of three ways:
//
//   field      a parameter, variable, or result of one dimension: its vector exists already
//   products   a sum of products (products.ts), where the host has proved that it fits in 64 bits
//   by row     everything else: each row in turn becomes the current layer

import { clearOverflow, hasOverflowed } from "../checked";
import {
  computeQuotient,
  denominator,
  isEmptySum,
  isMissing,
  isQuotient,
  isSigned,
  isWord,
  numerator,
  value,
  valueInline,
} from "../columns/results";
import { nearestDouble } from "../digits";
import { get } from "../layers/layer";
import * as layout from "../layout";
import { fieldVector, isRowField, loadRow } from "./fields";
import { doesDiffer, factorNumber, factorVector } from "./factors";
import { denominatorFactor, isSumOfProducts, writeProducts } from "./products";

const BY_FIELD: u8 = 0;
const BY_PRODUCTS: u8 = 1;
const BY_ROW: u8 = 2;

let cellCount: u32 = 0;
/** How each cell is computed. */
const ways = new StaticArray<u8>(layout.CELL_CAPACITY);
/** The cells that are computed by row. */
const cellsByRow = new StaticArray<u32>(layout.CELL_CAPACITY);
let countByRow: u32 = 0;

/** Reads the vector cells of the image. Call once the row fields are known. */
export function openCells(): void {
  cellCount = load<u32>(layout.IMAGE_PTR, layout.IMAGE_VECTOR_CELL_COUNT);
  countByRow = 0;
  for (let cell: u32 = 0; cell < cellCount; cell++) {
    const column = columnOfCell(cell);
    const isBounded = load<u32>(cellPtr(cell), 8) != 0;
    if (isField(column)) unchecked(ways[cell] = BY_FIELD);
    else if (isBounded && isSumOfProducts(column)) unchecked(ways[cell] = BY_PRODUCTS);
    else {
      unchecked(ways[cell] = BY_ROW);
      unchecked(cellsByRow[countByRow++] = cell);
    }
  }
}

function cellPtr(cell: u32): usize {
  return layout.IMAGE_VECTOR_CELLS_PTR + <usize>cell * layout.IMAGE_VECTOR_CELL_BYTES;
}

/** The column of a vector cell. */
export function columnOfCell(cell: u32): u32 {
  return load<u32>(cellPtr(cell));
}

/** The slot of the row that a vector cell takes. */
export function slotOfCell(cell: u32): u32 {
  return load<u32>(cellPtr(cell), 4);
}

function isField(column: u32): bool {
  return (column < layout.RESULT_0 || column >= layout.VARIABLE_0) && isRowField(column);
}

/** Whether the values of a column are unsigned numbers that are never missing. */
export function isUnsigned(column: u32): bool {
  return column < layout.FIRST_SPECIAL && column != layout.BIAS && !isSigned(column);
}

/** Whether the values of a column are numbers in two's complement that are never missing. */
export function isSignedNumber(column: u32): bool {
  return isSigned(column) && !isQuotient(column) && !isWord(column);
}

/** The vector of a cell: u64 or i64, or f64 if the column has quotients. */
export function vectorOfCell(cell: u32): usize {
  return unchecked(ways[cell]) == BY_FIELD
    ? fieldVector(columnOfCell(cell))
    : layout.VALUES_PTR + <usize>cell * layout.VECTOR_BYTES;
}

/** For each row whether the value is missing, as u8; only for columns from FIRST_SPECIAL on. */
export function missingOfCell(cell: u32): usize {
  return layout.MISSING_PTR + <usize>cell * <usize>layout.VECTOR_ROWS;
}

/**
 * Computes the cells of the first `rows` rows of the current vectors. Returns the number of rows
 * before the first one with a value that exceeds 64 bits.
 */
export function computeCells(rows: u32): u32 {
  for (let cell: u32 = 0; cell < cellCount; cell++) {
    if (unchecked(ways[cell]) == BY_PRODUCTS) computeProducts(cell, rows);
  }
  if (countByRow == 0) return rows;
  clearOverflow();
  for (let row: u32 = 0; row < rows; row++) {
    loadRow(row);
    for (let i: u32 = 0; i < countByRow; i++) computeCell(unchecked(cellsByRow[i]), row);
    if (hasOverflowed()) return row;
  }
  return rows;
}

/** Computes a cell that is a sum of products, or has one as its numerator. */
function computeProducts(cell: u32, rows: u32): void {
  const column = columnOfCell(cell), ptr = vectorOfCell(cell);
  if (column >= layout.FIRST_SPECIAL) {
    // Whether there is a value is the same in all rows of the block.
    const hasNone = isMissing(column);
    memory.fill(missingOfCell(cell), <u8>hasNone, rows);
    if (hasNone) return;
  }
  writeProducts(ptr, column, rows);
  if (isQuotient(column)) divide(ptr, column, rows);
}

/** Divides the numerators at `ptr` by the denominators of a column. */
function divide(ptr: usize, column: u32, rows: u32): void {
  const factor = denominatorFactor(column);
  const scale = column == layout.TENSORFLOW ? 1 : get(layout.SAMPLE_RATE_DENOMINATOR);
  const byPtr = doesDiffer(factor) ? factorVector(factor, rows) : 0;
  const by = byPtr ? 0 : scale * factorNumber(factor);
  for (let row: u32 = 0; row < rows; row++) {
    const at = (<usize>row) << 3;
    const denominator = byPtr ? scale * load<u64>(byPtr + at) : by;
    store<f64>(ptr + at, nearestDouble(load<u64>(ptr + at), denominator));
  }
}

/**
 * Computes a cell for one row, which is the current layer. Inlined: computing by row is the slowest
 * way, and most of its time would be calls.
 */
// @ts-ignore: decorator
@inline
function computeCell(cell: u32, row: u32): void {
  const column = columnOfCell(cell);
  const ptr = layout.VALUES_PTR + <usize>cell * layout.VECTOR_BYTES + ((<usize>row) << 3);
  if (column >= layout.FIRST_SPECIAL) computeSpecial(cell, column, row, ptr);
  else store<u64>(ptr, isEmptySum(column) ? 0 : valueInline(column));
}

/** `computeCell` for a column that may be missing, or is no whole number. */
function computeSpecial(cell: u32, column: u32, row: u32, ptr: usize): void {
  store<u8>(missingOfCell(cell) + <usize>row, <u8>writeNumber(ptr, column));
}

/**
 * Writes the value of a column for the current layer at `ptr`: a u64 or i64, or the f64 of a
 * quotient. Returns whether the value is missing. An overflow is marked in checked.ts.
 */
export function writeNumber(ptr: usize, column: u32): bool {
  store<u64>(ptr, 0);
  if (isMissing(column)) return true;
  if (!isQuotient(column)) {
    store<u64>(ptr, value(column));
  } else if (!isEmptySum(column)) {
    computeQuotient(column);
    if (!hasOverflowed()) store<f64>(ptr, nearestDouble(numerator(), denominator()));
  }
  return false;
}

/** No slot overflows. */
export const NO_SLOT: u32 = 0xffffffff;

/**
 * The slot of the first vector cell that overflows in a row, or NO_SLOT. The row becomes the current
 * layer.
 */
export function overflowingSlot(row: u32): u32 {
  loadRow(row);
  for (let cell: u32 = 0; cell < cellCount; cell++) {
    clearOverflow();
    if (unchecked(ways[cell]) == BY_ROW) computeCell(cell, row);
    if (hasOverflowed()) return slotOfCell(cell);
  }
  return NO_SLOT;
}
