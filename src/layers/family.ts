/** A family of layers: kinds that differ only in their number of spatial dimensions. */
import type { Dimension, ParameterRow } from "./parameters.js";
import type { RuleId } from "./rule-table.js";

export type FamilyName = "transposed" | "convolution";

/** Everything about a family that the host needs. Its overlaps are counted in assembly/layers. */
export interface Family {
  readonly name: FamilyName;
  /** In column order. */
  readonly parameters: readonly ParameterRow[];
  /** The rules of a legal layer, in the order in which they are checked. */
  readonly rules: readonly RuleId[];
  /** Rules that PyTorch checks only when it computes an output, so that it accepts any layer with an empty batch. */
  readonly rulesSkippedWhenEmpty: readonly RuleId[];
  /** Output elements of one dimension, in the expression language. A layer with fewer than 1 is illegal. */
  readonly outputLength: string;
  /** The same for the values of a dimension, which may have a padding that is a word. */
  readonly lengthOf: (dimension: Dimension) => bigint;
  /** Products of one filter in one dimension, before padding removes any; in the expression language. */
  readonly products: string;
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
