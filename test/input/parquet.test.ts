/** Parquet lists that DuckDB wrote, as the rest of the program reads them. */
import * as zlib from "node:zlib";
import { fc, test } from "@fast-check/vitest";
import type { FileMetaData, LogicalType, SchemaElement } from "hyparquet";
import { beforeAll, describe, expect, it } from "vitest";
import { UpsweepError } from "../../src/errors.ts";
import { CsvWriter } from "../../src/input/csv-writer.ts";
import { type ParquetColumn, parquetColumnsOf } from "../../src/input/parquet-columns.ts";
import { inMemory } from "../../src/input/random-access.ts";
import { readList } from "../support/read-list.ts";
import { parquetBytes } from "../support/tables.ts";
import { thrown } from "../support/thrown.ts";
import { runs } from "../support/tier.ts";

/** Expressions of SQL with three values, and the cells of the CSV. */
const COLUMNS: readonly (readonly [string, readonly string[]])[] = [
  ["[-128, NULL, 127]::TINYINT[]", ["-128", "", "127"]],
  ["[0, NULL, 255]::UTINYINT[]", ["0", "", "255"]],
  ["[-32768, NULL, 3]::SMALLINT[]", ["-32768", "", "3"]],
  ["[65535, NULL, 3]::USMALLINT[]", ["65535", "", "3"]],
  ["[-2147483648, NULL, 2147483647]::INTEGER[]", ["-2147483648", "", "2147483647"]],
  ["[4294967295, NULL, 0]::UINTEGER[]", ["4294967295", "", "0"]],
  [
    "[-9223372036854775808, NULL, 9007199254740993]::BIGINT[]",
    ["-9223372036854775808", "", "9007199254740993"],
  ],
  [
    "[18446744073709551615, NULL, 4294967296]::UBIGINT[]",
    ["18446744073709551615", "", "4294967296"],
  ],
  ["[0.1, NULL, 3]::FLOAT[]", ["0.1", "", "3"]],
  ["[22050.5, NULL, -4]::DOUBLE[]", ["22050.5", "", "-4"]],
  ["[true, NULL, false]", ["true", "", "false"]],
  ["[2.5, NULL, -3.0]::DECIMAL(4, 1)[]", ["2.5", "", "-3"]],
  ["[44100, NULL, 0.125]::DECIMAL(18, 3)[]", ["44100", "", "0.125"]],
  [
    "[1234567890123456789.0000000001, NULL, -0.5]::DECIMAL(38, 10)[]",
    ["1234567890123456789.0000000001", "", "-0.5"],
  ],
  ["['größer 卷积', NULL, 'a \"b\",' || chr(10) || 'c']", ["größer 卷积", "", '"a ""b"",\nc"']],
  ["['b', NULL, 'a']::ENUM('a', 'b')[]", ["b", "", "a"]],
  ["['{\"k\": 1}', NULL, '2']::JSON[]", ['"{""k"": 1}"', "", "2"]],
];

const selected = COLUMNS.map(([values], i) => `unnest(${values}) AS c${i}`).join(", ");
const QUERY = `SELECT ${selected}`;
const CSV = [
  COLUMNS.map((_, i) => `c${i}`),
  ...[0, 1, 2].map((row) => COLUMNS.map(([, cells]) => cells[row])),
]
  .map((record) => `${record.join(",")}\n`)
  .join("");

async function refusal(bytes: Uint8Array): Promise<string> {
  try {
    await readList(bytes, { name: "layers.parquet" });
    return "none";
  } catch (error) {
    if (!(error instanceof UpsweepError)) throw error;
    expect(error.isInputError).toBe(true);
    return error.message;
  }
}

