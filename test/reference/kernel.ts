/**
 * The reference kernel: sweeps, lists and tallies, with every layer counted separately (layer.ts).
 * It is the oracle for the WebAssembly kernel, and is never optimised.
 */
import type { Sum } from "../../src/checksum.js";
import { hasColumn } from "../../src/columns/derived.ts";
import { isResultName } from "../../src/columns/table.js";
import { binOf } from "../../src/conventions/bins.js";
import { COMPARED, inMacs } from "../../src/conventions/compared.js";
import { mergedTallies } from "../../src/conventions/tallies.js";
import type { Extreme, Tally } from "../../src/conventions/tallies.ts";
import { nearestDouble, readFraction } from "../../src/fraction.js";
import type { Fraction } from "../../src/fraction.ts";
import {
  exactResult,
  type IndexBatch,
  type Kernel,
  type ListBatch,
  type ListFault,
  type SweepBatch,
} from "../../src/kernel/kernel.js";
import {
  anyParameter,
  KIND_NAMES,
  type Kind,
  kindNamed,
  kindOf,
  wordValue,
} from "../../src/layers/kinds.ts";
import type { Layer } from "../../src/layers/layer.ts";
import { layerFrom, namedParameters } from "../../src/layers/layer.ts";
import { DEFAULT_BITS } from "../../src/layers/parameters.js";
import { RULES } from "../../src/layers/rule-table.ts";
import { PARAMETER_MAX } from "../../src/limits.ts";
import {
  addedColumns,
  holdsKind,
  type ListPlan,
  rolesOf,
  splitRecord,
} from "../../src/plan/list.js";
import type { Method } from "../../src/plan/method.js";
import type { GridPlan, Plan } from "../../src/plan/model.js";
import { layerOf, walk } from "../../src/plan/walk.js";
import { domainOf } from "../../src/spec/values.js";
import { closed, countLayer, overlapPattern, simulate, textsOf, U64_MAX } from "./layer.js";

/** Rows in a batch of the reference kernel. */
const BATCH_ROWS = 4096;

export function referenceKernel(): Kernel {
  let plan: Plan;
  let grid: GridPlan;
  let list: ListPlan;
  let method: Method;
  return {
    maxChunkBytes: 512 * 1024,
    // Every batch is a separate text, so a lease is always possible.
    lease: () => new Int32Array(1),
    sum: sumBytes,
    count: countLayer,
    overlap: overlapPattern,
    openPlan: (opened, number, by) => {
      plan = opened;
      grid = opened.grids[number] as GridPlan;
      method = by;
    },
    sweep: (first, end, maxVisits) => sweepGrid(plan, grid, method, first, end, maxVisits),
    maxIndices: 1024,
    sweepIndices: (indices) => sweepIndices(plan, grid, method, indices),
    openList: (opened, by) => {
      list = opened;
      method = by;
    },
    countList: (chunk, from) => countChunk(list, method, chunk, from),
  };
}

/** The checksum by its definition, byte by byte. */
function sumBytes(bytes: Uint8Array): Sum {
  const sums = Array.from({ length: 32 }, () => 0n);
  let lines = 0;
  for (const [i, byte] of bytes.entries()) {
    const lane = i % 16;
    sums[lane] = (sums[lane] as bigint) + BigInt(byte);
    sums[16 + lane] = (sums[16 + lane] as bigint) + BigInt(Math.floor(i / 16)) * BigInt(byte);
    if (byte === 10) lines++;
  }
  return {
    bytes: bytes.length,
    lines,
    lanes: Uint32Array.from(sums, (sum) => Number(BigInt.asUintN(32, sum))),
  };
}

interface Counted {
  layers: bigint;
  missing: bigint;
  exact: bigint;
  readonly ratios: Extreme<bigint>[];
}

