/** `count` and `counter`: one layer at a time, on the calling thread. */

import type { BigInts, CountedResults } from "../columns/results.js";
import type { LayerResults, ResultName } from "../columns/table.js";
import { artefactPath, kernelModule } from "../kernel/artefact.js";
import type { ManyKernel } from "../kernel/many.js";
import { manyKernel } from "../kernel/wasm.js";
import type { KindName } from "../layers/kinds.js";
import type { LayerInput } from "../layers/layer.js";
import {
  type CounterInput,
  type CounterOptions,
  type CountFunction,
  type CountOptions,
  counterOf,
} from "./counter.js";
import { checkNames, readBigInts, readMethod } from "./options.js";

let threadKernel: ManyKernel | undefined;

/** The kernel instance of this thread, which is created on first use. */
export function kernelOfThread(): ManyKernel {
  threadKernel ??= manyKernel(kernelModule(), artefactPath());
  return threadKernel;
}

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
  const made = counterOf(kernelOfThread(), options);
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
  return counterOf(kernelOfThread(), options);
}
