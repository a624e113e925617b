/**
 * The reference kernel: the plainest code that could be right, in BigInt throughout. It is the oracle that the
 * WebAssembly kernel is tested against; it is never optimised.
 */
import { type Layer, PARAMETERS, type Results } from "../columns.js";
import type { Method } from "../plan/image.js";
import { type ListPlan, splitRecord } from "../plan/list.js";
import type { GridPlan, Plan } from "../plan/model.js";
import { layerOf, walk } from "../plan/walk.js";
import { outputLength, RULES, type RuleId } from "../rules.js";
import type { Kernel, LayerCounts, ListBatch, ListFault, PicksBatch, SweepBatch } from "./kernel.js";

const U64_MAX = 2n ** 64n - 1n;

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
function overlapPattern(layer: Layer, first: bigint, length: number): Uint32Array {
  const pattern = new Uint32Array(length);
  for (let i = 0; i < layer.l_in; i++) {
    for (let k = 0; k < layer.kernel_size; k++) {
      const j = BigInt(i) * BigInt(layer.stride) + BigInt(k) * BigInt(layer.dilation) - BigInt(layer.padding) - first;
      if (j >= 0n && j < BigInt(length)) pattern[Number(j)] = (pattern[Number(j)] ?? 0) + 1;
    }
  }
  return pattern;
}

