/** How large the results of a grid can get: interval analysis of the columns' formulas. */

import { gcd } from "../expression/evaluate.js";
import {
  binaryInterval,
  callInterval,
  comparisonInterval,
  type Interval,
  interval,
  larger,
  magnitude,
} from "../expression/interval.js";
import type { Kind } from "../layers/kinds.js";
import { DEFAULT_BITS, RATE_DENOMINATOR } from "../layers/parameters.js";
import type { Arithmetic } from "./formula.js";
import { Quantities } from "./quantities.js";
import { column, type ResultName } from "./table.js";

const U64_MAX = 2n ** 64n - 1n;
const I64_MAX = 2n ** 63n - 1n;

/** The longest text of a decimal (CELL_TEXT_BYTES in assembly/layout.ts). */
export const DECIMAL_BYTES = 27;

const INTERVAL_ARITHMETIC: Arithmetic<Interval> = {
  constant: interval,
  binary: binaryInterval,
  compare: comparisonInterval,
  call: callInterval,
  reduced: (numerator, denominator) => {
    const isKnown = numerator.min === numerator.max && denominator.min === denominator.max;
    if (!isKnown) return { numerator, denominator };
    const common = gcd(numerator.min, denominator.min);
    return {
      numerator: interval(numerator.min / common),
      denominator: interval(denominator.min / common),
    };
  },
};

/**
 * An upper bound of the absolute value of a column, over all layers whose names have values in the given intervals. For a
 * decimal it bounds both its numerator and its denominator.
 */
export function upperBound(
  kind: Kind,
  name: ResultName,
  known: ReadonlyMap<string, Interval>,
): bigint {
  const { numerator, denominator } = intervalsOf(kind, known).of(name);
  const bound = magnitude(numerator);
  return denominator ? larger(bound, magnitude(denominator)) : bound;
}

function intervalsOf(kind: Kind, known: ReadonlyMap<string, Interval>): Quantities<Interval> {
  const quantities: Quantities<Interval> = new Quantities(kind, INTERVAL_ARITHMETIC, {
    parameter: (base, dimension) => {
      const own = kind.parameters.find((p) => p.base === base && p.dimension === dimension);
      return own ? (known.get(own.name) as Interval) : interval(0n);
    },
    setting: (setting) => {
      if (setting === "bits")
        return { numerator: known.get("bits") ?? interval(BigInt(DEFAULT_BITS)) };
      const denominator = known.get(RATE_DENOMINATOR);
      const numerator = known.get("sample_rate") ?? interval(1n);
      return { numerator, ...(denominator && { denominator }) };
    },
    // A layer cannot have more products on its output than products in all, nor cover more elements than it has.
    overlap: (overlap, dimension) => ({
      min: 0n,
      max: quantities.inDimension(overlap === "covered" ? "l_out" : "products", dimension).max,
    }),
    narrowed: (quantity, value) => (isSigned(quantity) ? value : notNegative(quantity, value)),
  });
  return quantities;
}

/** Quantities that can be below 0 in a legal layer. */
function isSigned(name: string): boolean {
  return (
    name === "forward_length" ||
    name === "unpadded_l_out" ||
    column(name as ResultName)?.type === "i64"
  );
}

/** A legal layer has at least one output element, and no count below 0. */
function notNegative(name: string, { min, max }: Interval): Interval {
  const least = name === "l_out" ? 1n : 0n;
  return { min: larger(least, min), max: larger(least, max) };
}

/** The longest text of a result, in bytes. */
export function maxBytesOfResult(
  kind: Kind,
  name: ResultName,
  known: ReadonlyMap<string, Interval>,
): number {
  const { type } = column(name);
  if (type === "boolean") return "false".length;
  if (type === "decimal") return DECIMAL_BYTES;
  const bound = upperBound(kind, name, known);
  const digits = String(bound > U64_MAX ? U64_MAX : bound).length;
  return type === "i64" ? digits + 1 : digits;
}

/** Whether the column of some layer may not fit in 64 bits. */
export function mayOverflow(
  kind: Kind,
  name: ResultName,
  known: ReadonlyMap<string, Interval>,
): boolean {
  const { type, needs = [] } = column(name);
  if (upperBound(kind, name, known) > (type === "i64" ? I64_MAX : U64_MAX)) return true;
  const quantities = intervalsOf(kind, known);
  return needs.some((formula) => magnitude(quantities.ofFormula(formula).numerator) > U64_MAX);
}
