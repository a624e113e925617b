/**
 * Operations as moduleprofiler's documentation defines them. It is the reference for this group.
 */
import { type ColumnRecord, inConvolutions } from "./column.js";

export const DOCUMENTED = [
  {
    name: "additions_per_filter",
    group: "documented",
    type: "i64",
    unit: "operations",
    formula: { transposed: "taps - l_out", convolution: "l_out * (kernel_size - 1)" },
    counts:
      "Additions of overlapping products in one filter, sum(y - 1). Each hole counts as -1, " +
      "so the sum is negative if holes outnumber overlaps.",
    needs: ["l_out", "taps"],
  },
  {
    name: "filters",
    group: "documented",
    type: "u64",
    unit: "filters",
    formula: inConvolutions("in_channels * out_channels // groups"),
    counts: "Kernels that slide over the input: one for each pair of channels in a group.",
  },
  {
    name: "ops_per_filter",
    group: "documented",
    type: "u64",
    unit: "operations",
    formula: inConvolutions("l_out * kernel_size + additions_per_filter"),
    counts: "Operations of one filter, as if every output element took kernel_size products.",
    needs: ["l_out"],
  },
  {
    name: "aggregation_ops",
    group: "documented",
    type: "u64",
    unit: "operations",
    formula: inConvolutions("out_channels * l_out * (in_channels // groups - 1 + bias)"),
    counts: "Additions that join the input channels of a group, and the bias, for one sample.",
    needs: ["l_out"],
  },
  {
    name: "ops",
    group: "documented",
    type: "u64",
    unit: "operations",
    formula: {
      ...inConvolutions("batch_size * (filters * ops_per_filter + aggregation_ops)"),
      linear: "batch_size * out_channels * (2 * in_channels - 1 + bias)",
    },
    counts: {
      ...inConvolutions(
        "Multiplications and additions of the layer as documented. They include " +
          "l_out * kernel_size multiplications, although only taps products exist.",
      ),
      linear: "Multiplications and additions of the layer.",
    },
    needs: ["l_out"],
    isAdditive: true,
    inMacs: "(ops + (1 - bias) * output_elements) / 2",
  },
  {
    name: "ops_per_second",
    group: "documented",
    type: "decimal",
    unit: "operations/s",
    formula: {
      ...inConvolutions("(filters * ops_per_filter + aggregation_ops) * sample_rate / l_out"),
      linear: "out_channels * (2 * in_channels - 1 + bias) * sample_rate",
    },
    counts:
      "Documented operations of one stream per second of audio, at sample_rate output elements " +
      "per second.",
    needs: ["l_out"],
  },
] as const satisfies readonly ColumnRecord[];
