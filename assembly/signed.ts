// Signed 64-bit arithmetic with Python's semantics, for expressions over whole numbers. An
// operation without a value sets the evaluation status, and a result is meaningful only while that
// status is EVAL_OK. The status is a module variable because a WebAssembly function returns one
// number. checked.ts does the same for the unsigned counts.

import { EVAL_FATAL, EVAL_INEXACT, EVAL_OK } from "./layout";

let status: u32 = EVAL_OK;

/** Resets the status to EVAL_OK. */
export function clearEvalStatus(): void {
  status = EVAL_OK;
}

/** The status (EVAL_…) of the operations since the last `clearEvalStatus()`. */
export function evalStatus(): u32 {
  return status;
}

/** Reports that an expression has no value, which stops the sweep. Returns 0. */
export function fatal(): i64 {
  status = EVAL_FATAL;
  return 0;
}

/** Reports that an expression has no whole value, which rejects the layer. Returns 0. */
export function inexact(): i64 {
  status = EVAL_INEXACT;
  return 0;
}

/** a + b; fatal if it exceeds 64 bits. */
export function addSigned(a: i64, b: i64): i64 {
  const sum = a + b;
  // Overflow exactly when both operands have the opposite sign of the sum.
  return ((a ^ sum) & (b ^ sum)) < 0 ? fatal() : sum;
}

/** a - b; fatal if it exceeds 64 bits. */
export function subtractSigned(a: i64, b: i64): i64 {
  const difference = a - b;
  // Overflow exactly when the signs of the operands differ and the result has the sign of b.
  return ((a ^ b) & (a ^ difference)) < 0 ? fatal() : difference;
}

/** a · b; fatal if it exceeds 64 bits. */
export function multiplySigned(a: i64, b: i64): i64 {
  const product = a * b;
  // Factors that fit in 32 bits, as parameters do, need no division.
  if (<i64><i32>a == a && <i64><i32>b == b) return product;
  if (a == 0 || b == 0) return 0;
  if ((a == -1 && b == i64.MIN_VALUE) || (b == -1 && a == i64.MIN_VALUE)) return fatal();
  return b != -1 && product / b != a ? fatal() : product;
}

/** -a; fatal for -2^63. */
export function negateSigned(a: i64): i64 {
  return a == i64.MIN_VALUE ? fatal() : -a;
}

/** |a|; fatal for -2^63. */
export function magnitude(a: i64): i64 {
  return a < 0 ? negateSigned(a) : a;
}

/** a / b. Inexact where it does not divide exactly; fatal for b = 0 and for -2^63 / -1. */
export function divideExactly(a: i64, b: i64): i64 {
  if (b == 0) return fatal();
  if (b == -1) return negateSigned(a);
  const quotient = a / b;
  if (quotient * b != a) status = EVAL_INEXACT;
  return quotient;
}

/** a // b, rounded towards minus infinity; fatal for b = 0 and for -2^63 // -1. */
export function floorDivide(a: i64, b: i64): i64 {
  if (b == 0) return fatal();
  if (b == -1) return negateSigned(a);
  const quotient = a / b;
  return quotient - i64(quotient * b != a && (a ^ b) < 0);
}

/** a % b, which has the sign of b; fatal for b = 0. */
export function modulo(a: i64, b: i64): i64 {
  if (b == 0) return fatal();
  if (b == -1) return 0;
  const remainder = a % b;
  return remainder != 0 && (remainder ^ b) < 0 ? remainder + b : remainder;
}

/** a / b, rounded towards plus infinity; fatal for b = 0 and for -2^63 / -1. */
export function ceilDivide(a: i64, b: i64): i64 {
  if (b == 0) return fatal();
  if (b == -1) return negateSigned(a);
  const quotient = a / b;
  return quotient + i64(quotient * b != a && (a ^ b) > 0);
}

/** a ** b; 0 ** 0 is 1. Fatal for b < 0, which has no whole value, and if it exceeds 64 bits. */
export function power(a: i64, b: i64): i64 {
  if (b < 0) return fatal();
  if (a == 0 || a == 1) return b == 0 ? 1 : a;
  if (a == -1) return b & 1 ? -1 : 1;
  if (b > 63) return fatal();
  let result: i64 = 1;
  for (let i: i64 = 0; i < b; i++) result = multiplySigned(result, a);
  return result;
}

/** The greatest common divisor of |a| and |b|; gcd(0, 0) is 0. Fatal where it is 2^63. */
export function gcdSigned(a: i64, b: i64): i64 {
  while (b != 0) {
    // -2^63 % -1 is 0, but it overflows in the division of the machine.
    const remainder: i64 = b == -1 ? 0 : a % b;
    a = b;
    b = remainder;
  }
  return magnitude(a);
}

/** The least common multiple of |a| and |b|; 0 where one of them is 0. Fatal above 2^63 - 1. */
export function lcmSigned(a: i64, b: i64): i64 {
  if (a == 0 || b == 0) return 0;
  const divisor = gcdSigned(a, b);
  if (status) return 0;
  return magnitude(multiplySigned(a / divisor, b));
}
