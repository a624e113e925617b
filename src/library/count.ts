/** One layer after the other, on this thread: `count` and `counter`. */

import {
  COLUMNS,
  column,
  hasColumn,
  isResultName,
  type LayerResults,
  type ResultName,
  type ResultValue,
} from "../columns/columns.js";
import { overflow } from "../columns/errors.js";
import {
  BIG_INTS,
  type BigInts,
  type CountedResults,
  integerAs,
  withJson,
} from "../columns/results.js";
import { errors } from "../errors.js";
import { literal } from "../format-message.js";
import { type ManyKernel, type ManyPlan, type Storage, storageOf } from "../kernel/many.js";
import { manyKernel } from "../kernel/wasm.js";
import { invalidLayer } from "../layers/errors.js";
import {
  DEFAULT_KIND,
  type Kind,
  type KindName,
  kindNamed,
  type LayerInput,
  type LayerInputs,
} from "../layers/parameters.js";
import { type LayerReader, NOT_PLAIN, readerOf, readKind, readLayer } from "../layers/read.js";
import { columnsOfGroup } from "../spec/spec.js";

let threadKernel: ManyKernel | undefined;

/** The instance of the kernel that this thread counts with. */
export function kernelOfThread(): ManyKernel {
  threadKernel ??= manyKernel();
  return threadKernel;
}

export interface CountOptions<C extends ResultName = ResultName, B extends BigInts = BigInts> {
  /** How taps and covered are found: `closed` in O(log) steps (the default), `simulate` in O(l_in · kernel_size). Same integers. */
  readonly method?: "closed" | "simulate" | undefined;
  /** The results wanted; all that the kind of layer has when left out. */
  readonly columns?: readonly C[] | undefined;
  /** What integers are given as: `bigint` (the default), `string`, or `number`, which is exact or an error. */
  readonly bigInts?: B | undefined;
}

export interface CounterOptions<
  C extends ResultName = ResultName,
  B extends BigInts = BigInts,
  K extends KindName = KindName,
> extends CountOptions<C, B> {
  /** The kind of the layers that do not name theirs; `conv_transpose1d` when left out. */
  readonly layer?: K | undefined;
}

/** A layer for a counter of kind K: it need not name its kind, and may name another. */
export type CounterInput<K extends KindName> =
  | LayerInput
  | (Omit<LayerInputs[K], "layer"> & { readonly layer?: K });

/**
 * Counts one layer. `COLUMNS` says what each result counts; the formulas are moduleprofiler's (documented), ours (exact) and other counters'
 * (conventions). It takes a few microseconds; `countMany` is faster still for thousands of layers.
 *
 * @param layer PyTorch's parameters, with PyTorch's defaults; whole numbers up to 2^31 - 1. `layer` names its kind.
 * @returns exact integers, 0 to 2^64 - 1 (signed ones within 63 bits); decimals as the nearest number; null where a tool gives
 * no results. JSON.stringify writes bigints as strings.
 * @throws UpsweepError when a parameter is missing, unknown or out of range, the layer breaks one of PyTorch's rules, or
 * a wanted result passes 2^64 - 1.
 */
export function count<B extends BigInts = "bigint">(
  layer: LayerInput,
  options?: CountOptions<ResultName, B> & { readonly columns?: undefined },
): CountedResults<keyof LayerResults, B>;
export function count<C extends ResultName, B extends BigInts = "bigint">(
  layer: LayerInput,
  options: CountOptions<C, B>,
): CountedResults<C, B>;
export function count(layer: LayerInput, options: CountOptions = {}): object {
  return counterFor(options)(layer);
}

type CountFunction = (layer: unknown) => object;

/** Counters of `count`, by what they count. */
const counters = new Map<string, CountFunction>();
const MAX_COUNTERS = 100;

function counterFor(options: CountOptions): CountFunction {
  const { columns, method, bigInts } = options;
  checkNames(options, ["columns", "method", "bigInts"]);
  // Names of columns hold no comma, so this is the key of no other valid list.
  const key =
    Array.isArray(columns) && columns.every((name) => typeof name === "string")
      ? `${columns.length} ${columns.join()}`
      : typeof columns;
  const known = counters.get(`${readMethod(method)} ${readBigInts(bigInts)} ${key}`);
  if (known) return known;
  const made = counterOf(options);
  if (counters.size === MAX_COUNTERS) counters.clear();
  counters.set(`${readMethod(method)} ${readBigInts(bigInts)} ${key}`, made);
  return made;
}

