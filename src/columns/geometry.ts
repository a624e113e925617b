/** Columns about the shape of a layer and its overlap pattern y. */
import { CONVOLUTION } from "../layers/convolution.js";
import { TRANSPOSED } from "../layers/transposed.js";
import { type ColumnRecord, inConvolutions } from "./column.js";

const OUTPUT_LENGTH = {
  transposed: TRANSPOSED.spatial.outputLength,
  convolution: CONVOLUTION.spatial.outputLength,
} as const;

export const GEOMETRY = [
  {
    name: "l_out",
    group: "geometry",
    type: "u64",
    unit: "elements",
    formula: OUTPUT_LENGTH,
    perDimension: true,
    counts: "Elements of one output channel: the product over the dimensions.",
  },
  {
    name: "d_out",
    group: "geometry",
    type: "u64",
    unit: "elements",
    formula: OUTPUT_LENGTH,
    dimension: "d",
    counts: "Output elements in depth.",
  },
  {
    name: "h_out",
    group: "geometry",
    type: "u64",
    unit: "elements",
    formula: OUTPUT_LENGTH,
    dimension: "h",
    counts: "Output elements in height.",
  },
  {
    name: "w_out",
    group: "geometry",
    type: "u64",
    unit: "elements",
    formula: OUTPUT_LENGTH,
    dimension: "w",
    counts: "Output elements in width.",
  },
  {
    name: "taps",
    group: "geometry",
    type: "u64",
    unit: "products",
    definition: "sum(y)",
    perDimension: true,
    counts:
      "Products of one filter that reach its output. Products that padding crops are not counted.",
  },
  {
    name: "covered",
    group: "geometry",
    type: "u64",
    unit: "elements",
    definition: "count(y > 0)",
    perDimension: true,
    counts: "Output elements that receive at least one product.",
  },
  {
    name: "holes",
    group: "geometry",
    type: "u64",
    unit: "elements",
    formula: inConvolutions("l_out - covered"),
    counts: "Output elements that receive no product. They hold the bias, or zero.",
  },
  {
    name: "overlap_min",
    group: "geometry",
    type: "u64",
    unit: "products",
    formula: { transposed: "(gcd(stride, dilation) == 1) * (kernel_size // stride)" },
    perDimension: true,
    counts:
      "The fewest products on an output element away from the edges, where y repeats with the " +
      "stride.",
  },
  {
    name: "overlap_max",
    group: "geometry",
    type: "u64",
    unit: "products",
    formula: { transposed: "ceil_div(kernel_size, stride // gcd(stride, dilation))" },
    perDimension: true,
    counts: "The most products on an output element away from the edges.",
  },
  {
    name: "overlap_even",
    group: "geometry",
    type: "boolean",
    unit: "",
    formula: { transposed: "overlap_min == overlap_max" },
    counts:
      "Whether all output elements away from the edges receive equally many products. Otherwise " +
      "checkerboard or tonal artefacts are likely.",
  },
  {
    name: "input_elements",
    group: "geometry",
    type: "u64",
    unit: "elements",
    formula: {
      ...inConvolutions("batch_size * in_channels * l_in"),
      linear: "batch_size * in_channels",
    },
    counts: "Elements of the input.",
    isAdditive: true,
  },
  {
    name: "output_elements",
    group: "geometry",
    type: "u64",
    unit: "elements",
    formula: {
      ...inConvolutions("batch_size * out_channels * l_out"),
      linear: "batch_size * out_channels",
    },
    counts: "Elements of the output.",
    isAdditive: true,
  },
  {
    name: "weight_elements",
    group: "geometry",
    type: "u64",
    unit: "elements",
    formula: {
      ...inConvolutions("filters * kernel_size"),
      linear: "in_channels * out_channels",
    },
    counts: "Elements of the weight, without the bias.",
    isAdditive: true,
  },
] as const satisfies readonly ColumnRecord[];
