// Conditions over exact rationals. This is a second stack machine for the bytecode of program.ts,
// for conditions that could meet a fraction or a missing value. The host compiles a condition for
// this machine only where it must (src/plan/schedule.ts), because program.ts is faster over whole
// numbers.
//
// A value takes two words of the stack, numerator and denominator. The value on top is kept in two
// variables instead. A comparison with a missing value is false. The machine remembers that it met
// one, so that layers rejected for this reason are counted separately.

import { clearOverflow, hasOverflowed } from "../checked";
import { get } from "../layers/layer";
import * as layout from "../layout";
import { requireDivisible } from "./program";
import * as rational from "./rational";
import {
  denominator,
  isMissing,
  isQuotient,
  isSigned,
  numerator,
  value,
  computeQuotient,
} from "../columns/results";
import { clearEvalStatus, fatal, gcdSigned, lcmSigned, evalStatus } from "./signed";

/** Bytes of a value on the stack: numerator and denominator as i64. */
const VALUE_BYTES: usize = 16;

/**
 * Whether the last condition found a comparison, a membership or a truth false for a missing value.
 */
export let metMissing: bool = false;

/** The value on top of the stack: n/d, or missing where d is 0. */
let n: i64 = 0;
let d: i64 = 1;

/** Makes the last result of rational.ts the value on top. */
function takeRational(): void {
  n = rational.numerator;
  d = rational.denominator;
}

/**
 * Makes a result of the current layer the value on top. A result that exceeds 64 bits is a fatal
 * evaluation error.
 */
function takeResult(column: u32): void {
  if (isMissing(column)) {
    n = 0;
    d = rational.MISSING;
    return;
  }
  clearOverflow();
  if (isQuotient(column)) {
    computeQuotient(column);
    if (hasOverflowed()) {
      fatal();
      return;
    }
    rational.takeQuotient(numerator(), denominator());
    takeRational();
    return;
  }
  const result = value(column);
  if (hasOverflowed() || (<i64>result < 0 && !isSigned(column))) fatal();
  n = <i64>result;
  d = 1;
}

/** Makes 1 or 0 the value on top. */
function takeBoolean(truth: bool): void {
  n = i64(truth);
  d = 1;
}

/** Whether the value on top is true: not missing and not 0. */
function isTrue(): bool {
  if (d == rational.MISSING) metMissing = true;
  return d != rational.MISSING && n != 0;
}

/** Replaces the value on top by the outcome of comparing a/b with it. */
function applyComparison(operation: u32, a: i64, b: i64): void {
  if (b == rational.MISSING || d == rational.MISSING) {
    metMissing = true;
    return takeBoolean(false);
  }
  const sign = rational.compare(a, b, n, d);
  switch (operation) {
    case layout.OP_LESS: return takeBoolean(sign < 0);
    case layout.OP_LESS_OR_EQUAL: return takeBoolean(sign <= 0);
    case layout.OP_GREATER: return takeBoolean(sign > 0);
    case layout.OP_GREATER_OR_EQUAL: return takeBoolean(sign >= 0);
    case layout.OP_EQUAL: return takeBoolean(sign == 0);
    default: takeBoolean(sign != 0);
  }
}

/** Replaces the value on top by a/b (operation) top. A missing operand makes the result missing. */
function applyOperation(operation: u32, a: i64, b: i64): void {
  switch (operation) {
    case layout.OP_ADD: rational.add(a, b, n, d); break;
    case layout.OP_SUBTRACT: rational.subtract(a, b, n, d); break;
    case layout.OP_MULTIPLY: rational.multiply(a, b, n, d); break;
    case layout.OP_DIVIDE: rational.divide(a, b, n, d); break;
    case layout.OP_FLOOR_DIVIDE: rational.divideFloor(a, b, n, d); break;
    case layout.OP_MODULO: rational.remainder(a, b, n, d); break;
    case layout.OP_POWER: rational.raise(a, b, n, d); break;
    case layout.OP_CEIL_DIVIDE: rational.divideCeil(a, b, n, d); break;
    default: {
      if (b == rational.MISSING || d == rational.MISSING) {
        n = 0;
        d = rational.MISSING;
        return;
      }
      if (operation == layout.OP_MIN || operation == layout.OP_MAX) {
        const isFirst = (rational.compare(a, b, n, d) < 0) == (operation == layout.OP_MIN);
        if (isFirst) {
          n = a;
          d = b;
        }
        return;
      }
      // gcd and lcm are defined for whole numbers only.
      if (b != 1 || d != 1) {
        fatal();
        return;
      }
      n = operation == layout.OP_GCD ? gcdSigned(a, n) : lcmSigned(a, n);
      return;
    }
  }
  takeRational();
}

/**
 * Whether x is one of first, first + step, … up to last, where the step is the value on top. A
 * missing operand makes it false. A step below 1 is a fatal evaluation error.
 */
function isInRange(xn: i64, xd: i64, firstN: i64, firstD: i64, lastN: i64, lastD: i64): bool {
  if (
    xd == rational.MISSING || firstD == rational.MISSING || lastD == rational.MISSING
    || d == rational.MISSING
  ) {
    metMissing = true;
    return false;
  }
  if (rational.compare(n, d, 1, 1) < 0) {
    fatal();
    return false;
  }
  if (
    rational.compare(xn, xd, firstN, firstD) < 0 || rational.compare(xn, xd, lastN, lastD) > 0
  ) {
    return false;
  }
  // The distance between two whole numbers fits in an unsigned 64-bit number.
  if (xd == 1 && firstD == 1 && d == 1) return <u64>(xn - firstN) % <u64>n == 0;
  rational.subtract(xn, xd, firstN, firstD);
  if (evalStatus()) return false;
  rational.divide(rational.numerator, rational.denominator, n, d);
  return rational.denominator == 1;
}

