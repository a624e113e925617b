/** Transposed convolutions: `torch.nn.ConvTranspose1d` and its siblings. */
import { evaluated } from "./evaluated.js";
import type { Family, SpatialFamily } from "./family.js";
import { PARAMETERS } from "./parameters.js";

const spatial: SpatialFamily = {
  outputLength:
    "(l_in - 1) * stride - 2 * padding + dilation * (kernel_size - 1) + output_padding + 1",
  lengthOf: (dimension) => evaluated(spatial.outputLength, dimension),
  products: "l_in * kernel_size",
  lowerPadding: ({ padding }) => padding,
  simulation: "scatter",
  patternTitle: "how many products land on each output element",
  paddedProducts: (count) => `of which padding crops ${count}`,
  outputRemedy: (dimension, named, output) => {
    const limit = (evaluated(spatial.outputLength, { ...dimension, padding: 0 }) - 1n) / 2n;
    const raised = [named("l_in"), named("kernel_size"), named("stride")].join(", ");
    return (
      `Lower ${named("padding")} to at most ${limit}, ` +
      `or raise ${raised} or ${named("dilation")}, until ${output} is at least 1.`
    );
  },
};

export const TRANSPOSED = {
  name: "transposed",
  parameters: PARAMETERS,
  rules: ["IN_CHANNELS", "OUT_CHANNELS", "OUTPUT_PADDING", "L_OUT"],
  rulesSkippedWhenEmpty: ["OUTPUT_PADDING", "L_OUT"],
  spatial,
} as const satisfies Family;
