// Conditions over exact rationals: the stack machine of program.ts for those that could meet a fraction or a missing value. The host
// compiles a condition for this machine only where it must (src/plan/program.ts); over whole numbers program.ts is faster.
//
// A value takes two slots of the stack, numerator and denominator; that on top is in two variables. A comparison with a missing value is
// false, and is remembered, so that the layers which a condition rejects for it are counted apart.

import { clearOverflow, hasOverflowed } from "./checked";
import { get } from "./layer";
import {
  IMAGE_CODE_PTR, INSTRUCTION_BYTES, OP_ABS, OP_ADD, OP_AND, OP_CEIL_DIVIDE, OP_CHAIN, OP_DIVIDE, OP_END, OP_EQUAL, OP_FIELD, OP_FLOOR_DIVIDE, OP_GCD, OP_GREATER,
  OP_GREATER_OR_EQUAL, OP_IN_DIVISORS, OP_IN_NONE, OP_IN_POW2, OP_IN_RANGE, OP_IN_VALUE, OP_IS_MISSING, OP_KEEP, OP_LCM, OP_LESS, OP_LESS_OR_EQUAL, OP_MAX, OP_MIN, OP_MODULO,
  OP_MULTIPLY, OP_NEGATE, OP_NOT, OP_NOT_EQUAL, OP_NUMBER, OP_OR, OP_POWER, OP_RESULT, OP_SUBTRACT, STACK_PTR,
} from "./layout";
import { divisible } from "./program";
import {
  add, compare, divide, divideCeil, divideFloor, MISSING, multiply, negate, over, raise, remainder, subtract, takeQuotient, under,
} from "./rational";
import { denominator, isMissing, isQuotient, isSigned, numerator, value, workOutQuotient } from "./results";
import { clearEvalStatus, fatal, gcdSigned, lcmSigned, evalStatus } from "./signed";

/** Whether the last condition met a missing value that made a comparison false. */
export let metMissing: bool = false;

/** The value on top of the stack: n/d, or missing where d is 0. */
let n: i64 = 0;
let d: i64 = 1;

/** Takes the value of a result of the layer at hand. */
function takeResult(column: u32): void {
  if (isMissing(column)) {
    n = 0;
    d = MISSING;
    return;
  }
  clearOverflow();
  if (isQuotient(column)) {
    workOutQuotient(column);
    if (hasOverflowed()) {
      fatal();
      return;
    }
    takeQuotient(numerator(), denominator());
    n = over;
    d = under;
    return;
  }
  const found = value(column);
  if (hasOverflowed() || (<i64>found < 0 && !isSigned(column))) fatal();
  n = <i64>found;
  d = 1;
}

/** Puts a truth on top. */
function takeTruth(holds: bool): void {
  n = i64(holds);
  d = 1;
}

/** Whether the value on top is true; a missing one is not. */
function isTrue(): bool {
  if (d == MISSING) metMissing = true;
  return d != MISSING && n != 0;
}

/** Compares a/b with the value on top. */
function takeComparison(operation: u32, a: i64, b: i64): void {
  if (b == MISSING || d == MISSING) {
    metMissing = true;
    return takeTruth(false);
  }
  const sign = compare(a, b, n, d);
  switch (operation) {
    case OP_LESS: return takeTruth(sign < 0);
    case OP_LESS_OR_EQUAL: return takeTruth(sign <= 0);
    case OP_GREATER: return takeTruth(sign > 0);
    case OP_GREATER_OR_EQUAL: return takeTruth(sign >= 0);
    case OP_EQUAL: return takeTruth(sign == 0);
    default: takeTruth(sign != 0);
  }
}

/** Works out a/b (operation) top. */
function takeOperation(operation: u32, a: i64, b: i64): void {
  switch (operation) {
    case OP_ADD: add(a, b, n, d); break;
    case OP_SUBTRACT: subtract(a, b, n, d); break;
    case OP_MULTIPLY: multiply(a, b, n, d); break;
    case OP_DIVIDE: divide(a, b, n, d); break;
    case OP_FLOOR_DIVIDE: divideFloor(a, b, n, d); break;
    case OP_MODULO: remainder(a, b, n, d); break;
    case OP_POWER: raise(a, b, n, d); break;
    case OP_CEIL_DIVIDE: divideCeil(a, b, n, d); break;
    default: {
      if (b == MISSING || d == MISSING) {
        n = 0;
        d = MISSING;
        return;
      }
      if (operation == OP_MIN || operation == OP_MAX) {
        const isFirst = (compare(a, b, n, d) < 0) == (operation == OP_MIN);
        if (isFirst) {
          n = a;
          d = b;
        }
        return;
      }
      // What divides a number is a question about whole numbers only.
      if (b != 1 || d != 1) {
        fatal();
        return;
      }
      n = operation == OP_GCD ? gcdSigned(a, n) : lcmSigned(a, n);
      return;
    }
  }
  n = over;
  d = under;
}

