/** The totals of lists in which `--errors row` answers bad rows with a message. */
import { readFileSync, writeFileSync } from "node:fs";
import { fc, test } from "@fast-check/vitest";
import { expect, it } from "vitest";
import { inTemporaryFolder, said } from "../support/cli.ts";
import { words } from "../support/text.ts";
import "../support/repeatable.ts";

inTemporaryFolder();

const HEADER = "batch_size,in_channels,out_channels,kernel_size,l_in";
const HUGE = 2 ** 31 - 1;

/** Rows that have results, rows with a result beyond 64 bits, and rows that cannot be read. */
const good = fc
  .tuple(...[0, 1, 1, 1, 1].map((min) => fc.integer({ min, max: 9 })))
  .map((values) => values.join(","));
const vast = fc.constantFrom(
  // All results overflow, or only the last of them, after params was added to its total.
  `1,${HUGE},${HUGE},${HUGE},10`,
  `${HUGE},${HUGE},5,3,${HUGE}`,
  `0,${HUGE},${HUGE},9,1`,
);
const bad = fc.constantFrom("1,x,2,3,4", "1,2,3", "1,0,2,3,4");
const lists = fc.array(fc.oneof({ arbitrary: good, weight: 4 }, vast, bad), {
  minLength: 1,
  maxLength: 40,
});

/** Counts a list, and compares its totals with the sums of the cells of its rows. */
async function expectTotalsOfRows(args: readonly string[], records: number): Promise<number> {
  const { exitCode, stderr } = await said([
    ...words`count --from list.csv --errors row --columns params,macs`,
    ...words`--total-to totals.json -o rows.csv --force`,
    ...args,
  ]);
  expect([exitCode, stderr]).toEqual([0, expect.anything()]);
  const cells = readFileSync("rows.csv", "utf8")
    .trimEnd()
    .split("\n")
    .slice(1)
    .filter((row) => row.endsWith(","))
    .map((row) => row.split(",").slice(5, 7));
  const sumOf = (column: number) =>
    cells.reduce((sum, row) => sum + BigInt(row[column] as string), 0n);
  const totals = readFileSync("totals.json", "utf8");
  const value = (name: string) =>
    BigInt((new RegExp(`"${name}": (\\d+)`).exec(totals) ?? [])[1] ?? 0);
  expect([value("layers"), value("params"), value("macs")]).toEqual([
    BigInt(cells.length),
    sumOf(0),
    sumOf(1),
  ]);
  const written =
    /(\d+) rows? written, 0 rejected(?:\n(\d+) more rows? written with an error)?/.exec(stderr);
  expect([Number(written?.[1]), Number(written?.[2] ?? 0)]).toEqual([
    cells.length,
    records - cells.length,
  ]);
  return cells.length;
}

test.prop([lists], { numRuns: 40 })(
  "are the sums of the rows with results, whatever rows are between them",
  async (rows) => {
    writeFileSync("list.csv", `${HEADER}\n${rows.join("\n")}\n`);
    await expectTotalsOfRows([], rows.length);
  },
);

it("leave out a row whose results differ, but not the rows before it", async () => {
  writeFileSync(
    "list.csv",
    `${HEADER},params,macs\n${[
      "1,4,8,3,10,104,960",
      "1,3,3,3,3,30,81",
      "1,2,2,2,2,10,17",
      "1,5,5,5,5,130,625",
      "1,5,5,5,5,131,625",
    ].join("\n")}\n`,
  );
  expect(await expectTotalsOfRows(["--verify-results"], 5)).toBe(3);
  expect(readFileSync("totals.json", "utf8")).toContain('"macs": 1666');
});
