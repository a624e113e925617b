/**
 * The reference kernel: the plainest code that could be right, in BigInt throughout. It is the oracle that the
 * WebAssembly kernel is tested against; it is never optimised.
 */
import { column, columnsOf, isResultName, type ResultName, readCells } from "../columns.js";
import { binOf } from "../conventions/bins.js";
import { COMPARED, inMacs, type Macs } from "../conventions/compared.js";
import { mergedTallies } from "../conventions/tallies.js";
import { anyParameter, DEFAULT_BITS, type Dimension, type Kind, kindOf, type Layer, layerFrom, namedParameters } from "../parameters.js";
import type { Method } from "../plan/image.js";
import { type ListPlan, namesSet, splitRecord } from "../plan/list.js";
import type { GridPlan, Plan } from "../plan/model.js";
import { layerOf, walk } from "../plan/walk.js";
import { inBigInt, isRuleKept, outputLength, RULES, type RuleId, rulesOf } from "../rules.js";
import { domainOf } from "../spec/values.js";
import type { Extreme, Kernel, LayerCounts, ListBatch, ListFault, PicksBatch, SweepBatch, Tally } from "./kernel.js";

const U64_MAX = 2n ** 64n - 1n;
const I64_MAX = 2n ** 63n - 1n;

/** The largest denominator of a decimal that is no whole number. */
const DENOMINATOR_MAX = 2n ** 60n;

/** The longest text of a cell. */
const CELL_TEXT = 27;

/** Rows in a batch of the reference kernel. */
const BATCH_ROWS = 4096;

export function referenceKernel(): Kernel {
  let plan: Plan;
  let grid: GridPlan;
  let list: ListPlan;
  let method: Method;
  return {
    name: "reference",
    chunkBytesMost: 512 * 1024,
    count: countLayer,
    overlap: overlapPattern,
    openPlan: (opened, number, by) => {
      plan = opened;
      grid = opened.grids[number] as GridPlan;
      method = by;
    },
    sweep: (first, end, visitsMost) => sweepGrid(plan, grid, method, first, end, visitsMost),
    picksMost: 1024,
    sweepPicks: (indices) => sweepPicks(plan, grid, method, indices),
    openList: (opened, by) => {
      list = opened;
      method = by;
    },
    countList: (chunk, from) => countChunk(list, method, chunk, from),
  };
}

