// Numbers as ASCII text. Every exported `write…` function writes at `ptr`, and returns the address
// after the text. Integers are written four digits at a time by table lookup. Quotients are
// rounded to the nearest double, whose shortest digits are found by Schubfach.

import { DIGITS_PTR, LEADING_DIGITS_PTR, LEADING_LENGTHS_PTR } from "./layout";

const FOUR_DIGITS: u64 = 10000;
const EIGHT_DIGITS: u64 = 100000000;

// Integers are written in groups of four digits, each from a table. The first group has no leading
// zeros, and its length is in a table, too. Measured 2026-11-28 on the numbers of a sweep of
// examples/vocoder.yaml: 1.8 ns per number. Eight digits in one word, whose leading zeros were
// counted and shifted out, took 2.6 ns.
for (let i: u32 = 0; i < <u32>FOUR_DIGITS; i++) {
  const digits = 0x30303030
    | (i / 1000) | ((i / 100 % 10) << 8) | ((i / 10 % 10) << 16) | ((i % 10) << 24);
  const length: u32 = i < 10 ? 1 : i < 100 ? 2 : i < 1000 ? 3 : 4;
  store<u32>(DIGITS_PTR + ((<usize>i) << 2), digits);
  store<u32>(LEADING_DIGITS_PTR + ((<usize>i) << 2), digits >>> ((4 - length) << 3));
  store<u8>(LEADING_LENGTHS_PTR + <usize>i, <u8>length);
}

/** Writes a value below 10^4 without leading zeros. */
// @ts-ignore: decorator
@inline
function writeLeading(ptr: usize, value: u32): usize {
  store<u32>(ptr, load<u32>(LEADING_DIGITS_PTR + ((<usize>value) << 2)));
  return ptr + load<u8>(LEADING_LENGTHS_PTR + <usize>value);
}

/** Writes the four digits of a value below 10^4. */
// @ts-ignore: decorator
@inline
function writeFour(ptr: usize, value: u32): usize {
  store<u32>(ptr, load<u32>(DIGITS_PTR + ((<usize>value) << 2)));
  return ptr + 4;
}

/** Writes the eight digits of a value below 10^8. */
// @ts-ignore: decorator
@inline
function writeEight(ptr: usize, value: u32): usize {
  const upper = value / <u32>FOUR_DIGITS;
  return writeFour(writeFour(ptr, upper), value - upper * <u32>FOUR_DIGITS);
}

/** Writes a value below 10^8 without leading zeros. */
// @ts-ignore: decorator
@inline
function writeLeadingEight(ptr: usize, value: u32): usize {
  if (value < <u32>FOUR_DIGITS) return writeLeading(ptr, value);
  const upper = value / <u32>FOUR_DIGITS;
  return writeFour(writeLeading(ptr, upper), value - upper * <u32>FOUR_DIGITS);
}

/** Writes a value from 10^4 to below 2^64 / 10^8 without leading zeros. */
function writeLeadingLong(ptr: usize, value: u64): usize {
  if (value < EIGHT_DIGITS) return writeLeadingEight(ptr, <u32>value);
  const upper = value / EIGHT_DIGITS;
  ptr = writeLeadingEight(ptr, <u32>upper);
  return writeEight(ptr, <u32>(value - upper * EIGHT_DIGITS));
}

/**
 * Writes an unsigned integer, at most 20 digits. May overwrite up to three bytes after the text.
 */
export function writeUnsigned(ptr: usize, value: u64): usize {
  return writeUnsignedInline(ptr, value);
}

/** `writeUnsigned`, inlined where WebAssembly calls would cost too much. */
// @ts-ignore: decorator
@inline
export function writeUnsignedInline(ptr: usize, value: u64): usize {
  if (value < EIGHT_DIGITS) return writeLeadingEight(ptr, <u32>value);
  const upper = value / EIGHT_DIGITS;
  ptr = upper < FOUR_DIGITS ? writeLeading(ptr, <u32>upper) : writeLeadingLong(ptr, upper);
  return writeEight(ptr, <u32>(value - upper * EIGHT_DIGITS));
}

/** Writes a signed integer: at most 19 digits and a minus sign. Overwrites as `writeUnsigned`. */
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

