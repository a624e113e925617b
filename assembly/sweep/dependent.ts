// Axes whose values depend on other axes: `kernel_size: [2 * stride, 3 * stride]`,
// `groups: divisors(in_channels)`.
//
// Whenever an axis that it depends on has changed, such an axis is *expanded*: its items are
// evaluated into arithmetic progressions. Whenever its own loop has changed, the value at the
// position of the loop is *selected*. The loop has as many positions as the longest possible list.
// Positions past the end of the list are empty, and so are positions whose value occurs earlier.
// Expanding takes time linear in the number of progressions; divisors of n take 2·√n divisions.

import { set } from "../layers/layer";
import { isInRange } from "../layers/ranges";
import * as layout from "../layout";
import { evaluate, requireDivisible } from "../expression/program";
import { fatal, evalStatus } from "../expression/signed";

/** Maximum number of values of a range; more are a fatal evaluation error. */
const COUNT_MAX: u64 = 2147483648;

// The outcomes of `select`.
/** The position has a value, which is set. */
export const SELECTED: u32 = 0;
/** The position is past the end of the list. */
export const SELECTED_END: u32 = 1;
/** The value occurs earlier in the list. */
export const SELECTED_REPEAT: u32 = 2;
/** The expression of the value does not divide exactly. */
export const SELECTED_INEXACT: u32 = 3;
/** The parameter cannot have the value. */
export const SELECTED_OUT_OF_RANGE: u32 = 4;

function axisPtr(axis: u32): usize {
  return layout.IMAGE_AXES_PTR + <usize>axis * layout.AXIS_BYTES;
}

function progressionPtr(progression: u32): usize {
  return layout.IMAGE_PROGRESSIONS_PTR + <usize>progression * layout.PROGRESSION_BYTES;
}

/** The next progression of the axis that is being expanded, and the end of its capacity. */
let nextProgression: u32 = 0;
let endProgression: u32 = 0;
/** Positions of the loop, times the names of the axis, that are left for the following values. */
let positionsLeft: u64 = 0;

/** Appends the values first, first + step, … to the axis that is being expanded. */
function addProgression(first: i64, step: i64, count: u64, origin: u32): void {
  // The host has reserved progressions and positions for the longest possible list. If it were
  // wrong, layers would be lost; the trap prevents that.
  if (nextProgression == endProgression || count > positionsLeft) unreachable();
  positionsLeft -= count;
  const ptr = progressionPtr(nextProgression++);
  store<i64>(ptr, first, layout.PROGRESSION_FIRST);
  store<i64>(ptr, step, layout.PROGRESSION_STEP);
  store<u32>(ptr, <u32>count, layout.PROGRESSION_COUNT);
  store<u32>(ptr, origin, layout.PROGRESSION_ORIGIN);
}

/** Number of trial divisions that cost as much as one visit of a layer. */
const TRIALS_PER_VISIT: u32 = 10;

/**
 * Cost of the last `expand` in visits. Finding the divisors of a large number costs as much as
 * thousands of them; everything else is free.
 */
export let expansionVisits: u32 = 0;

/**
 * Appends the divisors of n in ascending order, by trial division: the small ones upwards to √n,
 * then their partners downwards.
 */
function addDivisors(n: i64, origin: u32): void {
  if (requireDivisible(n) != n) return;
  let d: u32 = 1;
  const dividend = <u32>n;
  // Upwards to √n, and downwards again.
  expansionVisits += 2 * <u32>sqrt<f64>(dividend) / TRIALS_PER_VISIT;
  for (; <u64>d * d < <u64>dividend; d++) {
    if (dividend % d == 0) addProgression(d, 1, 1, origin);
  }
  if (d * d == dividend) addProgression(d, 1, 1, origin);
  for (d--; d > 0; d--) if (dividend % d == 0) addProgression(dividend / d, 1, 1, origin);
}

/** Appends the values of one item. If it has none, `evalStatus()` reports the evaluation error. */
function addItem(itemPtr: usize): void {
  const origin = nextProgression;
  const first = evaluate(load<u32>(itemPtr, 4));
  if (evalStatus()) return;
  const kind = load<u32>(itemPtr);
  if (kind == layout.ITEM_VALUE) return addProgression(first, 1, 1, origin);
  if (kind == layout.ITEM_DIVISORS) return addDivisors(first, origin);
  const last = evaluate(load<u32>(itemPtr, 8));
  if (evalStatus()) return;
  if (kind == layout.ITEM_POW2) {
    for (let power: i64 = 1; power <= last && power > 0; power <<= 1) {
      if (power >= first) addProgression(power, 1, 1, origin);
    }
    return;
  }
  assert(kind == layout.ITEM_RANGE);
  const step = evaluate(load<u32>(itemPtr, 12));
  if (evalStatus()) return;
  if (step < 1) {
    fatal();
  } else if (first <= last) {
    // The distance fits in an unsigned 64-bit number. The count is one more and may not fit, so the
    // number of steps is compared.
    const steps = <u64>(last - first) / <u64>step;
    if (steps >= COUNT_MAX) fatal();
    else addProgression(first, step, steps + 1, origin);
  }
}

/**
 * Appends one row of a joint axis: a progression of one value for each name. A row with an inexact
 * value is marked as such.
 */
