// Sample rates in lists: a decimal (22050, 689.0625) or a fraction of two decimals (22050/32). They
// are read exactly, into a numerator and a denominator of 63 bits in lowest terms.

import { clearOverflow, gcd, hasOverflowed, multiply, signedMagnitude } from "./checked";
import { get, PARAMETER_MAX, set } from "./layer";
import { SAMPLE_RATE, SAMPLE_RATE_DENOMINATOR } from "./layout";

const POINT: u8 = 0x2e;
const SLASH: u8 = 0x2f;
const ZERO: u8 = 0x30;

/** Maximum number of significant digits, and of digits after the point; more are a mistake. */
const MAX_DIGITS: u32 = 18;

/** The decimal that `readDecimal` has read, in lowest terms. */
let decimalNumerator: u64 = 0;
let decimalDenominator: u64 = 1;

function isDigit(ptr: usize): bool {
  return <u32>load<u8>(ptr) - ZERO <= 9;
}

/** Reads [ptr, endPtr) as digits, optionally with a point between them. Returns false otherwise. */
function readDecimal(ptr: usize, endPtr: usize): bool {
  let pointPtr = ptr;
  while (pointPtr < endPtr && isDigit(pointPtr)) pointPtr++;
  // The only leading zero that is allowed is a single one before the point.
  if (pointPtr == ptr || (pointPtr > ptr + 1 && load<u8>(ptr) == ZERO)) return false;
  if (pointPtr < endPtr) {
    if (load<u8>(pointPtr) != POINT || pointPtr + 1 == endPtr) return false;
    for (let atPtr = pointPtr + 1; atPtr < endPtr; atPtr++) if (!isDigit(atPtr)) return false;
    // Trailing zeros after the point do not change the value, and do not count as digits.
    while (load<u8>(endPtr - 1) == ZERO) endPtr--;
  }
  decimalNumerator = 0;
  decimalDenominator = 1;
  let digits: u32 = 0;
  for (let atPtr = ptr; atPtr < endPtr; atPtr++) {
    if (atPtr == pointPtr) continue;
    decimalNumerator = decimalNumerator * 10 + (load<u8>(atPtr) - ZERO);
    if (decimalNumerator > 0) digits++;
    if (atPtr > pointPtr) decimalDenominator *= 10;
    if (digits > MAX_DIGITS || (atPtr > pointPtr && <u32>(atPtr - pointPtr) > MAX_DIGITS)) {
      return false;
    }
  }
  const divisor = gcd(decimalNumerator, decimalDenominator);
  decimalNumerator /= divisor;
  decimalDenominator /= divisor;
  return true;
}

/**
 * Reads [ptr, endPtr) into the sample rate of the layer. Returns false if the text is malformed, if
 * the divisor is 0, or if 63 bits do not hold the numerator or the denominator.
 */
export function readRate(ptr: usize, endPtr: usize): bool {
  let slashPtr = ptr;
  while (slashPtr < endPtr && load<u8>(slashPtr) != SLASH) slashPtr++;
  if (!readDecimal(ptr, slashPtr)) return false;
  let numerator = decimalNumerator, denominator = decimalDenominator;
  if (slashPtr < endPtr) {
    if (!readDecimal(slashPtr + 1, endPtr) || decimalNumerator == 0) return false;
    // Common factors are cancelled first, so that only the result itself can exceed 63 bits.
    const first = gcd(numerator, decimalNumerator), second = gcd(decimalDenominator, denominator);
    clearOverflow();
    numerator = signedMagnitude(multiply(numerator / first, decimalDenominator / second));
    denominator = signedMagnitude(multiply(denominator / second, decimalNumerator / first));
    if (hasOverflowed()) return false;
  }
  set(SAMPLE_RATE, numerator);
  set(SAMPLE_RATE_DENOMINATOR, denominator);
  return true;
}

/**
 * Whether the sample rate of the layer is above 0 and at most PARAMETER_MAX. Its denominator is not
 * 0.
 */
export function isRateInRange(): bool {
  const numerator = get(SAMPLE_RATE), denominator = get(SAMPLE_RATE_DENOMINATOR);
  const whole = numerator / denominator;
  return numerator > 0
    && (whole < PARAMETER_MAX || (whole == PARAMETER_MAX && numerator % denominator == 0));
}
