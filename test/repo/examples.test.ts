/** The examples run, and give the output lengths of the real models. */
import { spawnSync } from "node:child_process";
import { chmodSync, readdirSync, readFileSync, writeFileSync } from "node:fs";
import { fileURLToPath } from "node:url";
import { describe, expect, it } from "vitest";
import { splitRecord } from "../../src/plan/list.ts";
import { BINARY, inTemporaryFolder, said } from "../support/cli.ts";

const examples = fileURLToPath(new URL("../../examples", import.meta.url));

inTemporaryFolder();

describe("the examples", () => {
  it("count 222 layers of real models, with the output lengths that the models expect", async () => {
    const { exitCode, stderr } = await said([
      "count",
      "--from",
      `${examples}/real-layers.csv`,
      "-o",
      "counted.csv",
      "--columns",
      "l_out,ops,macs",
    ]);
    expect([exitCode, stderr.split("\n")[0]]).toEqual([
      0,
      "222 layers: 222 rows written, 0 rejected",
    ]);
    const rows = readFileSync("counted.csv", "utf8")
      .trim()
      .split("\n")
      .slice(1)
      .map((line) => splitRecord(line) as string[]);
    const expected = readFileSync(
      new URL("../fixtures/real_layers_l_out.csv", import.meta.url),
      "utf8",
    )
      .trim()
      .split("\n")
      .slice(1);
    expect(rows.map((row) => `${row[0]},${row.at(-3)}`)).toEqual(expected);
    expect(rows.every((row) => BigInt(row.at(-1) as string) > 0n)).toBe(true);
    const [hifigan] = rows;
    expect(hifigan?.slice(-3)).toEqual(["256", "602931200", "66060288"]);
  });

  it("find exactly the chains of strides whose four stages all fit", async () => {
    const swept = await said(["sweep", `${examples}/hifigan-hops.yaml`, "-o", "hops.csv"]);
    expect(swept.exitCode).toBe(0);
    const [header = "", ...rows] = readFileSync("hops.csv", "utf8").trim().split("\n");
    const names = header.split(",");
    const found = rows.map((row) => {
      const value = (name: string) => Number(row.split(",")[names.indexOf(name)]);
      return [
        value("hop"),
        [1, 2, 3, 4].map((i) => value(`rate_${i}`)).join("·"),
        value("stage"),
        value("stride"),
        value("kernel_size"),
        value("padding"),
        value("l_out"),
      ].join(" ");
    });
    // By hand: PyTorch's length without dilation and output_padding, for every chain and kernel
    // rule.
    const expected: string[] = [];
    for (const hop of [256, 300, 320, 441, 480, 512]) {
      for (let a = 2; a <= 12; a++)
        for (let b = 2; b <= a; b++)
          for (let c = 2; c <= b; c++)
            for (let d = 2; d <= c; d++) {
              if (a * b * c * d !== hop) continue;
              for (const kernelOf of [
                (s: number) => 2 * s,
                (s: number) => 2 * s + 1,
                (s: number) => 3 * s,
              ]) {
                let length = 32;
                const stages = [a, b, c, d].map((stride, i) => {
                  const kernel = kernelOf(stride);
                  const padding = Math.floor((kernel - stride) / 2);
                  const output = (length - 1) * stride - 2 * padding + kernel;
                  const fits = output === stride * length;
                  length *= stride;
                  return {
                    fits,
                    row: [hop, [a, b, c, d].join("·"), i + 1, stride, kernel, padding, output].join(
                      " ",
                    ),
                  };
                });
                if (stages.every(({ fits }) => fits))
                  expected.push(...stages.map(({ row }) => row));
              }
            }
    }
    expect(expected.length).toBeGreaterThan(50);
    expect(found.sort()).toEqual(expected.sort());
  });

  const specs = readdirSync(examples).filter((file) => file.endsWith(".yaml"));
  it.each(specs)("can be planned and verified: %s", async (spec) => {
    expect((await said(["plan", `${examples}/${spec}`])).exitCode).toBe(0);
    const { exitCode, stdout } = await said(["verify", `${examples}/${spec}`, "--sample", "20000"]);
    expect(exitCode).toBe(0);
    expect(stdout).toMatch(/^closed form and simulation agree on all [1-9][\d,]* layers/);
  });
});

