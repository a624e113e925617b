/** The command line on a terminal, provided by `script`: widths and colours. */
import { spawnSync } from "node:child_process";
import { writeFileSync } from "node:fs";
import { beforeAll, describe, expect, it } from "vitest";
import { hasColor, STDOUT } from "../../src/cli/terminal.ts";
import { BINARY, inTemporaryFolder } from "../support/cli.ts";
import { COLOUR, hasScript, onTerminal, plain } from "../support/terminal.ts";

inTemporaryFolder();

beforeAll(() => {
  writeFileSync(
    "grid.yaml",
    "axes: { in_channels: 1..40, out_channels: 64, kernel_size: [3, 5], stride: 1..4, l_in: 1..40 }\n",
  );
});

const LAYER =
  "--in-channels 512 --out-channels 256 --kernel-size 16 --stride 8 --padding 4 --l-in 32";

describe.skipIf(!hasScript)("tables on a terminal", () => {
  it.each([
    "columns",
    "columns --layer conv_transpose3d",
    `compare ${LAYER}`,
    "compare grid.yaml --sample 500",
  ])("fit 80 and 140 columns: %s", (command) => {
    for (const width of [80, 140]) {
      const lines = plain(onTerminal(width, command)).split("\n");
      const wide = lines.filter((line) => line.length > width);
      expect(wide).toEqual([]);
    }
  });

  it("are not wrapped in a pipe, and have the same words on a terminal", () => {
    const piped = spawnSync(process.execPath, [BINARY, "columns"], { encoding: "utf8" }).stdout;
    const words = (text: string) => text.split(/\s+/).sort().join(" ");
    expect(piped.split("\n").some((line) => line.length > 140)).toBe(true);
    expect(words(plain(onTerminal(140, "columns")))).toBe(words(piped));
  });
});

describe.skipIf(!hasScript)("colour", () => {
  it("marks errors, headings and the exact row on a terminal, and nothing in a pipe", () => {
    expect(onTerminal(80, "zebra").startsWith("\x1b[31mupsweep:\x1b[39m unknown command")).toBe(
      true,
    );
    expect(onTerminal(140, `compare ${LAYER}`)).toContain("\n\x1b[32mmacs  ");
    expect(onTerminal(140, `compare ${LAYER}`)).toContain("\n\x1b[1mconvention  ");
    expect(onTerminal(140, "sweep --help")).toContain("\x1b[1mUsage:\x1b[22m");
    expect(onTerminal(80, "columns | cat")).not.toMatch(COLOUR);
  });

  it("is off with NO_COLOR and on a dumb terminal, unless --color is given", () => {
    for (const env of [{ NO_COLOR: "1" }, { FORCE_COLOR: "0" }, { TERM: "dumb" }])
      expect(onTerminal(80, "zebra", env)).not.toMatch(COLOUR);
    expect(onTerminal(80, "zebra --color always", { NO_COLOR: "1" })).toMatch(COLOUR);
    expect(onTerminal(80, "zebra --color=never")).not.toMatch(COLOUR);
    expect(onTerminal(80, "--color never columns")).not.toMatch(COLOUR);
    expect(onTerminal(80, "columns --color always | cat")).toMatch(COLOUR);
    expect(onTerminal(80, "columns | cat", { FORCE_COLOR: "1" })).toMatch(COLOUR);
    expect(hasColor(STDOUT, { FORCE_COLOR: "1", NO_COLOR: "1" })).toBe(false);
  });

  it("is never part of JSON", () => {
    expect(onTerminal(80, "columns --json --color always")).not.toMatch(COLOUR);
    expect(onTerminal(80, `compare ${LAYER} --json --color always`)).not.toMatch(COLOUR);
  });
});
