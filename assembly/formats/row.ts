// The cells of outer loops. A cell that the rows of a block share is written once, into its slot,
// and the texts of neighbouring slots are joined. This is loop-invariant code motion. A row
// alternates between joined texts and what differs from row to row (rows.ts). A joined text and
// what follows it are a segment.

import { clearOverflow, hasOverflowed } from "../checked";
import * as layout from "../layout";
import {
  columnOfCell,
  isSignedNumber,
  isUnsigned,
  missingOfCell,
  overflowingSlot,
  vectorOfCell,
} from "../vectors/cells";
import { writeValue } from "./cell";
import { COMMA, NEWLINE } from "./csv";
import { bytesOfRowText, rowTextsPtr } from "./row-texts";


function slotPtr(slot: u32): usize {
  return layout.CELLS_PTR + <usize>slot * layout.CELL_BYTES;
}

/** The address of a segment's record. */
export function segmentPtr(segment: u32): usize {
  return layout.SEGMENTS_PTR + <usize>segment * layout.SEGMENT_BYTES;
}

/** The number of segments of a row, the last one without a source included. */
export function segmentCount(): u32 {
  return load<u32>(layout.IMAGE_PTR, layout.IMAGE_SEGMENT_COUNT);
}

let bytesOfDraft: usize = 0;

/** The bytes that are reserved for the draft of a row (rows.ts). */
export function draftBytes(): usize {
  return bytesOfDraft;
}

/** Copies the slots from the image, and lays out the segments of the row as the image says. */
export function openRow(slotCount: u32): void {
  memory.copy(layout.CELLS_PTR, layout.IMAGE_SLOTS_PTR, <usize>slotCount * layout.CELL_BYTES);
  // No cell is longer than a slot. An odd number of cache lines spreads the drafts over the sets of
  // the cache.
  bytesOfDraft = (<usize>slotCount * layout.CELL_BYTES + layout.VECTOR_SLACK + 63) & ~63 | 64;
  let textPtr = layout.TEXTS_PTR;
  let firstSlot: u32 = 0;
  for (let segment: u32 = 0; segment < segmentCount(); segment++) {
    const imagePtr = layout.IMAGE_SEGMENTS_PTR + <usize>segment * layout.IMAGE_SEGMENT_BYTES;
    const source = load<u32>(imagePtr), number = load<u32>(imagePtr, 4);
    const endSlot = load<u32>(imagePtr, 8), nextSlot = load<u32>(imagePtr, 12);
    store<u32>(segmentPtr(segment), <u32>textPtr, layout.SEGMENT_TEXT);
    store<u32>(segmentPtr(segment), 0, layout.SEGMENT_LENGTH);
    openSource(segmentPtr(segment), source, number, nextSlot < slotCount ? COMMA : NEWLINE);
    store<u32>(segmentPtr(segment), endSlot, layout.SEGMENT_END_SLOT);
    // Nothing is joined yet.
    for (let slot = firstSlot; slot < endSlot; slot++) {
      store<u16>(slotPtr(slot), 0, layout.CELL_START);
    }
    textPtr += <usize>(endSlot - firstSlot) * layout.CELL_BYTES + layout.VECTOR_SLACK;
    firstSlot = nextSlot;
  }
}

/** Sets what follows a joined text: the cell or reused text of that number, and its separator. */
function openSource(ptr: usize, source: u32, number: u32, separator: u8): void {
  if (source == layout.SEGMENT_CELL) {
    const column = columnOfCell(number);
    source = isUnsigned(column)
      ? layout.SEGMENT_UNSIGNED
      : isSignedNumber(column) ? layout.SEGMENT_SIGNED : layout.SEGMENT_SPECIAL;
    store<u32>(ptr, column, layout.SEGMENT_COLUMN);
    store<u32>(ptr, <u32>missingOfCell(number), layout.SEGMENT_MISSING);
  } else if (source == layout.SEGMENT_ROW_TEXT) {
    store<u32>(ptr, <u32>rowTextsPtr(number), layout.SEGMENT_VECTOR);
    store<u32>(ptr, bytesOfRowText(number), layout.SEGMENT_COLUMN);
  }
  store<u32>(ptr, source, layout.SEGMENT_SOURCE);
  store<u16>(ptr, <u16>number, layout.SEGMENT_NUMBER);
  store<u8>(ptr, separator, layout.SEGMENT_SEPARATOR);
}

