/** The pandas recipes of docs/csv.md, run unchanged, where Python has pandas. */
import { spawnSync } from "node:child_process";
import { readFileSync, writeFileSync } from "node:fs";
import { fileURLToPath } from "node:url";
import { describe, expect, it } from "vitest";
import { inTemporaryFolder, said } from "../support/cli.ts";
import { words } from "../support/text.ts";

inTemporaryFolder();

// Debian's pandas belongs to Debian's python3. The first python3 of the path may be another one.
const PYTHON = ["python3", "/usr/bin/python3"].find(
  (path) => spawnSync(path, ["-c", "import pandas"]).status === 0,
);

const document = readFileSync(fileURLToPath(new URL("../../docs/csv.md", import.meta.url)), "utf8");
const recipes = [...document.matchAll(/^```python\n(import pandas\n.*?)^```$/gms)].map(
  ([, code]) => code as string,
);

/** Runs a recipe, then prints the values of the expressions, one per line. */
function run(recipe: string, expressions: readonly string[]): string[] {
  const { stdout, stderr, status } = spawnSync(
    PYTHON as string,
    ["-c", `${recipe}\n${expressions.map((text) => `print(${text})`).join("\n")}`],
    {
      encoding: "utf8",
    },
  );
  expect([status, stderr]).toEqual([0, ""]);
  return stdout.trimEnd().split("\n");
}

describe.skipIf(PYTHON === undefined)(
  "pandas reading our CSV by the recipes of docs/csv.md",
  () => {
    it("reads counts beyond 2^63 exactly", async () => {
      const max = String(2 ** 31 - 1);
      // By hand: macs = (2^31 - 1)^2·3 for the larger kernel.
      const layer = [
        "--in-channels",
        max,
        "--out-channels",
        max,
        "--kernel-size",
        "1,3",
        "--l-in",
        "1",
      ];
      expect((await said(["sweep", ...layer, "--columns", "macs", "-o", "out.csv"])).exitCode).toBe(
        0,
      );
      expect(
        run(recipes[0] as string, ["frame.macs.max()", "frame.macs.astype(object).sum()"]),
      ).toEqual([String((2n ** 31n - 1n) ** 2n * 3n), String((2n ** 31n - 1n) ** 2n * 4n)]);
    });

    it("reads columns with empty cells exactly, beyond 2^53 and beyond 2^63", async () => {
      const max = 2n ** 31n - 1n;
      const some = 2n ** 22n + 1n;
      // With one input, one kernel element and no bias, moduleprofiler answers N·(2·C_in·C_out -
      // C_out). Where padding crops the output it has no answer.
      writeFileSync(
        "layers.csv",
        `batch_size,in_channels,out_channels,kernel_size,l_in,bias,padding,output_padding,stride
1,${some},${max},1,1,false,0,0,1
1,1,1,1,1,false,1,2,3
2,${max},${max},1,1,false,0,0,1
`,
      );
      expect(
        (await said(words`count --from layers.csv --columns moduleprofiler -o out.csv --force`))
          .exitCode,
      ).toBe(0);
      const [first, last] = [max * (2n * some - 1n), 2n * max * (2n * max - 1n)];
      expect(first).toBeGreaterThan(2n ** 53n);
      expect(last).toBeGreaterThan(2n ** 63n);
      expect(
        run(recipes[1] as string, [
          "frame.moduleprofiler.tolist()",
          "int(frame.moduleprofiler.max())",
          "frame.moduleprofiler.dtype",
          "frame.in_channels.dtype",
        ]),
      ).toEqual([`[${first}, <NA>, ${last}]`, String(last), "UInt64", "int64"]);
    });

    it("finds both recipes", () => {
      expect(recipes).toHaveLength(2);
    });
  },
);
