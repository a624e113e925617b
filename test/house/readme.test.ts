/**
 * The README shows what the tool prints: every `console` block is run, and compared. `UPDATE_README=1 npm run test:host`
 * writes what was printed into it; read the diff.
 */
import { spawnSync } from "node:child_process";
import { readFileSync, rmSync, writeFileSync } from "node:fs";
import { fileURLToPath } from "node:url";
import { describe, expect, it } from "vitest";
import { columnsMarkdown } from "../../src/cli/columns.ts";
import { kindOf } from "../../src/parameters.ts";

const root = fileURLToPath(new URL("../..", import.meta.url));
const path = `${root}/README.md`;
const isUpdate = process.env.UPDATE_README === "1";

/** Replaces what stands between two texts; the README is read afresh each time, so that updates add up. */
function shownBetween(before: string, after: string, actual: string): { shown: string; actual: string } {
  const readme = readFileSync(path, "utf8");
  const start = readme.indexOf(before) + before.length;
  expect(start, `README.md holds ${before}`).toBeGreaterThanOrEqual(before.length);
  const end = readme.indexOf(after, start);
  expect(end, `README.md holds ${after} behind it`).toBeGreaterThanOrEqual(start);
  if (isUpdate) writeFileSync(path, readme.slice(0, start) + actual + readme.slice(end));
  return { shown: isUpdate ? actual : readme.slice(start, end), actual };
}

/** Times differ from run to run, and so do rates. */
function timeless(text: string): string {
  return text.replace(/in [0-9.]+ s \([^)]+ rows\/s\)/g, "in … s").replace(/about [0-9.]+ s {2}/g, "about … s  ");
}

/** The words of a command line; what stands in single quotes is one. */
function wordsOf(command: string): string[] {
  return [...command.matchAll(/'([^']*)'|[^\s']+/g)].map(([word, quoted]) => quoted ?? word);
}

const commands = [...readFileSync(path, "utf8").matchAll(/^```console\n\$ upsweep (.*)\n/gm)].map((match) => match[1] as string);

describe("README", () => {
  it("holds commands with their output", () => {
    expect(commands.length).toBeGreaterThanOrEqual(4);
  });

  it.each(commands)("shows what `upsweep %s` prints", (command) => {
    const run = spawnSync(process.execPath, ["dist/cli.js", ...wordsOf(command)], { cwd: root, encoding: "utf8" });
    rmSync(`${root}/small.csv`, { force: true });
    expect(run.status).toBe(0);
    const { shown, actual } = shownBetween(`$ upsweep ${command}\n`, "```", run.stdout + run.stderr);
    expect(timeless(shown)).toBe(timeless(actual));
  });

  it.each(["small", "hifigan-hops"])("shows examples/%s.yaml as it stands", (name) => {
    const { shown, actual } = shownBetween(`<!-- examples/${name}.yaml -->\n\`\`\`yaml\n`, "```", readFileSync(`${root}/examples/${name}.yaml`, "utf8"));
    expect(shown).toBe(actual);
  });

  it("has the column table of the code", () => {
    const { shown, actual } = shownBetween("<!-- columns -->\n", "\n<!-- /columns -->", columnsMarkdown(kindOf("conv_transpose1d")));
    expect(shown).toBe(actual);
  });

  it("holds the two commands that CI runs", () => {
    const lines = readFileSync(path, "utf8")
      .split("\n")
      .filter((line) => line.startsWith("npm ci && "));
    expect(lines).toHaveLength(2);
    expect(lines[1]).toBe("npm ci && npm test");
  });
});
