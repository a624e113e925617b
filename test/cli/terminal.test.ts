/** The command line on a terminal: previews, widths and colours. `script` gives it one. */
import { spawnSync } from "node:child_process";
import { writeFileSync } from "node:fs";
import { beforeAll, describe, expect, it } from "vitest";
import { hasColor, STDOUT } from "../../src/cli/terminal.ts";
import { fittedTable } from "../../src/cli/text.ts";
import { BINARY, inTemporaryFolder, said } from "../support/cli.ts";

inTemporaryFolder();

beforeAll(() => {
  writeFileSync(
    "grid.yaml",
    "axes: { in_channels: 1..40, out_channels: 64, kernel_size: [3, 5], stride: 1..4, l_in: 1..40 }\n",
  );
});

const LAYER =
  "--in-channels 512 --out-channels 256 --kernel-size 16 --stride 8 --padding 4 --l-in 32";

/** What a terminal of that width gets, without its carriage returns. */
function onTerminal(width: number, command: string, env: NodeJS.ProcessEnv = {}): string {
  const line = `stty cols ${width} rows 50; exec ${process.execPath} ${BINARY} ${command}`;
  const { NO_COLOR, FORCE_COLOR, ...own } = process.env;
  const { stdout } = spawnSync("script", ["-qec", line, "/dev/null"], {
    encoding: "utf8",
    env: { ...own, TERM: "xterm", ...env },
  });
  return stdout.replaceAll("\r", "");
}

// biome-ignore lint/suspicious/noControlCharactersInRegex: the sequences of colours
const COLOUR = /\x1b\[\d+m/g;
/** Without colours, and without a progress bar that was drawn and cleared. */
const plain = (text: string) =>
  text
    .split("\n")
    .map((line) => line.split("\x1b[2K").at(-1) as string)
    .join("\n")
    .replace(COLOUR, "");
const has = spawnSync("script", ["-qec", "true", "/dev/null"]).status === 0;

describe.skipIf(!has)("a sweep without -o on a terminal", () => {
  it("shows its first rows, and how to get all", () => {
    const text = plain(onTerminal(140, "sweep grid.yaml"));
    const lines = text.trimEnd().split("\n");
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
      "Showing the first 10 rows of 12,800 raw indices. Add -o FILE to write all rows to a file, or pipe the output to a program.",
    );
  });

  it("takes out parameters that are the same in the rows shown, and then the last columns", () => {
    const lines = plain(onTerminal(80, "sweep grid.yaml")).trimEnd().split("\n");
    expect(lines.slice(0, -1).filter((line) => line.length > 80)).toEqual([]);
    expect(lines).toContain("the same in these rows: in_channels 1, kernel_size 3");
    const narrow = plain(onTerminal(50, "sweep grid.yaml")).trimEnd().split("\n");
    expect(narrow.join(" ")).toContain(
      "the same in these rows: in_channels 1, kernel_size 3, stride 1 not shown: additions, params",
    );
  });

  it("shows all rows with their account when there are few, and as many as --limit asks for", () => {
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

  it("counts what a sample draws, and the raw indices of all grids", () => {
    expect(plain(onTerminal(140, "sweep grid.yaml --sample 500"))).toContain(
      "Showing the first 10 rows of 500 raw indices.",
    );
    writeFileSync(
      "two.yaml",
      "grids:\n  - axes: { in_channels: 1..9, out_channels: 2, kernel_size: 3, l_in: 4 }\n  - axes: { in_channels: 1..9, out_channels: 2, kernel_size: 5, l_in: 4 }\n",
    );
    const text = plain(onTerminal(140, "sweep two.yaml --columns macs"));
    // What differs between the grids is a column, though each grid has one value of it.
    expect(text.split("\n")[0]).toBe("in_channels  kernel_size  macs");
    expect(text).toContain("of 18 raw indices");
  });

  it("writes CSV into a pipe and a file", () => {
    expect(onTerminal(80, "sweep grid.yaml --quiet | head -1")).toMatch(/^batch_size,in_channels,/);
  });
});

describe("a sweep without -o where standard output is called a terminal", () => {
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

describe.skipIf(!has)("tables on a terminal", () => {
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

  it("are as wide as they are in a pipe, with nothing cut", () => {
    const piped = spawnSync(process.execPath, [BINARY, "columns"], { encoding: "utf8" }).stdout;
    const words = (text: string) => text.split(/\s+/).sort().join(" ");
    expect(piped.split("\n").some((line) => line.length > 140)).toBe(true);
    expect(words(plain(onTerminal(140, "columns")))).toBe(words(piped));
  });

  it("wrap cells at words, and cut words that are too long", () => {
    expect(
      fittedTable(
        [
          ["a", "one two three four five"],
          ["b", "x"],
        ],
        18,
      ),
    ).toBe("a  one two three\n   four five\nb  x");
    expect(fittedTable([["abcdefghijklmnopqrst", "a"]], 15)).toBe("abcdefghijkl  a\nmnopqrst");
    expect(
      fittedTable(
        [
          ["a", "1"],
          ["b", "22"],
        ],
        80,
        [1],
      ),
    ).toBe("a   1\nb  22");
  });
});

describe.skipIf(!has)("colour", () => {
  it("marks errors, heads and the exact row on a terminal, and nothing in a pipe", () => {
    expect(onTerminal(80, "zebra").startsWith("\x1b[31mupsweep:\x1b[39m unknown command")).toBe(
      true,
    );
    expect(onTerminal(140, `compare ${LAYER}`)).toContain("\n\x1b[32mmacs  ");
    expect(onTerminal(140, `compare ${LAYER}`)).toContain("\n\x1b[1mconvention  ");
    expect(onTerminal(140, "sweep --help")).toContain("\x1b[1mUsage:\x1b[22m");
    expect(onTerminal(80, "columns | cat")).not.toMatch(COLOUR);
  });

  it("is off with NO_COLOR and on a dumb terminal, and --color decides over all", () => {
    for (const env of [{ NO_COLOR: "1" }, { FORCE_COLOR: "0" }, { TERM: "dumb" }])
      expect(onTerminal(80, "zebra", env)).not.toMatch(COLOUR);
    expect(onTerminal(80, "zebra --color always", { NO_COLOR: "1" })).toMatch(COLOUR);
    expect(onTerminal(80, "zebra --color=never")).not.toMatch(COLOUR);
    expect(onTerminal(80, "--color never columns")).not.toMatch(COLOUR);
    expect(onTerminal(80, "columns --color always | cat")).toMatch(COLOUR);
    expect(onTerminal(80, "columns | cat", { FORCE_COLOR: "1" })).toMatch(COLOUR);
    expect(hasColor(STDOUT, { FORCE_COLOR: "1", NO_COLOR: "1" })).toBe(false);
  });

  it("is never in data", () => {
    expect(onTerminal(80, "columns --json --color always")).not.toMatch(COLOUR);
    expect(onTerminal(80, `compare ${LAYER} --json --color always`)).not.toMatch(COLOUR);
  });
});
