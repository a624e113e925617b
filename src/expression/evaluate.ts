/**
 * The reference evaluator of expressions: a BigInt interpreter that walks the tree. The kernel's
 * stack machine is tested against it. The host uses it to evaluate constants, and to report which
 * part of an expression failed with which numbers.
 */
import type { EvaluationErrorKind } from "../errors.js";
import type { BinaryOperator, Comparison, FunctionName, Item, Node } from "./node.js";

const I64_MAX = 2n ** 63n - 1n;
const I64_MIN = -(2n ** 63n);

/** Largest n of `divisors(n)`. It equals the largest value of a parameter. */
export const DIVISORS_MAX = 2n ** 31n - 1n;

/** Maximum number of values of a range in a list. */
export const COUNT_MAX = 2n ** 31n;

/**
 * Thrown where an expression has no value. The kind `inexact` rejects the layer; every other kind
 * stops the sweep.
 */
export class EvaluationError extends Error {
  readonly kind: EvaluationErrorKind;
  /** The subexpression without a value. */
  readonly node: Node | Item;

  constructor(kind: EvaluationErrorKind, node: Node | Item) {
    super(kind);
    this.kind = kind;
    this.node = node;
  }
}

/**
 * Returns the value of a name: a parameter, a variable or a result. A result above 2^63 - 1 counts
 * as an overflow.
 */
export type Lookup = (name: string) => bigint;

/**
 * Evaluates an expression to a signed 64-bit integer.
 *
 * @throws EvaluationError if any part has no value.
 */
export function evaluate(node: Node, lookup: Lookup): bigint {
  const value = unchecked(node, lookup);
  if (value > I64_MAX || value < I64_MIN) throw new EvaluationError("overflow", node);
  return value;
}

function unchecked(node: Node, lookup: Lookup): bigint {
  switch (node.kind) {
    case "number":
      return node.value;
    case "name":
      return lookup(node.name);
    case "negate":
      return -evaluate(node.of, lookup);
    case "not":
      return evaluate(node.of, lookup) === 0n ? 1n : 0n;
    case "missing":
      // Only results can be missing, and exact.ts decides the conditions that depend on those
      // results.
      return node.isNegated ? 1n : 0n;
    case "binary":
      return binary(node.operator, evaluate(node.left, lookup), evaluate(node.right, lookup), node);
    case "compare": {
      let left = evaluate(node.first, lookup);
      for (const { operator, right } of node.rest) {
        const value = evaluate(right, lookup);
        if (!compare(operator, left, value)) return 0n;
        left = value;
      }
      return 1n;
    }
    case "in": {
      const value = evaluate(node.of, lookup);
      return node.items.some((item) => itemContains(item, value, lookup)) === node.isNegated
        ? 0n
        : 1n;
    }
    case "and":
    case "or": {
      let value = 0n;
      for (const part of node.parts) {
        value = evaluate(part, lookup);
        if ((value === 0n) === (node.kind === "and")) return value;
      }
      return value;
    }
    case "call":
      return call(node, lookup);
  }
}

/** Integer division rounded towards minus infinity, as in Python. */
export function floorDiv(a: bigint, b: bigint): bigint {
  const quotient = a / b;
  return a % b !== 0n && a < 0n !== b < 0n ? quotient - 1n : quotient;
}

/** Rounded towards plus infinity. */
export function ceilDiv(a: bigint, b: bigint): bigint {
  return -floorDiv(-a, b);
}

function binary(operator: BinaryOperator, a: bigint, b: bigint, node: Node): bigint {
  switch (operator) {
    case "+":
      return a + b;
    case "-":
      return a - b;
    case "*":
      return a * b;
    case "/":
      if (b === 0n) throw new EvaluationError("zeroDivisor", node);
      if (a % b !== 0n) throw new EvaluationError("inexact", node);
      return a / b;
    case "//":
      if (b === 0n) throw new EvaluationError("zeroDivisor", node);
      return floorDiv(a, b);
    case "%":
      if (b === 0n) throw new EvaluationError("zeroDivisor", node);
      return a - b * floorDiv(a, b);
    case "**":
      if (b < 0n) throw new EvaluationError("negativeExponent", node);
      if (a >= -1n && a <= 1n) return b === 0n ? 1n : b % 2n === 0n ? a * a : a;
      if (b > 63n) throw new EvaluationError("overflow", node);
      return a ** b;
  }
}

export function compare(operator: Comparison, a: bigint, b: bigint): boolean {
  switch (operator) {
    case "<":
      return a < b;
    case "<=":
      return a <= b;
    case ">":
      return a > b;
    case ">=":
      return a >= b;
    case "==":
      return a === b;
    case "!=":
      return a !== b;
  }
}