/** y, the overlap pattern, over the output elements [first, first + length). */
function overlapPattern({ isTransposed }: Kind, dimension: Dimension, first: bigint, length: number): Uint32Array {
  const { l_in, kernel_size, stride, padding, dilation } = dimension;
  const pattern = new Uint32Array(length);
  const land = (j: bigint) => {
    if (j >= 0n && j < BigInt(length)) pattern[Number(j)] = (pattern[Number(j)] ?? 0) + 1;
  };
  if (isTransposed) {
    for (let i = 0; i < l_in; i++) {
      for (let k = 0; k < kernel_size; k++) land(BigInt(i) * BigInt(stride) + BigInt(k) * BigInt(dilation) - BigInt(padding) - first);
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
function simulate(kind: Kind, dimension: Dimension): Overlap {
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
    const under = (c - 1n - k * d) / s + 1n;
    points += under < L ? under : L;
  }
  return points;
}

function gcd(a: bigint, b: bigint): bigint {
  return b === 0n ? a : gcd(b, a % b);
}

/** Taps and covered of one dimension as the closed form defines them, with the sums written out. */
function closed(kind: Kind, dimension: Dimension): Overlap {
  const { l_in: L, kernel_size: K, stride: s, padding: p, output_padding: o, dilation: d } = inBigInt(dimension);
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
  const under = (end: bigint) => (end <= 0n ? 0n : (end - 1n) / s + 1n);
  let taps = 0n;
  for (let k = 0n; k < K; k++) taps += min(lOut, under(p - k * d + L)) - min(lOut, under(p - k * d));
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

/** A value that is no whole number: its numerator and denominator. */
interface Quotient {
  readonly over: bigint;
  readonly under: bigint;
}

const product = (values: readonly bigint[]): bigint => values.reduce((a, b) => a * b, 1n);

function floorDivide(a: bigint, b: bigint): bigint {
  return a >= 0n ? a / b : -((-a + b - 1n) / b);
}

type Value = bigint | boolean | Quotient | null;

/** Every column of a layer, with no bound; what takes long only when it is asked for. */
function unbounded(layer: Layer, method: Method): Record<ResultName, Value | (() => Value)> {
  const { kind } = layer;
  const overlapOf = method === "simulate" ? simulate : closed;
  const overlaps = layer.dimensions.map((dimension) => overlapOf(kind, dimension));
  const lengths = layer.dimensions.map((dimension) => outputLength(kind, dimension));
  const each = layer.dimensions.map(inBigInt);
  const N = BigInt(layer.batch_size);
  const [C_in, C_out, g] = [BigInt(layer.in_channels), BigInt(layer.out_channels), BigInt(layer.groups)];
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
  const rate = BigInt(layer.sample_rate ?? 0);
  const bits = BigInt(layer.bits);
  // Away from the edges the taps fall into stride/g residues in turn, and into no other.
  const turns = each.map(({ stride, dilation }) => stride / gcd(stride, dilation));
  const overlap_min = product(each.map(({ kernel_size, stride }, i) => (kind.isTransposed ? (turns[i] === stride ? kernel_size / stride : 0n) : kernel_size)));
  const overlap_max = product(each.map(({ kernel_size }, i) => (kind.isTransposed ? -floorDivide(-kernel_size, turns[i] as bigint) : kernel_size)));
  const unpadded = layer.dimensions.map((dimension) => ({ ...dimension, output_padding: 0 }));
  const unpaddedLengths = unpadded.map((dimension) => outputLength(kind, dimension));
  const moduleprofiler = () => {
    const A = product(unpadded.map((dimension) => overlapOf(kind, dimension).taps)) - product(unpaddedLengths);
    return N * filters * (l_out * (K + 1n) + A) - (1n - b) * N * C_out * l_out;
  };
  const deepspeed_macs = K * C_in * (C_out / g / g) * N * I;
  const forward = product(each.map((d) => floorDivide(d.l_in + 2n * d.padding - (d.dilation * (d.kernel_size - 1n) + 1n), d.stride) + 1n));
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
    ops_per_second: { over: ops * rate, under: l_out },
    macs,
    multiplications: macs,
    additions,
    flops: macs + additions,
    params,
    cropped_products: N * filters * ((kind.isTransposed ? I : l_out) * K - taps),
    zero_insertion_macs: everyOutput,
    zero_insertion_waste: { over: l_out * K - taps, under: l_out * K },
    arithmetic_intensity: {
      over: (macs + additions) * (8n / gcd(8n, bits)),
      under: (elements.input + elements.output + params) * (bits / gcd(8n, bits)),
    },
    macs_per_second: { over: filters * taps * rate, under: l_out },
    moduleprofiler: isThree || unpaddedLengths.some((length) => length < 1n) ? null : moduleprofiler,
    ptflops: everyInput + biases,
    ptflops_0_7_4: everyOutput + biases,
    thop: N * C_out * l_out * (C_in / g) * K,
    thop_ultralytics: N * C_in * I * (C_out / g) * K,
    torchinfo: N * l_out * (filters * K + b * C_out),
    fvcore: everyInput,
    torch: 2n * everyInput,
    deepspeed_macs,
    // Each half must fit by itself.
    deepspeed_flops: max(2n * deepspeed_macs, deepspeedBias < 0n ? -deepspeedBias : deepspeedBias) > U64_MAX ? 2n ** 64n : 2n * deepspeed_macs + deepspeedBias,
    torchprofile: N * C_out * l_out * K * (C_out === C_in ? C_out / g : C_in),
    onnx_tool: N * C_out * l_out * (C_out / g) * K + biases,
    tensorflow: isThree ? null : { over: 2n * everyOutput, under: product(each.map((d) => d.stride)) },
  };
}

/** A quotient in decimals: exactly where they end and fit a cell, else as JavaScript writes the double nearest to it. */
function decimalText({ over, under }: Quotient): string {
  const whole = over / under;
  const room = CELL_TEXT - 1 - String(whole).length;
  const scaled = (over - whole * under) * 10n ** BigInt(room);
  const exact = `${whole}.${String(scaled / under).padStart(room, "0")}`;
  if (scaled % under === 0n) return exact.replace(/\.?0+$/, "");
  const isSmall = over < 2n ** 53n && under < 2n ** 53n;
  const near = String(Number(over) / Number(under));
  if (isSmall && !near.includes("e") && over * 100n >= under) return near;
  // The 17 digits of any double, rounded here.
  const zeros = whole > 0n ? -String(whole).length : (/^0*/.exec(exact.slice(2)) as RegExpExecArray)[0].length;
  const decimals = Math.min(room, Math.max(1, 17 + zeros));
  const unit = 10n ** BigInt(decimals);
  const [below, rest] = [(over * unit) / under, (over * unit) % under];
  const isUp = 2n * rest > under || (2n * rest === under && below % 2n === 1n);
  const rounded = String(isUp ? below + 1n : below).padStart(decimals + 1, "0");
  return `${rounded.slice(0, -decimals)}.${rounded.slice(-decimals)}`.replace(/\.?0+$/, "");
}

/** The cell of a value; undefined where it passes 64 bits. */
function cellText(name: ResultName, value: Value): string | undefined {
  if (value === null) return "";
  if (typeof value === "boolean") return String(value);
  if (typeof value === "bigint") {
    return (column(name).type === "i64" ? value <= I64_MAX && value >= -I64_MAX : value <= U64_MAX) ? String(value) : undefined;
  }
  const isWhole = value.over % value.under === 0n;
  return value.over > U64_MAX || value.under > (isWhole ? U64_MAX : DENOMINATOR_MAX) ? undefined : decimalText(value);
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
  const ofOutput = ["additions_per_filter", "ops_per_filter", "aggregation_ops", "ops", "ops_per_second", "moduleprofiler", "ptflops"];
  const ofTaps = ["additions_per_filter", "additions"];
  return (ofOutput.includes(name) && (l_out as bigint) > U64_MAX) || (ofTaps.includes(name) && (taps as bigint) > U64_MAX);
}

/** The cells of a legal layer, or the rule that it breaks. */
function textsOf(
  layer: Layer,
  method: Method,
  names: readonly ResultName[] = columnsOf(layer.kind).map(({ name }) => name),
): { readonly broken: RuleId } | { readonly broken?: never; readonly texts: Partial<Record<ResultName, string>> } {
  const broken = brokenRule(layer);
  if (broken) return { broken };
  const values = unbounded(layer, method);
  const texts: Partial<Record<ResultName, string>> = {};
  for (const name of names) {
    if (layer.sample_rate === undefined && column(name).dependsOn.includes("sample_rate")) continue;
    const value = values[name];
    const text = cellText(name, typeof value === "function" ? value() : value);
    if (text !== undefined && !restsOnTooMuch(name, values, layer, value !== null)) texts[name] = text;
  }
  return { texts };
}

function countLayer(layer: Layer, method: Method, names?: readonly ResultName[]): LayerCounts {
  const counted = textsOf(layer, method, names);
  return counted.broken === undefined ? { results: readCells(counted.texts), texts: counted.texts } : { broken: counted.broken };
}

interface Counted {
  layers: bigint;
  missing: bigint;
  exact: bigint;
  readonly ratios: Extreme<bigint>[];
}

/** The tallies of layers, one after the other. */
class Tallies {
  readonly #tallies = COMPARED.map((): Counted => ({ layers: 0n, missing: 0n, exact: 0n, ratios: [] }));

  /** Returns false when a number passes 64 bits. */
  take(layer: Layer, method: Method, at: bigint): boolean {
    const { results = {} } = countLayer(layer, method);
    if (typeof results.macs !== "bigint") return false;
    for (const [i, name] of COMPARED.entries()) {
      const tally = this.#tallies[i] as Counted;
      if (results[name] === null) tally.missing++;
      if (results[name] === null || results.macs === 0n) continue;
      try {
        const { over, under } = inMacs(name, layer, results) as Macs;
        if (over > U64_MAX || under * results.macs > U64_MAX) return false;
        tally.layers++;
        if (over === under * results.macs) tally.exact++;
        tally.ratios.push({ ratio: Number(over) / (Number(under) * Number(results.macs)), at });
      } catch (error) {
        if (error instanceof RangeError) return false;
        throw error;
      }
    }
    return true;
  }

  all(): Tally[] {
    return this.#tallies.map(({ ratios, ...counts }) => {
      const nothing = { ratio: 0, at: 0n };
      const bins = new Map<number, number>();
      for (const { ratio } of ratios) bins.set(binOf(ratio), (bins.get(binOf(ratio)) ?? 0) + 1);
      return {
        ...counts,
        least: ratios.reduce((least, each) => (each.ratio < least.ratio ? each : least), ratios[0] ?? nothing),
        most: ratios.reduce((most, each) => (each.ratio > most.ratio ? each : most), ratios[0] ?? nothing),
        bins: [...bins].sort(([a], [b]) => a - b),
      };
    });
  }
}

