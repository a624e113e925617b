/** Completions, requested from the shells themselves. */
import { spawnSync } from "node:child_process";
import { mkdirSync, writeFileSync } from "node:fs";
import { beforeAll, describe, expect, it } from "vitest";
import { BINARY, inTemporaryFolder, said } from "../support/cli.ts";

inTemporaryFolder();

const script = (shell: string) =>
  spawnSync(process.execPath, [BINARY, "completions", shell], { encoding: "utf8" }).stdout;

beforeAll(() => {
  writeFileSync("upsweep.bash", script("bash"));
  writeFileSync("upsweep.fish", script("fish"));
  mkdirSync("functions");
  writeFileSync("functions/_upsweep", script("zsh"));
  for (const name of ["grid one.yaml", "layers.csv"]) writeFileSync(name, "");
});

const has = (shell: string) => spawnSync(shell, ["-c", "exit 0"]).status === 0;

/**
 * The completions that bash offers for a line. Its words are split as readline splits them, with =
 * as a separate word.
 */
function offered(line: string): string[] {
  const words = ["upsweep", ...line.split(" ")];
  const asked = `
    source ./upsweep.bash
    COMP_WORDS=(${words.map((word) => `'${word}'`).join(" ")})
    COMP_CWORD=${words.length - 1}
    _upsweep
    printf '%s\\n' "\${COMPREPLY[@]}"`;
  const { stdout, stderr } = spawnSync("bash", ["--norc", "-c", asked], { encoding: "utf8" });
  expect(stderr).toBe("");
  return stdout.split("\n").filter((word) => word !== "");
}

describe("a completion script", () => {
  it.each(["bash", "zsh", "fish"])("is printed for %s, with every command", async (shell) => {
    const { exitCode, stdout, stderr } = await said(["completions", shell]);
    expect([exitCode, stderr]).toEqual([0, ""]);
    for (const name of [
      "count",
      "sweep",
      "merge",
      "plan",
      "verify",
      "compare",
      "columns",
      "schema",
      "completions",
    ])
      expect(stdout).toContain(name);
  });

  it("is refused for other shells", async () => {
    const { exitCode, stderr } = await said(["completions", "csh"]);
    expect([exitCode, stderr.split("\n")[0]]).toEqual([
      2,
      "upsweep: command-argument value 'csh' is invalid for argument 'shell'. Allowed choices are bash, zsh, fish.",
    ]);
  });
});

describe("completions in bash", () => {
  it("are registered for upsweep", () => {
    const { stdout } = spawnSync(
      "bash",
      ["--norc", "-c", "source ./upsweep.bash; complete -p upsweep"],
      { encoding: "utf8" },
    );
    expect(stdout).toBe("complete -F _upsweep upsweep\n");
  });

  it.each([
    ["co", ["count", "compare", "columns", "completions"]],
    ["--ver", ["--version"]],
    ["help sw", ["sweep"]],
    ["count --kernel", ["--kernel-size"]],
    ["--color never swee", ["sweep"]],
    ["sweep --method ", ["closed", "simulate"]],
    ["sweep --method = cl", ["closed"]],
    ["sweep --layer conv_transpose", ["conv_transpose1d", "conv_transpose2d", "conv_transpose3d"]],
    ["sweep --columns ma", ["macs", "macs_per_second"]],
    ["sweep --columns l_out,ma", ["l_out,macs", "l_out,macs_per_second"]],
    ["sweep --stride ", []],
    ["sweep grid", ["grid one.yaml"]],
    ["count --from lay", ["layers.csv"]],
    ["sweep -o lay", ["layers.csv"]],
    ["merge lay", ["layers.csv"]],
    ["columns ", expect.arrayContaining(["--json", "--markdown"])],
    ["completions ", ["bash", "zsh", "fish"]],
  ])("are offered for `upsweep %s`", (line, expected) => {
    expect(offered(line)).toEqual(expected);
  });

  it("include every option of every command", () => {
    for (const command of [
      "count",
      "sweep",
      "merge",
      "plan",
      "verify",
      "compare",
      "columns",
      "schema",
      "completions",
    ]) {
      const help = spawnSync(process.execPath, [BINARY, command, "--help"], {
        encoding: "utf8",
      }).stdout;
      const named = [...help.matchAll(/^ {2}(?:-\w, )?(--[a-z-]+)/gm)].map(([, name]) => name);
      expect(named.length).toBeGreaterThan(0);
      expect(offered(`${command} -`)).toEqual(expect.arrayContaining(named));
    }
  });
});

describe.skipIf(!has("fish"))("completions in fish", () => {
  const ask = (line: string) => {
    const { stdout, stderr } = spawnSync(
      "fish",
      ["--no-config", "-c", `source ./upsweep.fish; complete --do-complete '${line}'`],
      { encoding: "utf8" },
    );
    expect(stderr).toBe("");
    return stdout
      .split("\n")
      .filter((text) => text !== "")
      .map((text) => text.split("\t")[0]);
  };

  it.each([
    ["upsweep swe", ["sweep"]],
    ["upsweep sweep --method ", ["closed", "simulate"]],
    ["upsweep count --kernel", ["--kernel-size"]],
    ["upsweep count --from lay", ["layers.csv"]],
    ["upsweep completions ", ["bash", "fish", "zsh"]],
  ])("are offered for `%s`", (line, expected) => expect(ask(line)).toEqual(expected));
});

describe.skipIf(!has("zsh"))("completions in zsh", () => {
  it("are a function without syntax errors, registered for upsweep", () => {
    expect(spawnSync("zsh", ["-n", "functions/_upsweep"], { encoding: "utf8" })).toMatchObject({
      status: 0,
      stderr: "",
    });
    const { stdout, stderr } = spawnSync(
      "zsh",
      ["-f", "-c", "compdef() { print -r -- $1 $2 }; source functions/_upsweep"],
      { encoding: "utf8" },
    );
    expect([stdout, stderr]).toEqual(["_upsweep upsweep\n", ""]);
  });
});