function hasPython(): boolean {
  return (
    spawnSync("python3", ["-c", "import sys; sys.exit(sys.version_info < (3, 9))"]).status === 0
  );
}

describe.runIf(hasPython())("examples/python", () => {
  const folder = fileURLToPath(new URL("../../examples/python", import.meta.url));

  function python(code: string) {
    writeFileSync("upsweep", `#!/bin/sh\nexec "${process.execPath}" "${BINARY}" "$@"\n`);
    chmodSync("upsweep", 0o755);
    const env = {
      ...process.env,
      PATH: `${process.cwd()}:${process.env.PATH}`,
      PYTHONPATH: folder,
      PYTHONDONTWRITEBYTECODE: "1",
    };
    const { stdout, stderr, status } = spawnSync("python3", ["-W", "error", "-c", code], {
      encoding: "utf8",
      env,
    });
    return { stdout, stderr, status };
  }

  it("finds a layer with the search loop of its README", () => {
    const [, recipe] = /^```python\n(.*?)^```$/ms.exec(
      readFileSync(`${folder}/README.md`, "utf8"),
    ) as unknown as [string, string];
    const { stdout, stderr, status } = python(recipe);
    expect([status, stderr]).toEqual([0, ""]);
    // Python's result is that of the single layer.
    const [, layer, cost] = /^\((\{.*?\}), (\{.*?\})\)$/.exec(stdout.trim()) as unknown as [
      string,
      string,
      string,
    ];
    const flags = Object.entries(JSON.parse(layer.replaceAll("'", '"'))).flatMap(
      ([name, value]) => [`--${name.replaceAll("_", "-")}`, String(value)],
    );
    const one = spawnSync(
      process.execPath,
      [BINARY, "count", ...flags, "--json", "--columns", "l_out,macs,params"],
      { encoding: "utf8" },
    );
    expect(JSON.parse(one.stdout)).toMatchObject(JSON.parse(cost.replaceAll("'", '"')));
  });

  it("has exact integers, and continues after an error about a layer", () => {
    const code = `
from upsweep_client import Upsweep
fields = ["name", "in_channels", "out_channels", "kernel_size", "l_in", "bias"]
layer = dict(name='a, "b"\\n', in_channels=2**31 - 1, out_channels=2**20, kernel_size=3, l_in=1000, bias=False)
with Upsweep(fields, columns="macs,zero_insertion_waste,overlap_even,deepspeed_macs") as upsweep:
    print(upsweep.count(layer))
    for wrong in (dict(layer, l_in=0), dict(layer, kernel_size="x")):
        try:
            upsweep.count(wrong)
        except ValueError as error:
            print(error)
    print(upsweep.count(dict(layer, in_channels=1))["macs"])
try:
    with Upsweep(fields, columns="mac"):
        pass
except RuntimeError as error:
    print(error)
`;
    const { stdout, stderr, status } = python(code);
    expect([status, stderr]).toEqual([0, ""]);
    const lines = stdout.trim().split("\n");
    expect(lines[0]).toMatch(
      new RegExp(
        [
          `^\\{'macs': ${(2n ** 31n - 1n) * 2n ** 20n * 3000n}, `,
          "'zero_insertion_waste': 0\\.00[0-9]+, 'overlap_even': True, ",
        ].join(""),
      ),
    );
    expect(lines.slice(1)).toEqual([
      "standard input:4: l_in cannot be 0. Write a whole number from 1 to 2147483647.",
      "standard input:6: kernel_size cannot be 'x'. Write a whole number in plain decimal digits, for example 16.",
      String(2 ** 20 * 3000),
      "upsweep: --columns: unknown column 'mac'. Did you mean 'macs'?",
    ]);
  });
});