function sweepGrid(plan: Plan, grid: GridPlan, method: Method, first: bigint, end: bigint, visitsMost = Number.POSITIVE_INFINITY): SweepBatch {
  const kind = kindOf(plan.layer);
  const leftOut = new Array<bigint>(1 + grid.requirements.length).fill(0n);
  const rows: string[] = [];
  const tallies = new Tallies();
  const batch = (next: bigint) => ({
    next,
    csv: encode(rows, "utf8"),
    rows: rows.length,
    leftOut,
    visits: Number(next - first),
    ...(plan.isComparing && { tallies: tallies.all() }),
  });
  for (let index = first; index < end; index++) {
    if (rows.length === BATCH_ROWS || index - first >= visitsMost) return batch(index);
    const { outcome, values } = walk(kind, grid, index, (name, layer) => countLayer(layer, method, [name]).texts?.[name]);
    if (outcome.kind === "trouble") return { ...batch(index), fault: { kind: "expression", index } };
    if (outcome.kind !== "layer") {
      const account = outcome.kind === "nothing" ? 0 : 1 + outcome.requirement;
      leftOut[account] = (leftOut[account] ?? 0n) + 1n;
      continue;
    }
    const layer = layerOf(kind, values);
    if (method === "verify" && !sameByBothMethods(layer)) return { ...batch(index), fault: { kind: "disagree", index } };
    if (plan.isComparing) {
      if (!tallies.take(layer, method, index)) return { ...batch(index), fault: { kind: "overflow", index, cell: 0 } };
      rows.push("");
      continue;
    }
    const counted = textsOf(layer, method, plan.cells.filter(isResultName));
    const texts = counted.broken === undefined ? counted.texts : {};
    const known: Record<string, unknown> = { ...Object.fromEntries(values), ...namedParameters(layer), ...texts, name: grid.name };
    const cells = plan.cells.map((name) => known[name]);
    const cell = cells.indexOf(undefined);
    if (cell >= 0) return { ...batch(index), fault: { kind: "overflow", index, cell } };
    rows.push(cells.length > 0 ? `${cells.join(",")}\n` : "");
  }
  return batch(end);
}