// ── Quotients ───────────────────────────────────────────────────────────────────────────────────
// A quotient is rounded once, to the nearest double. It is written in the fewest digits from which
// that double can be read back, as in Python and JavaScript. The form (the position of the point,
// and when there is an exponent) is that of JavaScript's String().

/** Whole numbers below 2^53 are exact as doubles. */
const DOUBLE_EXACT: u64 = 1 << 53;
const MANTISSA_BITS: u64 = 52;
const MANTISSA: u64 = (1 << 52) - 1;
const EXPONENT_BIAS: i64 = 1023;

const LOW_HALF: u64 = 0xffffffff;

let productLow: u64 = 0;

/** Returns the upper 64 bits of a · b, and leaves the lower 64 bits in `productLow`. */
// @ts-ignore: decorator
@inline
function multiplyWide(a: u64, b: u64): u64 {
  const aLow = a & LOW_HALF, aHigh = a >> 32, bLow = b & LOW_HALF, bHigh = b >> 32;
  const middle = aHigh * bLow + (aLow * bLow >> 32);
  const other = aLow * bHigh + (middle & LOW_HALF);
  productLow = a * b;
  return aHigh * bHigh + (middle >> 32) + (other >> 32);
}

let divisionRemainder: u64 = 0;

/**
 * One digit to base 2^32 of a long division: floor(remainder·2^32 / d) for remainder < d and
 * d >= 2^63. Leaves the next remainder in `divisionRemainder`.
 */
function divideDigit(remainder: u64, d: u64): u64 {
  const dHigh = d >> 32, dLow = d & LOW_HALF;
  let digit = remainder / dHigh;
  let left = remainder - digit * dHigh;
  // The upper half of d gives an estimate of the digit that is too large by at most 2.
  while (digit > LOW_HALF || digit * dLow > left << 32) {
    digit--;
    left += dHigh;
    if (left > LOW_HALF) break;
  }
  divisionRemainder = (remainder << 32) - digit * d;
  return digit;
}

/** The double nearest to n/d, ties to even. d is not 0. */
// @ts-ignore: decorator
@inline
export function nearestDouble(n: u64, d: u64): f64 {
  // The division of doubles rounds correctly, and here both operands are exact.
  return (n | d) < DOUBLE_EXACT ? <f64>n / <f64>d : nearestDoubleOfLarge(n, d);
}

/** `nearestDouble` for numbers that doubles do not hold exactly, by long division. */
function nearestDoubleOfLarge(n: u64, d: u64): f64 {
  if (n == 0) return 0;
  let exponent = <i64>clz(d) - <i64>clz(n);
  n <<= clz(n);
  d <<= clz(d);
  // Now n/d is in (1/2, 2): an integer part of 1 or 0, then a fraction, computed to 64 bits.
  const isOne = n >= d;
  const high = divideDigit(isOne ? n - d : n, d);
  let fraction = (high << 32) | divideDigit(divisionRemainder, d);
  if (!isOne) {
    // The fraction is at least 1/2, and its first bit becomes the leading 1. The bit that is
    // shifted in is 0 instead of the next bit of the quotient. It matters only for a tie, and there
    // the remainder of the division decides.
    exponent--;
    fraction <<= 1;
  }
  const cut = fraction << MANTISSA_BITS; // the twelve bits that are rounded away, at the top
  let bits =
    (<u64>(exponent + EXPONENT_BIAS) << MANTISSA_BITS) + (fraction >> (64 - MANTISSA_BITS));
  const half: u64 = 1 << 63;
  // A carry out of the mantissa increments the exponent, as it must.
  if (cut > half || (cut == half && (divisionRemainder != 0 || (bits & 1) == 1))) bits++;
  return reinterpret<f64>(bits);
}

// The shortest digits are found as in R. Giulietti's Schubfach (2020). The ends of the interval of
// numbers that round to the double are scaled by a power of ten, so that the interval holds at most
// a few whole numbers.

/**
 * The powers of ten for doubles from 2^-64 to 2^64: 10^-3 to 10^36. Each is represented by its
 * upper 128 bits, rounded up: 64 bits, then 64 bits.
 */
const POWER_FIRST: i32 = -3;
const POWER_LAST: i32 = 36;
const POWER_BYTES: usize = 16;
const POWERS_PTR: usize = memory.data(640, 16);

