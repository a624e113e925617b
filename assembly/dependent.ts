// Axes whose values depend on other axes: `kernel_size: [2 * stride, 3 * stride]`, `groups: divisors(in_channels)`.
//
// When the axes that it depends on have turned, such an axis is *filled*: its items are worked out into runs. Whenever its
// own loop turns, the value at the loop's position is *picked*. The loop has as many positions as the longest list could
// have; those past the end are no layers, and neither are values that have been there.

import { isInRange, set } from "./layer";
import {
  AXIS_BYTES, AXIS_FIELDS, AXIS_FIRST_ITEM, AXIS_FIRST_RUN, AXIS_ITEM_COUNT, AXIS_NAME_COUNT, AXIS_POSITIONS, AXIS_RUN_CAPACITY,
  IMAGE_AXES_PTR, IMAGE_ITEMS_PTR, IMAGE_RUNS_PTR, ITEM_BYTES, ITEM_DIVISORS, ITEM_POW2, ITEM_RANGE, ITEM_VALUE,
  ORIGIN_INEXACT, RUN_BYTES, RUN_COUNT, RUN_FIRST, RUN_ORIGIN, RUN_STRIDE,
  TROUBLE_FATAL, TROUBLE_INEXACT, TROUBLE_NONE,
} from "./layout";
import { divisible, run } from "./program";
import { fatal, troubleFound } from "./signed";

/** The most values of a range. */
const COUNT_MAX: u64 = 2147483648;

/** What a position holds. */
export const PICKED: u32 = 0;
export const PICKED_END: u32 = 1;
export const PICKED_REPEAT: u32 = 2;
export const PICKED_INEXACT: u32 = 3;
export const PICKED_OUT_OF_RANGE: u32 = 4;

function axisPtr(axis: u32): usize {
  return IMAGE_AXES_PTR + <usize>axis * AXIS_BYTES;
}

function runPtr(run: u32): usize {
  return IMAGE_RUNS_PTR + <usize>run * RUN_BYTES;
}

/** The run behind the last that the axis being filled has, and the one that it must not reach. */
let nextRun: u32 = 0;
let endRun: u32 = 0;
/** How many positions its loop has left for the values to come. */
let positionsLeft: u64 = 0;

function addRun(first: i64, stride: i64, count: u64, origin: u32): void {
  // The host has left room and positions for the longest list that there can be. Were it mistaken, a layer would be lost.
  if (nextRun == endRun || count > positionsLeft) unreachable();
  positionsLeft -= count;
  const ptr = runPtr(nextRun++);
  store<i64>(ptr, first, RUN_FIRST);
  store<i64>(ptr, stride, RUN_STRIDE);
  store<u32>(ptr, <u32>count, RUN_COUNT);
  store<u32>(ptr, origin, RUN_ORIGIN);
}

/** Trial divisions that take as long as one look at a layer. */
const TRIALS_PER_LOOK: u32 = 10;

/** What the last `fill` has taken, in looks at layers: finding the divisors of a large number takes as long as thousands of them. */
export let looksToFill: u32 = 0;

/** The divisors of n in ascending order: the small ones found upwards, then their partners downwards. */
function addDivisors(n: i64, origin: u32): void {
  if (divisible(n) != n) return;
  let d: u32 = 1;
  const whole = <u32>n;
  // Upwards to the root of n, and downwards again.
  looksToFill += 2 * <u32>sqrt<f64>(whole) / TRIALS_PER_LOOK;
  for (; <u64>d * d < <u64>whole; d++) if (whole % d == 0) addRun(d, 1, 1, origin);
  if (d * d == whole) addRun(d, 1, 1, origin);
  for (d--; d > 0; d--) if (whole % d == 0) addRun(whole / d, 1, 1, origin);
}

/** Works out one item; trouble is left marked. */
function addItem(itemPtr: usize): void {
  const origin = nextRun;
  const first = run(load<u32>(itemPtr, 4));
  if (troubleFound()) return;
  const kind = load<u32>(itemPtr);
  if (kind == ITEM_VALUE) return addRun(first, 1, 1, origin);
  if (kind == ITEM_DIVISORS) return addDivisors(first, origin);
  const last = run(load<u32>(itemPtr, 8));
  if (troubleFound()) return;
  if (kind == ITEM_POW2) {
    for (let power: i64 = 1; power <= last && power > 0; power <<= 1) if (power >= first) addRun(power, 1, 1, origin);
    return;
  }
  assert(kind == ITEM_RANGE);
  const step = run(load<u32>(itemPtr, 12));
  if (troubleFound()) return;
  if (step < 1) {
    fatal();
  } else if (first <= last) {
    // The distance fits 64 bits without a sign; one more may not, so it is compared before.
    const steps = <u64>(last - first) / <u64>step;
    if (steps >= COUNT_MAX) fatal();
    else addRun(first, step, steps + 1, origin);
  }
}