export function magnitude(a: bigint): bigint {
  return a < 0n ? -a : a;
}

export function gcd(a: bigint, b: bigint): bigint {
  while (b !== 0n) [a, b] = [b, a % b];
  return magnitude(a);
}

/**
 * The functions of two numbers. More arguments are folded from the left: each one is evaluated just
 * before it is combined.
 */
const PAIRWISE: Readonly<
  Record<Exclude<FunctionName, "abs">, (a: bigint, b: bigint, node: Node) => bigint>
> = {
  min: (a, b) => (a < b ? a : b),
  max: (a, b) => (a > b ? a : b),
  gcd,
  lcm: (a, b) => (a === 0n || b === 0n ? 0n : magnitude((a / gcd(a, b)) * b)),
  ceil_div: (a, b, node) => {
    if (b === 0n) throw new EvaluationError("zeroDivisor", node);
    return -floorDiv(-a, b);
  },
};

function call(node: Node & { kind: "call" }, lookup: Lookup): bigint {
  const { name, args } = node;
  const [first, ...others] = args as [Node, ...Node[]];
  let value = evaluate(first, lookup);
  if (name === "abs") return magnitude(value);
  for (const arg of others) {
    value = PAIRWISE[name](value, evaluate(arg, lookup), node);
    if (value > I64_MAX) throw new EvaluationError("overflow", node);
  }
  return value;
}

/** An arithmetic progression: `count` values, first, first + step, …. */
export interface BigProgression {
  readonly first: bigint;
  readonly step: bigint;
  readonly count: bigint;
}

/**
 * The values of an item, in order.
 *
 * @throws EvaluationError if any part of the item has no value.
 */
export function progressionsOf(item: Item, lookup: Lookup): BigProgression[] {
  const single = (first: bigint): BigProgression => ({ first, step: 1n, count: 1n });
  switch (item.kind) {
    case "value":
      return [single(evaluate(item.value, lookup))];
    case "range": {
      const [first, last] = [evaluate(item.first, lookup), evaluate(item.last, lookup)];
      const step = item.step === undefined ? 1n : evaluate(item.step, lookup);
      if (step < 1n) throw new EvaluationError("stepBelowOne", item.step ?? item);
      if (first > last) return [];
      const count = (last - first) / step + 1n;
      if (count > COUNT_MAX) throw new EvaluationError("longRange", item);
      return [{ first, step, count }];
    }
    case "pow2": {
      const [first, last] = [evaluate(item.first, lookup), evaluate(item.last, lookup)];
      const progressions: BigProgression[] = [];
      for (let value = 1n; value <= last && value <= I64_MAX; value *= 2n)
        if (value >= first) progressions.push(single(value));
      return progressions;
    }
    case "divisors":
      return divisorsOf(item, lookup).map(single);
  }
}

function divisorsOf(item: Item & { kind: "divisors" }, lookup: Lookup): bigint[] {
  const n = Number(divisorsOperand(item, lookup));
  const [low, high]: [number[], number[]] = [[], []];
  for (let d = 1; d * d <= n; d++) {
    if (n % d !== 0) continue;
    low.push(d);
    if (d * d !== n) high.push(n / d);
  }
  return [...low, ...high.reverse()].map(BigInt);
}

function divisorsOperand(item: Item & { kind: "divisors" }, lookup: Lookup): bigint {
  const n = evaluate(item.of, lookup);
  if (n < 1n || n > DIVISORS_MAX) throw new EvaluationError("divisorsOf", item);
  return n;
}

/** Whether an item contains a value. The item's values are not enumerated. */
function itemContains(item: Item, value: bigint, lookup: Lookup): boolean {
  switch (item.kind) {
    case "value":
      return evaluate(item.value, lookup) === value;
    case "range": {
      const [first, last] = [evaluate(item.first, lookup), evaluate(item.last, lookup)];
      const step = item.step === undefined ? 1n : evaluate(item.step, lookup);
      if (step < 1n) throw new EvaluationError("stepBelowOne", item.step ?? item);
      return value >= first && value <= last && (value - first) % step === 0n;
    }
    case "pow2": {
      const [first, last] = [evaluate(item.first, lookup), evaluate(item.last, lookup)];
      return value >= 1n && value >= first && value <= last && (value & (value - 1n)) === 0n;
    }
    case "divisors": {
      const n = divisorsOperand(item, lookup);
      return value > 0n && n % value === 0n;
    }
  }
}