function sweepPicks(plan: Plan, grid: GridPlan, method: Method, indices: BigUint64Array): PicksBatch {
  const batches: SweepBatch[] = [];
  for (const index of indices) {
    batches.push(sweepGrid(plan, grid, method, index, index + 1n));
    if (batches.at(-1)?.fault) break;
  }
  const fault = batches.at(-1)?.fault;
  return {
    done: batches.length - (fault ? 1 : 0),
    csv: Buffer.concat(batches.map(({ csv }) => csv)),
    rows: batches.reduce((sum, { rows }) => sum + rows, 0),
    leftOut: Array.from({ length: 1 + grid.requirements.length }, (_, i) => batches.reduce((sum, { leftOut }) => sum + (leftOut[i] as bigint), 0n)),
    visits: batches.length,
    ...(plan.isComparing && { tallies: mergedTallies(batches.map(({ tallies = [] }) => tallies)) }),
    ...(fault && { fault }),
  };
}

function sameByBothMethods(layer: Layer): boolean {
  return layer.dimensions.every((dimension) => {
    const [a, b] = [simulate(layer.kind, dimension), closed(layer.kind, dimension)];
    return a.taps === b.taps && a.covered === b.covered;
  });
}

function encode(rows: readonly string[], encoding: "utf8" | "latin1"): Uint8Array {
  return Buffer.from(rows.join(""), encoding);
}