/** Works out one row of a joint axis: a run for each name. */
function addRow(itemPtr: usize, nameCount: u32): void {
  const origin = nextRun;
  let isInexact = false;
  for (let name: u32 = 0; name < nameCount; name++, itemPtr += ITEM_BYTES) {
    const value = run(load<u32>(itemPtr, 4));
    if (troubleFound() == TROUBLE_FATAL) return;
    if (troubleFound() == TROUBLE_INEXACT) isInexact = true;
    addRun(value, 1, 1, origin);
  }
  if (isInexact) store<u32>(runPtr(origin), ORIGIN_INEXACT, RUN_ORIGIN);
}

/** Works out the values of an axis. Returns false where one has no value at all. */
export function fill(axis: u32): bool {
  looksToFill = 0;
  const ptr = axisPtr(axis);
  const nameCount = load<u32>(ptr, AXIS_NAME_COUNT);
  let itemPtr = IMAGE_ITEMS_PTR + <usize>load<u32>(ptr, AXIS_FIRST_ITEM) * ITEM_BYTES;
  const endPtr = itemPtr + <usize>load<u32>(ptr, AXIS_ITEM_COUNT) * ITEM_BYTES;
  nextRun = load<u32>(ptr, AXIS_FIRST_RUN);
  endRun = nextRun + load<u32>(ptr, AXIS_RUN_CAPACITY);
  // A row of a joint axis takes a run for each name.
  positionsLeft = <u64>load<u32>(ptr, AXIS_POSITIONS) * nameCount;
  for (; itemPtr < endPtr; itemPtr += <usize>nameCount * ITEM_BYTES) {
    if (nameCount == 1) addItem(itemPtr);
    else addRow(itemPtr, nameCount);
    if (troubleFound() == TROUBLE_FATAL) return false;
    if (nameCount == 1 && troubleFound() == TROUBLE_INEXACT) addRun(0, 1, 1, ORIGIN_INEXACT);
  }
  // What is left of the room is marked as the end.
  if (nextRun < endRun) store<u32>(runPtr(nextRun), 0, RUN_COUNT);
  return true;
}

function holds(ptr: usize, value: i64): bool {
  const first = load<i64>(ptr, RUN_FIRST);
  if (value < first) return false;
  const distance = <u64>(value - first);
  const stride = load<u64>(ptr, RUN_STRIDE);
  return distance % stride == 0 && distance / stride < <u64>load<u32>(ptr, RUN_COUNT);
}

/** Whether the row that begins at `run`, at `offset` of its first, repeats one before it. */
function isRepeat(firstRun: u32, run: u32, nameCount: u32, offset: u32): bool {
  // The values of one item are all different.
  const origin = load<u32>(runPtr(run), RUN_ORIGIN);
  for (let earlier = firstRun; earlier < origin; earlier += nameCount) {
    if (load<u32>(runPtr(earlier), RUN_ORIGIN) == ORIGIN_INEXACT) continue;
    let same = true;
    for (let name: u32 = 0; same && name < nameCount; name++) {
      const ptr = runPtr(run + name);
      same = holds(runPtr(earlier + name), load<i64>(ptr, RUN_FIRST) + <i64>offset * load<i64>(ptr, RUN_STRIDE));
    }
    if (same) return true;
  }
  return false;
}

/** Sets the names of an axis to its values at a position. Returns PICKED, or what stands there instead. */
export function pick(axis: u32, position: u32): u32 {
  const ptr = axisPtr(axis);
  const nameCount = load<u32>(ptr, AXIS_NAME_COUNT);
  const firstRun = load<u32>(ptr, AXIS_FIRST_RUN);
  const end = firstRun + load<u32>(ptr, AXIS_RUN_CAPACITY);
  let offset = position;
  let run = firstRun;
  for (;;) {
    if (run == end) return PICKED_END;
    const count = load<u32>(runPtr(run), RUN_COUNT);
    if (count == 0) return PICKED_END;
    if (offset < count) break;
    offset -= count;
    run += nameCount;
  }
  if (load<u32>(runPtr(run), RUN_ORIGIN) == ORIGIN_INEXACT) return PICKED_INEXACT;
  if (isRepeat(firstRun, run, nameCount, offset)) return PICKED_REPEAT;
  let picked = PICKED;
  for (let name: u32 = 0; name < nameCount; name++) {
    const atPtr = runPtr(run + name);
    const value = load<i64>(atPtr, RUN_FIRST) + <i64>offset * load<i64>(atPtr, RUN_STRIDE);
    const field = load<u32>(ptr + ((<usize>name) << 2), AXIS_FIELDS);
    if (!isInRange(field, value)) picked = PICKED_OUT_OF_RANGE;
    set(field, <u64>value);
  }
  return picked;
}
