// The mixed-radix counter over the loops: index → positions once, then from layer to layer without a division.
//
// Loops stand outermost first, so the last turns fastest; level 0 before them is no loop and turns once. A loop sets the
// names that it turns by itself (its members) as it turns. A value is found by its run (see the image in layout.ts): evenly
// spaced values need no table, whatever their number. What depends on other axes is worked out by the plan's steps.

import { set } from "./layer";
import {
  FIELD_COUNT, IMAGE_FIELDS_PTR, IMAGE_LEVEL_BYTES, IMAGE_LEVELS_PTR, IMAGE_MEMBER_BYTES, IMAGE_MEMBERS_PTR, IMAGE_RUNS_PTR,
  LAYER_PTR, LEVEL_BYTES, LEVEL_END_MEMBER, LEVEL_FIRST_MEMBER, LEVEL_POSITION, LEVEL_SIZE, LEVEL_SUBTREE, LEVELS_PTR,
  MEMBER_BYTES, MEMBER_FIELD, MEMBER_FIRST_RUN, MEMBER_OFFSET, MEMBER_RUN, MEMBERS_PTR, RUN_BYTES, RUN_COUNT, RUN_FIRST,
  RUN_STRIDE,
} from "./layout";

/** How many levels there are: the loops, and level 0. */
let levelCount: u32 = 1;

function levelPtr(level: u32): usize {
  return LEVELS_PTR + <usize>level * LEVEL_BYTES;
}

function memberPtr(member: u32): usize {
  return MEMBERS_PTR + <usize>member * MEMBER_BYTES;
}

function runPtr(run: u32): usize {
  return IMAGE_RUNS_PTR + <usize>run * RUN_BYTES;
}

/** Sets the name of a member to the value at its run and offset. */
function showValue(ptr: usize): void {
  const atPtr = runPtr(load<u32>(ptr, MEMBER_RUN));
  set(load<u32>(ptr, MEMBER_FIELD), <u64>(load<i64>(atPtr, RUN_FIRST) + <i64>load<u32>(ptr, MEMBER_OFFSET) * load<i64>(atPtr, RUN_STRIDE)));
}

/** Turns a member to one of its positions. */
function showAt(ptr: usize, position: u32): void {
  let run = load<u32>(ptr, MEMBER_FIRST_RUN);
  for (;;) {
    const count = load<u32>(runPtr(run), RUN_COUNT);
    if (position < count) break;
    position -= count;
    run++;
  }
  store<u32>(ptr, run, MEMBER_RUN);
  store<u32>(ptr, position, MEMBER_OFFSET);
  showValue(ptr);
}

/** Turns a member to its first position. */
function showFirst(ptr: usize): void {
  store<u32>(ptr, load<u32>(ptr, MEMBER_FIRST_RUN), MEMBER_RUN);
  store<u32>(ptr, 0, MEMBER_OFFSET);
  showValue(ptr);
}

/** Turns a member on by one position; it has one more. */
// @ts-ignore: decorator
@inline
function showNext(ptr: usize): void {
  const run = load<u32>(ptr, MEMBER_RUN);
  let offset = load<u32>(ptr, MEMBER_OFFSET) + 1;
  if (offset == load<u32>(runPtr(run), RUN_COUNT)) {
    offset = 0;
    store<u32>(ptr, run + 1, MEMBER_RUN);
  }
  store<u32>(ptr, offset, MEMBER_OFFSET);
  showValue(ptr);
}

/** Turns a loop to one of its positions. */
function turnTo(ptr: usize, position: u32): void {
  store<u32>(ptr, position, LEVEL_POSITION);
  const end = load<u32>(ptr, LEVEL_END_MEMBER);
  for (let member = load<u32>(ptr, LEVEL_FIRST_MEMBER); member < end; member++) showAt(memberPtr(member), position);
}

