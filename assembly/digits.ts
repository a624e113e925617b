// Numbers to ASCII. Every function writes at `ptr` and returns the address behind what it wrote.

import { gcd, markOverflow } from "./checked";
import { CELL_TEXT_BYTES, DIGITS_PTR } from "./layout";

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
// A quotient whose decimals come to an end is written exactly, if it fits a cell. One third is not: it is written in the fewest
// digits from which a program reads the double nearest to it, as Python and JavaScript write it.

/** Digits that any double can be read back from, and those that are enough for most. */
const DIGITS_MOST: i32 = 17;
const DIGITS_LEAST: i32 = 15;

/** Up to here ten times a denominator fits 64 bits. */
const DENOMINATOR_MOST: u64 = 1 << 60;

/** Whole numbers below are exact as doubles. */
const DOUBLE_EXACT: u64 = 1 << 53;

/** How many decimals n/d has when nothing divides both, or -1 when they have no end: only factors 2 and 5 of d let them end. */
function decimalCount(d: u64): i32 {
  let twos = 0, fives = 0;
  for (; (d & 1) == 0; d >>= 1) twos++;
  for (; d % 5 == 0; d /= 5) fives++;
  return d == 1 ? max(twos, fives) : -1;
}

function digitsBefore(value: u64): i32 {
  let count = 1;
  for (; value >= 10; value /= 10) count++;
  return count;
}

/** How many zeros stand behind the point of rest/d before its first other digit. */
function leadingZeros(rest: u64, d: u64): i32 {
  let count = 0;
  for (let next = rest * 10; next < d; next *= 10) count++;
  return count;
}

/** The decimals of the last `writeRounded` behind the integer part as one number, modulo 2^64. */
let written: u64 = 0;

/**
 * Writes whole + rest/d with `decimals` of them, rounded to the nearest (halfway to even); returns the address behind. A carry goes up through
 * the digits before.
 */
function writeRounded(ptr: usize, whole: u64, rest: u64, d: u64, decimals: i32): usize {
  const pointPtr = writeUnsigned(ptr, whole);
  const endPtr = pointPtr + 1 + decimals;
  store<u8>(pointPtr, 0x2e);
  written = whole;
  for (let atPtr = pointPtr + 1; atPtr < endPtr; atPtr++) {
    const scaled = rest * 10;
    const digit = scaled / d;
    store<u8>(atPtr, 0x30 + <u8>digit);
    written = written * 10 + digit;
    rest = scaled - digit * d;
  }
  // Halfway the even digit is taken, as Python and JavaScript do.
  if (rest < d - rest || (rest == d - rest && (written & 1) == 0)) return endPtr;
  written++;
  let atPtr = endPtr - 1;
  for (; atPtr > pointPtr; atPtr--) {
    const digit = load<u8>(atPtr);
    if (digit < 0x39) {
      store<u8>(atPtr, digit + 1);
      return endPtr;
    }
    store<u8>(atPtr, 0x30);
  }
  // 9.99… → 10.00…: it is a whole number then, and its zeros are taken away.
  const carriedPtr = writeUnsigned(ptr, whole + 1);
  store<u8>(carriedPtr, 0x2e);
  return carriedPtr + 1;
}

/** Takes zeros from the end, and the point if it is the end then. */
function withoutZeros(endPtr: usize): usize {
  while (load<u8>(endPtr - 1) == 0x30) endPtr--;
  return load<u8>(endPtr - 1) == 0x2e ? endPtr - 1 : endPtr;
}

/**
 * Whether the double nearest to digits·10^-decimals is m·2^-e, where both are near the same number. It is when they are no further
 * apart than half a unit of m: |digits·2^e - m·10^decimals| <= 10^decimals / 2. The difference is below 2^63, so it can be
 * worked out modulo 2^64.
 */
function readsBack(digits: u64, decimals: i32, m: u64, e: u64): bool {
  let unit: u64 = 1;
  for (let i = 0; i < decimals; i++) unit *= 10;
  let difference = <i64>((digits << e) - m * unit);
  if (difference < 0) difference = -difference;
  const twice = <u64>difference * 2;
  return twice < unit || (twice == unit && (m & 1) == 0);
}

/** Writes a double of [0.01, 2^53) that is no whole number, in the fewest digits from which it can be read back. */
function writeShortest(ptr: usize, x: f64): usize {
  const bits = reinterpret<u64>(x);
  const m = (bits & (DOUBLE_EXACT / 2 - 1)) | (DOUBLE_EXACT / 2);
  const e = 1075 - (bits >> 52); // x = m·2^-e
  const unit: u64 = 1 << e;
  const whole = m >> e;
  const rest = m - (whole << e);
  const before = whole > 0 ? digitsBefore(whole) : -leadingZeros(rest, unit);
  let digits = DIGITS_LEAST;
  let endPtr = writeRounded(ptr, whole, rest, unit, max(1, digits - before));
  while (digits < DIGITS_MOST && !readsBack(written, max(1, digits - before), m, e)) {
    digits++;
    endPtr = writeRounded(ptr, whole, rest, unit, max(1, digits - before));
  }
  return withoutZeros(endPtr);
}

/** Writes n/d, in at most CELL_TEXT_BYTES. d is not 0; where it passes 2^60 an overflow is marked. */
export function writeQuotient(ptr: usize, n: u64, d: u64): usize {
  const whole = n / d;
  const rest = n % d;
  if (rest == 0) return writeUnsigned(ptr, whole);
  if (d > DENOMINATOR_MOST) {
    markOverflow();
    return ptr;
  }
  const before = digitsBefore(whole);
  const room = <i32>CELL_TEXT_BYTES - 1 - before;
  const exact = decimalCount(d / gcd(rest, d));
  if (exact >= 0 && exact <= room) return writeRounded(ptr, whole, rest, d, exact);
  if (n < DOUBLE_EXACT && d < DOUBLE_EXACT && n * 100 >= d) return writeShortest(ptr, <f64>n / <f64>d);
  // Beyond what doubles divide exactly: rounded here.
  const significantBefore = whole > 0 ? before : -leadingZeros(rest, d);
  return withoutZeros(writeRounded(ptr, whole, rest, d, min(room, max(1, DIGITS_MOST - significantBefore))));
}
