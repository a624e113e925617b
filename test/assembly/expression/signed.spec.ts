import { EVAL_FATAL, EVAL_INEXACT, EVAL_OK } from "../../../assembly/layout";
import {
  addSigned,
  ceilDivide,
  clearEvalStatus,
  divideExactly,
  evalStatus,
  fatal,
  floorDivide,
  gcdSigned,
  lcmSigned,
  magnitude,
  modulo,
  multiplySigned,
  negateSigned,
  power,
  subtractSigned,
} from "../../../assembly/expression/signed";

const MIN = i64.MIN_VALUE;
const MAX = i64.MAX_VALUE;

/** The status of an evaluation, which is then cleared. The value is ignored. */
function statusOf(_value: i64): u32 {
  const found = evalStatus();
  clearEvalStatus();
  return found;
}

describe("signed arithmetic", () => {
  beforeEach(clearEvalStatus);
  afterEach(() => {
    expect<u32>(evalStatus()).toBe(EVAL_OK);
  });

  it("adds and subtracts up to both limits of 64 bits", () => {
    expect<i64>(addSigned(MAX - 1, 1)).toBe(MAX);
    expect<i64>(addSigned(MIN + 1, -1)).toBe(MIN);
    expect<i64>(addSigned(MIN, MAX)).toBe(-1);
    expect<i64>(subtractSigned(-1, MAX)).toBe(MIN);
    expect<i64>(subtractSigned(-1, MIN)).toBe(MAX);
    expect<u32>(statusOf(addSigned(MAX, 1))).toBe(EVAL_FATAL);
    expect<u32>(statusOf(addSigned(MIN, -1))).toBe(EVAL_FATAL);
    expect<u32>(statusOf(subtractSigned(0, MIN))).toBe(EVAL_FATAL);
    expect<u32>(statusOf(subtractSigned(MAX, -1))).toBe(EVAL_FATAL);
  });

  it("multiplies exactly, or reports an overflow", () => {
    expect<i64>(multiplySigned(3037000499, 3037000499)).toBe(9223372030926249001);
    expect<i64>(multiplySigned(-4294967296, 2147483648)).toBe(MIN);
    expect<i64>(multiplySigned(MIN, 1)).toBe(MIN);
    expect<i64>(multiplySigned(MIN, 0)).toBe(0);
    expect<i64>(multiplySigned(0, MIN)).toBe(0);
    expect<i64>(multiplySigned(-1, MAX)).toBe(-MAX);
    expect<i64>(multiplySigned(MAX, -1)).toBe(-MAX);
    expect<u32>(statusOf(multiplySigned(MIN, -1))).toBe(EVAL_FATAL);
    expect<u32>(statusOf(multiplySigned(-1, MIN))).toBe(EVAL_FATAL);
    expect<u32>(statusOf(multiplySigned(3037000500, 3037000500))).toBe(EVAL_FATAL);
    expect<u32>(statusOf(multiplySigned(4294967296, 2147483648))).toBe(EVAL_FATAL);
  });

  it("divides as Python does, for every combination of signs", () => {
    for (let a: i64 = -13; a <= 13; a++) {
      for (let b: i64 = -5; b <= 5; b++) {
        if (b == 0) continue;
        const quotient = floorDivide(a, b);
        const rest = modulo(a, b);
        expect<i64>(quotient * b + rest).toBe(a);
        expect<bool>(b > 0 ? rest >= 0 && rest < b : rest <= 0 && rest > b).toBe(true);
        expect<i64>(ceilDivide(a, b)).toBe(rest == 0 ? quotient : quotient + 1);
        if (rest == 0) expect<i64>(divideExactly(a, b)).toBe(quotient);
        else expect<u32>(statusOf(divideExactly(a, b))).toBe(EVAL_INEXACT);
      }
    }
  });

  it("reports an error for a division by zero, and of the minimum by -1", () => {
    expect<u32>(statusOf(floorDivide(1, 0))).toBe(EVAL_FATAL);
    expect<u32>(statusOf(modulo(1, 0))).toBe(EVAL_FATAL);
    expect<u32>(statusOf(ceilDivide(1, 0))).toBe(EVAL_FATAL);
    expect<u32>(statusOf(divideExactly(1, 0))).toBe(EVAL_FATAL);
    expect<u32>(statusOf(floorDivide(MIN, -1))).toBe(EVAL_FATAL);
    expect<u32>(statusOf(ceilDivide(MIN, -1))).toBe(EVAL_FATAL);
    expect<u32>(statusOf(divideExactly(MIN, -1))).toBe(EVAL_FATAL);
    expect<i64>(modulo(MIN, -1)).toBe(0);
  });

  it("computes magnitudes and negations", () => {
    expect<i64>(magnitude(-7)).toBe(7);
    expect<i64>(negateSigned(MAX)).toBe(-MAX);
    expect<u32>(statusOf(magnitude(MIN))).toBe(EVAL_FATAL);
    expect<u32>(statusOf(negateSigned(MIN))).toBe(EVAL_FATAL);
  });

  it("computes powers", () => {
    expect<i64>(power(0, 0)).toBe(1);
    expect<i64>(power(-2, 63)).toBe(MIN);
    expect<i64>(power(3, 39)).toBe(4052555153018976267);
    expect<i64>(power(-1, MAX)).toBe(-1);
    expect<i64>(power(1, MAX)).toBe(1);
    expect<u32>(statusOf(power(2, 63))).toBe(EVAL_FATAL);
    expect<u32>(statusOf(power(3, 40))).toBe(EVAL_FATAL);
    expect<u32>(statusOf(power(2, -1))).toBe(EVAL_FATAL);
    expect<u32>(statusOf(power(2, 64))).toBe(EVAL_FATAL);
  });

  it("finds the greatest common divisor and the least common multiple", () => {
    expect<i64>(gcdSigned(48, -36)).toBe(12);
    expect<i64>(gcdSigned(0, 0)).toBe(0);
    expect<i64>(gcdSigned(MIN, -1)).toBe(1);
    expect<i64>(gcdSigned(MIN, 6)).toBe(2);
    expect<i64>(lcmSigned(-4, 6)).toBe(12);
    expect<i64>(lcmSigned(0, 6)).toBe(0);
    expect<u32>(statusOf(gcdSigned(MIN, 0))).toBe(EVAL_FATAL);
    expect<u32>(statusOf(lcmSigned(MIN, 1))).toBe(EVAL_FATAL);
    expect<u32>(statusOf(lcmSigned(MAX, MAX - 1))).toBe(EVAL_FATAL);
  });

  it("keeps an evaluation error until it is cleared", () => {
    fatal();
    addSigned(1, 1);
    expect<u32>(evalStatus()).toBe(EVAL_FATAL);
    clearEvalStatus();
  });
});
