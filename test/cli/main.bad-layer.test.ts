/** Invalid kinds of layers, dimensions, groups of columns and settings: the message for each. */
import { writeFileSync } from "node:fs";
import { describe, expect, it } from "vitest";
import { titled } from "../support/cases.ts";
import { inTemporaryFolder, said } from "../support/cli.ts";
import { text } from "../support/text.ts";

inTemporaryFolder();

const CHANNELS = "--in-channels 2 --out-channels 2";
const LAYER = `${CHANNELS} --kernel-size 3 --l-in 4`;
const TWO = `--layer conv_transpose2d ${CHANNELS}`;

describe("a command line about other kinds of layers", () => {
  it.each<[string, string]>([
    [
      `count --layer conv9d ${LAYER}`,
      text`
        --layer: layer cannot be 'conv9d'. Write one of conv_transpose1d, conv_transpose2d,
        conv_transpose3d, conv1d, conv2d, conv3d and linear.
      `,
    ],
    [
      `count ${TWO} --kernel-size 3 --l-in 4`,
      text`
        --l-in: conv_transpose2d has no l_in. Write h_in and w_in instead, or set the layer to
        conv_transpose1d or conv1d.
      `,
    ],
    [
      `count ${TWO} --kernel-size 3,4,5 --h-in 4 --w-in 4`,
      text`
        --kernel-size: kernel_size has 3 values. Give one for all dimensions, or one for each of
        kernel_size.h and kernel_size.w.
      `,
    ],
    [
      `count ${TWO} --kernel-size 3 --h-in 4,5 --w-in 4`,
      text`
        --h-in: h_in has several values: '4,5'. count takes one layer: give one value, or use
        'upsweep sweep' for a grid.
      `,
    ],
    [
      `count --layer conv1d ${LAYER} --output-padding 1`,
      text`
        --output-padding: conv1d has no output_padding. Remove it, or set the layer to
        conv_transpose1d, conv_transpose2d or conv_transpose3d.
      `,
    ],
    [
      `count ${LAYER} --columns macs_per_second`,
      text`
        --columns: macs_per_second needs a sample_rate. Give the layer's output elements per second:
        --sample-rate 22050, sample_rate under 'variables:', or a list column sample_rate.
      `,
    ],
    [
      `count ${LAYER} --columns h_out`,
      text`
        --columns: h_out is not a column of conv_transpose1d. Run 'upsweep columns --layer
        conv_transpose1d' to list its columns.
      `,
    ],
    [
      `count --layer conv1d ${LAYER} --columns overlap_min`,
      "--columns: overlap_min is not a column of conv1d. Run 'upsweep columns --layer conv1d' to list its columns.",
    ],
    [`count ${LAYER} --bits 0`, "--bits cannot be 0. Write a whole number from 1 to 64."],
    [
      `count ${LAYER} --sample-rate fast`,
      text`
        --sample-rate: sample_rate cannot be 'fast'. Write a number above 0 and up to 2147483647,
        for example 22050, 689.0625 or 22050/32.
      `,
    ],
    [
      `count --layer conv1d ${CHANNELS} --kernel-size 9 --l-in 4`,
      text`
        layer: the output length would be -4. Raise l_in, or padding to at least 3, or lower
        kernel_size or dilation, until the kernel fits.
      `,
    ],
    [
      `count ${TWO} --kernel-size 3,1 --h-in 4 --w-in 4 --padding 3`,
      text`
        layer: h_out would be 0. Lower padding.h to at most 2, or raise h_in, kernel_size.h,
        stride.h or dilation.h, until h_out is at least 1.
      `,
    ],
    [
      `count ${TWO} --kernel-size 3 --h-in 4 --w-in 4 --output-padding 0,2 --stride 2`,
      text`
        layer: output_padding.w 2 is not smaller than stride.w 2 or dilation.w 1. PyTorch requires
        output_padding.w to be smaller than stride.w or dilation.w.
      `,
    ],
  ])("refuses `upsweep %s`", async (command, message) => {
    const { exitCode, stderr } = await said(command.split(" "));
    expect([exitCode, stderr]).toEqual([2, `upsweep: ${message}\n`]);
  });
});

const TWO_AXES = "layer: conv_transpose2d\naxes:\n  in_channels: 2\n  out_channels: 2\n  h_in: 4\n";
const ONE_AXES = "axes:\n  in_channels: 2\n  out_channels: 2\n  kernel_size: 3\n  l_in: 4\n";

