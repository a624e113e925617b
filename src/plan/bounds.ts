/**
 * What the names of a grid can be, before any of it is swept: and how long a list can get. Exact where
 * there are few enough values to try them all, bounds otherwise; always with big integers, never too small.
 */

import { COUNT_MAX, DIVISORS_MAX, type Lookup, runsOf, Trouble } from "../expression/evaluate.js";
import { type Expression, type Item, type Node, namesIn, partsOf } from "../expression/node.js";
import type { Kind } from "../layers/parameters.js";
import type { Axis } from "../spec/axes.js";
import { domainOf, isHeld, leastOf, mostOf, type Run, valueAt } from "../spec/values.js";

const I64_MAX = 2n ** 63n - 1n;
const I64_MIN = -(2n ** 63n);

/** The smallest and largest value that something can have, and all its values where they are few. */
export interface Possible {
  readonly least: bigint;
  readonly most: bigint;
  readonly values?: readonly bigint[];
}

export type PossibleValues = ReadonlyMap<string, Possible>;

/** So many values are kept one by one, so many combinations of them are tried, with so many calculations in all. */
const VALUES_KEPT = 512;
const COMBINATIONS_TRIED = 4096;
const CALCULATIONS = 65_536;

function ofValues(values: Iterable<bigint>): Possible | undefined {
  const sorted = [...new Set(values)].sort((a, b) => (a < b ? -1 : 1));
  const [least, most] = [sorted[0], sorted.at(-1)];
  if (least === undefined || most === undefined) return undefined;
  return sorted.length <= VALUES_KEPT ? { least, most, values: sorted } : { least, most };
}

export function possibleOfRuns(runs: readonly Run[]): Possible {
  const size = runs.reduce((sum, run) => sum + run.count, 0);
  if (size > VALUES_KEPT) return { least: BigInt(leastOf(runs)), most: BigInt(mostOf(runs)) };
  return ofValues(Array.from({ length: size }, (_, i) => BigInt(valueAt(runs, i)))) as Possible;
}