describe("a Parquet list", () => {
  it.each(["uncompressed", "snappy", "gzip", "brotli"])(
    "has the cells of every type, compressed with %s",
    async (codec) => {
      const bytes = await parquetBytes(QUERY, `, COMPRESSION ${codec}`);
      const { csv, lines } = await readList(bytes);
      expect(csv).toBe(CSV);
      // The header, the three rows, and the second line of the last one.
      expect([1, 2, 3, 4].map((line) => lines[line - 1])).toEqual([0, 1, 2, 3]);
    },
  );

  it("may have the encodings of version 2", async () => {
    const query = `SELECT i AS a, (i * 7919) % 1000003 AS b, 'name ' || i AS c,
      i / 8 AS d, CASE WHEN i % 3 = 0 THEN NULL ELSE i END AS e FROM range(5000) r(i)`;
    const [one, two] = await Promise.all(
      ["V1", "V2"].map((version) => parquetBytes(query, `, PARQUET_VERSION ${version}`)),
    );
    const expected = Array.from({ length: 5000 }, (_, i) =>
      [i, (i * 7919) % 1000003, `name ${i}`, i / 8, i % 3 === 0 ? "" : i].join(","),
    );
    for (const bytes of [one, two])
      expect((await readList(bytes as Uint8Array)).csv).toBe(`a,b,c,d,e\n${expected.join("\n")}\n`);
  });

  it("may have many row groups, or none", async () => {
    const range = (rows: number) => `SELECT i AS a, 'x' || i AS b FROM range(${rows}) r(i)`;
    const rows = Array.from({ length: 10_000 }, (_, i) => `${i},x${i}\n`).join("");
    const many = await parquetBytes(range(10_000), ", ROW_GROUP_SIZE 2048");
    expect((await readList(many)).csv).toBe(`a,b\n${rows}`);
    expect((await readList(await parquetBytes(range(0)))).csv).toBe("a,b\n");
  });

  it("may have long texts", async () => {
    const long = "x".repeat(1000);
    const query = `SELECT '${long}' || i AS a, i / 4 AS b FROM range(3) r(i)`;
    const rows = [0, 1, 2].map((i) => `${long}${i},${i / 4}\n`).join("");
    expect((await readList(await parquetBytes(query))).csv).toBe(`a,b\n${rows}`);
  });

  it("may be compressed again with gzip, and come from a pipe", async () => {
    const bytes = await parquetBytes(QUERY);
    for (const pieceBytes of [100, 1 << 20]) {
      expect((await readList(zlib.gzipSync(bytes), { pieceBytes })).csv).toBe(CSV);
      expect((await readList(bytes, { pieceBytes, isFile: false })).csv).toBe(CSV);
    }
  });

  it.each([
    [
      "[3, 5]",
      "layers.parquet: the column 'a' is nested. Write a column for each value in it, such as " +
        "kernel_size.h and kernel_size.w, or remove it.",
    ],
    ["{'h': 3}", "layers.parquet: the column 'a' is nested. "],
    ["MAP {'h': 3}", "layers.parquet: the column 'a' is nested. "],
    [
      "DATE '2026-01-01'",
      "layers.parquet: the column 'a' has the type DATE, which upsweep cannot read. " +
        "Convert it to numbers, text or booleans, or remove it.",
    ],
    ["TIMESTAMP '2026-01-01 00:00:00'", "the type TIMESTAMP, "],
    ["TIME '00:00:00'", "the type TIME, "],
    ["INTERVAL 1 DAY", "the type INTERVAL, "],
    ["'ab'::BLOB", "the type BYTE_ARRAY, "],
    ["uuid()", "the type UUID, "],
  ])("with %s is refused", async (value, message) => {
    expect(await refusal(await parquetBytes(`SELECT 1 AS l_in, ${value} AS a`))).toContain(message);
  });

  it.each(
    // Node 20 has no decompressor for zstd.
    "zstdDecompressSync" in zlib ? ["lz4_raw"] : ["lz4_raw", "zstd"],
  )("compressed with %s is refused, with what to do", async (codec) => {
    expect(await refusal(await parquetBytes(QUERY, `, COMPRESSION ${codec}`))).toBe(
      `layers.parquet is a Parquet file compressed with ${codec.toUpperCase()}, which upsweep ` +
        'cannot read. Write it with Snappy, in pandas and polars with compression="snappy".',
    );
  });
});

