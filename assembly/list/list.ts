// Lists: reads the records of a CSV, and writes each record followed by the results of its layer.
//
// The text of a record is copied unchanged, except that its line end becomes \n. Fields follow
// RFC 4180: they are separated by commas, and in double quotes where they contain a comma, a quote
// (doubled) or a line end. Blank lines are skipped.
//
// One list may mix kinds of layers. Then one field of each record names its kind. It is read first,
// because it decides what the other fields mean. Each kind has its own table of roles, defaults and
// result columns in the image.

import { clearOverflow, hasOverflowed } from "../checked";
import { compareLayer, startComparison, writeComparison } from "../columns/compare";
import { computeOverlap, takesPaddingWords } from "../layers/dimension";
import { dimensions, get, set, setKind } from "../layers/layer";
import { isInRange } from "../layers/ranges";
import { brokenRule } from "../layers/rules";
import * as layout from "../layout";
import { isRateInRange, readRate } from "./rate";
import { setFault, finishReport, hasFault, reject, countLine, startReport } from "../report";
import { writeUnsignedInline } from "../digits";
import { isSigned, value, valueInline } from "../columns/results";
import { writeValue } from "../formats/cell";
import { COMMA, NEWLINE } from "../formats/csv";
import { writeText } from "../formats/row";
import { startSpotChecks } from "../layers/spot-check";
import { outputLimitPtr, outputPtr } from "../output";

const RETURN: u8 = 0x0d;
const QUOTE: u8 = 0x22;
const MINUS: u8 = 0x2d;
/** Numbers saturate here: all from here on are out of range. */
const SATURATED: u64 = 1 << 32;

// What a field was found to hold. A larger number is a worse finding.
const FIELD_OK: u32 = 0;
/** A whole number, but not one that its parameter can have. */
const FIELD_OUT_OF_RANGE: u32 = 1;
const FIELD_MALFORMED: u32 = 2;

let columnCount: u32 = 0;
let fieldCount: u32 = 0;
let method: u32 = 0;
let skipInvalid: bool = false;
/** Whether layers are compared instead of written. */
let isComparing: bool = false;
/** The field that names the kind of each record, or NO_KIND_FIELD. */
let kindField: u32 = layout.NO_KIND_FIELD;
/** Whether the copy of a record omits some of its fields (ROLE_DROPPED). */
let isDropping: bool = false;

/** The kind whose tables are in use, and the address of its totals. */
let kindInUse: u32 = 0;
let totalsPtr: usize = layout.LIST_TOTALS_PTR;

/**
 * Whether a dimension differs from that of the layer whose overlaps were computed last. Lists often
 * have consecutive layers of one shape, which need no new overlaps.
 */
let hasGeometryChanged: bool = true;
/** Whether a field of the current record is out of its range. */
let hasFieldOutOfRange: bool = false;

/** Reads the header and the tables that the host has written. Call once before `countList`. */
export function openList(): void {
  columnCount = load<u32>(layout.IMAGE_PTR);
  fieldCount = load<u32>(layout.IMAGE_PTR, 4);
  method = load<u32>(layout.IMAGE_PTR, 8);
  skipInvalid = load<u32>(layout.IMAGE_PTR, 12) != 0;
  isComparing = load<u32>(layout.IMAGE_PTR, 20) != 0;
  kindField = load<u32>(layout.IMAGE_PTR, 24);
  isDropping = load<u32>(layout.IMAGE_PTR, 28) != 0;
  startSpotChecks();
  useKind(load<u32>(layout.IMAGE_PTR, 16));
}

/** Switches to the tables of a kind, and writes its defaults into the layer. */
function useKind(kind: u32): void {
  kindInUse = kind;
  setKind(kind);
  // Copied to fixed addresses, at which every field and result is looked up.
  memory.copy(
    layout.LIST_ROLES_IN_USE_PTR,
    layout.LIST_ROLES_PTR + <usize>kind * layout.LIST_ROLES_BYTES,
    <usize>fieldCount << 2,
  );
  memory.copy(
    layout.LIST_COLUMNS_IN_USE_PTR,
    layout.LIST_COLUMNS_PTR + <usize>kind * layout.LIST_COLUMNS_BYTES,
    <usize>columnCount << 2,
  );
  totalsPtr = layout.LIST_TOTALS_PTR + <usize>kind * layout.LIST_TOTALS_BYTES;
  const defaultsPtr = layout.LIST_DEFAULTS_PTR + <usize>kind * layout.LIST_DEFAULTS_BYTES;
  // Each record overwrites the fields that the list sets; the others keep their defaults.
  for (let field: u32 = 0; field < layout.LAYER_FIELDS; field++) {
    set(field, load<u64>(defaultsPtr + ((<usize>field) << 3)));
  }
  hasGeometryChanged = true;
}

