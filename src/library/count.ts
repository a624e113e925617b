/** `count` and `counter`: one layer at a time, on the calling thread. */

import { hasColumn, needsSetting } from "../columns/derived.js";
import { overflow } from "../columns/errors.js";
import {
  BIG_INTS,
  type BigInts,
  type CountedResults,
  integerAs,
  withJson,
} from "../columns/results.js";
import {
  COLUMNS,
  column,
  isResultName,
  type LayerResults,
  type ResultName,
  type ResultValue,
} from "../columns/table.js";
import { errors } from "../errors.js";
import { literal } from "../format-message.js";
import { type ManyKernel, type ManyPlan, type Storage, storageOf } from "../kernel/many.js";
import { manyKernel } from "../kernel/wasm.js";
import { invalidLayer } from "../layers/errors.js";
import { DEFAULT_KIND, type Kind, type KindName, kindNamed } from "../layers/kinds.js";
import type { LayerInput, LayerInputs } from "../layers/layer.js";
import { type LayerReader, NOT_PLAIN, readerOf, readKind, readLayer } from "../layers/read.js";
import { columnsOfGroup } from "../spec/spec.js";

let threadKernel: ManyKernel | undefined;

/** The kernel instance of this thread, which is created on first use. */
export function kernelOfThread(): ManyKernel {
  threadKernel ??= manyKernel();
  return threadKernel;
}

/** Options of `count`. */
export interface CountOptions<C extends ResultName = ResultName, B extends BigInts = BigInts> {
  /**
   * How `taps` and `covered` are computed: `closed` (the default) takes O(log) steps, `simulate`
   * takes O(l_in · kernel_size). Both give the same integers.
   */
  readonly method?: "closed" | "simulate" | undefined;
  /**
   * The results to count; fewer are faster. Default: all results of the layer's kind. Those per
   * second are included if the layer has a `sample_rate`.
   */
  readonly columns?: readonly C[] | undefined;
  /**
   * The type of every integer, whatever its size: `bigint` (the default), `string`, or `number`. A
   * count beyond 2^53 - 1, which a number cannot hold exactly, is then an error.
   */
  readonly bigInts?: B | undefined;
}

/** Options of `counter`. */
export interface CounterOptions<
  C extends ResultName = ResultName,
  B extends BigInts = BigInts,
  K extends KindName = KindName,
> extends CountOptions<C, B> {
  /** The kind of layers that do not name their kind. Default: `conv_transpose1d`. */
  readonly layer?: K | undefined;
}

/** A layer for a counter of kind K. It may omit `layer`, or name another kind. */
export type CounterInput<K extends KindName> =
  | LayerInput
  | (Omit<LayerInputs[K], "layer"> & { readonly layer?: K });

/**
 * Counts the operations of one layer, exactly: every result that its kind of layer has.
 *
 * `COLUMNS` defines each result: its formula, its unit and what it counts. The formulas are those
 * of moduleprofiler (group `documented`), of the exact count (`exact`) and of other FLOP counters
 * (`conventions`). A call takes a few microseconds. For many layers, `counter` and `countMany` are
 * faster.
 *
 * @param layer the parameters of the PyTorch module and of its input, with PyTorch's names and
 * defaults. They are integers up to 2^31 - 1, from 0 (`batch_size`, `padding`, `output_padding`) or
 * 1; `bias` is a boolean. `in_channels`, `out_channels`, `kernel_size` and the input length
 * (`l_in`, or `d_in`, `h_in`, `w_in`) are required. `layer` names the kind; the default is
 * `conv_transpose1d`.
 * @param options the method, and the type of integers.
 * @returns the results by name. Integers are exact: 0 to 2^64 - 1, or from -2^63 to 2^63 - 1 if
 * they can be negative. Decimals are the nearest double. A result is null if its tool gives no
 * answer. `JSON.stringify` writes bigints as strings.
 * @throws UpsweepError if a parameter or an option is missing, unknown or out of range, if the
 * layer breaks one of PyTorch's rules, or if a result exceeds 64 bits.
 *
 * @example
 * ```ts
 * const layer = { in_channels: 512, out_channels: 256, kernel_size: 16, stride: 8, padding: 4 };
 * count({ ...layer, l_in: 32 }).macs; // 66060288n
 * ```
 */
