/**
 * Interval analysis of a grid, before it is swept: the values that each name can have, and the
 * maximum length of each list. Small value sets are enumerated exactly; others are bounded by
 * intervals. All bounds are BigInts. They may be too wide, but are never too narrow.
 */

import {
  COUNT_MAX,
  DIVISORS_MAX,
  EvaluationError,
  type Lookup,
  progressionsOf,
} from "../expression/evaluate.js";
import { type Expression, type Item, type Node, namesIn, partsOf } from "../expression/node.js";
import type { Kind } from "../layers/kinds.js";
import type { Axis } from "../spec/axes.js";
import { domainOf, hasDomain, maxOf, minOf, type Progression, valueAt } from "../spec/values.js";

const I64_MAX = 2n ** 63n - 1n;
const I64_MIN = -(2n ** 63n);

/** The smallest and largest possible value, and every possible value if there are few. */
export interface ValueSet {
  readonly min: bigint;
  readonly max: bigint;
  readonly values?: readonly bigint[];
}

export type ValueSets = ReadonlyMap<string, ValueSet>;

/**
 * Limits of exact enumeration: distinct values per name, combinations of values, and evaluations in
 * total. Beyond any of them, intervals are used instead.
 */
const MAX_VALUES = 512;
const MAX_COMBINATIONS = 4096;
const MAX_EVALUATIONS = 65_536;

function valueSetOf(values: Iterable<bigint>): ValueSet | undefined {
  const sorted = [...new Set(values)].sort((a, b) => (a < b ? -1 : 1));
  const [min, max] = [sorted[0], sorted.at(-1)];
  if (min === undefined || max === undefined) return undefined;
  return sorted.length <= MAX_VALUES ? { min, max, values: sorted } : { min, max };
}

export function valueSetOfProgressions(progressions: readonly Progression[]): ValueSet {
  const size = progressions.reduce((sum, progression) => sum + progression.count, 0);
  if (size > MAX_VALUES)
    return { min: BigInt(minOf(progressions)), max: BigInt(maxOf(progressions)) };
  return valueSetOf(
    Array.from({ length: size }, (_, i) => BigInt(valueAt(progressions, i))),
  ) as ValueSet;
}

/**
 * Every combination of the values of some names, counted through like an odometer. Each name must
 * have an enumerated value set.
 */
function* combinations(names: readonly string[], known: ValueSets): Generator<Lookup> {
  const lists = names.map((name) => known.get(name)?.values as readonly bigint[]);
  const at = names.map(() => 0);
  for (;;) {
    yield (name) => {
      const i = names.indexOf(name);
      return (lists[i] as readonly bigint[])[at[i] as number] as bigint;
    };
    let i = names.length - 1;
    for (; i >= 0; i--) {
      at[i] = (at[i] as number) + 1;
      if ((at[i] as number) < (lists[i] as readonly bigint[]).length) break;
      at[i] = 0;
    }
    if (i < 0) return;
  }
}

function canEnumerate(items: readonly Item[], names: readonly string[], known: ValueSets): boolean {
  const combined = names.reduce(
    (product, name) => product * (known.get(name)?.values?.length ?? Number.POSITIVE_INFINITY),
    1,
  );
  // Finding the divisors of n takes √n steps. About 50 of these steps cost as much as an
  // evaluation.
  const costs = items.map((item) =>
    item.kind === "divisors" ? 1 + Math.sqrt(Number(boundsOf(item.of, known).max)) / 50 : 1,
  );
  return (
    combined <= MAX_COMBINATIONS &&
    combined * costs.reduce((sum, each) => sum + each, 0) <= MAX_EVALUATIONS
  );
}

/**
 * The value set of each name of an axis that depends on other axes, and the maximum number of
 * positions of its list.
 */
