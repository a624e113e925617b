// Lists: the records of a CSV in, the same records with the results behind them out.
//
// A record's text is carried over as it stands (its line end becomes \n). Fields are read as RFC 4180 says: separated by
// commas, in double quotes where they hold a comma, a quote (doubled) or a line end. Blank lines are no records.

import { clearOverflow, hasOverflowed } from "./checked";
import { compareLayer, startComparison, writeComparison } from "./compare";
import { brokenRule, dimensions, get, isInRange, set, setKind, workOutOverlap } from "./layer";
import {
  BATCH_SIZE, BIAS, DIMENSION_FIELDS, FAULT_DISAGREE, FAULT_FIELD, FAULT_FIELD_COUNT, FAULT_OVERFLOW, FAULT_RULE, FIELD_CAPACITY, IMAGE_PTR, INPUT_PTR,
  L_IN, LAYER_FIELDS, LIST_COLUMNS_PTR, LIST_DEFAULTS_PTR, LIST_ROLES_PTR, NO_RULE, ROLE_CARRIED,
  ROLE_EVERY_DIMENSION, RULE_COUNT, RULE_RANGE, SAMPLE_RATE,
} from "./layout";
import { isRateInRange, readRate } from "./rate";
import { fault, finishReport, hasFault, leaveOut, passLine, startReport } from "./report";
import { COMMA, NEWLINE, writeInline, writeText, writeValue } from "./row";
import { startSample } from "./sample";
import { windowEndPtr, windowPtr } from "./window";

const RETURN: u8 = 0x0d;
const QUOTE: u8 = 0x22;
const MINUS: u8 = 0x2d;
/** Numbers from here on are all out of range. */
const BEYOND: u64 = 1 << 32;

/** What a field was found to hold. */
const FIELD_GOOD: u32 = 0;
/** A whole number, but not one that its parameter can have. */
const FIELD_OUT_OF_RANGE: u32 = 1;
const FIELD_MALFORMED: u32 = 2;

let columnCount: u32 = 0;
let fieldCount: u32 = 0;
let method: u32 = 0;
let skipInvalid: bool = false;
/** Whether layers are compared instead of written. */
let isComparing: bool = false;

/**
 * Whether a dimension differs from that of the layer whose overlaps were worked out last. Lists often have layers of one shape one after
 * another.
 */
let hasTurned: bool = true;
/** Whether a field of the record at hand is outside its range. */
let outOfRange: bool = false;

/** Reads the roles of the fields that the host has written into the image. Call once before `countList`. */
export function openList(): void {
  columnCount = load<u32>(IMAGE_PTR);
  fieldCount = load<u32>(IMAGE_PTR, 4);
  method = load<u32>(IMAGE_PTR, 8);
  skipInvalid = load<u32>(IMAGE_PTR, 12) != 0;
  setKind(load<u32>(IMAGE_PTR, 16));
  isComparing = load<u32>(IMAGE_PTR, 20) != 0;
  hasTurned = true;
  startSample();
  // What the list's fields set is overwritten by every record, the rest stays as it is set here.
  for (let field: u32 = 0; field < LAYER_FIELDS; field++) set(field, load<u64>(LIST_DEFAULTS_PTR + ((<usize>field) << 3)));
}

/** Reads `true`, `True`, `TRUE`, `1` and their opposites from the bytes [ptr, endPtr) as the bias. */
function readBias(ptr: usize, endPtr: usize): u32 {
  const first = load<u8>(ptr);
  const length = endPtr - ptr;
  if (length == 1 && (first == 0x30 || first == 0x31)) {
    set(BIAS, first - 0x30);
    return FIELD_GOOD;
  }
  // Setting bit 5 makes a capital letter small; the first letter may be capital alone, the others must agree.
  const rest = load<u32>(ptr, 1);
  if (length == 4 && (first | 0x20) == 0x74) { // t
    if ((rest & 0xffffff) == 0x657572 || (first == 0x54 && (rest & 0xffffff) == 0x455552)) { // rue, RUE
      set(BIAS, 1);
      return FIELD_GOOD;
    }
  }
  if (length == 5 && (first | 0x20) == 0x66) { // f
    if (rest == 0x65736c61 || (first == 0x46 && rest == 0x45534c41)) { // alse, ALSE
      set(BIAS, 0);
      return FIELD_GOOD;
    }
  }
  return FIELD_MALFORMED;
}

