import {
  add,
  compare,
  denominator,
  divide,
  divideCeil,
  divideFloor,
  MISSING,
  multiply,
  negate,
  numerator,
  raise,
  remainder,
  subtract,
  takeQuotient,
} from "../../../assembly/expression/rational";
import { clearEvalStatus, evalStatus } from "../../../assembly/expression/signed";

const MAX: i64 = i64.MAX_VALUE;
const MIN: i64 = i64.MIN_VALUE;

/** The last result as text: n/d, `missing`, or `evaluationError` if it is undefined. */
function result(): string {
  const isError = evalStatus() != 0;
  clearEvalStatus();
  if (isError) return "evaluationError";
  return denominator == MISSING ? "missing" : `${numerator}/${denominator}`;
}

function sum(a: i64, b: i64, c: i64, d: i64): string {
  add(a, b, c, d);
  return result();
}
function difference(a: i64, b: i64, c: i64, d: i64): string {
  subtract(a, b, c, d);
  return result();
}
function product(a: i64, b: i64, c: i64, d: i64): string {
  multiply(a, b, c, d);
  return result();
}
function quotient(a: i64, b: i64, c: i64, d: i64): string {
  divide(a, b, c, d);
  return result();
}
function floorOf(a: i64, b: i64, c: i64, d: i64): string {
  divideFloor(a, b, c, d);
  return result();
}
function ceilOf(a: i64, b: i64, c: i64, d: i64): string {
  divideCeil(a, b, c, d);
  return result();
}
function rest(a: i64, b: i64, c: i64, d: i64): string {
  remainder(a, b, c, d);
  return result();
}
function powerOf(a: i64, b: i64, c: i64, d: i64): string {
  raise(a, b, c, d);
  return result();
}

describe("comparing rationals", () => {
  it("cross-multiplies in 128 bits", () => {
    expect<i32>(compare(1, 3, 333333333333333333, 1000000000000000000)).toBe(1);
    expect<i32>(compare(MAX - 1, MAX, MAX - 2, MAX - 1)).toBe(1);
    expect<i32>(compare(MAX - 2, MAX - 1, MAX - 1, MAX)).toBe(-1);
    expect<i32>(compare(-(MAX - 1), MAX, -(MAX - 2), MAX - 1)).toBe(-1);
    expect<i32>(compare(2, 4, 1, 2)).toBe(0);
    expect<i32>(compare(-1, 2, 1, 3)).toBe(-1);
    expect<i32>(compare(1, 2, -1, 3)).toBe(1);
    expect<i32>(compare(MIN, 1, MAX, 2)).toBe(-1);
    expect<i32>(compare(5, 1, 4, 1)).toBe(1);
  });
});

