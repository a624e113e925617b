import {
  PARQUET_COUNTS_PTR,
  PARQUET_INPUT_PTR,
  PARQUET_VALIDITY_PTR,
} from "../../../../assembly/layout";
import {
  expandRuns,
  keepPresent,
  mergeRuns,
  presentInRuns,
  runLength,
} from "../../../../assembly/formats/parquet/vector";

function value<T>(i: u32): T {
  return load<T>(PARQUET_INPUT_PTR + <usize>i * sizeof<T>());
}

function setValidity(bytes: StaticArray<u8>): void {
  for (let i = 0; i < bytes.length; i++) store<u8>(PARQUET_VALIDITY_PTR + <usize>i, bytes[i]);
}

/** Writes runs as value, count, … */
function setRuns(runs: StaticArray<u64>): u32 {
  for (let i = 0; i < runs.length; i += 2) {
    store<u64>(PARQUET_INPUT_PTR + 4 * <usize>i, runs[i]);
    store<u32>(PARQUET_COUNTS_PTR + 2 * <usize>i, <u32>runs[i + 1]);
  }
  return <u32>runs.length / 2;
}

describe("keepPresent", () => {
  it("removes the values of rows without one, for each width", () => {
    const validity: StaticArray<u8> = [0, 1, 1, 0, 1];
    setValidity(validity);
    for (let i: usize = 0; i < 5; i++) store<u64>(PARQUET_INPUT_PTR + 8 * i, 10 + i);
    expect<u32>(keepPresent<u64>(5)).toBe(3);
    expect<u64>(value<u64>(0)).toBe(11);
    expect<u64>(value<u64>(1)).toBe(12);
    expect<u64>(value<u64>(2)).toBe(14);
    for (let i: usize = 0; i < 5; i++) store<u32>(PARQUET_INPUT_PTR + 4 * i, 20 + <u32>i);
    expect<u32>(keepPresent<u32>(5)).toBe(3);
    expect<u32>(value<u32>(2)).toBe(24);
    for (let i: usize = 0; i < 5; i++) store<u8>(PARQUET_INPUT_PTR + i, 30 + <u8>i);
    expect<u32>(keepPresent<u8>(5)).toBe(3);
    expect<u8>(value<u8>(0)).toBe(31);
    expect<u8>(value<u8>(2)).toBe(34);
  });
});

describe("mergeRuns", () => {
  it("joins equal neighbours, wherever they were cut, and removes empty runs", () => {
    expect<u32>(mergeRuns<u64>(setRuns([7, 2, 7, 3, 9, 0, 7, 1, 8, 4, 7, 1]), false)).toBe(3);
    expect<u32>(presentInRuns()).toBe(11);
    expect<u64>(value<u64>(0)).toBe(7);
    expect<u64>(value<u64>(1)).toBe(8);
    expect<u64>(value<u64>(2)).toBe(7);
    expect<u32>(runLength(0)).toBe(6);
    expect<u32>(runLength(1)).toBe(4);
    expect<u32>(runLength(2)).toBe(1);
  });

  it("keeps a first run of zeros", () => {
    expect<u32>(mergeRuns<u64>(setRuns([0, 5, 1, 1]), false)).toBe(2);
    expect<u64>(value<u64>(0)).toBe(0);
    expect<u32>(runLength(0)).toBe(5);
  });

  it("narrows values to the type of the vector", () => {
    expect<u32>(mergeRuns<u32>(setRuns([0xffffffffffffffff, 1, 5, 1, 6, 1]), false)).toBe(3);
    expect<u32>(value<u32>(0)).toBe(0xffffffff);
    expect<u32>(value<u32>(1)).toBe(5);
    expect<u32>(value<u32>(2)).toBe(6);
  });

  it("counts only rows with a value, and joins the runs around rows without one", () => {
    const validity: StaticArray<u8> = [1, 0, 0, 0, 0, 1, 1, 1, 1, 1, 1, 1, 1, 0, 1, 1];
    setValidity(validity);
    expect<u32>(mergeRuns<u64>(setRuns([4, 2, 5, 3, 4, 10, 6, 1]), true)).toBe(2);
    expect<u32>(presentInRuns()).toBe(11);
    expect<u64>(value<u64>(0)).toBe(4);
    expect<u32>(runLength(0)).toBe(10);
    expect<u64>(value<u64>(1)).toBe(6);
    expect<u32>(runLength(1)).toBe(1);
  });
});

describe("expandRuns", () => {
  it("repeats each value, for each width", () => {
    expandRuns<u64>(mergeRuns<u64>(setRuns([1, 1, 2, 1, 3, 3]), false), 5);
    for (let i: u32 = 0; i < 5; i++) expect<u64>(value<u64>(i)).toBe(min(i + 1, 3));
    expandRuns<u32>(mergeRuns<u32>(setRuns([1, 1, 2, 1, 3, 3]), false), 5);
    for (let i: u32 = 0; i < 5; i++) expect<u32>(value<u32>(i)).toBe(min(i + 1, 3));
    expandRuns<u8>(mergeRuns<u8>(setRuns([1, 2, 0, 1, 1, 3]), false), 6);
    expect<u64>(value<u64>(0) & 0xffffffffffff).toBe(0x010101000101);
  });
});