/** Taps and covered by running ones over ones. */
function simulate(layer: Layer): { taps: bigint; covered: bigint } {
  const y = overlapPattern(layer, 0n, Number(outputLength(layer)));
  return {
    taps: y.reduce((sum, landed) => sum + BigInt(landed), 0n),
    covered: BigInt(y.filter((landed) => landed > 0).length),
  };
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

/** Taps and covered as the closed form defines them, with the sums written out. */
function closed(layer: Layer): { taps: bigint; covered: bigint } {
  const [L, K, s, d] = [BigInt(layer.l_in), BigInt(layer.kernel_size), BigInt(layer.stride), BigInt(layer.dilation)];
  const p = BigInt(layer.padding);
  const q = max(0n, p - BigInt(layer.output_padding));
  const g = gcd(s, d);
  const m = (s / g) * d;
  const L2 = max(0n, L - d / g);
  const K2 = max(0n, K - s / g);
  const taps = L * K - low(L, K, p, s, d) - low(L, K, q, s, d);
  const overlaps = L2 * K2 - low(L2, K2, p - m, s, d) - low(L2, K2, q - m, s, d);
  return { taps, covered: taps - overlaps };
}

function max(a: bigint, b: bigint): bigint {
  return a > b ? a : b;
}

function brokenRule(layer: Layer): RuleId | undefined {
  if (layer.in_channels % layer.groups !== 0) return "IN_CHANNELS";
  if (layer.out_channels % layer.groups !== 0) return "OUT_CHANNELS";
  if (layer.output_padding >= layer.stride && layer.output_padding >= layer.dilation) return "OUTPUT_PADDING";
  if (outputLength(layer) < 1n) return "L_OUT";
  return undefined;
}

function countLayer(layer: Layer, method: Method): LayerCounts {
  const broken = brokenRule(layer);
  if (broken) return { broken };
  const { taps, covered } = method === "simulate" ? simulate(layer) : closed(layer);
  const N = BigInt(layer.batch_size);
  const [C_in, C_out, g] = [BigInt(layer.in_channels), BigInt(layer.out_channels), BigInt(layer.groups)];
  const K = BigInt(layer.kernel_size);
  const b = layer.bias ? 1n : 0n;
  const l_out = outputLength(layer);
  const filters = (C_in * C_out) / g;
  const additions_per_filter = taps - l_out;
  const ops_per_filter = l_out * K + additions_per_filter;
  const aggregation_ops = C_out * l_out * (C_in / g - 1n + b);
  const macs = N * filters * taps;
  const additions = macs - (1n - b) * N * C_out * covered;
  const results: Results = {
    l_out,
    taps,
    covered,
    holes: l_out - covered,
    additions_per_filter,
    filters,
    ops_per_filter,
    aggregation_ops,
    ops: N * (filters * ops_per_filter + aggregation_ops),
    macs,
    multiplications: macs,
    additions,
    flops: macs + additions,
    params: filters * K + b * C_out,
  };
  return { results: Object.fromEntries(Object.entries(results).filter(([, value]) => value <= U64_MAX)) };
}

function sweepGrid(plan: Plan, grid: GridPlan, method: Method, first: bigint, end: bigint, visitsMost = Number.POSITIVE_INFINITY): SweepBatch {
  const leftOut = new Array<bigint>(1 + grid.requirements.length).fill(0n);
  const rows: string[] = [];
  const batch = (next: bigint) => ({ next, csv: encode(rows, "utf8"), rows: rows.length, leftOut, visits: Number(next - first) });
  for (let index = first; index < end; index++) {
    if (rows.length === BATCH_ROWS || index - first >= visitsMost) return batch(index);
    const { outcome, values } = walk(grid, index, (name, layer) => countLayer(layer, method).results?.[name]);
    if (outcome.kind === "trouble") return { ...batch(index), fault: { kind: "expression", index } };
    if (outcome.kind !== "layer") {
      const account = outcome.kind === "nothing" ? 0 : 1 + outcome.requirement;
      leftOut[account] = (leftOut[account] ?? 0n) + 1n;
      continue;
    }
    const layer = layerOf(values);
    if (method === "verify" && !sameByBothMethods(layer)) return { ...batch(index), fault: { kind: "disagree", index } };
    const known: Record<string, unknown> = { ...Object.fromEntries(values), ...layer, ...countLayer(layer, method).results, name: grid.name };
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
    ...(fault && { fault }),
  };
}

function sameByBothMethods(layer: Layer): boolean {
  const [a, b] = [simulate(layer), closed(layer)];
  return a.taps === b.taps && a.covered === b.covered;
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
  const layer: Record<string, number | boolean> = Object.fromEntries(
    PARAMETERS.map((p) => [p.name, p.type === "boolean" ? true : "default" in p ? p.default : p.least]),
  );
  let outOfRange = false;
  for (const [i, { parameter }] of list.fields.entries()) {
    if (parameter === undefined) continue;
    const text = fields[i] as string;
    const row = PARAMETERS.find((p) => p.name === parameter) as (typeof PARAMETERS)[number];
    if (row.type === "boolean") {
      const value = SPELT_BOOLEANS[text];
      if (value === undefined) return { field: i };
      layer[parameter] = value;
    } else {
      if (!/^-?(0|[1-9][0-9]*)$/.test(text)) return { field: i };
      const value = BigInt(text);
      if (text.startsWith("-") || value < BigInt(row.least) || value >= 2n ** 31n) outOfRange = true;
      layer[parameter] = Number(value);
    }
  }
  return outOfRange ? { outOfRange } : (layer as unknown as Layer);
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
  const batch = () => ({ next: at, csv: encode(rows, "latin1"), rows: rows.length, leftOut, lines: text.slice(from, at).split("\n").length - 1 });
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
    const counts: LayerCounts = "outOfRange" in layer ? { broken: "RANGE" } : countLayer(layer, method);
    if (counts.broken !== undefined) {
      if (!list.skipInvalid) return stop({ kind: "rule", at, rule: counts.broken });
      const rule = RULES.findIndex(({ id }) => id === counts.broken);
      leftOut[rule] = (leftOut[rule] as bigint) + 1n;
    } else {
      const results = list.columns.map((name) => counts.results[name]);
      const result = results.indexOf(undefined);
      if (result >= 0) return stop({ kind: "overflow", at, result });
      rows.push(`${[record, ...results].join(",")}\n`);
    }
    at = behind;
  }
  return batch();
}
