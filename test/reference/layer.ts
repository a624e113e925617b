/**
 * Counts one layer in the simplest possible way, in BigInt throughout. It is the core of the
 * reference kernel. Nothing is optimised, and nothing is shared with the WebAssembly kernel.
 */
import { columnsOf, isSumOverBatch, needsSetting } from "../../src/columns/derived.ts";
import { quantitiesOf } from "../../src/columns/layer-quantities.ts";
import type { Quantities } from "../../src/columns/quantities.ts";
import { column, type ResultName, readCells } from "../../src/columns/table.js";
import { type Rational, rational } from "../../src/expression/exact.js";
import { type Fraction, nearestDouble } from "../../src/fraction.js";
import type { LayerCounts, LayerQuotients } from "../../src/kernel/kernel.js";
import { zerosOf } from "../../src/layers/convolution.ts";
import type { Kind } from "../../src/layers/kinds.ts";
import type { Layer } from "../../src/layers/layer.ts";
import type { Dimension } from "../../src/layers/parameters.ts";
import type { RuleId } from "../../src/layers/rule-table.ts";
import { inBigInt, outputLength, rulesOf, satisfiesRule } from "../../src/layers/rules.js";
import type { Method } from "../../src/plan/method.js";

export const U64_MAX = 2n ** 64n - 1n;
const I64_MAX = 2n ** 63n - 1n;

/** The overlap pattern y over the output elements [first, first + length). */
export function overlapPattern(
  { family }: Kind,
  dimension: Dimension,
  first: bigint,
  length: number,
): Uint32Array {
  const { l_in, kernel_size, stride, padding, dilation } = dimension;
  const pattern = new Uint32Array(length);
  const land = (j: bigint) => {
    if (j >= 0n && j < BigInt(length)) pattern[Number(j)] = (pattern[Number(j)] ?? 0) + 1;
  };
  if (family.name === "transposed") {
    for (let i = 0; i < l_in; i++) {
      for (let k = 0; k < kernel_size; k++)
        land(BigInt(i) * BigInt(stride) + BigInt(k) * BigInt(dilation) - BigInt(padding) - first);
    }
  } else {
    for (let j = first; j < first + BigInt(length); j++) {
      for (let k = 0; k < kernel_size; k++) {
        const i =
          j * BigInt(stride) + BigInt(k) * BigInt(dilation) - BigInt(zerosOf(dimension).lower);
        if (i >= 0n && i < BigInt(l_in)) land(j - first);
      }
    }
  }
  return pattern;
}

/** Taps and covered of one dimension, by running ones over ones. */
export function simulate(kind: Kind, dimension: Dimension): Overlap {
  const y = overlapPattern(kind, dimension, 0n, Number(outputLength(kind, dimension)));
  return {
    taps: y.reduce((sum, landed) => sum + BigInt(landed), 0n),
    covered: BigInt(y.filter((landed) => landed > 0).length),
  };
}

interface Overlap {
  readonly taps: bigint;
  readonly covered: bigint;
}

/** Counts lattice points under a line, clipped to a box, one kernel element after the other. */
function low(L: bigint, K: bigint, c: bigint, s: bigint, d: bigint): bigint {
  let points = 0n;
  for (let k = 0n; k < K && k * d < c; k++) {
    const denominator = (c - 1n - k * d) / s + 1n;
    points += denominator < L ? denominator : L;
  }
  return points;
}

function gcd(a: bigint, b: bigint): bigint {
  return b === 0n ? a : gcd(b, a % b);
}

/** Taps and covered of one dimension by the closed form, with its sums written out. */
export function closed(kind: Kind, dimension: Dimension): Overlap {
  const {
    l_in: L,
    kernel_size: K,
    stride: s,
    padding: p,
    output_padding: o,
    dilation: d,
  } = inBigInt(dimension);
  if (kind.family.name !== "transposed") return convolved(kind, dimension);
  const q = max(0n, p - o);
  const g = gcd(s, d);
  const m = (s / g) * d;
  const L2 = max(0n, L - d / g);
  const K2 = max(0n, K - s / g);
  const taps = L * K - low(L, K, p, s, d) - low(L, K, q, s, d);
  const overlaps = L2 * K2 - low(L2, K2, p - m, s, d) - low(L2, K2, q - m, s, d);
  return { taps, covered: taps - overlaps };
}

/**
 * Taps and covered of a plain convolution. Counts the inputs that each kernel element reads, and
 * the outputs that read any, one by one.
 */
