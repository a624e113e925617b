/** The type of column records. Everything else about a column is derived from its record. */
import type { FamilyName } from "../layers/family.js";
import type { Layer } from "../layers/layer.js";
import type { ParameterName } from "../layers/parameters.js";

/** Groups of columns, in the order of `all`. A group's name selects all of its columns. */
export const COLUMN_GROUPS = ["geometry", "documented", "exact", "conventions"] as const;

/**
 * A formula in the expression language, for all layer families or for each family that has the
 * column.
 */
export type Formula = PerFamily<string>;

/** One value for all layer families, or one for each family that has any. */
type PerFamily<T> = T | { readonly [F in FamilyName]?: T };

/** One formula for transposed and plain convolutions. */
export function inConvolutions(formula: string) {
  return { transposed: formula, convolution: formula } as const;
}

/** The counter whose answer a column holds, and the source that its formula was read from. */
export interface Tool {
  readonly name: string;
  readonly version: string;
  readonly commit: string;
  /** The file and the function, for all families or for each. */
  readonly function: Formula;
}

/**
 * A quantity of a layer. Formulas may use parameters by their names in a spec, settings, and other
 * quantities. In a layer with several dimensions, a per-dimension name without a dimension is the
 * product over all dimensions.
 */
export interface Quantity {
  readonly name: string;
  /** Absent if the expression language cannot express the quantity. */
  readonly formula?: Formula;
  /** The text that documents show in place of a formula. */
  readonly definition?: string;
  /**
   * The parameters that a quantity without a formula depends on. If absent, the quantity is counted
   * from the overlap pattern.
   */
  readonly dependsOn?: readonly ParameterName[];
  /** The formula holds in each dimension; the quantity is the product over the dimensions. */
  readonly perDimension?: true;
}

/** A result column. */
export interface ColumnRecord extends Quantity {
  /**
   * geometry: the shape; documented: operations as moduleprofiler's documentation defines them;
   * exact: operations that the layer needs; conventions: answers of other counters.
   */
  readonly group: (typeof COLUMN_GROUPS)[number];
  /** An integer of 64 bits without or with a sign, true or false, or a decimal number. */
  readonly type: "u64" | "i64" | "boolean" | "decimal";
  readonly unit: string;
  /** Describes what the column counts and what it omits, in a sentence or two. */
  readonly counts: PerFamily<string>;
  /** The letter of the one spatial dimension that the column is about. */
  readonly dimension?: string;
  /** The values of several layers add up to the value of a network. */
  readonly isAdditive?: true;
  /** Whether the tool gives no answer for a layer. Its cell is then empty. */
  readonly missing?: (layer: Layer) => boolean;
  /**
   * Formulas whose values must also fit in 64 bits. The kernel computes them as intermediate
   * values. If one of them overflows, the column has no value, even if its own value would be
   * small.
   */
  readonly needs?: readonly string[];
  /**
   * Converts the column to MACs, for comparison with `macs`: a FLOP is half of a MAC, and the bias
   * is subtracted. Columns without this formula are not compared.
   */
  readonly inMacs?: Formula;
  readonly tool?: Tool;
}
