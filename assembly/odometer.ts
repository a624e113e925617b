// The mixed-radix counter over the axes: index → layer once, then from layer to layer without a division.
//
// The axes stand outermost first, so the last turns fastest. A value of an axis is found by its run (see the image in
// layout.ts): evenly spaced values need no table, whatever their number.

import { set } from "./layer";
import {
  AXES_PTR, AXIS_BYTES, AXIS_FIRST_RUN, AXIS_OFFSET, AXIS_PARAMETER, AXIS_POSITION, AXIS_RUN, AXIS_SIZE, AXIS_SUBTREE,
  IMAGE_AXES_PTR, IMAGE_RUNS_PTR, PARAMETER_COUNT,
} from "./layout";

const RUN_BYTES: usize = 12; // first, stride, count: u32 each

function axisPtr(level: u32): usize {
  return AXES_PTR + <usize>level * AXIS_BYTES;
}

function runPtr(run: u32): usize {
  return IMAGE_RUNS_PTR + <usize>run * RUN_BYTES;
}

/** Sets the parameter of an axis to the value at its run and offset. */
function showValue(ptr: usize): void {
  const atPtr = runPtr(load<u32>(ptr, AXIS_RUN));
  set(load<u32>(ptr, AXIS_PARAMETER), load<u32>(atPtr) + <u64>load<u32>(ptr, AXIS_OFFSET) * load<u32>(atPtr, 4));
}

/** Turns an axis to one of its positions. */
function turnTo(ptr: usize, position: u32): void {
  store<u32>(ptr, position, AXIS_POSITION);
  let run = load<u32>(ptr, AXIS_FIRST_RUN);
  for (;;) {
    const count = load<u32>(runPtr(run), 8);
    if (position < count) break;
    position -= count;
    run++;
  }
  store<u32>(ptr, run, AXIS_RUN);
  store<u32>(ptr, position, AXIS_OFFSET);
  showValue(ptr);
}

/** Reads the axes from the image, each at its first value. */
export function openAxes(): void {
  let subtree: u64 = 1;
  for (let level: i32 = PARAMETER_COUNT - 1; level >= 0; level--) {
    const ptr = axisPtr(level);
    const fromPtr = IMAGE_AXES_PTR + 12 * <usize>level;
    const size = load<u32>(fromPtr, 4);
    store<u64>(ptr, subtree, AXIS_SUBTREE);
    store<u32>(ptr, size, AXIS_SIZE);
    store<u32>(ptr, load<u32>(fromPtr), AXIS_PARAMETER);
    store<u32>(ptr, load<u32>(fromPtr, 8), AXIS_FIRST_RUN);
    turnTo(ptr, 0);
    subtree *= size;
  }
}

/** Turns every axis to where it stands at a raw index. */
export function seek(index: u64): void {
  for (let level: u32 = 0; level < PARAMETER_COUNT; level++) {
    const ptr = axisPtr(level);
    const subtree = load<u64>(ptr, AXIS_SUBTREE);
    turnTo(ptr, <u32>(index / subtree));
    index %= subtree;
  }
}

/** Raw indices from `index` to the end of the turn that the axis at `level` is in. */
export function restOfTurn(level: u32, index: u64): u64 {
  const subtree = load<u64>(axisPtr(level), AXIS_SUBTREE);
  return subtree - index % subtree;
}

/** Turns an axis on by one. Returns false, and turns it back to its first value, when it stood at its last. */
function turnOn(ptr: usize): bool {
  const position = load<u32>(ptr, AXIS_POSITION) + 1;
  if (position == load<u32>(ptr, AXIS_SIZE)) {
    if (position > 1) turnTo(ptr, 0);
    return false;
  }
  store<u32>(ptr, position, AXIS_POSITION);
  const run = load<u32>(ptr, AXIS_RUN);
  let offset = load<u32>(ptr, AXIS_OFFSET) + 1;
  if (offset == load<u32>(runPtr(run), 8)) {
    offset = 0;
    store<u32>(ptr, run + 1, AXIS_RUN);
  }
  store<u32>(ptr, offset, AXIS_OFFSET);
  showValue(ptr);
  return true;
}

/**
 * Goes on to the next turn of the axis at `level`: those inside it back to their first values, carrying outwards where it
 * is at its last. Returns the outermost level that turned; behind the last layer comes the first again.
 */
export function step(level: u32): u32 {
  for (let inner = level + 1; inner < PARAMETER_COUNT; inner++) {
    const ptr = axisPtr(inner);
    if (load<u32>(ptr, AXIS_POSITION)) turnTo(ptr, 0);
  }
  while (!turnOn(axisPtr(level)) && level > 0) level--;
  return level;
}
