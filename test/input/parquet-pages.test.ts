/** Parquet lists with impossible numbers in the headers of pages and in the footer. */
import { getHeapStatistics } from "node:v8";
import { describe, expect, it } from "vitest";
import { texts } from "../../src/input/cell-stores.ts";
import { CsvWriter } from "../../src/input/csv-writer.ts";
import { CheckedPages } from "../../src/input/parquet-pages.ts";
import {
  bytesOf,
  type ColumnBytes,
  damaged,
  dataPage,
  dataPageV2,
  dictionaryPage,
  ENCODING,
  int32,
  ones,
  parquetOf,
  parquetWith,
  refusal,
  varint,
} from "../support/parquet-bytes.ts";
import { thrown } from "../support/thrown.ts";

const { plain, rleDictionary } = ENCODING;

describe("a Parquet list is refused", () => {
  it.each<[string, ColumnBytes, string]>([
    [
      "with a dictionary of two billion values, of which it has one",
      {
        rows: 1,
        pages: [
          dictionaryPage(2 ** 31 - 1, bytesOf(int32(7))),
          dataPage(1, plain, bytesOf(int32(7))),
        ],
      },
      "a page has fewer values than it says",
    ],
    [
      "with a dictionary after values",
      {
        rows: 2,
        pages: [
          dataPage(1, plain, bytesOf(int32(7))),
          dictionaryPage(1, bytesOf(int32(7))),
          dataPage(1, plain, bytesOf(int32(7))),
        ],
      },
      "a dictionary is not the first page of its column",
    ],
    [
      "with a page of more values than rows",
      { rows: 2, pages: [dataPage(2 ** 31 - 1, plain, bytesOf(int32(7), int32(8)))] },
      "a page has more values than its row group",
    ],
    [
      "with pages of fewer values than rows",
      { rows: 3, pages: [dataPage(2, plain, bytesOf(int32(7), int32(8)))] },
      "rows are missing",
    ],
    [
      "with a negative number of values",
      { rows: 1, pages: [dataPage(-1, plain, bytesOf(int32(7)))] },
      "the header of a page is malformed: it has a negative number",
    ],
    [
      "with a page that continues after its column",
      { rows: 1, pages: [dataPage(1, plain, bytesOf(int32(7)), { compressedBytes: 5 })] },
      "a page is outside of its column",
    ],
    [
      "with a page of another size than it says",
      { rows: 1, pages: [dataPage(1, plain, bytesOf(int32(7)), { uncompressedBytes: 5 })] },
      "a page has another size than it says",
    ],
    [
      "with a page without levels",
      { isOptional: true, rows: 1, pages: [dataPage(1, plain, bytesOf(1))] },
      "a page has no definition levels",
    ],
    [
      "with other missing values than a page of version 2 says",
      {
        isOptional: true,
        rows: 2,
        pages: [dataPageV2(2, 1, plain, bytesOf(ones(2)), bytesOf(int32(7)))],
      },
      "a page has another number of missing values than it says",
    ],
    [
      "with repetition levels in a column that is not nested",
      { rows: 1, pages: [dataPageV2(1, 0, plain, bytesOf(), bytesOf(int32(7)), 1)] },
      "the levels of a page have an impossible size",
    ],
    [
      "with a Snappy literal of negative length, which looped forever",
      {
        codec: "SNAPPY",
        rows: 1,
        // 4 bytes, and a literal with a length of 4 bytes: -5 for readers of 32 bits.
        pages: [dataPage(1, plain, bytesOf(4, 0xfc, int32(-6), 0), { uncompressedBytes: 4 })],
      },
      "its Snappy data are malformed",
    ],
    [
      "with a Snappy page of two gigabytes, of which it has nothing",
      {
        codec: "SNAPPY",
        rows: 1,
        pages: [
          dataPage(1, plain, bytesOf(varint(2 ** 31 - 1)), { uncompressedBytes: 2 ** 31 - 1 }),
        ],
      },
      "its Snappy data are malformed",
    ],
    [
      "with a type that its schema does not have",
      {
        rows: 1,
        pages: [dataPage(1, plain, bytesOf(int32(7)))],
        change: (metadata) => ({
          ...metadata,
          schema: [
            { name: "root", numChildren: 1 },
            { name: "a", type: "INT64" },
          ],
        }),
      },
      "a column has another type than its schema",
    ],
    [
      "with a column that its row groups do not have",
      {
        rows: 1,
        pages: [dataPage(1, plain, bytesOf(int32(7)))],
        change: (metadata) => ({
          ...metadata,
          schema: [
            { name: "root", numChildren: 1 },
            { name: "b", type: "INT32" },
          ],
        }),
      },
      "a column is missing",
    ],
    [
      "with a column of two that its root does not have",
      {
        rows: 1,
        pages: [dataPage(1, plain, bytesOf(int32(7)))],
        change: (metadata) => ({
          ...metadata,
          schema: [...metadata.schema, { name: "b", type: "INT32" }],
        }),
      },
      "its schema is malformed",
    ],
    [
      "with other rows than its row groups",
      {
        rows: 1,
        pages: [dataPage(1, plain, bytesOf(int32(7)))],
        change: (metadata) => ({ ...metadata, numRows: 2 }),
      },
      "it says 2 rows, but its row groups have 1",
    ],
    [
      "with a negative number of rows",
      { rows: -1, pages: [dataPage(1, plain, bytesOf(int32(7)))] },
      "a number of rows is impossible",
    ],
    [
      "with the same column in a thousand row groups",
      {
        rows: 100,
        pages: [dataPage(100, plain, bytesOf(new Uint8Array(400)))],
        change: (metadata) => ({
          ...metadata,
          numRows: 100_000,
          rowGroups: Array.from({ length: 1000 }, () => metadata.rowGroups[0] as never),
        }),
      },
      "its columns have more bytes than the file",
    ],
  ])("%s", async (_, column, what) => {
    expect(await refusal(parquetOf(column))).toBe(damaged(what));
  });

  it("with a list of two billion elements in its footer", async () => {
    // Field 2 is a list of structs, of which there is the end of one.
    const footer = bytesOf(0x29, 0xfc, varint(2 ** 31 - 1), 0, 0);
    expect(await refusal(parquetWith(bytesOf(), footer))).toMatch(
      /Parquet file: its footer is malformed: it ends in the middle of a value, at byte \d+\. /,
    );
  });

  it("with an integer of a million bytes in its footer, which took minutes", async () => {
    // Field 3 is an i64.
    expect(
      await refusal(
        parquetWith(bytesOf(), bytesOf(0x36, new Uint8Array(1_000_000).fill(0xff), 0, 0)),
      ),
    ).toBe(damaged("its footer is malformed: an integer has more than 64 bits, before byte 11"));
  });

  it("with metadata that do not fit into the heap", async () => {
    // Field 2 is a list of structs without fields, of one byte each. Decoded, each is an object.
    const count = Math.ceil(getHeapStatistics().heap_size_limit / 256);
    const footer = bytesOf(0x29, 0xfc, varint(count), new Uint8Array(count), 0);
    expect(await refusal(parquetWith(bytesOf(), footer))).toBe(
      `layers.parquet is a Parquet file with ${footer.length + 8} bytes of metadata, which upsweep ` +
        "cannot read. Write it with fewer columns, or with larger row groups.",
    );
  });

  it("with a row group of more rows than an array can have", async () => {
    const pages = [dataPage(1, plain, bytesOf(int32(7)))];
    expect(await refusal(parquetOf({ rows: 2 ** 26 + 1, pages }))).toBe(
      "layers.parquet is a Parquet file with 67108865 rows in a row group, which do not fit into " +
        "memory. Write it with smaller row groups, in pandas with row_group_size=100000.",
    );
  });

  it.each<[string, boolean, number, number]>([
    ["BYTE_ARRAY", false, plain, 186],
    ["BYTE_ARRAY", false, rleDictionary, 56],
    ["INT64", true, plain, 56],
    ["INT64", false, plain, 0],
  ])("with %s (optional: %s, encoding %d) if the heap is too small", (...given) => {
    const [type, isOptional, encoding, bytesPerValue] = given;
    const check = (maxHeapBytes: number) =>
      thrown(() => {
        const column = { type, typeLength: undefined, isOptional };
        const bytes = dataPage(100, encoding, bytesOf());
        const chunk = { bytes, rows: 100, codec: "UNCOMPRESSED", column, maxHeapBytes };
        return new CheckedPages(chunk, "layers.parquet");
      })?.code;
    expect(check(100 * bytesPerValue)).toBeUndefined();
    expect(check(100 * bytesPerValue - 1)).toBe("longRowGroup");
  });
});

it("stores a long text of a dictionary once", () => {
  const long = new Uint8Array(1_000_000).fill(0x61);
  const short = Uint8Array.of(0x62);
  const rows = 200_000;
  const { set, writeCell } = texts(rows);
  // 100 GB, if they were copied.
  for (let row = 0; row < rows; row++) set(row, row % 2 === 0 ? long : short);
  const csv = new CsvWriter();
  for (const row of [0, 1, rows - 2, rows - 1]) {
    writeCell(csv, row);
    csv.endRecord();
  }
  const text = "a".repeat(long.length);
  expect(Buffer.from(csv.take()).toString()).toBe(`${text}\nb\n${text}\nb\n`);
});
