/** Quantities that formulas use and that are not columns. */
import { CONVOLUTION } from "../layers/convolution.js";
import { TRANSPOSED } from "../layers/transposed.js";
import type { Quantity } from "./column.js";

export const AUXILIARIES = [
  /** Products of one filter before padding removes any. */
  {
    name: "products",
    formula: { transposed: TRANSPOSED.spatial.products, convolution: CONVOLUTION.spatial.products },
    perDimension: true,
  },
  /**
   * The output length that DeepSpeed computes for a transposed layer: that of the plain
   * convolution with the same parameters. It can be negative.
   */
  {
    name: "forward_length",
    formula: { transposed: CONVOLUTION.spatial.outputLength },
    perDimension: true,
  },
  /** moduleprofiler runs a transposed layer without its output_padding. */
  {
    name: "unpadded_l_out",
    formula: { transposed: "l_out - output_padding" },
    perDimension: true,
  },
  /**
   * The output length that DeepSpeed computes for a plain convolution. For `same` it assumes
   * floor(reach / 2) zeros at each end.
   */
  {
    name: "deepspeed_l_out",
    formula: { convolution: CONVOLUTION.spatial.outputLength },
    perDimension: true,
  },
  {
    name: "onnx_l_out",
    definition: "l_out as onnx-tool infers it: the same, except for the words same and valid",
    dependsOn: ["l_in", "kernel_size", "stride", "padding", "dilation"],
    perDimension: true,
  },
  {
    name: "padding_is_word",
    definition: "1 for the paddings same and valid, otherwise 0",
    dependsOn: ["padding"],
  },
  {
    name: "unpadded_taps",
    definition: "taps of the layer without output_padding",
    perDimension: true,
  },
] as const satisfies readonly Quantity[];
