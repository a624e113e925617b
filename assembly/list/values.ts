// The value of a field of a list, from text into the layer.

import { takesPaddingWords } from "../layers/dimension";
import { dimensions, get, set } from "../layers/layer";
import { isInRange } from "../layers/ranges";
import * as layout from "../layout";
import { COMMA } from "../formats/csv";
import { isRateInRange, readRate } from "./rate";

const MINUS: u8 = 0x2d;
/** Numbers saturate here: all from here on are out of range. */
const SATURATED: u64 = 1 << 32;

// What a field was found to hold. A larger number is a worse finding.
export const FIELD_OK: u32 = 0;
/** A whole number, but not one that its parameter can have. */
export const FIELD_OUT_OF_RANGE: u32 = 1;
export const FIELD_MALFORMED: u32 = 2;

/**
 * Whether a dimension differs from that of the layer whose overlaps were computed last. Lists often
 * have consecutive layers of one shape, which need no new overlaps.
 */
export let hasGeometryChanged: bool = true;

/** Records that the overlaps must be computed again, because the kind has changed. */
export function geometryChanged(): void {
  hasGeometryChanged = true;
}

/** Records that the overlaps of the layer have been computed. */
export function geometryComputed(): void {
  hasGeometryChanged = false;
}

/** Reads the bytes [ptr, endPtr) as the bias: `true`, `True`, `TRUE`, `1` and their opposites. */
function readBias(ptr: usize, endPtr: usize): u32 {
  const first = load<u8>(ptr);
  const length = endPtr - ptr;
  if (length == 1 && (first == 0x30 || first == 0x31)) {
    set(layout.BIAS, first - 0x30);
    return FIELD_OK;
  }
  // Setting bit 5 makes a letter lower case. The first letter may be the only capital; the others
  // are all lower case, or all capitals after a capital.
  const rest = load<u32>(ptr, 1);
  if (length == 4 && (first | 0x20) == 0x74) { // t
    // rue, RUE
    if ((rest & 0xffffff) == 0x657572 || (first == 0x54 && (rest & 0xffffff) == 0x455552)) {
      set(layout.BIAS, 1);
      return FIELD_OK;
    }
  }
  if (length == 5 && (first | 0x20) == 0x66) { // f
    // alse, ALSE
    if (rest == 0x65736c61 || (first == 0x46 && rest == 0x45534c41)) {
      set(layout.BIAS, 0);
      return FIELD_OK;
    }
  }
  return FIELD_MALFORMED;
}

/**
 * The value of a padding of a plain convolution that is the word `same` or `valid`, or 0. A word is
 * for all dimensions at once.
 */
function paddingWord(role: u32, ptr: usize, endPtr: usize): u64 {
  const isForAll = role == (layout.PADDING | layout.ROLE_EVERY_DIMENSION)
    || (role == layout.PADDING && dimensions == 1);
  if (!takesPaddingWords() || !isForAll) return 0;
  if (endPtr - ptr == 4 && load<u32>(ptr) == 0x656d6173) return layout.PADDING_SAME;
  const isValid = endPtr - ptr == 5 && load<u32>(ptr) == 0x696c6176 && load<u8>(ptr, 4) == 0x64;
  return isValid ? layout.PADDING_VALID : 0;
}

/**
 * Reads the bytes [ptr, endPtr) as a value, or as a tuple with one for each dimension, and sets the
 * field of the role. Returns FIELD_….
 */
export function readValue(role: u32, ptr: usize, endPtr: usize): u32 {
  if (ptr == endPtr) return FIELD_MALFORMED;
  if (role == layout.BIAS) return readBias(ptr, endPtr);
  const word = paddingWord(role, ptr, endPtr);
  if (word != 0) return applyValue(role, word);
  return isNumber(ptr, endPtr) ? readNumber(role, ptr, endPtr) : readTuple(role, ptr, endPtr);
}

/** Whether the bytes [ptr, endPtr) are a single value: digits, perhaps after a minus sign. */
function isNumber(ptr: usize, endPtr: usize): bool {
  if (load<u8>(ptr) == MINUS) ptr++;
  for (; ptr < endPtr; ptr++) if (<u32>load<u8>(ptr) - 0x30 > 9) return false;
  return true;
}

function isSpace(byte: u8): bool {
  return byte == 0x20 || byte == 0x09;
}

