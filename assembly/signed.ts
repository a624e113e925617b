// Signed 64-bit arithmetic as Python's over whole numbers, for expressions. Whatever has no value marks trouble; a result is
// meaningful only while there is none. (checked.ts is the same for the unsigned counts.)

import { EVAL_FATAL, EVAL_INEXACT, EVAL_OK } from "./layout";

let evaluationError: u32 = EVAL_OK;

export function clearEvalStatus(): void {
  evaluationError = EVAL_OK;
}

/** TROUBLE_…: what the last calculation came to. */
export function evalStatus(): u32 {
  return evaluationError;
}

/** Marks what has no value at all; it stops the sweep. */
export function fatal(): i64 {
  evaluationError = EVAL_FATAL;
  return 0;
}

/** Marks what has no whole number; it leaves the layer out. */
export function inexact(): i64 {
  evaluationError = EVAL_INEXACT;
  return 0;
}

export function addSigned(a: i64, b: i64): i64 {
  const sum = a + b;
  // Overflow exactly when both have the other sign than the sum.
  return ((a ^ sum) & (b ^ sum)) < 0 ? fatal() : sum;
}

export function subtractSigned(a: i64, b: i64): i64 {
  const difference = a - b;
  return ((a ^ b) & (a ^ difference)) < 0 ? fatal() : difference;
}

export function multiplySigned(a: i64, b: i64): i64 {
  const product = a * b;
  // Factors below 2^31 in magnitude, as parameters are, need no division.
  if (<i64><i32>a == a && <i64><i32>b == b) return product;
  if (a == 0 || b == 0) return 0;
  if ((a == -1 && b == i64.MIN_VALUE) || (b == -1 && a == i64.MIN_VALUE)) return fatal();
  return b != -1 && product / b != a ? fatal() : product;
}

export function negateSigned(a: i64): i64 {
  return a == i64.MIN_VALUE ? fatal() : -a;
}

export function magnitude(a: i64): i64 {
  return a < 0 ? negateSigned(a) : a;
}

/** a / b where it divides exactly. */
export function divideExactly(a: i64, b: i64): i64 {
  if (b == 0) return fatal();
  if (b == -1) return negateSigned(a);
  const quotient = a / b;
  if (quotient * b != a) evaluationError = EVAL_INEXACT;
  return quotient;
}

/** a // b, rounded towards minus infinity. */
export function floorDivide(a: i64, b: i64): i64 {
  if (b == 0) return fatal();
  if (b == -1) return negateSigned(a);
  const quotient = a / b;
  return quotient - i64(quotient * b != a && (a ^ b) < 0);
}

/** a % b, which has the sign of b. */
export function modulo(a: i64, b: i64): i64 {
  if (b == 0) return fatal();
  if (b == -1) return 0;
  const rest = a % b;
  return rest != 0 && (rest ^ b) < 0 ? rest + b : rest;
}

/** a / b, rounded towards plus infinity. */
export function ceilDivide(a: i64, b: i64): i64 {
  if (b == 0) return fatal();
  if (b == -1) return negateSigned(a);
  const quotient = a / b;
  return quotient + i64(quotient * b != a && (a ^ b) > 0);
}

/** a ** b; a negative b has no whole value. */
export function power(a: i64, b: i64): i64 {
  if (b < 0) return fatal();
  if (a == 0 || a == 1) return b == 0 ? 1 : a;
  if (a == -1) return b & 1 ? -1 : 1;
  if (b > 63) return fatal();
  let result: i64 = 1;
  for (let i: i64 = 0; i < b; i++) result = multiplySigned(result, a);
  return result;
}

/** The greatest common divisor of the magnitudes; that of 0 and 0 is 0. */
export function gcdSigned(a: i64, b: i64): i64 {
  while (b != 0) {
    // The remainder of the least number by -1 is 0, but the machine's division cannot say so.
    const rest: i64 = b == -1 ? 0 : a % b;
    a = b;
    b = rest;
  }
  return magnitude(a);
}

/** The least common multiple of the magnitudes; 0 where one of them is 0. */
export function lcmSigned(a: i64, b: i64): i64 {
  if (a == 0 || b == 0) return 0;
  const divisor = gcdSigned(a, b);
  if (evaluationError) return 0;
  return magnitude(multiplySigned(a / divisor, b));
}