/** floor(log2(10^exponent)), for the exponents of the table of powers. */
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
    if (shift >= 64) {
      storePower(exponent, low << (shift - 64), 0);
    } else {
      const carried = shift > 0 ? low >> (64 - shift) : 0;
      storePower(exponent, (high << shift) | carried, low << shift);
    }
    const carry = multiplyWide(low, 10);
    low = productLow;
    high = high * 10 + carry;
  }
}
makePowers();

/**
 * The upper 64 bits of a 128-bit power times a 64-bit number, rounded to odd: the lowest bit is set
 * where a fraction is cut off.
 */
// @ts-ignore: decorator
@inline
function scaled(powerHigh: u64, powerLow: u64, by: u64): u64 {
  const carried = multiplyWide(powerLow, by);
  const high = multiplyWide(powerHigh, by);
  const middle = productLow + carried;
  return (high + u64(middle < carried)) | u64(middle > 1);
}

let shortestExponent: i32 = 0;

/**
 * The shortest digits of a double from 2^-64 to 2^64, as a whole number. The double is that number
 * times ten to the power of `shortestExponent`. The number may end in zeros.
 */
function shortestDigits(x: f64): u64 {
  const bits = reinterpret<u64>(x);
  const fraction = bits & MANTISSA;
  const m = fraction | (1 << MANTISSA_BITS);
  const q = <i32>(bits >> MANTISSA_BITS) - 1075; // x = m·2^q
  // Below a power of two the doubles are twice as dense: the interval extends half as far down.
  const isPower = fraction == 0;
  const k = (q * 1262611 - (isPower ? 524031 : 0)) >> 22;
  const ptr = POWERS_PTR + <usize>(-k - POWER_FIRST) * POWER_BYTES;
  const powerHigh = load<u64>(ptr), powerLow = load<u64>(ptr, 8);
  const shift = <u64>(q + log2OfPower(-k) + 1);
  // The ends of the interval, and the double, in quarters. The ends are part of the interval where
  // m is even, because ties round to even.
  const isOpen = m & 1;
  const quarters = m << 2;
  const lower = scaled(powerHigh, powerLow, (quarters - 2 + u64(isPower)) << shift) + isOpen;
  const upper = scaled(powerHigh, powerLow, (quarters + 2) << shift) - isOpen;
  const at = scaled(powerHigh, powerLow, quarters << shift);
  const digits = at >> 2;
  // One digit less, if exactly one of the neighbouring multiples of 10 is in the interval.
  const tens = digits / 10;
  const isTenBelow = lower <= tens * 40, isTenAbove = tens * 40 + 40 <= upper;
  if (isTenBelow != isTenAbove) {
    shortestExponent = k + 1;
    return tens + u64(isTenAbove);
  }
  shortestExponent = k;
  const isBelow = lower <= digits * 4, isAbove = digits * 4 + 4 <= upper;
  if (isBelow != isAbove) return digits + u64(isAbove);
  // Both are in the interval: take the nearer one, and the even one of two equally near.
  const half = digits * 4 + 2;
  return digits + u64(at > half || (at == half && (digits & 1) == 1));
}

/** Numbers 0.(digits)·10^point with point <= MIN_POINT are written with an exponent. */
const MIN_POINT: i32 = -6;

/**
 * Writes 0, or a positive double from 2^-64 to 2^64, as String() does: at most 24 bytes. May
 * overwrite the 28 bytes from `ptr` on.
 */
export function writeDouble(ptr: usize, x: f64): usize {
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

/**
 * Inserts a point after the first `before` of the `count` digits at `ptr`; one to sixteen digits
 * follow it. Returns the address after the text.
 */
// @ts-ignore: decorator
@inline
function withPoint(ptr: usize, before: i32, count: i32): usize {
  const pointPtr = ptr + before;
  // Moves no more bytes than the digits need, so that few bytes after the cell are overwritten.
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

/**
 * Writes n/d as the double nearest to it: at most 24 bytes. d is not 0. May overwrite the 28 bytes
 * from `ptr` on.
 */
export function writeQuotient(ptr: usize, n: u64, d: u64): usize {
  return writeDouble(ptr, nearestDouble(n, d));
}