export function valueSetsOfAxis(
  kind: Kind,
  axis: Exclude<Axis, { readonly kind: "plain" }>,
  known: ValueSets,
): { readonly valueSets: readonly ValueSet[]; readonly size: bigint } {
  switch (axis.kind) {
    case "derived":
      return {
        valueSets: [
          clipToDomain(
            kind,
            axis.names[0] as string,
            valueSetOfList([itemOf(axis.expression)], known).valueSet,
          ),
        ],
        size: 1n,
      };
    case "list": {
      const { valueSet, size } = valueSetOfList(
        axis.items.map(({ root }) => root),
        known,
      );
      return { valueSets: [clipToDomain(kind, axis.names[0] as string, valueSet)], size };
    }
    case "joint":
      return {
        valueSets: axis.names.map((name, i) => {
          const items = axis.rows.map((row) => itemOf(row[i] as Expression));
          return clipToDomain(kind, name, valueSetOfList(items, known).valueSet);
        }),
        size: BigInt(axis.rows.length),
      };
  }
}

function itemOf({ root }: Expression): Item {
  return { kind: "value", value: root, start: root.start, end: root.end };
}

/**
 * Clips a value set to the domain of its name. Values outside are rejected before they reach a
 * layer.
 */
function clipToDomain(kind: Kind, name: string, { min, max, values }: ValueSet): ValueSet {
  if (!hasDomain(kind, name)) return { min, max, ...(values && { values }) };
  const domain = domainOf(name);
  const [lowest, highest] = [BigInt(domain.min), BigInt(domain.max)];
  const inside =
    values && valueSetOf(values.filter((value) => value >= lowest && value <= highest));
  if (inside) return inside;
  const clip = (value: bigint) => (value < lowest ? lowest : value > highest ? highest : value);
  return { min: clip(min), max: clip(max) };
}

function valueSetOfList(
  items: readonly Item[],
  known: ValueSets,
): { readonly valueSet: ValueSet; readonly size: bigint } {
  const names = [...new Set(items.flatMap((item) => namesIn(item).map(({ name }) => name)))];
  return (
    (canEnumerate(items, names, known) && enumerate(items, names, known)) ||
    intervalOfList(items, known)
  );
}

/**
 * Evaluates the items for every combination of values. Returns undefined if there are too many
 * values; the caller then uses intervals.
 */
function enumerate(
  items: readonly Item[],
  names: readonly string[],
  known: ValueSets,
): { readonly valueSet: ValueSet; readonly size: bigint } | undefined {
  const values = new Set<bigint>();
  let size = 0n;
  for (const lookup of combinations(names, known)) {
    let count = 0n;
    for (const item of items) {
      try {
        for (const progression of progressionsOf(item, lookup)) {
          count += progression.count;
          if (progression.count > MAX_VALUES || values.size > MAX_COMBINATIONS) return undefined;
          for (let i = 0n; i < progression.count; i++)
            values.add(progression.first + i * progression.step);
        }
      } catch (evaluationError) {
        if (!(evaluationError instanceof EvaluationError)) throw evaluationError;
        count += 1n; // the position exists, but its layers are rejected or stop the sweep
      }
    }
    if (count > size) size = count;
  }
  const valueSet = valueSetOf(values);
  return { valueSet: valueSet ?? { min: 0n, max: 0n }, size };
}

function intervalOfList(
  items: readonly Item[],
  known: ValueSets,
): { readonly valueSet: ValueSet; readonly size: bigint } {
  const parts = items.map((item) => boundsOfItem(item, known));
  // An item takes at least one position: an inexact item still occupies one.
  return {
    valueSet: hull(parts.map(({ bounds }) => bounds)),
    size: parts.reduce((sum, { count }) => sum + (count > 1n ? count : 1n), 0n),
  };
}

// ── Bounds ───────────────────────────────────────────────────────────────────────────────────────

type Bounds = Pick<ValueSet, "min" | "max">;

const BOOLEAN: Bounds = { min: 0n, max: 1n };

