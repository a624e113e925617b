/** `upsweep compare`. */
import { writeFileSync } from "node:fs";
import { describe, expect, it } from "vitest";
import { inTemporaryFolder, said } from "../support/cli.ts";
import { printed, words } from "../support/text.ts";

inTemporaryFolder();

const LAYER = words`--in-channels 512 --out-channels 256 --kernel-size 16 --stride 8 --padding 4 --l-in 32`;
const SPACE = words`--in-channels 4 --out-channels 4 --kernel-size 4 --stride 1..4 --padding 0..1 --l-in 10`;

describe("upsweep compare", () => {
  it("shows every convention next to the exact count of one layer, with the reason", async () => {
    const { stdout, exitCode } = await said(["compare", ...LAYER]);
    expect(exitCode).toBe(0);
    expect(stdout).toMatch(/^macs +mac +66,060,288 +66,060,288 +1 {2}exact/m);
    expect(stdout).toMatch(
      /^fvcore +mac +67,108,864 +67,108,864 +1\.016 {2}counts the 1\.56 % of the products that padding crops$/m,
    );
    const onnxTool = stdout.split("\n").find((line) => line.startsWith("onnx_tool "));
    expect(onnxTool).toMatch(/^onnx_tool +mac\+bias +268,500,992 +268,435,456 +4\.063 {2}/);
    expect(onnxTool).toContain(
      "uses the output channels in place of the input channels: 256 instead of 512",
    );
    expect(stdout.trimEnd().split("\n")).toHaveLength(3 + 15);
  });

  it("prints the same as JSON and as a Markdown table", async () => {
    const json = JSON.parse((await said(["compare", ...LAYER, "--json"])).stdout);
    expect(json).toMatchObject({ layer: "conv_transpose1d", in_channels: 512, macs: 66_060_288 });
    expect(json.conventions.find(({ name }: { name: string }) => name === "torch")).toEqual({
      name: "torch",
      tool: "PyTorch FlopCounterMode main",
      unit: "flop",
      answer: 134_217_728,
      macs: 67_108_864,
      ratio: 67_108_864 / 66_060_288,
      why: "counts the 1.56 % of the products that padding crops",
    });
    const { stdout } = await said(["compare", ...LAYER, "--markdown"]);
    expect(stdout).toContain(
      [
        "| convention | unit | answer | in MACs | ratio | why |",
        "| --- | --- | --- | --- | --- | --- |",
        "| **macs** | mac |",
      ].join("\n"),
    );
  });

  it("writes integers in JSON with all digits, or all as strings", async () => {
    // Two products without a bias: K = 2, L = 1, C_in = C_out = 2^26 + 1.
    const vast = words`
      --in-channels 67108865 --out-channels 67108865 --kernel-size 2 --l-in 1 --stride 3
      --bias false --json
    `;
    const macs = 2n * (2n ** 26n + 1n) ** 2n;
    const digits = (await said(["compare", ...vast])).stdout;
    expect(digits).toContain(`  "in_channels": 67108865,\n`);
    expect(digits).toContain(
      `  "macs": ${macs},\n  "conventions": [\n    {\n      "name": "ops",\n`,
    );
    expect(digits).toContain(
      `      "unit": "flop",\n      "answer": ${2n * macs},\n      "macs": ${macs},\n      "ratio": 1,\n`,
    );
    const json = JSON.parse((await said(["compare", ...vast, "--big-ints", "string"])).stdout);
    expect(json).toMatchObject({
      layer: "conv_transpose1d",
      in_channels: "67108865",
      stride: "3",
      bias: false,
      macs: String(macs),
    });
    // All conventions have one type, including fractions.
    const types = json.conventions.map(({ answer, macs: own, ratio }: Record<string, unknown>) =>
      [typeof answer, typeof own, typeof ratio].join(),
    );
    expect(new Set(types)).toEqual(new Set(["string,string,number"]));
    const many = JSON.parse(
      (await said(["compare", ...SPACE, "--json", "--quiet", "--big-ints", "string"])).stdout,
    );
    const [ops] = many.conventions;
    expect([many.layers, ops.layers_with_ratio, ops.largest.layer.stride]).toEqual([
      "8",
      "8",
      expect.stringMatching(/^[1-4]$/),
    ]);
  });

  it("accepts layers of several dimensions, and states where a tool has no answer", async () => {
    const { stdout } = await said([
      "compare",
      "--layer",
      "conv_transpose3d",
      ...words`--in-channels 2 --out-channels 2 --kernel-size 2,3,4 --d-in 2 --h-in 3 --w-in 4`,
    ]);
    expect(stdout).toMatch(/^ConvTranspose3d\(2, 2, kernel_size=\(2, 3, 4\)/);
    expect(stdout).toMatch(/^moduleprofiler +op +none +gives no answer for 3-d layers$/m);
  });

  it("summarises a design space: exact share, median, extremes, and the layer with the largest deviation", async () => {
    const { stdout, stderr } = await said(["compare", ...SPACE]);
    expect(stderr).toBe("8 layers: 8 compared, 0 rejected\n");
    const fvcore = stdout.split("\n").find((line) => line.startsWith("fvcore "));
    expect(fvcore).toMatch(/^fvcore +50 % +1\.00 +1 +1\.053 +/);
    expect(fvcore).toMatch(/ConvTranspose1d\(4, 4, kernel_size=4, padding=1\) on \(1, 4, 10\)$/);
    const json = JSON.parse((await said(["compare", ...SPACE, "--json", "--quiet"])).stdout);
    expect(json.layers).toBe(8);
    const thop = json.conventions.find(({ name }: { name: string }) => name === "thop");
    // At stride 4 and padding 0, 40·4 products are counted and 40 land.
    expect(thop).toMatchObject({
      layers_with_ratio: 8,
      layers_without_answer: 0,
      exact: 0,
      largest: { ratio: 4, layer: { stride: 4, padding: 0 } },
    });
  });

  it("summarises a list, with the line of the largest deviation", async () => {
    writeFileSync(
      "layers.csv",
      'name,in_channels,out_channels,kernel_size,stride,l_in\na,1,1,3,1,2\n"b,\nc",4,4,8,4,4\nd,80,80,1024,256,31\n',
    );
    const { stdout, stderr } = await said(["compare", "--from", "layers.csv"]);
    expect(stderr).toBe("3 layers: 3 compared, 0 rejected\n");
    expect(stdout).toMatch(
      /^torchinfo +0 % .* layers\.csv:5: ConvTranspose1d\(80, 80, kernel_size=1024, stride=256\) on \(1, 80, 31\)$/m,
    );
  });

  it("prints the same on any number of workers", async () => {
    const grid = words`
      --in-channels 1..40 --out-channels 1..40 --kernel-size 1..16 --stride 1..8 --padding 0..2
      --l-in 9,10
    `;
    const [one, two] = [
      await said(["compare", ...grid, "--workers", "1"]),
      await said(["compare", ...grid, "--workers", "2"]),
    ];
    expect(two).toEqual(one);
    expect(one.stderr).toMatch(/^1,228,800 layers: /);
  });

  it.each<[string, string]>([
    [
      "compare --from a.csv grid.yaml",
      "upsweep: both --from and grid.yaml are given. Compare one or the other.\n",
    ],
    [
      "compare --columns macs --l-in 4",
      "upsweep: --columns is given. compare always shows all conventions; leave it out.\n",
    ],
    [
      "compare --from none.csv",
      "upsweep: none.csv cannot be read: no such file or folder. Check the path.\n",
    ],
    [
      "compare --in-channels 3 --out-channels 3 --groups 2 --kernel-size 3 --l-in 4",
      printed`
        upsweep: layer: in_channels 3 is not divisible by groups 2. Choose groups that divide both
        in_channels and out_channels, as PyTorch requires.
      `,
    ],
  ])("refuses `upsweep %s`", async (command, message) => {
    const { exitCode, stderr } = await said(command.split(" "));
    expect([exitCode, stderr]).toEqual([2, message]);
  });

  it("has no ratio for an empty batch, and states why, in every output format", async () => {
    const { stdout } = await said(["compare", ...LAYER, "--batch-size", "0"]);
    const rows = stdout.trimEnd().split("\n").slice(3);
    expect(rows).toHaveLength(15);
    for (const row of rows)
      expect(row).toMatch(/^\w+ +[\w+]+ +0 +0 +the batch is empty: there is nothing to count$/);
    const json = JSON.parse(
      (await said(["compare", ...LAYER, "--batch-size", "0", "--json"])).stdout,
    );
    expect(json.macs).toBe(0);
    for (const row of json.conventions)
      expect(row).toMatchObject({
        answer: 0,
        macs: 0,
        ratio: null,
        why: "the batch is empty: there is nothing to count",
      });
    const markdown = (await said(["compare", ...LAYER, "--batch-size", "0", "--markdown"])).stdout;
    expect(markdown).toContain(
      "| **macs** | mac | 0 | 0 |  | the batch is empty: there is nothing to count |",
    );
  });

  it("excludes empty batches from the ratios of a grid and of a list, and counts them", async () => {
    const note =
      "Medians are within 0.4 %. 8 layers have no ratio: an empty batch, or no product that lands.";
    const grid = await said(["compare", ...SPACE, "--batch-size", "0,2"]);
    expect(grid.stdout).toContain(note);
    expect(grid.stdout).toMatch(/^fvcore +50 % +1\.00 +1 +1\.053 /m);
    const json = JSON.parse(
      (await said(["compare", ...SPACE, "--batch-size", "0,2", "--json", "--quiet"])).stdout,
    );
    for (const row of json.conventions)
      expect(row).toMatchObject({
        layers_with_ratio: 8,
        layers_without_answer: 0,
        layers_without_macs: 8,
      });
    writeFileSync("empty.csv", "batch_size,in_channels,out_channels,kernel_size,l_in\n0,1,1,3,2\n");
    const list = await said(["compare", "--from", "empty.csv"]);
    expect(list.stdout).toMatch(/^fvcore *$/m);
    expect(list.stdout).toContain(
      "1 layer has no ratio: an empty batch, or no product that lands.",
    );
    const empty = JSON.parse(
      (await said(["compare", "--from", "empty.csv", "--json", "--quiet"])).stdout,
    );
    for (const row of empty.conventions)
      expect(row).toMatchObject({
        layers_with_ratio: 0,
        layers_without_macs: 1,
        median_ratio: null,
        smallest: null,
        largest: null,
      });
  });
});
