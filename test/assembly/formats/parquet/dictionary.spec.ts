import {
  PARQUET_DICTIONARY_PTR,
  PARQUET_INDICES_PTR,
  PARQUET_INPUT_PTR,
} from "../../../../assembly/layout";
import { buildDictionary } from "../../../../assembly/formats/parquet/dictionary";

function setValue(i: u32, value: u64): void {
  store<u64>(PARQUET_INPUT_PTR + ((<usize>i) << 3), value);
}

function index(i: u32): u32 {
  return load<u32>(PARQUET_INDICES_PTR + ((<usize>i) << 2));
}

/** Fills the input with `count` values, of which the first `distinct` differ. */
function fill(count: u32, distinct: u32): void {
  for (let i: u32 = 0; i < count; i++) setValue(i, 1000003 * <u64>(i % distinct));
}

describe("buildDictionary", () => {
  it("numbers values in the order of their first occurrence", () => {
    const values: StaticArray<u64> = [7, 0, 7, u64.MAX_VALUE, 0, 0, 7, 5];
    const indices: StaticArray<u32> = [0, 1, 0, 2, 1, 1, 0, 3];
    for (let i = 0; i < values.length; i++) setValue(i, values[i]);
    expect<u32>(buildDictionary<u64>(8, false)).toBe(4);
    for (let i = 0; i < indices.length; i++) expect<u32>(index(i)).toBe(indices[i]);
    expect<u64>(load<u64>(PARQUET_DICTIONARY_PTR)).toBe(7);
    expect<u64>(load<u64>(PARQUET_DICTIONARY_PTR + 8)).toBe(0);
    expect<u64>(load<u64>(PARQUET_DICTIONARY_PTR + 16)).toBe(u64.MAX_VALUE);
    expect<u64>(load<u64>(PARQUET_DICTIONARY_PTR + 24)).toBe(5);
  });

  it("takes values of 32 bits", () => {
    const values: StaticArray<u32> = [u32.MAX_VALUE, 1, u32.MAX_VALUE];
    for (let i = 0; i < 3; i++) store<u32>(PARQUET_INPUT_PTR + 4 * <usize>i, values[i]);
    expect<u32>(buildDictionary<u32>(3, false)).toBe(2);
    expect<u32>(load<u32>(PARQUET_DICTIONARY_PTR)).toBe(u32.MAX_VALUE);
    expect<u32>(load<u32>(PARQUET_DICTIONARY_PTR + 4)).toBe(1);
    expect<u32>(index(2)).toBe(0);
  });

  it("is given up with more than 1,024 distinct values among the first 4,096", () => {
    fill(5000, 1024);
    expect<u32>(buildDictionary<u64>(5000, false)).toBe(1024);
    fill(5000, 1025);
    expect<u32>(buildDictionary<u64>(5000, false)).toBe(0);
    // The value after the first 4,096 is the first that is not probed.
    fill(4096, 1024);
    setValue(4096, 1);
    expect<u32>(buildDictionary<u64>(4097, false)).toBe(1025);
    setValue(4095, 1);
    expect<u32>(buildDictionary<u64>(4097, false)).toBe(0);
  });

  it("is given up with more than 16,384 distinct values", () => {
    fill(4096, 1);
    for (let i: u32 = 1; i <= 16384; i++) setValue(4095 + i, i);
    expect<u32>(buildDictionary<u64>(4096 + 16383, false)).toBe(16384);
    for (let i: u32 = 0; i < 16383; i++) expect<u32>(index(4096 + i)).toBe(i + 1);
    expect<u32>(buildDictionary<u64>(4096 + 16384, false)).toBe(0);
  });

  it("does not probe runs", () => {
    fill(5000, 1025);
    expect<u32>(buildDictionary<u64>(5000, true)).toBe(1025);
  });

  it("does not depend on earlier dictionaries", () => {
    fill(5000, 1000);
    buildDictionary<u64>(5000, false);
    setValue(0, 1000003);
    setValue(1, 0);
    expect<u32>(buildDictionary<u64>(2, false)).toBe(2);
    expect<u32>(index(0)).toBe(0);
    expect<u64>(load<u64>(PARQUET_DICTIONARY_PTR)).toBe(1000003);
  });
});
