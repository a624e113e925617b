/** Counts one layer at a time on a given kernel. */
import { needsSetting } from "../columns/derived.js";
import { overflow } from "../columns/errors.js";
import { type BigInts, integerAs, withJson } from "../columns/results.js";
import { column, type ResultName, type ResultValue } from "../columns/table.js";
import { errors } from "../errors.js";
import { type ManyKernel, type ManyPlan, type Storage, storageOf } from "../kernel/many.js";
import { invalidLayer } from "../layers/errors.js";
import { DEFAULT_KIND, type Kind, type KindName, kindNamed } from "../layers/kinds.js";
import type { LayerInput, LayerInputs } from "../layers/layer.js";
import { type LayerReader, NOT_PLAIN, readerOf, readKind, readLayer } from "../layers/read.js";
import { columnsOfGroup } from "../spec/spec.js";
import { checkColumns, checkNames, readBigInts, readColumns, readMethod } from "./options.js";

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

export type CountFunction = (layer: unknown) => object;

/**
 * Makes a function that counts one layer at a time.
 *
 * @param kernel the kernel that counts. Several functions may use the same kernel.
 * @param options the options of `counter`.
 */
export function counterOf(kernel: ManyKernel, options: CounterOptions): CountFunction {
  checkNames(options, ["layer", "columns", "method", "bigInts"]);
  const kind = readKind(options.layer ?? DEFAULT_KIND, "layer");
  const bigInts = readBigInts(options.bigInts);
  const method = readMethod(options.method);
  const wanted = options.columns && readColumns(options.columns);
  const plansOfKind = new Map<Kind, readonly [PreparedPlan, PreparedPlan]>();
  if (wanted && options.layer !== undefined)
    plansOfKind.set(kind, preparePlans(kind, method, wanted));
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
