/** Linear layers: `torch.nn.Linear`. They have no spatial dimensions, and one group of channels. */
import type { Family } from "./family.js";
import { PARAMETERS, type ParameterName, type ParameterRow } from "./parameters.js";

/** The parameters of a linear layer, with PyTorch's names for them. */
const OWN: { readonly [N in ParameterName]?: Partial<ParameterRow> } = {
  batch_size: {
    meaning: "rows of the input: the product of all its dimensions but the last, N",
  },
  in_channels: { ownName: "in_features", meaning: "features of an input row" },
  out_channels: { ownName: "out_features", meaning: "features of an output row" },
  bias: { meaning: "whether each output feature adds a bias, b" },
};

export const LINEAR = {
  name: "linear",
  parameters: PARAMETERS.flatMap((row): ParameterRow[] =>
    OWN[row.name] ? [{ ...row, ...OWN[row.name] }] : [],
  ),
  // With a single group, these rules always hold.
  rules: ["IN_CHANNELS", "OUT_CHANNELS"],
  rulesSkippedWhenEmpty: [],
} as const satisfies Family;
