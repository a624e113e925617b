// Numbers to ASCII. Every function writes at `ptr` and returns the address behind what it wrote.

import { DIGITS_PTR } from "./layout";

/** Numbers are written in pieces of eight digits, which fit a 64-bit word as text. */
const EIGHT_DIGITS: u64 = 100000000;

const ZEROS: u64 = 0x3030303030303030; // "00000000"

// Eight digits come from two lookups in a table of four each. Measured 2026-11-23 on the numbers of a sweep of
// examples/vocoder.yaml, 3 to 13 digits long: 5.0 ns a number; 12.0 two digits at a time from a table of 200 bytes, with a
// loop over as many as there are; 10.0 by multiplications and shifts on eight digits side by side in a word.
for (let i: u32 = 0; i < 10000; i++) {
  store<u32>(DIGITS_PTR + ((<usize>i) << 2), (i / 1000) | ((i / 100 % 10) << 8) | ((i / 10 % 10) << 16) | ((i % 10) << 24));
}

/** The eight decimal digits of a value below 10^8 as numbers, one a byte, the first in the lowest. */
// @ts-ignore: decorator
@inline
function eightDigits(value: u32): u64 {
  const first = value / 10000;
  const second = value - first * 10000;
  return <u64>load<u32>(DIGITS_PTR + ((<usize>first) << 2)) | (<u64>load<u32>(DIGITS_PTR + ((<usize>second) << 2)) << 32);
}

/** Writes a value below 10^8 without zeros in front. */
// @ts-ignore: decorator
@inline
function writeFirst(ptr: usize, value: u32): usize {
  const digits = eightDigits(value);
  // Zeros in front are the lowest bytes: they are shifted out. Of 0 itself the last is kept.
  const leading = <u64>ctz(digits | (1 << 56)) & 56;
  store<u64>(ptr, (digits | ZEROS) >>> leading);
  return ptr + 8 - <usize>(leading >>> 3);
}

/** Writes a value below 2^64 / 10^8 without zeros in front. */
function writeFirstLong(ptr: usize, value: u64): usize {
  const rest = value / EIGHT_DIGITS;
  ptr = writeFirst(ptr, <u32>rest);
  store<u64>(ptr, eightDigits(<u32>(value - rest * EIGHT_DIGITS)) | ZEROS);
  return ptr + 8;
}

/** Writes an unsigned integer: at most 20 digits. Up to seven bytes behind them are overwritten. */
export function writeUnsigned(ptr: usize, value: u64): usize {
  return writeUnsignedInline(ptr, value);
}

/** The same, for the hot loop (see row.ts). */
// @ts-ignore: decorator
@inline
export function writeUnsignedInline(ptr: usize, value: u64): usize {
  if (value < EIGHT_DIGITS) {
    ptr = writeFirst(ptr, <u32>value);
  } else {
    const rest = value / EIGHT_DIGITS;
    ptr = rest < EIGHT_DIGITS ? writeFirst(ptr, <u32>rest) : writeFirstLong(ptr, rest);
    store<u64>(ptr, eightDigits(<u32>(value - rest * EIGHT_DIGITS)) | ZEROS);
    ptr += 8;
  }
  return ptr;
}

/** Writes a signed integer: at most 19 digits and a minus sign. */
export function writeSigned(ptr: usize, value: i64): usize {
  if (value >= 0) return writeUnsigned(ptr, <u64>value);
  store<u8>(ptr, 0x2d);
  return writeUnsigned(ptr + 1, 0 - <u64>value);
}

/** Writes `true` or `false`. */
export function writeBoolean(ptr: usize, value: bool): usize {
  if (value) {
    store<u32>(ptr, 0x65757274); // "true", little-endian
    return ptr + 4;
  }
  store<u32>(ptr, 0x736c6166); // "fals"
  store<u8>(ptr, 0x65, 4); // "e"
  return ptr + 5;
}

// ── Quotients ──────────────────────────────────────────────────────────────────────────────────────────────────────
// A quotient is rounded once, to the nearest double, and written in the fewest digits from which that double can be read back, as
// Python and JavaScript do; the form (where the point goes, when there is an exponent) is that of JavaScript's String().

/** Whole numbers below are exact as doubles. */
const DOUBLE_EXACT: u64 = 1 << 53;
const MANTISSA_BITS: u64 = 52;
const MANTISSA: u64 = (1 << 52) - 1;
const EXPONENT_BIAS: i64 = 1023;

const LOW_HALF: u64 = 0xffffffff;

let productLow: u64 = 0;

