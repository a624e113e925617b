// Many layers at once, from columns of numbers to columns of numbers; layout/buffers.ts draws both.
// The host writes a column of INPUT for each field that differs from layer to layer. All other
// fields keep the values that it has written into LAYER. A batch has at most MANY_ROWS layers.

import { clearOverflow, hasOverflowed } from "./checked";
import { nearestDouble } from "./digits";
import { computeOverlap } from "./layers/dimension";
import { dimensions, get, set, setKind } from "./layers/layer";
import { canBeWord, isInRange } from "./layers/ranges";
import { brokenRule } from "./layers/rules";
import * as layout from "./layout";
import { isRateInRange } from "./list/rate";
import { setFault, finishReport, hasFault, startReport } from "./report";
import {
  computeQuotient,
  denominator,
  isMissing,
  isQuotient,
  numerator,
  value,
} from "./columns/results";

let columnCount: u32 = 0;
let fieldCount: u32 = 0;
let method: u32 = 0;
let skipInvalid: bool = false;
/** Whether the words of a sample rate follow the columns of the fields. */
let hasSampleRate: bool = false;
/** Whether a padding may be the word `same` or `valid`; the host has checked where. */
let hasWords: bool = false;

/** Whether a dimension differs from that of the layer whose overlaps were computed last. */
let hasGeometryChanged: bool = true;

/** Reads the header that the host has written. Call once before `countMany`. */
export function openMany(): void {
  setKind(load<u32>(layout.MANY_PTR));
  method = load<u32>(layout.MANY_PTR, 4);
  columnCount = load<u32>(layout.MANY_PTR, 8);
  fieldCount = load<u32>(layout.MANY_PTR, 12);
  skipInvalid = load<u32>(layout.MANY_PTR, 16) != 0;
  hasSampleRate = load<u32>(layout.MANY_PTR, 20) != 0;
  hasWords = load<u32>(layout.MANY_PTR, 24) != 0;
}

/** The answer of `readFields` when every field is in its range. */
const ALL_IN_RANGE: u32 = 0xffffffff;

function inputAt(column: u32, row: u32): u64 {
  const index = column * layout.MANY_ROWS + row;
  return <u64>load<u32>(layout.INPUT_PTR + ((<usize>index) << 2));
}

/** A 64-bit number in two columns: the lower word, then the upper word. */
function wideInputAt(column: u32, row: u32): u64 {
  return inputAt(column, row) | (inputAt(column + 1, row) << 32);
}

/**
 * Reads the fields of a row into LAYER, except those that are out of range. Returns the position of
 * the first that is out of range, `fieldCount` if it is the sample rate, or ALL_IN_RANGE.
 */
function readFields(row: u32): u32 {
  let outOfRange = ALL_IN_RANGE;
  for (let i: u32 = 0; i < fieldCount; i++) {
    const field = load<u32>(layout.MANY_FIELDS_PTR + ((<usize>i) << 2));
    const given = inputAt(i, row);
    if (!isInRange(field, given) && !(hasWords && canBeWord(field, given))) {
      outOfRange = min(outOfRange, i);
      continue;
    }
    if (field >= layout.L_IN && get(field) != given) hasGeometryChanged = true;
    set(field, given);
  }
  return hasSampleRate && outOfRange == ALL_IN_RANGE && !readRate(row) ? fieldCount : outOfRange;
}

/** Reads the sample rate of a row into LAYER. Returns false if it is out of its range. */
function readRate(row: u32): bool {
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

/** Writes the placeholder of a missing value: NaN in a column of quotients, else 0. */
function writePlaceholder(ptr: usize, column: u32): void {
  if (isQuotient(column)) store<f64>(ptr, NaN);
  else store<u64>(ptr, 0);
}

/** Writes the results of a row. At the first that overflows it stops with a fault. */
function writeResults(row: u32): void {
  clearOverflow();
  for (let i: u32 = 0; i < columnCount; i++) {
    const column = columnAt(i);
    const ptr = valuePtr(i, row);
    const isSpecial = column >= layout.FIRST_SPECIAL;
    const hasNone = isSpecial && isMissing(column);
    if (isSpecial) {
      store<u8>(layout.MANY_MISSING_PTR + <usize>(i * layout.MANY_ROWS + row), <u8>hasNone);
    }
    if (hasNone) {
      writePlaceholder(ptr, column);
      continue;
    }
    if (isSpecial && isQuotient(column)) {
      computeQuotient(column);
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

/** Marks a row whose layer breaks a rule, and writes placeholders into its columns. */
function skipRow(row: u32, rule: u32): void {
  store<u8>(layout.MANY_RULES_PTR + <usize>row, <u8>(rule + 1));
  for (let i: u32 = 0; i < columnCount; i++) {
    const column = columnAt(i);
    writePlaceholder(valuePtr(i, row), column);
    if (column >= layout.FIRST_SPECIAL) {
      store<u8>(layout.MANY_MISSING_PTR + <usize>(i * layout.MANY_ROWS + row), 0);
    }
  }
}

/**
 * Counts the layers of the first `rows` rows of INPUT, at most MANY_ROWS. Returns the number of
 * rows that are done: all of them, or those before the row at fault, which the report names.
 */
export function countMany(rows: u32): u32 {
  startReport(layout.RULE_COUNT);
  hasGeometryChanged = true;
  let row: u32 = 0;
  for (; row < rows; row++) {
    const outOfRange = readFields(row);
    const rule = outOfRange == ALL_IN_RANGE ? brokenRule() : layout.RULE_RANGE;
    if (rule == layout.NO_RULE) {
      store<u8>(layout.MANY_RULES_PTR + <usize>row, 0);
      if (hasGeometryChanged) {
        for (let dimension: u32 = 0; dimension < dimensions; dimension++) {
          computeOverlap(method, dimension);
        }
      }
      hasGeometryChanged = false;
      writeResults(row);
    } else if (skipInvalid) {
      skipRow(row, rule);
    } else if (rule == layout.RULE_RANGE) {
      setFault(layout.FAULT_FIELD, row, outOfRange);
    } else {
      setFault(layout.FAULT_RULE, row, rule);
    }
    if (hasFault()) break;
  }
  finishReport(row, 0);
  return row;
}
