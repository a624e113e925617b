/** A family of layers: kinds that differ only in their number of spatial dimensions. */
import type { Dimension, ParameterRow } from "./parameters.js";
import type { RuleId } from "./rule-table.js";

export type FamilyName = "transposed" | "convolution" | "linear";

/** Everything about a family that the host needs. Its overlaps are counted in assembly/layers. */
export interface Family {
  readonly name: FamilyName;
  /** In column order. */
  readonly parameters: readonly ParameterRow[];
  /** The rules of a legal layer, in the order in which they are checked. */
  readonly rules: readonly RuleId[];
  /** Rules that PyTorch checks only when it computes an output, so that it accepts any layer with an empty batch. */
  readonly rulesSkippedWhenEmpty: readonly RuleId[];
  /** Absent if the layers have no spatial dimensions. */
  readonly spatial?: SpatialFamily;
}

/** What a family computes in each spatial dimension of a layer. */
export interface SpatialFamily {
  /** Output elements, in the expression language. A layer with fewer than 1 is illegal. */
  readonly outputLength: string;
  /** The same for the values of a dimension, which may have a padding that is a word. */
  readonly lengthOf: (dimension: Dimension) => bigint;
  /** Products of one filter before padding removes any, in the expression language. */
  readonly products: string;
  /** Elements that are cropped from the output, or zeros that are added to the input, at the lower end. */
  readonly lowerPadding: (dimension: Dimension) => number;
  /** How the kernel simulates the overlap: inputs scatter products over outputs, or outputs gather them. */
  readonly simulation: "scatter" | "gather";
  /** What the overlap pattern of a layer shows, for its heading. */
  readonly patternTitle: string;
  /** What padding does to a product, after a number of products: "of which padding crops 8". */
  readonly paddedProducts: (count: bigint) => string;
  /** The remedy for an output length below 1. `named` gives the parameter's name in that dimension. */
  readonly outputRemedy: (
    dimension: Dimension,
    named: (base: keyof Dimension) => string,
    output: string,
  ) => string;
}
