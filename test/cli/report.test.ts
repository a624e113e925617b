/** The summary at the end of a run: how many layers were written, and why others were rejected. */
import { readFileSync } from "node:fs";
import { describe, expect, it } from "vitest";
import { rejectionText } from "../../src/cli/report.ts";
import { bytesText } from "../../src/cli/text.ts";
import { inTemporaryFolder, said } from "../support/cli.ts";
import { words } from "../support/text.ts";

inTemporaryFolder();

const LAYER = "--in-channels 6 --out-channels 6 --kernel-size 3 --l-in 4";
const sweep = async (...more: string[]) =>
  (await said(["sweep", ...LAYER.split(" "), ...more, "-o", "out.csv", "--force"])).stderr
    .split("\n")
    .slice(0, -2);

describe("the summary of a run", () => {
  it("counts layers rejected by PyTorch's rules and by the user's conditions", async () => {
    expect(await sweep("--groups", "1..4", "--where", "groups != 2")).toEqual([
      "4 layers: 2 rows written, 2 rejected",
      "     1  did not satisfy in_channels % groups == 0",
      "     1  did not match groups != 2",
    ]);
  });

  it("counts derived values that are not whole numbers, or outside their range", async () => {
    expect(await sweep("--stride", "1..5", "--padding", "(stride - 3) / 2")).toEqual([
      "5 layers: 2 rows written, 3 rejected",
      "     2  had no whole number for padding = (stride - 3) / 2",
      "     1  had a value of padding = (stride - 3) / 2 outside the range 0 to 2147483647",
    ]);
    expect(await sweep("--stride", "1..3", "--bias", "stride")).toEqual([
      "3 layers: 1 row written, 2 rejected",
      "     2  had a value of bias = stride other than true or false",
    ]);
  });

  it("uses the singular for one layer and one row", async () => {
    expect(await sweep()).toEqual(["1 layer: 1 row written, 0 rejected"]);
    expect(rejectionText({ rows: 0n, rejected: [1n], empty: 1n }, ["stride > 1"], "rows")).toBe(
      "2 raw indices: 1 layer, 1 empty position\n1 layer: 0 rows, 1 rejected\n     1  did not match stride > 1",
    );
  });

  it("uses the singular for a layer of one product", async () => {
    const one = words`--in-channels 1 --out-channels 1 --kernel-size 1 --l-in 1`;
    await said(["count", ...one, "-o", "one.txt"]);
    expect(readFileSync("one.txt", "utf8")).toContain("sum(y): all 1 * 1 = 1 product\n");
    expect((await said(["verify", ...one])).stdout).toMatch(
      /^closed form and simulation agree on 1 layer \(/,
    );
    expect(
      (await said(["plan", ...one, "--stride", "1..2", "--where", "stride > 1"])).stdout,
    ).toMatch(/for stride in 1..2: \(2 values\)/);
    expect(bytesText(1)).toBe("1 byte");
  });
});
