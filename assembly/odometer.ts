// The mixed-radix counter over the loops: index → positions once, then from layer to layer without a division.
//
// Loops stand outermost first, so the last turns fastest; level 0 before them is no loop and turns once. A loop sets the
// names that it turns by itself (its members) as it turns. A value is found by its run (see the image in layout.ts): evenly
// spaced values need no table, whatever their number. What depends on other axes is worked out by the plan's steps.

import { set } from "./layer";
import * as layout from "./layout";

/** How many levels there are: the loops, and level 0. */
let levelCount: u32 = 1;

function levelPtr(level: u32): usize {
  return layout.LEVELS_PTR + <usize>level * layout.LEVEL_BYTES;
}

function variablePtr(variable: u32): usize {
  return layout.LOOP_VARIABLES_PTR + <usize>variable * layout.LOOP_VARIABLE_BYTES;
}

function progressionPtr(progression: u32): usize {
  return layout.IMAGE_PROGRESSIONS_PTR + <usize>progression * layout.PROGRESSION_BYTES;
}

/** Sets the name of a member to the value at its run and offset. */
function showValue(ptr: usize): void {
  const atPtr = progressionPtr(load<u32>(ptr, layout.LOOP_VARIABLE_PROGRESSION));
  set(load<u32>(ptr, layout.LOOP_VARIABLE_FIELD), <u64>(load<i64>(atPtr, layout.PROGRESSION_FIRST) + <i64>load<u32>(ptr, layout.LOOP_VARIABLE_OFFSET) * load<i64>(atPtr, layout.PROGRESSION_STEP)));
}

/** Turns a member to one of its positions. */
function showAt(ptr: usize, position: u32): void {
  let progression = load<u32>(ptr, layout.LOOP_VARIABLE_FIRST_PROGRESSION);
  for (;;) {
    const count = load<u32>(progressionPtr(progression), layout.PROGRESSION_COUNT);
    if (position < count) break;
    position -= count;
    progression++;
  }
  store<u32>(ptr, progression, layout.LOOP_VARIABLE_PROGRESSION);
  store<u32>(ptr, position, layout.LOOP_VARIABLE_OFFSET);
  showValue(ptr);
}

/** Turns a member to its first position. */
function showFirst(ptr: usize): void {
  store<u32>(ptr, load<u32>(ptr, layout.LOOP_VARIABLE_FIRST_PROGRESSION), layout.LOOP_VARIABLE_PROGRESSION);
  store<u32>(ptr, 0, layout.LOOP_VARIABLE_OFFSET);
  showValue(ptr);
}

/** Turns a member on by one position; it has one more. */
// @ts-ignore: decorator
@inline
function showNext(ptr: usize): void {
  const progression = load<u32>(ptr, layout.LOOP_VARIABLE_PROGRESSION);
  let offset = load<u32>(ptr, layout.LOOP_VARIABLE_OFFSET) + 1;
  if (offset == load<u32>(progressionPtr(progression), layout.PROGRESSION_COUNT)) {
    offset = 0;
    store<u32>(ptr, progression + 1, layout.LOOP_VARIABLE_PROGRESSION);
  }
  store<u32>(ptr, offset, layout.LOOP_VARIABLE_OFFSET);
  showValue(ptr);
}

/** Turns a loop to one of its positions. */
function advanceTo(ptr: usize, position: u32): void {
  store<u32>(ptr, position, layout.LEVEL_POSITION);
  const end = load<u32>(ptr, layout.LEVEL_END_VARIABLE);
  for (let variable = load<u32>(ptr, layout.LEVEL_FIRST_VARIABLE); variable < end; variable++) showAt(variablePtr(variable), position);
}

