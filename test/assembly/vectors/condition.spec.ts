import { set, setKind } from "../../../assembly/layers/layer";
import * as layout from "../../../assembly/layout";
import { evaluateVector } from "../../../assembly/vectors/condition";
import { fieldVector } from "../../../assembly/vectors/fields";
import { entry, fillLayers, LAYERS, openRowFields, select } from "./support";

const ROWS: u32 = 4;
/** Values of two fields that differ, STRIDE and VARIABLE_0. */
const A: StaticArray<i64> = [7, 4294967299, 12, 0];
const B: StaticArray<i64> = [3, 5, -4, 9];
/** Values of two fields that are the same in all rows, GROUPS and VARIABLE_0 + 1. */
const C: i64 = 12;
const D: i64 = -5;

/** Writes a program. Each instruction is an operation, an operand and a number. */
function write(program: StaticArray<StaticArray<i64>>): void {
  for (let i = 0; i <= program.length; i++) {
    const ptr = layout.IMAGE_CODE_PTR + layout.INSTRUCTION_BYTES * <usize>i;
    store<u32>(ptr, i < program.length ? <u32>program[i][0] : layout.OP_END);
    store<u32>(ptr, i < program.length ? <u32>program[i][1] : 0, 4);
    store<i64>(ptr, i < program.length ? program[i][2] : 0, 8);
  }
}

function open(): void {
  setKind(layout.KIND_CONV_TRANSPOSE1D);
  openRowFields([layout.STRIDE, layout.VARIABLE_0], ROWS);
  for (let row: u32 = 0; row < ROWS; row++) {
    store<i64>(fieldVector(layout.STRIDE) + 8 * <usize>row, A[row]);
    store<i64>(fieldVector(layout.VARIABLE_0) + 8 * <usize>row, B[row]);
  }
  set(layout.GROUPS, C);
  set(layout.VARIABLE_0 + 1, <u64>D);
}

function gcdOf(a: i64, b: i64): i64 {
  a = abs(a);
  b = abs(b);
  while (b != 0) {
    const rest = a % b;
    a = b;
    b = rest;
  }
  return a;
}

function floorOf(a: i64, b: i64): i64 {
  return a / b - i64(a % b != 0 && a < 0 != b < 0);
}

/** The result of an operation by its definition. */
function expected(operation: u32, a: i64, b: i64): i64 {
  switch (operation) {
    case layout.OP_ADD:
      return a + b;
    case layout.OP_SUBTRACT:
      return a - b;
    case layout.OP_MULTIPLY:
      return a * b;
    case layout.OP_MODULO:
      return a - b * floorOf(a, b);
    case layout.OP_FLOOR_DIVIDE:
      return floorOf(a, b);
    case layout.OP_CEIL_DIVIDE:
      return -floorOf(-a, b);
    case layout.OP_LESS:
      return i64(a < b);
    case layout.OP_LESS_OR_EQUAL:
      return i64(a <= b);
    case layout.OP_GREATER:
      return i64(a > b);
    case layout.OP_GREATER_OR_EQUAL:
      return i64(a >= b);
    case layout.OP_EQUAL:
      return i64(a == b);
    case layout.OP_NOT_EQUAL:
      return i64(a != b);
    case layout.OP_MIN:
      return a < b ? a : b;
    case layout.OP_MAX:
      return a > b ? a : b;
    case layout.OP_GCD:
      return gcdOf(a, b);
    case layout.OP_LCM:
      return a == 0 || b == 0 ? 0 : (abs(a) / gcdOf(a, b)) * abs(b);
    case layout.OP_BOTH:
      return i64(a != 0 && b != 0);
    case layout.OP_EITHER:
      return i64(a != 0 || b != 0);
    default:
      return -999;
  }
}

const OPERATIONS: StaticArray<u32> = [
  layout.OP_ADD,
  layout.OP_SUBTRACT,
  layout.OP_MULTIPLY,
  layout.OP_MODULO,
  layout.OP_FLOOR_DIVIDE,
  layout.OP_CEIL_DIVIDE,
  layout.OP_LESS,
  layout.OP_LESS_OR_EQUAL,
  layout.OP_GREATER,
  layout.OP_GREATER_OR_EQUAL,
  layout.OP_EQUAL,
  layout.OP_NOT_EQUAL,
  layout.OP_MIN,
  layout.OP_MAX,
  layout.OP_GCD,
  layout.OP_LCM,
  layout.OP_BOTH,
  layout.OP_EITHER,
];

/** A field, its value in a row. */
function valueOf(field: u32, row: u32): i64 {
  if (field == layout.STRIDE) return A[row];
  if (field == layout.VARIABLE_0) return B[row];
  return field == layout.GROUPS ? C : D;
}

/** Compares an operation of two fields with its definition, for some selected rows. */
function expectOperation(operation: u32, a: u32, b: u32, rows: StaticArray<u32>): void {
  write([
    [layout.OP_FIELD, a, 0],
    [layout.OP_FIELD, b, 0],
    [operation, 0, 0],
  ]);
  select(rows);
  const ptr = evaluateVector(0, rows.length, ROWS);
  for (let i = 0; i < rows.length; i++) {
    expect<i64>(<i64>entry(ptr, i)).toBe(
      expected(operation, valueOf(a, rows[i]), valueOf(b, rows[i])),
      `operation ${operation} of ${a} and ${b} in row ${rows[i]}`,
    );
  }
}

const FIELDS: StaticArray<u32> = [
  layout.STRIDE,
  layout.VARIABLE_0,
  layout.GROUPS,
  layout.VARIABLE_0 + 1,
];

