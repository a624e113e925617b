/** `upsweep compare` on batches of no samples: there is nothing to compare with. */
import { writeFileSync } from "node:fs";
import { describe, expect, it } from "vitest";
import { inTemporaryFolder, said } from "../support/cli.ts";

inTemporaryFolder();

const LAYER =
  "--in-channels 512 --out-channels 256 --kernel-size 16 --stride 8 --padding 4 --l-in 32".split(
    " ",
  );
const SPACE =
  "--in-channels 4 --out-channels 4 --kernel-size 4 --stride 1..4 --padding 0..1 --l-in 10".split(
    " ",
  );

describe("upsweep compare", () => {
  it("gives an empty batch no ratio, and says why, in every form", async () => {
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

  it("leaves layers of an empty batch out of the ratios of a grid and a list, and says how many they are", async () => {
    const note =
      "all else is exact. 8 layers have no ratio: an empty batch, or no product that lands.";
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
