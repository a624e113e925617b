// Conditions over vectors: each instruction of a program runs for all rows before the next one. The
// host compiles such a program only if every part of the condition has a value, whatever the rows
// are. So there are no jumps and no errors, and arithmetic is not checked.
//
// An operand is the address of its first entry and the step to the next one. The step is 0 for an
// operand that is the same in all rows, so that one loop serves all combinations.

import { value } from "../columns/results";
import {
  ceilDivide,
  clearEvalStatus,
  floorDivide,
  gcdSigned,
  lcmSigned,
  modulo,
} from "../expression/signed";
import { get } from "../layers/layer";
import * as layout from "../layout";
import { fieldVector, isRowField, loadRow } from "./fields";
import { hasQuotientOfFields, isSumOfProducts, writeProducts } from "./products";

/** The operands on the stack: the address and the step of each. */
const addresses = new StaticArray<usize>(layout.STACK_VECTORS);
const steps = new StaticArray<usize>(layout.STACK_VECTORS);
let depth: u32 = 0;
/**
 * The operands that are one number. They are not in the vectors of the stack: an operation of a
 * number and a vector would overwrite its number with the first entry of its result.
 */
const numbers = new StaticArray<i64>(layout.STACK_VECTORS);

/** The vector of the operand at a depth of the stack. */
function stackVector(at: u32): usize {
  return layout.VECTOR_STACK_PTR + <usize>at * layout.VECTOR_BYTES;
}

/** The place of the operand at a depth of the stack: of a vector, or of a number if `step` is 0. */
function stackPtr(at: u32, step: usize): usize {
  return step ? stackVector(at) : changetype<usize>(numbers) + ((<usize>at) << 3);
}

function push(address: usize, step: usize): void {
  unchecked(addresses[depth] = address);
  unchecked(steps[depth] = step);
  depth++;
}

/** Pushes a number that is the same in all rows. */
function pushNumber(number: i64): void {
  store<i64>(stackPtr(depth, 0), number);
  push(stackPtr(depth, 0), 0);
}

/** Pushes a vector of the current rows, with the entries of the selected ones. */
function pushVector(ptr: usize, selected: u32, rows: u32): void {
  if (selected == rows) {
    push(ptr, 8);
    return;
  }
  const toPtr = stackVector(depth);
  for (let i: u32 = 0; i < selected; i++) {
    const row = load<u32>(layout.SELECTION_PTR + ((<usize>i) << 2));
    store<u64>(toPtr + ((<usize>i) << 3), load<u64>(ptr + ((<usize>row) << 3)));
  }
  push(toPtr, 8);
}

/** Pushes a result of the selected rows. */
function pushResult(column: u32, selected: u32, rows: u32): void {
  const ptr = stackVector(depth);
  if (isSumOfProducts(column) && !hasQuotientOfFields(column)) {
    writeProducts(ptr, column, rows);
    pushVector(ptr, selected, rows);
    return;
  }
  for (let i: u32 = 0; i < selected; i++) {
    loadRow(load<u32>(layout.SELECTION_PTR + ((<usize>i) << 2)));
    store<u64>(ptr + ((<usize>i) << 3), value(column));
  }
  push(ptr, 8);
}

/**
 * Runs a program for the selected ones of `rows` rows. Returns the address of the answers, one i64
 * for each selected row: 0 if the condition does not hold.
 */
export function evaluateVector(program: u32, selected: u32, rows: u32): usize {
  depth = 0;
  // A step that was taken row by row may have left the status of a row that it rejected.
  clearEvalStatus();
  let ptr = layout.IMAGE_CODE_PTR + <usize>program * layout.INSTRUCTION_BYTES;
  for (
    let operation = load<u32>(ptr);
    operation != layout.OP_END;
    operation = load<u32>(ptr)
  ) {
    const operand = load<u32>(ptr, 4);
    if (operation == layout.OP_NUMBER) pushNumber(load<i64>(ptr, 8));
    else if (operation == layout.OP_RESULT) pushResult(operand, selected, rows);
    else if (operation == layout.OP_FIELD) {
      if (isRowField(operand)) pushVector(fieldVector(operand), selected, rows);
      else pushNumber(get(operand));
    } else if (operation <= layout.OP_ABS) applyUnary(operation, selected);
    else applyBinary(operation, selected);
    ptr += layout.INSTRUCTION_BYTES;
  }
  // A condition on outer loops alone is one number.
  if (unchecked(steps[0]) == 0) spread(selected);
  return unchecked(addresses[0]);
}

/** Makes the number at the bottom of the stack a vector. */
function spread(selected: u32): void {
  const number = load<i64>(unchecked(addresses[0]));
  for (let i: u32 = 0; i < selected; i++) store<i64>(stackVector(0) + ((<usize>i) << 3), number);
  unchecked(addresses[0] = stackVector(0));
}

/** Replaces the operand on top by the vector, or the number, in its place of the stack. */
function setResult(step: usize): void {
  unchecked(addresses[depth - 1] = stackPtr(depth - 1, step));
  unchecked(steps[depth - 1] = step);
}

