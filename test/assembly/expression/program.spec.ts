import { set } from "../../../assembly/layers/layer";
import {
  ADDITIONS_PER_FILTER,
  DIMENSION_L_OUT,
  DIMENSION_TAPS,
  EVAL_FATAL,
  EVAL_INEXACT,
  EVAL_OK,
  FILTERS,
  GROUPS,
  IN_CHANNELS,
  IN_PER_GROUP,
  OP_ABS,
  OP_ADD,
  OP_AND,
  OP_CEIL_DIVIDE,
  OP_CHAIN,
  OP_DIVIDE,
  OP_EQUAL,
  OP_FIELD,
  OP_FLOOR_DIVIDE,
  OP_GCD,
  OP_GREATER,
  OP_GREATER_OR_EQUAL,
  OP_IN_DIVISORS,
  OP_IN_NONE,
  OP_IN_POW2,
  OP_IN_RANGE,
  OP_IN_VALUE,
  OP_KEEP,
  OP_LCM,
  OP_LESS,
  OP_LESS_OR_EQUAL,
  OP_MAX,
  OP_MIN,
  OP_MODULO,
  OP_MULTIPLY,
  OP_NEGATE,
  OP_NOT,
  OP_NOT_EQUAL,
  OP_NUMBER,
  OP_OR,
  OP_POWER,
  OP_RESULT,
  OP_SUBTRACT,
  OUT_CHANNELS,
  STACK_PTR,
  STRIDE,
  VARIABLE_0,
} from "../../../assembly/layout";
import { evaluate } from "../../../assembly/expression/program";
import { evalStatus } from "../../../assembly/expression/signed";
import { PlanImage } from "../support";

/** Runs a program. Each instruction is an operation, an operand and a number. */
function result(instructions: StaticArray<StaticArray<i64>>): i64 {
  return evaluate(new PlanImage().program(instructions));
}

describe("a program", () => {
  afterEach(() => {
    expect<u32>(evalStatus()).toBe(EVAL_OK);
  });

  it("computes with signed numbers, parameters and variables", () => {
    set(STRIDE, 3);
    set(VARIABLE_0, <u64>-5);
    // 7 - stride * variable
    expect<i64>(
      result([
        [OP_NUMBER, 0, 7],
        [OP_FIELD, STRIDE, 0],
        [OP_FIELD, VARIABLE_0, 0],
        [OP_MULTIPLY, 0, 0],
        [OP_SUBTRACT, 0, 0],
      ]),
    ).toBe(22);
    expect<i64>(
      result([
        [OP_FIELD, VARIABLE_0, 0],
        [OP_NEGATE, 0, 0],
      ]),
    ).toBe(5);
    expect<i64>(result([[OP_NUMBER, 0, i64.MIN_VALUE]])).toBe(i64.MIN_VALUE);
  });

  it("reads results, also signed ones", () => {
    set(IN_CHANNELS, 8);
    set(OUT_CHANNELS, 6);
    set(GROUPS, 2);
    set(IN_PER_GROUP, 4);
    set(DIMENSION_TAPS, 3);
    set(DIMENSION_L_OUT, 10);
    expect<i64>(result([[OP_RESULT, FILTERS, 0]])).toBe(24);
    expect<i64>(result([[OP_RESULT, ADDITIONS_PER_FILTER, 0]])).toBe(-7);
  });

  it("does not evaluate the second operand of `and` and `or` if the first decides", () => {
    // 0 and 1 % 0, then 4 or 1 % 0. The division by zero would be an evaluation error.
    expect<i64>(
      result([
        [OP_NUMBER, 0, 0],
        [OP_AND, 5, 0],
        [OP_NUMBER, 0, 1],
        [OP_NUMBER, 0, 0],
        [OP_MODULO, 0, 0],
      ]),
    ).toBe(0);
    expect<i64>(
      result([
        [OP_NUMBER, 0, 4],
        [OP_OR, 5, 0],
        [OP_NUMBER, 0, 1],
        [OP_NUMBER, 0, 0],
        [OP_MODULO, 0, 0],
      ]),
    ).toBe(4);
    expect<i64>(
      result([
        [OP_NUMBER, 0, 4],
        [OP_AND, 3, 0],
        [OP_NUMBER, 0, 9],
      ]),
    ).toBe(9);
    expect<i64>(
      result([
        [OP_NUMBER, 0, 0],
        [OP_OR, 3, 0],
        [OP_NUMBER, 0, 9],
      ]),
    ).toBe(9);
  });

  it("compares in chains, and evaluates the middle operand once", () => {
    // 1 < 5 < 3 and 1 < 2 < 3
    const chain = (middle: i64): i64 =>
      result([
        [OP_NUMBER, 0, 1],
        [OP_NUMBER, 0, middle],
        [OP_KEEP, 0, 0],
        [OP_LESS, 0, 0],
        [OP_CHAIN, 7, 0],
        [OP_NUMBER, 0, 3],
        [OP_LESS, 0, 0],
      ]);
    expect<i64>(chain(2)).toBe(1);
    expect<i64>(chain(5)).toBe(0);
    expect<i64>(chain(0)).toBe(0);
  });

  it("supports membership in lists", () => {
    // x in [4, 10..20:5, pow2(32, 100), divisors(49)]
    for (let x: i64 = -1; x < 130; x++) {
      const found = result([
        [OP_NUMBER, 0, x],
        [OP_NUMBER, 0, 4],
        [OP_IN_VALUE, 13, 0],
        [OP_NUMBER, 0, 10],
        [OP_NUMBER, 0, 20],
        [OP_NUMBER, 0, 5],
        [OP_IN_RANGE, 13, 0],
        [OP_NUMBER, 0, 32],
        [OP_NUMBER, 0, 100],
        [OP_IN_POW2, 13, 0],
        [OP_NUMBER, 0, 49],
        [OP_IN_DIVISORS, 13, 0],
        [OP_IN_NONE, 0, 0],
      ]);
      const isMember =
        x == 4 ||
        x == 10 ||
        x == 15 ||
        x == 20 ||
        x == 32 ||
        x == 64 ||
        x == 1 ||
        x == 7 ||
        x == 49;
      expect<i64>(found).toBe(isMember ? 1 : 0);
    }
  });

  it("does not read values that the previous program left on the stack", () => {
    expect<i64>(
      result([
        [OP_NUMBER, 0, 1],
        [OP_NOT, 0, 0],
      ]),
    ).toBe(0);
    store<i64>(STACK_PTR, 99);
    expect<i64>(
      result([
        [OP_NUMBER, 0, 1],
        [OP_NUMBER, 0, 2],
        [OP_ADD, 0, 0],
      ]),
    ).toBe(3);
  });
});

