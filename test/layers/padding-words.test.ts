/** The paddings `same` and `valid` of plain convolutions, wherever a layer can be written. */
import { readFileSync, writeFileSync } from "node:fs";
import { describe, expect, it } from "vitest";
import { count } from "../../src/library/count.ts";
import { countMany } from "../../src/library/many.ts";
import { sweep } from "../../src/library/sweep.ts";
import { inTemporaryFolder, said } from "../support/cli.ts";
import { thrown } from "../support/thrown.ts";

inTemporaryFolder();

/** By hand: kernel 4 reaches 3 elements, so `same` adds one zero before the 6 inputs and two after them. */
const SAME = { layer: "conv1d", in_channels: 2, out_channels: 3, l_in: 6, kernel_size: 4 } as const;
const OUTPUT = 6n;
/** Inputs that the six outputs read: 3, 4, 4, 4, 3 and 2. */
const TAPS = 20n;

describe("a padding that is a word, in the library", () => {
  it("is counted like PyTorch counts it", () => {
    const { l_out, taps, macs } = count({ ...SAME, padding: "same" as const });
    expect({ l_out, taps, macs }).toEqual({ l_out: OUTPUT, taps: TAPS, macs: 2n * 3n * TAPS });
    const valid = count({ ...SAME, padding: "valid" as const });
    const { padding: _, ...zero } = { ...SAME, padding: 0 };
    expect(valid.macs).toBe(count(zero).macs);
  });

  it("is for all dimensions at once", () => {
    const flat = { layer: "conv2d", in_channels: 1, out_channels: 1, h_in: 6, w_in: 6 } as const;
    const { l_out, taps } = count({ ...flat, kernel_size: 4, padding: "same" as const });
    expect([l_out, taps]).toEqual([36n, TAPS * TAPS]);
    const mixed = () => count({ ...flat, kernel_size: 4, padding: ["same", 1] as never });
    expect(thrown(mixed)?.message).toMatch(/^layer\.padding\.h: padding\.h cannot be 'same'/);
  });

  it("is taken in arrays of layers, and for a whole column", () => {
    const layers = [
      { ...SAME, padding: "same" as const },
      { ...SAME, padding: 1 },
      { ...SAME, padding: "valid" as const },
    ] as const;
    expect(countMany(layers, ["macs"]).columns.macs).toEqual(
      BigUint64Array.from(layers.map((layer) => count(layer).macs)),
    );
    const columns = {
      ...SAME,
      kernel_size: Int32Array.of(3, 4),
      padding: "same" as const,
    } as const;
    expect(countMany(columns, ["taps"]).columns.taps).toEqual(BigUint64Array.of(16n, TAPS));
  });

  it("cannot be a number that stands for a word", () => {
    const number = () => count({ ...SAME, padding: 2 ** 31 });
    expect(thrown(number)?.message).toMatch(/padding cannot be 2147483648/);
    const column = () => countMany({ ...SAME, padding: Float64Array.of(1, 2 ** 31) }, ["taps"]);
    expect(thrown(column)?.message).toMatch(/padding cannot be 2147483648/);
  });

  it("needs stride 1, as in PyTorch", () => {
    expect(thrown(() => count({ ...SAME, padding: "same" as const, stride: 2 }))?.message).toBe(
      "layer: padding 'same' needs stride 1, not 2. PyTorch supports padding='same' only for " +
        "stride 1. Set stride to 1, or give padding as a number.",
    );
  });

  it.each([
    ["conv1d", "SAME", "padding cannot be 'SAME'. Write same."],
    ["conv1d", "'same'", "padding cannot be ''same''. Write same."],
    ["conv1d", "samee", "padding cannot be 'samee'. Write a whole number, same or valid."],
    ["conv2d", "same,same", "padding cannot be 'same,same'. Write same, once for all dimensions."],
    [
      "conv2d",
      "(valid, 1)",
      "padding cannot be '(valid, 1)'. Write valid, once for all dimensions.",
    ],
  ])("says how to write it for %s instead of %s", async (layer, given, message) => {
    const lengths = layer === "conv1d" ? ["--l-in", "8"] : ["--h-in", "8", "--w-in", "8"];
    const channels = ["--in-channels", "1", "--out-channels", "1", "--kernel-size", "3"];
    expect(
      await said(["count", "--layer", layer, ...channels, ...lengths, "--padding", given]),
    ).toEqual({ exitCode: 2, stdout: "", stderr: `upsweep: --padding: ${message}\n` });
  });

  it("stays a word in the rows of a sweep", async () => {
    const axes = { in_channels: 2, out_channels: 3, l_in: 6, kernel_size: 4 };
    const batches = sweep({
      layer: "conv1d",
      axes: { ...axes, padding: ["same", 1, "valid"] },
      columns: ["taps"],
    });
    const rows: object[] = [];
    for await (const batch of batches) rows.push(...batch);
    expect(rows).toMatchObject([
      { padding: "same", taps: TAPS },
      { padding: 1, taps: 18n },
      { padding: "valid", taps: 12n },
    ]);
  });
});

