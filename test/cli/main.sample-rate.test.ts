/** Sample rates that are fractions, in every command and in the library. */
import { readFileSync, writeFileSync } from "node:fs";
import { describe, expect, it } from "vitest";
import { count, sweep } from "../../src/index.ts";
import { planSweep } from "../../src/plan/plan.ts";
import { identityOf } from "../../src/run/resume/identity.ts";
import { specFrom } from "../../src/spec/read.ts";
import { inTemporaryFolder, said } from "../support/cli.ts";
import { printed, words } from "../support/text.ts";

inTemporaryFolder();

/** The first stage of HiFi-GAN: 131,072 · 504 / 256 = 258,048 MACs for each output element. */
const LAYER = {
  in_channels: 512,
  out_channels: 256,
  kernel_size: 16,
  stride: 8,
  padding: 4,
  l_in: 32,
};
const FLAGS = Object.entries(LAYER).flatMap(([name, value]) => [
  `--${name.replaceAll("_", "-")}`,
  String(value),
]);
const RATES = ["22050/32", "689.0625", "11025/16", "6.890625e2"];

describe("a sample rate that is a fraction", () => {
  it.each(RATES)("is accepted by count as %s", async (rate) => {
    await said([
      "count",
      ...FLAGS,
      "--sample-rate",
      rate,
      "--columns",
      "macs_per_second",
      "-o",
      "count.txt",
      "--force",
    ]);
    expect(readFileSync("count.txt", "utf8")).toMatch(
      / macs_per_second {2}177811200 {2}filters \* taps \* sample_rate \/ l_out = 131072 \* 504 \* 689\.0625 \/ 256$/m,
    );
    await said(["count", ...FLAGS, "--sample-rate", rate, "--json", "-o", "count.json", "--force"]);
    expect(JSON.parse(readFileSync("count.json", "utf8")).macs_per_second).toBe(177_811_200);
  });

  it.each(RATES)("is accepted by sweep, plan and verify as %s", async (rate) => {
    await said([
      "sweep",
      ...FLAGS,
      "--sample-rate",
      rate,
      "--columns",
      "sample_rate,macs_per_second",
      "-o",
      "out.csv",
      "--force",
    ]);
    expect(readFileSync("out.csv", "utf8")).toMatch(/,true,689\.0625,177811200\n$/);
    expect((await said(["plan", ...FLAGS, "--sample-rate", rate])).stdout).toContain(
      "sample_rate 689.0625,",
    );
    expect((await said(["verify", ...FLAGS, "--sample-rate", rate])).exitCode).toBe(0);
  });

  it("is accepted for a list, as an option and as a column", async () => {
    const names = Object.keys(LAYER).join(",");
    const values = Object.values(LAYER).join(",");
    writeFileSync("flag.csv", `${names}\n${values}\n`);
    await said(words`
      count --from flag.csv --sample-rate 22050/32 --columns macs_per_second -o a.csv
    `);
    expect(readFileSync("a.csv", "utf8")).toBe(`${names},macs_per_second\n${values},177811200\n`);
    writeFileSync(
      "column.csv",
      `${names},sample_rate\n${values},22050/32\n${values},689.0625\n${values},22050.0\n${values},"11025/16"\n`,
    );
    await said(words`count --from column.csv --columns macs_per_second -o b.csv`);
    const cells = readFileSync("b.csv", "utf8")
      .trimEnd()
      .split("\n")
      .map((row) => row.split(",").at(-1));
    expect(cells).toEqual(["macs_per_second", "177811200", "177811200", "5689958400", "177811200"]);
  });

  it("is accepted in JSON lists, and when earlier results are verified", async () => {
    const layer = { ...LAYER, sample_rate: 689.0625 };
    writeFileSync(
      "list.jsonl",
      [layer, { ...layer, sample_rate: "22050/32" }, { ...layer, sample_rate: 22_050 }]
        .map((one) => `${JSON.stringify(one)}\n`)
        .join(""),
    );
    await said(words`count --from list.jsonl --columns macs_per_second -o json.csv`);
    const rows = readFileSync("json.csv", "utf8").trimEnd().split("\n");
    expect(rows.slice(1).map((row) => row.split(",").at(-1))).toEqual([
      "177811200",
      "177811200",
      "5689958400",
    ]);
    expect((await said(words`count --from json.csv --verify-results -o same.csv`)).exitCode).toBe(
      0,
    );
    writeFileSync(
      "other.csv",
      readFileSync("json.csv", "utf8").replace(/177811200\n/, "177811201\n"),
    );
    expect(
      (await said(words`count --from other.csv --verify-results -o differs.csv`)).stderr,
    ).toMatch(
      /^upsweep: other\.csv:2: macs_per_second is 177811201 in the list, but the count is 177811200\. /,
    );
  });

  it("is named in the error of a condition that is undefined for it", async () => {
    const command = [
      "sweep",
      ...FLAGS,
      "--sample-rate",
      "22050/32",
      "--where",
      "gcd(sample_rate, 2) == 1",
      "--columns",
      "macs_per_second",
      "-o",
      "none.csv",
    ];
    expect((await said(command)).stderr).toContain(
      "'gcd(sample_rate, 2)' needs whole numbers where sample_rate is 689.0625. ",
    );
  });

  it("is accepted by a spec, as a number and as a fraction", async () => {
    const axes = Object.entries(LAYER).map(([name, value]) => `  ${name}: ${value}\n`);
    writeFileSync(
      "grid.yaml",
      printed`
        variables:
        |  sample_rate: [22050/32, "22050 / 64", 689.125]
        |axes:
        |${axes.join("")}columns: [sample_rate, macs_per_second]
      `,
    );
    await said(["sweep", "grid.yaml", "-o", "grid.csv"]);
    const rows = readFileSync("grid.csv", "utf8").trimEnd().split("\n").slice(1);
    expect(rows.map((row) => row.split(",").slice(-2).join())).toEqual([
      "689.0625,177811200",
      "344.53125,88905600",
      "689.125,177827328",
    ]);
    expect((await said(["plan", "grid.yaml"])).stdout).toContain(
      "for sample_rate in [689.0625, 344.53125, 689.125]: (3 values)",
    );
  });

  it("is accepted by the library", async () => {
    for (const sample_rate of [689.0625, "22050/32"])
      expect(
        count({ ...LAYER, sample_rate }, { columns: ["macs_per_second"] }).macs_per_second,
      ).toBe(177_811_200);
    const grid = {
      variables: { sample_rate: [689.0625, 8000] },
      axes: LAYER,
      columns: ["sample_rate"],
    } as const;
    const rates: unknown[] = [];
    for await (const batch of sweep(grid, { workers: 1 }))
      for (const row of batch) rates.push((row as unknown as { sample_rate: number }).sample_rate);
    expect(rates).toEqual([689.0625, 8000]);
  });

  it("distinguishes sweeps that differ in nothing else", () => {
    const identity = (sample_rate: number) =>
      identityOf(
        planSweep(
          specFrom({ variables: { sample_rate }, axes: LAYER, columns: ["macs_per_second"] }),
        ),
      );
    expect(identity(689.0625)["axis sample_rate"]).toBe("689.0625");
    expect(identity(11_025)["axis sample_rate"]).toBe("11025");
  });
});