function hull(parts: readonly Bounds[]): Bounds {
  return parts.reduce((a, b) => ({
    min: a.min < b.min ? a.min : b.min,
    max: a.max > b.max ? a.max : b.max,
  }));
}

function magnitude({ min, max }: Bounds): bigint {
  const [a, b] = [min < 0n ? -min : min, max < 0n ? -max : max];
  return a > b ? a : b;
}

/**
 * Whether an expression has a value for every combination of its names' values: no part can pass 64
 * bits, divide by zero or be inexact. Results may pass 64 bits, so expressions with results do not
 * qualify.
 */
export function alwaysHasValue(node: Node | Item, known: ValueSets): boolean {
  if (!partsOf(node).every((part) => alwaysHasValue(part, known))) return false;
  switch (node.kind) {
    case "name":
      return known.has(node.name);
    case "divisors": {
      const { min, max } = boundsOf(node.of, known);
      return min >= 1n && max <= DIVISORS_MAX;
    }
    case "range":
      return node.step === undefined || boundsOf(node.step, known).min >= 1n;
    case "binary": {
      const { min, max } = boundsOf(node.right, known);
      if (node.operator === "/" || node.operator === "**") return false;
      if ((node.operator === "//" || node.operator === "%") && min <= 0n && max >= 0n) return false;
      return isInside(unclampedBounds(node, known));
    }
    case "call": {
      const divisor = node.name === "ceil_div" ? boundsOf(node.args[1] as Node, known) : undefined;
      if (divisor && divisor.min <= 0n && divisor.max >= 0n) return false;
      return isInside(unclampedBounds(node, known));
    }
    case "negate":
      return isInside(unclampedBounds(node, known));
    default:
      return true;
  }
}

function isInside({ min, max }: Bounds): boolean {
  return min >= I64_MIN && max <= I64_MAX;
}

/**
 * The interval of an expression. It is clamped to 64 bits, because values outside stop the sweep.
 */
function boundsOf(node: Node, known: ValueSets): Bounds {
  const { min, max } = unclampedBounds(node, known);
  return { min: min < I64_MIN ? I64_MIN : min, max: max > I64_MAX ? I64_MAX : max };
}

function unclampedBounds(node: Node, known: ValueSets): Bounds {
  switch (node.kind) {
    case "number":
      return node.denominator === undefined
        ? { min: node.value, max: node.value }
        : { min: node.value / node.denominator, max: node.value / node.denominator + 1n };
    case "name":
      return known.get(node.name) ?? { min: I64_MIN, max: I64_MAX };
    case "negate": {
      const { min, max } = boundsOf(node.of, known);
      return { min: -max, max: -min };
    }
    case "not":
    case "missing":
    case "compare":
    case "in":
      return BOOLEAN;
    case "and":
    case "or":
      return hull([{ min: 0n, max: 0n }, ...node.parts.map((part) => boundsOf(part, known))]);
    case "binary":
      return binaryBounds(node.operator, boundsOf(node.left, known), boundsOf(node.right, known));
    case "call":
      return callBounds(
        node.name,
        node.args.map((arg) => boundsOf(arg, known)),
      );
  }
}

/**
 * The interval of an operation that is monotone in both operands: its extremes are at the corners.
 */
function corners(
  a: Bounds,
  bs: readonly bigint[],
  operation: (a: bigint, b: bigint) => bigint,
): Bounds {
  const values = bs.flatMap((b) => [operation(a.min, b), operation(a.max, b)]);
  return hull(values.map((value) => ({ min: value, max: value })));
}

function quotientBounds(a: Bounds, b: Bounds): Bounds {
  const divisors = [b.min, b.max, -1n, 1n].filter((d) => d !== 0n && d >= b.min && d <= b.max);
  if (divisors.length === 0) return { min: 0n, max: 0n }; // always divides by zero
  // Widened by one at both ends, because the division may round either way.
  const { min, max } = corners(a, divisors, (x, y) => x / y);
  return { min: min - 1n, max: max + 1n };
}

