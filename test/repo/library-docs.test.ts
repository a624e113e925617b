/**
 * The README and docs/library.md show what the library returns. Their `js` blocks are run, and each
 * `expression; // value` is compared.
 */
import { spawnSync } from "node:child_process";
import { rmSync, writeFileSync } from "node:fs";
import { afterAll, describe, expect, it } from "vitest";
import { codeIn, ROOT } from "./documents.ts";

const program = `${ROOT}/build/library-docs.mjs`;
afterAll(() => rmSync(program, { force: true }));

/** An expression on a line of its own, followed by its value. */
const SHOWN = /^( *)(?! |await |const |for |\/\/)([^/\n]+); \/\/ (.+)$/gm;

describe.each([
  ["README.md", 1],
  ["docs/library.md", 4],
])("%s", (document, count) => {
  const blocks = codeIn(document, "js");

  it.each(blocks.map((code, i) => [i, code] as const))(
    "has in block %i the values that its code gives",
    (_, code) => {
      const tested = code
        .replace('from "upsweep"', 'from "../dist/index.js"')
        .replace('"out.csv"', '"/dev/null"')
        .replace(
          SHOWN,
          (_, indent: string, expression: string, value: string) =>
            `${indent}shown.push([inspect(${expression}), ${JSON.stringify(value)}]);`,
        );
      writeFileSync(
        program,
        `import { inspect } from "node:util";\nconst shown = [];\n${tested}\nconsole.log(JSON.stringify(shown));\n`,
      );
      const { stdout, stderr } = spawnSync(process.execPath, [program], { encoding: "utf8" });
      expect(stderr).toBe("");
      const shown = JSON.parse(stdout) as [string, string][];
      expect(shown.length).toBeGreaterThan(0);
      for (const [actual, said] of shown) expect(said).toBe(actual);
    },
  );

  it("has a block for each way to call the library", () => {
    expect(blocks).toHaveLength(count);
  });
});
