/** Plain convolutions: `torch.nn.Conv1d` and its siblings. */
import type { Family } from "./family.js";
import { PARAMETERS, type ParameterRow } from "./parameters.js";

/** Parameters that mean the opposite end of the layer in a transposed convolution. */
const MEANINGS: Readonly<Record<string, string>> = {
  stride: "input elements from one output element to the next, s",
  padding: "zeros added at each end of the input, p",
  dilation: "input elements from one kernel element to the next, d",
};

const CONVOLUTION_PARAMETERS: readonly ParameterRow[] = PARAMETERS.filter(
  ({ name }) => name !== "output_padding",
).map((row) => ({ ...row, meaning: MEANINGS[row.name] ?? row.meaning }));

export const CONVOLUTION: Family = {
  name: "convolution",
  parameters: CONVOLUTION_PARAMETERS,
  rules: ["IN_CHANNELS", "OUT_CHANNELS", "L_OUT"],
  rulesSkippedWhenEmpty: [],
  outputLength: "(l_in + 2 * padding - dilation * (kernel_size - 1) - 1) // stride + 1",
  products: "l_out * kernel_size",
  patternTitle: "how many inputs each output element reads",
  paddedProducts: (count) =>
    `of which ${count} ${count === 1n ? "is" : "are"} with zeros of the padding`,
  outputRemedy: ({ l_in, kernel_size, dilation }, named) => {
    const missing = BigInt(dilation) * BigInt(kernel_size - 1) + 1n - BigInt(l_in);
    return `Raise ${named("l_in")}, or ${named("padding")} to at least ${(missing + 1n) / 2n}, or lower ${named("kernel_size")} or ${named("dilation")}, until the kernel fits.`;
  },
};
