// The row fields: the fields of LAYER that differ from row to row of a block, each as a vector.
//
// The current vectors are those of the filled rows, or of the live rows after some were rejected.

import { get, set } from "../layers/layer";
import * as layout from "../layout";

/** Number of row fields, and of those that filling a block sets. */
export let rowFieldCount: u32 = 0;
let filledFieldCount: u32 = 0;

/** The first of the current vectors: FILLED_PTR or LIVE_PTR. */
let currentPtr: usize = layout.FILLED_PTR;

/** Reads the row fields of the image. */
export function openFields(): void {
  rowFieldCount = load<u32>(layout.IMAGE_PTR, layout.IMAGE_ROW_FIELD_COUNT);
  filledFieldCount = load<u32>(layout.IMAGE_PTR, layout.IMAGE_FILLED_FIELD_COUNT);
  memory.fill(layout.ROW_FIELD_NUMBERS_PTR, layout.NOT_A_ROW_FIELD, layout.FIELD_COUNT);
  for (let i: u32 = 0; i < rowFieldCount; i++) {
    store<u8>(layout.ROW_FIELD_NUMBERS_PTR + <usize>rowField(i), <u8>i);
  }
  useFilledRows();
}

/** The field of LAYER that is row field `i`. */
// @ts-ignore: decorator
@inline
function rowField(i: u32): u32 {
  return load<u32>(layout.IMAGE_ROW_FIELDS_PTR + ((<usize>i) << 2));
}

// @ts-ignore: decorator
@inline
function fieldNumber(field: u32): u8 {
  return load<u8>(layout.ROW_FIELD_NUMBERS_PTR + <usize>field);
}

/** Whether a field differs from row to row of a block. */
export function isRowField(field: u32): bool {
  return fieldNumber(field) != layout.NOT_A_ROW_FIELD;
}

/** The current vector of a row field. */
export function fieldVector(field: u32): usize {
  return currentPtr + <usize>fieldNumber(field) * layout.VECTOR_BYTES;
}

/** Makes the vectors of the filled rows the current ones. */
export function useFilledRows(): void {
  currentPtr = layout.FILLED_PTR;
}

/** Appends the current layer to the filled rows, as row `row`. */
export function saveRow(row: u32): void {
  let ptr = layout.FILLED_PTR + ((<usize>row) << 3);
  for (let i: u32 = 0; i < filledFieldCount; i++) {
    store<u64>(ptr, get(rowField(i)));
    ptr += layout.VECTOR_BYTES;
  }
}

/** Saves one field of the current layer into a filled row, if it is a row field. */
export function saveField(field: u32, row: u32): void {
  if (!isRowField(field)) return;
  const vectorPtr = layout.FILLED_PTR + <usize>fieldNumber(field) * layout.VECTOR_BYTES;
  store<u64>(vectorPtr + ((<usize>row) << 3), get(field));
}

/** Makes a row of the current vectors the current layer. */
export function loadRow(row: u32): void {
  let ptr = currentPtr + ((<usize>row) << 3);
  for (let i: u32 = 0; i < rowFieldCount; i++) {
    set(rowField(i), load<u64>(ptr));
    ptr += layout.VECTOR_BYTES;
  }
}

/** Gathers the selected rows into the vectors of the live rows, and makes these the current ones. */
export function gatherLiveRows(rows: u32): void {
  for (let i: u32 = 0; i < rowFieldCount; i++) {
    const fromPtr = layout.FILLED_PTR + <usize>i * layout.VECTOR_BYTES;
    const toPtr = layout.LIVE_PTR + <usize>i * layout.VECTOR_BYTES;
    for (let row: u32 = 0; row < rows; row++) {
      const filled = load<u32>(layout.SELECTION_PTR + ((<usize>row) << 2));
      store<u64>(toPtr + ((<usize>row) << 3), load<u64>(fromPtr + ((<usize>filled) << 3)));
    }
  }
  currentPtr = layout.LIVE_PTR;
}