describe("evaluateVector", () => {
  it("applies each operation to numbers and vectors, for all rows or some", () => {
    open();
    for (let i = 0; i < OPERATIONS.length; i++) {
      for (let a = 0; a < FIELDS.length; a++) {
        for (let b = 0; b < FIELDS.length; b++) {
          const divides =
            OPERATIONS[i] == layout.OP_MODULO ||
            OPERATIONS[i] == layout.OP_FLOOR_DIVIDE ||
            OPERATIONS[i] == layout.OP_CEIL_DIVIDE;
          if (divides && FIELDS[b] == layout.STRIDE) {
            expectOperation(OPERATIONS[i], FIELDS[a], FIELDS[b], [0, 1, 2]); // row 3 has 0
            continue;
          }
          expectOperation(OPERATIONS[i], FIELDS[a], FIELDS[b], [0, 1, 2, 3]);
          expectOperation(OPERATIONS[i], FIELDS[a], FIELDS[b], [1, 3]);
          expectOperation(OPERATIONS[i], FIELDS[a], FIELDS[b], [2]);
        }
      }
    }
  });

  it("applies the operations of one operand", () => {
    open();
    select([0, 1, 2, 3]);
    write([
      [layout.OP_FIELD, layout.VARIABLE_0, 0],
      [layout.OP_NEGATE, 0, 0],
    ]);
    expect<i64>(<i64>entry(evaluateVector(0, 4, ROWS), 2)).toBe(4);
    expect<i64>(<i64>entry(evaluateVector(0, 4, ROWS), 3)).toBe(-9);
    write([
      [layout.OP_FIELD, layout.VARIABLE_0, 0],
      [layout.OP_ABS, 0, 0],
    ]);
    expect<i64>(<i64>entry(evaluateVector(0, 4, ROWS), 2)).toBe(4);
    expect<i64>(<i64>entry(evaluateVector(0, 4, ROWS), 0)).toBe(3);
    write([
      [layout.OP_FIELD, layout.STRIDE, 0],
      [layout.OP_NOT, 0, 0],
    ]);
    expect<i64>(<i64>entry(evaluateVector(0, 4, ROWS), 3)).toBe(1);
    expect<i64>(<i64>entry(evaluateVector(0, 4, ROWS), 0)).toBe(0);
    // Of a number, the answer is the same in all rows.
    write([
      [layout.OP_FIELD, layout.VARIABLE_0 + 1, 0],
      [layout.OP_ABS, 0, 0],
    ]);
    for (let row: u32 = 0; row < 4; row++)
      expect<i64>(<i64>entry(evaluateVector(0, 4, ROWS), row)).toBe(5);
  });

  it("keeps the operands deeper in the stack", () => {
    open();
    // groups - (stride + (2 - variable))
    write([
      [layout.OP_FIELD, layout.GROUPS, 0],
      [layout.OP_FIELD, layout.STRIDE, 0],
      [layout.OP_NUMBER, 0, 2],
      [layout.OP_FIELD, layout.VARIABLE_0, 0],
      [layout.OP_SUBTRACT, 0, 0],
      [layout.OP_ADD, 0, 0],
      [layout.OP_SUBTRACT, 0, 0],
    ]);
    select([3, 0, 2]);
    const ptr = evaluateVector(0, 3, ROWS);
    expect<i64>(<i64>entry(ptr, 0)).toBe(C - (0 + (2 - 9)));
    expect<i64>(<i64>entry(ptr, 1)).toBe(C - (7 + (2 - 3)));
    expect<i64>(<i64>entry(ptr, 2)).toBe(C - (12 + (2 + 4)));
  });

  it("reads results, as sums of products or row by row", () => {
    fillLayers(layout.KIND_CONV_TRANSPOSE1D, false, true);
    select([0, 1, 2, 3, 4]);
    // macs = batch · filters · taps, with 3 · (2 · 12): the channels of layer 1.
    write([[layout.OP_RESULT, layout.MACS, 0]]);
    const taps = fieldVector(layout.DIMENSION_TAPS);
    const all = evaluateVector(0, LAYERS, LAYERS);
    for (let row: u32 = 0; row < LAYERS; row++)
      expect<u64>(entry(all, row)).toBe(72 * entry(taps, row));
    select([4, 1]);
    const two = evaluateVector(0, 2, LAYERS);
    expect<u64>(entry(two, 0)).toBe(72 * entry(taps, 4));
    expect<u64>(entry(two, 1)).toBe(72 * entry(taps, 1));
    // DeepSpeed divides by the groups: a row that is not selected may have none.
    openRowFields([layout.GROUPS, layout.OUT_PER_GROUP], 2);
    store<u64>(fieldVector(layout.GROUPS), 0);
    store<u64>(fieldVector(layout.GROUPS) + 8, 2);
    store<u64>(fieldVector(layout.OUT_PER_GROUP) + 8, 6);
    set(layout.KERNEL_SIZE, 3);
    set(layout.L_IN, 10);
    set(layout.IN_CHANNELS, 4);
    select([1]);
    write([[layout.OP_RESULT, layout.DEEPSPEED_MACS, 0]]);
    // 3 · 10 · 3 · 4 · (6 // 2)
    expect<u64>(entry(evaluateVector(0, 1, 2), 0)).toBe(1080);
    write([[layout.OP_RESULT, layout.OVERLAP_MAX, 0]]);
    set(layout.STRIDE, 2);
    set(layout.DILATION, 1);
    expect<u64>(entry(evaluateVector(0, 1, 2), 0)).toBe(2);
  });
});
