// The values of a column chunk as a vector in PARQUET_INPUT, or as runs. The type T is that of the
// values in the vector: u8, u32 or u64.

import { PARQUET_COUNTS_PTR, PARQUET_INPUT_PTR, PARQUET_VALIDITY_PTR } from "../../layout";

// @ts-ignore: decorator
@inline
function valuePtr<T>(i: u32): usize {
  return PARQUET_INPUT_PTR + <usize>i * sizeof<T>();
}

// @ts-ignore: decorator
@inline
function countPtr(run: u32): usize {
  return PARQUET_COUNTS_PTR + ((<usize>run) << 2);
}

/** The rows of a run of `mergeRuns` that have a value. */
export function runLength(run: u32): u32 {
  return load<u32>(countPtr(run));
}

/**
 * Removes the values of rows without a value from a vector of `rows` values. Returns how many
 * remain.
 */
export function keepPresent<T>(rows: u32): u32 {
  let ptr = PARQUET_INPUT_PTR;
  for (let row: u32 = 0; row < rows; row++) {
    store<T>(ptr, load<T>(valuePtr<T>(row)));
    ptr += <usize>load<u8>(PARQUET_VALIDITY_PTR + <usize>row) * sizeof<T>();
  }
  return <u32>(ptr - PARQUET_INPUT_PTR) / <u32>sizeof<T>();
}

/** How many of the `count` rows from `ptr` on in PARQUET_VALIDITY have a value. */
function presentIn(ptr: usize, count: u32): u32 {
  const endPtr = ptr + <usize>count;
  let present: u32 = 0;
  for (; ptr + 8 <= endPtr; ptr += 8) present += <u32>popcnt(load<u64>(ptr));
  for (; ptr < endPtr; ptr++) present += <u32>load<u8>(ptr);
  return present;
}

let presentOfRuns: u32 = 0;

/** The rows with a value in all runs that `mergeRuns` read. */
export function presentInRuns(): u32 {
  return presentOfRuns;
}

/** How many runs of the same value a vector of `count` values has. */
export function countRuns<T>(count: u32): u32 {
  if (count == 0) return 0;
  let runs: u32 = 1;
  let last = load<T>(PARQUET_INPUT_PTR);
  for (let i: u32 = 1; i < count; i++) {
    const value = load<T>(valuePtr<T>(i));
    runs += u32(value != last);
    last = value;
  }
  return runs;
}

/**
 * Makes runs of a vector of `count` values: the values of the runs in PARQUET_INPUT, their lengths
 * in PARQUET_COUNTS. Returns the number of runs.
 */
export function makeRuns<T>(count: u32): u32 {
  let runs: u32 = 0;
  let last: T = 0;
  for (let i: u32 = 0; i < count; i++) {
    const value = load<T>(valuePtr<T>(i));
    if (runs > 0 && value == last) {
      store<u32>(countPtr(runs - 1), runLength(runs - 1) + 1);
      continue;
    }
    store<T>(valuePtr<T>(runs), value);
    store<u32>(countPtr(runs), 1);
    last = value;
    runs++;
  }
  return runs;
}

/**
 * Joins neighbouring runs of the same value, and removes runs without a value. Returns the number
 * of runs that remain. Where the caller cut the runs does not change the result.
 *
 * The values of the runs become a vector; the run lengths remain in PARQUET_COUNTS.
 */
export function mergeRuns<T>(runs: u32, isOptional: bool): u32 {
  let merged: u32 = 0;
  let last: T = 0;
  let validityPtr = PARQUET_VALIDITY_PTR;
  presentOfRuns = 0;
  for (let run: u32 = 0; run < runs; run++) {
    const value = <T>load<u64>(valuePtr<u64>(run));
    const rows = runLength(run);
    const count = isOptional ? presentIn(validityPtr, rows) : rows;
    validityPtr += <usize>rows;
    if (count == 0) continue;
    presentOfRuns += count;
    if (merged > 0 && value == last) {
      store<u32>(countPtr(merged - 1), runLength(merged - 1) + count);
      continue;
    }
    store<T>(valuePtr<T>(merged), value);
    store<u32>(countPtr(merged), count);
    last = value;
    merged++;
  }
  return merged;
}

/**
 * Writes the value of each of the `merged` runs as often as it occurs. `present` is the sum of
 * their lengths. Begins with the last run, so that no value is overwritten before it is read.
 */
export function expandRuns<T>(merged: u32, present: u32): void {
  let endPtr = valuePtr<T>(present);
  for (let run = merged; run > 0; run--) {
    const value = load<T>(valuePtr<T>(run - 1));
    const startPtr = endPtr - <usize>runLength(run - 1) * sizeof<T>();
    if (sizeof<T>() == 1) {
      memory.fill(startPtr, <u8>value, endPtr - startPtr);
      endPtr = startPtr;
      continue;
    }
    while (endPtr > startPtr) {
      endPtr -= sizeof<T>();
      store<T>(endPtr, value);
    }
  }
}