/**
 * Makes a function that counts one layer, with the options checked once. It takes about a microsecond a layer.
 *
 * @example
 * const macsOf = counter({ columns: ["macs", "params"] });
 * macsOf({ in_channels: 512, out_channels: 256, kernel_size: 16, stride: 8, padding: 4, l_in: 32 }).macs; // 66060288n
 *
 * @throws UpsweepError when an option is wrong; the function throws as `count` does.
 */
export function counter<B extends BigInts = "bigint", K extends KindName = "conv_transpose1d">(
  options?: CounterOptions<ResultName, B, K> & { readonly columns?: undefined },
): (layer: CounterInput<K>) => CountedResults<keyof LayerResults, B>;
export function counter<
  C extends ResultName,
  B extends BigInts = "bigint",
  K extends KindName = "conv_transpose1d",
>(options: CounterOptions<C, B, K>): (layer: CounterInput<K>) => CountedResults<C, B>;
export function counter(options: CounterOptions = {}): (layer: never) => object {
  return counterOf(options);
}

function counterOf(options: CounterOptions): CountFunction {
  checkNames(options, ["layer", "columns", "method", "bigInts"]);
  const kind = readKind(options.layer ?? DEFAULT_KIND, "layer");
  const bigInts = readBigInts(options.bigInts);
  const method = readMethod(options.method);
  const wanted = options.columns && readColumns(options.columns);
  const plansOfKind = new Map<Kind, readonly [PreparedPlan, PreparedPlan]>();
  if (wanted && options.layer !== undefined)
    plansOfKind.set(kind, preparePlans(kind, method, wanted));
  const kernel = kernelOfThread();
  return (layer) => {
    const { reader, hasSampleRate } = readInto(kernel, 0, layer, "layer", kind.name);
    let plans = plansOfKind.get(reader.kind);
    if (plans === undefined) {
      plans = preparePlans(reader.kind, method, wanted);
      plansOfKind.set(reader.kind, plans);
    }
    const prepared = plans[hasSampleRate ? 1 : 0];
    if (prepared.rateColumn !== undefined && !hasSampleRate)
      throw errors.noSampleRate("columns", prepared.rateColumn);
    kernel.open(prepared.plan);
    if (kernel.count(1) === 0)
      throwFault(kernel, prepared.plan, "layer", readLayer(layer, "layer", kind.name));
    return resultsOf(kernel, prepared, bigInts);
  };
}

/** How layers of one kind are counted, without or with a sample rate. */
interface PreparedPlan {
  readonly plan: ManyPlan;
  readonly storage: readonly Storage[];
  readonly nullable: readonly boolean[];
  /** The first column that needs a sample rate, if one does. */
  readonly rateColumn: ResultName | undefined;
}

function preparePlans(
  kind: Kind,
  method: "closed" | "simulate",
  wanted: readonly ResultName[] | undefined,
): readonly [PreparedPlan, PreparedPlan] {
  const prepare = (hasSampleRate: boolean): PreparedPlan => {
    const columns = wanted ?? columnsOfGroup(kind, "all", hasSampleRate);
    const plan = planOf(kind, columns, { method });
    const rows = columns.map(column);
    return {
      plan,
      storage: columns.map(storageOf),
      nullable: rows.map(({ nullable }) => nullable === true),
      rateColumn: firstRateColumn(columns),
    };
  };
  if (wanted) {
    checkColumns(kind, wanted);
    const prepared = prepare(true);
    return [prepared, prepared];
  }
  return [prepare(false), prepare(true)];
}

/** The first of the columns that needs a sample rate. */
export function firstRateColumn(columns: readonly ResultName[]): ResultName | undefined {
  return columns.find((name) => column(name).dependsOn.includes("sample_rate"));
}

/** A plan for batches whose columns are those of a `LayerReader`. */
export function planOf(
  kind: Kind,
  columns: readonly ResultName[],
  { method = "closed", skipInvalid = false }: Partial<ManyPlan>,
): ManyPlan {
  const { fields } = readerOf(kind);
  // Without a column that needs the sample rate it may be missing, and is not looked at.
  const isRated = firstRateColumn(columns) !== undefined;
  return { kind, method, columns, fields, isRated, values: new Map(), skipInvalid };
}