/** Every combination of the values that some names can have, or undefined when they are too many. */
function* combinations(names: readonly string[], known: PossibleValues): Generator<Lookup> {
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

function areFew(items: readonly Item[], names: readonly string[], known: PossibleValues): boolean {
  const combined = names.reduce(
    (product, name) => product * (known.get(name)?.values?.length ?? Number.POSITIVE_INFINITY),
    1,
  );
  // The divisors of a number are found in as many steps as its root has ones, a calculation's worth in some dozens.
  const effort = items.map((item) =>
    item.kind === "divisors" ? 1 + Math.sqrt(Number(boundsOf(item.of, known).most)) / 50 : 1,
  );
  return (
    combined <= COMBINATIONS_TRIED &&
    combined * effort.reduce((sum, each) => sum + each, 0) <= CALCULATIONS
  );
}

/** What an axis over other axes can come to: the values of each of its names, and the most positions its list can have. */
export function possibleOfAxis(
  kind: Kind,
  axis: Exclude<Axis, { readonly kind: "plain" }>,
  known: PossibleValues,
): { readonly possible: readonly Possible[]; readonly size: bigint } {
  switch (axis.kind) {
    case "derived":
      return {
        possible: [
          clipped(
            kind,
            axis.names[0] as string,
            possibleOfList([itemOf(axis.expression)], known).possible,
          ),
        ],
        size: 1n,
      };
    case "list": {
      const { possible, size } = possibleOfList(
        axis.items.map(({ root }) => root),
        known,
      );
      return { possible: [clipped(kind, axis.names[0] as string, possible)], size };
    }
    case "joint":
      return {
        possible: axis.names.map((name, i) => {
          const items = axis.rows.map((row) => itemOf(row[i] as Expression));
          return clipped(kind, name, possibleOfList(items, known).possible);
        }),
        size: BigInt(axis.rows.length),
      };
  }
}

function itemOf({ root }: Expression): Item {
  return { kind: "value", value: root, start: root.start, end: root.end };
}

/** No layer has a value outside of the domain: it is left out before it is one. */
function clipped(kind: Kind, name: string, { least, most, values }: Possible): Possible {
  if (!isHeld(kind, name)) return { least, most, ...(values && { values }) };
  const domain = domainOf(name);
  const [lowest, highest] = [BigInt(domain.least), BigInt(domain.most)];
  const inside = values && ofValues(values.filter((value) => value >= lowest && value <= highest));
  if (inside) return inside;
  const clip = (value: bigint) => (value < lowest ? lowest : value > highest ? highest : value);
  return { least: clip(least), most: clip(most) };
}

function possibleOfList(
  items: readonly Item[],
  known: PossibleValues,
): { readonly possible: Possible; readonly size: bigint } {
  const names = [...new Set(items.flatMap((item) => namesIn(item).map(({ name }) => name)))];
  return (areFew(items, names, known) && tried(items, names, known)) || estimated(items, known);
}

/** By trying every combination. Too many values are given up on: then they are bounded instead. */
function tried(
  items: readonly Item[],
  names: readonly string[],
  known: PossibleValues,
): { readonly possible: Possible; readonly size: bigint } | undefined {
  const values = new Set<bigint>();
  let size = 0n;
  for (const lookup of combinations(names, known)) {
    let count = 0n;
    for (const item of items) {
      try {
        for (const run of runsOf(item, lookup)) {
          count += run.count;
          if (run.count > VALUES_KEPT || values.size > COMBINATIONS_TRIED) return undefined;
          for (let i = 0n; i < run.count; i++) values.add(run.first + i * run.step);
        }
      } catch (trouble) {
        if (!(trouble instanceof Trouble)) throw trouble;
        count += 1n; // a position whose layers are left out, if the sweep gets past it
      }
    }
    if (count > size) size = count;
  }
  const possible = ofValues(values);
  return { possible: possible ?? { least: 0n, most: 0n }, size };
}

function estimated(
  items: readonly Item[],
  known: PossibleValues,
): { readonly possible: Possible; readonly size: bigint } {
  const parts = items.map((item) => boundsOfItem(item, known));
  // An item that does not divide exactly takes a position too, however long it would be.
  return {
    possible: hull(parts.map(({ bounds }) => bounds)),
    size: parts.reduce((sum, { count }) => sum + (count > 1n ? count : 1n), 0n),
  };
}

// ── Bounds ─────────────────────────────────────────────────────────────────────────────────────────────────────────

type Bounds = Pick<Possible, "least" | "most">;

const TRUTH: Bounds = { least: 0n, most: 1n };

function hull(parts: readonly Bounds[]): Bounds {
  return parts.reduce((a, b) => ({
    least: a.least < b.least ? a.least : b.least,
    most: a.most > b.most ? a.most : b.most,
  }));
}

function magnitude({ least, most }: Bounds): bigint {
  const [a, b] = [least < 0n ? -least : least, most < 0n ? -most : most];
  return a > b ? a : b;
}

/**
 * Whether an expression has a value whatever its names are: nothing in it can pass 64 bits, divide by zero or not divide
 * exactly. Results may pass 64 bits.
 */
export function alwaysHasValue(node: Node | Item, known: PossibleValues): boolean {
  if (!partsOf(node).every((part) => alwaysHasValue(part, known))) return false;
  switch (node.kind) {
    case "name":
      return known.has(node.name);
    case "divisors": {
      const { least, most } = boundsOf(node.of, known);
      return least >= 1n && most <= DIVISORS_MAX;
    }
    case "range":
      return node.step === undefined || boundsOf(node.step, known).least >= 1n;
    case "binary": {
      const { least, most } = boundsOf(node.right, known);
      if (node.operator === "/" || node.operator === "**") return false;
      if ((node.operator === "//" || node.operator === "%") && least <= 0n && most >= 0n)
        return false;
      return isInside(looseBounds(node, known));
    }
    case "call": {
      const divisor = node.name === "ceil_div" ? boundsOf(node.args[1] as Node, known) : undefined;
      if (divisor && divisor.least <= 0n && divisor.most >= 0n) return false;
      return isInside(looseBounds(node, known));
    }
    case "negate":
      return isInside(looseBounds(node, known));
    default:
      return true;
  }
}

function isInside({ least, most }: Bounds): boolean {
  return least >= I64_MIN && most <= I64_MAX;
}

/** Values outside of 64 bits stop the sweep, so no others come out of an expression. */
function boundsOf(node: Node, known: PossibleValues): Bounds {
  const { least, most } = looseBounds(node, known);
  return { least: least < I64_MIN ? I64_MIN : least, most: most > I64_MAX ? I64_MAX : most };
}

function looseBounds(node: Node, known: PossibleValues): Bounds {
  switch (node.kind) {
    case "number":
      return node.under === undefined
        ? { least: node.value, most: node.value }
        : { least: node.value / node.under, most: node.value / node.under + 1n };
    case "name":
      return known.get(node.name) ?? { least: I64_MIN, most: I64_MAX };
    case "negate": {
      const { least, most } = boundsOf(node.of, known);
      return { least: -most, most: -least };
    }
    case "not":
    case "missing":
    case "compare":
    case "in":
      return TRUTH;
    case "and":
    case "or":
      return hull([{ least: 0n, most: 0n }, ...node.parts.map((part) => boundsOf(part, known))]);
    case "binary":
      return binaryBounds(node.operator, boundsOf(node.left, known), boundsOf(node.right, known));
    case "call":
      return callBounds(
        node.name,
        node.args.map((arg) => boundsOf(arg, known)),
      );
  }
}

/** A monotone operation has its extremes at the corners. */
function corners(
  a: Bounds,
  bs: readonly bigint[],
  operation: (a: bigint, b: bigint) => bigint,
): Bounds {
  const values = bs.flatMap((b) => [operation(a.least, b), operation(a.most, b)]);
  return hull(values.map((value) => ({ least: value, most: value })));
}

function quotientBounds(a: Bounds, b: Bounds): Bounds {
  const divisors = [b.least, b.most, -1n, 1n].filter(
    (d) => d !== 0n && d >= b.least && d <= b.most,
  );
  if (divisors.length === 0) return { least: 0n, most: 0n }; // divides by zero, always
  // Rounded either way: one more on both sides.
  const { least, most } = corners(a, divisors, (x, y) => x / y);
  return { least: least - 1n, most: most + 1n };
}

function binaryBounds(
  operator: (Node & { kind: "binary" })["operator"],
  a: Bounds,
  b: Bounds,
): Bounds {
  switch (operator) {
    case "+":
      return { least: a.least + b.least, most: a.most + b.most };
    case "-":
      return { least: a.least - b.most, most: a.most - b.least };
    case "*":
      return corners(a, [b.least, b.most], (x, y) => x * y);
    case "/":
    case "//":
      return quotientBounds(a, b);
    case "%": {
      const most = b.most > 0n ? b.most - 1n : 0n;
      return {
        least: b.least < 0n ? b.least + 1n : 0n,
        most: a.least >= 0n && a.most < most ? a.most : most,
      };
    }
    case "**": {
      const base = magnitude(a);
      const most = base <= 1n || b.most <= 0n ? 1n : b.most > 63n ? I64_MAX : base ** b.most;
      return { least: a.least < 0n ? -most : 0n, most };
    }
  }
}

function callBounds(name: (Node & { kind: "call" })["name"], args: readonly Bounds[]): Bounds {
  const [a, b] = args as [Bounds, Bounds];
  const smaller = (x: bigint, y: bigint) => (x < y ? x : y);
  const larger = (x: bigint, y: bigint) => (x > y ? x : y);
  switch (name) {
    case "abs":
      return { least: 0n, most: magnitude(a) };
    case "min":
      return {
        least: args.map(({ least }) => least).reduce(smaller),
        most: args.map(({ most }) => most).reduce(smaller),
      };
    case "max":
      return {
        least: args.map(({ least }) => least).reduce(larger),
        most: args.map(({ most }) => most).reduce(larger),
      };
    case "gcd": {
      // It divides each of them that is not zero.
      const positive = args.filter(({ least }) => least >= 1n).map(({ most }) => most);
      return {
        least: 0n,
        most: positive.length > 0 ? positive.reduce(smaller) : args.map(magnitude).reduce(larger),
      };
    }
    case "lcm":
      return { least: 0n, most: args.map(magnitude).reduce((x, y) => x * y) };
    case "ceil_div":
      return quotientBounds(a, b);
  }
}

function boundsOfItem(
  item: Item,
  known: PossibleValues,
): { readonly bounds: Bounds; readonly count: bigint } {
  switch (item.kind) {
    case "value":
      return { bounds: boundsOf(item.value, known), count: 1n };
    case "range": {
      const [first, last] = [boundsOf(item.first, known), boundsOf(item.last, known)];
      const step = item.step === undefined ? 1n : boundsOf(item.step, known).least;
      const span = last.most - first.least;
      const count = span < 0n ? 0n : span / (step < 1n ? 1n : step) + 1n;
      return {
        bounds: { least: first.least, most: last.most > first.least ? last.most : first.least },
        count: count > COUNT_MAX ? COUNT_MAX : count,
      };
    }
    case "pow2": {
      const [first, last] = [boundsOf(item.first, known), boundsOf(item.last, known)];
      const count = runsOf(
        { ...item, first: literal(first.least), last: literal(last.most) },
        () => 0n,
      ).length;
      return { bounds: { least: 1n, most: last.most > 1n ? last.most : 1n }, count: BigInt(count) };
    }
    case "divisors": {
      const { most } = boundsOf(item.of, known);
      const highest = most > DIVISORS_MAX ? DIVISORS_MAX : most;
      return {
        bounds: { least: 1n, most: highest > 1n ? highest : 1n },
        count: BigInt(mostDivisors(highest)),
      };
    }
  }
}

function literal(value: bigint): Node {
  return { kind: "number", value, start: 0, end: 0 };
}

/**
 * The most divisors that a number up to `limit` has. A number with more divisors than any before it is a product of the
 * first primes with exponents that do not rise.
 */
export function mostDivisors(limit: bigint): number {
  const primes = [2n, 3n, 5n, 7n, 11n, 13n, 17n, 19n, 23n, 29n];
  const best = (from: number, product: bigint, highest: number): number => {
    let most = 1;
    let power = product;
    for (let exponent = 1; exponent <= highest && from < primes.length; exponent++) {
      power *= primes[from] as bigint;
      if (power > limit) break;
      most = Math.max(most, (exponent + 1) * best(from + 1, power, exponent));
    }
    return most;
  };
  return best(0, 1n, 31);
}
