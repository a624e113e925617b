/**
 * docs/library.md shows return values: its code is run, and each `expression; // value` is
 * compared.
 */
import { spawnSync } from "node:child_process";
import { readFileSync, rmSync, writeFileSync } from "node:fs";
import { fileURLToPath } from "node:url";
import { afterAll, describe, expect, it } from "vitest";

const root = fileURLToPath(new URL("../..", import.meta.url));
const program = `${root}/build/library-docs.mjs`;
afterAll(() => rmSync(program, { force: true }));

const blocks = [
  ...readFileSync(`${root}/docs/library.md`, "utf8").matchAll(/^```js\n(.*?)^```$/gms),
].map(([, code]) => code as string);

/** An expression on its own line, followed by its value. */
const SHOWN = /^( *)(?! |await |for |\/\/)([^/\n]+); \/\/ (.+)$/gm;

describe("docs/library.md", () => {
  it.each(blocks.map((code, i) => [i, code] as const))(
    "shows in block %i the values of its code",
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
      const results = JSON.parse(stdout) as [string, string][];
      expect(results.length).toBeGreaterThan(0);
      for (const [actual, said] of results) expect(said).toBe(actual);
    },
  );

  it("has a block for each way to call the library", () => {
    expect(blocks).toHaveLength(4);
  });
});
