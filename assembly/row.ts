// Cells and rows: the text of each column's value for the layer at hand, and the row that the cells make.
//
// A cell that several rows have in common is written once, into its slot, and neighbouring slots are joined into one text. Cells
// of the innermost loop are new in every row: they are written straight into it. So a row is a text, a new cell, a text, …

import { clearOverflow, hasOverflowed } from "./checked";
import { writeBoolean, writeQuotient, writeSigned, writeUnsigned, writeUnsignedInline } from "./digits";
import { get } from "./layer";
import * as layout from "./layout";
import { denominator, isBoolean, isEmptySum, isMissing, isQuotient, isSigned, numerator, valueInline, workOutQuotient } from "./results";

export const COMMA: u8 = 0x2c;
export const NEWLINE: u8 = 0x0a;

/** Writes the text of a column's value at `ptr`, nothing where it has none; returns the address behind it. Overflow as in `value`. */
export function writeValue(ptr: usize, column: u32): usize {
  return isEmptySum(column) && !isMissing(column) ? writeUnsigned(ptr, 0) : writeInline(ptr, column);
}

/**
 * The same of a layer whose batch is not empty, where a call would cost too much: WebAssembly engines save all registers around one. What is called for nearly every cell is
 * inlined here, down to the digits. Measured 2026-11-23 on a sweep of examples/vocoder.yaml: 61 ns a row, 87 with calls.
 */
// @ts-ignore: decorator
@inline
export function writeInline(ptr: usize, column: u32): usize {
  if (column >= layout.FIRST_SPECIAL && (isQuotient(column) || isMissing(column))) return writeRare(ptr, column);
  const v = valueInline(column);
  if (isBoolean(column)) return writeBoolean(ptr, v != 0);
  if (<i64>v < 0 && isSigned(column)) return writeSigned(ptr, v);
  return writeUnsignedInline(ptr, v);
}

/** Of a column that is a quotient, or that has no value. */
function writeRare(ptr: usize, column: u32): usize {
  if (isMissing(column)) return ptr;
  workOutQuotient(column);
  return hasOverflowed() ? ptr : writeQuotient(ptr, numerator(), denominator());
}

function slotPtr(slot: u32): usize {
  return layout.CELLS_PTR + <usize>slot * layout.CELL_BYTES;
}

function segmentPtr(segment: u32): usize {
  return layout.SEGMENTS_PTR + <usize>segment * layout.SEGMENT_BYTES;
}

function segmentCount(): u32 {
  return load<u32>(layout.IMAGE_PTR, 28);
}

/** Lays the parts of the row out as the image says, with the slots as they stand there. */
export function openRow(slotCount: u32): void {
  memory.copy(layout.CELLS_PTR, layout.IMAGE_SLOTS_PTR, <usize>slotCount * layout.CELL_BYTES);
  let textPtr = layout.TEXTS_PTR;
  let firstSlot: u32 = 0;
  for (let segment: u32 = 0; segment < segmentCount(); segment++) {
    const imagePtr = layout.IMAGE_SEGMENTS_PTR + <usize>segment * layout.IMAGE_SEGMENT_BYTES;
    const endSlot = load<u32>(imagePtr, 4);
    const separators: u32 = segment > 0 ? 1 : 0;
    if (separators) store<u8>(textPtr, firstSlot < slotCount ? COMMA : NEWLINE);
    store<u32>(segmentPtr(segment), <u32>textPtr, layout.SEGMENT_TEXT);
    store<u32>(segmentPtr(segment), separators, layout.SEGMENT_LENGTH);
    store<u32>(segmentPtr(segment), load<u32>(imagePtr), layout.SEGMENT_COLUMN);
    store<u32>(segmentPtr(segment), endSlot, layout.SEGMENT_END_SLOT);
    // Nothing is joined yet: until what stands before a slot is, it begins behind the separator.
    for (let slot = firstSlot; slot < endSlot; slot++) store<u16>(slotPtr(slot), <u16>separators, layout.CELL_START);
    textPtr += <usize>separators + <usize>(endSlot - firstSlot) * layout.CELL_BYTES + layout.VECTOR_SLACK;
    firstSlot = endSlot + 1;
  }
}

/** Makes the text of a cell, with the comma or line end that follows it. A cell whose value overflows is marked; then it returns false. */
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

/** Joins the texts of a part from one of its slots on; those before it stand as they were joined. */
export function joinSegment(segment: u32, fromSlot: u32): void {
  const textPtr = <usize>load<u32>(segmentPtr(segment), layout.SEGMENT_TEXT);
  const endPtr = slotPtr(load<u32>(segmentPtr(segment), layout.SEGMENT_END_SLOT));
  let ptr = slotPtr(fromSlot);
  let atPtr = textPtr + load<u16>(ptr, layout.CELL_START);
  for (; ptr < endPtr; ptr += layout.CELL_BYTES) {
    // A whole slot moves at once; the next text overwrites what is too much.
    v128.store(atPtr, v128.load(ptr));
    v128.store(atPtr, v128.load(ptr, 16), 16);
    store<u16>(ptr, <u16>(atPtr - textPtr), layout.CELL_START);
    atPtr += load<u8>(ptr, layout.CELL_LENGTH);
  }
  store<u32>(segmentPtr(segment), <u32>(atPtr - textPtr), layout.SEGMENT_LENGTH);
}

/** Writes a text that stands elsewhere; returns the address behind it. Up to 16 bytes behind both are touched. */
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

/** Writes the joined text of a part. */
// @ts-ignore: decorator
@inline
function writeSegment(ptr: usize, segmentPtr: usize): usize {
  return writeText(ptr, load<u32>(segmentPtr, layout.SEGMENT_TEXT), load<u32>(segmentPtr, layout.SEGMENT_LENGTH));
}

/**
 * Writes the row of the layer at hand at `ptr`; returns the address behind it. A new cell that overflows is marked in checked.ts, and the
 * row is not good then.
 */
export function writeRow(ptr: usize): usize {
  clearOverflow();
  // Asked once a row rather than for every cell. Measured 2026-11-23 on a sweep of examples/vocoder.yaml: 5 % less time.
  const hasBatch = get(layout.BATCH_SIZE) > 0;
  let segmentPtr = layout.SEGMENTS_PTR;
  let column = load<u32>(segmentPtr, layout.SEGMENT_COLUMN);
  ptr = writeSegment(ptr, segmentPtr);
  while (column != layout.NO_COLUMN) {
    ptr = hasBatch ? writeInline(ptr, column) : writeValue(ptr, column);
    segmentPtr += layout.SEGMENT_BYTES;
    column = load<u32>(segmentPtr, layout.SEGMENT_COLUMN);
    ptr = writeSegment(ptr, segmentPtr);
  }
  return ptr;
}

/** The first slot of the row whose cell overflows, or the number of slots. Whatever stands at `ptr` is overwritten. */
export function firstOverflow(ptr: usize, slotCount: u32): u32 {
  let slot: u32 = 0;
  for (let segment: u32 = 0; segment < segmentCount(); segment++, slot++) {
    for (; slot < load<u32>(segmentPtr(segment), layout.SEGMENT_END_SLOT); slot++) if (load<u8>(slotPtr(slot), layout.CELL_OVERFLOWS)) return slot;
    const column = load<u32>(segmentPtr(segment), layout.SEGMENT_COLUMN);
    if (column == layout.NO_COLUMN) break;
    clearOverflow();
    writeValue(ptr, column);
    if (hasOverflowed()) return slot;
  }
  return slotCount;
}