describe("a sample rate", () => {
  const remedy =
    "Write a number above 0 and up to 2147483647, for example 22050, 689.0625 or 22050/32.";

  it.each<[unknown, string]>([
    [0, `layer.sample_rate: sample_rate cannot be 0. ${remedy}`],
    [-0.5, `layer.sample_rate: sample_rate cannot be -0.5. ${remedy}`],
    [Number.NaN, `layer.sample_rate: sample_rate cannot be NaN. ${remedy}`],
    ["22050/0", `layer.sample_rate: sample_rate cannot be '22050/0'. ${remedy}`],
    [true, `layer.sample_rate: sample_rate cannot be true. ${remedy}`],
    [[3], `layer.sample_rate: sample_rate cannot be [3]. ${remedy}`],
  ])("cannot be %j in the library", (sample_rate, message) => {
    expect(() => count({ ...LAYER, sample_rate } as never)).toThrow(message);
  });

  it.each(["1e3", "4 / 5", "-1", "x"])("cannot be '%s' in a list", async (rate) => {
    writeFileSync(
      "bad.csv",
      `in_channels,out_channels,l_in,kernel_size,sample_rate\n1,1,2,3,${rate}\n`,
    );
    const { stderr, exitCode } = await said(words`
      count --from bad.csv --columns macs_per_second -o none.csv
    `);
    const quote = rate === "-1" ? rate : `'${rate}'`;
    expect([exitCode, stderr]).toEqual([
      2,
      `upsweep: bad.csv:2: sample_rate cannot be ${quote}. ${remedy}\n`,
    ]);
  });
});
