/** Changes to a spec by options of the command line. */
import { readFileSync } from "node:fs";
import { describe, expect, it } from "vitest";
import { inTemporaryFolder, said } from "../support/cli.ts";
import { words } from "../support/text.ts";

inTemporaryFolder();

describe("options of the command line", () => {
  it("set axes in their loop position, and add conditions", async () => {
    const grid =
      "--stride 2,4 --l-in 1..4 --in-channels 8 --out-channels 8 --kernel-size 4 --columns l_out";
    const plain = await said(words`sweep ${grid} -o plain.csv`);
    expect(plain.exitCode).toBe(0);
    const set = await said([
      ...words`sweep ${grid} -o set.csv`,
      "--set",
      "stride=4",
      "--set",
      "kernel_size=2 * stride",
      "--where",
      "l_in % 2 == 0",
    ]);
    expect(set.stderr).toContain(
      "4 layers: 2 rows written, 2 rejected\n     2  did not match l_in % 2 == 0\n",
    );
    expect(readFileSync("set.csv", "utf8").split("\n").slice(1, 3)).toEqual([
      "1,8,8,2,8,4,0,0,1,1,true,12",
      "1,8,8,4,8,4,0,0,1,1,true,20",
    ]);
  });

  it("define joint axes and variables", async () => {
    const { exitCode, stderr } = await said([
      ...words`
        sweep --l-in 4 --kernel-size 3 --variable hop=1..3 --columns hop,l_out -o joint.csv
      `,
      "--axis",
      "in_channels, out_channels=[[4, 2], [8, hop]]",
    ]);
    expect([exitCode, stderr.split("\n")[0]]).toEqual([0, "6 layers: 6 rows written, 0 rejected"]);
    const rows = readFileSync("joint.csv", "utf8").trim().split("\n").slice(1);
    expect(rows.map((row) => row.split(",").slice(1, 3).join())).toEqual([
      "4,2",
      "8,1",
      "4,2",
      "8,2",
      "4,2",
      "8,3",
    ]);
  });
});
