/**
 * One layer counted the plainest way that could be right, in BigInt throughout: the heart of the reference kernel. Nothing here
 * is optimised, and nothing is shared with the WebAssembly kernel.
 */
import { column, columnsOf, type ResultName, readCells } from "../../src/columns/columns.js";
import { type Rational, rational } from "../../src/expression/exact.js";
import { type Fraction, nearestDouble } from "../../src/fraction.js";
import type { LayerCounts, LayerQuotients } from "../../src/kernel/kernel.js";
import type { Dimension, Kind, Layer } from "../../src/layers/parameters.js";
import {
  inBigInt,
  isRuleKept,
  outputLength,
  type RuleId,
  rulesOf,
} from "../../src/layers/rules.js";
import type { Method } from "../../src/plan/method.js";

export const U64_MAX = 2n ** 64n - 1n;
const I64_MAX = 2n ** 63n - 1n;

/** y, the overlap pattern, over the output elements [first, first + length). */
export function overlapPattern(
  { isTransposed }: Kind,
  dimension: Dimension,
  first: bigint,
  length: number,
): Uint32Array {
  const { l_in, kernel_size, stride, padding, dilation } = dimension;
  const pattern = new Uint32Array(length);
  const land = (j: bigint) => {
    if (j >= 0n && j < BigInt(length)) pattern[Number(j)] = (pattern[Number(j)] ?? 0) + 1;
  };
  if (isTransposed) {
    for (let i = 0; i < l_in; i++) {
      for (let k = 0; k < kernel_size; k++)
        land(BigInt(i) * BigInt(stride) + BigInt(k) * BigInt(dilation) - BigInt(padding) - first);
    }
  } else {
    for (let j = first; j < first + BigInt(length); j++) {
      for (let k = 0; k < kernel_size; k++) {
        const i = j * BigInt(stride) + BigInt(k) * BigInt(dilation) - BigInt(padding);
        if (i >= 0n && i < BigInt(l_in)) land(j - first);
      }
    }
  }
  return pattern;
}

/** Taps and covered of one dimension by running ones over ones. */
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

/** Lattice points under a line, clipped to a box: one tap after the other. */
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

/** Taps and covered of one dimension as the closed form defines them, with the sums written out. */
export function closed(kind: Kind, dimension: Dimension): Overlap {
  const {
    l_in: L,
    kernel_size: K,
    stride: s,
    padding: p,
    output_padding: o,
    dilation: d,
  } = inBigInt(dimension);
  if (!kind.isTransposed) return convolved(kind, dimension);
  const q = max(0n, p - o);
  const g = gcd(s, d);
  const m = (s / g) * d;
  const L2 = max(0n, L - d / g);
  const K2 = max(0n, K - s / g);
  const taps = L * K - low(L, K, p, s, d) - low(L, K, q, s, d);
  const overlaps = L2 * K2 - low(L2, K2, p - m, s, d) - low(L2, K2, q - m, s, d);
  return { taps, covered: taps - overlaps };
}

/** Of a convolution that is not transposed: the inputs that each tap reads, and the outputs that read none, one by one. */
function convolved(kind: Kind, dimension: Dimension): Overlap {
  const { l_in: L, kernel_size: K, stride: s, padding: p, dilation: d } = inBigInt(dimension);
  const lOut = outputLength(kind, dimension);
  // Tap k reads an input at the outputs j with p - k·d <= j·s < p - k·d + L.
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
  return rulesOf(layer.kind).find(({ id, dimension }) => !isRuleKept(id, dimension, layer))?.id;
}

const product = (values: readonly bigint[]): bigint => values.reduce((a, b) => a * b, 1n);

function floorDivide(a: bigint, b: bigint): bigint {
  return a >= 0n ? a / b : -((-a + b - 1n) / b);
}

type Value = bigint | boolean | Fraction | null;

