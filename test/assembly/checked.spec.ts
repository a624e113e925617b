import { add, clearOverflow, hasOverflowed, multiply, gcd } from "../../assembly/checked";

const MAX: u64 = 18446744073709551615;
const TWO_32: u64 = 4294967296;

/** Whether a sum sets the overflow flag. */
function sumOverflows(a: u64, b: u64): bool {
  clearOverflow();
  add(a, b);
  return hasOverflowed();
}

/** Whether a product sets the overflow flag. */
function productOverflows(a: u64, b: u64): bool {
  clearOverflow();
  multiply(a, b);
  return hasOverflowed();
}

describe("add", () => {
  it("adds up to 2^64 - 1 without an overflow", () => {
    expect<u64>(add(MAX - 1, 1)).toBe(MAX);
    expect<u64>(add(0, MAX)).toBe(MAX);
    expect<u64>(add(9223372036854775807, 9223372036854775808)).toBe(MAX);
    expect<bool>(sumOverflows(MAX - 1, 1)).toBe(false);
    expect<bool>(sumOverflows(MAX, 0)).toBe(false);
    expect<bool>(sumOverflows(0, MAX)).toBe(false);
    expect<bool>(sumOverflows(9223372036854775807, 9223372036854775808)).toBe(false);
  });

  it("flags a sum above 2^64 - 1", () => {
    expect<bool>(sumOverflows(MAX, 1)).toBe(true);
    expect<bool>(sumOverflows(1, MAX)).toBe(true);
    expect<bool>(sumOverflows(MAX, MAX)).toBe(true);
    expect<bool>(sumOverflows(9223372036854775808, 9223372036854775808)).toBe(true);
  });
});

describe("multiply", () => {
  it("multiplies up to 2^64 - 1 without an overflow", () => {
    // 2^64 - 1 = 3 · 5 · 17 · 257 · 641 · 65537 · 6700417
    expect<u64>(multiply(3, 6148914691236517205)).toBe(MAX);
    expect<u64>(multiply(4294967297, 4294967295)).toBe(MAX);
    expect<bool>(productOverflows(3, 6148914691236517205)).toBe(false);
    expect<bool>(productOverflows(6148914691236517205, 3)).toBe(false);
    expect<bool>(productOverflows(4294967297, 4294967295)).toBe(false);
    expect<bool>(productOverflows(1, MAX)).toBe(false);
    expect<bool>(productOverflows(MAX, 1)).toBe(false);
  });

  it("flags a product above 2^64 - 1", () => {
    expect<bool>(productOverflows(2, 9223372036854775808)).toBe(true); // 2^64 exactly
    expect<bool>(productOverflows(3, 6148914691236517206)).toBe(true);
    expect<bool>(productOverflows(6148914691236517206, 3)).toBe(true);
    expect<bool>(productOverflows(4294967297, 4294967296)).toBe(true);
    expect<bool>(productOverflows(MAX, 2)).toBe(true);
    expect<bool>(productOverflows(MAX, MAX)).toBe(true);
  });

  it("is exact for factors near 2^32", () => {
    expect<u64>(multiply(TWO_32 - 1, TWO_32 - 1)).toBe(18446744065119617025);
    expect<u64>(multiply(TWO_32, TWO_32 - 1)).toBe(18446744069414584320);
    expect<bool>(productOverflows(TWO_32 - 1, TWO_32 - 1)).toBe(false);
    expect<bool>(productOverflows(TWO_32, TWO_32 - 1)).toBe(false);
    expect<bool>(productOverflows(TWO_32 - 1, TWO_32)).toBe(false);
    expect<bool>(productOverflows(TWO_32, TWO_32)).toBe(true);
    expect<bool>(productOverflows(TWO_32 + 1, TWO_32)).toBe(true);
  });

  it("returns 0 for a factor of 0 and any other factor", () => {
    expect<u64>(multiply(0, MAX)).toBe(0);
    expect<u64>(multiply(MAX, 0)).toBe(0);
    expect<u64>(multiply(0, 0)).toBe(0);
    expect<bool>(productOverflows(0, MAX)).toBe(false);
    expect<bool>(productOverflows(MAX, 0)).toBe(false);
    expect<bool>(productOverflows(0, TWO_32)).toBe(false);
  });
});

describe("the overflow flag", () => {
  it("stays set after results that fit, until it is cleared", () => {
    clearOverflow();
    multiply(MAX, 2);
    add(1, 1);
    multiply(2, 2);
    expect<bool>(hasOverflowed()).toBe(true);
    clearOverflow();
    expect<bool>(hasOverflowed()).toBe(false);
  });

  it("stays clear after many results that fit", () => {
    clearOverflow();
    for (let i: u64 = 0; i < 100; i++) multiply(i, add(i, 1));
    expect<bool>(hasOverflowed()).toBe(false);
  });
});

describe("gcd", () => {
  it("finds the greatest common divisor, also of 0", () => {
    expect<u64>(gcd(12, 18)).toBe(6);
    expect<u64>(gcd(7, 5)).toBe(1);
    expect<u64>(gcd(0, 9)).toBe(9);
    expect<u64>(gcd(9, 0)).toBe(9);
    expect<u64>(gcd(u64.MAX_VALUE, 5)).toBe(5);
  });
});
