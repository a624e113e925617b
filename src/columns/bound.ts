/** Upper bounds of the results of a grid: interval analysis of the columns' formulas. */

import { gcd } from "../expression/evaluate.js";
import {
  binaryInterval,
  callInterval,
  comparisonInterval,
  hull,
  type Interval,
  interval,
  larger,
  magnitude,
} from "../expression/interval.js";
import type { Kind } from "../layers/kinds.js";
import {
  DEFAULT_BITS,
  defaultOf,
  type ParameterName,
  RATE_DENOMINATOR,
} from "../layers/parameters.js";
import { CELL_TEXT_BYTES, PARAMETER_MAX } from "../limits.js";
import type { Arithmetic } from "./formula.js";
import { Quantities } from "./quantities.js";
import { column, type ResultName } from "./table.js";

const U64_MAX = 2n ** 64n - 1n;
const I64_MAX = 2n ** 63n - 1n;

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
 * An upper bound of the absolute value of a column, over all layers whose parameters and settings
 * are in the intervals of `known`. For a decimal, the bound holds for the numerator and for the
 * denominator.
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

/**
 * The value of a column if the intervals of `known` leave only one, as a text that differs for
 * different values. Undefined if they leave several, if some layers may have no value, or if the
 * value may exceed 64 bits.
 */
export function onlyValue(
  kind: Kind,
  name: ResultName,
  known: ReadonlyMap<string, Interval>,
): string | undefined {
  if (column(name).missing !== undefined || mayOverflow(kind, name, known)) return undefined;
  const { numerator, denominator = interval(1n) } = intervalsOf(kind, known).of(name);
  if (numerator.min !== numerator.max) return undefined;
  if (numerator.min === 0n) return "0";
  if (denominator.min !== denominator.max || denominator.min === 0n) return undefined;
  const common = gcd(numerator.min, denominator.min);
  return `${numerator.min / common}/${denominator.min / common}`;
}

function intervalsOf(kind: Kind, known: ReadonlyMap<string, Interval>): Quantities<Interval> {
  const quantities: Quantities<Interval> = new Quantities(kind, INTERVAL_ARITHMETIC, {
    parameter: (base, dimension) => {
      const own = kind.parameters.find((p) => p.base === base && p.dimension === dimension);
      if (!own) return interval(BigInt(defaultOf(base as ParameterName)));
      const values = known.get(own.name) as Interval;
      if (!own.words || values.max <= BigInt(PARAMETER_MAX)) return values;
      // `same` adds fewer zeros at each end than the dilated kernel is long.
      const numbers = valuesOf(known, own.name).filter((value) => value <= BigInt(PARAMETER_MAX));
      const reach = binaryInterval(
        "*",
        quantities.inDimension("dilation", dimension),
        quantities.inDimension("kernel_size", dimension),
      );
      return { min: 0n, max: numbers.reduce(larger, reach.max) };
    },
    setting: (setting) => {
      if (setting === "bits")
        return { numerator: known.get("bits") ?? interval(BigInt(DEFAULT_BITS)) };
      const denominator = known.get(RATE_DENOMINATOR);
      const numerator = known.get("sample_rate") ?? interval(1n);
      return { numerator, ...(denominator && { denominator }) };
    },
    // taps is at most the number of all products, and covered is at most l_out.
    counted: (counted, dimension) => {
      if (counted === "padding_is_word") return { min: 0n, max: 1n };
      if (counted === "onnx_l_out") return onnxInterval(quantities, dimension);
      const limit = counted === "covered" ? "l_out" : "products";
      return { min: 0n, max: quantities.inDimension(limit, dimension).max };
    },
    narrowed: (quantity, value) => (isSigned(quantity) ? value : notNegative(quantity, value)),
  });
  return quantities;
}

/** All values of a name, or the largest number if its values are not listed. */
function valuesOf(known: ReadonlyMap<string, Interval>, name: string): readonly bigint[] {
  const { values } = known.get(name) as Interval & { readonly values?: readonly bigint[] };
  return values ?? [BigInt(PARAMETER_MAX)];
}

/**
 * onnx-tool ignores the dilation of a `valid` convolution. The output that it infers is at most as
 * long as the input.
 */
function onnxInterval(quantities: Quantities<Interval>, dimension: number): Interval {
  const [own, input] = ["l_out", "l_in"].map((name) => quantities.inDimension(name, dimension));
  return hull([own as Interval, input as Interval, interval(0n)]);
}

/** Quantities that can be below 0 in a legal layer. */
function isSigned(name: string): boolean {
  return (
    name === "forward_length" ||
    name === "unpadded_l_out" ||
    column(name as ResultName)?.type === "i64"
  );
}

/** Raises the lower end of an interval: a legal layer has l_out >= 1, and no count below 0. */
function notNegative(name: string, { min, max }: Interval): Interval {
  const lowest = name === "l_out" ? 1n : 0n;
  return { min: larger(lowest, min), max: larger(lowest, max) };
}

/** The maximum length of the text of a result, in bytes. */
export function maxBytesOfResult(
  kind: Kind,
  name: ResultName,
  known: ReadonlyMap<string, Interval>,
): number {
  const { type } = column(name);
  if (type === "boolean") return "false".length;
  if (type === "decimal") return CELL_TEXT_BYTES;
  const bound = upperBound(kind, name, known);
  const digits = String(bound > U64_MAX ? U64_MAX : bound).length;
  return type === "i64" ? digits + 1 : digits;
}

/** Whether the column may exceed 64 bits for some layer. */
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