describe("arithmetic on rationals", () => {
  it("adds and subtracts in lowest terms", () => {
    expect<string>(sum(1, 10, 2, 10)).toBe("3/10");
    expect<string>(sum(1, 6, 1, 3)).toBe("1/2");
    expect<string>(sum(-1, 6, -1, 3)).toBe("-1/2");
    expect<string>(sum(1, 2, -1, 2)).toBe("0/1");
    expect<string>(sum(7, 1, 8, 1)).toBe("15/1");
    expect<string>(difference(1, 2, 1, 3)).toBe("1/6");
    expect<string>(difference(MIN, 1, MIN, 1)).toBe("0/1");
    expect<string>(difference(1, 2, MIN, 1)).toBe("evaluationError");
    expect<string>(difference(MIN, 1, 1, 1)).toBe("evaluationError");
  });

  it("overflows only if the result exceeds 64 bits", () => {
    // Both terms of the numerator are near 2^124; the sum is 2/1.
    expect<string>(sum(MAX, MAX - 1, MAX - 2, MAX - 1)).toBe("2/1");
    expect<string>(sum(MAX, 2, MAX, 2)).toBe(`${MAX}/1`);
    // 5·MAX/6 has a numerator of 66 bits.
    expect<string>(sum(MAX, 2, MAX, 3)).toBe("evaluationError");
    expect<string>(sum(MAX, 3, MAX, 1)).toBe("evaluationError");
    expect<string>(sum(1, MAX, 1, MAX - 1)).toBe("evaluationError");
    expect<string>(product(MAX, 3, 3, MAX)).toBe("1/1");
    expect<string>(product(MAX, 2, 4, 3)).toBe("evaluationError");
    expect<string>(quotient(MAX, 5, MAX, 7)).toBe("7/5");
    expect<string>(quotient(MAX, 2, 1, 3)).toBe("evaluationError");
    expect<string>(quotient(1, MAX, 3, 2)).toBe("evaluationError");
    expect<string>(quotient(MIN, 1, 1, 1)).toBe("evaluationError");
  });

  it("multiplies, divides and negates with signs", () => {
    expect<string>(product(-2, 3, 3, 4)).toBe("-1/2");
    expect<string>(product(0, 1, 3, 4)).toBe("0/1");
    expect<string>(product(-3, 1, 5, 1)).toBe("-15/1");
    expect<string>(quotient(1, 2, -1, 4)).toBe("-2/1");
    expect<string>(quotient(-1, 2, -1, 4)).toBe("2/1");
    expect<string>(quotient(0, 1, 7, 2)).toBe("0/1");
    expect<string>(quotient(1, 2, 0, 1)).toBe("evaluationError");
    negate(3, 4);
    expect<string>(result()).toBe("-3/4");
    negate(MIN, 1);
    expect<string>(result()).toBe("evaluationError");
  });

  it("rounds quotients as Python does", () => {
    expect<string>(floorOf(7, 2, 1, 1)).toBe("3/1");
    expect<string>(floorOf(-7, 2, 1, 1)).toBe("-4/1");
    expect<string>(floorOf(-7, 1, 2, 1)).toBe("-4/1");
    expect<string>(floorOf(1, 2, 0, 1)).toBe("evaluationError");
    expect<string>(ceilOf(7, 2, 1, 1)).toBe("4/1");
    expect<string>(ceilOf(-7, 2, 1, 1)).toBe("-3/1");
    expect<string>(ceilOf(7, 2, 1, 2)).toBe("7/1");
    expect<string>(ceilOf(7, 1, 2, 1)).toBe("4/1");
    expect<string>(rest(7, 2, 1, 1)).toBe("1/2");
    expect<string>(rest(-7, 2, 1, 1)).toBe("1/2");
    expect<string>(rest(7, 2, -1, 1)).toBe("-1/2");
    expect<string>(rest(7, 1, 5, 2)).toBe("2/1");
    expect<string>(rest(7, 1, -4, 1)).toBe("-1/1");
    expect<string>(rest(7, 2, 0, 1)).toBe("evaluationError");
  });

  it("raises to integer powers", () => {
    expect<string>(powerOf(3, 2, 2, 1)).toBe("9/4");
    expect<string>(powerOf(-2, 3, 3, 1)).toBe("-8/27");
    expect<string>(powerOf(5, 7, 0, 1)).toBe("1/1");
    expect<string>(powerOf(2, 1, 1, 2)).toBe("evaluationError");
    expect<string>(powerOf(2, 1, -1, 1)).toBe("evaluationError");
    expect<string>(powerOf(2, 3, 64, 1)).toBe("evaluationError");
    expect<string>(powerOf(-2097152, 3, 3, 1)).toBe("evaluationError");
  });

  it("gives a missing value for a missing operand", () => {
    expect<string>(sum(0, MISSING, 1, 2)).toBe("missing");
    expect<string>(difference(1, 2, 0, MISSING)).toBe("missing");
    expect<string>(product(1, 2, 0, MISSING)).toBe("missing");
    expect<string>(quotient(0, MISSING, 0, 1)).toBe("missing");
    expect<string>(floorOf(0, MISSING, 1, 1)).toBe("missing");
    expect<string>(ceilOf(0, MISSING, 1, 1)).toBe("missing");
    expect<string>(rest(0, MISSING, 1, 1)).toBe("missing");
    expect<string>(powerOf(0, MISSING, 1, 1)).toBe("missing");
    negate(0, MISSING);
    expect<string>(result()).toBe("missing");
  });
});

describe("a quotient of two unsigned numbers", () => {
  it("is reduced to lowest terms, and rejected if these exceed 63 bits", () => {
    takeQuotient(12, 8);
    expect<string>(result()).toBe("3/2");
    takeQuotient(0, 5);
    expect<string>(result()).toBe("0/1");
    takeQuotient(u64.MAX_VALUE, u64.MAX_VALUE);
    expect<string>(result()).toBe("1/1");
    takeQuotient(u64.MAX_VALUE, 2);
    expect<string>(result()).toBe("evaluationError");
    takeQuotient(1, u64.MAX_VALUE);
    expect<string>(result()).toBe("evaluationError");
  });
});
