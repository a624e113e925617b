// Exact rationals, for conditions on decimals: `macs_per_second < 1G`, `tensorflow / macs < 1.5`.
//
// A value is a signed 64-bit numerator and a denominator from 1 to 2^63 - 1, in lowest terms. The
// denominator 0 marks a missing value. A result that does not fit is a fatal evaluation error
// (signed.ts), so no condition is ever decided by a rounded number. Intermediate products are
// computed in 128 bits.
//
// An operation leaves its result in two variables, because a WebAssembly function returns one
// number.

import { gcd } from "./checked";
import {
  addSigned,
  ceilDivide,
  fatal,
  floorDivide,
  modulo,
  multiplySigned,
  negateSigned,
  power,
  evalStatus,
} from "./signed";

/** The result of the last operation. It is meaningless while `evalStatus()` reports an error. */
export let numerator: i64 = 0;
export let denominator: i64 = 1;

/** The denominator of a missing value; its numerator is 0. */
export const MISSING: i64 = 0;

function setResult(n: i64, d: i64): void {
  numerator = n;
  denominator = d;
}

/**
 * Makes n/d the result, reduced to lowest terms. d is not 0. A numerator or denominator above
 * 2^63 - 1 after the reduction is a fatal evaluation error.
 */
export function takeQuotient(n: u64, d: u64): void {
  const common = gcd(n, d);
  const a = n / common, b = d / common;
  if (<i64>a < 0 || <i64>b < 0) fatal();
  setResult(<i64>a, <i64>b);
}

// ── 128 bits ────────────────────────────────────────────────────────────────────────────────────

/** The upper and lower half of a 128-bit number. */
let high: u64 = 0;
let low: u64 = 0;

/** Sets `high` and `low` to a · b. */
function multiplyWide(a: u64, b: u64): void {
  const a0 = a & 0xffffffff, a1 = a >> 32, b0 = b & 0xffffffff, b1 = b >> 32;
  const p00 = a0 * b0, p01 = a0 * b1, p10 = a1 * b0, p11 = a1 * b1;
  const middle = (p00 >> 32) + (p01 & 0xffffffff) + (p10 & 0xffffffff);
  low = (p00 & 0xffffffff) | (middle << 32);
  high = p11 + (p01 >> 32) + (p10 >> 32) + (middle >> 32);
}

/**
 * Divides `high` and `low` by d < 2^63 and returns the remainder; the quotient replaces them. Long
 * division bit by bit, as it is rarely needed.
 */
function divideWide(d: u64): u64 {
  let remainder: u64 = high % d;
  let quotient: u64 = 0;
  for (let bit = 63; bit >= 0; bit--) {
    // The remainder is below d < 2^63, so doubling it does not exceed 64 bits.
    remainder = (remainder << 1) | ((low >> <u64>bit) & 1);
    if (remainder >= d) {
      remainder -= d;
      quotient |= (<u64>1) << <u64>bit;
    }
  }
  high /= d;
  low = quotient;
  return remainder;
}

/** |a|, exact for -2^63 too. */
function absolute(a: i64): u64 {
  return a < 0 ? 0 - <u64>a : <u64>a;
}

// ── Comparison ──────────────────────────────────────────────────────────────────────────────────

/** The sign of a/b - c/d, by cross-multiplication in 128 bits. Neither value may be missing. */
export function compare(a: i64, b: i64, c: i64, d: i64): i32 {
  if (b == d) return i32(a > c) - i32(a < c);
  if (a < 0 != c < 0) return a < 0 ? -1 : 1;
  multiplyWide(absolute(a), <u64>d);
  const leftHigh = high, leftLow = low;
  multiplyWide(absolute(c), <u64>b);
  const larger =
    leftHigh != high ? (leftHigh > high ? 1 : -1) : i32(leftLow > low) - i32(leftLow < low);
  return a < 0 ? -larger : larger;
}

// ── Arithmetic; a missing operand makes the result missing ──────────────────────────────────────

/**
 * a/b + c/d, by Knuth, The Art of Computer Programming 2, section 4.5.1. Only the last step can
 * exceed 64 bits, and only where the result does; that is a fatal evaluation error.
 */
export function add(a: i64, b: i64, c: i64, d: i64): void {
  if (b == MISSING || d == MISSING) return setResult(0, MISSING);
  if (b == 1 && d == 1) return setResult(addSigned(a, c), 1);
  const common = <i64>gcd(<u64>b, <u64>d);
  const bReduced = b / common, dReduced = d / common;
  // t = a·(d/g) + c·(b/g) with g = gcd(b, d), in 128 bits of two's complement.
  multiplyWide(absolute(a), <u64>dReduced);
  let tHigh = high, tLow = low;
  if (a < 0) {
    tLow = 0 - tLow;
    tHigh = ~tHigh + u64(tLow == 0);
  }
  multiplyWide(absolute(c), <u64>bReduced);
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
  // The result is t/h over (b/g)·(d/h) with h = gcd(t, g).
  const remainder = divideWide(<u64>common);
  const lastCommon = <i64>gcd(remainder, <u64>common);
  high = tHigh;
  low = tLow;
  if (lastCommon > 1) divideWide(<u64>lastCommon);
  // The magnitude 2^63 does not fit in i64. So -2^63 is refused too, like every larger magnitude.
  if (high != 0 || <i64>low < 0) fatal();
  const resultDenominator = multiplySigned(bReduced, d / lastCommon);
  setResult(isNegative ? -(<i64>low) : <i64>low, resultDenominator);
}

