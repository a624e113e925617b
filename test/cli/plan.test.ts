/** `upsweep plan`. */
import { describe, expect, it } from "vitest";
import { inTemporaryFolder, said } from "../support/cli.ts";
import { words } from "../support/text.ts";

inTemporaryFolder();

describe("upsweep plan", () => {
  it("shows the loop nest with the steps of each level", async () => {
    const { stdout } = await said(
      words`
        plan --in-channels 8 --out-channels 8 --stride 1..4 --padding 0,1 --l-in 1..9:2
        --groups 1,3 --kernel-size 2 --columns l_out,ops,params
      `,
    );
    expect(stdout.split("\n").slice(0, 11)).toEqual([
      "fixed: batch_size 1, output_padding 0, dilation 1, bias true, in_channels 8, out_channels 8, kernel_size 2",
      "for stride in 1..4: (4 values)",
      "  reject unless output_padding < stride or output_padding < dilation",
      "  for padding in [0, 1]: (2 values)",
      "    for l_in in 1..9:2: (5 values)",
      "      reject unless l_out >= 1",
      "      count l_out",
      "      for groups in [1, 3]: (2 values)",
      "        reject unless in_channels % groups == 0",
      "        reject unless out_channels % groups == 0",
      "        count ops, params",
    ]);
    expect(stdout).toMatch(/^raw size {2}80 = 4 · 2 · 5 · 2$/m);
    expect(stdout).toMatch(/^rows +36 +45 % of the raw size \(counted\)$/m);
  });

  it("plans 10^18 layers, and warns of results that may overflow", async () => {
    const { exitCode, stdout } = await said(
      words`
        plan --in-channels 1..1000000 --out-channels 1..1000000 --l-in 1..1000
        --kernel-size 1..1000
      `,
    );
    expect(exitCode).toBe(0);
    expect(stdout).toContain(
      "raw size  1,000,000,000,000,000,000 = 1,000,000 · 1,000,000 · 1,000 · 1,000\n",
    );
    expect(
      (
        await said(
          words`
            plan --in-channels 1073741824 --out-channels 1073741824 --l-in 1..64 --kernel-size 3
          `,
        )
      ).stdout,
    ).toContain(
      "ops, macs, additions may exceed 64 bits on the largest layers; the sweep stops at the first such layer.\n",
    );
  });
});

describe("upsweep plan --exact", () => {
  it("counts a sparse space exactly without writing rows", async () => {
    const { stdout } = await said([
      ...words`
        plan --stride 1..10000 --kernel-size 1..10000 --l-in 1..1000 --in-channels 1..10
        --out-channels 64 --exact
      `,
      "--where",
      "kernel_size == 2 * stride and stride in 601..604",
    ]);
    expect(stdout).toContain("raw size  1,000,000,000,000 = 10,000 · 10,000 · 1,000 · 10\n");
    expect(stdout).toContain("1,000,000,000,000 layers: 40,000 rows, 999,999,960,000 rejected\n");
    expect(stdout).toContain(
      "    999,999,960,000  did not match kernel_size == 2 * stride and stride in 601..604\n",
    );
  });
});
