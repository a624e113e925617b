/** `countMany`: many layers in one call, on the calling thread. */
import type { ResultName } from "../columns/table.js";
import { errors } from "../errors.js";
import { DEFAULT_KIND } from "../layers/kinds.js";
import type { LayerInput } from "../layers/layer.js";
import { readKind } from "../layers/read.js";
import { checkNames, readChoice, readColumns, readMethod } from "./count.js";
import { batchesOfColumns, type Table } from "./many-columns.js";
import { batchesOfLayers } from "./many-layers.js";
import { collect } from "./many-results.js";
import type { LayerColumns, ManyOptions, ManyResults } from "./many-types.js";

/**
 * Counts the operations of many layers in one call, exactly. A million layers take some tenths of a
 * second, on the calling thread.
 *
 * @param layers an array of layers as `count` takes them, or an object of columns. Columns are
 * several times faster.
 * @param columns the results to count.
 * @param options the type of integers, and what to do with illegal layers.
 * @returns a typed array per result, with a value per layer.
 * @throws UpsweepError for the first faulty layer, with its index in the location. The causes are
 * those of `count`; also if columns differ in length.
 *
 * @example
 * ```ts
 * const kernel_size = Uint8Array.of(3, 5, 7);
 * const layers = { in_channels: 64, out_channels: 64, kernel_size, stride: 2, l_in: 100 };
 * const { columns } = countMany(layers, ["l_out", "macs"]);
 * columns.macs; // a BigUint64Array of three counts
 * ```
 */
export function countMany<C extends ResultName, B extends "bigint" | "number" = "bigint">(
  layers: readonly LayerInput[] | LayerColumns,
  columns: readonly C[],
  options: ManyOptions<B> = {},
): ManyResults<C, B> {
  checkNames(options, ["layer", "method", "bigInts", "skipInvalid"]);
  const request = {
    columns: readColumns(columns),
    method: readMethod(options.method),
    skipInvalid: readChoice("skipInvalid", options.skipInvalid ?? false, [true, false]),
  };
  const bigInts = readChoice("bigInts", options.bigInts ?? "bigint", ["bigint", "number"]);
  const { layer = DEFAULT_KIND } = options;
  const { name: defaultKind } = readKind(layer, "layer");
  const isObject = typeof layers === "object" && layers !== null && !ArrayBuffer.isView(layers);
  if (!isObject) throw errors.notLayers("layers", layers);
  const batches = Array.isArray(layers)
    ? batchesOfLayers(layers, request, defaultKind)
    : batchesOfColumns(layers as Table, request, defaultKind);
  return collect(batches, request.columns, bigInts) as unknown as ManyResults<C, B>;
}
