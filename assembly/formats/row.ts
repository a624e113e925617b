// Cells and rows of CSV: the text of the value of each column for the current layer, and the row
// that the cells form.
//
// A cell that several rows share is written once, into its slot, and the texts of neighbouring
// slots are joined. This is loop-invariant code motion: only the cells of the innermost loop are
// new in every row, and are written directly into it. A row alternates between the two: a joined
// text, a new cell, a joined text, … A joined text and the new cell after it are a segment.

import { clearOverflow, hasOverflowed } from "../checked";
import {
  writeBoolean,
  writeQuotient,
  writeSigned,
  writeUnsigned,
  writeUnsignedInline,
} from "../digits";
import { get } from "../layers/layer";
import * as layout from "../layout";
import {
  denominator,
  isEmptySum,
  isMissing,
  isQuotient,
  isSigned,
  isWord,
  numerator,
  value,
  valueInline,
  computeQuotient,
} from "../columns/results";

export const COMMA: u8 = 0x2c;
export const NEWLINE: u8 = 0x0a;

/**
 * Writes the text of the value of a column at `ptr`, and returns the address after it. A missing
 * value has an empty text. An overflow is marked in checked.ts.
 */
export function writeValue(ptr: usize, column: u32): usize {
  return isEmptySum(column) && !isMissing(column)
    ? writeUnsigned(ptr, 0)
    : writeValueInline(ptr, column);
}

/**
 * `writeValue` for a layer whose batch is not empty, inlined for the hot loop. A call would cost
 * too much there, because WebAssembly engines save all registers around one. Everything that runs
 * for nearly every cell is inlined here, down to the digits. Measured 2026-11-23 on a sweep of
 * examples/vocoder.yaml: 61 ns per row, 87 ns with calls. The figures compare two versions of that
 * date; absolute times differ between machines and days.
 */
// @ts-ignore: decorator
@inline
export function writeValueInline(ptr: usize, column: u32): usize {
  // Most columns skip the tests for classes. Measured 2026-11-27, kernel alone: testing every
  // column for words takes 9 % more time on examples/vocoder.yaml, and 3 % on all conventions.
  if (column >= layout.FIRST_SPECIAL) {
    if (isQuotient(column)) return writeQuotientOf(ptr, column);
    if (isMissing(column)) return ptr;
    if (isWord(column)) return writeWord(ptr, column);
  }
  const v = valueInline(column);
  if (column == layout.BIAS) return writeBoolean(ptr, v != 0);
  if (<i64>v < 0 && isSigned(column)) return writeSigned(ptr, v);
  return writeUnsignedInline(ptr, v);
}

/** `writeValue` for a column of quotients. */
function writeQuotientOf(ptr: usize, column: u32): usize {
  if (isMissing(column)) return ptr;
  computeQuotient(column);
  return hasOverflowed() ? ptr : writeQuotient(ptr, numerator(), denominator());
}

/** `writeValue` for a column of words from FIRST_SPECIAL on: all but BIAS. */
function writeWord(ptr: usize, column: u32): usize {
  const v = value(column);
  const isPadding = column >= layout.PADDING_TEXT && column < layout.FIRST_BOOLEAN;
  if (!isPadding) return writeBoolean(ptr, v != 0);
  if (v == layout.PADDING_SAME) return writeAscii(ptr, 0x656d6173, 4); // "same"
  if (v == layout.PADDING_VALID) return writeAscii(ptr, 0x64696c6176, 5); // "valid"
  return writeUnsigned(ptr, v);
}

/** Writes up to eight characters that are packed into a number, the first one lowest. */
function writeAscii(ptr: usize, text: u64, length: usize): usize {
  store<u64>(ptr, text);
  return ptr + length;
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

/** Copies the slots from the image, and lays out the segments of the row as the image says. */
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
    // Nothing is joined yet. Until the slots before it are joined, a slot begins after the
    // separator.
    for (let slot = firstSlot; slot < endSlot; slot++) {
      store<u16>(slotPtr(slot), <u16>separators, layout.CELL_START);
    }
    textPtr += <usize>separators + <usize>(endSlot - firstSlot) * layout.CELL_BYTES
      + layout.VECTOR_SLACK;
    firstSlot = endSlot + 1;
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

/** Writes the joined text of the segment at `atPtr`. */
// @ts-ignore: decorator
@inline
function writeSegment(ptr: usize, atPtr: usize): usize {
  return writeText(
    ptr, load<u32>(atPtr, layout.SEGMENT_TEXT), load<u32>(atPtr, layout.SEGMENT_LENGTH),
  );
}

/**
 * Writes the row of the current layer at `ptr`, and returns the address after it. A new cell that
 * overflows is marked in checked.ts, and makes the row invalid.
 */
export function writeRow(ptr: usize): usize {
  clearOverflow();
  // Tested once per row instead of for every cell. Measured 2026-11-23 on a sweep of
  // examples/vocoder.yaml: 5 % less time.
  const hasBatch = get(layout.BATCH_SIZE) > 0;
  let atPtr = layout.SEGMENTS_PTR;
  let column = load<u32>(atPtr, layout.SEGMENT_COLUMN);
  ptr = writeSegment(ptr, atPtr);
  while (column != layout.NO_COLUMN) {
    ptr = hasBatch ? writeValueInline(ptr, column) : writeValue(ptr, column);
    atPtr += layout.SEGMENT_BYTES;
    column = load<u32>(atPtr, layout.SEGMENT_COLUMN);
    ptr = writeSegment(ptr, atPtr);
  }
  return ptr;
}

/**
 * The first slot of the row whose cell overflows, or `slotCount` if there is none. New cells are
 * written at `ptr` to find out, which overwrites the text there.
 */
export function firstOverflow(ptr: usize, slotCount: u32): u32 {
  let slot: u32 = 0;
  for (let segment: u32 = 0; segment < segmentCount(); segment++, slot++) {
    for (; slot < load<u32>(segmentPtr(segment), layout.SEGMENT_END_SLOT); slot++) {
      if (load<u8>(slotPtr(slot), layout.CELL_OVERFLOWS)) return slot;
    }
    const column = load<u32>(segmentPtr(segment), layout.SEGMENT_COLUMN);
    if (column == layout.NO_COLUMN) break;
    clearOverflow();
    writeValue(ptr, column);
    if (hasOverflowed()) return slot;
  }
  return slotCount;
}