/** Reads the loops from the image, each at its first position, and sets what has one value throughout. */
export function openLoops(levels: u32): void {
  levelCount = levels;
  memory.copy(layout.LAYER_PTR, layout.IMAGE_FIELDS_PTR, 8 * <usize>layout.FIELD_COUNT);
  let weight: u64 = 1;
  for (let level: i32 = levels - 1; level >= 0; level--) {
    const ptr = levelPtr(level);
    const fromPtr = layout.IMAGE_LEVELS_PTR + layout.IMAGE_LEVEL_BYTES * <usize>level;
    const size = load<u32>(fromPtr);
    const firstVariable = load<u32>(fromPtr, 4);
    const endVariable = firstVariable + load<u32>(fromPtr, 8);
    store<u64>(ptr, weight, layout.LEVEL_WEIGHT);
    store<u32>(ptr, size, layout.LEVEL_SIZE);
    store<u32>(ptr, firstVariable, layout.LEVEL_FIRST_VARIABLE);
    store<u32>(ptr, endVariable, layout.LEVEL_END_VARIABLE);
    for (let variable = firstVariable; variable < endVariable; variable++) {
      const imagePtr = layout.IMAGE_LOOP_VARIABLES_PTR + layout.IMAGE_LOOP_VARIABLE_BYTES * <usize>variable;
      store<u32>(variablePtr(variable), load<u32>(imagePtr), layout.LOOP_VARIABLE_FIELD);
      store<u32>(variablePtr(variable), load<u32>(imagePtr, 4), layout.LOOP_VARIABLE_FIRST_PROGRESSION);
    }
    advanceTo(ptr, 0);
    weight *= size;
  }
}

/** Turns every loop to where it stands at a raw index. */
export function seek(index: u64): void {
  for (let level: u32 = 0; level < levelCount; level++) {
    const ptr = levelPtr(level);
    const weight = load<u64>(ptr, layout.LEVEL_WEIGHT);
    advanceTo(ptr, <u32>(index / weight));
    index %= weight;
  }
}

/** The position at which a loop stands. */
export function positionOf(level: u32): u32 {
  return load<u32>(levelPtr(level), layout.LEVEL_POSITION);
}

/** Raw indices from `index` to the end of the turn that the loop at `level` is in. */
export function remainingBlock(level: u32, index: u64): u64 {
  const weight = load<u64>(levelPtr(level), layout.LEVEL_WEIGHT);
  return weight == 1 ? 1 : weight - index % weight;
}

/** Turns a loop on by one, unless it stands at its last position; then it returns false. */
// @ts-ignore: decorator
@inline
function advance(ptr: usize): bool {
  const position = load<u32>(ptr, layout.LEVEL_POSITION) + 1;
  if (position == load<u32>(ptr, layout.LEVEL_SIZE)) return false;
  store<u32>(ptr, position, layout.LEVEL_POSITION);
  const end = load<u32>(ptr, layout.LEVEL_END_VARIABLE);
  for (let variable = load<u32>(ptr, layout.LEVEL_FIRST_VARIABLE); variable < end; variable++) showNext(variablePtr(variable));
  return true;
}

/** Turns a loop back to its first position. */
// @ts-ignore: decorator
@inline
function reset(ptr: usize): void {
  if (load<u32>(ptr, layout.LEVEL_POSITION) == 0) return;
  store<u32>(ptr, 0, layout.LEVEL_POSITION);
  const end = load<u32>(ptr, layout.LEVEL_END_VARIABLE);
  for (let variable = load<u32>(ptr, layout.LEVEL_FIRST_VARIABLE); variable < end; variable++) showFirst(variablePtr(variable));
}

/**
 * Goes on to the next turn of the loop at `level`, inside of which all loops are at their first positions, or nobody looks at them; at
 * its last it is turned back too, and the one around it goes on. Returns the outermost level that turned; behind the last layer comes the first again.
 */
// @ts-ignore: decorator
@inline
export function step(level: u32): u32 {
  let ptr = levelPtr(level);
  while (!advance(ptr)) {
    reset(ptr);
    if (level == 0) break;
    level--;
    ptr -= layout.LEVEL_BYTES;
  }
  return level;
}

/** The same, with the loops inside turned back before. */
export function skip(level: u32): u32 {
  for (let inner = level + 1; inner < levelCount; inner++) reset(levelPtr(inner));
  return step(level);
}
