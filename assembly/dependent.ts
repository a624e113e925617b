// Axes whose values depend on other axes: `kernel_size: [2 * stride, 3 * stride]`, `groups: divisors(in_channels)`.
//
// When the axes that it depends on have turned, such an axis is *filled*: its items are worked out into runs. Whenever its
// own loop turns, the value at the loop's position is *picked*. The loop has as many positions as the longest list could
// have; those past the end are no layers, and neither are values that have been there.

import { isInRange, set } from "./layer";
import * as layout from "./layout";
import { evaluate, requireDivisible } from "./program";
import { fatal, evalStatus } from "./signed";

/** The most values of a range. */
const COUNT_MAX: u64 = 2147483648;

/** What a position holds. */
export const SELECTED: u32 = 0;
export const SELECTED_END: u32 = 1;
export const SELECTED_REPEAT: u32 = 2;
export const SELECTED_INEXACT: u32 = 3;
export const SELECTED_OUT_OF_RANGE: u32 = 4;

function axisPtr(axis: u32): usize {
  return layout.IMAGE_AXES_PTR + <usize>axis * layout.AXIS_BYTES;
}

function progressionPtr(progression: u32): usize {
  return layout.IMAGE_PROGRESSIONS_PTR + <usize>progression * layout.PROGRESSION_BYTES;
}

/** The run behind the last that the axis being filled has, and the one that it must not reach. */
let nextProgression: u32 = 0;
let endProgression: u32 = 0;
/** How many positions its loop has left for the values to come. */
let positionsLeft: u64 = 0;

function addProgression(first: i64, stride: i64, count: u64, origin: u32): void {
  // The host has left room and positions for the longest list that there can be. Were it mistaken, a layer would be lost.
  if (nextProgression == endProgression || count > positionsLeft) unreachable();
  positionsLeft -= count;
  const ptr = progressionPtr(nextProgression++);
  store<i64>(ptr, first, layout.PROGRESSION_FIRST);
  store<i64>(ptr, stride, layout.PROGRESSION_STEP);
  store<u32>(ptr, <u32>count, layout.PROGRESSION_COUNT);
  store<u32>(ptr, origin, layout.PROGRESSION_ORIGIN);
}

/** Trial divisions that take as long as one look at a layer. */
const TRIALS_PER_VISIT: u32 = 10;

/** What the last `fill` has taken, in looks at layers: finding the divisors of a large number takes as long as thousands of them. */
export let expansionVisits: u32 = 0;

/** The divisors of n in ascending order: the small ones found upwards, then their partners downwards. */
function addDivisors(n: i64, origin: u32): void {
  if (requireDivisible(n) != n) return;
  let d: u32 = 1;
  const whole = <u32>n;
  // Upwards to the root of n, and downwards again.
  expansionVisits += 2 * <u32>sqrt<f64>(whole) / TRIALS_PER_VISIT;
  for (; <u64>d * d < <u64>whole; d++) if (whole % d == 0) addProgression(d, 1, 1, origin);
  if (d * d == whole) addProgression(d, 1, 1, origin);
  for (d--; d > 0; d--) if (whole % d == 0) addProgression(whole / d, 1, 1, origin);
}

/** Works out one item; trouble is left marked. */
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
    for (let power: i64 = 1; power <= last && power > 0; power <<= 1) if (power >= first) addProgression(power, 1, 1, origin);
    return;
  }
  assert(kind == layout.ITEM_RANGE);
  const step = evaluate(load<u32>(itemPtr, 12));
  if (evalStatus()) return;
  if (step < 1) {
    fatal();
  } else if (first <= last) {
    // The distance fits 64 bits without a sign; one more may not, so it is compared before.
    const steps = <u64>(last - first) / <u64>step;
    if (steps >= COUNT_MAX) fatal();
    else addProgression(first, step, steps + 1, origin);
  }
}

/** Works out one row of a joint axis: a run for each name. */
function addRow(itemPtr: usize, nameCount: u32): void {
  const origin = nextProgression;
  let isInexact = false;
  for (let name: u32 = 0; name < nameCount; name++, itemPtr += layout.ITEM_BYTES) {
    const value = evaluate(load<u32>(itemPtr, 4));
    if (evalStatus() == layout.EVAL_FATAL) return;
    if (evalStatus() == layout.EVAL_INEXACT) isInexact = true;
    addProgression(value, 1, 1, origin);
  }
  if (isInexact) store<u32>(progressionPtr(origin), layout.ORIGIN_INEXACT, layout.PROGRESSION_ORIGIN);
}