/** Sets the vectors of the cells, which differ between filled and live rows. */
export function useCurrentVectors(): void {
  for (let segment: u32 = 0; segment < segmentCount(); segment++) {
    const ptr = segmentPtr(segment);
    if (load<u32>(ptr, layout.SEGMENT_SOURCE) < layout.SEGMENT_CELL) continue;
    const cell = load<u16>(ptr, layout.SEGMENT_NUMBER);
    store<u32>(ptr, <u32>vectorOfCell(cell), layout.SEGMENT_VECTOR);
  }
}

/**
 * Writes the text of a cell into its slot, with the comma or line end that follows it. If the value
 * overflows, the slot is marked, and the function returns false.
 */
export function setCell(slot: u32, column: u32, isLast: bool): bool {
  const ptr = slotPtr(slot);
  clearOverflow();
  const endPtr = writeValue(ptr, column);
  const overflows = hasOverflowed();
  store<u8>(endPtr, isLast ? NEWLINE : COMMA);
  store<u8>(ptr, overflows ? 0 : <u8>(endPtr + 1 - ptr), layout.CELL_LENGTH);
  store<u8>(ptr, <u8>overflows, layout.CELL_OVERFLOWS);
  return !overflows;
}

/** Joins the texts of a segment from one of its slots on; the texts before it stay as they are. */
export function joinSegment(segment: u32, fromSlot: u32): void {
  const textPtr = <usize>load<u32>(segmentPtr(segment), layout.SEGMENT_TEXT);
  const endPtr = slotPtr(load<u32>(segmentPtr(segment), layout.SEGMENT_END_SLOT));
  let ptr = slotPtr(fromSlot);
  let atPtr = textPtr + load<u16>(ptr, layout.CELL_START);
  for (; ptr < endPtr; ptr += layout.CELL_BYTES) {
    // The complete slot is copied, in two vectors; the next text overwrites the excess.
    v128.store(atPtr, v128.load(ptr));
    v128.store(atPtr, v128.load(ptr, 16), 16);
    store<u16>(ptr, <u16>(atPtr - textPtr), layout.CELL_START);
    atPtr += load<u8>(ptr, layout.CELL_LENGTH);
  }
  store<u32>(segmentPtr(segment), <u32>(atPtr - textPtr), layout.SEGMENT_LENGTH);
}

/**
 * Copies a text to `ptr`, and returns the address after it. Copies vectors of 16 bytes, so up to 16
 * bytes after the text are read at `textPtr`, and overwritten at `ptr`.
 */
// @ts-ignore: decorator
@inline
export function writeText(ptr: usize, textPtr: usize, length: usize): usize {
  const endPtr = ptr + length;
  do {
    v128.store(ptr, v128.load(textPtr));
    ptr += 16;
    textPtr += 16;
  } while (ptr < endPtr);
  return endPtr;
}

/**
 * The first slot of a row whose cell overflows, or the number of slots if there is none. The row is
 * one of the current vectors, and becomes the current layer.
 */
export function firstOverflow(row: u32, slotCount: u32): u32 {
  const ofVectors = overflowingSlot(row);
  const end = min(ofVectors, slotCount);
  for (let segment: u32 = 0, slot: u32 = 0; segment < segmentCount(); segment++) {
    const endSlot = load<u32>(segmentPtr(segment), layout.SEGMENT_END_SLOT);
    for (; slot < min(endSlot, end); slot++) {
      if (load<u8>(slotPtr(slot), layout.CELL_OVERFLOWS)) return slot;
    }
    slot = load<u32>(layout.IMAGE_SEGMENTS_PTR + <usize>segment * layout.IMAGE_SEGMENT_BYTES, 12);
  }
  return end;
}
