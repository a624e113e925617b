/** Evaluates the published formulas for one layer, with exact integers. */
import { isPaddingWord, onnxLength } from "../layers/convolution.js";
import { spatialOf } from "../layers/kinds.js";
import { type Layer, valueOfParameter } from "../layers/layer.js";
import { type Dimension, defaultOf, type ParameterName } from "../layers/parameters.js";
import { EXACT_ARITHMETIC } from "./exact-arithmetic.js";
import { Quantities } from "./quantities.js";

/**
 * The quantities of a layer.
 *
 * @param overlap returns `taps`, `covered` or `unpadded_taps` of a dimension.
 */
export function quantitiesOf(
  layer: Layer,
  overlap: (name: string, dimension: Dimension) => bigint,
): Quantities<bigint> {
  const { kind } = layer;
  const rate = layer.sample_rate ?? { numerator: 0n, denominator: 1n };
  const dimensionOf = (at: number) => layer.dimensions[at] as Dimension;
  const isWord = (at: number) => isPaddingWord(layer.dimensions[at]?.padding ?? 0);
  return new Quantities(kind, EXACT_ARITHMETIC, {
    parameter: (base, at) => {
      if (base === "padding") return BigInt(spatialOf(kind).lowerPadding(dimensionOf(at)));
      const parameter = kind.parameters.find((p) => p.base === base && p.dimension === at);
      return BigInt(
        parameter ? valueOfParameter(layer, parameter) : defaultOf(base as ParameterName),
      );
    },
    setting: (name) => (name === "bits" ? { numerator: BigInt(layer.bits) } : rate),
    counted: (name, at) => {
      if (name === "padding_is_word") return isWord(at) ? 1n : 0n;
      if (name === "onnx_l_out") return onnxLength(dimensionOf(at), at, kind.dimensions.length);
      return overlap(name, dimensionOf(at));
    },
    // `same` may add one more zero at the upper end. No numeric padding can express that.
    exception: (name, at) =>
      /^([dhw]|l)_out$/.test(name) && isWord(at)
        ? spatialOf(kind).lengthOf(dimensionOf(at))
        : undefined,
  });
}
