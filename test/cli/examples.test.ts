/** The examples run, and say what the models whose layers they are say. */
import { readdirSync, readFileSync } from "node:fs";
import { fileURLToPath } from "node:url";
import { describe, expect, it } from "vitest";
import { splitRecord } from "../../src/plan/list.ts";
import { inTemporaryFolder, said } from "../support/cli.ts";

const examples = fileURLToPath(new URL("../../examples", import.meta.url));

inTemporaryFolder();

describe("the examples", () => {
  it("count 222 layers of real models, with the output lengths that the models expect", async () => {
    const { exitCode, stderr } = await said(["count", "--from", `${examples}/real-layers.csv`, "-o", "counted.csv", "--columns", "l_out,ops,macs"]);
    expect([exitCode, stderr.split("\n")[0]]).toEqual([0, "222 layers = 222 rows + 0 left out"]);
    const rows = readFileSync("counted.csv", "utf8")
      .trim()
      .split("\n")
      .slice(1)
      .map((line) => splitRecord(line) as string[]);
    const expected = readFileSync(new URL("../fixtures/real_layers_l_out.csv", import.meta.url), "utf8")
      .trim()
      .split("\n")
      .slice(1);
    expect(rows.map((row) => `${row[0]},${row.at(-3)}`)).toEqual(expected);
    expect(rows.every((row) => BigInt(row.at(-1) as string) > 0n)).toBe(true);
    const [hifigan] = rows;
    expect(hifigan?.slice(-3)).toEqual(["256", "602931200", "66060288"]);
  });

  const specs = readdirSync(examples).filter((file) => file.endsWith(".yaml"));
  it.each(specs)("can be planned and verified: %s", async (spec) => {
    expect((await said(["plan", `${examples}/${spec}`])).exitCode).toBe(0);
    const { exitCode, stdout } = await said(["verify", `${examples}/${spec}`, "--sample", "20000"]);
    expect(exitCode).toBe(0);
    expect(stdout).toMatch(/^closed form and simulation agree on all [1-9][\d,]* layers/);
  });
});