/** Tallies of layers that are counted one after the other. */
class Tallies {
  readonly #tallies = COMPARED.map(
    (): Counted => ({ layers: 0n, missing: 0n, exact: 0n, ratios: [] }),
  );

  /** Returns false when a number exceeds 64 bits. */
  take(layer: Layer, method: Method, at: bigint): boolean {
    const { results = {} } = countLayer(layer, method);
    if (typeof results.macs !== "bigint") return false;
    for (const [i, name] of COMPARED.entries()) {
      const tally = this.#tallies[i] as Counted;
      if (results[name] === null) tally.missing++;
      if (results[name] === null || results.macs === 0n) continue;
      try {
        const { numerator, denominator } = inMacs(name, layer, results) as Fraction;
        if (numerator > U64_MAX || denominator * results.macs > U64_MAX) return false;
        tally.layers++;
        if (numerator === denominator * results.macs) tally.exact++;
        tally.ratios.push({
          ratio: nearestDouble({ numerator, denominator: denominator * results.macs }),
          at,
        });
      } catch (error) {
        if (error instanceof RangeError) return false;
        throw error;
      }
    }
    return true;
  }

  all(): Tally[] {
    return this.#tallies.map(({ ratios, ...counts }) => {
      const empty = { ratio: 0, at: 0n };
      const bins = new Map<number, number>();
      for (const { ratio } of ratios) bins.set(binOf(ratio), (bins.get(binOf(ratio)) ?? 0) + 1);
      return {
        ...counts,
        min: ratios.reduce(
          (min, each) => (each.ratio < min.ratio ? each : min),
          ratios[0] ?? empty,
        ),
        max: ratios.reduce(
          (max, each) => (each.ratio > max.ratio ? each : max),
          ratios[0] ?? empty,
        ),
        bins: [...bins].sort(([a], [b]) => a - b),
      };
    });
  }
}

function sweepGrid(
  plan: Plan,
  grid: GridPlan,
  method: Method,
  first: bigint,
  end: bigint,
  maxVisits = Number.POSITIVE_INFINITY,
): SweepBatch {
  const kind = kindOf(plan.layer);
  const rejected = new Array<bigint>(1 + grid.predicates.length).fill(0n);
  const rows: string[] = [];
  const tallies = new Tallies();
  const batch = (next: bigint) => ({
    next,
    bytes: encode(rows, "utf8"),
    rows: rows.length,
    rejected,
    visits: Number(next - first),
    ...(plan.isComparing && { tallies: tallies.all() }),
  });
  for (let index = first; index < end; index++) {
    if (rows.length === BATCH_ROWS || index - first >= maxVisits) return batch(index);
    const { outcome, values } = walk(kind, grid, index, (name, layer) =>
      exactResult(countLayer(layer, method, [name]), name),
    );
    if (outcome.kind === "evaluationError")
      return { ...batch(index), fault: { kind: "expression", index } };
    if (outcome.kind !== "layer") {
      const rejectionReason = outcome.kind === "empty" ? 0 : 1 + outcome.predicate;
      rejected[rejectionReason] = (rejected[rejectionReason] ?? 0n) + 1n;
      continue;
    }
    const layer = layerOf(kind, values);
    if (method === "verify" && !sameByBothMethods(layer))
      return { ...batch(index), fault: { kind: "disagree", index } };
    if (plan.isComparing) {
      if (!tallies.take(layer, method, index))
        return { ...batch(index), fault: { kind: "overflow", index, cell: 0 } };
      rows.push("");
      continue;
    }
    const counted = textsOf(layer, method, plan.cells.filter(isResultName));
    const texts = counted.broken === undefined ? counted.texts : {};
    const rate = layer.sample_rate && { sample_rate: String(nearestDouble(layer.sample_rate)) };
    const known: Record<string, unknown> = {
      ...Object.fromEntries(values),
      ...rate,
      ...namedParameters(layer),
      ...texts,
      name: grid.name,
    };
    const cells = plan.cells.map((name) => known[name]);
    const cell = cells.indexOf(undefined);
    if (cell >= 0) return { ...batch(index), fault: { kind: "overflow", index, cell } };
    rows.push(cells.length > 0 ? `${cells.join(",")}\n` : "");
  }
  return batch(end);
}

