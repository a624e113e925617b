/** Interval analysis: the smallest and largest value that an operation can have, with big integers. */
import { ceilDiv, floorDiv } from "./evaluate.js";
import type { BinaryOperator, Comparison, FunctionName } from "./node.js";

/** All integers from `min` to `max`. */
export interface Interval {
  readonly min: bigint;
  readonly max: bigint;
}

export const TRUTH: Interval = { min: 0n, max: 1n };

export function interval(value: bigint): Interval {
  return { min: value, max: value };
}

/** The smallest interval that contains all of the given ones. */
export function hull(parts: readonly Interval[]): Interval {
  return parts.reduce((a, b) => ({ min: smaller(a.min, b.min), max: larger(a.max, b.max) }));
}

/** The largest absolute value in an interval. */
export function magnitude({ min, max }: Interval): bigint {
  return larger(min < 0n ? -min : min, max < 0n ? -max : max);
}

export function smaller(a: bigint, b: bigint): bigint {
  return a < b ? a : b;
}

export function larger(a: bigint, b: bigint): bigint {
  return a > b ? a : b;
}

/** A monotone operation has its extremes at the corners. */
function corners(
  a: Interval,
  bs: readonly bigint[],
  operation: (a: bigint, b: bigint) => bigint,
): Interval {
  return hull(bs.flatMap((b) => [operation(a.min, b), operation(a.max, b)]).map(interval));
}

/** The quotients of two intervals, rounded by `round`. A divisor of 0 has no quotient and is skipped. */
function quotients(a: Interval, b: Interval, round: (a: bigint, b: bigint) => bigint): Interval {
  const divisors = [b.min, b.max, -1n, 1n].filter((d) => d !== 0n && d >= b.min && d <= b.max);
  return divisors.length === 0 ? interval(0n) : corners(a, divisors, round);
}

/** The values of `a operator b`. `/` divides exactly, so rounding either way keeps all of its values. */
export function binaryInterval(operator: BinaryOperator, a: Interval, b: Interval): Interval {
  switch (operator) {
    case "+":
      return { min: a.min + b.min, max: a.max + b.max };
    case "-":
      return { min: a.min - b.max, max: a.max - b.min };
    case "*":
      return corners(a, [b.min, b.max], (x, y) => x * y);
    case "/":
      return hull([quotients(a, b, floorDiv), quotients(a, b, ceilDiv)]);
    case "//":
      return quotients(a, b, floorDiv);
    case "%": {
      const max = b.max > 0n ? b.max - 1n : 0n;
      return {
        min: b.min < 0n ? b.min + 1n : 0n,
        max: a.min >= 0n && a.max < max ? a.max : max,
      };
    }
    case "**": {
      const base = magnitude(a);
      const max = base <= 1n || b.max <= 0n ? 1n : b.max > 63n ? 2n ** 63n - 1n : base ** b.max;
      return { min: a.min < 0n ? -max : 0n, max };
    }
  }
}

/** The values of a comparison, 0 or 1; one of them where the intervals decide it. */
export function comparisonInterval(operator: Comparison, a: Interval, b: Interval): Interval {
  const isSame = a.min === a.max && b.min === b.max && a.min === b.min;
  const isApart = a.max < b.min || b.max < a.min;
  if (operator === "==" && (isSame || isApart)) return interval(isSame ? 1n : 0n);
  if (operator === "!=" && (isSame || isApart)) return interval(isSame ? 0n : 1n);
  return TRUTH;
}

/** The values of a function. */
export function callInterval(name: FunctionName, args: readonly Interval[]): Interval {
  const [a, b] = args as [Interval, Interval];
  switch (name) {
    case "abs":
      return { min: 0n, max: magnitude(a) };
    case "min":
      return {
        min: args.map(({ min }) => min).reduce(smaller),
        max: args.map(({ max }) => max).reduce(smaller),
      };
    case "max":
      return {
        min: args.map(({ min }) => min).reduce(larger),
        max: args.map(({ max }) => max).reduce(larger),
      };
    case "gcd": {
      // It divides each argument that is not zero.
      const positive = args.filter(({ min }) => min >= 1n).map(({ max }) => max);
      const max =
        positive.length > 0 ? positive.reduce(smaller) : args.map(magnitude).reduce(larger);
      return { min: positive.length > 0 ? 1n : 0n, max };
    }
    case "lcm":
      return { min: 0n, max: args.map(magnitude).reduce((x, y) => x * y) };
    case "ceil_div":
      return quotients(a, b, ceilDiv);
  }
}
