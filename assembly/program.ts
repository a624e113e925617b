// The stack machine that expressions run on: derived axes, the items of lists, and constraints. A program is a row of
// instructions without loops; the host has made it from an expression (src/plan/program.ts), and layout.ts lists what each
// instruction does. Values are signed, 64 bits; a condition is 1 or 0.
//
// The value on top of the stack stands in a variable, those below it in memory.

import { clearOverflow, hasOverflowed } from "./checked";
import { get } from "./layer";
import {
  IMAGE_CODE_PTR, INSTRUCTION_BYTES, OP_ABS, OP_ADD, OP_AND, OP_CEIL_DIVIDE, OP_CHAIN, OP_DIVIDE,
  OP_END, OP_EQUAL, OP_FIELD, OP_FLOOR_DIVIDE, OP_GCD, OP_GREATER, OP_GREATER_OR_EQUAL, OP_IN_DIVISORS, OP_IN_NONE,
  OP_IN_POW2, OP_IN_RANGE, OP_IN_VALUE, OP_KEEP, OP_LCM, OP_LESS, OP_LESS_OR_EQUAL, OP_MAX, OP_MIN, OP_MODULO, OP_MULTIPLY,
  OP_NEGATE, OP_NOT, OP_NOT_EQUAL, OP_NUMBER, OP_OR, OP_POWER, OP_RESULT, OP_SUBTRACT, STACK_PTR,
} from "./layout";
import { denominator, isMissing, isPlain, isQuotient, isSigned, numerator, value, workOutQuotient } from "./results";
import {
  addSigned, ceilDivide, clearEvalStatus, divideExactly, fatal, floorDivide, gcdSigned, inexact, lcmSigned, magnitude, modulo,
  multiplySigned, negateSigned, power, subtractSigned, evalStatus,
} from "./signed";

/** The largest number whose divisors are listed: the largest value of a parameter. */
export const DIVISORS_MAX: i64 = 2147483647;

function instructionPtr(instruction: u32): usize {
  return IMAGE_CODE_PTR + <usize>instruction * INSTRUCTION_BYTES;
}

/** A result of the layer at hand. One that passes 2^63 - 1 is trouble; one that is no whole number, or missing, leaves the layer out. */
function result(column: u32): i64 {
  clearOverflow();
  if (!isPlain(column)) {
    if (isMissing(column)) return inexact();
    if (isQuotient(column)) return wholeQuotient(column);
  }
  const found = value(column);
  return hasOverflowed() || (<i64>found < 0 && !isSigned(column)) ? fatal() : <i64>found;
}

function wholeQuotient(column: u32): i64 {
  workOutQuotient(column);
  if (hasOverflowed()) return fatal();
  const quotient = numerator() / denominator();
  if (quotient * denominator() != numerator()) return inexact();
  return <i64>quotient < 0 ? fatal() : <i64>quotient;
}

function isPowerOfTwo(a: i64): bool {
  return a > 0 && (a & (a - 1)) == 0;
}

/** n, if it has a list of divisors. */
export function divisible(n: i64): i64 {
  return n < 1 || n > DIVISORS_MAX ? fatal() : n;
}

/** Whether x is one of first, first + step, … up to last. */
function isInRange(x: i64, first: i64, last: i64, step: i64): bool {
  if (step < 1) {
    fatal();
    return false;
  }
  if (x < first || x > last) return false;
  // Their distance is not negative, and fits 64 bits without a sign.
  return <u64>(x - first) % <u64>step == 0;
}

