// The row fields: the fields of LAYER that differ from row to row of a block, each as a vector.
//
// The current rows are a piece of the filled rows, or the live rows after some were rejected.

import { get, set } from "../layers/layer";
import * as layout from "../layout";

/** Number of row fields, and of those that filling a block sets. */
export let rowFieldCount: u32 = 0;
let filledFieldCount: u32 = 0;

/** Bytes from one vector of the filled rows to the next. */
let filledStride: usize = layout.VECTOR_BYTES;

/** The vector of the first row field of the current rows, and the bytes from one to the next. */
let currentPtr: usize = layout.FILLED_PTR;
let currentStride: usize = layout.VECTOR_BYTES;

/** Reads the row fields of the image. `rows` is the number of entries of the filled vectors. */
export function openFields(rows: u32): void {
  rowFieldCount = load<u32>(layout.IMAGE_PTR, layout.IMAGE_ROW_FIELD_COUNT);
  filledFieldCount = load<u32>(layout.IMAGE_PTR, layout.IMAGE_FILLED_FIELD_COUNT);
  filledStride = (<usize>rows) << 3;
  memory.fill(layout.ROW_FIELD_NUMBERS_PTR, <u8>layout.NOT_A_ROW_FIELD, layout.FIELD_COUNT);
  for (let i: u32 = 0; i < rowFieldCount; i++) {
    store<u8>(layout.ROW_FIELD_NUMBERS_PTR + <usize>rowField(i), <u8>i);
  }
  useFilledRows(0);
}

/** The field of LAYER that is row field `i`. */
// @ts-ignore: decorator
@inline
function rowField(i: u32): u32 {
  return load<u32>(layout.IMAGE_ROW_FIELDS_PTR + ((<usize>i) << 2));
}

// @ts-ignore: decorator
@inline
function fieldNumber(field: u32): u32 {
  return load<u8>(layout.ROW_FIELD_NUMBERS_PTR + <usize>field);
}

/** Whether a field differs from row to row of a block. */
export function isRowField(field: u32): bool {
  return fieldNumber(field) != layout.NOT_A_ROW_FIELD;
}

/** The vector of a row field, for the current rows. */
export function fieldVector(field: u32): usize {
  return currentPtr + <usize>fieldNumber(field) * currentStride;
}

/**
 * The address of the entry of row 0 of a field, and the mask of the offset of a row: 0 if the field
 * is the same in all rows. Then the entry is that of the current layer.
 */
export function entryPtr(field: u32): usize {
  return isRowField(field) ? fieldVector(field) : layout.LAYER_PTR + ((<usize>field) << 3);
}

export function offsetMask(field: u32): usize {
  return isRowField(field) ? usize.MAX_VALUE : 0;
}

/** Whether vector steps set row fields. */
export function doVectorStepsSetFields(): bool {
  return filledFieldCount < rowFieldCount;
}

/** The vector after those of the filled rows, which has one entry for each filled row. */
export function vectorsEnd(): usize {
  return layout.FILLED_PTR + <usize>rowFieldCount * filledStride;
}

/** Makes the filled rows from `first` on the current rows. */
export function useFilledRows(first: u32): void {
  currentPtr = layout.FILLED_PTR + ((<usize>first) << 3);
  currentStride = filledStride;
}

/** Saves the current layer as filled row `row`. */
export function saveRow(row: u32): void {
  let ptr = layout.FILLED_PTR + ((<usize>row) << 3);
  for (let i: u32 = 0; i < filledFieldCount; i++) {
    store<u64>(ptr, get(rowField(i)));
    ptr += filledStride;
  }
}

/** Saves one field of the current layer into a current row, if it is a row field. */
export function saveField(field: u32, row: u32): void {
  if (isRowField(field)) store<u64>(fieldVector(field) + ((<usize>row) << 3), get(field));
}

/** Makes a row of the current rows the current layer. */
export function loadRow(row: u32): void {
  let ptr = currentPtr + ((<usize>row) << 3);
  for (let i: u32 = 0; i < rowFieldCount; i++) {
    set(rowField(i), load<u64>(ptr));
    ptr += currentStride;
  }
}

/** Gathers the selected rows into the vectors of the live rows, and makes these the current ones. */
export function gatherLiveRows(rows: u32): void {
  for (let i: u32 = 0; i < rowFieldCount; i++) {
    const fromPtr = currentPtr + <usize>i * currentStride;
    const toPtr = layout.LIVE_PTR + <usize>i * layout.VECTOR_BYTES;
    for (let row: u32 = 0; row < rows; row++) {
      const selected = load<u32>(layout.SELECTION_PTR + ((<usize>row) << 2));
      store<u64>(toPtr + ((<usize>row) << 3), load<u64>(fromPtr + ((<usize>selected) << 3)));
    }
  }
  currentPtr = layout.LIVE_PTR;
  currentStride = layout.VECTOR_BYTES;
}
