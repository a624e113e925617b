/** Descriptions of row groups, and the mistakes of a writer that they refuse. */
import { describe, expect, it } from "vitest";
import { rowGroupEntry } from "../../../src/formats/parquet/row-group-entry.ts";
import type { Column } from "../../../src/formats/parquet/schema.ts";
import { PLAIN, type Row, rowGroupOf } from "../../support/parquet.ts";

const COLUMNS: readonly Column[] = [
  { name: "l_in", type: "INT32", isOptional: false },
  { name: "ops", type: "UINT_64", isOptional: true },
];
const ROWS: readonly Row[] = [
  [1, 2n ** 64n - 1n],
  [2, null],
];

describe("a row group", () => {
  const { chunks } = rowGroupOf(COLUMNS, ROWS, PLAIN).entry;
  const pages = chunks.map(({ statistics, ...chunk }) => ({ ...chunk, nullCount: 0 }));
  const [first, second] = pages as [(typeof pages)[number], (typeof pages)[number]];

  it("has the pages and the statistics that it is given", () => {
    const range = { min: 1n, max: 2n };
    const entry = rowGroupEntry(COLUMNS, 2, [first, { ...second, nullCount: 1, range }]);
    expect(entry.chunks[1]?.compressedBytes).toBe(second.compressedBytes);
    expect(entry.chunks[1]?.statistics).toMatchObject({ nullCount: 1, isMaxValueExact: true });
  });

  it.each([
    ["no rows", 0, [first, second], "it has 0 rows"],
    ["fewer chunks than columns", 2, [first], "1 chunks for 2 columns"],
    ["more chunks than columns", 2, [first, second, second], "3 chunks for 2 columns"],
    [
      "a null in a required column",
      2,
      [{ ...first, nullCount: 1 }, second],
      "column 'l_in': its statistics are impossible",
    ],
    [
      "more nulls than rows",
      2,
      [first, { ...second, nullCount: 3 }],
      "column 'ops': its statistics are impossible",
    ],
    [
      "no pages",
      2,
      [{ ...first, dataPages: 0 }, second],
      "column 'l_in': its encodings are not those of PLAIN pages",
    ],
    [
      "bounds in signed order",
      2,
      [first, { ...second, range: { min: 2n ** 63n, max: 1n } }],
      "column 'ops': 9223372036854775808 to 1 is not a range",
    ],
    [
      "half a byte",
      2,
      [{ ...first, compressedBytes: 0.5 }, second],
      "column 'l_in': it has 0.5 bytes (UNCOMPRESSED), but 25 without codec",
    ],
  ])("cannot have %s", (_, rows, given, message) => {
    expect(() => rowGroupEntry(COLUMNS, rows, given)).toThrow(new RangeError(message));
  });
});
