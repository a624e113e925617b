/** `--distinct` on the command line, and the messages about grids that overlap. */
import { writeFileSync } from "node:fs";
import { describe, expect, it } from "vitest";
import type { SpecInput } from "../../src/spec/read.ts";
import { inTemporaryFolder, said } from "../support/cli.ts";
import { words } from "../support/text.ts";

inTemporaryFolder();

const BASE = { in_channels: 4, out_channels: 4, l_in: "1..6", kernel_size: 3 };

const unionOf = (grids: readonly object[], more: object = {}) =>
  ({ grids, columns: ["l_out"], ...more }) as unknown as SpecInput;

describe("--distinct", () => {
  it("is recommended where grids are known to overlap", async () => {
    const axes = { ...BASE, l_in: "4..9" };
    writeFileSync(
      "over.json",
      JSON.stringify(
        unionOf([
          { axes: BASE },
          { name: "b", axes },
          { axes: { ...axes, stride: 2 } },
          { axes: { ...axes, l_in: "1..5000" } },
        ]),
      ),
    );
    const said4 = [
      "grid 2 (b) repeats 3 layers of grid 1",
      "grid 4 repeats layers of grid 1 (",
      "grid 4 repeats layers of grid 2 (b) (",
      "Add --distinct to write each layer once\n",
    ];
    // A sample of 1,000 of 5,000 has one of the six layers or more in two of three cases. This one
    // does.
    const swept = await said(["sweep", "over.json", "-o", "over.csv"]);
    for (const line of said4) expect(swept.stderr).toContain(line);
    expect((await said(["plan", "over.json"])).stdout).toContain(
      "\ngrid 2 (b) repeats 3 layers of grid 1\n",
    );
    expect(
      (await said(words`sweep over.json -o over.csv --force --distinct`)).stderr,
    ).not.toContain("repeats");
    writeFileSync(
      "apart.json",
      JSON.stringify(unionOf([{ axes: BASE }, { axes: { ...BASE, stride: 2 } }])),
    );
    expect((await said(["sweep", "apart.json", "-o", "over.csv", "--force"])).stderr).not.toMatch(
      /repeats|distinct/,
    );
  });

  it("is recommended for a limited number of overlaps, and not for undecidable ones", async () => {
    const hidden = {
      variables: { r: "divisors(in_channels)" },
      axes: { ...BASE, kernel_size: "2 * r" },
    };
    writeFileSync(
      "many.json",
      JSON.stringify(
        unionOf([hidden, ...Array.from({ length: 5 }, () => ({ axes: BASE, where: "l_out > 3" }))]),
      ),
    );
    const { stderr } = await said(["sweep", "many.json", "-o", "many.csv"]);
    expect(stderr).toContain("grid 3 repeats 5 layers of grid 2\n");
    expect(stderr).toContain(
      "\n5 more pairs of grids overlap\nAdd --distinct to write each layer once\n",
    );
    expect(stderr).not.toContain("of grid 1");
  });

  it("is an option of every command on grids, and plan shows what it rejects", async () => {
    writeFileSync(
      "union.json",
      JSON.stringify(unionOf([{ axes: BASE }, { axes: { ...BASE, l_in: "4..9" } }])),
    );
    expect((await said(["plan", "union.json", "--distinct"])).stdout).toContain(
      "  reject if already in grid 1\n",
    );
    const swept = await said(["sweep", "union.json", "-o", "union.csv", "--distinct"]);
    expect(swept.stderr).toContain(
      "already in grid 1\nrows by grid:\n     6  grid 1\n     3  grid 2\n",
    );
    expect((await said(["verify", "union.json", "--distinct", "--quiet"])).stdout).toContain(
      "all 9 layers",
    );
  });
});