/** Reads a layer into a row of the kernel's INPUT. */
export function readInto(
  kernel: ManyKernel,
  row: number,
  layer: unknown,
  location: string,
  defaultKind: KindName,
): { reader: LayerReader; hasSampleRate: boolean } {
  const isObject = typeof layer === "object" && layer !== null;
  const given = isObject ? (layer as { readonly layer?: unknown }).layer : undefined;
  const name = given === undefined ? defaultKind : given;
  const kind = isObject && typeof name === "string" ? kindNamed(name) : undefined;
  if (isObject && kind) {
    const reader = readerOf(kind);
    const found = reader.read(layer, kernel.input, kernel.maxRows, row);
    if (found !== NOT_PLAIN) return { reader, hasSampleRate: found === 1 };
  }
  const checkedLayer = readLayer(layer, location, defaultKind);
  const reader = readerOf(checkedLayer.kind);
  return {
    reader,
    hasSampleRate: reader.write(checkedLayer, kernel.input, kernel.maxRows, row) === 1,
  };
}

/** Says why the kernel has stopped at a layer. */
export function throwFault(
  kernel: ManyKernel,
  plan: ManyPlan,
  location: string,
  layer: ReturnType<typeof readLayer>,
): never {
  const fault = kernel.fault();
  if (fault.kind === "rule") throw invalidLayer(location, fault.rule, layer);
  if (fault.kind === "overflow")
    throw overflow(location, plan.columns[fault.column] as ResultName, layer);
  throw new Error(`the kernel refuses field ${fault.field} of ${location}`);
}

/** The results of the layer in the first row. */
function resultsOf(
  kernel: ManyKernel,
  { plan, storage, nullable }: PreparedPlan,
  bigInts: BigInts,
): object {
  const results: Record<string, ResultValue | string> = {};
  const { columns } = plan;
  for (let i = 0; i < columns.length; i++) {
    const at = i * kernel.maxRows;
    const name = columns[i] as ResultName;
    if (nullable[i] && kernel.missing[at] === 1) results[name] = null;
    else if (storage[i] === "double") results[name] = kernel.doubles[at] as number;
    else if (storage[i] === "boolean") results[name] = kernel.words[2 * at] === 1;
    else {
      const value = (storage[i] === "signed" ? kernel.signed[at] : kernel.unsigned[at]) as bigint;
      const given = integerAs(value, bigInts);
      if (given === undefined) throw errors.unsafeNumber("layer", name, value);
      results[name] = given;
    }
  }
  return withJson(results);
}

// ── Options ────────────────────────────────────────────────────────────────────────────────────────────────────────

/** @throws UpsweepError for an option of another name. */
export function checkNames(options: object, known: readonly string[]): void {
  if (typeof options !== "object" || options === null) throw errors.notOptions(options);
  for (const name of Object.keys(options))
    if (!known.includes(name)) throw errors.unknownKey("options", name, known);
}

export function readChoice<T extends string | boolean>(
  name: string,
  value: unknown,
  known: readonly T[],
): T {
  if (!known.includes(value as T)) throw errors.badChoice(name, value, known);
  return value as T;
}

function readBigInts(bigInts: unknown = "bigint"): BigInts {
  return readChoice("bigInts", bigInts, BIG_INTS);
}

export function readMethod(method: unknown = "closed"): "closed" | "simulate" {
  return readChoice("method", method, ["closed", "simulate"]);
}

/** A copy of the columns wanted. */
export function readColumns(columns: unknown): readonly ResultName[] {
  if (!Array.isArray(columns)) throw errors.notColumnList("columns", literal(columns));
  const names: readonly unknown[] = columns;
  return names.map((name) => {
    if (typeof name === "string" && isResultName(name)) return name;
    throw errors.unknownColumn(
      "columns",
      String(name),
      COLUMNS.map((c) => c.name),
    );
  });
}

/** @throws UpsweepError for a column that layers of that kind do not have. */
export function checkColumns(kind: Kind, columns: readonly ResultName[]): void {
  for (const name of columns)
    if (!hasColumn(kind, name)) throw errors.otherKindsColumn("columns", name, kind.name);
}