/**
 * Reads a tuple as Python writes it: `(3, 5)`, `[3, 5]` or `3, 5`, with a value for each dimension;
 * or `(3,)` for one value. Sets the field of the role in each dimension. Returns the worst FIELD_…
 * of its values.
 */
function readTuple(role: u32, ptr: usize, endPtr: usize): u32 {
  while (ptr < endPtr && isSpace(load<u8>(ptr))) ptr++;
  while (endPtr > ptr && isSpace(load<u8>(endPtr - 1))) endPtr--;
  if (ptr == endPtr) return FIELD_MALFORMED;
  const opening = load<u8>(ptr);
  const isBracketed = opening == 0x28 || opening == 0x5b; // ( [
  if (isBracketed) {
    const closing: u8 = opening == 0x28 ? 0x29 : 0x5d;
    if (endPtr - ptr < 2 || load<u8>(endPtr - 1) != closing) return FIELD_MALFORMED;
    ptr++;
    endPtr--;
  } else if (load<u8>(endPtr - 1) == COMMA) {
    return FIELD_MALFORMED;
  }
  const field = role & ~layout.ROLE_EVERY_DIMENSION;
  const count = role & layout.ROLE_EVERY_DIMENSION ? dimensions : 1;
  let found: u32 = 0;
  let worst = FIELD_OK;
  while (ptr < endPtr) {
    let toPtr = ptr;
    while (toPtr < endPtr && load<u8>(toPtr) != COMMA) toPtr++;
    let lastPtr = toPtr;
    while (ptr < lastPtr && isSpace(load<u8>(ptr))) ptr++;
    while (lastPtr > ptr && isSpace(load<u8>(lastPtr - 1))) lastPtr--;
    // Python writes a tuple of one with a trailing comma.
    if (ptr == lastPtr && isBracketed && toPtr >= endPtr && found > 0) break;
    if (
      found == count || ptr == lastPtr || (role != layout.SAMPLE_RATE && !isNumber(ptr, lastPtr))
    ) {
      return FIELD_MALFORMED;
    }
    worst = max(worst, readNumber(field + found * layout.DIMENSION_FIELDS, ptr, lastPtr));
    if (worst == FIELD_MALFORMED) return worst;
    found++;
    ptr = toPtr + 1;
  }
  return found == count ? worst : FIELD_MALFORMED;
}

/**
 * Reads the bytes [ptr, endPtr) as decimal digits, or as a sample rate in any of its forms, and
 * sets the field of the role. Returns FIELD_….
 */
function readNumber(role: u32, ptr: usize, endPtr: usize): u32 {
  const negative = load<u8>(ptr) == MINUS;
  if (negative) ptr++;
  if (role == layout.SAMPLE_RATE) {
    if (!readRate(ptr, endPtr)) return FIELD_MALFORMED;
    return negative || !isRateInRange() ? FIELD_OUT_OF_RANGE : FIELD_OK;
  }
  const digits = endPtr - ptr;
  if (digits == 0 || (digits > 1 && load<u8>(ptr) == 0x30)) return FIELD_MALFORMED;
  let value: u64 = 0;
  for (; ptr < endPtr; ptr++) {
    const digit = <u32>load<u8>(ptr) - 0x30;
    if (digit > 9) return FIELD_MALFORMED;
    // Saturates above the range, so that any number of digits is read without overflow.
    value = min(value * 10 + digit, SATURATED);
  }
  return negative ? FIELD_OUT_OF_RANGE : applyNumber(role, value);
}

/** Sets the field of a role, if it can have the value. Returns FIELD_OK or FIELD_OUT_OF_RANGE. */
// @ts-ignore: decorator
@inline
export function applyNumber(role: u32, value: u64): u32 {
  if (!isInRange(role & ~layout.ROLE_EVERY_DIMENSION, value)) return FIELD_OUT_OF_RANGE;
  return applyValue(role, value);
}

/** Sets a field that may be in every dimension. */
function applyValue(role: u32, value: u64): u32 {
  const field = role & ~layout.ROLE_EVERY_DIMENSION;
  const count = role & layout.ROLE_EVERY_DIMENSION ? dimensions : 1;
  for (let dimension: u32 = 0; dimension < count; dimension++) {
    const own = field + dimension * layout.DIMENSION_FIELDS;
    // The record before may have set each dimension to a value of its own.
    if (field >= layout.L_IN && get(own) != value) hasGeometryChanged = true;
    set(own, value);
  }
  return FIELD_OK;
}
