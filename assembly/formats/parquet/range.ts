// The minimum and maximum of the values of a column chunk, for its statistics (parquet.thrift:
// Statistics and ColumnOrder).

import { PARQUET_DICTIONARY_PTR } from "../../layout";

let lowest: u64 = 0;
let highest: u64 = 0;

/** The minimum that was found last, in the form that layout/parquet.ts describes. */
export function minimum(): u64 {
  return lowest;
}

/** The maximum that was found last. */
export function maximum(): u64 {
  return highest;
}

// The loops take vectors of 16 bytes. The bytes after the values are overwritten with the first
// value, which changes neither minimum nor maximum.

/** Finds the range of `count` bytes of 0 or 1, at least one. */
export function findRangeOfBooleans(ptr: usize, count: u32): void {
  const endPtr = ptr + <usize>count;
  let low = i8x16.splat(load<i8>(ptr));
  let high = low;
  v128.store(endPtr, low);
  for (; ptr < endPtr; ptr += 16) {
    low = v128.and(low, v128.load(ptr));
    high = v128.or(high, v128.load(ptr));
  }
  lowest = u64(i8x16.all_true(low));
  highest = u64(v128.any_true(high));
}

// Vectors compare signed integers best. Unsigned ones have their upper bit changed before and
// after, which keeps their order.

/** Finds the range of `count` integers of 32 bits, at least one, and extends it to 64 bits. */
export function findRangeOfInt32(ptr: usize, count: u32, isUnsigned: bool): void {
  const endPtr = ptr + ((<usize>count) << 2);
  const bias = isUnsigned ? i32.MIN_VALUE : 0;
  const biases = i32x4.splat(bias);
  v128.store(endPtr, i32x4.splat(load<i32>(ptr)));
  let low = i32x4.splat(load<i32>(ptr) ^ bias);
  let high = low;
  for (; ptr < endPtr; ptr += 16) {
    const values = v128.xor(v128.load(ptr), biases);
    low = i32x4.min_s(low, values);
    high = i32x4.max_s(high, values);
  }
  const least = min(
    min(i32x4.extract_lane(low, 0), i32x4.extract_lane(low, 1)),
    min(i32x4.extract_lane(low, 2), i32x4.extract_lane(low, 3)),
  );
  const most = max(
    max(i32x4.extract_lane(high, 0), i32x4.extract_lane(high, 1)),
    max(i32x4.extract_lane(high, 2), i32x4.extract_lane(high, 3)),
  );
  lowest = isUnsigned ? <u64><u32>(least ^ bias) : <u64><i64>least;
  highest = isUnsigned ? <u64><u32>(most ^ bias) : <u64><i64>most;
}

/** Finds the range of `count` integers of 64 bits, at least one. */
export function findRangeOfInt64(ptr: usize, count: u32, isUnsigned: bool): void {
  const endPtr = ptr + ((<usize>count) << 3);
  const bias: u64 = isUnsigned ? 1 << 63 : 0;
  const biases = i64x2.splat(<i64>bias);
  v128.store(endPtr, i64x2.splat(load<i64>(ptr)));
  let low = v128.xor(i64x2.splat(load<i64>(ptr)), biases);
  let high = low;
  for (; ptr < endPtr; ptr += 16) {
    const values = v128.xor(v128.load(ptr), biases);
    low = v128.bitselect(values, low, i64x2.gt_s(low, values));
    high = v128.bitselect(values, high, i64x2.gt_s(values, high));
  }
  lowest = <u64>min(i64x2.extract_lane(low, 0), i64x2.extract_lane(low, 1)) ^ bias;
  highest = <u64>max(i64x2.extract_lane(high, 0), i64x2.extract_lane(high, 1)) ^ bias;
}

/**
 * Finds the range of `count` doubles, at least one. NaN is not part of it. A minimum of 0 is -0,
 * and a maximum of 0 is +0, because readers may compare the two as equal or not. Returns false if
 * all are NaN (parquet.thrift, ColumnOrder.TYPE_ORDER).
 */
export function findRangeOfDoubles(ptr: usize, count: u32): bool {
  const endPtr = ptr + ((<usize>count) << 3);
  v128.store(endPtr, f64x2.splat(load<f64>(ptr)));
  let low = f64x2.splat(Infinity);
  let high = f64x2.splat(-Infinity);
  for (; ptr < endPtr; ptr += 16) {
    const values = v128.load(ptr);
    // The first operand is the result if the second is NaN.
    low = f64x2.pmin(low, values);
    high = f64x2.pmax(high, values);
  }
  const least = min(f64x2.extract_lane(low, 0), f64x2.extract_lane(low, 1));
  const most = max(f64x2.extract_lane(high, 0), f64x2.extract_lane(high, 1));
  lowest = reinterpret<u64>(least == 0 ? -0.0 : least);
  highest = reinterpret<u64>(most == 0 ? 0.0 : most);
  return least <= most;
}

/** Whether the text at `a` sorts before that at `b`, by unsigned bytes. */
function isBefore(a: usize, b: usize): bool {
  const lengthA = load<u32>(a), lengthB = load<u32>(b);
  const order = memory.compare(a + 4, b + 4, <usize>min(lengthA, lengthB));
  return order != 0 ? order < 0 : lengthA < lengthB;
}

/** Finds the range of the `count` texts of PARQUET_DICTIONARY, at least one. */
export function findRangeOfTexts(count: u32): void {
  let ptr = PARQUET_DICTIONARY_PTR;
  let leastPtr = ptr, mostPtr = ptr;
  for (let i: u32 = 0; i < count; i++) {
    if (isBefore(ptr, leastPtr)) leastPtr = ptr;
    if (isBefore(mostPtr, ptr)) mostPtr = ptr;
    ptr += 4 + <usize>load<u32>(ptr);
  }
  lowest = <u64>(leastPtr - PARQUET_DICTIONARY_PTR);
  highest = <u64>(mostPtr - PARQUET_DICTIONARY_PTR);
}
