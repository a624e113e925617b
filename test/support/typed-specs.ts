/** Specs with every type of column, with conditions, several grids, and loops that depend on others. */
import type { SpecInput } from "../../src/index.ts";

export const SPECS: Readonly<Record<string, SpecInput>> = {
  "missing values": {
    axes: {
      in_channels: 4,
      out_channels: 4,
      kernel_size: [1, 2],
      stride: [1, 2],
      padding: [0, 1],
      output_padding: [0, 1],
      l_in: "1..9",
      bias: [true, false],
    },
    columns: ["moduleprofiler", "tensorflow", "all"],
  },
  "decimals, settings and negative variables": {
    axes: { in_channels: [3, 7], out_channels: [3, 5], kernel_size: "1..9", l_in: "1..40" },
    variables: { sample_rate: [689.0625, "30000/1001"], bits: [8, 16], shift: "-2..2" },
    where: "shift <= l_in",
    columns: ["sample_rate", "bits", "shift", "macs_per_second", "arithmetic_intensity"],
  },
  "variables below zero": {
    variables: { shift: "-3..3" },
    axes: { in_channels: 8, out_channels: 8, kernel_size: 3, l_in: "4 + shift..20" },
    where: "macs % 5 != shift",
    columns: ["shift", "macs", "additions_per_filter"],
  },
  "paddings that are words": {
    layer: "conv1d",
    axes: {
      in_channels: 8,
      out_channels: [8, 16],
      kernel_size: [3, 5],
      l_in: "8..12",
      padding: ["same", "valid", 0, 2],
    },
    columns: ["l_out", "macs"],
  },
  "several grids with names": {
    grids: [
      { name: "first", axes: { in_channels: 4, out_channels: 4, kernel_size: 3, l_in: "1..5" } },
      { name: "second", axes: { in_channels: 4, out_channels: "1..3", kernel_size: 3, l_in: 7 } },
    ],
    columns: ["name", "macs"],
  },
  "several grids, of which one has sample rates that are fractions": {
    grids: [
      {
        variables: { sample_rate: [0.5, 22_050] },
        axes: { in_channels: 4, out_channels: 4, kernel_size: 3, l_in: "1..3" },
      },
      {
        variables: { sample_rate: [100, 48_000] },
        axes: { in_channels: 4, out_channels: 4, kernel_size: 3, l_in: 7 },
      },
    ],
    columns: ["sample_rate", "macs_per_second"],
  },
  "several dimensions": {
    layer: "conv_transpose2d",
    axes: {
      in_channels: 8,
      out_channels: [8, 16],
      kernel_size: [3, 4],
      "stride.h": [1, 2],
      h_in: "8..12",
      w_in: [7, 9],
    },
    columns: ["all"],
  },
  "counts above 2^63": {
    axes: {
      batch_size: "1..9",
      in_channels: 2 ** 30,
      out_channels: 2 ** 30,
      kernel_size: 1,
      l_in: 1,
    },
    columns: ["macs", "params"],
  },
  "no row": {
    axes: { in_channels: 4, out_channels: 4, kernel_size: 3, l_in: "1..5" },
    where: "macs < 0",
  },
};