/**
 * The canonical name that is looked up: the text after the last dot, in lower case, without
 * underscores.
 */
const NAME_PTR: usize = memory.data(24, 8);

/**
 * The kind that the bytes [ptr, endPtr) name, such as `conv1d`, `ConvTranspose1d` or
 * `nn.ConvTranspose1d`; KIND_COUNT if the name is unknown.
 */
function kindNamed(ptr: usize, endPtr: usize): u32 {
  let length: usize = 0;
  memory.fill(NAME_PTR, 0, layout.LIST_KIND_NAME_BYTES);
  for (; ptr < endPtr; ptr++) {
    let letter = load<u8>(ptr);
    if (letter == 0x2e) { // .
      length = 0;
      memory.fill(NAME_PTR, 0, layout.LIST_KIND_NAME_BYTES);
      continue;
    }
    if (letter == 0x5f) continue; // _
    if (letter >= 0x41 && letter <= 0x5a) letter |= 0x20;
    if (length == layout.LIST_KIND_NAME_BYTES) return layout.KIND_COUNT;
    store<u8>(NAME_PTR + length++, letter);
  }
  for (let kind: u32 = 0; length > 0 && kind < layout.KIND_COUNT; kind++) {
    const kindPtr = layout.LIST_KINDS_PTR + <usize>kind * layout.LIST_KIND_BYTES;
    if (memory.compare(NAME_PTR, kindPtr, layout.LIST_KIND_NAME_BYTES) == 0) return kind;
  }
  return layout.KIND_COUNT;
}

/**
 * Whether the list can hold layers of a kind, as the host has decided: it has the fields that the
 * kind needs, and a comparison supports the kind.
 */
function isSupported(kind: u32): bool {
  const kindPtr = layout.LIST_KINDS_PTR + <usize>kind * layout.LIST_KIND_BYTES;
  return load<u64>(kindPtr, layout.LIST_KIND_NAME_BYTES) != 0;
}

/**
 * Switches to the kind that the record at `ptr` names. Returns false, with a fault, if the kind is
 * unknown or the list cannot hold it. A record without that field is accepted here: `readRecord`
 * reports its number of fields.
 */
function selectKind(ptr: usize, endPtr: usize): bool {
  const recordAt = <u64>(ptr - layout.INPUT_PTR);
  for (let field: u32 = 0; field < kindField; field++) {
    ptr = fieldEnd(ptr, endPtr);
    if (ptr >= endPtr || load<u8>(ptr) != COMMA) return true;
    ptr++;
  }
  let toPtr = fieldEnd(ptr, endPtr);
  if (ptr < toPtr && load<u8>(ptr) == QUOTE) {
    ptr++;
    if (toPtr > ptr && load<u8>(toPtr - 1) == RETURN) toPtr--;
    if (toPtr > ptr) toPtr--;
  } else if (toPtr > ptr && load<u8>(toPtr - 1) == RETURN) {
    toPtr--;
  }
  const kind = kindNamed(ptr, toPtr);
  if (kind == layout.KIND_COUNT || !isSupported(kind)) {
    setFault(layout.FAULT_KIND, recordAt, kind);
    return false;
  }
  if (kind != kindInUse) useKind(kind);
  return true;
}

/**
 * The address after the field at `ptr`: that of its comma or line end, or `endPtr`. Line ends in
 * quotes are part of the field.
 */