function binaryBounds(
  operator: (Node & { kind: "binary" })["operator"],
  a: Bounds,
  b: Bounds,
): Bounds {
  switch (operator) {
    case "+":
      return { min: a.min + b.min, max: a.max + b.max };
    case "-":
      return { min: a.min - b.max, max: a.max - b.min };
    case "*":
      return corners(a, [b.min, b.max], (x, y) => x * y);
    case "/":
    case "//":
      return quotientBounds(a, b);
    case "%": {
      const max = b.max > 0n ? b.max - 1n : 0n;
      return {
        min: b.min < 0n ? b.min + 1n : 0n,
        max: a.min >= 0n && a.max < max ? a.max : max,
      };
    }
    case "**": {
      const base = magnitude(a);
      const max = base <= 1n || b.max <= 0n ? 1n : b.max > 63n ? I64_MAX : base ** b.max;
      return { min: a.min < 0n ? -max : 0n, max };
    }
  }
}

function callBounds(name: (Node & { kind: "call" })["name"], args: readonly Bounds[]): Bounds {
  const [a, b] = args as [Bounds, Bounds];
  const smaller = (x: bigint, y: bigint) => (x < y ? x : y);
  const larger = (x: bigint, y: bigint) => (x > y ? x : y);
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
      // The gcd divides every argument that is not zero.
      const positive = args.filter(({ min }) => min >= 1n).map(({ max }) => max);
      return {
        min: 0n,
        max: positive.length > 0 ? positive.reduce(smaller) : args.map(magnitude).reduce(larger),
      };
    }
    case "lcm":
      return { min: 0n, max: args.map(magnitude).reduce((x, y) => x * y) };
    case "ceil_div":
      return quotientBounds(a, b);
  }
}

function boundsOfItem(
  item: Item,
  known: ValueSets,
): { readonly bounds: Bounds; readonly count: bigint } {
  switch (item.kind) {
    case "value":
      return { bounds: boundsOf(item.value, known), count: 1n };
    case "range": {
      const [first, last] = [boundsOf(item.first, known), boundsOf(item.last, known)];
      const step = item.step === undefined ? 1n : boundsOf(item.step, known).min;
      const span = last.max - first.min;
      const count = span < 0n ? 0n : span / (step < 1n ? 1n : step) + 1n;
      return {
        bounds: { min: first.min, max: last.max > first.min ? last.max : first.min },
        count: count > COUNT_MAX ? COUNT_MAX : count,
      };
    }
    case "pow2": {
      const [first, last] = [boundsOf(item.first, known), boundsOf(item.last, known)];
      const count = progressionsOf(
        { ...item, first: literal(first.min), last: literal(last.max) },
        () => 0n,
      ).length;
      return { bounds: { min: 1n, max: last.max > 1n ? last.max : 1n }, count: BigInt(count) };
    }
    case "divisors": {
      const { max } = boundsOf(item.of, known);
      const highest = max > DIVISORS_MAX ? DIVISORS_MAX : max;
      return {
        bounds: { min: 1n, max: highest > 1n ? highest : 1n },
        count: BigInt(maxDivisors(highest)),
      };
    }
  }
}

function literal(value: bigint): Node {
  return { kind: "number", value, start: 0, end: 0 };
}

/**
 * Maximum number of divisors of any number up to `limit`. A number with more divisors than every
 * smaller number is a product of the first primes, with exponents that never increase.
 */
export function maxDivisors(limit: bigint): number {
  const primes = [2n, 3n, 5n, 7n, 11n, 13n, 17n, 19n, 23n, 29n];
  const best = (from: number, product: bigint, highest: number): number => {
    let max = 1;
    let power = product;
    for (let exponent = 1; exponent <= highest && from < primes.length; exponent++) {
      power *= primes[from] as bigint;
      if (power > limit) break;
      max = Math.max(max, (exponent + 1) * best(from + 1, power, exponent));
    }
    return max;
  };
  return best(0, 1n, 31);
}
