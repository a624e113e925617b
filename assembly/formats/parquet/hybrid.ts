// The hybrid of run-length encoding and bit-packing, for the numbers of a dictionary (Apache
// Parquet encodings, "Run Length Encoding / Bit-Packing Hybrid"). Eight equal numbers or more are a
// run: a header and the number. Others are packed in groups of eight: a header for all groups in
// sequence, then the bits of each number, the lowest first.
//
// Addresses are those of numbers in memory, each a u32.

import { writeVarint } from "./varint";

/** Numbers in a group, and their bytes in memory. */
const GROUP: u32 = 8;
const GROUP_BYTES: usize = 4 * <usize>GROUP;

/** The bits that the numbers below `count` need: 1 to 17. Readers know no width of 0 bits well. */
export function bitWidth(count: u32): u32 {
  return count <= 2 ? 1 : 32 - clz(count - 1);
}

/**
 * Writes a run of a number, of any length from 1 on, and returns the address after it. May
 * overwrite three bytes more.
 */
// @ts-ignore: decorator
@inline
export function writeRun(outPtr: usize, value: u32, length: u32, width: u32): usize {
  outPtr = writeVarint(outPtr, length << 1);
  store<u32>(outPtr, value);
  return outPtr + ((<usize>width + 7) >> 3);
}

/** Whether the eight numbers at `ptr` equal that in each lane of a vector. */
// @ts-ignore: decorator
@inline
function areAll(ptr: usize, lanes: v128): bool {
  return i32x4.all_true(
    v128.and(i32x4.eq(v128.load(ptr), lanes), i32x4.eq(v128.load(ptr, 16), lanes)),
  );
}

/** Whether eight equal numbers begin at `ptr`. */
// @ts-ignore: decorator
@inline
function beginsRun(ptr: usize, endPtr: usize): bool {
  return ptr + GROUP_BYTES <= endPtr && areAll(ptr, i32x4.splat(load<i32>(ptr)));
}

/** The address after the numbers from `ptr` on that equal the first. */
function runEnd(ptr: usize, endPtr: usize): usize {
  const value = load<i32>(ptr);
  const lanes = i32x4.splat(value);
  while (ptr + GROUP_BYTES <= endPtr && areAll(ptr, lanes)) ptr += GROUP_BYTES;
  while (ptr < endPtr && load<i32>(ptr) == value) ptr += 4;
  return ptr;
}

/**
 * Packs complete groups of numbers with `width` bits each, and returns the address after them. May
 * overwrite seven bytes more.
 *
 * Two numbers together have at most 34 bits. Each pair is written as a word, which begins at the
 * last byte boundary before its bits, with the bits of the pair before that are there.
 */
function packGroups(outPtr: usize, ptr: usize, endPtr: usize, width: u32): usize {
  const shift = <u64>width;
  const second = <usize>(2 * width) >> 3;
  const third = <usize>(4 * width) >> 3;
  const fourth = <usize>(6 * width) >> 3;
  const toSecond = <u64>second << 3;
  const toThird = <u64>(third - second) << 3;
  const toFourth = <u64>(fourth - third) << 3;
  const inSecond = <u64>((2 * width) & 7);
  const inThird = <u64>((4 * width) & 7);
  const inFourth = <u64>((6 * width) & 7);
  for (; ptr < endPtr; ptr += GROUP_BYTES) {
    let bits = <u64>load<u32>(ptr) | (<u64>load<u32>(ptr, 4) << shift);
    store<u64>(outPtr, bits);
    const pair1 = <u64>load<u32>(ptr, 8) | (<u64>load<u32>(ptr, 12) << shift);
    bits = (bits >> toSecond) | (pair1 << inSecond);
    store<u64>(outPtr + second, bits);
    const pair2 = <u64>load<u32>(ptr, 16) | (<u64>load<u32>(ptr, 20) << shift);
    bits = (bits >> toThird) | (pair2 << inThird);
    store<u64>(outPtr + third, bits);
    const pair3 = <u64>load<u32>(ptr, 24) | (<u64>load<u32>(ptr, 28) << shift);
    bits = (bits >> toFourth) | (pair3 << inFourth);
    store<u64>(outPtr + fourth, bits);
    outPtr += <usize>width;
  }
  return outPtr;
}

/**
 * Encodes `count` numbers below 2^`width`, where `width` is 1 to 17. Returns the address after
 * them. Fills the last group with zeros: overwrites up to seven numbers at the end of the input,
 * and up to seven bytes after the result.
 */
export function writeHybrid(outPtr: usize, ptr: usize, count: u32, width: u32): usize {
  const endPtr = ptr + ((<usize>count) << 2);
  memory.fill(endPtr, 0, GROUP_BYTES - 4);
  while (ptr < endPtr) {
    const startPtr = ptr;
    if (beginsRun(ptr, endPtr)) {
      ptr = runEnd(ptr, endPtr);
      outPtr = writeRun(outPtr, load<u32>(startPtr), <u32>(ptr - startPtr) >> 2, width);
    } else {
      do ptr += GROUP_BYTES; while (ptr < endPtr && !beginsRun(ptr, endPtr));
      const groups = <u32>(ptr - startPtr) / <u32>GROUP_BYTES;
      outPtr = writeVarint(outPtr, (groups << 1) | 1);
      outPtr = packGroups(outPtr, startPtr, ptr, width);
    }
  }
  return outPtr;
}
