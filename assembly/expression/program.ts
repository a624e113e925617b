// The bytecode interpreter for expressions over whole numbers: derived axes, items of axes, and
// conditions. It is a stack machine. The host compiles an expression into a program, a sequence of
// instructions that only jumps forwards (src/kernel/program.ts). ids.generated.ts lists the
// instructions. Values are signed 64-bit numbers, and a condition is 1 or 0. Conditions that could
// meet a fraction or a missing value run in condition.ts.
//
// The value on top of the stack is in a local variable, the others are in memory at STACK_PTR.

import { clearOverflow, hasOverflowed } from "../checked";
import { get } from "../layers/layer";
import * as layout from "../layout";
import {
  denominator,
  isMissing,
  isPlain,
  isQuotient,
  isSigned,
  numerator,
  value,
  computeQuotient,
} from "../columns/results";
import {
  addSigned,
  ceilDivide,
  clearEvalStatus,
  divideExactly,
  fatal,
  floorDivide,
  gcdSigned,
  inexact,
  lcmSigned,
  magnitude,
  modulo,
  multiplySigned,
  negateSigned,
  power,
  subtractSigned,
  evalStatus,
} from "./signed";

/** The largest number with a list of divisors: the largest value of a parameter. */
export const DIVISORS_MAX: i64 = 2147483647;

function instructionPtr(instruction: u32): usize {
  return layout.IMAGE_CODE_PTR + <usize>instruction * layout.INSTRUCTION_BYTES;
}

/**
 * A result of the current layer. One that exceeds 2^63 - 1 is a fatal evaluation error. One that is
 * missing, or not a whole number, is inexact and so rejects the layer.
 */
function result(column: u32): i64 {
  clearOverflow();
  if (!isPlain(column)) {
    if (isMissing(column)) return inexact();
    if (isQuotient(column)) return wholeQuotient(column);
  }
  const found = value(column);
  return hasOverflowed() || (<i64>found < 0 && !isSigned(column)) ? fatal() : <i64>found;
}

/** The value of a column of quotients, if it is a whole number; errors as in `result`. */
function wholeQuotient(column: u32): i64 {
  computeQuotient(column);
  if (hasOverflowed()) return fatal();
  const quotient = numerator() / denominator();
  if (quotient * denominator() != numerator()) return inexact();
  return <i64>quotient < 0 ? fatal() : <i64>quotient;
}

/** Whether a is 1, 2, 4, 8, … */
function isPowerOfTwo(a: i64): bool {
  return a > 0 && (a & (a - 1)) == 0;
}

/**
 * n if it has a list of divisors, that is from 1 to DIVISORS_MAX; else a fatal evaluation error.
 */
export function requireDivisible(n: i64): i64 {
  return n < 1 || n > DIVISORS_MAX ? fatal() : n;
}

/** Whether x is one of first, first + step, … up to last. A step below 1 is a fatal error. */
function isInRange(x: i64, first: i64, last: i64, step: i64): bool {
  if (step < 1) {
    fatal();
    return false;
  }
  if (x < first || x > last) return false;
  // The distance is not negative, and fits in an unsigned 64-bit number.
  return <u64>(x - first) % <u64>step == 0;
}

/**
 * Runs the program that begins at an instruction, on the current layer. Returns the value of the
 * expression; it is meaningless if `evalStatus()` reports an error afterwards.
 */
