/** Plain convolutions: `torch.nn.Conv1d` and its siblings. */

import { PADDING_SAME, PADDING_VALID, PARAMETER_MAX } from "../limits.js";
import { evaluated } from "./evaluated.js";
import type { Family, SpatialFamily } from "./family.js";
import { type Dimension, PARAMETERS, type ParameterRow } from "./parameters.js";

/**
 * The meanings of parameters that refer to the output in a transposed convolution, and here to the
 * input.
 */
const OWN: Readonly<Record<string, Partial<ParameterRow>>> = {
  stride: { meaning: "input elements from one output element to the next, s" },
  padding: {
    meaning: "zeros added at each end of the input, p; or the word same or valid",
    words: { same: PADDING_SAME, valid: PADDING_VALID },
  },
  dilation: { meaning: "input elements from one kernel element to the next, d" },
};

const CONVOLUTION_PARAMETERS: readonly ParameterRow[] = PARAMETERS.filter(
  ({ name }) => name !== "output_padding",
).map((row) => ({ ...row, ...OWN[row.name] }));

const spatial: SpatialFamily = {
  outputLength: "(l_in + 2 * padding - dilation * (kernel_size - 1) - 1) // stride + 1",
  lengthOf: (dimension) => {
    const { lower, upper } = zerosOf(dimension);
    const padded = { ...dimension, l_in: dimension.l_in + lower + upper, padding: 0 };
    return evaluated(spatial.outputLength, padded);
  },
  products: "l_out * kernel_size",
  lowerPadding: (dimension) => zerosOf(dimension).lower,
  simulation: "gather",
  patternTitle: "how many inputs each output element reads",
  paddedProducts: (count) =>
    `of which ${count} ${count === 1n ? "multiplies a zero" : "multiply zeros"} of the padding`,
  outputRemedy: ({ l_in, kernel_size, dilation }, named) => {
    const missing = BigInt(dilation) * BigInt(kernel_size - 1) + 1n - BigInt(l_in);
    const raised = `${named("l_in")}, or ${named("padding")} to at least ${(missing + 1n) / 2n}`;
    const lowered = `${named("kernel_size")} or ${named("dilation")}`;
    return `Raise ${raised}, or lower ${lowered}, until the kernel fits.`;
  },
};

export const CONVOLUTION = {
  name: "convolution",
  parameters: CONVOLUTION_PARAMETERS,
  rules: ["IN_CHANNELS", "OUT_CHANNELS", "L_OUT", "SAME_STRIDE"],
  rulesSkippedWhenEmpty: [],
  spatial,
} as const satisfies Family;

/** Whether a padding is the word `same` or `valid` instead of a number. */
export function isPaddingWord(padding: number): boolean {
  return padding > PARAMETER_MAX;
}

/**
 * The number of zeros at each end of the input. If `same` needs an odd number, the upper end has
 * one more, as in PyTorch.
 */
export function zerosOf({
  padding,
  kernel_size,
  dilation,
}: Pick<Dimension, "padding" | "kernel_size" | "dilation">): {
  readonly lower: number;
  readonly upper: number;
} {
  if (padding === PADDING_VALID) return { lower: 0, upper: 0 };
  if (padding !== PADDING_SAME) return { lower: padding, upper: padding };
  const reach = dilation * (kernel_size - 1);
  return { lower: Math.floor(reach / 2), upper: Math.ceil(reach / 2) };
}

/**
 * The output length that onnx-tool infers for a dimension. It differs from l_out in two cases. In a
 * 3-d layer with a padding word, it is 1 for all dimensions but the first. Otherwise, `valid`
 * ignores the dilation.
 */
export function onnxLength(dimension: Dimension, at: number, dimensions: number): bigint {
  const { l_in, kernel_size, stride, padding } = dimension;
  if (isPaddingWord(padding) && dimensions === 3 && at > 0) return 1n;
  if (padding === PADDING_VALID) return BigInt(Math.floor((l_in - kernel_size) / stride) + 1);
  return spatial.lengthOf(dimension);
}
