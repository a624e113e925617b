/** The row groups of lists: where they end, and that the number of workers does not matter. */
import { readFileSync } from "node:fs";
import { tableFromIPC } from "apache-arrow";
import { parquetMetadata } from "hyparquet";
import { describe, expect, it } from "vitest";
import type { FormatName } from "../../../src/formats/registry.ts";
import type { ListPlan } from "../../../src/plan/list.ts";
import { ListPacking } from "../../../src/run/columns/list-output.ts";
import { writeBatches } from "../../../src/run/files/write.ts";
import { countListRows, type ListOptions } from "../../../src/run/list/list.ts";
import { fileSink } from "../../../src/sink/file.ts";
import { inTemporaryFolder } from "../../support/cli.ts";
import { asCells, csvRecords, inArrow, inHyparquet } from "../../support/typed-rows.ts";

inTemporaryFolder();

interface Written extends ListOptions {
  readonly format: FormatName;
  readonly groupRows?: number;
}

/** Counts a list into a file. */
async function write(list: string, options: Written): Promise<Buffer> {
  const { format, groupRows, hasErrorColumn = false } = options;
  const bytes = async function* () {
    yield Buffer.from(list);
  };
  let plan: ListPlan | undefined;
  const onPlan = (planned: ListPlan) => {
    plan = planned;
  };
  const batches = countListRows(bytes(), "list.csv", { ...options, onPlan });
  const sink = await fileSink(`rows.${format}`, { mayReplace: true });
  const output = {
    location: "list.csv",
    format,
    hasErrorColumn,
    ...(groupRows !== undefined && { groupRows }),
  };
  await writeBatches(batches, new Uint8Array(0), sink, {
    ...(format !== "csv" && {
      packingOf: async (to) => new ListPacking(to, () => plan as ListPlan, output),
    }),
  });
  return readFileSync(`rows.${format}`);
}

const groupsOf = (format: FormatName, bytes: Buffer): number[] =>
  format === "parquet"
    ? parquetMetadata(Uint8Array.from(bytes).buffer).row_groups.map(({ num_rows }) =>
        Number(num_rows),
      )
    : // The reader has an empty batch for a file without batches.
      tableFromIPC(bytes)
        .batches.map(({ numRows }) => numRows)
        .filter((rows) => rows > 0);

const HEADER = "name,in_channels,out_channels,kernel_size,l_in\n";
const FORMATS = ["parquet", "arrow"] as const;

describe.each(FORMATS)("the row groups of a list in %s", (format) => {
  const R = 64;

  it.each([0, 1, R - 1, R, R + 1, 5 * R + 3])(
    "have a fixed number of rows, and the rest is in the last one: %d rows",
    async (count) => {
      const rows = Array.from({ length: count }, (_, i) => `layer ${i % 7},${i + 1},1,3,9\n`);
      const list = HEADER + rows.join("");
      const bytes = await write(list, { format, groupRows: R });
      const full = Array(Math.floor(count / R)).fill(R);
      expect(groupsOf(format, bytes)).toEqual([...full, ...(count % R > 0 ? [count % R] : [])]);
      const records = csvRecords((await write(list, { format: "csv" })).toString());
      const read = format === "parquet" ? await inHyparquet("rows.parquet") : inArrow(bytes);
      expect(asCells(read, records)).toEqual(records.slice(1));
    },
  );

  it("have the same bytes for any number of workers", async () => {
    // Several chunks, whose ends are not those of groups.
    const rows = Array.from(
      { length: 50_000 },
      (_, i) => `layer ${i} of ${i % 100},${(i % 500) + 1},${(i % 77) + 1},${(i % 9) + 1},9\n`,
    );
    const list = HEADER + rows.join("");
    expect(list.length).toBeGreaterThan(2 * 512 * 1024);
    const expected = await write(list, { format, groupRows: 1000, workers: 1 });
    expect(groupsOf(format, expected)).toEqual(Array(50).fill(1000));
    for (const workers of [2, 3])
      expect((await write(list, { format, groupRows: 1000, workers })).equals(expected)).toBe(true);
    const records = csvRecords((await write(list, { format: "csv" })).toString());
    const read = format === "parquet" ? await inHyparquet("rows.parquet") : inArrow(expected);
    expect(asCells(read, records)).toEqual(records.slice(1));
  });

  it("keep messages of errors and rows without one, in any order", async () => {
    const rows = Array.from({ length: 300 }, (_, i) =>
      i % 70 < 5 ? `bad ${i},${i},0,3,9\n` : `good ${i},1,1,3,9\n`,
    );
    const list = HEADER + rows.join("");
    const options = { format, groupRows: 50, hasErrorColumn: true };
    const bytes = await write(list, options);
    expect(groupsOf(format, bytes)).toEqual(Array(6).fill(50));
    const csv = await write(list, { ...options, format: "csv" });
    const records = csvRecords(csv.toString());
    const read = format === "parquet" ? await inHyparquet("rows.parquet") : inArrow(bytes);
    expect(asCells(read, records)).toEqual(records.slice(1));
  });

  it("end before the distinct texts of a column take more than 1 MiB", async () => {
    // Two bytes for each character, and four for the length.
    const text = (i: number) => `${"ż".repeat(500)}${String(i).padStart(4, "0")}`;
    const rows = Array.from({ length: 3000 }, (_, i) => `${text(i)},1,1,3,9\n`);
    const bytes = await write(HEADER + rows.join(""), { format });
    const fitting = Math.floor(2 ** 20 / 1008);
    const whole = Math.floor(3000 / fitting);
    expect(groupsOf(format, bytes)).toEqual([
      ...Array(whole).fill(fitting),
      3000 - whole * fitting,
    ]);
    const read = format === "parquet" ? await inHyparquet("rows.parquet") : inArrow(bytes);
    expect(read.rows.map(([name]) => name)).toEqual(rows.map((_, i) => text(i)));
  });

  it("end before the texts of their rows take more than 16 MiB", async () => {
    const long = "x".repeat(100_000);
    const rows = Array.from({ length: 400 }, (_, i) => `${i % 3 === 0 ? "" : long},1,1,3,9\n`);
    const bytes = await write(HEADER + rows.join(""), { format });
    const longRows = rows.flatMap((row, i) => (row.startsWith("x") ? [i] : []));
    const end = longRows[Math.floor(2 ** 24 / long.length)] as number;
    expect(groupsOf(format, bytes)).toEqual([end, 400 - end]);
    const read = format === "parquet" ? await inHyparquet("rows.parquet") : inArrow(bytes);
    expect(read.rows.map(([name]) => name)).toEqual(rows.map((row) => row.split(",")[0]));
  });
});