/** Runs a program. Returns its value, unless `evalStatus()` says that there is none. */
export function progression(program: u32): i64 {
  clearEvalStatus();
  let ptr = instructionPtr(program);
  let below: usize = STACK_PTR; // where the next value below the top goes
  let top: i64 = 0;
  for (let operation = load<u32>(ptr); operation != OP_END; operation = load<u32>(ptr)) {
    const operand = load<u32>(ptr, 4);
    switch (operation) {
      case OP_NUMBER: {
        store<i64>(below, top);
        below += 8;
        top = load<i64>(ptr, 8);
        break;
      }
      case OP_FIELD: {
        store<i64>(below, top);
        below += 8;
        top = <i64>get(operand);
        break;
      }
      case OP_RESULT: {
        store<i64>(below, top);
        below += 8;
        top = result(operand);
        if (evalStatus()) return 0;
        break;
      }
      case OP_ADD: top = addSigned(load<i64>(below -= 8), top); break;
      case OP_SUBTRACT: top = subtractSigned(load<i64>(below -= 8), top); break;
      case OP_MULTIPLY: top = multiplySigned(load<i64>(below -= 8), top); break;
      case OP_DIVIDE: top = divideExactly(load<i64>(below -= 8), top); break;
      case OP_FLOOR_DIVIDE: top = floorDivide(load<i64>(below -= 8), top); break;
      case OP_MODULO: top = modulo(load<i64>(below -= 8), top); break;
      case OP_POWER: top = power(load<i64>(below -= 8), top); break;
      case OP_CEIL_DIVIDE: top = ceilDivide(load<i64>(below -= 8), top); break;
      case OP_MIN: top = min(load<i64>(below -= 8), top); break;
      case OP_MAX: top = max(load<i64>(below -= 8), top); break;
      case OP_GCD: top = gcdSigned(load<i64>(below -= 8), top); break;
      case OP_LCM: top = lcmSigned(load<i64>(below -= 8), top); break;
      case OP_LESS: top = i64(load<i64>(below -= 8) < top); break;
      case OP_LESS_OR_EQUAL: top = i64(load<i64>(below -= 8) <= top); break;
      case OP_GREATER: top = i64(load<i64>(below -= 8) > top); break;
      case OP_GREATER_OR_EQUAL: top = i64(load<i64>(below -= 8) >= top); break;
      case OP_EQUAL: top = i64(load<i64>(below -= 8) == top); break;
      case OP_NOT_EQUAL: top = i64(load<i64>(below -= 8) != top); break;
      case OP_NEGATE: top = negateSigned(top); break;
      case OP_NOT: top = i64(top == 0); break;
      case OP_ABS: top = magnitude(top); break;
      case OP_AND: {
        if (top == 0) {
          ptr = instructionPtr(operand);
          continue;
        }
        top = load<i64>(below -= 8);
        break;
      }
      case OP_OR: {
        if (top != 0) {
          ptr = instructionPtr(operand);
          continue;
        }
        top = load<i64>(below -= 8);
        break;
      }
      case OP_KEEP: {
        const a = load<i64>(below - 8);
        store<i64>(below - 8, top);
        store<i64>(below, a);
        below += 8;
        break;
      }
      case OP_CHAIN: {
        const b = load<i64>(below -= 8);
        if (top == 0) {
          ptr = instructionPtr(operand);
          continue;
        }
        top = b;
        break;
      }
      case OP_IN_VALUE: {
        const x = load<i64>(below -= 8);
        if (x == top) {
          top = 1;
          ptr = instructionPtr(operand);
          continue;
        }
        top = x;
        break;
      }
      case OP_IN_RANGE: {
        below -= 24;
        const x = load<i64>(below);
        if (isInRange(x, load<i64>(below, 8), load<i64>(below, 16), top)) {
          top = 1;
          ptr = instructionPtr(operand);
          continue;
        }
        if (evalStatus()) return 0;
        top = x;
        break;
      }
      case OP_IN_POW2: {
        below -= 16;
        const x = load<i64>(below);
        if (isPowerOfTwo(x) && x >= load<i64>(below, 8) && x <= top) {
          top = 1;
          ptr = instructionPtr(operand);
          continue;
        }
        top = x;
        break;
      }
      case OP_IN_DIVISORS: {
        const x = load<i64>(below -= 8);
        const n = divisible(top);
        if (evalStatus()) return 0;
        if (x > 0 && n % x == 0) {
          top = 1;
          ptr = instructionPtr(operand);
          continue;
        }
        top = x;
        break;
      }
      case OP_IN_NONE: top = 0; break;
      default: unreachable();
    }
    if (evalStatus()) return 0;
    ptr += INSTRUCTION_BYTES;
  }
  return top;
}
