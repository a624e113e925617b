// Rows of text from vectors. A row alternates between the joined texts of outer cells (row.ts), and
// what differs from row to row of the block: a number of a vector, or a reused text (row-texts.ts).
// A joined text and what follows it are a segment.
//
// A chunk of rows is drafted segment by segment: one short loop appends the segment to the draft of
// every row. Then the drafts are copied to the output, one after the other. So what a segment
// consists of is decided once for a chunk, and not for each row. Measured 2026-11-28 on
// examples/vocoder.yaml, with all other work of the kernel: 0.89 and 0.96 of the time of writing
// row after row, in two runs of 15 alternating sweeps.

import { writeSigned, writeUnsignedInline } from "../digits";
import * as layout from "../layout";
import { writeEntry } from "./cell";
import { draftBytes, segmentCount, segmentPtr, useCurrentVectors, writeText } from "./row";

/**
 * Writes the first `rows` rows of the current vectors at `ptr`, and returns the address after them.
 * `firstRow` is the filled row at which their piece begins: the row of the reused texts.
 */
export function writeRows(ptr: usize, rows: u32, firstRow: u32): usize {
  useCurrentVectors();
  const chunkRows = min(layout.DRAFT_ROWS, <u32>(layout.DRAFTS_BYTES / draftBytes()));
  for (let first: u32 = 0; first < rows; first += chunkRows) {
    const count = min(chunkRows, rows - first);
    startDrafts(count);
    for (let segment: u32 = 0; segment < segmentCount(); segment++) {
      appendSegment(segmentPtr(segment), first, count, firstRow);
    }
    ptr = joinDrafts(ptr, count);
  }
  return ptr;
}

// ── Drafts ──

/** The address after the draft of a row of the chunk, where its next segment begins. */
// @ts-ignore: decorator
@inline
function draftEnd(row: u32): usize {
  return <usize>load<u32>(layout.DRAFT_ENDS_PTR + ((<usize>row) << 2));
}

// @ts-ignore: decorator
@inline
function setDraftEnd(row: u32, ptr: usize): void {
  store<u32>(layout.DRAFT_ENDS_PTR + ((<usize>row) << 2), <u32>ptr);
}

/** Begins an empty draft for each row of a chunk. */
function startDrafts(rows: u32): void {
  const bytes = draftBytes();
  let ptr = layout.DRAFTS_PTR;
  for (let row: u32 = 0; row < rows; row++) {
    setDraftEnd(row, ptr);
    ptr += bytes;
  }
}

/**
 * Copies the drafts to `ptr`, one after the other, and returns the address after them. The first 64
 * bytes of a draft are copied even if it is shorter; the next draft overwrites the excess.
 */
function joinDrafts(ptr: usize, rows: u32): usize {
  const bytes = draftBytes();
  let draftPtr = layout.DRAFTS_PTR;
  for (let row: u32 = 0; row < rows; row++) {
    const length = draftEnd(row) - draftPtr;
    v128.store(ptr, v128.load(draftPtr));
    v128.store(ptr, v128.load(draftPtr, 16), 16);
    v128.store(ptr, v128.load(draftPtr, 32), 32);
    v128.store(ptr, v128.load(draftPtr, 48), 48);
    if (length > 64) writeText(ptr + 64, draftPtr + 64, length - 64);
    ptr += length;
    draftPtr += bytes;
  }
  return ptr;
}

// ── Segments ──

/** Appends a segment to the drafts of `count` rows, which are the vectors' rows from `first` on. */
function appendSegment(atPtr: usize, first: u32, count: u32, firstRow: u32): void {
  const length = load<u32>(atPtr, layout.SEGMENT_LENGTH);
  if (length) appendText(load<u32>(atPtr, layout.SEGMENT_TEXT), length, count);
  const source = load<u32>(atPtr, layout.SEGMENT_SOURCE);
  if (source == layout.SEGMENT_UNSIGNED) appendUnsigned(atPtr, first, count);
  else if (source == layout.SEGMENT_ROW_TEXT) appendRowTexts(atPtr, first, count, firstRow);
  else if (source != layout.SEGMENT_END) appendSpecial(atPtr, first, count);
}

/** Appends the same text to all drafts. Short texts stay in registers. */
function appendText(textPtr: usize, length: usize, count: u32): void {
  if (length > 32) {
    for (let row: u32 = 0; row < count; row++) {
      setDraftEnd(row, writeText(draftEnd(row), textPtr, length));
    }
    return;
  }
  const start = v128.load(textPtr), rest = v128.load(textPtr, 16);
  for (let row: u32 = 0; row < count; row++) {
    const ptr = draftEnd(row);
    v128.store(ptr, start);
    v128.store(ptr, rest, 16);
    setDraftEnd(row, ptr + length);
  }
}

/** Appends unsigned numbers. Writing them is inlined: engines save all registers around a call. */
function appendUnsigned(atPtr: usize, first: u32, count: u32): void {
  const valuesPtr = <usize>load<u32>(atPtr, layout.SEGMENT_VECTOR) + ((<usize>first) << 3);
  const separator = load<u8>(atPtr, layout.SEGMENT_SEPARATOR);
  for (let row: u32 = 0; row < count; row++) {
    const ptr = writeUnsignedInline(draftEnd(row), load<u64>(valuesPtr + ((<usize>row) << 3)));
    store<u8>(ptr, separator);
    setDraftEnd(row, ptr + 1);
  }
}

/** Appends the reused texts of the selected rows. Those of 16 bytes are copied without a loop. */
function appendRowTexts(atPtr: usize, first: u32, count: u32, firstRow: u32): void {
  const textsPtr = <usize>load<u32>(atPtr, layout.SEGMENT_VECTOR);
  const bytes = <usize>load<u32>(atPtr, layout.SEGMENT_COLUMN);
  const selectionPtr = layout.SELECTION_PTR + ((<usize>first) << 2);
  if (bytes == 16) {
    for (let row: u32 = 0; row < count; row++) {
      const filled = firstRow + load<u32>(selectionPtr + ((<usize>row) << 2));
      const textPtr = textsPtr + ((<usize>filled) << 4);
      const ptr = draftEnd(row);
      v128.store(ptr, v128.load(textPtr));
      setDraftEnd(row, ptr + <usize>load<u16>(textPtr, 14));
    }
    return;
  }
  for (let row: u32 = 0; row < count; row++) {
    const filled = firstRow + load<u32>(selectionPtr + ((<usize>row) << 2));
    const textPtr = textsPtr + <usize>filled * bytes;
    const length = <usize>load<u16>(textPtr + bytes - 2);
    setDraftEnd(row, writeText(draftEnd(row), textPtr, length));
  }
}

/** Appends numbers that are not unsigned, words, or nothing for missing values. */
function appendSpecial(atPtr: usize, first: u32, count: u32): void {
  const separator = load<u8>(atPtr, layout.SEGMENT_SEPARATOR);
  for (let row: u32 = 0; row < count; row++) {
    const ptr = writeSpecial(draftEnd(row), atPtr, first + row);
    store<u8>(ptr, separator);
    setDraftEnd(row, ptr + 1);
  }
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
