/** The metadata of a file, read by hyparquet and by DuckDB. */
import { type DuckDBBlobValue, DuckDBListValue } from "@duckdb/node-api";
import type { FileMetaData } from "hyparquet";
import { describe, expect, it } from "vitest";
import { createdBy, footerBytes } from "../../../src/formats/parquet/footer.ts";
import { readFooter } from "../../../src/formats/parquet/read-footer.ts";
import { rowGroupEntry } from "../../../src/formats/parquet/row-group-entry.ts";
import type { Column } from "../../../src/formats/parquet/schema.ts";
import {
  DICTIONARY,
  fileOf,
  inDuckDb,
  metadataOf,
  PLAIN,
  type Row,
} from "../../support/parquet.ts";

const COLUMNS: readonly Column[] = [
  { name: "bias", type: "BOOLEAN", isOptional: false },
  { name: "stride", type: "INT32", isOptional: true },
  { name: "ops", type: "INT64", isOptional: false },
  { name: "macs", type: "UINT_64", isOptional: true },
  { name: "ratio", type: "DOUBLE", isOptional: false },
  { name: "raw", type: "BYTE_ARRAY", isOptional: true },
  { name: 'a "name", é', type: "STRING", isOptional: false },
];
const bytesOf = (...bytes: number[]) => Uint8Array.from(bytes);
const FIRST: readonly Row[] = [
  [true, -1, -5n, 2n ** 64n - 1n, -0, bytesOf(1, 255), 'say "é"'],
  [false, null, 7n, null, 1e308, bytesOf(2), "a,b"],
  [false, 300, 0n, 2n ** 63n - 1n, 0.5, null, "two\nlines"],
];
const SECOND: readonly Row[] = [[true, null, 2n ** 63n - 1n, null, 5e-324, null, ""]];

describe("the schema", () => {
  const { bytes } = fileOf(COLUMNS, [FIRST], PLAIN);

  it("has the types, annotations and repetitions that hyparquet knows", () => {
    const [root, ...leaves] = metadataOf(bytes).schema;
    expect(root).toMatchObject({ name: "schema", num_children: 7 });
    expect(root?.type ?? root?.repetition_type).toBeUndefined();
    const string = { type: "STRING" };
    const unsigned = { type: "INTEGER", bitWidth: 64, isSigned: false };
    expect(
      leaves.map((leaf) => [
        leaf.name,
        leaf.type,
        leaf.repetition_type,
        leaf.converted_type,
        leaf.logical_type,
      ]),
    ).toEqual([
      ["bias", "BOOLEAN", "REQUIRED", undefined, undefined],
      ["stride", "INT32", "OPTIONAL", undefined, undefined],
      ["ops", "INT64", "REQUIRED", undefined, undefined],
      ["macs", "INT64", "OPTIONAL", "UINT_64", unsigned],
      ["ratio", "DOUBLE", "REQUIRED", undefined, undefined],
      ["raw", "BYTE_ARRAY", "OPTIONAL", undefined, undefined],
      ['a "name", é', "BYTE_ARRAY", "REQUIRED", "UTF8", string],
    ]);
  });

  it("has the types, annotations and repetitions that DuckDB knows", async () => {
    const leaves = await inDuckDb(bytes, "SELECT * FROM parquet_schema($file) OFFSET 1");
    expect(
      leaves.map((leaf) => [
        leaf.name,
        leaf.duckdb_type,
        leaf.repetition_type,
        leaf.converted_type,
        // DuckDB writes the width of 64 bits as the character with this number.
        leaf.logical_type,
      ]),
    ).toEqual([
      ["bias", "BOOLEAN", "REQUIRED", null, null],
      ["stride", "INTEGER", "OPTIONAL", null, null],
      ["ops", "BIGINT", "REQUIRED", null, null],
      ["macs", "UBIGINT", "OPTIONAL", "UINT_64", "IntType(bitWidth=@, isSigned=0)"],
      ["ratio", "DOUBLE", "REQUIRED", null, null],
      ["raw", "BLOB", "OPTIONAL", null, null],
      ['a "name", é', "VARCHAR", "REQUIRED", "UTF8", "StringType()"],
    ]);
  });
});

