// Many layers at once, from columns of numbers to columns of numbers. The host writes a column of INPUT for each field that
// differs from layer to layer; all other fields keep the values that it has written into LAYER.

import { clearOverflow, hasOverflowed } from "./checked";
import { nearestDouble } from "./digits";
import { brokenRule, dimensions, get, isInRange, set, setKind, workOutOverlap } from "./layer";
import * as layout from "./layout";
import { isRateInRange } from "./rate";
import { setFault, finishReport, hasFault, startReport } from "./report";
import { denominator, isMissing, isQuotient, numerator, value, workOutQuotient } from "./results";

let columnCount: u32 = 0;
let fieldCount: u32 = 0;
let method: u32 = 0;
let skipInvalid: bool = false;
/** Whether the words of a sample rate follow the columns of the fields. */
let isRated: bool = false;

/** Whether a dimension differs from that of the layer whose overlaps were worked out last. */
let hasAdvanced: bool = true;

/** Reads the header that the host has written. Call once before `countMany`. */
export function openMany(): void {
  setKind(load<u32>(layout.MANY_PTR));
  method = load<u32>(layout.MANY_PTR, 4);
  columnCount = load<u32>(layout.MANY_PTR, 8);
  fieldCount = load<u32>(layout.MANY_PTR, 12);
  skipInvalid = load<u32>(layout.MANY_PTR, 16) != 0;
  isRated = load<u32>(layout.MANY_PTR, 20) != 0;
}

/** No field is out of its range. */
const NONE_OUTSIDE: u32 = 0xffffffff;

function inputAt(column: u32, row: u32): u64 {
  return <u64>load<u32>(layout.INPUT_PTR + ((<usize>(column * layout.MANY_ROWS + row)) << 2));
}

/** The number whose lower and upper word are in two columns, one behind the other. */
function wideInputAt(column: u32, row: u32): u64 {
  return inputAt(column, row) | (inputAt(column + 1, row) << 32);
}

/** Takes the fields of a row into LAYER. Returns the first that is out of its range, `fieldCount` for the sample rate; or NONE_OUTSIDE. */
function takeFields(row: u32): u32 {
  let outside = NONE_OUTSIDE;
  for (let i: u32 = 0; i < fieldCount; i++) {
    const field = load<u32>(layout.MANY_FIELDS_PTR + ((<usize>i) << 2));
    const given = inputAt(i, row);
    if (!isInRange(field, given)) {
      outside = min(outside, i);
      continue;
    }
    if (field >= layout.L_IN && get(field) != given) hasAdvanced = true;
    set(field, given);
  }
  return isRated && outside == NONE_OUTSIDE && !takeRate(row) ? fieldCount : outside;
}

/** Takes the sample rate of a row. Returns false when it is out of its range. */
function takeRate(row: u32): bool {
  set(layout.SAMPLE_RATE, wideInputAt(fieldCount, row));
  set(layout.SAMPLE_RATE_DENOMINATOR, wideInputAt(fieldCount + 2, row));
  return isRateInRange();
}

function valuePtr(column: u32, row: u32): usize {
  return layout.MANY_VALUES_PTR + ((<usize>(column * layout.MANY_ROWS + row)) << 3);
}

function columnAt(i: u32): u32 {
  return load<u32>(layout.MANY_COLUMNS_PTR + ((<usize>i) << 2));
}

/** Where a column has no value: NaN if it holds quotients, else 0. */
function writeNothing(ptr: usize, column: u32): void {
  if (isQuotient(column)) store<f64>(ptr, NaN);
  else store<u64>(ptr, 0);
}

/** Writes the results of a row, or stops at the first that overflows. */
function writeResults(row: u32): void {
  clearOverflow();
  for (let i: u32 = 0; i < columnCount; i++) {
    const column = columnAt(i);
    const ptr = valuePtr(i, row);
    const isSpecial = column >= layout.FIRST_SPECIAL;
    const hasNone = isSpecial && isMissing(column);
    if (isSpecial) store<u8>(layout.MANY_MISSING_PTR + <usize>(i * layout.MANY_ROWS + row), <u8>hasNone);
    if (hasNone) {
      writeNothing(ptr, column);
      continue;
    }
    if (isSpecial && isQuotient(column)) {
      workOutQuotient(column);
      if (!hasOverflowed()) store<f64>(ptr, nearestDouble(numerator(), denominator()));
    } else {
      store<u64>(ptr, value(column));
    }
    if (hasOverflowed()) {
      setFault(layout.FAULT_OVERFLOW, row, i);
      return;
    }
  }
}

/** Marks a row whose layer breaks a rule; its columns hold nothing. */
function skipRow(row: u32, rule: u32): void {
  store<u8>(layout.MANY_RULES_PTR + <usize>row, <u8>(rule + 1));
  for (let i: u32 = 0; i < columnCount; i++) {
    const column = columnAt(i);
    writeNothing(valuePtr(i, row), column);
    if (column >= layout.FIRST_SPECIAL) store<u8>(layout.MANY_MISSING_PTR + <usize>(i * layout.MANY_ROWS + row), 0);
  }
}

/**
 * Counts the layers of the first `rows` rows of INPUT, at most MANY_ROWS. Returns how many are done: all, or those before the one at fault,
 * which the report names.
 */
export function countMany(rows: u32): u32 {
  startReport(layout.RULE_COUNT);
  hasAdvanced = true;
  let row: u32 = 0;
  for (; row < rows; row++) {
    const outside = takeFields(row);
    const rule = outside == NONE_OUTSIDE ? brokenRule() : layout.RULE_RANGE;
    if (rule == layout.NO_RULE) {
      store<u8>(layout.MANY_RULES_PTR + <usize>row, 0);
      if (hasAdvanced) for (let dimension: u32 = 0; dimension < dimensions; dimension++) workOutOverlap(method, dimension);
      hasAdvanced = false;
      writeResults(row);
    } else if (skipInvalid) {
      skipRow(row, rule);
    } else if (rule == layout.RULE_RANGE) {
      setFault(layout.FAULT_FIELD, row, outside);
    } else {
      setFault(layout.FAULT_RULE, row, rule);
    }
    if (hasFault()) break;
  }
  finishReport(row, 0);
  return row;
}