const SPELT_BOOLEANS: Readonly<Record<string, boolean>> = {
  true: true,
  True: true,
  TRUE: true,
  "1": true,
  false: false,
  False: false,
  FALSE: false,
  "0": false,
};

/** One record as a layer: its parameters, or what is wrong with it. */
function layerOfRecord(list: ListPlan, fields: readonly string[]): Layer | { field: number } | { outOfRange: true } {
  const kind = kindOf(list.layer);
  const values = new Map(kind.parameters.map((p): [string, number] => [p.name, p.default ?? p.least]));
  values.set("bits", list.settings.bits ?? DEFAULT_BITS);
  if (list.settings.sample_rate !== undefined) values.set("sample_rate", list.settings.sample_rate);
  let outOfRange = false;
  for (const [i, { sets }] of list.fields.entries()) {
    if (sets === undefined) continue;
    const text = fields[i] as string;
    if (anyParameter(sets)?.type === "boolean") {
      const value = SPELT_BOOLEANS[text];
      if (value === undefined) return { field: i };
      values.set(sets, Number(value));
    } else {
      if (!/^-?(0|[1-9][0-9]*)$/.test(text)) return { field: i };
      const value = BigInt(text);
      const { least, most } = domainOf(sets);
      if (text.startsWith("-") || value < BigInt(least) || value > BigInt(most)) outOfRange = true;
      for (const name of namesSet(kind, sets)) values.set(name, Number(value));
    }
  }
  if (outOfRange) return { outOfRange };
  const settings = { bits: values.get("bits"), sample_rate: values.get("sample_rate") };
  return layerFrom(kind, (p) => values.get(p.name) as number, settings);
}

/** Where the record that begins at `at` ends: at the first line end that is not inside a quoted field. */
function recordEnd(text: string, at: number): number {
  const field = /"(?:[^"]|"")*(?:"|$)[^,\n]*|[^,\n]*/y;
  for (;;) {
    field.lastIndex = at;
    field.exec(text);
    at = field.lastIndex;
    if (text[at] !== ",") return at;
    at++;
  }
}

function countChunk(list: ListPlan, method: Method, chunk: Uint8Array, from: number): ListBatch {
  const text = Buffer.from(chunk).toString("latin1");
  const leftOut = RULES.map(() => 0n);
  const rows: string[] = [];
  let at = from;
  const tallies = new Tallies();
  const batch = () => ({
    next: at,
    ...(list.isComparing && { tallies: tallies.all() }),
    csv: encode(rows, "latin1"),
    rows: rows.length,
    leftOut,
    lines: text.slice(from, at).split("\n").length - 1,
  });
  const stop = (fault: ListFault) => ({ ...batch(), fault });
  while (at < text.length && rows.length < BATCH_ROWS) {
    const end = recordEnd(text, at);
    const record = text.slice(at, end).replace(/\r$/, "");
    const behind = Math.min(end + 1, text.length);
    if (record === "") {
      at = behind;
      continue;
    }
    const fields = splitRecord(record);
    if (fields === undefined) return stop({ kind: "field", at, field: 0 });
    if (fields.length !== list.fields.length) return stop({ kind: "fieldCount", at, found: fields.length });
    const layer = layerOfRecord(list, fields);
    if ("field" in layer) return stop({ kind: "field", at, field: layer.field });
    const counts = "outOfRange" in layer ? { broken: "RANGE" as const } : textsOf(layer, method, list.columns);
    if (counts.broken !== undefined) {
      if (!list.skipInvalid) return stop({ kind: "rule", at, rule: counts.broken });
      const rule = RULES.findIndex(({ id }) => id === counts.broken);
      leftOut[rule] = (leftOut[rule] as bigint) + 1n;
    } else {
      if (list.isComparing) {
        if (!tallies.take(layer as Layer, method, BigInt(at))) return stop({ kind: "overflow", at, result: 0 });
        rows.push("");
        at = behind;
        continue;
      }
      const results = list.columns.map((name) => counts.texts[name]);
      const result = results.indexOf(undefined);
      if (result >= 0) return stop({ kind: "overflow", at, result });
      rows.push(`${[record, ...results].join(",")}\n`);
    }
    at = behind;
  }
  return batch();
}