describe("the statistics", () => {
  const { bytes } = fileOf(COLUMNS, [FIRST, SECOND], DICTIONARY);
  const statisticsOf = (group: number) =>
    (metadataOf(bytes).row_groups[group] as FileMetaData["row_groups"][number]).columns.map(
      ({ meta_data }) => meta_data?.statistics,
    );

  it("are those of the values, in hyparquet", () => {
    expect(statisticsOf(0).map((one) => [one?.min_value, one?.max_value, one?.null_count])).toEqual(
      [
        [false, true, 0n],
        [-1, 300, 1n],
        [-5n, 7n, 0n],
        [2n ** 63n - 1n, 2n ** 64n - 1n, 1n],
        [-0, 1e308, 0n],
        ["\u0001\ufffd", "\u0002", 1n],
        ["a,b", "two\nlines", 0n],
      ],
    );
    expect(statisticsOf(1).map((one) => [one?.min_value, one?.max_value, one?.null_count])).toEqual(
      [
        [true, true, 0n],
        [undefined, undefined, 1n],
        [2n ** 63n - 1n, 2n ** 63n - 1n, 0n],
        [undefined, undefined, 1n],
        [5e-324, 5e-324, 0n],
        [undefined, undefined, 1n],
        ["", "", 0n],
      ],
    );
    for (const one of statisticsOf(0))
      expect([one?.is_min_value_exact, one?.is_max_value_exact]).toEqual([true, true]);
    for (const one of [...statisticsOf(0), ...statisticsOf(1)])
      expect(one?.min ?? one?.max ?? one?.distinct_count).toBeUndefined();
  });

  it("are those of the values, in DuckDB", async () => {
    const rows = await inDuckDb(bytes, "SELECT * FROM parquet_metadata($file)");
    expect(
      rows.map((row) => [
        row.stats_min_value,
        row.stats_max_value,
        row.stats_null_count,
        row.min_is_exact,
        row.max_is_exact,
      ]),
    ).toEqual([
      ["false", "true", 0n, true, true],
      ["-1", "300", 1n, true, true],
      ["-5", "7", 0n, true, true],
      ["9223372036854775807", "18446744073709551615", 1n, true, true],
      ["-0.0", "1e+308", 0n, true, true],
      ["\\x01\\xFF", "\\x02", 1n, true, true],
      ["a,b", "two\nlines", 0n, true, true],
      ["true", "true", 0n, true, true],
      [null, null, 1n, null, null],
      ["9223372036854775807", "9223372036854775807", 0n, true, true],
      [null, null, 1n, null, null],
      ["5e-324", "5e-324", 0n, true, true],
      [null, null, 1n, null, null],
      ["", "", 0n, true, true],
    ]);
  });

  it("never hide rows from a query in DuckDB, at the limits of signed and unsigned numbers", async () => {
    const columns: readonly Column[] = [
      { name: "u", type: "UINT_64", isOptional: false },
      { name: "i", type: "INT64", isOptional: false },
      { name: "d", type: "DOUBLE", isOptional: false },
      { name: "s", type: "STRING", isOptional: false },
    ];
    const values: readonly Row[] = [
      [0n, 0n, 0, ""],
      [1n, 1n, -0, "Z"],
      [2n ** 63n - 1n, 2n ** 63n - 1n, 5e-324, "a"],
      [2n ** 63n, -(2n ** 63n), -5e-324, "é"],
      [2n ** 64n - 1n, -1n, -1e308, "𝛼"],
    ];
    // Row groups of one value, and of two whose range contains the others.
    const groups = [...values.map((row) => [row]), [values[0], values[4]] as Row[]];
    const rows = groups.flat();
    const file = fileOf(columns, groups, PLAIN).bytes;
    for (const [i, { name }] of columns.entries())
      for (const row of values) {
        const value = row[i] as NonNullable<Row[number]>;
        const literal = name === "s" ? `'${value}'` : `${Object.is(value, -0) ? "-0.0" : value}`;
        for (const [operator, isMatch] of [
          ["=", (cell: typeof value) => cell === value],
          [">", (cell: typeof value) => cell > value],
          ["<=", (cell: typeof value) => cell <= value],
        ] as const) {
          const sql = `SELECT count(*) AS n FROM $file WHERE ${name} ${operator} ${literal}`;
          const [found] = await inDuckDb(file, sql);
          const expected = rows.filter((one) => isMatch(one[i] as typeof value)).length;
          expect([sql, found?.n]).toEqual([sql, BigInt(expected)]);
        }
      }
  });
});

