/**
 * Values and layers as other tools write them: what is accepted, and which message refuses the
 * rest.
 */
import { writeFileSync } from "node:fs";
import { describe, expect, it } from "vitest";
import { kindNamed } from "../../src/layers/kinds.ts";
import { count } from "../../src/library/count.ts";
import { inTemporaryFolder, said } from "../support/cli.ts";
import { text, words } from "../support/text.ts";

inTemporaryFolder();

const CHANNELS = ["--in-channels", "2", "--out-channels", "2"];
const LAYER = [...CHANNELS, "--kernel-size", "3", "--l-in", "8"];
const TWO = [...CHANNELS, "--h-in", "4", "--w-in", "5"];

const refusal = async (args: readonly string[]) => {
  const { exitCode, stdout, stderr } = await said(args);
  expect([exitCode, stdout]).toEqual([2, ""]);
  return stderr.replace(/^upsweep: /, "").trimEnd();
};

describe("a value in another tool's syntax", () => {
  it.each([
    ["1-4", "Did you mean 1..4?"],
    ["32 to 256", "Did you mean 32..256?"],
    ["1–4", "Did you mean 1..4?"],
    ["4...1", "Did you mean 1..4?"],
    ["range(3,8)", "Write 3..7: Python's range ends before 8."],
    ["range(3, 9, 2)", "Write 3..7:2: Python's range ends before 9."],
    ["np.arange(1, 3)", "Write 1..2: Python's range ends before 3."],
    ["range(3, 4)", "Write 3: Python's range ends before 4."],
    ["range(9, 3, -1)", "Write first..last:step, for example 3..7. Python's range ends before 3."],
    ["3x5", "In 2-d and 3-d layers, set each dimension: stride.h = 3 and stride.w = 5."],
    [
      "2×3×4",
      "In 2-d and 3-d layers, set each dimension: stride.d = 2, stride.h = 3 and stride.w = 4.",
    ],
    ["3x3", "Write 3, which sets every dimension."],
    ["3;5", "Separate values with commas: 3,5 as an option, [3, 5] in a spec."],
    ["3 5", "Separate values with commas: 3,5 as an option, [3, 5] in a spec."],
    ["3:8", "Write 3..8; both ends are included."],
    ["1_024", "Write 1024."],
  ])("is refused with what to write instead: %s", async (value, remedy) => {
    const expected = `--stride: stride cannot be '${value}'. ${remedy}`;
    expect(await refusal(["count", ...LAYER, "--stride", value])).toBe(expected);
    expect(await refusal(["sweep", ...LAYER, "--stride", value])).toBe(expected);
    writeFileSync(
      "grid.yaml",
      `axes: { in_channels: 2, out_channels: 2, kernel_size: 3, l_in: 8, stride: "${value}" }\n`,
    );
    expect(await refusal(["sweep", "grid.yaml"])).toBe(
      expected.replace("--stride", "grid.yaml:1:75"),
    );
  });

  it.each([
    ["(3,)", "Write 3."],
    ["(3, 3)", "Write 3, which sets every dimension."],
    [
      "(3, 5)",
      "In 2-d and 3-d layers, set each dimension: kernel_size.h = 3 and kernel_size.w = 5.",
    ],
  ])("is refused in a grid with what to write instead of a tuple: %s", async (value, remedy) => {
    expect(await refusal(["sweep", ...CHANNELS, "--l-in", "8", "--kernel-size", value])).toBe(
      `--kernel-size: kernel_size cannot be '${value}'. ${remedy}`,
    );
  });

  it("is refused when it has more than 2^31 values", async () => {
    expect(await refusal(["sweep", ...LAYER, "--variable", "x=0..3000000000"])).toBe(
      "--variable x: x cannot be '0..3000000000': it has more than 2^31 values. Shorten the range or widen its step.",
    );
  });

  it("is still a difference where it is a valid expression", async () => {
    expect((await said(["sweep", ...LAYER, "--stride", "8-4", "-o", "/dev/null"])).exitCode).toBe(
      0,
    );
    expect(
      (await said(["sweep", ...LAYER, "--variable", "x=1-4", "-o", "/dev/null"])).exitCode,
    ).toBe(0);
  });

  it("is accepted as PyTorch's tuple for one layer", async () => {
    const layer = async (...args: string[]) =>
      JSON.parse(
        (
          await said([
            "count",
            ...CHANNELS,
            ...args,
            "--columns",
            "macs",
            "--json",
            "-o",
            "layer.json",
            "--force",
          ])
        ).stderr || (await import("node:fs")).readFileSync("layer.json", "utf8"),
      );
    expect(await layer("--kernel-size", "(3,)", "--l-in", "8")).toMatchObject({
      kernel_size: 3,
      macs: 96,
    });
    expect(
      await layer(
        "--layer",
        "nn.ConvTranspose2d",
        "--kernel-size",
        "(3, 5)",
        "--h-in",
        "4",
        "--w-in",
        "5",
      ),
    ).toMatchObject({
      layer: "conv_transpose2d",
      "kernel_size.h": 3,
      "kernel_size.w": 5,
      macs: 2 * 2 * 3 * 5 * 4 * 5,
    });
  });
});

