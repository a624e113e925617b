/** `countMany`: many layers in one call, on the calling thread. */
import type { ResultName } from "../columns/table.js";
import type { LayerInput } from "../layers/layer.js";
import { kernelOfThread } from "./count.js";
import { countManyOn } from "./many-on.js";
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
  return countManyOn(kernelOfThread(), layers, columns, options);
}
