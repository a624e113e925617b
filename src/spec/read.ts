/** Specs as objects. Those as texts are read in text.ts, and files in file.ts. */
import type { KindName, NameOf } from "../layers/kinds.js";
import type { ParameterName } from "../layers/parameters.js";
import { sourceFromObject } from "./object.js";
import { type Overrides, withOverrides } from "./overrides.js";
import { type ColumnName, readSpec, type Spec } from "./spec.js";

/**
 * A value of an axis, or a text that describes values: a range (`"32..256:32"`, both ends
 * included), powers of two (`"pow2(32, 512)"`), divisors (`"divisors(in_channels)"`), or an
 * expression over other axes (`"(kernel_size - stride) // 2"`).
 */
export type AxisEntry = number | bigint | boolean | string;

/** The values of an axis, or the rows of a joint axis. */
type AxisValues = AxisEntry | readonly AxisEntry[] | readonly (readonly AxisEntry[])[];

/** Axes by name. The key of a joint axis is several names, separated by commas. */
type AxesInput = {
  readonly [N in ParameterName | "d_in" | "h_in" | "w_in" | `${ParameterName}.${"d" | "h" | "w"}`]?:
    | AxisEntry
    | readonly AxisEntry[];
} & {
  readonly [names: `${string},${string}`]: AxisValues;
};

/** One grid: the loop nest over its axes. */
export interface GridInput {
  /**
   * The name of the grid, which the column `name` writes. At most 80 bytes, without commas and
   * quotes.
   */
  readonly name?: string;
  /**
   * Axes of your own, by name, which the expressions of the layer's axes can use. Their loops are
   * outside of the layer's.
   */
  readonly variables?: Readonly<Record<string, AxisValues>>;
  readonly axes: AxesInput;
  /**
   * Conditions over axes and results, for example `"l_out == stride * l_in"`. Layers that do not
   * match are rejected and counted.
   */
  readonly where?: string | readonly string[];
}

interface OutputInput {
  /** The kind of the layers. Default: `conv_transpose1d`. */
  readonly layer?: NameOf<KindName>;
  /**
   * The columns after the parameters, in this order: results, groups of results (`geometry`,
   * `documented`, `exact`, `conventions`, `all`), variables, and `name`. Default:
   * `DEFAULT_COLUMNS`.
   */
  readonly columns?: readonly ColumnName[];
  /**
   * Write each layer once: reject and count a layer that an earlier grid also has, and repeats
   * within a grid. Default: false.
   */
  readonly distinct?: boolean;
  /**
   * Draw `rows` different raw indices (1 to 100,000,000) uniformly, instead of sweeping all. The
   * same `seed` (default: 0) draws the same indices.
   */
  readonly sample?: { readonly rows: number; readonly seed?: number };
}

/** A spec as an object: one grid, or several grids that are swept one after the other. */
export type SpecInput = OutputInput & (GridInput | { readonly grids: readonly GridInput[] });

/**
 * Reads a spec from an object.
 *
 * @throws UpsweepError for the first error in the spec, with its location.
 */
export function specFrom(input: SpecInput, overrides: Overrides = {}): Spec {
  return readSpec(withOverrides(sourceFromObject(input), overrides), "spec");
}