function sweepIndices(
  plan: Plan,
  grid: GridPlan,
  method: Method,
  indices: BigUint64Array,
): IndexBatch {
  const batches: SweepBatch[] = [];
  for (const index of indices) {
    batches.push(sweepGrid(plan, grid, method, index, index + 1n));
    if (batches.at(-1)?.fault) break;
  }
  const fault = batches.at(-1)?.fault;
  return {
    done: batches.length - (fault ? 1 : 0),
    bytes: Buffer.concat(batches.map(({ bytes }) => bytes)),
    rows: batches.reduce((sum, { rows }) => sum + rows, 0),
    rejected: Array.from({ length: 1 + grid.predicates.length }, (_, i) =>
      batches.reduce((sum, { rejected }) => sum + (rejected[i] as bigint), 0n),
    ),
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

/** The layer of a record, or what is wrong with the record. */
function layerOfRecord(
  list: ListPlan,
  kind: Kind,
  fields: readonly string[],
): Layer | { field: number } | { outOfRange: true } {
  const values = new Map(
    kind.parameters.map((p): [string, number] => [p.name, p.default ?? p.min]),
  );
  values.set("bits", list.settings.bits ?? DEFAULT_BITS);
  let rate = list.settings.sample_rate;
  let outOfRange = false;
  for (const [i, role] of rolesOf(list, kind).entries()) {
    const text = fields[i] as string;
    if (role.does === "stay empty" && text !== "") return { field: i };
    if (role.does !== "set") continue;
    if (anyParameter(role.name)?.type === "boolean") {
      const value = SPELT_BOOLEANS[text];
      if (value === undefined) return { field: i };
      values.set(role.name, Number(value));
      continue;
    }
    if (role.name === "sample_rate") {
      const [part] = partsOfTuple(text, 1, RATE) ?? [];
      const read = part === undefined ? "malformed" : readFraction(part.replace(/^-/, ""));
      if (part === undefined || typeof read !== "object") return { field: i };
      if (
        part.startsWith("-") ||
        read.numerator === 0n ||
        read.numerator > BigInt(PARAMETER_MAX) * read.denominator
      )
        outOfRange = true;
      rate = read;
      continue;
    }
    const word = wordValue(kind, role.name, text);
    if (word !== undefined) {
      for (const name of role.names) values.set(name, word);
      continue;
    }
    const parts = partsOfTuple(text, role.names.length);
    if (parts === undefined) return { field: i };
    for (const [at, name] of role.names.entries()) {
      const part = parts[at] as string;
      const { min, max } = domainOf(name);
      if (part.startsWith("-") || BigInt(part) < BigInt(min) || BigInt(part) > BigInt(max))
        outOfRange = true;
      values.set(name, Number(part));
    }
  }
  if (outOfRange) return { outOfRange };
  const settings = { bits: values.get("bits"), sample_rate: rate };
  return layerFrom(kind, (p) => values.get(p.name) as number, settings);
}

const NUMBER = "-?(?:0|[1-9][0-9]*)";
/** The characters of a sample rate. `readFraction` checks it exactly. */
const RATE = "-?[0-9./]+";

/**
 * Splits `(3, 5)`, `[3, 5]` or `3, 5` into one number for each dimension. One number, or `(3,)`, is
 * the number for all of them. Returns undefined for other texts.
 */
function partsOfTuple(text: string, count: number, number = NUMBER): readonly string[] | undefined {
  if (new RegExp(`^${number}$`).test(text)) return new Array<string>(count).fill(text);
  const inner =
    /^[ \t]*(?:\(([^()]*?)(,[ \t]*)?\)|\[([^[\]]*?)(,[ \t]*)?\]|([^()[\]]*))[ \t]*$/s.exec(text);
  const parts = (inner?.[1] ?? inner?.[3] ?? inner?.[5])
    ?.split(",")
    .map((part) => part.replace(/^[ \t]+|[ \t]+$/g, ""));
  return parts?.length === count && parts.every((part) => new RegExp(`^${number}$`).test(part))
    ? parts
    : undefined;
}

/** The kind that a record names, if the list can hold it. */
function kindOfRecord(list: ListPlan, fields: readonly string[]): Kind | undefined {
  if (list.kindField === undefined) return kindOf(list.layer);
  const kind = kindNamed(fields[list.kindField] as string);
  return kind && holdsKind(list, kind) ? kind : undefined;
}

/** The end of the record that begins at `at`: the first line end outside of a quoted field. */
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

/** The fields of a record as written, without the results of an earlier run. */
function keptTexts(list: ListPlan, record: string): readonly string[] {
  if (list.verified || !list.fields.some(({ meaning }) => meaning === "result")) return [record];
  const texts: string[] = [];
  const field = /"(?:[^"]|"")*"|[^,]*/y;
  for (let at = 0; at <= record.length; at = field.lastIndex + 1) {
    field.lastIndex = at;
    texts.push((field.exec(record) as RegExpExecArray)[0]);
  }
  return texts.filter((_, i) => list.fields[i]?.meaning !== "result");
}