function fieldEnd(ptr: usize, endPtr: usize): usize {
  if (ptr < endPtr && load<u8>(ptr) == QUOTE) {
    for (ptr++; ptr < endPtr; ptr++) {
      if (load<u8>(ptr) != QUOTE) continue;
      if (ptr + 1 < endPtr && load<u8>(ptr + 1) == QUOTE) ptr++;
      else break;
    }
  }
  while (ptr < endPtr && load<u8>(ptr) != COMMA && load<u8>(ptr) != NEWLINE) ptr++;
  return ptr;
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
function readField(role: u32, ptr: usize, endPtr: usize): u32 {
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
function applyNumber(role: u32, value: u64): u32 {
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

/**
 * Fast path for nearly all fields: reads a field of one to nine digits and nothing else. Returns
 * the address after it, or `ptr` if the field has any other form and `readAnyField` must read it.
 */
// @ts-ignore: decorator
@inline
function readDigits(field: u32, ptr: usize, endPtr: usize): usize {
  const role = field < fieldCount
    ? load<u32>(layout.LIST_ROLES_IN_USE_PTR + ((<usize>field) << 2))
    : layout.ROLE_CARRIED;
  // BIAS and SAMPLE_RATE, whose numbers are consecutive, have their own forms.
  if (
    role >= layout.FIRST_PASSIVE_ROLE || role - layout.BIAS <= layout.SAMPLE_RATE - layout.BIAS
  ) {
    return ptr;
  }
  let value: u32 = 0;
  let atPtr = ptr;
  // May run past `endPtr`, which is tested afterwards.
  for (let digit = <u32>load<u8>(atPtr) - 0x30; digit <= 9; digit = <u32>load<u8>(atPtr) - 0x30) {
    value = value * 10 + digit;
    atPtr++;
  }
  const next = load<u8>(atPtr);
  const isPlain = atPtr < endPtr && (next == COMMA || next == NEWLINE) && atPtr - ptr - 1 < 9
    && (load<u8>(ptr) != 0x30 || atPtr == ptr + 1);
  if (!isPlain) return ptr;
  if (applyNumber(role, value) == FIELD_OUT_OF_RANGE) hasFieldOutOfRange = true;
  return atPtr;
}

/** Reads the content [ptr, endPtr) of a field by its role. Returns false if it is malformed. */
function applyField(field: u32, ptr: usize, endPtr: usize): bool {
  if (field >= fieldCount) return true; // one too many; `readRecord` reports it
  const role = load<u32>(layout.LIST_ROLES_IN_USE_PTR + ((<usize>field) << 2));
  if (role >= layout.FIRST_PASSIVE_ROLE) return role != layout.ROLE_EMPTY || ptr == endPtr;
  const found = readField(role, ptr, endPtr);
  if (found == FIELD_OUT_OF_RANGE) hasFieldOutOfRange = true;
  return found != FIELD_MALFORMED;
}

/**
 * The address of the quote that closes a field, or `endPtr`. The content of the field begins at
 * `ptr`, after its opening quote. Counts the line ends in the content.
 */
function closingQuote(ptr: usize, endPtr: usize): usize {
  for (; ptr < endPtr; ptr++) {
    const byte = load<u8>(ptr);
    if (byte == NEWLINE) countLine();
    if (byte != QUOTE) continue;
    if (ptr + 1 == endPtr || load<u8>(ptr + 1) != QUOTE) return ptr;
    ptr++;
  }
  return endPtr;
}

/**
 * Reads a field of any form, quoted or not. Returns the address after it. If the field is
 * malformed, the report has a fault.
 */
function readAnyField(field: u32, ptr: usize, endPtr: usize, recordAt: u64): usize {
  let from = ptr;
  let to: usize;
  let isComplete = true;
  if (ptr < endPtr && load<u8>(ptr) == QUOTE) {
    from++;
    to = closingQuote(from, endPtr);
    ptr = to + 1;
    if (
      ptr < endPtr && load<u8>(ptr) == RETURN
      && (ptr + 1 == endPtr || load<u8>(ptr + 1) == NEWLINE)
    ) {
      ptr++;
    }
    isComplete = to < endPtr
      && (ptr >= endPtr || load<u8>(ptr) == COMMA || load<u8>(ptr) == NEWLINE);
  } else {
    while (ptr < endPtr && load<u8>(ptr) != COMMA && load<u8>(ptr) != NEWLINE) ptr++;
    to = ptr;
    const endsRecord = ptr == endPtr || load<u8>(ptr) == NEWLINE;
    if (endsRecord && to > from && load<u8>(to - 1) == RETURN) to--;
  }
  if (!isComplete || !applyField(field, from, to)) setFault(layout.FAULT_FIELD, recordAt, field);
  return ptr;
}

/**
 * Reads the record at `ptr` into the layer. Returns the address of the line end after it, or
 * `endPtr`. If a field is malformed or the number of fields is wrong, the report has a fault.
 */
function readRecord(ptr: usize, endPtr: usize): usize {
  const recordAt = <u64>(ptr - layout.INPUT_PTR);
  hasFieldOutOfRange = false;
  for (let field: u32 = 0; ; field++) {
    const nextPtr = readDigits(field, ptr, endPtr);
    if (nextPtr > ptr) {
      ptr = nextPtr;
    } else {
      ptr = readAnyField(field, ptr, endPtr, recordAt);
      if (hasFault()) return ptr;
    }
    if (ptr < endPtr && load<u8>(ptr) == COMMA) {
      ptr++;
      continue;
    }
    if (field + 1 != fieldCount) setFault(layout.FAULT_FIELD_COUNT, recordAt, field + 1);
    return ptr;
  }
}

/**
 * Copies the record [ptr, endPtr) to `outPtr` without the fields that are dropped. Returns the
 * address after the copy.
 */
function writeKeptFields(outPtr: usize, ptr: usize, endPtr: usize): usize {
  let isFirst = true;
  let field: u32 = 0;
  while (ptr <= endPtr && field < fieldCount) {
    const toPtr = fieldEnd(ptr, endPtr);
    if (load<u32>(layout.LIST_ROLES_IN_USE_PTR + ((<usize>field) << 2)) != layout.ROLE_DROPPED) {
      if (!isFirst) store<u8>(outPtr++, COMMA);
      isFirst = false;
      memory.copy(outPtr, ptr, toPtr - ptr);
      outPtr += toPtr - ptr;
    }
    ptr = toPtr + 1;
    field++;
  }
  return outPtr;
}

/** Adds a value to the 128-bit total of a result column. */
// @ts-ignore: decorator
@inline
function addToTotal(i: u32, v: u64): void {
  const ptr = totalsPtr + <usize>i * layout.LIST_TOTAL_BYTES;
  const sum = load<u64>(ptr) + v;
  store<u64>(ptr, sum);
  if (sum < v) store<u64>(ptr, load<u64>(ptr, 8) + 1, 8);
}

/**
 * Subtracts from the totals what the current layer has added to those of the columns 0 to `last`. A
 * layer with a result that overflows is not counted in any total: the list may go on after it, with
 * a message in place of its results.
 */
function undoTotals(last: u32): void {
  for (let i: u32 = 0; i <= last; i++) {
    const entry = load<u32>(layout.LIST_COLUMNS_IN_USE_PTR + ((<usize>i) << 2));
    if (entry == layout.NO_COLUMN || !(entry & layout.COLUMN_IS_ADDED)) continue;
    const v = value(entry & ~layout.COLUMN_IS_ADDED);
    const ptr = totalsPtr + <usize>i * layout.LIST_TOTAL_BYTES;
    const sum = load<u64>(ptr);
    store<u64>(ptr, sum - v);
    if (sum < v) store<u64>(ptr, load<u64>(ptr, 8) - 1, 8);
  }
}

/**
 * Writes the record [ptr, endPtr) and the results of its layer at `outPtr`. Returns the address
 * after them. If a result overflows, the report has a fault.
 */
function writeRecord(outPtr: usize, ptr: usize, endPtr: usize): usize {
  outPtr = isDropping ? writeKeptFields(outPtr, ptr, endPtr) : writeText(outPtr, ptr, endPtr - ptr);
  clearOverflow();
  const hasBatch = get(layout.BATCH_SIZE) > 0;
  for (let i: u32 = 0; i < columnCount; i++) {
    const entry = load<u32>(layout.LIST_COLUMNS_IN_USE_PTR + ((<usize>i) << 2));
    store<u8>(outPtr++, COMMA);
    if (entry == layout.NO_COLUMN) continue;
    const column = entry & ~layout.COLUMN_IS_ADDED;
    if (hasBatch && column < layout.FIRST_SPECIAL && !isSigned(column)) {
      // Nearly all columns are plain numbers; only these are inlined. Measured 2026-11-26 on six
      // result columns: 5 % less time than computing the total of a column separately from its
      // cell.
      const v = valueInline(column);
      if (entry & layout.COLUMN_IS_ADDED) addToTotal(i, v);
      outPtr = writeUnsignedInline(outPtr, v);
    } else {
      // Only plain numbers are added up. For an empty batch they are 0, except params, which does
      // not depend on the batch.
      if (entry & layout.COLUMN_IS_ADDED) addToTotal(i, value(column));
      outPtr = writeValue(outPtr, column);
    }
    if (hasOverflowed()) {
      undoTotals(i);
      setFault(layout.FAULT_OVERFLOW, <u64>(ptr - layout.INPUT_PTR), i);
      return outPtr;
    }
  }
  store<u8>(outPtr, NEWLINE);
  return outPtr + 1;
}

/**
 * Writes the record [ptr, lineEndPtr), without a \r at its end, and its results at `outPtr`; or
 * adds its layer to the comparison. Returns the address after the text.
 */
function processLayer(outPtr: usize, ptr: usize, lineEndPtr: usize): usize {
  if (!isComparing) {
    return writeRecord(outPtr, ptr, lineEndPtr - <usize>(load<u8>(lineEndPtr - 1) == RETURN));
  }
  const at = <u64>(ptr - layout.INPUT_PTR);
  if (!compareLayer(at)) setFault(layout.FAULT_OVERFLOW, at, 0);
  return outPtr;
}

/**
 * Computes the overlaps of the layer. Returns whether closed form and simulation agree in every
 * dimension in which they were compared.
 */
function computeOverlaps(): bool {
  for (let dimension: u32 = 0; dimension < dimensions; dimension++) {
    if (!computeOverlap(method, dimension)) return false;
  }
  return true;
}

/** The first rule that the layer of the current record breaks, or NO_RULE. */
function brokenRuleOfRecord(): u32 {
  return hasFieldOutOfRange ? layout.RULE_RANGE : brokenRule();
}

/**
 * Reads complete records of INPUT, from byte `from` up to byte `end`. Writes each with its results
 * to OUTPUT, as many as fit, and fills the report. Returns the byte that it has reached: `end`, the
 * byte to resume at with an empty output buffer, or that of the record at fault.
 */
export function countList(from: u32, end: u32): u32 {
  startReport(layout.RULE_COUNT);
  if (isComparing) startComparison();
  else memory.fill(layout.LIST_TOTALS_PTR, 0, layout.LIST_TOTALS_BYTES * <usize>layout.KIND_COUNT);
  const endPtr = layout.INPUT_PTR + <usize>end;
  let ptr = layout.INPUT_PTR + <usize>from;
  let outPtr = outputPtr();
  let rows: u64 = 0;
  while (ptr < endPtr && outPtr < outputLimitPtr()) {
    const isBlank = load<u8>(ptr) == NEWLINE
      || (load<u8>(ptr) == RETURN && (ptr + 1 == endPtr || load<u8>(ptr + 1) == NEWLINE));
    let lineEndPtr = ptr;
    if (isBlank) {
      lineEndPtr += <usize>(load<u8>(ptr) == RETURN);
    } else {
      if (kindField != layout.NO_KIND_FIELD && !selectKind(ptr, endPtr)) break;
      lineEndPtr = readRecord(ptr, endPtr);
      if (hasFault()) break;
      const rule = brokenRuleOfRecord();
      if (rule == layout.NO_RULE) {
        if (hasGeometryChanged && !computeOverlaps()) {
          setFault(layout.FAULT_DISAGREE, <u64>(ptr - layout.INPUT_PTR), 0);
          break;
        }
        hasGeometryChanged = false;
        const writtenPtr = processLayer(outPtr, ptr, lineEndPtr);
        if (hasFault()) break;
        outPtr = writtenPtr;
        rows++;
      } else if (skipInvalid) {
        reject(rule, 1);
      } else {
        setFault(layout.FAULT_RULE, <u64>(ptr - layout.INPUT_PTR), rule);
        break;
      }
    }
    if (lineEndPtr < endPtr) countLine();
    ptr = lineEndPtr + 1;
  }
  if (isComparing) outPtr = writeComparison();
  finishReport(rows, outPtr - outputPtr());
  return <u32>(min(ptr, endPtr) - layout.INPUT_PTR);
}
