/** Exact counts of the operations that a layer needs. */
import { type ColumnRecord, inConvolutions } from "./column.js";

const EVERY_PRODUCT = inConvolutions("batch_size * filters * taps");

export const EXACT = [
  {
    name: "macs",
    group: "exact",
    type: "u64",
    unit: "MACs",
    formula: { ...EVERY_PRODUCT, linear: "batch_size * weight_elements" },
    counts:
      "Multiply-accumulates of the layer: one for every product that reaches the output. " +
      "The bias and cropped products are not counted.",
    isAdditive: true,
  },
  {
    name: "multiplications",
    group: "exact",
    type: "u64",
    unit: "operations",
    formula: { ...EVERY_PRODUCT, linear: "batch_size * weight_elements" },
    counts: "Multiplications of the layer; the same number as macs.",
    isAdditive: true,
  },
  {
    name: "additions",
    group: "exact",
    type: "u64",
    unit: "operations",
    formula: {
      ...inConvolutions("batch_size * (filters * taps - (1 - bias) * out_channels * covered)"),
      linear: "batch_size * (weight_elements - (1 - bias) * out_channels)",
    },
    counts:
      "Additions of the layer. An output element with m products needs m - 1, " +
      "or m with a bias; a hole needs none.",
    needs: ["taps"],
    isAdditive: true,
  },
  {
    name: "flops",
    group: "exact",
    type: "u64",
    unit: "operations",
    formula: "multiplications + additions",
    counts: "Arithmetic operations of the layer.",
    isAdditive: true,
  },
  {
    name: "params",
    group: "exact",
    type: "u64",
    unit: "parameters",
    formula: {
      ...inConvolutions("filters * kernel_size + bias * out_channels"),
      linear: "weight_elements + bias * out_channels",
    },
    counts: "Weights and biases of the layer.",
    isAdditive: true,
  },
  {
    name: "cropped_products",
    group: "exact",
    type: "u64",
    unit: "products",
    formula: inConvolutions("batch_size * filters * (products - taps)"),
    counts:
      "Products that padding removes: in a transposed convolution those outside of the output, " +
      "in a convolution those with zeros of the padding.",
    isAdditive: true,
  },
  {
    name: "zero_insertion_macs",
    group: "exact",
    type: "u64",
    unit: "MACs",
    formula: { transposed: "batch_size * filters * l_out * kernel_size" },
    counts:
      "MACs of an implementation that inserts zeros between the inputs and runs a plain " +
      "convolution over them.",
    isAdditive: true,
  },
  {
    name: "zero_insertion_waste",
    group: "exact",
    type: "decimal",
    unit: "",
    formula: { transposed: "(l_out * kernel_size - taps) / (l_out * kernel_size)" },
    counts: "The share of zero_insertion_macs that multiplies zeros, from 0 to 1.",
  },
  {
    name: "arithmetic_intensity",
    group: "exact",
    type: "decimal",
    unit: "operations/byte",
    formula: "flops / ((input_elements + output_elements + params) * (bits / 8))",
    counts:
      "Operations per byte moved, if input, output, weight and bias each move once. " +
      "An element has the width of the setting bits.",
  },
  {
    name: "macs_per_second",
    group: "exact",
    type: "decimal",
    unit: "MACs/s",
    formula: {
      ...inConvolutions("filters * taps * sample_rate / l_out"),
      linear: "weight_elements * sample_rate",
    },
    counts:
      "Multiply-accumulates of one stream per second of audio, " +
      "at sample_rate output elements per second.",
  },
] as const satisfies readonly ColumnRecord[];