describe("a column of Parquet", () => {
  /** What a column writes for values. Missing values are not stored. */
  const written = (element: Partial<SchemaElement>, values: readonly unknown[]): string => {
    const schema = [{ name: "root" }, { name: "a", ...element }] as SchemaElement[];
    const columns = parquetColumnsOf({ schema } as FileMetaData, "layers.parquet");
    const { set, writeCell } = (columns as [ParquetColumn])[0].store(values.length);
    for (const [row, value] of values.entries()) if (value !== null) set(row, value);
    const csv = new CsvWriter();
    for (const row of values.keys()) {
      writeCell(csv, row);
      csv.endRecord();
    }
    return Buffer.from(csv.take()).toString();
  };

  it.each<[Partial<SchemaElement>, readonly unknown[], string]>([
    [{ type: "INT32", converted_type: "INT_8" }, [-1], "-1\n"],
    [{ type: "INT32", converted_type: "UINT_8" }, [255], "255\n"],
    [{ type: "INT32", converted_type: "UINT_32" }, [-1, null], "4294967295\n\n"],
    [{ type: "INT64", converted_type: "UINT_64" }, [-1n], "18446744073709551615\n"],
    [{ type: "INT64", converted_type: "INT_64" }, [-1n, null], "-1\n\n"],
    [{ type: "INT64", converted_type: "DECIMAL", scale: 1 }, [25n], "2.5\n"],
    [{ type: "BYTE_ARRAY", converted_type: "DECIMAL" }, [Uint8Array.of(0xff, 0x00)], "-256\n"],
    [{ type: "BYTE_ARRAY", converted_type: "UTF8" }, [Uint8Array.of(0x68, 0x69), null], "hi\n\n"],
    [{ type: "INT32", logical_type: { type: "NULL" } }, [null, null], "\n\n"],
  ])("may have only the older annotation, or no values: %o", (element, values, csv) => {
    expect(written(element, values)).toBe(csv);
  });

  it.each<[Partial<SchemaElement>, string]>([
    [{ type: "INT32", converted_type: "DATE" }, "DATE"],
    [{ type: "INT64", converted_type: "TIMESTAMP_MICROS" }, "TIMESTAMP_MICROS"],
    [{ type: "INT96" }, "INT96"],
    [{ type: "BYTE_ARRAY" }, "BYTE_ARRAY"],
    [{ type: "FIXED_LEN_BYTE_ARRAY", logical_type: { type: "FLOAT16" } }, "FLOAT16"],
    [{ type: "INT32", logical_type: {} as LogicalType }, "unknown"],
  ])("is refused with its type: %o", (element, name) => {
    expect(thrown(() => written(element, []))?.message).toBe(
      `layers.parquet: the column 'a' has the type ${name}, which upsweep cannot read. ` +
        "Convert it to numbers, text or booleans, or remove it.",
    );
  });

  it("cannot have a decimal of more than 1024 bytes", () => {
    const element = { type: "BYTE_ARRAY", converted_type: "DECIMAL" } as const;
    expect(written(element, [new Uint8Array(1024)])).toBe("0\n");
    expect(() => written(element, [new Uint8Array(1025)])).toThrow(TypeError);
  });

  it.each([-1, 77, Number.NaN])("cannot be a decimal of scale %d", (scale) => {
    expect(() => written({ type: "INT32", converted_type: "DECIMAL", scale }, [])).toThrow(
      new Error("the scale of a decimal is impossible"),
    );
  });

  it.each<[Partial<SchemaElement>]>([
    [{ type: "BOOLEAN" }],
    [{ type: "DOUBLE" }],
    [{ type: "INT64" }],
    [{ type: "BYTE_ARRAY", converted_type: "UTF8" }],
  ])("does not store values of another type, as damage causes: %o", (element) => {
    expect(() => written(element, [Symbol("other")])).toThrow(TypeError);
  });
});

describe("a damaged Parquet list", () => {
  let bytes: Uint8Array;
  beforeAll(async () => {
    bytes = await parquetBytes(QUERY);
  });

  it("is refused if it is cut at any byte", async () => {
    for (let length = 8; length < bytes.length; length++) {
      const message = await refusal(bytes.slice(0, length));
      expect([length, message]).toEqual([
        length,
        expect.stringMatching(
          /^layers\.parquet is a damaged or incomplete Parquet file: it (is too short|does not end with PAR1)\. Write it again\.$/,
        ),
      ]);
    }
  });

  it("is refused if its footer says that it has more than the file", async () => {
    const changed = bytes.slice().fill(0x7f, -6, -4);
    expect(await refusal(changed)).toMatch(/: its footer has \d+ bytes, but the file has only \d+/);
    const empty = bytes.slice().fill(0, -8, -4);
    expect(await refusal(empty)).toContain("its footer is malformed: it ends in the middle");
  });

  test.prop([fc.array(fc.tuple(fc.nat(100_000), fc.nat(255)), { minLength: 1, maxLength: 5 })], {
    numRuns: runs(2000),
  })("never causes another error than one about its form", async (changes) => {
    const changed = bytes.slice();
    // The first bytes decide whether it is a Parquet file at all.
    for (const [at, value] of changes) changed[4 + (at % (changed.length - 4))] = value;
    await refusal(changed);
  });
});

it("reads a list from its end only up to a length, if it is not a file", async () => {
  const pieces = async function* () {
    yield new Uint8Array(60);
    yield new Uint8Array(41);
  };
  expect((await inMemory(pieces(), "standard input", 101)).byteLength).toBe(101);
  await expect(inMemory(pieces(), "standard input", 100)).rejects.toThrow(
    "standard input is a Parquet or Arrow file of more than 100 bytes, which must be read from its " +
      "end. Give the path of the file, uncompressed. An Arrow stream may come from a pipe.",
  );
});