export function evaluate(program: u32): i64 {
  clearEvalStatus();
  let ptr = instructionPtr(program);
  let stackPtr: usize = layout.STACK_PTR; // where the value on top is stored by the next push
  let top: i64 = 0;
  for (
    let operation = load<u32>(ptr);
    operation != layout.OP_END;
    operation = load<u32>(ptr)
  ) {
    const operand = load<u32>(ptr, 4);
    switch (operation) {
      case layout.OP_NUMBER: {
        store<i64>(stackPtr, top);
        stackPtr += 8;
        top = load<i64>(ptr, 8);
        break;
      }
      case layout.OP_FIELD: {
        store<i64>(stackPtr, top);
        stackPtr += 8;
        top = <i64>get(operand);
        break;
      }
      case layout.OP_RESULT: {
        store<i64>(stackPtr, top);
        stackPtr += 8;
        top = result(operand);
        if (evalStatus()) return 0;
        break;
      }
      case layout.OP_ADD: top = addSigned(load<i64>(stackPtr -= 8), top); break;
      case layout.OP_SUBTRACT: top = subtractSigned(load<i64>(stackPtr -= 8), top); break;
      case layout.OP_MULTIPLY: top = multiplySigned(load<i64>(stackPtr -= 8), top); break;
      case layout.OP_DIVIDE: top = divideExactly(load<i64>(stackPtr -= 8), top); break;
      case layout.OP_FLOOR_DIVIDE: top = floorDivide(load<i64>(stackPtr -= 8), top); break;
      case layout.OP_MODULO: top = modulo(load<i64>(stackPtr -= 8), top); break;
      case layout.OP_POWER: top = power(load<i64>(stackPtr -= 8), top); break;
      case layout.OP_CEIL_DIVIDE: top = ceilDivide(load<i64>(stackPtr -= 8), top); break;
      case layout.OP_MIN: top = min(load<i64>(stackPtr -= 8), top); break;
      case layout.OP_MAX: top = max(load<i64>(stackPtr -= 8), top); break;
      case layout.OP_GCD: top = gcdSigned(load<i64>(stackPtr -= 8), top); break;
      case layout.OP_LCM: top = lcmSigned(load<i64>(stackPtr -= 8), top); break;
      case layout.OP_LESS: top = i64(load<i64>(stackPtr -= 8) < top); break;
      case layout.OP_LESS_OR_EQUAL: top = i64(load<i64>(stackPtr -= 8) <= top); break;
      case layout.OP_GREATER: top = i64(load<i64>(stackPtr -= 8) > top); break;
      case layout.OP_GREATER_OR_EQUAL: top = i64(load<i64>(stackPtr -= 8) >= top); break;
      case layout.OP_EQUAL: top = i64(load<i64>(stackPtr -= 8) == top); break;
      case layout.OP_NOT_EQUAL: top = i64(load<i64>(stackPtr -= 8) != top); break;
      case layout.OP_NEGATE: top = negateSigned(top); break;
      case layout.OP_NOT: top = i64(top == 0); break;
      case layout.OP_ABS: top = magnitude(top); break;
      case layout.OP_AND: {
        if (top == 0) {
          ptr = instructionPtr(operand);
          continue;
        }
        top = load<i64>(stackPtr -= 8);
        break;
      }
      case layout.OP_OR: {
        if (top != 0) {
          ptr = instructionPtr(operand);
          continue;
        }
        top = load<i64>(stackPtr -= 8);
        break;
      }
      case layout.OP_KEEP: {
        const a = load<i64>(stackPtr - 8);
        store<i64>(stackPtr - 8, top);
        store<i64>(stackPtr, a);
        stackPtr += 8;
        break;
      }
      case layout.OP_CHAIN: {
        const b = load<i64>(stackPtr -= 8);
        if (top == 0) {
          ptr = instructionPtr(operand);
          continue;
        }
        top = b;
        break;
      }
      case layout.OP_IN_VALUE: {
        const x = load<i64>(stackPtr -= 8);
        if (x == top) {
          top = 1;
          ptr = instructionPtr(operand);
          continue;
        }
        top = x;
        break;
      }
      case layout.OP_IN_RANGE: {
        stackPtr -= 24;
        const x = load<i64>(stackPtr);
        if (isInRange(x, load<i64>(stackPtr, 8), load<i64>(stackPtr, 16), top)) {
          top = 1;
          ptr = instructionPtr(operand);
          continue;
        }
        if (evalStatus()) return 0;
        top = x;
        break;
      }
      case layout.OP_IN_POW2: {
        stackPtr -= 16;
        const x = load<i64>(stackPtr);
        if (isPowerOfTwo(x) && x >= load<i64>(stackPtr, 8) && x <= top) {
          top = 1;
          ptr = instructionPtr(operand);
          continue;
        }
        top = x;
        break;
      }
      case layout.OP_IN_DIVISORS: {
        const x = load<i64>(stackPtr -= 8);
        const n = requireDivisible(top);
        if (evalStatus()) return 0;
        if (x > 0 && n % x == 0) {
          top = 1;
          ptr = instructionPtr(operand);
          continue;
        }
        top = x;
        break;
      }
      case layout.OP_IN_NONE: top = 0; break;
      default: unreachable();
    }
    if (evalStatus()) return 0;
    ptr += layout.INSTRUCTION_BYTES;
  }
  return top;
}
