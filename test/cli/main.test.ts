/**
 * Options and arguments of all commands: repeated, empty, or with names of other programs. Help,
 * version and uncaught errors.
 */
import { execFileSync, spawnSync } from "node:child_process";
import { readFileSync, writeFileSync } from "node:fs";
import { beforeAll, describe, expect, it, vi } from "vitest";
import { main } from "../../src/cli/main.ts";
import { port, STDOUT } from "../../src/cli/terminal.ts";
import { BINARY, inTemporaryFolder, said } from "../support/cli.ts";
import { words } from "../support/text.ts";

inTemporaryFolder();

beforeAll(() => {
  writeFileSync(
    "grid.yaml",
    "axes: { in_channels: 64, out_channels: 64, kernel_size: 3, l_in: 32 }\n",
  );
  writeFileSync("throw.cjs", 'setTimeout(() => { throw new Error("bo\\x1b[31mom"); }, 300);');
  writeFileSync("reject.cjs", 'setTimeout(() => Promise.reject(new Error("boom")), 300);');
});

const LAYER = words`--in-channels 64 --out-channels 64 --kernel-size 3 --l-in 32`;

const COMMANDS = [
  "count",
  "sweep",
  "merge",
  "plan",
  "verify",
  "compare",
  "columns",
  "schema",
  "completions",
];

/** The options of a command that take a value, from its help text. */
async function optionsOf(command: string): Promise<string[]> {
  const { stdout } = await said([command, "--help"]);
  return [...stdout.matchAll(/^ {2}(?:-\w, )?(--[a-z-]+) </gm)].map(([, name]) => name as string);
}

const REPEATABLE = ["--where", "--set", "--axis", "--variable", "--carry"];

/** A valid value for each option. */
const VALUES: Readonly<Record<string, string>> = {
  "--compression": "none",
  "--color": "auto",
  "--method": "closed",
  "--check": "all",
  "--shard": "1/2",
  "--delimiter": ";",
  "--errors": "row",
  "--big-ints": "string",
};

describe("an option that is given twice", () => {
  it("is refused by every command, unless it may have several values", async () => {
    let tested = 0;
    for (const command of COMMANDS) {
      for (const option of await optionsOf(command)) {
        if (REPEATABLE.includes(option)) continue;
        const value = VALUES[option] ?? "1";
        const { exitCode, stdout, stderr } = await said([command, option, value, option, value]);
        expect([exitCode, stdout]).toEqual([2, ""]);
        expect(stderr).toMatch(
          new RegExp(
            `^upsweep: ${option} was given twice\\. (Keep one of them|Give all its values at once, .*)\\.\n$`,
          ),
        );
        tested++;
      }
    }
    expect(tested).toBeGreaterThan(100);
  });

  it("is refused as a short name, with = and before the command", async () => {
    const message = (flag: string) => `upsweep: ${flag} was given twice. Keep one of them.\n`;
    expect((await said(["sweep", ...LAYER, "-o", "a", "--output=b"])).stderr).toBe(
      message("--output"),
    );
    expect((await said(["--color", "auto", "--color", "auto", "columns"])).stderr).toBe(
      message("--color"),
    );
  });

  it("is accepted where all values apply", async () => {
    const { exitCode, stderr } = await said([
      "sweep",
      ...LAYER,
      "--axis",
      "stride=1..4",
      "--where",
      "stride > 1",
      "--where",
      "stride < 4",
      "-o",
      "out.csv",
    ]);
    expect([exitCode, stderr.split("\n")[0]]).toEqual([0, "4 layers: 2 rows written, 2 rejected"]);
    expect((await said(words`plan grid.yaml --set stride=2 --set l_in=1..3`)).exitCode).toBe(0);
  });

  it("is accepted for options without a value", async () => {
    expect((await said(["columns", "--json", "--json"])).exitCode).toBe(0);
  });
});