export function count<B extends BigInts = "bigint">(
  layer: LayerInput,
  options?: CountOptions<ResultName, B> & { readonly columns?: undefined },
): CountedResults<keyof LayerResults, B>;
/**
 * Counts the chosen results of one layer, exactly. Fewer columns are faster.
 *
 * @param layer the parameters of the PyTorch module and of its input, with PyTorch's names and
 * defaults. `layer` names the kind; the default is `conv_transpose1d`.
 * @param options `columns`: the results to count. Also the method, and the type of integers.
 * @returns the chosen results by name. Integers are exact, decimals are the nearest double, and a
 * result is null if its tool gives no answer. `JSON.stringify` writes bigints as strings.
 * @throws UpsweepError if a parameter or an option is missing, unknown or out of range, if the
 * layer breaks one of PyTorch's rules, if its kind does not have a chosen column, or if a chosen
 * result exceeds 64 bits.
 *
 * @example
 * ```ts
 * const layer = { in_channels: 512, out_channels: 256, kernel_size: 16, stride: 8, padding: 4 };
 * count({ ...layer, l_in: 32 }, { columns: ["macs"], bigInts: "number" }).macs; // 66060288
 * ```
 */
export function count<C extends ResultName, B extends BigInts = "bigint">(
  layer: LayerInput,
  options: CountOptions<C, B>,
): CountedResults<C, B>;
export function count(layer: LayerInput, options: CountOptions = {}): object {
  return counterFor(options)(layer);
}

type CountFunction = (layer: unknown) => object;

/** The counters that `count` has made, by their options. The map is cleared when it is full. */
const counters = new Map<string, CountFunction>();
const MAX_COUNTERS = 100;

function counterFor(options: CountOptions): CountFunction {
  const { columns, method, bigInts } = options;
  checkNames(options, ["columns", "method", "bigInts"]);
  // Column names have no commas, so different lists of valid names have different keys.
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
 * Makes a function that counts one layer at a time: every result that its kind of layer has. The
 * options are checked once.
 *
 * @param options the method, the type of integers, and the default kind of the layers.
 * @returns a function that takes a layer and returns its results, as `count` does.
 * @throws UpsweepError if an option is unknown or wrong. The returned function throws as `count`
 * does.
 */
export function counter<B extends BigInts = "bigint", K extends KindName = "conv_transpose1d">(
  options?: CounterOptions<ResultName, B, K> & { readonly columns?: undefined },
): (layer: CounterInput<K>) => CountedResults<keyof LayerResults, B>;
/**
 * Makes a function that counts the chosen results of one layer at a time. The options are checked
 * once, and a call takes about a microsecond.
 *
 * @param options `columns`: the results to count. Also the method, the type of integers, and the
 * default kind of the layers.
 * @returns a function that takes a layer and returns its chosen results, as `count` does.
 * @throws UpsweepError if an option is unknown or wrong. The returned function throws as `count`
 * does.
 *
 * @example
 * ```ts
 * const costOf = counter({ columns: ["macs", "params"] });
 * const layer = { in_channels: 512, out_channels: 256, kernel_size: 16, stride: 8, padding: 4 };
 * costOf({ ...layer, l_in: 32 }).macs; // 66060288n
 * costOf({ ...layer, l_in: 64 }).params; // 2097408n
 * ```
 */
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

/** A plan for layers of one kind, and how to read its results. */
interface PreparedPlan {
  readonly plan: ManyPlan;
  readonly storage: readonly Storage[];
  readonly nullable: readonly boolean[];
  /** The first column that needs a sample rate, if there is one. */
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
      nullable: rows.map(({ missing }) => missing !== undefined),
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

/** The first column that needs a sample rate, if there is one. */
export function firstRateColumn(columns: readonly ResultName[]): ResultName | undefined {
  return columns.find((name) => needsSetting(name, "sample_rate"));
}

/** A plan for batches that have the input columns of a `LayerReader`. */
export function planOf(
  kind: Kind,
  columns: readonly ResultName[],
  { method = "closed", skipInvalid = false }: Partial<ManyPlan>,
): ManyPlan {
  const { fields } = readerOf(kind);
  // If no column needs the sample rate, it may be absent, and the kernel ignores it.
  const hasSampleRate = firstRateColumn(columns) !== undefined;
  return {
    kind,
    method,
    columns,
    fields,
    hasSampleRate,
    hasWords: true,
    values: new Map(),
    skipInvalid,
  };
}

/**
 * Reads a layer into a row of the kernel's INPUT, by the fast reader if it can.
 *
 * @throws UpsweepError if the layer is not valid input.
 */
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

/** Throws the error for the layer at which the kernel stopped. */
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

/** The results of the layer in row 0. */
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

// ── Options ──────────────────────────────────────────────────────────────────────────────────────

/**
 * Checks the names of options.
 *
 * @throws UpsweepError if `options` is not an object, or has a name that is not known.
 */
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

/** Checks the names of columns, and copies the list. */
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

/** @throws UpsweepError for a column that layers of the kind do not have. */
export function checkColumns(kind: Kind, columns: readonly ResultName[]): void {
  for (const name of columns)
    if (!hasColumn(kind, name)) throw errors.otherKindsColumn("columns", name, kind.name);
}
