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

const LEAST = i64.MIN_VALUE;
const MOST = i64.MAX_VALUE;

/** What becomes of a calculation, whose value is of no interest. */
function evaluationError(_value: i64): u32 {
  const found = evalStatus();
  clearEvalStatus();
  return found;
}

describe("signed arithmetic", () => {
  beforeEach(clearEvalStatus);
  afterEach(() => {
    expect<u32>(evalStatus()).toBe(EVAL_OK);
  });

  it("adds and subtracts up to both ends of 64 bits", () => {
    expect<i64>(addSigned(MOST - 1, 1)).toBe(MOST);
    expect<i64>(addSigned(LEAST + 1, -1)).toBe(LEAST);
    expect<i64>(addSigned(LEAST, MOST)).toBe(-1);
    expect<i64>(subtractSigned(-1, MOST)).toBe(LEAST);
    expect<i64>(subtractSigned(-1, LEAST)).toBe(MOST);
    expect<u32>(evaluationError(addSigned(MOST, 1))).toBe(EVAL_FATAL);
    expect<u32>(evaluationError(addSigned(LEAST, -1))).toBe(EVAL_FATAL);
    expect<u32>(evaluationError(subtractSigned(0, LEAST))).toBe(EVAL_FATAL);
    expect<u32>(evaluationError(subtractSigned(MOST, -1))).toBe(EVAL_FATAL);
  });

  it("multiplies exactly or says that it cannot", () => {
    expect<i64>(multiplySigned(3037000499, 3037000499)).toBe(9223372030926249001);
    expect<i64>(multiplySigned(-4294967296, 2147483648)).toBe(LEAST);
    expect<i64>(multiplySigned(LEAST, 1)).toBe(LEAST);
    expect<i64>(multiplySigned(LEAST, 0)).toBe(0);
    expect<i64>(multiplySigned(0, LEAST)).toBe(0);
    expect<i64>(multiplySigned(-1, MOST)).toBe(-MOST);
    expect<i64>(multiplySigned(MOST, -1)).toBe(-MOST);
    expect<u32>(evaluationError(multiplySigned(LEAST, -1))).toBe(EVAL_FATAL);
    expect<u32>(evaluationError(multiplySigned(-1, LEAST))).toBe(EVAL_FATAL);
    expect<u32>(evaluationError(multiplySigned(3037000500, 3037000500))).toBe(EVAL_FATAL);
    expect<u32>(evaluationError(multiplySigned(4294967296, 2147483648))).toBe(EVAL_FATAL);
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
        else expect<u32>(evaluationError(divideExactly(a, b))).toBe(EVAL_INEXACT);
      }
    }
  });

  it("has no value for a division by zero, and none for the least number by -1", () => {
    expect<u32>(evaluationError(floorDivide(1, 0))).toBe(EVAL_FATAL);
    expect<u32>(evaluationError(modulo(1, 0))).toBe(EVAL_FATAL);
    expect<u32>(evaluationError(ceilDivide(1, 0))).toBe(EVAL_FATAL);
    expect<u32>(evaluationError(divideExactly(1, 0))).toBe(EVAL_FATAL);
    expect<u32>(evaluationError(floorDivide(LEAST, -1))).toBe(EVAL_FATAL);
    expect<u32>(evaluationError(ceilDivide(LEAST, -1))).toBe(EVAL_FATAL);
    expect<u32>(evaluationError(divideExactly(LEAST, -1))).toBe(EVAL_FATAL);
    expect<i64>(modulo(LEAST, -1)).toBe(0);
  });

  it("takes magnitudes and signs", () => {
    expect<i64>(magnitude(-7)).toBe(7);
    expect<i64>(negateSigned(MOST)).toBe(-MOST);
    expect<u32>(evaluationError(magnitude(LEAST))).toBe(EVAL_FATAL);
    expect<u32>(evaluationError(negateSigned(LEAST))).toBe(EVAL_FATAL);
  });

  it("raises to powers", () => {
    expect<i64>(power(0, 0)).toBe(1);
    expect<i64>(power(-2, 63)).toBe(LEAST);
    expect<i64>(power(3, 39)).toBe(4052555153018976267);
    expect<i64>(power(-1, MOST)).toBe(-1);
    expect<i64>(power(1, MOST)).toBe(1);
    expect<u32>(evaluationError(power(2, 63))).toBe(EVAL_FATAL);
    expect<u32>(evaluationError(power(3, 40))).toBe(EVAL_FATAL);
    expect<u32>(evaluationError(power(2, -1))).toBe(EVAL_FATAL);
    expect<u32>(evaluationError(power(2, 64))).toBe(EVAL_FATAL);
  });

  it("finds divisors and multiples in common", () => {
    expect<i64>(gcdSigned(48, -36)).toBe(12);
    expect<i64>(gcdSigned(0, 0)).toBe(0);
    expect<i64>(gcdSigned(LEAST, -1)).toBe(1);
    expect<i64>(gcdSigned(LEAST, 6)).toBe(2);
    expect<i64>(lcmSigned(-4, 6)).toBe(12);
    expect<i64>(lcmSigned(0, 6)).toBe(0);
    expect<u32>(evaluationError(gcdSigned(LEAST, 0))).toBe(EVAL_FATAL);
    expect<u32>(evaluationError(lcmSigned(LEAST, 1))).toBe(EVAL_FATAL);
    expect<u32>(evaluationError(lcmSigned(MOST, MOST - 1))).toBe(EVAL_FATAL);
  });

  it("keeps trouble until it is cleared", () => {
    fatal();
    addSigned(1, 1);
    expect<u32>(evalStatus()).toBe(EVAL_FATAL);
    clearEvalStatus();
  });
});