describe("a list field for several dimensions", () => {
  it.each(["(3, x)", "(3, 5, 7)", "3.5", "(3;3)", "()"])(
    "is one number, or one for each dimension, not %s",
    async (value) => {
      writeFileSync(
        "two.csv",
        `in_channels,out_channels,h_in,w_in,kernel_size\n6,3,8,8,"${value}"\n`,
      );
      expect(await refusal(words`count --from two.csv --layer ConvTranspose2d -o out.csv`)).toBe(
        text`
          two.csv:2: kernel_size cannot be '${value}'. Write one whole number for all dimensions, or
          one for each of kernel_size.h and kernel_size.w, for example "(3, 4)".
        `,
      );
    },
  );
});

describe("named and unequal padding", () => {
  const TRANSPOSED = "PyTorch's transposed layers have no named padding.";
  const SAME = text`
    ${TRANSPOSED} For l_out == stride * l_in write (dilation * (kernel_size - 1) + output_padding +
    1 - stride) / 2
  `;
  it.each<[readonly string[], string]>([
    [["same"], `${SAME}: here 1.`],
    [["SAME", "--stride", "2"], `${SAME}: here 1 with output_padding 1.`],
    [["same", "--stride", "4"], `${SAME}, which is negative here.`],
    [
      ["same", "--dilation", "2", "--output-padding", "1"],
      `${SAME}, which is not a whole number here.`,
    ],
    [["valid"], "PyTorch's transposed layers have no named padding; write 0 to crop nothing."],
  ])("are refused with the padding to write instead: %j", async ([name, ...more], remedy) => {
    expect(await refusal(["count", ...LAYER, "--padding", name as string, ...more])).toBe(
      `--padding: padding cannot be '${name}'. ${remedy}`,
    );
  });

  it("give an output of stride times the input with the padding of the message", async () => {
    const { stderr } = await said([
      "sweep",
      ...LAYER,
      "--stride",
      "2",
      "--output-padding",
      "1",
      "--padding",
      "1",
      "--where",
      "l_out == stride * l_in",
      "-o",
      "/dev/null",
    ]);
    expect(stderr).toMatch(/^1 layer: 1 row written, 0 rejected\n/);
  });

  it("may be the name of a variable in a grid, and are refused otherwise", async () => {
    expect(await refusal(["sweep", ...LAYER, "--padding", "same"])).toBe(
      `--padding: padding cannot be 'same'. ${SAME}.`,
    );
    expect(
      (
        await said([
          "sweep",
          ...LAYER,
          "--variable",
          "same=1",
          "--padding",
          "same",
          "-o",
          "/dev/null",
        ])
      ).exitCode,
    ).toBe(0);
  });

  it.each<[readonly string[], string]>([
    [
      ["2,1", "--stride", "2"],
      "Write --padding 2 --output-padding 1: by symmetry the counts are the same.",
    ],
    [
      ["(1, 2)", "--stride", "2"],
      "Write --padding 2 --output-padding 1: by symmetry the counts are the same.",
    ],
    [
      ["0,2", "--dilation", "3"],
      "Write --padding 2 --output-padding 2: by symmetry the counts are the same.",
    ],
    [["2,2"], "Write 2."],
    [
      ["2,1"],
      text`
        PyTorch has no such layer: the difference 1 would be output_padding, which must be smaller
        than stride 1 or dilation 1.
      `,
    ],
    [
      ["2,1", "--layer", "conv1d"],
      "Pad the input before the layer and count the longer input with padding 0.",
    ],
  ])("are refused with a layer that has the same counts: %j", async ([pair, ...more], remedy) => {
    expect(await refusal(["count", ...LAYER, "--padding", pair as string, ...more])).toBe(
      `--padding: padding has two values, '${pair}', but PyTorch pads both ends equally. ${remedy}`,
    );
  });
});

