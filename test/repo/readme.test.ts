/**
 * The README and the other documents show what the tool prints. Every command of a `console` block is
 * run in a shell, and its output is compared. `npm run generate` writes the outputs; read the diff.
 */
import { spawnSync } from "node:child_process";
import {
  chmodSync,
  copyFileSync,
  mkdirSync,
  mkdtempSync,
  rmSync,
  symlinkSync,
  writeFileSync,
} from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import {
  auxiliariesMarkdown,
  settingsMarkdown,
  severalDimensionsMarkdown,
} from "../../scripts/tables.ts";
import { columnsMarkdown, conventionsMarkdown } from "../../src/cli/columns.ts";
import { kindOf } from "../../src/layers/kinds.ts";
import {
  checkBetween,
  checkPart,
  commandsIn,
  DOCUMENTS,
  filesIn,
  ROOT,
  read,
} from "./documents.ts";

/** Times and rates differ from run to run. */
function timeless(text: string): string {
  return text
    .replace(/in [0-9.]+ s \([^)]+\/s\)/g, "in … s")
    .replace(/\([0-9.]+ s\)/g, "(… s)")
    .replace(/about [0-9.]+ s {2}/g, "about … s  ");
}

/** A folder for the commands of each document, with the examples and the files that it shows. */
const folders = new Map<string, string>();

beforeAll(() => {
  for (const document of DOCUMENTS) {
    const folder = mkdtempSync(join(tmpdir(), "upsweep-docs-"));
    folders.set(document, folder);
    mkdirSync(`${folder}/.bin`);
    writeFileSync(
      `${folder}/.bin/upsweep`,
      `#!/bin/sh\nexec "${process.execPath}" "${ROOT}/dist/bin/cli.cjs" "$@"\n`,
    );
    chmodSync(`${folder}/.bin/upsweep`, 0o755);
    symlinkSync(`${ROOT}/examples`, `${folder}/examples`);
    copyFileSync(`${ROOT}/test/fixtures/pytorch-layers.jsonl`, `${folder}/layers.jsonl`);
    for (const { name, content } of filesIn(document)) writeFileSync(`${folder}/${name}`, content);
  }
});

afterAll(() => {
  for (const folder of folders.values()) rmSync(folder, { recursive: true, force: true });
});

function runCommand(document: string, command: string): string {
  const folder = folders.get(document) as string;
  const run = spawnSync("bash", ["-o", "pipefail", "-c", command], {
    cwd: folder,
    encoding: "utf8",
    env: { ...process.env, PATH: `${folder}/.bin:${process.env.PATH}`, FORCE_COLOR: "0" },
  });
  expect(run.status, run.stderr).toBe(0);
  return run.stdout + run.stderr;
}

describe.each(DOCUMENTS.filter((document) => commandsIn(document).length > 0))("%s", (document) => {
  it.each(commandsIn(document).map(({ text }, i) => [text, i] as const))(
    "shows what `%s` prints",
    (command, i) => {
      const actual = runCommand(document, command);
      // An update of an earlier command may have moved this one.
      const now = commandsIn(document)[i];
      checkPart(document, now as NonNullable<typeof now>, actual, timeless);
    },
  );
});

describe("the tables and files in the documents", () => {
  it.each([
    ["docs/spec.md", "hifigan-hops"],
    ["docs/cli.md", "small"],
  ])("%s shows examples/%s.yaml unchanged", (document, name) => {
    const file = `examples/${name}.yaml`;
    checkBetween(document, `<!-- ${file} -->\n\`\`\`yaml\n`, "```", read(file));
  });

  it.each(["conv_transpose1d", "conv1d", "linear"] as const)(
    "docs/columns.md has the columns of %s",
    (kind) => {
      checkBetween(
        "docs/columns.md",
        `<!-- columns of ${kind} -->\n`,
        "\n<!-- /columns -->",
        columnsMarkdown(kindOf(kind)),
      );
    },
  );

  it("docs/columns.md has the columns of kinds with several dimensions", () => {
    checkBetween(
      "docs/columns.md",
      "<!-- columns of several dimensions -->\n",
      "\n<!-- /columns -->",
      severalDimensionsMarkdown(),
    );
  });

  it("docs/columns.md has the settings and the auxiliary quantities", () => {
    checkBetween(
      "docs/columns.md",
      "<!-- settings -->\n",
      "\n<!-- /settings -->",
      settingsMarkdown(),
    );
    checkBetween(
      "docs/columns.md",
      "<!-- auxiliaries -->\n",
      "\n<!-- /auxiliaries -->",
      auxiliariesMarkdown(),
    );
  });

  it.each(["conv_transpose1d", "conv1d", "linear"] as const)(
    "docs/conventions.md has the conventions of %s",
    (kind) => {
      checkBetween(
        "docs/conventions.md",
        `<!-- conventions of ${kind} -->\n`,
        "\n<!-- /conventions -->",
        conventionsMarkdown(kindOf(kind)),
      );
    },
  );
});

describe("README.md", () => {
  it("has at most 200 lines", () => {
    expect(read("README.md").split("\n").length - 1).toBeLessThanOrEqual(200);
  });

  it("has commands with their output", () => {
    expect(commandsIn("README.md").length).toBeGreaterThanOrEqual(4);
  });

  it("has the two commands that CI runs", () => {
    const lines = read("README.md")
      .split("\n")
      .filter((line) => line.startsWith("npm ci && "));
    expect(lines).toHaveLength(2);
    expect(lines[1]).toBe("npm ci && npm test");
  });
});