describe("a spec about other kinds of layers", () => {
  it.each(
    titled([
      {
        title: "an axis that sets a dimension twice",
        spec: `${TWO_AXES}  w_in: 4\n  kernel_size: [3, 5]\n  kernel_size.h: 3\n`,
        message: "8:3: the axis kernel_size.h is given twice. Keep one of them.",
      },
      {
        title: "a plain name that only has values for each dimension",
        spec: `${TWO_AXES}  w_in: 4\n  kernel_size.h: 3\n  kernel_size.w: 3\n  padding: kernel_size // 2\n`,
        message:
          "9:12: unknown name 'kernel_size'. Did you mean 'kernel_size.h'?\n  kernel_size // 2\n  ^~~~~~~~~~~",
      },
      {
        title: "a parameter of other kinds",
        spec: `${TWO_AXES}  l_in: 4\n`,
        message: text`
          6:3: conv_transpose2d has no l_in. Write h_in and w_in instead, or set the layer to
          conv_transpose1d or conv1d.
        `,
      },
      {
        title: "a kernel_size of 0",
        spec: `${TWO_AXES}  kernel_size: 0\n`,
        message: "6:16: kernel_size cannot be 0. Write a whole number from 1 to 2147483647.",
      },
      {
        title: "a layer that is a list",
        spec: `layer: [conv1d]\n${ONE_AXES}`,
        message: text`
          1:8: layer cannot be 'a list'. Write one of conv_transpose1d, conv_transpose2d,
          conv_transpose3d, conv1d, conv2d, conv3d and linear.
        `,
      },
      {
        title: "a column of other kinds",
        spec: `layer: conv1d\n${ONE_AXES}columns: [conventions, overlap_max]\n`,
        message:
          "7:24: overlap_max is not a column of conv1d. Run 'upsweep columns --layer conv1d' to list its columns.",
      },
      {
        title: "a condition on macs_per_second without a sample rate",
        spec: `${ONE_AXES}where: macs_per_second < 5\n`,
        message: text`
          6:8: macs_per_second needs a sample_rate. Set it under 'variables:', or with --sample-rate.
          |  macs_per_second < 5
          |  ^~~~~~~~~~~~~~~
        `,
      },
      {
        title: "bits above 64",
        spec: `${ONE_AXES}variables:\n  bits: 65\n`,
        message: "7:9: bits cannot be 65. Write a whole number from 1 to 64.",
      },
      {
        title: "a variable named like a result",
        spec: `${ONE_AXES}variables:\n  overlap_max: 1\n`,
        message: text`
          7:3: 'overlap_max' cannot be a variable: a column already has that name. Choose another
          name; parameters go under 'axes:'.
        `,
      },
    ]),
  )("is refused with %s", async (_, { spec, message }) => {
    writeFileSync("grid.yaml", spec);
    const { exitCode, stderr } = await said(["sweep", "grid.yaml"]);
    expect([exitCode, stderr]).toEqual([2, `upsweep: grid.yaml:${message}\n`]);
  });

  it("decides conditions on fractions exactly", async () => {
    writeFileSync(
      "grid.yaml",
      `${ONE_AXES}  stride: [1, 2, 7]\ncolumns: [tensorflow]\nwhere: tensorflow > 0\n`,
    );
    const { stderr } = await said(["sweep", "grid.yaml", "-o", "out.csv"]);
    expect(stderr).toMatch(/^3 layers: 3 rows written, 0 rejected\n/);
  });
});

describe("a list about other kinds of layers", () => {
  it.each(
    titled([
      {
        title: "two columns that set the same dimension",
        list: "in_channels,out_channels,h_in,w_in,kernel_size,kernel_size.h\n",
        options: ["--layer", "conv_transpose2d"],
        message:
          "1: two columns of the header set kernel_size.h. Keep one of them: a plain name sets all dimensions.",
      },
      {
        title: "a sample rate as a column and as an option",
        list: "in_channels,out_channels,l_in,kernel_size,sample_rate\n",
        options: ["--columns", "macs_per_second", "--sample-rate", "5"],
        message: "1: sample_rate is given both as a column and as an option. Keep one of them.",
      },
      {
        title: "ops_per_second without a sample rate",
        list: "in_channels,out_channels,l_in,kernel_size\n",
        options: ["--columns", "ops_per_second"],
        message: text`
          1: ops_per_second needs a sample_rate. Give the layer's output elements per second:
          --sample-rate 22050, sample_rate under 'variables:', or a list column sample_rate.
        `,
      },
      {
        title: "a sample rate of 0",
        list: "in_channels,out_channels,l_in,kernel_size,sample_rate\n1,1,2,3,0\n",
        options: ["--columns", "ops_per_second"],
        message: text`
          2: sample_rate cannot be 0. Write a number above 0 and up to 2147483647, for example 22050,
          689.0625 or 22050/32.
        `,
      },
    ]),
  )("is refused with %s", async (_, { list, options, message }) => {
    writeFileSync("layers.csv", list);
    const { exitCode, stderr } = await said([
      "count",
      "--from",
      "layers.csv",
      "-o",
      "out.csv",
      "--force",
      ...options,
    ]);
    expect([exitCode, stderr]).toEqual([2, `upsweep: layers.csv:${message}\n`]);
  });
});
