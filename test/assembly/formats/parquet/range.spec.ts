import { PARQUET_DICTIONARY_PTR, PARQUET_INPUT_PTR } from "../../../../assembly/layout";
import {
  findRangeOfBooleans,
  findRangeOfDoubles,
  findRangeOfInt32,
  findRangeOfInt64,
  findRangeOfTexts,
  maximum,
  minimum,
} from "../../../../assembly/formats/parquet/range";
import { writeAscii } from "./support";

const PTR = PARQUET_INPUT_PTR;

function int32(values: StaticArray<u32>, isUnsigned: bool): void {
  memory.fill(PTR + 4 * <usize>values.length, 0x7f, 64);
  for (let i = 0; i < values.length; i++) store<u32>(PTR + 4 * <usize>i, values[i]);
  findRangeOfInt32(PTR, values.length, isUnsigned);
}

function int64(values: StaticArray<u64>, isUnsigned: bool): void {
  memory.fill(PTR + 8 * <usize>values.length, 0x7f, 64);
  for (let i = 0; i < values.length; i++) store<u64>(PTR + 8 * <usize>i, values[i]);
  findRangeOfInt64(PTR, values.length, isUnsigned);
}

function doubles(values: StaticArray<f64>): bool {
  memory.fill(PTR + 8 * <usize>values.length, 0x7f, 64);
  for (let i = 0; i < values.length; i++) store<f64>(PTR + 8 * <usize>i, values[i]);
  return findRangeOfDoubles(PTR, values.length);
}

function booleans(text: string): void {
  const count = writeAscii(PTR, text);
  for (let i: usize = 0; i < <usize>count; i++) store<u8>(PTR + i, load<u8>(PTR + i) & 1);
  findRangeOfBooleans(PTR, count);
}

describe("the range of booleans", () => {
  it("is that of the values only", () => {
    booleans("0");
    expect<u64>(minimum()).toBe(0);
    expect<u64>(maximum()).toBe(0);
    booleans("1".repeat(17));
    expect<u64>(minimum()).toBe(1);
    expect<u64>(maximum()).toBe(1);
    booleans("1".repeat(40) + "0");
    expect<u64>(minimum()).toBe(0);
    expect<u64>(maximum()).toBe(1);
    booleans("01");
    expect<u64>(minimum()).toBe(0);
    expect<u64>(maximum()).toBe(1);
  });
});

describe("the range of integers of 32 bits", () => {
  it("compares them with a sign, and extends it", () => {
    int32([5, 0x80000000, 0x7fffffff, 0xffffffff, 0], false);
    expect<u64>(minimum()).toBe(0xffffffff80000000);
    expect<u64>(maximum()).toBe(0x7fffffff);
    int32([0xffffffff], false);
    expect<u64>(maximum()).toBe(u64.MAX_VALUE);
  });

  it("compares them without a sign, and extends them with zeros", () => {
    int32([5, 0x80000000, 0x7fffffff, 0xffffffff, 7], true);
    expect<u64>(minimum()).toBe(5);
    expect<u64>(maximum()).toBe(0xffffffff);
    int32([0x80000000], true);
    expect<u64>(minimum()).toBe(0x80000000);
  });

  it("looks at every lane, and at no value after the last", () => {
    for (let count = 1; count <= 9; count++) {
      for (let at = 0; at < count; at++) {
        const values = new StaticArray<u32>(count);
        for (let i = 0; i < count; i++) values[i] = 100;
        values[at] = 7;
        int32(values, false);
        expect<u64>(minimum()).toBe(7);
        expect<u64>(maximum()).toBe(count == 1 ? 7 : 100);
        values[at] = 900;
        int32(values, true);
        expect<u64>(minimum()).toBe(count == 1 ? 900 : 100);
        expect<u64>(maximum()).toBe(900);
      }
    }
  });
});

describe("the range of integers of 64 bits", () => {
  it("compares them with a sign", () => {
    int64([5, 1 << 63, (1 << 63) - 1, u64.MAX_VALUE, 0], false);
    expect<u64>(minimum()).toBe(1 << 63);
    expect<u64>(maximum()).toBe((1 << 63) - 1);
  });

  it("compares them without a sign", () => {
    int64([1 << 63, (1 << 63) - 1, u64.MAX_VALUE], true);
    expect<u64>(minimum()).toBe((1 << 63) - 1);
    expect<u64>(maximum()).toBe(u64.MAX_VALUE);
  });

  it("looks at every lane, and at no value after the last", () => {
    for (let count = 1; count <= 5; count++) {
      for (let at = 0; at < count; at++) {
        const values = new StaticArray<u64>(count);
        for (let i = 0; i < count; i++) values[i] = 100;
        values[at] = 7;
        int64(values, true);
        expect<u64>(minimum()).toBe(7);
        values[at] = 900;
        int64(values, false);
        expect<u64>(maximum()).toBe(900);
      }
    }
  });
});

describe("the range of doubles", () => {
  it("is that of the values", () => {
    expect<bool>(doubles([1.5, -2.25, 3])).toBe(true);
    expect<f64>(reinterpret<f64>(minimum())).toBe(-2.25);
    expect<f64>(reinterpret<f64>(maximum())).toBe(3);
    expect<bool>(doubles([Infinity, -Infinity])).toBe(true);
    expect<f64>(reinterpret<f64>(minimum())).toBe(-Infinity);
    expect<f64>(reinterpret<f64>(maximum())).toBe(Infinity);
    expect<bool>(doubles([Infinity])).toBe(true);
    expect<f64>(reinterpret<f64>(minimum())).toBe(Infinity);
  });

  it("ignores NaN, wherever it is", () => {
    expect<bool>(doubles([NaN, 4, NaN, 2, NaN])).toBe(true);
    expect<f64>(reinterpret<f64>(minimum())).toBe(2);
    expect<f64>(reinterpret<f64>(maximum())).toBe(4);
  });

  it("does not exist if all are NaN", () => {
    expect<bool>(doubles([NaN])).toBe(false);
    expect<bool>(doubles([NaN, NaN, NaN])).toBe(false);
  });

  it("begins at -0 or ends at +0, whichever zero is the value", () => {
    expect<bool>(doubles([0, 1])).toBe(true);
    expect<u64>(minimum()).toBe(1 << 63);
    expect<bool>(doubles([-0.0, -1])).toBe(true);
    expect<u64>(maximum()).toBe(0);
    expect<bool>(doubles([-0.0])).toBe(true);
    expect<u64>(minimum()).toBe(1 << 63);
    expect<u64>(maximum()).toBe(0);
  });
});

describe("the range of texts", () => {
  it("compares unsigned bytes, then lengths, and gives the places in the dictionary", () => {
    // "b", "a", "", "ab", "\xc3\xa4" (ä), "a"
    let ptr = PARQUET_DICTIONARY_PTR;
    const texts: StaticArray<string> = ["b", "a", "", "ab", "\xc3\xa4", "a"];
    for (let i = 0; i < texts.length; i++) {
      store<u32>(ptr, texts[i].length);
      ptr += 4 + <usize>writeAscii(ptr + 4, texts[i]);
    }
    findRangeOfTexts(6);
    expect<u64>(minimum()).toBe(10);
    expect<u64>(maximum()).toBe(20);
    findRangeOfTexts(2);
    expect<u64>(minimum()).toBe(5);
    expect<u64>(maximum()).toBe(0);
    findRangeOfTexts(1);
    expect<u64>(minimum()).toBe(0);
    expect<u64>(maximum()).toBe(0);
  });
});