/** -(a/b). A numerator of -2^63 is a fatal evaluation error. */
export function negate(a: i64, b: i64): void {
  setResult(b == MISSING ? 0 : negateSigned(a), b);
}

/** a/b - c/d. A result that does not fit is a fatal evaluation error. */
export function subtract(a: i64, b: i64, c: i64, d: i64): void {
  if (b == 1 && d == 1) {
    // Not by negation: for c = -2^63 that alone would exceed 64 bits.
    const difference = a - c;
    if (((a ^ c) & (a ^ difference)) < 0) fatal();
    return setResult(difference, 1);
  }
  negate(c, d);
  if (!evalStatus()) add(a, b, numerator, d);
}

/** (a/b) · (c/d). A result that does not fit is a fatal evaluation error. */
export function multiply(a: i64, b: i64, c: i64, d: i64): void {
  if (b == MISSING || d == MISSING) return setResult(0, MISSING);
  if (b == 1 && d == 1) return setResult(multiplySigned(a, c), 1);
  if (a == 0 || c == 0) return setResult(0, 1);
  const first = <i64>gcd(absolute(a), <u64>d), second = <i64>gcd(absolute(c), <u64>b);
  setResult(multiplySigned(a / first, c / second), multiplySigned(b / second, d / first));
  refuseMin();
}

/** Refuses -2^63 as the numerator of a fraction, because its magnitude does not fit in i64. */
function refuseMin(): void {
  if (numerator == i64.MIN_VALUE) fatal();
}

/** (a/b) / (c/d). Division by zero and a result that does not fit are fatal evaluation errors. */
export function divide(a: i64, b: i64, c: i64, d: i64): void {
  if (b == MISSING || d == MISSING) return setResult(0, MISSING);
  if (c == 0) {
    fatal();
    return;
  }
  if (a == 0) return setResult(0, 1);
  // Multiplies by the reciprocal d/c, with the sign in the numerator. Common factors are cancelled
  // first, so that only the result itself can exceed 64 bits.
  const first = gcd(absolute(a), absolute(c)), second = gcd(<u64>b, <u64>d);
  const n0 = absolute(a) / first, n1 = <u64>d / second;
  const d0 = absolute(c) / first, d1 = <u64>b / second;
  multiplyWide(n0, n1);
  const magnitude = low;
  if (high != 0 || <i64>low < 0) fatal();
  multiplyWide(d0, d1);
  if (high != 0 || <i64>low < 0) fatal();
  setResult(a < 0 != c < 0 ? -(<i64>magnitude) : <i64>magnitude, <i64>low);
}

/** Rounds the last result towards minus infinity. */
function floorResult(): void {
  if (denominator != MISSING && !evalStatus()) setResult(floorDivide(numerator, denominator), 1);
}

/** floor((a/b) / (c/d)), with the errors of `divide`. */
export function divideFloor(a: i64, b: i64, c: i64, d: i64): void {
  if (b == 1 && d == 1) return setResult(floorDivide(a, c), 1);
  divide(a, b, c, d);
  floorResult();
}

/** ceil((a/b) / (c/d)), with the errors of `divide`. */
export function divideCeil(a: i64, b: i64, c: i64, d: i64): void {
  if (b == 1 && d == 1) return setResult(ceilDivide(a, c), 1);
  divide(a, b, c, d);
  if (denominator == MISSING || evalStatus()) return;
  const rounded = floorDivide(numerator, denominator);
  setResult(rounded * denominator == numerator ? rounded : addSigned(rounded, 1), 1);
}

/** a/b modulo c/d, with the sign of c: a/b - c/d · floor((a/b) / (c/d)). Errors as in `divide`. */
export function remainder(a: i64, b: i64, c: i64, d: i64): void {
  if (b == 1 && d == 1) return setResult(modulo(a, c), 1);
  divideFloor(a, b, c, d);
  if (denominator == MISSING || evalStatus()) return;
  multiply(c, d, numerator, denominator);
  if (!evalStatus()) subtract(a, b, numerator, denominator);
}

/**
 * (a/b) ** (c/d). The exponent must be a whole number from 0 on, as in expressions over whole
 * numbers. Any other exponent and a result that does not fit are fatal evaluation errors.
 */
export function raise(a: i64, b: i64, c: i64, d: i64): void {
  if (b == MISSING || d == MISSING) return setResult(0, MISSING);
  if (d != 1) {
    fatal();
    return;
  }
  setResult(power(a, c), power(b, c));
  if (b != 1) refuseMin();
}
