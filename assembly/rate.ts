// Sample rates in lists: a decimal (22050, 689.0625) or a fraction of two (22050/32), read exactly into numerator and denominator.

import { clearOverflow, gcd, hasOverflowed, multiply, signedMagnitude } from "./checked";
import { get, PARAMETER_MAX, set } from "./layer";
import { SAMPLE_RATE, SAMPLE_RATE_DENOMINATOR } from "./layout";

const POINT: u8 = 0x2e;
const SLASH: u8 = 0x2f;
const ZERO: u8 = 0x30;

/** More digits than this in a number, or decimals, are taken for a mistake. */
const MAX_DIGITS: u32 = 18;

/** The number that `readDecimal` has read, in lowest terms. */
let over: u64 = 0;
let under: u64 = 1;

function isDigit(ptr: usize): bool {
  return <u32>load<u8>(ptr) - ZERO <= 9;
}

/** Reads [ptr, endPtr) as digits with a point among them, or without. Returns false where it is anything else. */
function readDecimal(ptr: usize, endPtr: usize): bool {
  let pointPtr = ptr;
  while (pointPtr < endPtr && isDigit(pointPtr)) pointPtr++;
  // No leading zeros but the one before the point.
  if (pointPtr == ptr || (pointPtr > ptr + 1 && load<u8>(ptr) == ZERO)) return false;
  if (pointPtr < endPtr) {
    if (load<u8>(pointPtr) != POINT || pointPtr + 1 == endPtr) return false;
    for (let atPtr = pointPtr + 1; atPtr < endPtr; atPtr++) if (!isDigit(atPtr)) return false;
    // Zeros at the end say nothing.
    while (load<u8>(endPtr - 1) == ZERO) endPtr--;
  }
  over = 0;
  under = 1;
  let digits: u32 = 0;
  for (let atPtr = ptr; atPtr < endPtr; atPtr++) {
    if (atPtr == pointPtr) continue;
    over = over * 10 + (load<u8>(atPtr) - ZERO);
    if (over > 0) digits++;
    if (atPtr > pointPtr) under *= 10;
    if (digits > MAX_DIGITS || (atPtr > pointPtr && <u32>(atPtr - pointPtr) > MAX_DIGITS)) return false;
  }
  const divisor = gcd(over, under);
  over /= divisor;
  under /= divisor;
  return true;
}

/** Reads [ptr, endPtr) into the layer's sample rate. Returns false where it is malformed, or 63 bits do not hold it exactly. */
export function readRate(ptr: usize, endPtr: usize): bool {
  let slashPtr = ptr;
  while (slashPtr < endPtr && load<u8>(slashPtr) != SLASH) slashPtr++;
  if (!readDecimal(ptr, slashPtr)) return false;
  let numerator = over, denominator = under;
  if (slashPtr < endPtr) {
    if (!readDecimal(slashPtr + 1, endPtr) || over == 0) return false;
    const first = gcd(numerator, over), second = gcd(under, denominator);
    clearOverflow();
    numerator = signedMagnitude(multiply(numerator / first, under / second));
    denominator = signedMagnitude(multiply(denominator / second, over / first));
    if (hasOverflowed()) return false;
  }
  set(SAMPLE_RATE, numerator);
  set(SAMPLE_RATE_DENOMINATOR, denominator);
  return true;
}

/** Whether the layer's sample rate is above 0 and no larger than a parameter. Its denominator is not 0. */
export function isRateInRange(): bool {
  const numerator = get(SAMPLE_RATE), denominator = get(SAMPLE_RATE_DENOMINATOR);
  const whole = numerator / denominator;
  return numerator > 0 && (whole < PARAMETER_MAX || (whole == PARAMETER_MAX && numerator % denominator == 0));
}