describe("--output-size", () => {
  const counted = async (...args: string[]) =>
    JSON.parse((await said(["compare", ...args, "--json"])).stdout);

  it("chooses output_padding as PyTorch does, in every dimension", async () => {
    for (let padding = 0; padding < 3; padding++) {
      for (const extra of [0, 1, 2]) {
        // By hand: the minimum size is (8 - 1)·3 - 2p + 2·(3 - 1) + 1 = 26 - 2p.
        const args = [
          ...LAYER,
          "--stride",
          "3",
          "--dilation",
          "2",
          "--padding",
          `${padding}`,
          "--output-size",
          `${26 - 2 * padding + extra}`,
        ];
        expect(await counted(...args)).toMatchObject({ output_padding: extra });
      }
    }
    const two = [...TWO, "--layer", "ConvTranspose2d", "--kernel-size", "3", "--stride", "2"];
    expect(await counted(...two, "--output-size", "10,11")).toMatchObject({
      "output_padding.h": 1,
      "output_padding.w": 0,
    });
    expect(
      await counted(
        ...CHANNELS,
        "--h-in",
        "4",
        "--w-in",
        "4",
        "--layer",
        "ConvTranspose2d",
        "--kernel-size",
        "3",
        "--stride",
        "2",
        "--output-size",
        "(10, 9)",
      ),
    ).toMatchObject({
      "output_padding.h": 1,
      "output_padding.w": 0,
    });
  });

  it.each<[readonly string[], string]>([
    [
      ["27"],
      text`
        --output-size: l_out cannot be 27. With l_in 8, kernel_size 3, stride 3, padding 0 and
        dilation 1 it can be from 24 to 26.
      `,
    ],
    [
      ["23"],
      text`
        --output-size: l_out cannot be 23. With l_in 8, kernel_size 3, stride 3, padding 0 and
        dilation 1 it can be from 24 to 26.
      `,
    ],
    [
      ["5", "--padding", "12"],
      text`
        --output-size: l_out cannot be 5. With l_in 8, kernel_size 3, stride 3, padding 12 and
        dilation 1 it can be from 1 to 2.
      `,
    ],
    [
      ["5", "--padding", "20"],
      text`
        --output-size: l_out cannot be 5. No output is possible with l_in 8, kernel_size 3, stride
        3, padding 20 and dilation 1.
      `,
    ],
    [
      ["24,25"],
      "--output-size: output_size has 2 values. Give one for all dimensions, or one for each of l_out.",
    ],
    [
      ["long"],
      "--output-size: l_out cannot be 'long'. Write a whole number in plain decimal digits, for example 16.",
    ],
    [
      ["24", "--output-padding", "0"],
      text`
        both --output-size and --output-padding are given. The output size determines
        output_padding; remove one of them.
      `,
    ],
    [
      ["24", "--layer", "conv1d"],
      "--output-size: conv1d does not take an output size. Only transposed layers do; remove the option.",
    ],
  ])("refuses sizes that are not possible: %j", async (size, message) => {
    expect(await refusal(["count", ...LAYER, "--stride", "3", "--output-size", ...size])).toBe(
      message,
    );
  });

  it("is refused for lists and grids", async () => {
    writeFileSync("layers.csv", "in_channels,out_channels,kernel_size,l_in\n2,2,3,8\n");
    const message =
      "--output-size is for one layer only. Give the output_padding of each layer instead.";
    expect(await refusal(["count", "--from", "layers.csv", "--output-size", "9"])).toBe(message);
    expect(await refusal(["compare", "--from", "layers.csv", "--output-size", "9"])).toBe(message);
    for (const command of ["compare", "sweep", "plan", "verify"])
      expect(await refusal([command, ...LAYER, "--stride", "1..2", "--output-size", "9"])).toBe(
        "--output-size is for one layer only. In a grid, add --where 'l_out == 9' and an axis output_padding.",
      );
  });
});