describe("a padding that is a word, on the command line", () => {
  const flags = ["--layer", "conv1d", "--in-channels", "2", "--out-channels", "3", "--l-in", "6"];

  it("is written into the rows of every format", async () => {
    const sweepIn = (format: string) =>
      said([
        ...["sweep", ...flags, "--kernel-size", "4", "--padding", "same,1", "--columns", "taps"],
        ...["--format", format, "-o", "rows", "--force", "--quiet"],
      ]).then(() => readFileSync("rows", "utf8"));
    expect(await sweepIn("csv")).toBe(
      [
        "batch_size,in_channels,out_channels,l_in,kernel_size,stride,padding,dilation,groups,bias,taps",
        "1,2,3,6,4,1,same,1,1,true,20",
        "1,2,3,6,4,1,1,1,1,true,18\n",
      ].join("\n"),
    );
    const lines = (await sweepIn("jsonl")).trim().split("\n");
    expect(lines.map((line) => JSON.parse(line).padding)).toEqual(["same", 1]);
  });

  it("gives rows that a list reads again to the same counts", async () => {
    writeFileSync(
      "list.csv",
      [
        "layer,in_channels,out_channels,l_in,h_in,w_in,kernel_size,padding",
        "conv1d,2,3,6,,,4,same",
        "conv2d,1,1,,6,6,4,same",
        "conv1d,2,3,6,,,4,valid",
        "conv1d,2,3,6,,,4,1\n",
      ].join("\n"),
    );
    await said(["count", "--from", "list.csv", "--columns", "taps", "-o", "out.csv", "--quiet"]);
    const taps = readFileSync("out.csv", "utf8")
      .trim()
      .split("\n")
      .map((line) => line.split(",").at(-1));
    expect(taps).toEqual(["taps", "20", "400", "12", "18"]);
  });

  it.each([
    {
      of: "a transposed layer in a list",
      list: "in_channels,out_channels,l_in,kernel_size,padding\n1,1,4,3,same\n",
      message:
        "list.csv:2: padding cannot be 'same'. PyTorch's transposed layers have no named padding.",
    },
    {
      of: "another case",
      list: "layer,in_channels,out_channels,l_in,kernel_size,padding\nconv1d,1,1,4,3,SAME\n",
      message: "list.csv:2: padding cannot be 'SAME'. Write same.",
    },
    {
      of: "an unknown word",
      list: "layer,in_channels,out_channels,l_in,kernel_size,padding\nconv1d,1,1,4,3,full\n",
      message: "list.csv:2: padding cannot be 'full'. Write a whole number, same or valid.",
    },
    {
      of: "each dimension",
      list: 'layer,in_channels,out_channels,h_in,w_in,kernel_size,padding\nconv2d,1,1,4,4,3,"(same, same)"\n',
      message: "padding cannot be '(same, same)'. Write same, once for all dimensions.",
    },
    {
      of: "one dimension alone",
      list: "layer,in_channels,out_channels,h_in,w_in,kernel_size,padding.h\nconv2d,1,1,4,4,3,same\n",
      message: "list.csv:2: padding.h cannot be 'same'.",
    },
    {
      of: "a stride of 2",
      list: "layer,in_channels,out_channels,l_in,kernel_size,stride,padding\nconv1d,1,1,4,3,2,same\n",
      message: "list.csv:2: padding 'same' needs stride 1, not 2.",
    },
  ])("is refused for $of", async ({ list, message }) => {
    writeFileSync("list.csv", list);
    const { exitCode, stderr } = await said(["count", "--from", "list.csv", "--quiet"]);
    expect([exitCode, stderr.includes(message) ? message : stderr]).toEqual([2, message]);
  });

  it.each([
    {
      spec:
        "layer: conv1d\n" +
        "axes: {in_channels: 1, out_channels: 1, l_in: 8, kernel_size: 3, padding: [same, 1]}\n" +
        "where: padding < 2\n",
      message:
        "upsweep: grid.yaml:3:8: padding may be the word same or valid here, which has no number. " +
        "Put the words and the numbers into separate grids, under 'grids:'.",
    },
    {
      spec: "axes: {in_channels: 1, out_channels: 1, l_in: 8, kernel_size: 3, padding: same}\n",
      message: "grid.yaml:1:75: padding cannot be 'same'.",
    },
    {
      spec:
        "layer: conv1d\naxes: {in_channels: 1, out_channels: 1, l_in: 8, kernel_size: 3, " +
        "padding: [same, kernel_size // 2]}\n",
      message:
        "grid.yaml:2:76: padding cannot be 'same'. An axis with a word takes no expressions, and " +
        "is for all dimensions.",
    },
    {
      spec: "layer: conv1d\naxes: {in_channels: 1, out_channels: 1, l_in: 8, kernel_size: 3, padding: 2147483648}\n",
      message: "grid.yaml:2:75: padding cannot be 2147483648.",
    },
  ])("is refused where it has no meaning: $spec", async ({ spec, message }) => {
    writeFileSync("grid.yaml", spec);
    const { exitCode, stderr } = await said(["sweep", "grid.yaml", "-o", "-"]);
    expect([exitCode, stderr.includes(message) ? message : stderr]).toEqual([2, message]);
  });

  it("is rejected with a stride other than 1, and counted", async () => {
    const { stderr } = await said([
      ...["sweep", ...flags, "--kernel-size", "3", "--padding", "same", "--stride", "1..3"],
      ...["-o", "rows.csv"],
    ]);
    expect(stderr).toContain(
      "3 layers: 1 row written, 2 rejected\n     2  did not satisfy padding != same or stride == 1\n",
    );
  });
});