/** The upper 64 bits of a · b; the lower are left in `productLow`. */
// @ts-ignore: decorator
@inline
function multiplyWide(a: u64, b: u64): u64 {
  const aLow = a & LOW_HALF, aHigh = a >> 32, bLow = b & LOW_HALF, bHigh = b >> 32;
  const middle = aHigh * bLow + (aLow * bLow >> 32);
  const other = aLow * bHigh + (middle & LOW_HALF);
  productLow = a * b;
  return aHigh * bHigh + (middle >> 32) + (other >> 32);
}

let divisionRest: u64 = 0;

/** One digit to base 2^32 of a long division: rest·2^32 / d for rest < d, with d >= 2^63. What is left goes to `divisionRest`. */
function divideDigit(rest: u64, d: u64): u64 {
  const dHigh = d >> 32, dLow = d & LOW_HALF;
  let digit = rest / dHigh;
  let left = rest - digit * dHigh;
  // The upper half of d alone gives a digit that is too large by 2 at most.
  while (digit > LOW_HALF || digit * dLow > left << 32) {
    digit--;
    left += dHigh;
    if (left > LOW_HALF) break;
  }
  divisionRest = (rest << 32) - digit * d;
  return digit;
}

/** The double nearest to n/d, ties to even. d is not 0. */
// @ts-ignore: decorator
@inline
export function nearestDouble(n: u64, d: u64): f64 {
  // Division of doubles rounds correctly, and here both are exact.
  return (n | d) < DOUBLE_EXACT ? <f64>n / <f64>d : nearestDoubleOfLarge(n, d);
}

function nearestDoubleOfLarge(n: u64, d: u64): f64 {
  if (n == 0) return 0;
  let exponent = <i64>clz(d) - <i64>clz(n);
  n <<= clz(n);
  d <<= clz(d);
  // n/d is in (1/2, 2): 1 or 0, then 64 bits of a fraction.
  const isOne = n >= d;
  const high = divideDigit(isOne ? n - d : n, d);
  let fraction = (high << 32) | divideDigit(divisionRest, d);
  if (!isOne) { // then the fraction is at least 1/2, and its first bit becomes the 1
    exponent--;
    fraction <<= 1; // the bit that moves in is below the half that decides, and the rest of the division counts for it
  }
  const cut = fraction << MANTISSA_BITS; // the twelve bits that are rounded away, at the top
  let bits = (<u64>(exponent + EXPONENT_BIAS) << MANTISSA_BITS) + (fraction >> (64 - MANTISSA_BITS));
  const half: u64 = 1 << 63;
  if (cut > half || (cut == half && (divisionRest != 0 || (bits & 1) == 1))) bits++; // a carry goes up into the exponent, as it must
  return reinterpret<f64>(bits);
}

// The shortest digits are found as in R. Giulietti's Schubfach (2020): the ends of the interval of numbers that round to the double are
// scaled by a power of ten, until it holds at most a few whole numbers.

/** The powers of ten that doubles from 2^-64 to 2^64 take: 10^-3 to 10^36, each the upper 128 bits of it (64 and 64), rounded up. */
const POWER_FIRST: i32 = -3;
const POWER_LAST: i32 = 36;
const POWER_BYTES: usize = 16;
const POWERS_PTR: usize = memory.data(640, 16);

/** floor(log2(10^exponent)), for exponents of that table. */
// @ts-ignore: decorator
@inline
function log2OfPower(exponent: i32): i32 {
  return (exponent * 1741647) >> 19;
}

function storePower(exponent: i32, high: u64, low: u64): void {
  const ptr = POWERS_PTR + <usize>(exponent - POWER_FIRST) * POWER_BYTES;
  store<u64>(ptr, high);
  store<u64>(ptr, low, 8);
}

function makePowers(): void {
  storePower(-3, 0x83126e978d4fdf3b, 0x645a1cac083126ea);
  storePower(-2, 0xa3d70a3d70a3d70a, 0x3d70a3d70a3d70a4);
  storePower(-1, 0xcccccccccccccccc, 0xcccccccccccccccd);
  let high: u64 = 0, low: u64 = 1;
  for (let exponent = 0; exponent <= POWER_LAST; exponent++) {
    const shift = 127 - <u64>log2OfPower(exponent);
    if (shift >= 64) storePower(exponent, low << (shift - 64), 0);
    else storePower(exponent, (high << shift) | (shift > 0 ? low >> (64 - shift) : 0), low << shift);
    const carry = multiplyWide(low, 10);
    low = productLow;
    high = high * 10 + carry;
  }
}
makePowers();

/** The upper 64 bits of a number of 128 times another of 64, with the lowest bit set where anything is cut off. */
// @ts-ignore: decorator
@inline
function scaled(powerHigh: u64, powerLow: u64, by: u64): u64 {
  const carried = multiplyWide(powerLow, by);
  const high = multiplyWide(powerHigh, by);
  const middle = productLow + carried;
  return (high + u64(middle < carried)) | u64(middle > 1);
}

