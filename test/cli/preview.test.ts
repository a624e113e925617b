/** Sweeps without -o on a terminal: the preview of their rows. */
import { writeFileSync } from "node:fs";
import { beforeAll, describe, expect, it } from "vitest";
import { inTemporaryFolder, said } from "../support/cli.ts";
import { hasScript, onTerminal, plain } from "../support/terminal.ts";
import { printed, text } from "../support/text.ts";

inTemporaryFolder();

beforeAll(() => {
  writeFileSync(
    "grid.yaml",
    "axes: { in_channels: 1..40, out_channels: 64, kernel_size: [3, 5], stride: 1..4, l_in: 1..40 }\n",
  );
});

describe.skipIf(!hasScript)("a sweep without -o on a terminal", () => {
  it("shows its first rows, and how to write all of them", () => {
    const shown = plain(onTerminal(140, "sweep grid.yaml"));
    const lines = shown.trimEnd().split("\n");
    expect(lines).toHaveLength(13);
    expect(lines[0]).toMatch(/^in_channels {2}l_in {2}kernel_size {2}stride {2}l_out .* params$/);
    expect(lines[1]?.trim().split(/ +/)).toEqual([
      "1",
      "1",
      "3",
      "1",
      "3",
      "0",
      "768",
      "192",
      "192",
      "256",
    ]);
    expect(lines[11]).toBe(
      "fixed: batch_size 1, padding 0, output_padding 0, dilation 1, groups 1, bias true, out_channels 64",
    );
    expect(lines[12]).toBe(
      text`
        Showing the first 10 rows of 12,800 raw indices. Add -o FILE to write all rows to a file, or
        pipe the output to a program.
      `,
    );
  });

  it("omits parameters with one value in the shown rows, and then the last columns", () => {
    const lines = plain(onTerminal(80, "sweep grid.yaml")).trimEnd().split("\n");
    expect(lines.slice(0, -1).filter((line) => line.length > 80)).toEqual([]);
    expect(lines).toContain("the same in these rows: in_channels 1, kernel_size 3");
    const narrow = plain(onTerminal(50, "sweep grid.yaml")).trimEnd().split("\n");
    expect(narrow.join(" ")).toContain(
      "the same in these rows: in_channels 1, kernel_size 3, stride 1 not shown: additions, params",
    );
  });

  it("shows all rows with a summary when there are few, and as many as --limit allows", () => {
    const few = plain(
      onTerminal(
        120,
        "sweep grid.yaml --where 'l_in == 3 and in_channels == 2 and kernel_size == 3'",
      ),
    );
    expect(few).toContain("12,800 layers: 4 rows, 12,796 rejected\n");
    expect(few).toContain("Showing all 4 rows.");
    expect(
      plain(onTerminal(120, "sweep grid.yaml --limit 20"))
        .split("\n")
        .filter((line) => /^ +\d/.test(line)),
    ).toHaveLength(20);
    expect(
      plain(onTerminal(120, "sweep grid.yaml --limit 5000"))
        .split("\n")
        .filter((line) => /^ +\d/.test(line)),
    ).toHaveLength(10);
    expect(plain(onTerminal(120, "sweep grid.yaml --where 'stride > 9'"))).toBe(
      "12,800 layers: 0 rows, 12,800 rejected\n     12,800  did not match stride > 9\n",
    );
  });

  it("counts the raw indices of a sample, and those of all grids", () => {
    expect(plain(onTerminal(140, "sweep grid.yaml --sample 500"))).toContain(
      "Showing the first 10 rows of 500 raw indices.",
    );
    writeFileSync(
      "two.yaml",
      printed`
        grids:
        |  - axes: { in_channels: 1..9, out_channels: 2, kernel_size: 3, l_in: 4 }
        |  - axes: { in_channels: 1..9, out_channels: 2, kernel_size: 5, l_in: 4 }
      `,
    );
    const shown = plain(onTerminal(140, "sweep two.yaml --columns macs"));
    // A parameter that differs between the grids is a column, although each grid has one value.
    expect(shown.split("\n")[0]).toBe("in_channels  kernel_size  macs");
    expect(shown).toContain("of 18 raw indices");
  });

  it("is replaced by CSV in a pipe", () => {
    expect(onTerminal(80, "sweep grid.yaml --quiet | head -1")).toMatch(/^batch_size,in_channels,/);
  });
});

describe("a sweep without -o where standard output claims to be a terminal", () => {
  it("shows its first rows in 80 columns", async () => {
    const { exitCode, stdout, stderr } = await said(
      ["sweep", "grid.yaml", "--columns", "macs"],
      true,
    );
    expect([exitCode, plain(stdout).split("\n").slice(0, 2)]).toEqual([
      0,
      [
        "in_channels  l_in  kernel_size  stride  macs",
        "          1     1            3       1   192",
      ],
    ]);
    expect(stderr).toContain("Showing the first 10 rows of 12,800 raw indices.");
    expect((await said(["sweep", "grid.yaml", "--where", "stride > 9"], true)).stdout).toBe("");
  });
});