function applyUnary(operation: u32, selected: u32): void {
  let fromPtr = unchecked(addresses[depth - 1]);
  const step = unchecked(steps[depth - 1]);
  let toPtr = stackPtr(depth - 1, step);
  const endPtr = toPtr + (step ? (<usize>selected) << 3 : 8);
  for (; toPtr < endPtr; toPtr += 8) {
    const a = load<i64>(fromPtr);
    fromPtr += 8;
    if (operation == layout.OP_NEGATE) store<i64>(toPtr, -a);
    else if (operation == layout.OP_NOT) store<i64>(toPtr, i64(a == 0));
    else store<i64>(toPtr, a < 0 ? -a : a);
  }
  setResult(step);
}

/** Applies an operation to two operands: one loop for each, so that none decides in its loop. */
function applyBinary(operation: u32, selected: u32): void {
  depth--;
  let aPtr = unchecked(addresses[depth - 1]), bPtr = unchecked(addresses[depth]);
  const aStep = unchecked(steps[depth - 1]), bStep = unchecked(steps[depth]);
  const step: usize = aStep | bStep;
  let toPtr = stackPtr(depth - 1, step);
  const endPtr = toPtr + (step ? (<usize>selected) << 3 : 8);
  switch (operation) {
    case layout.OP_ADD: {
      for (; toPtr < endPtr; toPtr += 8) {
        store<i64>(toPtr, load<i64>(aPtr) + load<i64>(bPtr));
        aPtr += aStep;
        bPtr += bStep;
      }
      break;
    }
    case layout.OP_SUBTRACT: {
      for (; toPtr < endPtr; toPtr += 8) {
        store<i64>(toPtr, load<i64>(aPtr) - load<i64>(bPtr));
        aPtr += aStep;
        bPtr += bStep;
      }
      break;
    }
    case layout.OP_MULTIPLY: {
      for (; toPtr < endPtr; toPtr += 8) {
        store<i64>(toPtr, load<i64>(aPtr) * load<i64>(bPtr));
        aPtr += aStep;
        bPtr += bStep;
      }
      break;
    }
    case layout.OP_MODULO: {
      for (; toPtr < endPtr; toPtr += 8) {
        const a = load<i64>(aPtr), b = load<i64>(bPtr);
        // The division of 32-bit numbers is several times cheaper.
        store<i64>(toPtr, (a | b) >>> 32 == 0 ? <i64>(<u32>a % <u32>b) : modulo(a, b));
        aPtr += aStep;
        bPtr += bStep;
      }
      break;
    }
    case layout.OP_FLOOR_DIVIDE: {
      for (; toPtr < endPtr; toPtr += 8) {
        const a = load<i64>(aPtr), b = load<i64>(bPtr);
        store<i64>(toPtr, (a | b) >>> 32 == 0 ? <i64>(<u32>a / <u32>b) : floorDivide(a, b));
        aPtr += aStep;
        bPtr += bStep;
      }
      break;
    }
    case layout.OP_LESS: {
      for (; toPtr < endPtr; toPtr += 8) {
        store<i64>(toPtr, i64(load<i64>(aPtr) < load<i64>(bPtr)));
        aPtr += aStep;
        bPtr += bStep;
      }
      break;
    }
    case layout.OP_LESS_OR_EQUAL: {
      for (; toPtr < endPtr; toPtr += 8) {
        store<i64>(toPtr, i64(load<i64>(aPtr) <= load<i64>(bPtr)));
        aPtr += aStep;
        bPtr += bStep;
      }
      break;
    }
    case layout.OP_GREATER: {
      for (; toPtr < endPtr; toPtr += 8) {
        store<i64>(toPtr, i64(load<i64>(aPtr) > load<i64>(bPtr)));
        aPtr += aStep;
        bPtr += bStep;
      }
      break;
    }
    case layout.OP_GREATER_OR_EQUAL: {
      for (; toPtr < endPtr; toPtr += 8) {
        store<i64>(toPtr, i64(load<i64>(aPtr) >= load<i64>(bPtr)));
        aPtr += aStep;
        bPtr += bStep;
      }
      break;
    }
    case layout.OP_EQUAL: {
      for (; toPtr < endPtr; toPtr += 8) {
        store<i64>(toPtr, i64(load<i64>(aPtr) == load<i64>(bPtr)));
        aPtr += aStep;
        bPtr += bStep;
      }
      break;
    }
    case layout.OP_NOT_EQUAL: {
      for (; toPtr < endPtr; toPtr += 8) {
        store<i64>(toPtr, i64(load<i64>(aPtr) != load<i64>(bPtr)));
        aPtr += aStep;
        bPtr += bStep;
      }
      break;
    }
    default: {
      for (; toPtr < endPtr; toPtr += 8) {
        store<i64>(toPtr, applyRare(operation, load<i64>(aPtr), load<i64>(bPtr)));
        aPtr += aStep;
        bPtr += bStep;
      }
    }
  }
  setResult(step);
}

/** Operations that decide in the loop which one they are. */
function applyRare(operation: u32, a: i64, b: i64): i64 {
  switch (operation) {
    case layout.OP_MIN: return min(a, b);
    case layout.OP_MAX: return max(a, b);
    case layout.OP_CEIL_DIVIDE: return ceilDivide(a, b);
    case layout.OP_GCD: return gcdSigned(a, b);
    case layout.OP_LCM: return lcmSigned(a, b);
    case layout.OP_BOTH: return i64(a != 0 && b != 0);
    default: return i64(a != 0 || b != 0); // OP_EITHER
  }
}