/** Reads plain decimal digits from the bytes [ptr, endPtr) as what a role stands for. */
function readField(role: u32, ptr: usize, endPtr: usize): u32 {
  if (ptr == endPtr) return FIELD_MALFORMED;
  if (role == BIAS) return readBias(ptr, endPtr);
  const negative = load<u8>(ptr) == MINUS;
  if (negative) ptr++;
  if (role == SAMPLE_RATE) {
    if (!readRate(ptr, endPtr)) return FIELD_MALFORMED;
    return negative || !isRateInRange() ? FIELD_OUT_OF_RANGE : FIELD_GOOD;
  }
  const digits = endPtr - ptr;
  if (digits == 0 || (digits > 1 && load<u8>(ptr) == 0x30)) return FIELD_MALFORMED;
  let value: u64 = 0;
  for (; ptr < endPtr; ptr++) {
    const digit = <u32>load<u8>(ptr) - 0x30;
    if (digit > 9) return FIELD_MALFORMED;
    // Held just above the range, so that any number of digits is read without wrapping.
    value = min(value * 10 + digit, BEYOND);
  }
  return negative ? FIELD_OUT_OF_RANGE : takeNumber(role, value);
}

/** Sets what a role stands for, if it can have that value. */
// @ts-ignore: decorator
@inline
function takeNumber(role: u32, value: u64): u32 {
  const field = role & ~ROLE_EVERY_DIMENSION;
  if (!isInRange(field, value)) return FIELD_OUT_OF_RANGE;
  const count = role & ROLE_EVERY_DIMENSION ? dimensions : 1;
  if (field >= L_IN && get(field) != value) hasTurned = true;
  for (let dimension: u32 = 0; dimension < count; dimension++) set(field + dimension * DIMENSION_FIELDS, value);
  return FIELD_GOOD;
}

/**
 * Reads a field that is nothing but one to nine digits, as nearly all are, in one go. Returns the address behind it; `ptr` where it is anything
 * else, which has to be looked at more closely.
 */
// @ts-ignore: decorator
@inline
function takeDigits(field: u32, ptr: usize, endPtr: usize): usize {
  const role = field < fieldCount ? load<u32>(LIST_ROLES_PTR + ((<usize>field) << 2)) : ROLE_CARRIED;
  // BIAS and SAMPLE_RATE, which follow each other, are read in their own ways.
  if (role == ROLE_CARRIED || role - BIAS <= SAMPLE_RATE - BIAS) return ptr;
  let value: u32 = 0;
  let atPtr = ptr;
  for (let digit = <u32>load<u8>(atPtr) - 0x30; digit <= 9; digit = <u32>load<u8>(atPtr) - 0x30) {
    value = value * 10 + digit;
    atPtr++;
  }
  const behind = load<u8>(atPtr);
  const isPlain = atPtr < endPtr && (behind == COMMA || behind == NEWLINE) && atPtr - ptr - 1 < 9 && (load<u8>(ptr) != 0x30 || atPtr == ptr + 1);
  if (!isPlain) return ptr;
  if (takeNumber(role, value) == FIELD_OUT_OF_RANGE) outOfRange = true;
  return atPtr;
}

/** Takes the content [ptr, endPtr) of a field by its role. Returns false when it is malformed. */
function takeField(field: u32, ptr: usize, endPtr: usize): bool {
  if (field >= fieldCount) return true; // one too many; the count is checked at the record's end
  const role = load<u32>(LIST_ROLES_PTR + ((<usize>field) << 2));
  if (role == ROLE_CARRIED) return true;
  const found = readField(role, ptr, endPtr);
  if (found == FIELD_OUT_OF_RANGE) outOfRange = true;
  return found != FIELD_MALFORMED;
}

/** Skips a quoted field from behind its opening quote. Returns the address of its closing quote, or `endPtr`. */
function closingQuote(ptr: usize, endPtr: usize): usize {
  for (; ptr < endPtr; ptr++) {
    const byte = load<u8>(ptr);
    if (byte == NEWLINE) passLine();
    if (byte != QUOTE) continue;
    if (ptr + 1 == endPtr || load<u8>(ptr + 1) != QUOTE) return ptr;
    ptr++;
  }
  return endPtr;
}

/** Reads a field of whatever form, quoted or not. Returns the address behind it, with a fault if its form is wrong. */
function takeAny(field: u32, ptr: usize, endPtr: usize, recordAt: u64): usize {
  let from = ptr;
  let to: usize;
  let isWhole = true;
  if (ptr < endPtr && load<u8>(ptr) == QUOTE) {
    from++;
    to = closingQuote(from, endPtr);
    ptr = to + 1;
    if (ptr < endPtr && load<u8>(ptr) == RETURN && (ptr + 1 == endPtr || load<u8>(ptr + 1) == NEWLINE)) ptr++;
    isWhole = to < endPtr && (ptr >= endPtr || load<u8>(ptr) == COMMA || load<u8>(ptr) == NEWLINE);
  } else {
    while (ptr < endPtr && load<u8>(ptr) != COMMA && load<u8>(ptr) != NEWLINE) ptr++;
    to = ptr;
    const endsRecord = ptr == endPtr || load<u8>(ptr) == NEWLINE;
    if (endsRecord && to > from && load<u8>(to - 1) == RETURN) to--;
  }
  if (!isWhole || !takeField(field, from, to)) fault(FAULT_FIELD, recordAt, field);
  return ptr;
}

