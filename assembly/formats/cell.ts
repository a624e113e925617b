// The text of the value of a column: of the current layer, or from a vector.

import { hasOverflowed } from "../checked";
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
import {
  writeBoolean,
  writeDouble,
  writeQuotient,
  writeSigned,
  writeUnsigned,
  writeUnsignedInline,
} from "../digits";
import * as layout from "../layout";

/**
 * Writes the text of the value of a column at `ptr`, and returns the address after it. A missing
 * value has an empty text. An overflow is marked in checked.ts.
 */
export function writeValue(ptr: usize, column: u32): usize {
  if (isEmptySum(column) && !isMissing(column)) return writeUnsigned(ptr, 0);
  // Most columns skip the tests for classes, and their digits are inlined: lists write their
  // results with this function.
  if (column >= layout.FIRST_SPECIAL) {
    if (isQuotient(column)) return writeQuotientOf(ptr, column);
    if (isMissing(column)) return ptr;
    if (isWord(column)) return writeWord(ptr, column, value(column));
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

/** Writes a number or word of a column at `ptr`, and returns the address after it. */
export function writeEntry(ptr: usize, column: u32, v: u64): usize {
  if (isQuotient(column)) return writeDouble(ptr, reinterpret<f64>(v));
  if (isWord(column)) return writeWord(ptr, column, v);
  return isSigned(column) ? writeSigned(ptr, v) : writeUnsigned(ptr, v);
}

/** `writeEntry` for a column of words. */
function writeWord(ptr: usize, column: u32, v: u64): usize {
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
