// Lists: reads the records of a CSV, and writes each record followed by the results of its layer.
//
// The text of a record is copied unchanged, except that its line end becomes \n. Fields follow
// RFC 4180: they are separated by commas, and in double quotes where they contain a comma, a quote
// (doubled) or a line end. Blank lines are skipped.
//
// One list may mix kinds of layers. Then one field of each record names its kind. It is read first,
// because it decides what the other fields mean. Each kind has its own table of roles, defaults and
// result columns in the image.
//
// The names of kinds are read in kinds.ts, and the values of fields in values.ts.

import { clearOverflow, hasOverflowed } from "../checked";
import { compareLayer, startComparison, writeComparison } from "../columns/compare";
import { computeOverlap } from "../layers/dimension";
import { dimensions, get, set, setKind } from "../layers/layer";
import { brokenRule } from "../layers/rules";
import * as layout from "../layout";
import { isSupported, kindNamed } from "./kinds";
import { addToTotal, clearTotals, undoTotals, useTotals } from "./totals";
import {
  applyNumber,
  FIELD_MALFORMED,
  FIELD_OUT_OF_RANGE,
  geometryChanged,
  geometryComputed,
  hasGeometryChanged,
  readValue,
} from "./values";
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

/** The kind whose tables are in use. */
let kindInUse: u32 = 0;

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
  useTotals(kind);
  const defaultsPtr = layout.LIST_DEFAULTS_PTR + <usize>kind * layout.LIST_DEFAULTS_BYTES;
  // Each record overwrites the fields that the list sets; the others keep their defaults.
  for (let field: u32 = 0; field < layout.LAYER_FIELDS; field++) {
    set(field, load<u64>(defaultsPtr + ((<usize>field) << 3)));
  }
  geometryChanged();
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
  const found = readValue(role, ptr, endPtr);
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
  else clearTotals();
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
        geometryComputed();
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