/** Whether a/b is 1, 2, 4, 8, … */
function isPowerOfTwo(a: i64, b: i64): bool {
  return b == 1 && a > 0 && (a & (a - 1)) == 0;
}

function instructionPtr(instruction: u32): usize {
  return layout.IMAGE_CODE_PTR + <usize>instruction * layout.INSTRUCTION_BYTES;
}

/**
 * Runs the program of a condition, given by its first instruction, on the current layer. Returns
 * whether the condition holds. The answer is meaningless if `evalStatus()` reports an error
 * afterwards. `metMissing` tells whether a missing value made something false.
 */
export function holds(program: u32): bool {
  clearEvalStatus();
  metMissing = false;
  let ptr = instructionPtr(program);
  let stackPtr: usize = layout.STACK_PTR; // where the value on top is stored by the next push
  n = 0;
  d = 1;
  for (
    let operation = load<u32>(ptr);
    operation != layout.OP_END;
    operation = load<u32>(ptr)
  ) {
    const operand = load<u32>(ptr, 4);
    switch (operation) {
      case layout.OP_NUMBER:
      case layout.OP_FIELD:
      case layout.OP_RESULT: {
        store<i64>(stackPtr, n);
        store<i64>(stackPtr, d, 8);
        stackPtr += VALUE_BYTES;
        if (operation == layout.OP_RESULT) {
          takeResult(operand);
        } else {
          n = operation == layout.OP_NUMBER ? load<i64>(ptr, 8) : <i64>get(operand);
          d = 1;
        }
        break;
      }
      case layout.OP_NEGATE: {
        rational.negate(n, d);
        takeRational();
        break;
      }
      case layout.OP_ABS: {
        if (n < 0) {
          rational.negate(n, d);
          n = rational.numerator;
        }
        break;
      }
      case layout.OP_NOT: {
        // `not` of a missing value is false, as a comparison with it is.
        takeBoolean(!isTrue() && d != rational.MISSING);
        break;
      }
      case layout.OP_IS_MISSING: {
        takeBoolean(d == rational.MISSING);
        break;
      }
      case layout.OP_AND:
      case layout.OP_OR: {
        if (isTrue() == (operation == layout.OP_OR)) {
          ptr = instructionPtr(operand);
          continue;
        }
        stackPtr -= VALUE_BYTES;
        n = load<i64>(stackPtr);
        d = load<i64>(stackPtr, 8);
        break;
      }
      case layout.OP_KEEP: {
        const a = load<i64>(stackPtr - 16), b = load<i64>(stackPtr - 8);
        store<i64>(stackPtr - 16, n);
        store<i64>(stackPtr - 8, d);
        store<i64>(stackPtr, a);
        store<i64>(stackPtr, b, 8);
        stackPtr += VALUE_BYTES;
        break;
      }
      case layout.OP_CHAIN: {
        stackPtr -= VALUE_BYTES;
        if (n == 0) {
          ptr = instructionPtr(operand);
          continue;
        }
        n = load<i64>(stackPtr);
        d = load<i64>(stackPtr, 8);
        break;
      }
      case layout.OP_IN_VALUE:
      case layout.OP_IN_RANGE:
      case layout.OP_IN_POW2:
      case layout.OP_IN_DIVISORS: {
        stackPtr -= operation == layout.OP_IN_RANGE ? 48 : operation == layout.OP_IN_POW2 ? 32 : 16;
        const xn = load<i64>(stackPtr), xd = load<i64>(stackPtr, 8);
        let isIn = false;
        if (operation == layout.OP_IN_RANGE) {
          isIn = isInRange(
            xn, xd, load<i64>(stackPtr, 16), load<i64>(stackPtr, 24),
            load<i64>(stackPtr, 32), load<i64>(stackPtr, 40),
          );
        } else if (
          xd == rational.MISSING || d == rational.MISSING
          || (operation == layout.OP_IN_POW2 && load<i64>(stackPtr, 24) == rational.MISSING)
        ) {
          metMissing = true;
        } else if (operation == layout.OP_IN_VALUE) {
          isIn = xn == n && xd == d;
        } else if (operation == layout.OP_IN_POW2) {
          isIn = isPowerOfTwo(xn, xd)
            && rational.compare(xn, xd, load<i64>(stackPtr, 16), load<i64>(stackPtr, 24)) >= 0
            && rational.compare(xn, xd, n, d) <= 0;
        } else {
          const dividend = d == 1 ? requireDivisible(n) : fatal();
          isIn = !evalStatus() && xd == 1 && xn > 0 && dividend % xn == 0;
        }
        if (evalStatus()) return false;
        if (isIn) {
          takeBoolean(true);
          ptr = instructionPtr(operand);
          continue;
        }
        n = xn;
        d = xd;
        break;
      }
      case layout.OP_IN_NONE: {
        // Operand 1 says that a `not` follows. A missing x stays on top for that `not`, so that
        // `x not in …` is also false where x is missing.
        if (!operand || d != rational.MISSING) takeBoolean(false);
        break;
      }
      default: {
        stackPtr -= VALUE_BYTES;
        const a = load<i64>(stackPtr), b = load<i64>(stackPtr, 8);
        if (operation >= layout.OP_LESS && operation <= layout.OP_NOT_EQUAL) {
          applyComparison(operation, a, b);
        } else {
          applyOperation(operation, a, b);
        }
      }
    }
    if (evalStatus()) return false;
    ptr += layout.INSTRUCTION_BYTES;
  }
  return isTrue();
}