function countChunk(list: ListPlan, method: Method, chunk: Uint8Array, from: number): ListBatch {
  const text = Buffer.from(chunk).toString("latin1");
  const rejected = RULES.map(() => 0n);
  const rows: string[] = [];
  let at = from;
  const tallies = new Tallies();
  const added = addedColumns(list);
  const sums = new Map(
    (added.length === 0 ? [] : list.kindField === undefined ? [list.layer] : KIND_NAMES).map(
      (kind) => [kind, added.map(() => 0n)],
    ),
  );
  const batch = () => ({
    next: at,
    ...(list.isComparing && { tallies: tallies.all() }),
    bytes: encode(rows, "latin1"),
    rows: rows.length,
    rejected,
    lines: text.slice(from, at).split("\n").length - 1,
    totals:
      sums.size === 0 || list.isComparing
        ? []
        : [...sums].map(([kind, of]) => ({ kind, sums: of })),
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
    if (fields.length !== list.fields.length)
      return stop({ kind: "fieldCount", at, found: fields.length });
    const kind = kindOfRecord(list, fields);
    if (kind === undefined) return stop({ kind: "kind", at });
    const layer = layerOfRecord(list, kind, fields);
    if ("field" in layer) return stop({ kind: "field", at, field: layer.field });
    const columns = list.columns.filter((name) => hasColumn(kind, name));
    const counts =
      "outOfRange" in layer ? { broken: "RANGE" as const } : textsOf(layer, method, columns);
    if (counts.broken !== undefined) {
      if (!list.skipInvalid) return stop({ kind: "rule", at, rule: counts.broken });
      const rule = RULES.findIndex(({ id }) => id === counts.broken);
      rejected[rule] = (rejected[rule] as bigint) + 1n;
    } else {
      if (method === "verify" && !sameByBothMethods(layer as Layer))
        return stop({ kind: "disagree", at });
      if (list.isComparing) {
        if (!tallies.take(layer as Layer, method, BigInt(at)))
          return stop({ kind: "overflow", at, result: 0 });
        rows.push("");
        at = behind;
        continue;
      }
      const results = list.columns.map((name) => (hasColumn(kind, name) ? counts.texts[name] : ""));
      const result = results.indexOf(undefined);
      if (result >= 0) return stop({ kind: "overflow", at, result });
      const total = sums.get(kind.name);
      for (const [i, name] of added.entries())
        if (total)
          total[i] = (total[i] as bigint) + BigInt(results[list.columns.indexOf(name)] || 0);
      rows.push(`${[...keptTexts(list, record), ...results].join(",")}\n`);
    }
    at = behind;
  }
  return batch();
}
