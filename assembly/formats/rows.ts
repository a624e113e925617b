// Rows of text from vectors. A row alternates between the joined texts of outer cells (row.ts), and
// what differs from row to row of the block: a number of a vector, or a reused text (row-texts.ts).

import { writeSigned, writeUnsignedInline } from "../digits";
import * as layout from "../layout";
import { writeEntry } from "./cell";
import { useCurrentVectors, writeText } from "./row";

/**
 * Writes the first `rows` rows of the current vectors at `ptr`, and returns the address after them.
 * `firstRow` is the filled row at which their piece begins: the row of the reused texts.
 *
 * Writing unsigned numbers is inlined, because WebAssembly engines save all registers around a
 * call.
 */
export function writeRows(ptr: usize, rows: u32, firstRow: u32): usize {
  useCurrentVectors();
  for (let row: u32 = 0; row < rows; row++) {
    let atPtr = layout.SEGMENTS_PTR;
    for (;;) {
      ptr = writeText(
        ptr, load<u32>(atPtr, layout.SEGMENT_TEXT), load<u32>(atPtr, layout.SEGMENT_LENGTH),
      );
      const source = load<u32>(atPtr, layout.SEGMENT_SOURCE);
      const vectorPtr = <usize>load<u32>(atPtr, layout.SEGMENT_VECTOR);
      if (source == layout.SEGMENT_UNSIGNED) {
        ptr = writeUnsignedInline(ptr, load<u64>(vectorPtr + ((<usize>row) << 3)));
      } else if (source == layout.SEGMENT_ROW_TEXT) {
        ptr = writeRowText(ptr, atPtr, vectorPtr, row, firstRow);
      } else if (source == layout.SEGMENT_END) {
        break;
      } else {
        ptr = writeSpecial(ptr, atPtr, row);
      }
      atPtr += layout.SEGMENT_BYTES;
    }
  }
  return ptr;
}

/** Writes the reused text of a row. */
// @ts-ignore: decorator
@inline
function writeRowText(
  ptr: usize, atPtr: usize, textsPtr: usize, row: u32, firstRow: u32,
): usize {
  const filled = firstRow + load<u32>(layout.SELECTION_PTR + ((<usize>row) << 2));
  const bytes = <usize>load<u32>(atPtr, layout.SEGMENT_COLUMN);
  const textPtr = textsPtr + <usize>filled * bytes;
  return writeText(ptr, textPtr, <usize>load<u16>(textPtr + bytes - 2));
}

/** Writes a number that is not unsigned, a word, or nothing for a missing value. */
function writeSpecial(ptr: usize, atPtr: usize, row: u32): usize {
  const column = load<u32>(atPtr, layout.SEGMENT_COLUMN);
  const vectorPtr = <usize>load<u32>(atPtr, layout.SEGMENT_VECTOR);
  const value = load<u64>(vectorPtr + ((<usize>row) << 3));
  if (load<u32>(atPtr, layout.SEGMENT_SOURCE) == layout.SEGMENT_SIGNED) {
    return writeSigned(ptr, value);
  }
  if (column >= layout.FIRST_SPECIAL) {
    const missingPtr = <usize>load<u32>(atPtr, layout.SEGMENT_MISSING);
    if (load<u8>(missingPtr + <usize>row)) return ptr;
  }
  return writeEntry(ptr, column, value);
}