function convolved(kind: Kind, dimension: Dimension): Overlap {
  const { l_in: L, kernel_size: K, stride: s, dilation: d } = inBigInt(dimension);
  const p = BigInt(zerosOf(dimension).lower);
  const lOut = outputLength(kind, dimension);
  // Kernel element k reads an input at the outputs j with p - k·d <= j·s < p - k·d + L.
  const denominator = (end: bigint) => (end <= 0n ? 0n : (end - 1n) / s + 1n);
  let taps = 0n;
  for (let k = 0n; k < K; k++)
    taps += min(lOut, denominator(p - k * d + L)) - min(lOut, denominator(p - k * d));
  let covered = 0n;
  for (let j = 0n; j < lOut; j++) {
    const start = j * s - p;
    const first = start >= 0n ? 0n : (-start + d - 1n) / d;
    if (first < K && start + first * d < L) covered++;
  }
  return { taps, covered };
}

function min(a: bigint, b: bigint): bigint {
  return a < b ? a : b;
}

function max(a: bigint, b: bigint): bigint {
  return a > b ? a : b;
}

function brokenRule(layer: Layer): RuleId | undefined {
  return rulesOf(layer.kind).find(({ id, dimension }) => !satisfiesRule(id, dimension, layer))?.id;
}

type Value = bigint | boolean | Fraction | null;

/** The quantities of a layer, from the published formulas and the overlaps counted here. */
function countedQuantities(layer: Layer, method: Method): Quantities<bigint> {
  const overlapOf = method === "simulate" ? simulate : closed;
  return quantitiesOf(layer, (name, dimension) =>
    name === "unpadded_taps"
      ? overlapOf(layer.kind, { ...dimension, output_padding: 0 }).taps
      : overlapOf(layer.kind, dimension)[name as keyof Overlap],
  );
}

/** The value of a column, of any size. */
function valueFor(name: ResultName, layer: Layer, quantities: Quantities<bigint>): Value {
  const { type, missing } = column(name);
  if (missing?.(layer)) return null;
  const { numerator, denominator = 1n } = quantities.of(name);
  if (type === "boolean") return numerator === 1n;
  return type === "decimal" ? { numerator, denominator } : numerator;
}

/** The cell of a value. Undefined where the value exceeds 64 bits. */
function cellText(name: ResultName, value: Value): string | undefined {
  if (value === null) return "";
  if (typeof value === "boolean") return String(value);
  if (typeof value === "bigint") {
    return (column(name).type === "i64" ? value <= I64_MAX && value >= -I64_MAX : value <= U64_MAX)
      ? String(value)
      : undefined;
  }
  return value.numerator > U64_MAX || value.denominator > U64_MAX
    ? undefined
    : String(nearestDouble(value));
}

/** Whether all intermediate values that the kernel needs for a column fit in 64 bits. */
function hasItsNeeds(name: ResultName, layer: Layer, quantities: Quantities<bigint>): boolean {
  if (layer.batch_size === 0 && isSumOverBatch(layer.kind.family, name)) return true;
  return (column(name).needs ?? []).every((formula) => {
    const { numerator } = quantities.ofFormula(formula);
    return (numerator < 0n ? -numerator : numerator) <= U64_MAX;
  });
}

/** The cells of a legal layer, or the rule that the layer breaks. */
export function textsOf(
  layer: Layer,
  method: Method,
  names: readonly ResultName[] = columnsOf(layer.kind).map(({ name }) => name),
):
  | { readonly broken: RuleId }
  | {
      readonly broken?: never;
      readonly texts: Partial<Record<ResultName, string>>;
      readonly quotients: LayerQuotients;
    } {
  const broken = brokenRule(layer);
  if (broken) return { broken };
  const quantities = countedQuantities(layer, method);
  const texts: Partial<Record<ResultName, string>> = {};
  const quotients: { [N in ResultName]?: Rational } = {};
  for (const name of names) {
    if (layer.sample_rate === undefined && needsSetting(name, "sample_rate")) continue;
    const value = valueFor(name, layer, quantities);
    const text = cellText(name, value);
    if (text === undefined || (value !== null && !hasItsNeeds(name, layer, quantities))) continue;
    texts[name] = text;
    if (typeof value === "object" && value !== null)
      quotients[name] = rational(value.numerator, value.denominator);
  }
  return { texts, quotients };
}

export function countLayer(
  layer: Layer,
  method: Method,
  names?: readonly ResultName[],
): LayerCounts {
  const counted = textsOf(layer, method, names);
  return counted.broken === undefined
    ? { ...counted, results: readCells(counted.texts) }
    : { broken: counted.broken };
}
