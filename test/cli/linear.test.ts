/** Linear layers, the kind without spatial dimensions, in every command that takes layers. */
import { spawnSync } from "node:child_process";
import { readFileSync, writeFileSync } from "node:fs";
import { describe, expect, it } from "vitest";
import { count, counter } from "../../src/library/count.ts";
import { BINARY, inTemporaryFolder, said } from "../support/cli.ts";
import { text, words } from "../support/text.ts";

inTemporaryFolder();

const LINEAR = "--layer linear --in-features 3 --out-features 4";

async function rowsOf(command: string): Promise<string> {
  const { exitCode, stderr } = await said([
    ...command.split(" "),
    ...words`-o rows.csv --force --quiet`,
  ]);
  expect([exitCode, stderr]).toEqual([0, ""]);
  return readFileSync("rows.csv", "utf8");
}

describe("a linear layer", () => {
  it("is counted as by hand", () => {
    // Each of 5 · 4 outputs has 3 products; without a bias it has one addition less than products.
    const layer = {
      layer: "linear",
      batch_size: 5,
      in_features: 3,
      out_features: 4,
      bias: false,
    } as const;
    const columns = ["macs", "multiplications", "additions", "flops", "params", "ops"] as const;
    expect(count(layer, { columns })).toEqual({
      macs: 60n,
      multiplications: 60n,
      additions: 40n,
      flops: 100n,
      params: 12n,
      ops: 100n,
    });
    expect(count({ ...layer, bias: true }, { columns })).toEqual({
      macs: 60n,
      multiplications: 60n,
      additions: 60n,
      flops: 120n,
      params: 16n,
      ops: 120n,
    });
  });

  it("has arithmetic intensity and rates like other layers", () => {
    // 12 MACs and 12 additions over (3 + 4 + 16) elements of 2 bytes.
    const columns = ["arithmetic_intensity", "macs_per_second"] as const;
    const layer = { layer: "linear", in_features: 3, out_features: 4, bits: 16 } as const;
    expect(counter({ columns })({ ...layer, sample_rate: "1/3" })).toEqual({
      arithmetic_intensity: 24 / 46,
      macs_per_second: 4,
    });
  });

  it("is shown without the overlap of a convolution", () => {
    const { stdout } = spawnSync(process.execPath, [BINARY, "count", ...LINEAR.split(" ")], {
      encoding: "utf8",
    });
    expect(stdout).toMatch(/^Linear\(3, 4, bias=True\) on an input of \(1, 3\)\n\n/);
    expect(stdout).toMatch(/^ {2}weight_elements +12 {2}in_features \* out_features = 3 \* 4$/m);
    expect(stdout).not.toMatch(/y = |taps|l_out|stride/);
  });

  it("is compared between the tools", async () => {
    const { stdout } = await said(["compare", ...LINEAR.split(" ")]);
    expect(stdout).toMatch(/^thop +mac +12 +12 +1 {2}exact on this layer$/m);
    expect(stdout).toMatch(/^tensorflow +flop +28 +12 +1 {2}exact, apart from 4 for the bias/m);
  });
});

describe("a sweep of linear layers", () => {
  const GRID = "--layer linear --in-features 1..3 --out-features 2,5 --bias false,true";

  it("writes a row for each layer in the order of the grid", async () => {
    expect(await rowsOf(`sweep ${GRID} --columns macs,params,additions`)).toBe(
      `${text`
        batch_size,in_features,out_features,bias,macs,params,additions
        |1,1,2,false,2,2,0
        |1,1,2,true,2,4,2
        |1,1,5,false,5,5,0
        |1,1,5,true,5,10,5
        |1,2,2,false,4,4,2
        |1,2,2,true,4,6,4
        |1,2,5,false,10,10,5
        |1,2,5,true,10,15,10
        |1,3,2,false,6,6,4
        |1,3,2,true,6,8,6
        |1,3,5,false,15,15,10
        |1,3,5,true,15,20,15
      `}\n`,
    );
  });

  it("has conditions on its own parameters and results", async () => {
    const rows = await rowsOf(
      `sweep ${GRID} --columns macs --where in_features<out_features --where macs>6`,
    );
    expect(rows.split("\n").slice(1, -1)).toEqual(
      ["2,5,false,10", "2,5,true,10", "3,5,false,15", "3,5,true,15"].map((row) => `1,${row}`),
    );
  });

  it("is planned without the rules that every linear layer keeps", async () => {
    const { stdout } = await said(["plan", ...GRID.split(" ")]);
    expect(stdout).toContain("for in_features in 1..3");
    expect(stdout).not.toContain("reject unless");
  });

  it("agrees with itself in every check of verify", async () => {
    const { exitCode, stderr } = await said(["verify", ...GRID.split(" ")]);
    expect([exitCode, stderr]).toEqual([0, expect.stringContaining("12 layers")]);
  });
});

describe("a list with linear layers", () => {
  it("may mix them with convolutions, and leaves the cells that a kind lacks empty", async () => {
    writeFileSync(
      "model.csv",
      `${text`
        layer,name,in_features,out_features,in_channels,out_channels,kernel_size,l_in
        |conv1d,stem,,,4,8,3,16
        |torch.nn.Linear,head,784,10,,,,
      `}\n`,
    );
    expect(await rowsOf("count --from model.csv --columns macs,params,l_out")).toBe(
      `${text`
        layer,name,in_features,out_features,in_channels,out_channels,kernel_size,l_in,macs,params,l_out
        |conv1d,stem,,,4,8,3,16,1344,104,14
        |torch.nn.Linear,head,784,10,,,,,7840,7850,
      `}\n`,
    );
  });
});

describe("a message about a linear layer", () => {
  it.each([
    [
      "count --layer linear --in-features 3",
      "count: --out-features is missing. PyTorch has no default for it; give it a value.",
    ],
    [
      "count --layer linear --in-features 0 --out-features 4",
      "--in-features: in_features cannot be 0. Write a whole number from 1 to 2147483647.",
    ],
    [
      `count ${LINEAR} --kernel-size 3`,
      text`
        --kernel-size: linear has no kernel_size. Remove it, or set the layer to conv_transpose1d,
        conv_transpose2d, conv_transpose3d, conv1d, conv2d or conv3d.
      `,
    ],
    [
      "count --layer linear --in-channels 3 --out-channels 4",
      text`
        --in-channels: linear has no in_channels. Write in_features instead, or set the layer to
        conv_transpose1d, conv_transpose2d, conv_transpose3d, conv1d, conv2d or conv3d.
      `,
    ],
    [
      `count ${LINEAR} --columns taps`,
      text`
        --columns: taps is not a column of linear. Run 'upsweep columns --layer linear' to list its
        columns.
      `,
    ],
  ])("names what is wrong with `%s`", async (command, message) => {
    expect(await said(command.split(" "))).toEqual({
      exitCode: 2,
      stdout: "",
      stderr: `upsweep: ${message}\n`,
    });
  });
});