/** Whether x is one of first, first + step, … up to the last, which is on top. A missing value is in no range. */
function isInRange(xn: i64, xd: i64, firstN: i64, firstD: i64, lastN: i64, lastD: i64): bool {
  if (xd == MISSING || firstD == MISSING || lastD == MISSING || d == MISSING) {
    metMissing = true;
    return false;
  }
  if (compare(n, d, 1, 1) < 0) {
    fatal();
    return false;
  }
  if (compare(xn, xd, firstN, firstD) < 0 || compare(xn, xd, lastN, lastD) > 0) return false;
  // The distance of two whole numbers fits 64 bits without a sign.
  if (xd == 1 && firstD == 1 && d == 1) return <u64>(xn - firstN) % <u64>n == 0;
  subtract(xn, xd, firstN, firstD);
  if (evalStatus()) return false;
  divide(over, under, n, d);
  return under == 1;
}

function isPowerOfTwo(a: i64, b: i64): bool {
  return b == 1 && a > 0 && (a & (a - 1)) == 0;
}

function instructionPtr(instruction: u32): usize {
  return IMAGE_CODE_PTR + <usize>instruction * INSTRUCTION_BYTES;
}

/** Runs a condition's program. Returns whether it holds, unless `evalStatus()` says that it cannot be decided. */
export function holds(program: u32): bool {
  clearEvalStatus();
  metMissing = false;
  let ptr = instructionPtr(program);
  let below: usize = STACK_PTR; // where the next value below the top goes
  n = 0;
  d = 1;
  for (let operation = load<u32>(ptr); operation != OP_END; operation = load<u32>(ptr)) {
    const operand = load<u32>(ptr, 4);
    switch (operation) {
      case OP_NUMBER:
      case OP_FIELD:
      case OP_RESULT: {
        store<i64>(below, n);
        store<i64>(below, d, 8);
        below += 16;
        if (operation == OP_RESULT) {
          takeResult(operand);
        } else {
          n = operation == OP_NUMBER ? load<i64>(ptr, 8) : <i64>get(operand);
          d = 1;
        }
        break;
      }
      case OP_NEGATE: {
        negate(n, d);
        n = over;
        d = under;
        break;
      }
      case OP_ABS: {
        if (n < 0) {
          negate(n, d);
          n = over;
        }
        break;
      }
      case OP_NOT: {
        // `not` of a missing value is a comparison with it: false, too.
        takeTruth(!isTrue() && d != MISSING);
        break;
      }
      case OP_IS_MISSING: {
        takeTruth(d == MISSING);
        break;
      }
      case OP_AND:
      case OP_OR: {
        if (isTrue() == (operation == OP_OR)) {
          ptr = instructionPtr(operand);
          continue;
        }
        below -= 16;
        n = load<i64>(below);
        d = load<i64>(below, 8);
        break;
      }
      case OP_KEEP: {
        const a = load<i64>(below - 16), b = load<i64>(below - 8);
        store<i64>(below - 16, n);
        store<i64>(below - 8, d);
        store<i64>(below, a);
        store<i64>(below, b, 8);
        below += 16;
        break;
      }
      case OP_CHAIN: {
        below -= 16;
        if (n == 0) {
          ptr = instructionPtr(operand);
          continue;
        }
        n = load<i64>(below);
        d = load<i64>(below, 8);
        break;
      }
      case OP_IN_VALUE:
      case OP_IN_RANGE:
      case OP_IN_POW2:
      case OP_IN_DIVISORS: {
        below -= operation == OP_IN_RANGE ? 48 : operation == OP_IN_POW2 ? 32 : 16;
        const xn = load<i64>(below), xd = load<i64>(below, 8);
        let isIn = false;
        if (operation == OP_IN_RANGE) {
          isIn = isInRange(xn, xd, load<i64>(below, 16), load<i64>(below, 24), load<i64>(below, 32), load<i64>(below, 40));
        } else if (xd == MISSING || d == MISSING || (operation == OP_IN_POW2 && load<i64>(below, 24) == MISSING)) {
          metMissing = true;
        } else if (operation == OP_IN_VALUE) {
          isIn = xn == n && xd == d;
        } else if (operation == OP_IN_POW2) {
          isIn = isPowerOfTwo(xn, xd) && compare(xn, xd, load<i64>(below, 16), load<i64>(below, 24)) >= 0 && compare(xn, xd, n, d) <= 0;
        } else {
          const whole = d == 1 ? divisible(n) : fatal();
          isIn = !evalStatus() && xd == 1 && xn > 0 && whole % xn == 0;
        }
        if (evalStatus()) return false;
        if (isIn) {
          takeTruth(true);
          ptr = instructionPtr(operand);
          continue;
        }
        n = xn;
        d = xd;
        break;
      }
      case OP_IN_NONE: {
        // With the operand a `not` follows. It must find a missing value, so that `x not in …` is false, too, where x is missing.
        if (!operand || d != MISSING) takeTruth(false);
        break;
      }
      default: {
        below -= 16;
        const a = load<i64>(below), b = load<i64>(below, 8);
        if (operation >= OP_LESS && operation <= OP_NOT_EQUAL) takeComparison(operation, a, b);
        else takeOperation(operation, a, b);
      }
    }
    if (evalStatus()) return false;
    ptr += INSTRUCTION_BYTES;
  }
  return isTrue();
}
