/**
 * The README shows the output of the tool: every `console` block is run and compared.
 * `UPDATE_GENERATED=1 npm run test:host` writes the actual output into it; check the diff.
 */
import { spawnSync } from "node:child_process";
import { readFileSync, rmSync, writeFileSync } from "node:fs";
import { fileURLToPath } from "node:url";
import { describe, expect, it } from "vitest";
import { columnsMarkdown, conventionsMarkdown } from "../../src/cli/columns.ts";
import { kindOf } from "../../src/layers/kinds.ts";

const root = fileURLToPath(new URL("../..", import.meta.url));
const DOCUMENTS = ["README.md", "docs/conventions.md"];
const isUpdate = process.env.UPDATE_GENERATED === "1";

/**
 * Compares the text between two markers, and replaces it in update mode. The document is read each
 * time, so that updates accumulate.
 */
function shownBetween(
  document: string,
  before: string,
  after: string,
  actual: string,
): { shown: string; actual: string } {
  const path = `${root}/${document}`;
  const readme = readFileSync(path, "utf8");
  const start = readme.indexOf(before) + before.length;
  expect(start, `${document} holds ${before}`).toBeGreaterThanOrEqual(before.length);
  const end = readme.indexOf(after, start);
  expect(end, `${document} holds ${after} behind it`).toBeGreaterThanOrEqual(start);
  if (isUpdate) writeFileSync(path, readme.slice(0, start) + actual + readme.slice(end));
  return { shown: isUpdate ? actual : readme.slice(start, end), actual };
}

/** Removes times and rates, which differ between runs. */
function timeless(text: string): string {
  return text
    .replace(/in [0-9.]+ s \([^)]+ rows\/s\)/g, "in … s")
    .replace(/about [0-9.]+ s {2}/g, "about … s  ");
}

/** The words of a command line. Text in single quotes is one word. */
function wordsOf(command: string): string[] {
  return [...command.matchAll(/'([^']*)'|[^\s']+/g)].map(([word, quoted]) => quoted ?? word);
}

const commands = DOCUMENTS.flatMap((document) =>
  [...readFileSync(`${root}/${document}`, "utf8").matchAll(/^```console\n\$ upsweep (.*)\n/gm)].map(
    (match) => [document, match[1] as string] as const,
  ),
);

describe("README", () => {
  it("has commands with their output", () => {
    expect(commands.length).toBeGreaterThanOrEqual(4);
  });

  it.each(commands)("shows in %s the output of `upsweep %s`", (document, command) => {
    const run = spawnSync(process.execPath, ["dist/bin/cli.cjs", ...wordsOf(command)], {
      cwd: root,
      encoding: "utf8",
    });
    rmSync(`${root}/small.csv`, { force: true });
    expect(run.status).toBe(0);
    const { shown, actual } = shownBetween(
      document,
      `$ upsweep ${command}\n`,
      "```",
      run.stdout + run.stderr,
    );
    expect(timeless(shown)).toBe(timeless(actual));
  });

  it.each(["small", "hifigan-hops"])("shows examples/%s.yaml unchanged", (name) => {
    const { shown, actual } = shownBetween(
      "README.md",
      `<!-- examples/${name}.yaml -->\n\`\`\`yaml\n`,
      "```",
      readFileSync(`${root}/examples/${name}.yaml`, "utf8"),
    );
    expect(shown).toBe(actual);
  });

  it("has the column table of the code", () => {
    const { shown, actual } = shownBetween(
      "README.md",
      "<!-- columns -->\n",
      "\n<!-- /columns -->",
      columnsMarkdown(kindOf("conv_transpose1d")),
    );
    expect(shown).toBe(actual);
  });

  it.each(["conv_transpose1d", "conv1d"] as const)(
    "has the conventions of %s in docs/conventions.md",
    (kind) => {
      const { shown, actual } = shownBetween(
        "docs/conventions.md",
        `<!-- conventions of ${kind} -->\n`,
        "\n<!-- /conventions -->",
        conventionsMarkdown(kindOf(kind)),
      );
      expect(shown).toBe(actual);
    },
  );

  it("has the two commands that CI runs", () => {
    const lines = readFileSync(`${root}/README.md`, "utf8")
      .split("\n")
      .filter((line) => line.startsWith("npm ci && "));
    expect(lines).toHaveLength(2);
    expect(lines[1]).toBe("npm ci && npm test");
  });
});
