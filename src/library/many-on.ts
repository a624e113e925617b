/** `countMany` on a given kernel. */
import type { ResultName } from "../columns/table.js";
import { errors } from "../errors.js";
import type { ManyKernel } from "../kernel/many.js";
import { DEFAULT_KIND } from "../layers/kinds.js";
import type { LayerInput } from "../layers/layer.js";
import { readKind } from "../layers/read.js";
import { batchesOfColumns, type Table } from "./many-columns.js";
import { batchesOfLayers } from "./many-layers.js";
import { collect } from "./many-results.js";
import type { LayerColumns, ManyOptions, ManyResults } from "./many-types.js";
import { checkNames, readChoice, readColumns, readMethod } from "./options.js";

/** Counts many layers on a kernel, as `countMany` does. */
export function countManyOn<C extends ResultName, B extends "bigint" | "number">(
  kernel: ManyKernel,
  layers: readonly LayerInput[] | LayerColumns,
  columns: readonly C[],
  options: ManyOptions<B>,
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
  return collect(kernel, batches, request.columns, bigInts) as unknown as ManyResults<C, B>;
}