function addRow(itemPtr: usize, nameCount: u32): void {
  const origin = nextProgression;
  let isInexact = false;
  for (let name: u32 = 0; name < nameCount; name++, itemPtr += layout.ITEM_BYTES) {
    const value = evaluate(load<u32>(itemPtr, 4));
    if (evalStatus() == layout.EVAL_FATAL) return;
    if (evalStatus() == layout.EVAL_INEXACT) isInexact = true;
    addProgression(value, 1, 1, origin);
  }
  if (isInexact) {
    store<u32>(progressionPtr(origin), layout.ORIGIN_INEXACT, layout.PROGRESSION_ORIGIN);
  }
}

/**
 * Evaluates the items of an axis into its progressions, for the current values of the axes that it
 * depends on. Returns false on a fatal evaluation error. An inexact item takes one position, which
 * is marked.
 */
export function expand(axis: u32): bool {
  expansionVisits = 0;
  const ptr = axisPtr(axis);
  const nameCount = load<u32>(ptr, layout.AXIS_NAME_COUNT);
  const firstItem = <usize>load<u32>(ptr, layout.AXIS_FIRST_ITEM);
  let itemPtr = layout.IMAGE_ITEMS_PTR + firstItem * layout.ITEM_BYTES;
  const endPtr = itemPtr + <usize>load<u32>(ptr, layout.AXIS_ITEM_COUNT) * layout.ITEM_BYTES;
  nextProgression = load<u32>(ptr, layout.AXIS_FIRST_PROGRESSION);
  endProgression = nextProgression + load<u32>(ptr, layout.AXIS_PROGRESSION_CAPACITY);
  // A row of a joint axis takes a progression for each name.
  positionsLeft = <u64>load<u32>(ptr, layout.AXIS_POSITIONS) * nameCount;
  for (; itemPtr < endPtr; itemPtr += <usize>nameCount * layout.ITEM_BYTES) {
    if (nameCount == 1) addItem(itemPtr);
    else addRow(itemPtr, nameCount);
    if (evalStatus() == layout.EVAL_FATAL) return false;
    if (nameCount == 1 && evalStatus() == layout.EVAL_INEXACT) {
      addProgression(0, 1, 1, layout.ORIGIN_INEXACT);
    }
  }
  // A count of 0 marks the end, unless the capacity is used up.
  if (nextProgression < endProgression) {
    store<u32>(progressionPtr(nextProgression), 0, layout.PROGRESSION_COUNT);
  }
  return true;
}

/** Whether the progression at `ptr` contains a value. */
function contains(ptr: usize, value: i64): bool {
  const first = load<i64>(ptr, layout.PROGRESSION_FIRST);
  if (value < first) return false;
  const distance = <u64>(value - first);
  const step = load<u64>(ptr, layout.PROGRESSION_STEP);
  return distance % step == 0
    && distance / step < <u64>load<u32>(ptr, layout.PROGRESSION_COUNT);
}

/**
 * Whether the row at `offset` of `progression` also occurs earlier in the axis. A row has
 * `nameCount` progressions from `progression` on, one for each name. Takes time linear in the
 * number of earlier progressions.
 */
function isRepeat(firstProgression: u32, progression: u32, nameCount: u32, offset: u32): bool {
  // The values of one item differ from each other, so only earlier items are searched.
  const origin = load<u32>(progressionPtr(progression), layout.PROGRESSION_ORIGIN);
  for (let earlier = firstProgression; earlier < origin; earlier += nameCount) {
    const earlierOrigin = load<u32>(progressionPtr(earlier), layout.PROGRESSION_ORIGIN);
    if (earlierOrigin == layout.ORIGIN_INEXACT) continue;
    let same = true;
    for (let name: u32 = 0; same && name < nameCount; name++) {
      const ptr = progressionPtr(progression + name);
      same = contains(
        progressionPtr(earlier + name),
        load<i64>(ptr, layout.PROGRESSION_FIRST)
          + <i64>offset * load<i64>(ptr, layout.PROGRESSION_STEP),
      );
    }
    if (same) return true;
  }
  return false;
}

/**
 * Sets the names of an expanded axis to its values at a position, from 0. Returns SELECTED, or why
 * the position has no layer (SELECTED_…).
 */
export function select(axis: u32, position: u32): u32 {
  const ptr = axisPtr(axis);
  const nameCount = load<u32>(ptr, layout.AXIS_NAME_COUNT);
  const firstProgression = load<u32>(ptr, layout.AXIS_FIRST_PROGRESSION);
  const end = firstProgression + load<u32>(ptr, layout.AXIS_PROGRESSION_CAPACITY);
  let offset = position;
  let progression = firstProgression;
  for (;;) {
    if (progression == end) return SELECTED_END;
    const count = load<u32>(progressionPtr(progression), layout.PROGRESSION_COUNT);
    if (count == 0) return SELECTED_END;
    if (offset < count) break;
    offset -= count;
    progression += nameCount;
  }
  const origin = load<u32>(progressionPtr(progression), layout.PROGRESSION_ORIGIN);
  if (origin == layout.ORIGIN_INEXACT) return SELECTED_INEXACT;
  if (isRepeat(firstProgression, progression, nameCount, offset)) return SELECTED_REPEAT;
  let selected = SELECTED;
  for (let name: u32 = 0; name < nameCount; name++) {
    const atPtr = progressionPtr(progression + name);
    const value = load<i64>(atPtr, layout.PROGRESSION_FIRST)
      + <i64>offset * load<i64>(atPtr, layout.PROGRESSION_STEP);
    const field = load<u32>(ptr + ((<usize>name) << 2), layout.AXIS_FIELDS);
    if (!isInRange(field, value)) selected = SELECTED_OUT_OF_RANGE;
    set(field, <u64>value);
  }
  return selected;
}
