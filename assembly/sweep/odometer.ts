// The odometer: a mixed-radix counter over the nested loops of a plan. `seek` converts a raw index
// into loop positions with one division per loop; after that, moving from layer to layer takes no
// division.
//
// Loops are ordered outermost first, so the last one advances fastest. Level 0 precedes them; it is
// not a loop and has one position. As a loop advances, it sets its loop variables in the layer. The
// values of a variable are arithmetic progressions (see layout/image.ts). Evenly spaced
// values therefore need no table, however many there are. Names that depend on other axes are not
// loop variables: the steps of the plan compute them (sweep.ts).

import { set } from "../layers/layer";
import * as layout from "../layout";

/** Number of levels: the loops and level 0. */
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

/** Sets the field of a loop variable to the value at its progression and offset. */
function setField(ptr: usize): void {
  const atPtr = progressionPtr(load<u32>(ptr, layout.LOOP_VARIABLE_PROGRESSION));
  set(
    load<u32>(ptr, layout.LOOP_VARIABLE_FIELD),
    <u64>(
      load<i64>(atPtr, layout.PROGRESSION_FIRST)
      + <i64>load<u32>(ptr, layout.LOOP_VARIABLE_OFFSET)
        * load<i64>(atPtr, layout.PROGRESSION_STEP)
    ),
  );
}

/** Moves a loop variable to any of its positions. Takes one step for each progression before it. */
function moveVariable(ptr: usize, position: u32): void {
  let progression = load<u32>(ptr, layout.LOOP_VARIABLE_FIRST_PROGRESSION);
  for (;;) {
    const count = load<u32>(progressionPtr(progression), layout.PROGRESSION_COUNT);
    if (position < count) break;
    position -= count;
    progression++;
  }
  store<u32>(ptr, progression, layout.LOOP_VARIABLE_PROGRESSION);
  store<u32>(ptr, position, layout.LOOP_VARIABLE_OFFSET);
  setField(ptr);
}

/** Moves a loop variable to its first position. */
function resetVariable(ptr: usize): void {
  const first = load<u32>(ptr, layout.LOOP_VARIABLE_FIRST_PROGRESSION);
  store<u32>(ptr, first, layout.LOOP_VARIABLE_PROGRESSION);
  store<u32>(ptr, 0, layout.LOOP_VARIABLE_OFFSET);
  setField(ptr);
}

/** Moves a loop variable to its next position, which must exist. */
// @ts-ignore: decorator
@inline
function advanceVariable(ptr: usize): void {
  const progression = load<u32>(ptr, layout.LOOP_VARIABLE_PROGRESSION);
  let offset = load<u32>(ptr, layout.LOOP_VARIABLE_OFFSET) + 1;
  if (offset == load<u32>(progressionPtr(progression), layout.PROGRESSION_COUNT)) {
    offset = 0;
    store<u32>(ptr, progression + 1, layout.LOOP_VARIABLE_PROGRESSION);
  }
  store<u32>(ptr, offset, layout.LOOP_VARIABLE_OFFSET);
  setField(ptr);
}

/** Moves a loop to any of its positions. */
function moveTo(ptr: usize, position: u32): void {
  store<u32>(ptr, position, layout.LEVEL_POSITION);
  const end = load<u32>(ptr, layout.LEVEL_END_VARIABLE);
  for (let variable = load<u32>(ptr, layout.LEVEL_FIRST_VARIABLE); variable < end; variable++) {
    moveVariable(variablePtr(variable), position);
  }
}

/**
 * Reads `levels` levels from the image, level 0 included, and puts every loop at its first
 * position. Also copies the fields that have one value throughout the plan into the layer.
 */
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
      const imagePtr =
        layout.IMAGE_LOOP_VARIABLES_PTR + layout.IMAGE_LOOP_VARIABLE_BYTES * <usize>variable;
      const toPtr = variablePtr(variable);
      store<u32>(toPtr, load<u32>(imagePtr), layout.LOOP_VARIABLE_FIELD);
      store<u32>(toPtr, load<u32>(imagePtr, 4), layout.LOOP_VARIABLE_FIRST_PROGRESSION);
    }
    moveTo(ptr, 0);
    weight *= size;
  }
}

/**
 * Moves the loops at `fromLevel` and inside it to their positions at a raw index, which is relative
 * to that of their block.
 */
export function seek(fromLevel: u32, index: u64): void {
  for (let level = fromLevel; level < levelCount; level++) {
    const ptr = levelPtr(level);
    const weight = load<u64>(ptr, layout.LEVEL_WEIGHT);
    moveTo(ptr, <u32>(index / weight));
    index %= weight;
  }
}

/** The current position of the loop at `level`, from 0. */
export function positionOf(level: u32): u32 {
  return load<u32>(levelPtr(level), layout.LEVEL_POSITION);
}

/**
 * Number of raw indices from `index` to the end of its block, `index` included. A block is one
 * position of the loop at `level` with all positions of the loops inside it.
 */
export function remainingBlock(level: u32, index: u64): u64 {
  const weight = load<u64>(levelPtr(level), layout.LEVEL_WEIGHT);
  return weight == 1 ? 1 : weight - index % weight;
}

/** Advances a loop by one position without carry; returns false if it is at its last position. */
// @ts-ignore: decorator
@inline
function tryAdvance(ptr: usize): bool {
  const position = load<u32>(ptr, layout.LEVEL_POSITION) + 1;
  if (position == load<u32>(ptr, layout.LEVEL_SIZE)) return false;
  store<u32>(ptr, position, layout.LEVEL_POSITION);
  const end = load<u32>(ptr, layout.LEVEL_END_VARIABLE);
  for (let variable = load<u32>(ptr, layout.LEVEL_FIRST_VARIABLE); variable < end; variable++) {
    advanceVariable(variablePtr(variable));
  }
  return true;
}

/** Moves a loop to its first position. */
// @ts-ignore: decorator
@inline
function reset(ptr: usize): void {
  if (load<u32>(ptr, layout.LEVEL_POSITION) == 0) return;
  store<u32>(ptr, 0, layout.LEVEL_POSITION);
  const end = load<u32>(ptr, layout.LEVEL_END_VARIABLE);
  for (let variable = load<u32>(ptr, layout.LEVEL_FIRST_VARIABLE); variable < end; variable++) {
    resetVariable(variablePtr(variable));
  }
}

/**
 * Advances the loop at `level` by one position, with carry: a loop at its last position is reset,
 * and the loop around it advances. Precondition: all loops inside `level` are at position 0, or
 * their positions are not used. Returns the outermost level that changed. The last layer is
 * followed by the first; the level is 0 then.
 */
// @ts-ignore: decorator
@inline
export function advance(level: u32): u32 {
  let ptr = levelPtr(level);
  while (!tryAdvance(ptr)) {
    reset(ptr);
    if (level == 0) break;
    level--;
    ptr -= layout.LEVEL_BYTES;
  }
  return level;
}

/**
 * Skips the rest of the current block of the loop at `level`: `advance` from any inner position.
 */
export function skip(level: u32): u32 {
  for (let inner = level + 1; inner < levelCount; inner++) reset(levelPtr(inner));
  return advance(level);
}
