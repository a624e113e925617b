// Exact rationals, for conditions on decimals: `macs_per_second < 1G`, `tensorflow / macs < 1.5`. A value is a numerator of 64 bits with a
// sign and a denominator from 1 to 2^63 - 1, in lowest terms; the denominator 0 stands for a missing value. A result that does not fit is
// trouble (signed.ts), so that no condition is ever decided by a rounded number.
//
// An operation leaves its result in two variables, because a WebAssembly function returns one number.

import { gcd } from "./checked";
import { addSigned, ceilDivide, fatal, floorDivide, modulo, multiplySigned, negateSigned, power, evalStatus } from "./signed";

/** The result of the last operation. */
export let over: i64 = 0;
export let under: i64 = 1;

/** The denominator of a missing value. */
export const MISSING: i64 = 0;

function give(n: i64, d: i64): void {
  over = n;
  under = d;
}

/** Takes a quotient of two unsigned numbers, in lowest terms; `d` is not 0. */
export function takeQuotient(n: u64, d: u64): void {
  const common = gcd(n, d);
  const a = n / common, b = d / common;
  if (<i64>a < 0 || <i64>b < 0) fatal();
  give(<i64>a, <i64>b);
}

// ── 128 bits ───────────────────────────────────────────────────────────────────────────────────────────────────────

let high: u64 = 0;
let low: u64 = 0;

/** The product of two magnitudes, in `high` and `low`. */
function multiplyWide(a: u64, b: u64): void {
  const a0 = a & 0xffffffff, a1 = a >> 32, b0 = b & 0xffffffff, b1 = b >> 32;
  const p00 = a0 * b0, p01 = a0 * b1, p10 = a1 * b0, p11 = a1 * b1;
  const middle = (p00 >> 32) + (p01 & 0xffffffff) + (p10 & 0xffffffff);
  low = (p00 & 0xffffffff) | (middle << 32);
  high = p11 + (p01 >> 32) + (p10 >> 32) + (middle >> 32);
}

/** Divides the number in `high` and `low` by d, and returns the rest. Long division, bit by bit: it is rarely needed. */
function divideWide(d: u64): u64 {
  let rest: u64 = high % d;
  let quotient: u64 = 0;
  for (let bit = 63; bit >= 0; bit--) {
    // The rest is below d < 2^63, so doubling it does not pass 64 bits.
    rest = (rest << 1) | ((low >> <u64>bit) & 1);
    if (rest >= d) {
      rest -= d;
      quotient |= (<u64>1) << <u64>bit;
    }
  }
  high /= d;
  low = quotient;
  return rest;
}

function absolute(a: i64): u64 {
  return a < 0 ? 0 - <u64>a : <u64>a;
}

// ── Comparison ─────────────────────────────────────────────────────────────────────────────────────────────────────

/** The sign of a/b - c/d, of values that are there: by cross-multiplication in 128 bits. */
export function compare(a: i64, b: i64, c: i64, d: i64): i32 {
  if (b == d) return i32(a > c) - i32(a < c);
  if (a < 0 != c < 0) return a < 0 ? -1 : 1;
  multiplyWide(absolute(a), <u64>d);
  const leftHigh = high, leftLow = low;
  multiplyWide(absolute(c), <u64>b);
  const larger = leftHigh != high ? (leftHigh > high ? 1 : -1) : i32(leftLow > low) - i32(leftLow < low);
  return a < 0 ? -larger : larger;
}

// ── Arithmetic; a missing operand makes the result missing ─────────────────────────────────────────────────────────

/** a/b + c/d (Knuth, The Art of Computer Programming 2, 4.5.1: only the last step can pass 64 bits where the result does). */
export function add(a: i64, b: i64, c: i64, d: i64): void {
  if (b == MISSING || d == MISSING) return give(0, MISSING);
  if (b == 1 && d == 1) return give(addSigned(a, c), 1);
  const common = <i64>gcd(<u64>b, <u64>d);
  const bRest = b / common, dRest = d / common;
  // t = a·(d/g) + c·(b/g), in 128 bits of two's complement.
  multiplyWide(absolute(a), <u64>dRest);
  let tHigh = high, tLow = low;
  if (a < 0) {
    tLow = 0 - tLow;
    tHigh = ~tHigh + u64(tLow == 0);
  }
  multiplyWide(absolute(c), <u64>bRest);
  if (c < 0) {
    low = 0 - low;
    high = ~high + u64(low == 0);
  }
  tLow += low;
  tHigh += high + u64(tLow < low);
  const isNegative = <i64>tHigh < 0;
  if (isNegative) {
    tLow = 0 - tLow;
    tHigh = ~tHigh + u64(tLow == 0);
  }
  high = tHigh;
  low = tLow;
  const rest = divideWide(<u64>common);
  const commonRest = <i64>gcd(rest, <u64>common);
  high = tHigh;
  low = tLow;
  if (commonRest > 1) divideWide(<u64>commonRest);
  // The least number has no magnitude, and is refused with the larger ones.
  if (high != 0 || <i64>low < 0) fatal();
  const denominator = multiplySigned(bRest, d / commonRest);
  give(isNegative ? -(<i64>low) : <i64>low, denominator);
}

