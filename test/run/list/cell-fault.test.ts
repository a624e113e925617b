/** Counts that a file of columns cannot have: the line of the first one is named. */
import { fc, test } from "@fast-check/vitest";
import { describe, expect } from "vitest";
import { countListRows, type ListOptions } from "../../../src/run/list/list.ts";
import { thrownBy } from "../../support/thrown.ts";

const HEADER = "name,in_channels,out_channels,kernel_size,l_in,padding\n";
/** A record, and the lines that it takes. */
const RECORDS = {
  good: ["a,1,1,3,9,0\n", 1],
  windows: ["a,1,1,3,9,0\r\n", 1],
  quoted: ['"a ""b"",\n\nc",1,1,3,9,0\n', 3],
  blank: ["\n", 1],
  rejected: ["a,1,1,3,1,9\n", 1],
  huge: ["a,2147483647,2147483647,3,1,0\n", 1],
} as const;

const records = fc.array(
  fc.constantFrom(...(Object.keys(RECORDS) as (keyof typeof RECORDS)[]), "good", "blank"),
  { maxLength: 40 },
);

async function* bytesOf(names: readonly (keyof typeof RECORDS)[]) {
  yield Buffer.from(HEADER + names.map((name) => RECORDS[name][0]).join(""));
}

/** The rows that are yielded before the list ends. */
async function rowsOf(names: readonly (keyof typeof RECORDS)[], options: ListOptions) {
  let rows = 0;
  const error = await thrownBy(async () => {
    for await (const { columns } of countListRows(bytesOf(names), "list.csv", options))
      for (const batch of columns?.batches ?? []) rows += batch.rows;
  });
  return { rows, error };
}

describe("a count above 2^63 - 1", () => {
  test.prop([records], { numRuns: 200 })(
    "stops a list in Parquet at its line, after the rows before it",
    async (names) => {
      const options = { format: "parquet", columns: ["macs"], skipInvalid: true } as const;
      const { rows, error } = await rowsOf(names, options);
      const at = names.indexOf("huge");
      const before = at < 0 ? names : names.slice(0, at);
      expect(rows).toBe(before.filter((name) => !["blank", "rejected"].includes(name)).length);
      const line = 2 + before.reduce((sum, name) => sum + RECORDS[name][1], 0);
      const message = expect.stringMatching(`^list\\.csv:${line}: macs is 138350580`);
      expect(error?.message).toEqual(at < 0 ? undefined : message);
    },
  );

  test.prop([records], { numRuns: 100 })(
    "is one error row of a list with error rows",
    async (names) => {
      const options = { format: "parquet", columns: ["macs"], hasErrorColumn: true } as const;
      const { rows, error } = await rowsOf(names, options);
      expect(error).toBeUndefined();
      expect(rows).toBe(names.filter((name) => name !== "blank").length);
    },
  );
});
