/** A family of layers: kinds that differ only in their number of spatial dimensions. */
import type { Dimension, ParameterRow } from "./parameters.js";
import type { RuleId } from "./rule-table.js";

export type FamilyName = "transposed" | "convolution" | "linear";

/** Everything about a family that the host needs. Its overlaps are counted in assembly/layers. */
export interface Family {
  readonly name: FamilyName;
  /** The parameters in column order. */
  readonly parameters: readonly ParameterRow[];
  /** The rules of a legal layer, in the order in which they are checked. */
  readonly rules: readonly RuleId[];
  /**
   * Rules that PyTorch checks only when it computes an output. For an empty batch, PyTorch accepts
   * layers that break them.
   */
  readonly rulesSkippedWhenEmpty: readonly RuleId[];
  /** Absent if the layers have no spatial dimensions. */
  readonly spatial?: SpatialFamily;
}

/** The formulas and texts of a family for one spatial dimension of a layer. */
export interface SpatialFamily {
  /** The number of output elements, in the expression language. A legal layer has at least 1. */
  readonly outputLength: string;
  /** The number of output elements of a dimension. Its padding may be a word. */
  readonly lengthOf: (dimension: Dimension) => bigint;
  /** The products of one filter before padding removes any, in the expression language. */
  readonly products: string;
  /**
   * The number of elements that are cropped from the lower end of the output, or of zeros that are
   * added to the lower end of the input.
   */
  readonly lowerPadding: (dimension: Dimension) => number;
  /**
   * How the kernel simulates the overlap: each input scatters its products over the outputs, or
   * each output gathers them.
   */
  readonly simulation: "scatter" | "gather";
  /** The heading of an overlap pattern. */
  readonly patternTitle: string;
  /** Describes the products that padding removes, for example "of which padding crops 8". */
  readonly paddedProducts: (count: bigint) => string;
  /**
   * The remedy for an output length below 1. `named` returns a parameter's name in the dimension.
   */
  readonly outputRemedy: (
    dimension: Dimension,
    named: (base: keyof Dimension) => string,
    output: string,
  ) => string;
}