export function negate(a: i64, b: i64): void {
  give(b == MISSING ? 0 : negateSigned(a), b);
}

export function subtract(a: i64, b: i64, c: i64, d: i64): void {
  if (b == 1 && d == 1) {
    // Negating the least number alone would pass 64 bits.
    const difference = a - c;
    if (((a ^ c) & (a ^ difference)) < 0) fatal();
    return give(difference, 1);
  }
  negate(c, d);
  if (!evalStatus()) add(a, b, over, d);
}

export function multiply(a: i64, b: i64, c: i64, d: i64): void {
  if (b == MISSING || d == MISSING) return give(0, MISSING);
  if (b == 1 && d == 1) return give(multiplySigned(a, c), 1);
  if (a == 0 || c == 0) return give(0, 1);
  const first = <i64>gcd(absolute(a), <u64>d), second = <i64>gcd(absolute(c), <u64>b);
  give(multiplySigned(a / first, c / second), multiplySigned(b / second, d / first));
  refuseMin();
}

/** The least number has no magnitude: a fraction may not have it as its numerator. */
function refuseMin(): void {
  if (over == i64.MIN_VALUE) fatal();
}

/** (a/b) / (c/d). Dividing by zero is trouble. */
export function divide(a: i64, b: i64, c: i64, d: i64): void {
  if (b == MISSING || d == MISSING) return give(0, MISSING);
  if (c == 0) {
    fatal();
    return;
  }
  if (a == 0) return give(0, 1);
  // The reciprocal of c/d is d/c with the sign in the numerator. Common factors go first, so that only the result can pass 64 bits.
  const first = gcd(absolute(a), absolute(c)), second = gcd(<u64>b, <u64>d);
  const n0 = absolute(a) / first, n1 = <u64>d / second, d0 = absolute(c) / first, d1 = <u64>b / second;
  multiplyWide(n0, n1);
  const numerator = low;
  if (high != 0 || <i64>low < 0) fatal();
  multiplyWide(d0, d1);
  if (high != 0 || <i64>low < 0) fatal();
  give(a < 0 != c < 0 ? -(<i64>numerator) : <i64>numerator, <i64>low);
}

/** Rounds the last result towards minus infinity. */
function floor(): void {
  if (under != MISSING && !evalStatus()) give(floorDivide(over, under), 1);
}

export function divideFloor(a: i64, b: i64, c: i64, d: i64): void {
  if (b == 1 && d == 1) return give(floorDivide(a, c), 1);
  divide(a, b, c, d);
  floor();
}

export function divideCeil(a: i64, b: i64, c: i64, d: i64): void {
  if (b == 1 && d == 1) return give(ceilDivide(a, c), 1);
  divide(a, b, c, d);
  if (under == MISSING || evalStatus()) return;
  const rounded = floorDivide(over, under);
  give(rounded * under == over ? rounded : addSigned(rounded, 1), 1);
}

/** a/b modulo c/d, with the sign of c: a/b - c/d · floor((a/b) / (c/d)). */
export function remainder(a: i64, b: i64, c: i64, d: i64): void {
  if (b == 1 && d == 1) return give(modulo(a, c), 1);
  divideFloor(a, b, c, d);
  if (under == MISSING || evalStatus()) return;
  multiply(c, d, over, under);
  if (!evalStatus()) subtract(a, b, over, under);
}

/** (a/b) ** (c/d); the exponent must be a whole number from 0, as it must in expressions over whole numbers. */
export function raise(a: i64, b: i64, c: i64, d: i64): void {
  if (b == MISSING || d == MISSING) return give(0, MISSING);
  if (d != 1) {
    fatal();
    return;
  }
  give(power(a, c), power(b, c));
  if (b != 1) refuseMin();
}