describe("the pages", () => {
  const style = { ...DICTIONARY, codec: "SNAPPY", pageValues: 2 } as const;

  it("are where both readers look for them, with their encodings and sizes", async () => {
    const { bytes, footer } = fileOf(COLUMNS, [FIRST, SECOND], style);
    const chunks = metadataOf(bytes).row_groups.flatMap(({ columns }) =>
      columns.map(({ meta_data }) => meta_data as NonNullable<typeof meta_data>),
    );
    let offset = 4;
    for (const [i, chunk] of footer.rowGroups.flatMap((entry) => entry.chunks).entries()) {
      const isBoolean = i % 7 === 0;
      const pages = i < 7 ? 2 : 1;
      expect(chunks[i]).toMatchObject({
        codec: "SNAPPY",
        num_values: i < 7 ? 3n : 1n,
        encodings: isBoolean ? ["PLAIN", "RLE"] : ["PLAIN", "RLE", "RLE_DICTIONARY"],
        encoding_stats: [
          ...(isBoolean ? [] : [{ page_type: "DICTIONARY_PAGE", encoding: "PLAIN", count: 1 }]),
          {
            page_type: "DATA_PAGE",
            encoding: isBoolean ? "PLAIN" : "RLE_DICTIONARY",
            count: pages,
          },
        ],
        dictionary_page_offset: isBoolean ? undefined : BigInt(offset),
        data_page_offset: BigInt(offset + chunk.dictionaryBytes),
        total_compressed_size: BigInt(chunk.compressedBytes),
        total_uncompressed_size: BigInt(chunk.uncompressedBytes),
      });
      offset += chunk.compressedBytes;
    }
    const rows = await inDuckDb(bytes, "SELECT * FROM parquet_metadata($file)");
    expect(rows.map((row) => [row.compression, row.encodings, row.data_page_offset])).toEqual(
      chunks.map(({ codec, encodings, data_page_offset }) => [
        codec,
        encodings.join(", "),
        data_page_offset,
      ]),
    );
  });

  it("add up to the sizes of their row groups", async () => {
    const { bytes, footer } = fileOf(COLUMNS, [FIRST, SECOND], style);
    const { row_groups, num_rows } = metadataOf(bytes);
    expect(num_rows).toBe(4n);
    const total = (of: "compressedBytes" | "uncompressedBytes", group: number) =>
      BigInt(footer.rowGroups[group]?.chunks.reduce((sum, chunk) => sum + chunk[of], 0) as number);
    const first = total("compressedBytes", 0);
    expect(row_groups).toMatchObject([
      { num_rows: 3n, ordinal: 0, file_offset: 4n, total_compressed_size: first },
      { num_rows: 1n, ordinal: 1, file_offset: 4n + first },
    ]);
    const rows = await inDuckDb(
      bytes,
      "SELECT DISTINCT row_group_id AS id, row_group_bytes AS plain, row_group_compressed_bytes " +
        "AS packed FROM parquet_metadata($file) ORDER BY id",
    );
    expect(rows).toEqual(
      [0, 1].map((group) => ({
        id: BigInt(group),
        plain: total("uncompressedBytes", group),
        packed: total("compressedBytes", group),
      })),
    );
    expect(row_groups.map(({ total_byte_size }) => total_byte_size)).toEqual(
      [0, 1].map((group) => total("uncompressedBytes", group)),
    );
  });
});

describe("the key-value metadata", () => {
  const keyValues = { upsweep: '{"spec":"l_in: 1..3\\n"}', é: "日本 \u0000", empty: "" };
  const { bytes } = fileOf(COLUMNS, [FIRST], PLAIN, keyValues);

  it("is read by both readers, in order", async () => {
    expect(metadataOf(bytes).key_value_metadata).toEqual(
      Object.entries(keyValues).map(([key, value]) => ({ key, value })),
    );
    const rows = await inDuckDb(bytes, "SELECT key, value FROM parquet_kv_metadata($file)");
    const text = (cell: unknown) => Buffer.from((cell as DuckDBBlobValue).bytes).toString("utf8");
    expect(rows.map(({ key, value }) => [text(key), text(value)])).toEqual(
      Object.entries(keyValues),
    );
  });
});

describe("the file", () => {
  it("is of version 1, by a program that other readers can parse, in the order of types", async () => {
    const { bytes } = fileOf(COLUMNS, [FIRST], PLAIN);
    expect(metadataOf(bytes)).toMatchObject({
      version: 1,
      created_by: "upsweep version 1.2.3 (build 0123abcd)",
    });
    const [row] = await inDuckDb(bytes, "SELECT * FROM parquet_file_metadata($file)");
    expect(row).toMatchObject({
      created_by: "upsweep version 1.2.3 (build 0123abcd)",
      num_rows: 3n,
      num_row_groups: 1n,
      format_version: 1n,
      footer_size: BigInt(metadataOf(bytes).metadata_length),
    });
    expect(row?.column_orders).toEqual(
      new DuckDBListValue(COLUMNS.map(() => "ColumnOrder(TYPE_ORDER=TypeDefinedOrder())")),
    );
  });

  it("names its program as parquet-java parses it", () => {
    const parsed = /^(.+) version ((.*) )?\(build ?(.*)\)$/.exec(createdBy("0.2.0", "9f86d081"));
    expect(parsed?.slice(1)).toEqual(["upsweep", "0.2.0 ", "0.2.0", "9f86d081"]);
  });

  it("numbers its row groups if 16 bits are enough for all of them", () => {
    const columns: readonly Column[] = [{ name: "b", type: "BOOLEAN", isOptional: false }];
    const pages = { codec: "UNCOMPRESSED", encoding: "PLAIN", dictionaryBytes: 0 } as const;
    const sizes = { dataPages: 1, compressedBytes: 30, uncompressedBytes: 30, nullCount: 0 };
    const entry = rowGroupEntry(columns, 1, [{ ...pages, ...sizes }]);
    const tailOf = (count: number) => {
      const rowGroups = Array(count).fill(entry);
      return footerBytes({ columns, rowGroups, keyValues: new Map(), createdBy: "" });
    };
    const ordinals = (tail: Uint8Array) =>
      metadataOf(tail).row_groups.map(({ ordinal }) => ordinal);
    expect(ordinals(tailOf(32_768))).toEqual(Array.from({ length: 32_768 }, (_, i) => i));
    const tail = tailOf(32_769);
    expect(new Set(ordinals(tail))).toEqual(new Set([undefined]));
    const file = { path: "a", size: 4 + 30 * 32_769 + tail.length, head: Buffer.from("PAR1") };
    expect(readFooter(file, tail).rowGroups.length).toBe(32_769);
  });
});