/** Every column of a layer, with no bound; what takes long only when it is asked for. */
function unbounded(layer: Layer, method: Method): Record<ResultName, Value | (() => Value)> {
  const { kind } = layer;
  const overlapOf = method === "simulate" ? simulate : closed;
  const overlaps = layer.dimensions.map((dimension) => overlapOf(kind, dimension));
  const lengths = layer.dimensions.map((dimension) => outputLength(kind, dimension));
  const each = layer.dimensions.map(inBigInt);
  const N = BigInt(layer.batch_size);
  const [C_in, C_out, g] = [
    BigInt(layer.in_channels),
    BigInt(layer.out_channels),
    BigInt(layer.groups),
  ];
  const b = layer.bias ? 1n : 0n;
  const taps = product(overlaps.map((o) => o.taps));
  const covered = product(overlaps.map((o) => o.covered));
  const l_out = product(lengths);
  const K = product(each.map((d) => d.kernel_size));
  const I = product(each.map((d) => d.l_in));
  const filters = (C_in * C_out) / g;
  const additions_per_filter = kind.isTransposed ? taps - l_out : l_out * (K - 1n);
  const ops_per_filter = l_out * K + additions_per_filter;
  const aggregation_ops = C_out * l_out * (C_in / g - 1n + b);
  const ops = filters * ops_per_filter + aggregation_ops;
  const macs = N * filters * taps;
  const additions = macs - (1n - b) * N * C_out * covered;
  const params = filters * K + b * C_out;
  const elements = { input: N * C_in * I, output: N * C_out * l_out };
  const everyOutput = N * filters * l_out * K;
  const everyInput = N * filters * I * K;
  const biases = b * N * C_out * l_out;
  const rate = layer.sample_rate ?? { numerator: 0n, denominator: 1n };
  const bits = BigInt(layer.bits);
  // Away from the edges the taps fall into stride/g residues in turn, and into no other.
  const turns = each.map(({ stride, dilation }) => stride / gcd(stride, dilation));
  const overlap_min = product(
    each.map(({ kernel_size, stride }, i) =>
      kind.isTransposed ? (turns[i] === stride ? kernel_size / stride : 0n) : kernel_size,
    ),
  );
  const overlap_max = product(
    each.map(({ kernel_size }, i) =>
      kind.isTransposed ? -floorDivide(-kernel_size, turns[i] as bigint) : kernel_size,
    ),
  );
  const unpadded = layer.dimensions.map((dimension) => ({ ...dimension, output_padding: 0 }));
  const unpaddedLengths = unpadded.map((dimension) => outputLength(kind, dimension));
  const moduleprofiler = () => {
    const A =
      product(unpadded.map((dimension) => overlapOf(kind, dimension).taps)) -
      product(unpaddedLengths);
    return N * filters * (l_out * (K + 1n) + A) - (1n - b) * N * C_out * l_out;
  };
  const deepspeed_macs = K * C_in * (C_out / g / g) * N * I;
  const forward = product(
    each.map(
      (d) =>
        floorDivide(d.l_in + 2n * d.padding - (d.dilation * (d.kernel_size - 1n) + 1n), d.stride) +
        1n,
    ),
  );
  const deepspeedBias = b * (C_out / g) * N * forward;
  const isThree = kind.dimensions.length === 3;
  const dimensionOut = (letter: string) => lengths[kind.dimensions.indexOf(letter)] ?? 0n;
  return {
    l_out,
    d_out: dimensionOut("d"),
    h_out: dimensionOut("h"),
    w_out: dimensionOut("w"),
    taps,
    covered,
    holes: l_out - covered,
    overlap_min,
    overlap_max,
    overlap_even: overlap_min === overlap_max,
    input_elements: elements.input,
    output_elements: elements.output,
    weight_elements: filters * K,
    additions_per_filter,
    filters,
    ops_per_filter,
    aggregation_ops,
    ops: N * ops,
    ops_per_second: { numerator: ops * rate.numerator, denominator: l_out * rate.denominator },
    macs,
    multiplications: macs,
    additions,
    flops: macs + additions,
    params,
    cropped_products: N * filters * ((kind.isTransposed ? I : l_out) * K - taps),
    zero_insertion_macs: everyOutput,
    zero_insertion_waste: { numerator: l_out * K - taps, denominator: l_out * K },
    arithmetic_intensity: {
      numerator: (macs + additions) * (8n / gcd(8n, bits)),
      denominator: (elements.input + elements.output + params) * (bits / gcd(8n, bits)),
    },
    macs_per_second: {
      numerator: filters * taps * rate.numerator,
      denominator: l_out * rate.denominator,
    },
    moduleprofiler:
      isThree || unpaddedLengths.some((length) => length < 1n) ? null : moduleprofiler,
    ptflops: everyInput + biases,
    ptflops_0_7_4: everyOutput + biases,
    thop: N * C_out * l_out * (C_in / g) * K,
    thop_ultralytics: N * C_in * I * (C_out / g) * K,
    torchinfo: N * l_out * (filters * K + b * C_out),
    fvcore: everyInput,
    torch: 2n * everyInput,
    deepspeed_macs,
    // Each half must fit by itself.
    deepspeed_flops:
      max(2n * deepspeed_macs, deepspeedBias < 0n ? -deepspeedBias : deepspeedBias) > U64_MAX
        ? 2n ** 64n
        : 2n * deepspeed_macs + deepspeedBias,
    torchprofile: N * C_out * l_out * K * (C_out === C_in ? C_out / g : C_in),
    onnx_tool: N * C_out * l_out * (C_out / g) * K + biases,
    tensorflow: isThree
      ? null
      : { numerator: 2n * everyOutput, denominator: product(each.map((d) => d.stride)) },
  };
}

/** The cell of a value; undefined where it passes 64 bits. */
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

/** What is worked out from l_out (or taps) has no value where that passes 64 bits, though it may be smaller itself. */
function restsOnTooMuch(
  name: ResultName,
  { l_out, taps }: Pick<ReturnType<typeof unbounded>, "l_out" | "taps">,
  { batch_size }: Layer,
  isAnswered: boolean,
): boolean {
  if (!isAnswered) return false;
  const isSumOverBatch = ["ops", "moduleprofiler", "ptflops", "additions"].includes(name);
  if (isSumOverBatch && batch_size === 0) return false;
  const ofOutput = [
    "additions_per_filter",
    "ops_per_filter",
    "aggregation_ops",
    "ops",
    "ops_per_second",
    "moduleprofiler",
    "ptflops",
  ];
  const ofTaps = ["additions_per_filter", "additions"];
  return (
    (ofOutput.includes(name) && (l_out as bigint) > U64_MAX) ||
    (ofTaps.includes(name) && (taps as bigint) > U64_MAX)
  );
}

/** The cells of a legal layer, or the rule that it breaks. */
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
  const values = unbounded(layer, method);
  const texts: Partial<Record<ResultName, string>> = {};
  const quotients: { [N in ResultName]?: Rational } = {};
  for (const name of names) {
    if (layer.sample_rate === undefined && column(name).dependsOn.includes("sample_rate")) continue;
    const found = values[name];
    const value = typeof found === "function" ? found() : found;
    const text = cellText(name, value);
    if (text === undefined || restsOnTooMuch(name, values, layer, value !== null)) continue;
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