describe("the kind of a layer", () => {
  it("can be PyTorch's class name, with or without its module", () => {
    for (const prefix of ["", "nn.", "torch.nn."])
      expect(kindNamed(`${prefix}ConvTranspose3d`)?.name).toBe("conv_transpose3d");
    expect(kindNamed("Conv1d")?.name).toBe("conv1d");
    for (const same of [
      "convtranspose1d",
      "nn.conv_transpose1d",
      "torch.nn.modules.conv.ConvTranspose1d",
      "torch.nn.functional.conv_transpose1d",
    ])
      expect(kindNamed(same)?.name).toBe("conv_transpose1d");
    for (const other of [
      "torch.ConvTranspose1d",
      "decoder.conv1d",
      "Conv4d",
      "nn.nn.Conv1d",
      "conv",
      "",
    ])
      expect(kindNamed(other)).toBeUndefined();
  });

  it("can be a class name in options, in specs and in the library", async () => {
    writeFileSync(
      "grid.yaml",
      "layer: torch.nn.ConvTranspose2d\naxes: { in_channels: 2, out_channels: 2, kernel_size: 3, h_in: 4, w_in: 5 }\n",
    );
    expect((await said(["plan", "grid.yaml"])).stdout).toContain("kernel_size.h 3");
    expect(
      (await said(["plan", ...TWO, "--layer", "ConvTranspose2d", "--kernel-size", "3"])).exitCode,
    ).toBe(0);
    expect(
      count(
        {
          layer: "torch.nn.ConvTranspose2d",
          in_channels: 2,
          out_channels: 2,
          kernel_size: 3,
          h_in: 4,
          w_in: 5,
        },
        { columns: ["macs"] },
      ),
    ).toEqual({
      macs: 720n,
    });
    expect((await said(["columns", "--layer", "nn.Conv1d"])).stdout).toContain(
      "Parameters of conv1d",
    );
  });

  it("determines which parameters messages name", async () => {
    const two = ["--layer", "conv_transpose2d"];
    expect(await refusal(["count", ...two])).toBe(
      text`
        count: --in-channels, --out-channels, --h-in, --w-in and --kernel-size are missing. PyTorch
        has no default for them; give each a value.
      `,
    );
    expect(await refusal(["count", ...TWO, ...two])).toBe(
      "count: --kernel-size is missing. PyTorch has no default for it; give it a value.",
    );
    expect(await refusal(["sweep", ...TWO, ...two, "--axis", "kernel_size.w=3"])).toBe(
      "flags: kernel_size.h is missing. PyTorch has no default for it; give it at least one value.",
    );
    writeFileSync("grid.yaml", "layer: conv_transpose3d\n");
    expect(await refusal(["sweep", "grid.yaml"])).toBe(
      text`
        grid.yaml:1:1: the spec has no axes. Write at least in_channels, out_channels, d_in, h_in,
        w_in and kernel_size under 'axes:'.
      `,
    );
  });

  it("is suggested when a parameter belongs to other kinds", async () => {
    const message = text`
      --h-in: conv_transpose1d has no h_in. Write l_in instead, or set the layer to
      conv_transpose2d, conv_transpose3d, conv2d or conv3d.
    `;
    expect(await refusal(["count", ...LAYER, "--h-in", "4"])).toBe(message);
    expect(await refusal(["sweep", ...LAYER, "--h-in", "4"])).toBe(message);
    expect(await refusal(["compare", ...LAYER, "--axis", "stride.w=1,2"])).toBe(
      text`
        --axis stride.w: conv_transpose1d has no stride.w. Write stride instead, or set the layer to
        conv_transpose2d, conv_transpose3d, conv2d or conv3d.
      `,
    );
  });
});

describe("an unknown name", () => {
  it("is refused as a parameter of one layer", async () => {
    expect(await refusal(["compare", ...LAYER, "--axis", "kernel_sized=3"])).toBe(
      "--axis kernel_sized: unknown parameter 'kernel_sized'. Did you mean 'kernel_size'?",
    );
  });

  it.each([
    ["--kernel", "--kernel-size"],
    ["--in", "one of --in-channels, --in-features"],
    ["--out", "one of --out-channels, --output-padding, --out-features, --output-size, --output"],
    ["--channels", "--in-channels"],
    ["--strides", "--stride"],
    ["--kernel=3", "--kernel-size"],
    ["--kernl", "--kernel-size"],
  ])("is matched by the beginnings of its words: %s", async (option, meant) => {
    expect(await refusal(["count", option, "3"])).toBe(
      `unknown option '${option}'\n(Did you mean ${meant}?)\nSee 'upsweep count --help'.`,
    );
  });

  it("gets no suggestion when no known name is similar", async () => {
    expect(await refusal(["count", "--zebra"])).toBe(
      "unknown option '--zebra'\nSee 'upsweep count --help'.",
    );
    expect(await refusal(["zebra"])).toBe("unknown command 'zebra'\nSee 'upsweep --help'.");
    expect(await refusal(["comp"])).toBe(
      "unknown command 'comp'\n(Did you mean one of compare, completions?)\nSee 'upsweep --help'.",
    );
  });
});