describe("an undefined program", () => {
  it("reports whether the layer is rejected or the sweep stops", () => {
    result([
      [OP_NUMBER, 0, 7],
      [OP_NUMBER, 0, 2],
      [OP_DIVIDE, 0, 0],
      [OP_NUMBER, 0, 0],
      [OP_MODULO, 0, 0],
    ]);
    expect<u32>(evalStatus()).toBe(EVAL_INEXACT);
    result([
      [OP_NUMBER, 0, 7],
      [OP_NUMBER, 0, 0],
      [OP_MODULO, 0, 0],
    ]);
    expect<u32>(evalStatus()).toBe(EVAL_FATAL);
  });

  it("does not keep the evaluation error of the previous program", () => {
    result([
      [OP_NUMBER, 0, i64.MAX_VALUE],
      [OP_NUMBER, 0, 1],
      [OP_ADD, 0, 0],
    ]);
    expect<u32>(evalStatus()).toBe(EVAL_FATAL);
    expect<i64>(result([[OP_NUMBER, 0, 5]])).toBe(5);
    expect<u32>(evalStatus()).toBe(EVAL_OK);
  });

  it("is also one whose result exceeds 2^63 - 1", () => {
    set(IN_CHANNELS, 2147483647);
    set(OUT_CHANNELS, 2147483647);
    set(GROUPS, 1);
    set(IN_PER_GROUP, 2147483647);
    expect<i64>(
      result([
        [OP_RESULT, FILTERS, 0],
        [OP_NUMBER, 0, 2],
        [OP_MULTIPLY, 0, 0],
      ]),
    ).toBe(9223372028264841218);
    result([
      [OP_RESULT, FILTERS, 0],
      [OP_NUMBER, 0, 3],
      [OP_MULTIPLY, 0, 0],
    ]);
    expect<u32>(evalStatus()).toBe(EVAL_FATAL);
  });
});

describe("an operation", () => {
  /** The result of `a operation b`. */
  const applied = (a: i64, operation: i64, b: i64): i64 =>
    result([
      [OP_NUMBER, 0, a],
      [OP_NUMBER, 0, b],
      [operation, 0, 0],
    ]);

  it("on two numbers agrees with Python", () => {
    expect<i64>(applied(-7, OP_ADD, 3)).toBe(-4);
    expect<i64>(applied(-7, OP_SUBTRACT, 3)).toBe(-10);
    expect<i64>(applied(-7, OP_MULTIPLY, 3)).toBe(-21);
    expect<i64>(applied(-6, OP_DIVIDE, 3)).toBe(-2);
    expect<i64>(applied(-7, OP_FLOOR_DIVIDE, 3)).toBe(-3);
    expect<i64>(applied(-7, OP_CEIL_DIVIDE, 3)).toBe(-2);
    expect<i64>(applied(-7, OP_MODULO, 3)).toBe(2);
    expect<i64>(applied(-7, OP_POWER, 3)).toBe(-343);
    expect<i64>(applied(-7, OP_MIN, 3)).toBe(-7);
    expect<i64>(applied(-7, OP_MAX, 3)).toBe(3);
    expect<i64>(applied(-12, OP_GCD, 18)).toBe(6);
    expect<i64>(applied(-12, OP_LCM, 18)).toBe(36);
  });

  it("that compares gives 1 or 0", () => {
    const operations: StaticArray<i64> = [
      OP_LESS,
      OP_LESS_OR_EQUAL,
      OP_EQUAL,
      OP_NOT_EQUAL,
      OP_GREATER_OR_EQUAL,
      OP_GREATER,
    ];
    const below: StaticArray<i64> = [1, 1, 0, 1, 0, 0],
      same: StaticArray<i64> = [0, 1, 1, 0, 1, 0],
      above: StaticArray<i64> = [0, 0, 0, 1, 1, 1];
    for (let i = 0; i < operations.length; i++) {
      expect<i64>(applied(-2, operations[i], 1)).toBe(below[i]);
      expect<i64>(applied(1, operations[i], 1)).toBe(same[i]);
      expect<i64>(applied(2, operations[i], 1)).toBe(above[i]);
    }
  });

  it("on one number agrees with Python", () => {
    expect<i64>(
      result([
        [OP_NUMBER, 0, -7],
        [OP_ABS, 0, 0],
      ]),
    ).toBe(7);
    expect<i64>(
      result([
        [OP_NUMBER, 0, -7],
        [OP_NEGATE, 0, 0],
      ]),
    ).toBe(7);
    expect<i64>(
      result([
        [OP_NUMBER, 0, -7],
        [OP_NOT, 0, 0],
      ]),
    ).toBe(0);
    expect<i64>(
      result([
        [OP_NUMBER, 0, 0],
        [OP_NOT, 0, 0],
      ]),
    ).toBe(1);
  });
});
