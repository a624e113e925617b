// Row texts: neighbouring cells that depend on the inner loops alone. If a block is reused, their
// texts are written once, when it is filled, and copied into the rows of every block.

import * as layout from "../layout";
import { COMMA, NEWLINE } from "./csv";
import { writeValue } from "./cell";

let textCount: u32 = 0;
/** The address of the first text, and the number of rows of each. */
let textsPtr: usize = 0;
let rowCount: u32 = 0;

/** Reads the row texts of the image. They are at `ptr`, for `rows` rows each. */
export function openRowTexts(ptr: usize, rows: u32): void {
  textCount = load<u32>(layout.IMAGE_PTR, layout.IMAGE_TEXT_COUNT);
  textsPtr = ptr;
  rowCount = rows;
}

function imagePtr(text: u32): usize {
  return layout.IMAGE_TEXTS_PTR + <usize>text * layout.IMAGE_TEXT_BYTES;
}

/** The bytes that are reserved for a text of a row: a multiple of 16. */
export function bytesOfRowText(text: u32): u32 {
  return load<u32>(imagePtr(text), 8);
}

/** The address of the texts of that number, one for each filled row. */
export function rowTextsPtr(text: u32): usize {
  let ptr = textsPtr;
  for (let earlier: u32 = 0; earlier < text; earlier++) {
    ptr += <usize>bytesOfRowText(earlier) * <usize>rowCount;
  }
  return ptr;
}

/** Writes the texts of a filled row, from the current layer. */
export function saveRowTexts(row: u32): void {
  for (let text: u32 = 0; text < textCount; text++) {
    const bytes = <usize>bytesOfRowText(text);
    const ptr = rowTextsPtr(text) + <usize>row * bytes;
    const length = writeCells(text);
    memory.copy(ptr, layout.SPARE_VECTORS_PTR, length);
    store<u16>(ptr + bytes - 2, <u16>length);
  }
}

/** Writes the cells of a text, each with its separator, and returns their length. */
function writeCells(text: u32): usize {
  const firstCell = load<u32>(imagePtr(text)), cellCount = load<u32>(imagePtr(text), 4);
  let ptr = layout.SPARE_VECTORS_PTR;
  for (let cell = firstCell; cell < firstCell + cellCount; cell++) {
    ptr = writeValue(ptr, load<u32>(layout.IMAGE_TEXT_CELLS_PTR + ((<usize>cell) << 2)));
    store<u8>(ptr++, COMMA);
  }
  if (load<u32>(imagePtr(text), 12)) store<u8>(ptr - 1, NEWLINE);
  return ptr - layout.SPARE_VECTORS_PTR;
}