let shortestExponent: i32 = 0;

/** The digits of a double from 2^-64 to 2^64, as a whole number times ten to the power of `shortestExponent`; zeros may end it. */
function shortestDigits(x: f64): u64 {
  const bits = reinterpret<u64>(x);
  const fraction = bits & MANTISSA;
  const m = fraction | (1 << MANTISSA_BITS);
  const q = <i32>(bits >> MANTISSA_BITS) - 1075; // x = m·2^q
  // Below a power of two the doubles lie closer: the interval ends half as far down.
  const isPower = fraction == 0;
  const k = (q * 1262611 - (isPower ? 524031 : 0)) >> 22;
  const ptr = POWERS_PTR + <usize>(-k - POWER_FIRST) * POWER_BYTES;
  const powerHigh = load<u64>(ptr), powerLow = load<u64>(ptr, 8);
  const shift = <u64>(q + log2OfPower(-k) + 1);
  // In quarters: the ends of the interval, and the double. An end counts where m is even, for a tie goes to the even one.
  const isOpen = m & 1;
  const quarters = m << 2;
  const lower = scaled(powerHigh, powerLow, (quarters - 2 + u64(isPower)) << shift) + isOpen;
  const upper = scaled(powerHigh, powerLow, (quarters + 2) << shift) - isOpen;
  const at = scaled(powerHigh, powerLow, quarters << shift);
  const digits = at >> 2;
  // One digit less, if just one such number is inside.
  const tens = digits / 10;
  const isTenBelow = lower <= tens * 40, isTenAbove = tens * 40 + 40 <= upper;
  if (isTenBelow != isTenAbove) {
    shortestExponent = k + 1;
    return tens + u64(isTenAbove);
  }
  shortestExponent = k;
  const isBelow = lower <= digits * 4, isAbove = digits * 4 + 4 <= upper;
  if (isBelow != isAbove) return digits + u64(isAbove);
  // Both are: the nearer one, and of two equally near the even one.
  const half = digits * 4 + 2;
  return digits + u64(at > half || (at == half && (digits & 1) == 1));
}

/** A number with its point at this place or further left gets an exponent. */
const MIN_POINT: i32 = -6;

/** Writes 0, or a positive double from 2^-64 to 2^64 as String() does: at most 24 bytes. Of the 28 from `ptr` on all may be overwritten. */
function writeDouble(ptr: usize, x: f64): usize {
  if (x < <f64>DOUBLE_EXACT && x == floor(x)) return writeUnsigned(ptr, <u64>x);
  const digits = shortestDigits(x);
  const digitsEndPtr = writeUnsignedInline(ptr, digits);
  // x = 0.(digits)·10^point
  const point = <i32>(digitsEndPtr - ptr) + shortestExponent;
  let endPtr = digitsEndPtr;
  while (load<u8>(endPtr - 1) == 0x30) endPtr--;
  const count = <i32>(endPtr - ptr);
  if (point >= count) { // 9007199254740994, 9223372036854776000
    memory.fill(endPtr, 0x30, point - count);
    return ptr + point;
  }
  if (point > 0) return withPoint(ptr, point, count);
  if (point <= MIN_POINT) { // 1.5e-7, 1e-7
    endPtr = count > 1 ? withPoint(ptr, 1, count) : endPtr;
    store<u16>(endPtr, 0x2d65); // "e-", little-endian
    return writeUnsigned(endPtr + 2, 1 - point);
  }
  store<u64>(ptr, 0x3030303030302e30); // "0.000000"
  endPtr = writeUnsigned(ptr + 2 - point, digits);
  return endPtr - (digitsEndPtr - ptr - count);
}

/** Inserts a point after the first `before` of `count` digits; one to sixteen digits follow it. */
// @ts-ignore: decorator
@inline
function withPoint(ptr: usize, before: i32, count: i32): usize {
  const pointPtr = ptr + before;
  // Only as many bytes move as hold the digits, so that little is overwritten after the cell.
  if (count - before <= 8) {
    const rest = load<u64>(pointPtr);
    store<u64>(pointPtr, rest, 1);
  } else {
    const rest = v128.load(pointPtr);
    v128.store(pointPtr, rest, 1);
  }
  store<u8>(pointPtr, 0x2e);
  return ptr + count + 1;
}

/** Writes n/d as the double nearest to it. d is not 0. At most 24 bytes; of the 28 from `ptr` on all may be overwritten. */
export function writeQuotient(ptr: usize, n: u64, d: u64): usize {
  return writeDouble(ptr, nearestDouble(n, d));
}