/** Reads the loops from the image, each at its first position, and sets what has one value throughout. */
export function openLoops(levels: u32): void {
  levelCount = levels;
  memory.copy(LAYER_PTR, IMAGE_FIELDS_PTR, 8 * <usize>FIELD_COUNT);
  let subtree: u64 = 1;
  for (let level: i32 = levels - 1; level >= 0; level--) {
    const ptr = levelPtr(level);
    const fromPtr = IMAGE_LEVELS_PTR + IMAGE_LEVEL_BYTES * <usize>level;
    const size = load<u32>(fromPtr);
    const firstMember = load<u32>(fromPtr, 4);
    const endMember = firstMember + load<u32>(fromPtr, 8);
    store<u64>(ptr, subtree, LEVEL_SUBTREE);
    store<u32>(ptr, size, LEVEL_SIZE);
    store<u32>(ptr, firstMember, LEVEL_FIRST_MEMBER);
    store<u32>(ptr, endMember, LEVEL_END_MEMBER);
    for (let member = firstMember; member < endMember; member++) {
      const imagePtr = IMAGE_MEMBERS_PTR + IMAGE_MEMBER_BYTES * <usize>member;
      store<u32>(memberPtr(member), load<u32>(imagePtr), MEMBER_FIELD);
      store<u32>(memberPtr(member), load<u32>(imagePtr, 4), MEMBER_FIRST_RUN);
    }
    turnTo(ptr, 0);
    subtree *= size;
  }
}

/** Turns every loop to where it stands at a raw index. */
export function seek(index: u64): void {
  for (let level: u32 = 0; level < levelCount; level++) {
    const ptr = levelPtr(level);
    const subtree = load<u64>(ptr, LEVEL_SUBTREE);
    turnTo(ptr, <u32>(index / subtree));
    index %= subtree;
  }
}

/** The position at which a loop stands. */
export function positionOf(level: u32): u32 {
  return load<u32>(levelPtr(level), LEVEL_POSITION);
}

/** Raw indices from `index` to the end of the turn that the loop at `level` is in. */
export function restOfTurn(level: u32, index: u64): u64 {
  const subtree = load<u64>(levelPtr(level), LEVEL_SUBTREE);
  return subtree == 1 ? 1 : subtree - index % subtree;
}

/** Turns a loop on by one, unless it stands at its last position; then it returns false. */
// @ts-ignore: decorator
@inline
function turnOn(ptr: usize): bool {
  const position = load<u32>(ptr, LEVEL_POSITION) + 1;
  if (position == load<u32>(ptr, LEVEL_SIZE)) return false;
  store<u32>(ptr, position, LEVEL_POSITION);
  const end = load<u32>(ptr, LEVEL_END_MEMBER);
  for (let member = load<u32>(ptr, LEVEL_FIRST_MEMBER); member < end; member++) showNext(memberPtr(member));
  return true;
}

/** Turns a loop back to its first position. */
// @ts-ignore: decorator
@inline
function turnBack(ptr: usize): void {
  if (load<u32>(ptr, LEVEL_POSITION) == 0) return;
  store<u32>(ptr, 0, LEVEL_POSITION);
  const end = load<u32>(ptr, LEVEL_END_MEMBER);
  for (let member = load<u32>(ptr, LEVEL_FIRST_MEMBER); member < end; member++) showFirst(memberPtr(member));
}

/**
 * Goes on to the next turn of the loop at `level`, inside of which all loops are at their first positions, or nobody looks at them; at
 * its last it is turned back too, and the one around it goes on. Returns the outermost level that turned; behind the last layer comes the first again.
 */
// @ts-ignore: decorator
@inline
export function step(level: u32): u32 {
  let ptr = levelPtr(level);
  while (!turnOn(ptr)) {
    turnBack(ptr);
    if (level == 0) break;
    level--;
    ptr -= LEVEL_BYTES;
  }
  return level;
}

/** The same, with the loops inside turned back before. */
export function stepOver(level: u32): u32 {
  for (let inner = level + 1; inner < levelCount; inner++) turnBack(levelPtr(inner));
  return step(level);
}