/**
 * Reads the record at `ptr` into the layer. Returns the address of the line end behind it, or `endPtr`; a fault if its
 * form is wrong.
 */
function readRecord(ptr: usize, endPtr: usize): usize {
  const recordAt = <u64>(ptr - INPUT_PTR);
  outOfRange = false;
  for (let field: u32 = 0; ; field++) {
    const behindPtr = takeDigits(field, ptr, endPtr);
    if (behindPtr > ptr) {
      ptr = behindPtr;
    } else {
      ptr = takeAny(field, ptr, endPtr, recordAt);
      if (hasFault()) return ptr;
    }
    if (ptr < endPtr && load<u8>(ptr) == COMMA) {
      ptr++;
      continue;
    }
    if (field + 1 != fieldCount) fault(FAULT_FIELD_COUNT, recordAt, field + 1);
    return ptr;
  }
}

/** Writes the record [ptr, endPtr) and the results of its layer at `outPtr`. Returns the address behind them. */
function writeRecord(outPtr: usize, ptr: usize, endPtr: usize): usize {
  outPtr = writeText(outPtr, ptr, endPtr - ptr);
  clearOverflow();
  const hasBatch = get(BATCH_SIZE) > 0;
  for (let i: u32 = 0; i < columnCount; i++) {
    const column = load<u32>(LIST_COLUMNS_PTR + ((<usize>i) << 2));
    store<u8>(outPtr, COMMA);
    outPtr = hasBatch ? writeInline(outPtr + 1, column) : writeValue(outPtr + 1, column);
    if (hasOverflowed()) {
      fault(FAULT_OVERFLOW, <u64>(ptr - INPUT_PTR), i);
      return outPtr;
    }
  }
  store<u8>(outPtr, NEWLINE);
  return outPtr + 1;
}

/** Writes the record that ends its line at `lineEndPtr`, or puts its layer into the comparison. Returns the address behind what is written. */
function takeLayer(outPtr: usize, ptr: usize, lineEndPtr: usize): usize {
  if (!isComparing) return writeRecord(outPtr, ptr, lineEndPtr - <usize>(load<u8>(lineEndPtr - 1) == RETURN));
  const at = <u64>(ptr - INPUT_PTR);
  if (!compareLayer(at)) fault(FAULT_OVERFLOW, at, 0);
  return outPtr;
}

/** Returns whether closed form and simulation agree in every dimension in which they have been compared. */
function workOutOverlaps(): bool {
  for (let dimension: u32 = 0; dimension < dimensions; dimension++) if (!workOutOverlap(method, dimension)) return false;
  return true;
}

/** The rule that the layer of the record breaks, or NO_RULE. */
function brokenRuleOfRecord(): u32 {
  return outOfRange ? RULE_RANGE : brokenRule();
}

/**
 * Reads whole records of INPUT from byte `from` on, up to byte `end`, and writes each with its results to OUTPUT, as many
 * as fit; fills the report. Returns the byte it got to: `end`, or where to go on once OUTPUT is taken away, or the record
 * at fault.
 */
export function countList(from: u32, end: u32): u32 {
  startReport(RULE_COUNT);
  if (isComparing) startComparison();
  const endPtr = INPUT_PTR + <usize>end;
  let ptr = INPUT_PTR + <usize>from;
  let outPtr = windowPtr();
  let rows: u64 = 0;
  while (ptr < endPtr && outPtr < windowEndPtr()) {
    const isBlank = load<u8>(ptr) == NEWLINE || (load<u8>(ptr) == RETURN && (ptr + 1 == endPtr || load<u8>(ptr + 1) == NEWLINE));
    let lineEndPtr = ptr;
    if (isBlank) {
      lineEndPtr += <usize>(load<u8>(ptr) == RETURN);
    } else {
      lineEndPtr = readRecord(ptr, endPtr);
      if (hasFault()) break;
      const rule = brokenRuleOfRecord();
      if (rule == NO_RULE) {
        if (hasTurned && !workOutOverlaps()) {
          fault(FAULT_DISAGREE, <u64>(ptr - INPUT_PTR), 0);
          break;
        }
        hasTurned = false;
        const writtenPtr = takeLayer(outPtr, ptr, lineEndPtr);
        if (hasFault()) break;
        outPtr = writtenPtr;
        rows++;
      } else if (skipInvalid) {
        leaveOut(rule, 1);
      } else {
        fault(FAULT_RULE, <u64>(ptr - INPUT_PTR), rule);
        break;
      }
    }
    if (lineEndPtr < endPtr) passLine();
    ptr = lineEndPtr + 1;
  }
  if (isComparing) outPtr = writeComparison();
  finishReport(rows, outPtr - windowPtr());
  return <u32>(min(ptr, endPtr) - INPUT_PTR);
}