/** Works out the values of an axis. Returns false where one has no value at all. */
export function fill(axis: u32): bool {
  expansionVisits = 0;
  const ptr = axisPtr(axis);
  const nameCount = load<u32>(ptr, layout.AXIS_NAME_COUNT);
  let itemPtr = layout.IMAGE_ITEMS_PTR + <usize>load<u32>(ptr, layout.AXIS_FIRST_ITEM) * layout.ITEM_BYTES;
  const endPtr = itemPtr + <usize>load<u32>(ptr, layout.AXIS_ITEM_COUNT) * layout.ITEM_BYTES;
  nextProgression = load<u32>(ptr, layout.AXIS_FIRST_PROGRESSION);
  endProgression = nextProgression + load<u32>(ptr, layout.AXIS_PROGRESSION_CAPACITY);
  // A row of a joint axis takes a run for each name.
  positionsLeft = <u64>load<u32>(ptr, layout.AXIS_POSITIONS) * nameCount;
  for (; itemPtr < endPtr; itemPtr += <usize>nameCount * layout.ITEM_BYTES) {
    if (nameCount == 1) addItem(itemPtr);
    else addRow(itemPtr, nameCount);
    if (evalStatus() == layout.EVAL_FATAL) return false;
    if (nameCount == 1 && evalStatus() == layout.EVAL_INEXACT) addProgression(0, 1, 1, layout.ORIGIN_INEXACT);
  }
  // What is left of the room is marked as the end.
  if (nextProgression < endProgression) store<u32>(progressionPtr(nextProgression), 0, layout.PROGRESSION_COUNT);
  return true;
}

function holds(ptr: usize, value: i64): bool {
  const first = load<i64>(ptr, layout.PROGRESSION_FIRST);
  if (value < first) return false;
  const distance = <u64>(value - first);
  const stride = load<u64>(ptr, layout.PROGRESSION_STEP);
  return distance % stride == 0 && distance / stride < <u64>load<u32>(ptr, layout.PROGRESSION_COUNT);
}

/** Whether the row that begins at `progression`, at `offset` of its first, repeats one before it. */
function isRepeat(firstProgression: u32, progression: u32, nameCount: u32, offset: u32): bool {
  // The values of one item are all different.
  const origin = load<u32>(progressionPtr(progression), layout.PROGRESSION_ORIGIN);
  for (let earlier = firstProgression; earlier < origin; earlier += nameCount) {
    if (load<u32>(progressionPtr(earlier), layout.PROGRESSION_ORIGIN) == layout.ORIGIN_INEXACT) continue;
    let same = true;
    for (let name: u32 = 0; same && name < nameCount; name++) {
      const ptr = progressionPtr(progression + name);
      same = holds(progressionPtr(earlier + name), load<i64>(ptr, layout.PROGRESSION_FIRST) + <i64>offset * load<i64>(ptr, layout.PROGRESSION_STEP));
    }
    if (same) return true;
  }
  return false;
}

/** Sets the names of an axis to its values at a position. Returns PICKED, or what stands there instead. */
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
  if (load<u32>(progressionPtr(progression), layout.PROGRESSION_ORIGIN) == layout.ORIGIN_INEXACT) return SELECTED_INEXACT;
  if (isRepeat(firstProgression, progression, nameCount, offset)) return SELECTED_REPEAT;
  let selected = SELECTED;
  for (let name: u32 = 0; name < nameCount; name++) {
    const atPtr = progressionPtr(progression + name);
    const value = load<i64>(atPtr, layout.PROGRESSION_FIRST) + <i64>offset * load<i64>(atPtr, layout.PROGRESSION_STEP);
    const field = load<u32>(ptr + ((<usize>name) << 2), layout.AXIS_FIELDS);
    if (!isInRange(field, value)) selected = SELECTED_OUT_OF_RANGE;
    set(field, <u64>value);
  }
  return selected;
}