describe("an empty value", () => {
  it("is refused by every option", async () => {
    for (const command of COMMANDS) {
      for (const option of await optionsOf(command)) {
        for (const value of ["", "  "]) {
          const { exitCode, stdout, stderr } = await said([command, option, value]);
          expect([exitCode, stdout]).toEqual([2, ""]);
          expect(stderr).toContain(option);
        }
      }
    }
    expect((await said(["sweep", ...LAYER, "-o", ""])).stderr).toBe(
      "upsweep: --output is empty. Give it a value, or remove it.\n",
    );
  });

  it("is refused as an argument", async () => {
    expect((await said(["sweep", ""])).stderr).toBe(
      "upsweep: the argument <spec> is empty. Give it a value, or remove it.\n",
    );
    expect((await said(["merge", "out.csv", ""])).stderr).toBe(
      "upsweep: the argument <shards> is empty. Give it a value, or remove it.\n",
    );
    expect((await said([""])).exitCode).toBe(2);
  });
});

describe("the version", () => {
  it("is printed by -v, -V and --version", async () => {
    const manifest = new URL("../../package.json", import.meta.url);
    const { version } = JSON.parse(readFileSync(manifest, "utf8")) as { version: string };
    for (const option of ["-v", "-V", "--version"])
      expect(await said([option])).toEqual({ exitCode: 0, stderr: "", stdout: `${version}\n` });
  });
});

describe("the help", () => {
  it("groups options, and shows defaults and what is required", async () => {
    const { stdout } = await said(["sweep", "--help"]);
    const titles = [...stdout.matchAll(/^([A-Z][a-z ]+):/gm)].map(([, title]) => title);
    expect(titles).toEqual([
      "Examples",
      "Usage",
      "Arguments",
      "Layers",
      "Grid",
      "Output",
      "Calculation",
      "General",
    ]);
    expect(stdout).toMatch(/--stride <values> .*\n? +s \(default: 1\)/);
    expect(stdout).toMatch(/--kernel-size <values> [^-]*\(required, except\s+for\s+linear\)/);
    expect(stdout).toContain("(default: the number of processors)");
    expect((await said(["--help"])).stdout).toMatch(
      /\nLayers:\n {2}count .*[\s\S]*\nDesign spaces:\n[\s\S]*\nReference:\n/,
    );
  });

  it("starts every help text with examples", () => {
    for (const command of ["", "count", "sweep", "plan", "verify", "columns"]) {
      expect(
        execFileSync(process.execPath, [BINARY, ...(command ? [command] : []), "--help"], {
          encoding: "utf8",
        }),
      ).toMatch(/^Examples:\n {2}/);
    }
  });
});

describe("output that cannot be printed", () => {
  it("is reported once, with exit code 1", async () => {
    let stderr = "";
    const full = Object.assign(new Error("ENOSPC: no space left on device, write"), {
      code: "ENOSPC",
    });
    const spy = vi.spyOn(port, "write").mockImplementation((stream, text) => {
      if (stream === STDOUT) throw full;
      stderr += text;
    });
    try {
      expect(await main(["columns"])).toBe(1);
    } finally {
      spy.mockRestore();
    }
    expect(stderr).toBe(
      "upsweep: standard output cannot be written: the disk is full. Free some space or write elsewhere.\n",
    );
  });
});

describe("an uncaught error", () => {
  it.each([
    ["throw", "bo\\x1b[31mom"],
    ["reject", "boom"],
  ])("ends with one message and exit code 1, without a stack trace: %s", (name, message) => {
    const space = words`
      verify --in-channels 1..60 --out-channels 1..50 --kernel-size 1..200 --l-in 1..2000
      --workers 1
    `;
    const run = spawnSync(process.execPath, ["--require", `./${name}.cjs`, BINARY, ...space], {
      encoding: "utf8",
    });
    expect([run.status, run.stdout, run.stderr]).toEqual([
      1,
      "",
      `upsweep: ${message}. This is a bug in upsweep: please report it with the command that you ran.\n`,
    ]);
  });
});
