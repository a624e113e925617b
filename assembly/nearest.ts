// The double nearest to a quotient of two 64-bit integers.

/** Integers up to here are exact as doubles, so the machine's division rounds their quotient once. */
const DOUBLE_EXACT: u64 = 1 << 53;

/** n/d as the nearest double, halfway to even. d must not be 0. */
export function nearestQuotient(n: u64, d: u64): f64 {
  return n <= DOUBLE_EXACT && d <= DOUBLE_EXACT ? <f64>n / <f64>d : dividedByBits(n, d);
}

/** The same by long division in binary: 53 bits of the quotient, one to round by, and whether anything is left. */
function dividedByBits(n: u64, d: u64): f64 {
  if (n == 0) return 0;
  const nShift = clz(n), dShift = clz(d);
  let rest = n << nShift;
  const divisor = d << dShift;
  let bits: u64 = 0;
  let exponent = <i64>dShift - <i64>nShift;
  if (rest >= divisor) {
    bits = 1;
    rest -= divisor;
  }
  while (bits < DOUBLE_EXACT) {
    // Doubling may pass 2^64; the subtraction then brings it back below.
    const isAbove = rest >= divisor - rest;
    rest = isAbove ? rest - (divisor - rest) : rest << 1;
    bits = (bits << 1) | <u64>isAbove;
    exponent--;
  }
  const isHalf = (bits & 1) != 0;
  bits >>= 1;
  if (isHalf && (rest != 0 || (bits & 1) != 0)) bits++;
  // A power of two between 2^-120 and 2^120: the product is exact.
  return <f64>bits * reinterpret<f64>(<u64>(1023 + exponent + 1) << 52);
}
