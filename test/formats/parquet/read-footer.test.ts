/** Reading footers: of our files, of damaged ones, and of those that others wrote. */
import { readFileSync } from "node:fs";
import { DuckDBInstance } from "@duckdb/node-api";
import { fc, test } from "@fast-check/vitest";
import { describe, expect, it } from "vitest";
import { FILE_META_DATA, type Footer, MAGIC } from "../../../src/formats/parquet/footer.ts";
import { footerSize, readFooter } from "../../../src/formats/parquet/read-footer.ts";
import type { Column } from "../../../src/formats/parquet/schema.ts";
import { decode, encode } from "../../../src/formats/parquet/thrift.ts";
import { inTemporaryFolder } from "../../support/cli.ts";
import { DICTIONARY, endsOf, fileOf, PLAIN, type Row } from "../../support/parquet.ts";
import "../../support/repeatable.ts";
import { thrown } from "../../support/thrown.ts";

inTemporaryFolder();

const COLUMNS: readonly Column[] = [
  { name: "bias", type: "BOOLEAN", isOptional: false },
  { name: "macs", type: "UINT_64", isOptional: true },
  { name: "name", type: "STRING", isOptional: false },
];
const GROUPS: readonly (readonly Row[])[] = [
  [
    [true, 2n ** 64n - 1n, "é"],
    [false, null, "a"],
  ],
  [[true, 5n, ""]],
];
const KEY_VALUES = { upsweep: "{}", other: "x" };
const DAMAGED =
  " It was changed or damaged, or another program wrote it. Sweep again with --force.";

const read = (bytes: Uint8Array): Footer => readFooter(...endsOf(bytes));

/** What is wrong with a file. Undefined if it is read. */
function fault(bytes: Uint8Array): string | undefined {
  const error = thrown(() => read(bytes));
  if (error === undefined) return undefined;
  expect(error.code).toBe("badParquet");
  const start = "a.parquet is not a complete Parquet file of upsweep: ";
  expect(error.message.startsWith(start)).toBe(true);
  expect(error.message.endsWith(`.${DAMAGED}`)).toBe(true);
  return error.message.slice(start.length, -DAMAGED.length - 1);
}

describe("a footer", () => {
  it.each([
    ["PLAIN", PLAIN],
    ["RLE_DICTIONARY", DICTIONARY],
    ["SNAPPY", { ...DICTIONARY, codec: "SNAPPY", pageValues: 1 } as const],
  ])("is read as it was written: %s", (_, style) => {
    const { bytes, footer } = fileOf(COLUMNS, GROUPS, style, KEY_VALUES);
    expect(read(bytes)).toEqual(footer);
  });

  it("can have no row groups", () => {
    const { bytes, footer } = fileOf(COLUMNS, [], PLAIN);
    expect(read(bytes)).toEqual(footer);
  });

  it("is read from more of the file than needed, and its size from the last 8 bytes", () => {
    const { bytes, footer } = fileOf(COLUMNS, GROUPS, PLAIN);
    const [file, tail] = endsOf(bytes);
    expect(readFooter(file, bytes)).toEqual(footer);
    expect(footerSize(file, bytes.subarray(-8))).toBe(tail.length);
    expect(() => readFooter(file, bytes.subarray(-100))).toThrow(RangeError);
  });
});

/** The path of a value in the metadata, and the value that it gets. */
type Edit = readonly [readonly (string | number)[], unknown];

/** A file with changed metadata. The new value can be a function of the old one. */
function edited(edits: readonly Edit[]): Buffer {
  const { bytes } = fileOf(COLUMNS, GROUPS, DICTIONARY, KEY_VALUES);
  const [, tail] = endsOf(bytes);
  const metadata = decode(FILE_META_DATA, tail.subarray(0, -8), (what) => new Error(what));
  for (const [path, value] of edits) {
    let parent = metadata as unknown as Record<string | number, unknown>;
    for (const key of path.slice(0, -1)) parent = parent[key] as typeof parent;
    const key = path.at(-1) as string;
    parent[key] = typeof value === "function" ? value(parent[key]) : value;
  }
  const written = encode(FILE_META_DATA, metadata);
  const size = Buffer.alloc(4);
  size.writeUInt32LE(written.length);
  return Buffer.concat([bytes.subarray(0, -tail.length), written, size, MAGIC]);
}

const chunkPath = (group: number, column: number) =>
  ["rowGroups", group, "columns", column, "metaData"] as const;
const plus = (difference: number) => (value: number) => value + difference;

describe("a file", () => {
  const { bytes, footer } = fileOf(COLUMNS, GROUPS, DICTIONARY, KEY_VALUES);
  const [{ size }, tail] = endsOf(bytes);
  const end = size - tail.length;
  /** The offset of the chunk of a column in the first row group. */
  const startOf = (column: number) =>
    (footer.rowGroups[0]?.chunks ?? [])
      .slice(0, column)
      .reduce((sum, { compressedBytes }) => sum + compressedBytes, 4);
  const dataBefore = `the data before it, which ends at ${startOf(1)}`;
  const outside = `outside of it (${startOf(1)} to ${startOf(2)})`;

  it("is refused without the magic number at its start", () => {
    const changed = Buffer.concat([Buffer.from("PAR2"), bytes.subarray(4)]);
    expect(fault(changed)).toBe("it does not begin with PAR1");
    expect(fault(new Uint8Array(0))).toBe("it does not begin with PAR1");
  });

  it("is refused without the magic number at its end", () => {
    expect(fault(Buffer.concat([bytes.subarray(0, -1), Buffer.from("E")]))).toBe(
      "it does not end with PAR1, so it is truncated or incomplete",
    );
  });

  it("is refused if it is nothing but magic numbers", () => {
    expect(fault(Buffer.from("PAR1"))).toBe("it has only 4 bytes");
    expect(fault(Buffer.from("PAR1PAR1"))).toBe("it has only 8 bytes");
  });

  it("is refused if it is too short for its footer", () => {
    expect(fault(Buffer.concat([MAGIC, tail.subarray(1)]))).toBe(
      `its footer has ${tail.length} bytes, but the file has only ${tail.length + 3}`,
    );
  });

  it("is refused if its footer is malformed", () => {
    const zeros = Buffer.alloc(tail.length - 8);
    const file = Buffer.concat([bytes.subarray(0, end), zeros, tail.subarray(-8)]);
    expect(fault(file)).toBe("its footer is malformed: FileMetaData lacks field 1, before byte 1");
  });

  it("is refused if it has more or fewer bytes before its footer than that says", () => {
    expect(fault(Buffer.concat([bytes.subarray(0, 20), bytes.subarray(21)]))).toBe(
      `row group 1: it ends at ${end}, but the footer begins at ${end - 1}`,
    );
    expect(fault(Buffer.concat([bytes.subarray(0, 20), bytes.subarray(19)]))).toBe(
      `its data ends at ${end}, but its footer begins at ${end + 1}`,
    );
  });

  it.each<[string, string, ...Edit[]]>([
    ["of another version", "it has version 2", [["version"], 2]],
    [
      "that says another number of rows",
      "it says 2 rows, but its row groups have 3",
      [["numRows"], 2],
    ],
    [
      "that does not name its program",
      "it does not say which program wrote it",
      [["createdBy"], undefined],
    ],
    [
      "without orders of values",
      "the order of its values is not TYPE_ORDER",
      [["columnOrders"], undefined],
    ],
    [
      "with another order of values",
      "the order of its values is not TYPE_ORDER",
      [["columnOrders", 1], {}],
    ],
    [
      "with a key without value",
      "its key 'other' has no value, or several",
      [["keyValueMetadata", 1, "value"], undefined],
    ],
    [
      "with a key twice",
      "its key 'upsweep' has no value, or several",
      [["keyValueMetadata", 1, "key"], "upsweep"],
    ],
    ["without a schema", "its schema is empty", [["schema", "length"], 0]],
    [
      "with fewer columns than its schema says",
      "its schema has 2 columns, but says 3",
      [["schema", "length"], 3],
    ],
    [
      "with a type that is half unsigned",
      "upsweep does not write columns of the type of 'macs'",
      [["schema", 2, "convertedType"], undefined],
    ],
    [
      "with another logical type",
      "upsweep does not write columns of the type of 'macs'",
      [["schema", 2, "logicalType", "integer", "isSigned"], true],
    ],
    [
      "with text of an unknown kind",
      "upsweep does not write columns of the type of 'name'",
      [["schema", 3, "logicalType"], {}],
    ],
    [
      "with a group of columns",
      "upsweep does not write columns of the type of 'macs'",
      [["schema", 2, "numChildren"], 0],
    ],
    [
      "with a column that is not required or optional",
      "upsweep does not write columns of the type of 'bias'",
      [["schema", 1, "repetitionType"], undefined],
    ],
    ["with an empty row group", "row group 0: it has 0 rows", [["rowGroups", 0, "numRows"], 0]],
    [
      "with a row group that lacks a column",
      "row group 1: it has 2 of 3 columns",
      [["rowGroups", 1, "columns", "length"], 2],
    ],
    [
      "with a column in another file",
      "row group 1: column 'bias': its metadata is elsewhere",
      [["rowGroups", 1, "columns", 0, "filePath"], "b.parquet"],
    ],
    [
      "with metadata in another place",
      "row group 1: column 'bias': its metadata is elsewhere",
      [["rowGroups", 1, "columns", 0, "metaData"], undefined],
    ],
    [
      "with a copy of metadata",
      "row group 1: column 'bias': its metadata is elsewhere",
      [["rowGroups", 1, "columns", 0, "fileOffset"], 4],
    ],
    [
      "with a chunk of another type",
      "row group 0: column 'bias': it is described as INT32 'bias'",
      [[...chunkPath(0, 0), "type"], "INT32"],
    ],
    [
      "with a chunk of another column",
      "row group 0: column 'bias': it is described as BOOLEAN 'a.bias'",
      [
        [...chunkPath(0, 0), "pathInSchema"],
        ["a", "bias"],
      ],
    ],
    [
      "with a chunk of fewer values",
      "row group 0: column 'bias': it has 1 values, but 2 rows",
      [[...chunkPath(0, 0), "numValues"], 1],
    ],
    [
      "with a gap",
      `row group 0: column 'macs': it begins at ${startOf(1) + 1}, which leaves a gap to ${dataBefore}`,
      [[...chunkPath(0, 1), "dictionaryPageOffset"], plus(1)],
    ],
    [
      "with an overlap",
      `row group 0: column 'macs': it begins at ${startOf(1) - 1}, which overlaps ${dataBefore}`,
      [[...chunkPath(0, 1), "dictionaryPageOffset"], plus(-1)],
    ],
    [
      "with an overlap with the magic number",
      "row group 0: column 'bias': it begins at 3, which overlaps the data before it, which ends at 4",
      [[...chunkPath(0, 0), "dataPageOffset"], plus(-1)],
    ],
    [
      "with a negative offset",
      "row group 0: column 'bias': it begins at -4, which overlaps the data before it, which ends at 4",
      [[...chunkPath(0, 0), "dataPageOffset"], -4],
    ],
    [
      "with an empty dictionary page",
      `row group 0: column 'macs': its data pages begin at ${startOf(1)}, which is ${outside}`,
      [[...chunkPath(0, 1), "dataPageOffset"], startOf(1)],
    ],
    [
      "without data pages",
      `row group 0: column 'macs': its data pages begin at ${startOf(2)}, which is ${outside}`,
      [[...chunkPath(0, 1), "dataPageOffset"], startOf(2)],
    ],
    [
      "with a dictionary of booleans",
      "row group 0: column 'bias': booleans have no dictionary",
      [[...chunkPath(0, 0), "dictionaryPageOffset"], 4],
    ],
    [
      "with another size without codec",
      `row group 0: column 'bias': it has ${startOf(1) - 4} bytes (UNCOMPRESSED), but ${startOf(1) - 3} without codec`,
      [[...chunkPath(0, 0), "totalUncompressedSize"], plus(1)],
    ],
    [
      "with encodings that its pages do not have",
      "row group 0: column 'macs': its encodings are not those of RLE_DICTIONARY pages",
      [[...chunkPath(0, 1), "encodings", "length"], 2],
    ],
    [
      "with a dictionary, but PLAIN pages",
      "row group 0: column 'macs': its encodings are not those of RLE_DICTIONARY pages",
      [[...chunkPath(0, 1), "encodingStats", 1, "encoding"], "PLAIN"],
    ],
    [
      "with no pages",
      "row group 0: column 'macs': its encodings are not those of RLE_DICTIONARY pages",
      [[...chunkPath(0, 1), "encodingStats", 1, "count"], 0],
    ],
    [
      "without the number of pages",
      "row group 0: column 'macs': its encodings are not those of RLE_DICTIONARY pages",
      [[...chunkPath(0, 1), "encodingStats"], undefined],
    ],
    [
      "without statistics",
      "row group 0: column 'macs': its statistics are impossible",
      [[...chunkPath(0, 1), "statistics"], undefined],
    ],
    [
      "with impossible statistics",
      "row group 0: column 'macs': its statistics are impossible",
      [[...chunkPath(0, 1), "statistics", "nullCount"], 3],
    ],
    [
      "with another size of a row group",
      "row group 0: its size is not that of its columns",
      [["rowGroups", 0, "totalCompressedSize"], plus(1)],
    ],
    [
      "with another size of a row group without codec",
      "row group 0: its size is not that of its columns",
      [["rowGroups", 0, "totalByteSize"], plus(-1)],
    ],
    [
      "with another offset of a row group",
      "row group 0: it says that it begins at 5, not 4",
      [["rowGroups", 0, "fileOffset"], 5],
    ],
    [
      "with a row group of another number",
      "row group 1: it has the number 0",
      [["rowGroups", 1, "ordinal"], 0],
    ],
    [
      "with numbers for some row groups",
      "row group 1: it has the number undefined",
      [["rowGroups", 1, "ordinal"], undefined],
    ],
    [
      "with a row group that ends outside of it",
      `row group 1: it ends at ${end + 9}, but the footer begins at ${end}`,
      ...["totalCompressedSize", "totalUncompressedSize"].map(
        (name): Edit => [[...chunkPath(1, 2), name], plus(9)],
      ),
      [["rowGroups", 1, "totalByteSize"], plus(9)],
      [["rowGroups", 1, "totalCompressedSize"], plus(9)],
    ],
  ])("is refused %s", (_, message, ...edits) => {
    expect(fault(edited(edits))).toBe(message);
  });

  it("is refused with parts that this version does not write", () => {
    const metadata = tail.subarray(0, -9);
    const extended = Buffer.concat([metadata, Buffer.from([0x16, 2, 0])]);
    const file = Buffer.concat([bytes.subarray(0, end), extended, Buffer.alloc(4), MAGIC]);
    file.writeUInt32LE(extended.length, file.length - 8);
    expect(fault(file)).toBe("its footer has parts that this version of upsweep does not write");
  });

  it("is read with edits that change nothing, so that the test above tests the edits", () => {
    expect(edited([[["version"], 1]]).equals(bytes)).toBe(true);
  });

  it("is refused if DuckDB wrote it", async () => {
    const instance = await DuckDBInstance.create(":memory:", { threads: "1" });
    const connection = await instance.connect();
    await connection.run("COPY (SELECT 1::BIGINT AS a, 'x' AS b) TO 'duck.parquet'");
    connection.closeSync();
    instance.closeSync();
    const foreign = readFileSync("duck.parquet");
    expect(thrown(() => readFooter(...endsOf(foreign, "duck.parquet")))?.message).toMatch(
      /^duck\.parquet is not a complete Parquet file of upsweep: /,
    );
  });
});

describe("a damaged file", () => {
  const style = { ...DICTIONARY, codec: "SNAPPY" } as const;
  const { bytes, footer } = fileOf(COLUMNS, GROUPS, style, KEY_VALUES);
  const [{ size }, tail] = endsOf(bytes);

  it("is refused if it is truncated, at every byte", () => {
    for (let length = 0; length < size; length++)
      expect(fault(bytes.subarray(0, length))).toBeDefined();
  });

  it("is refused if the start of its footer is missing, at every byte", () => {
    for (let missing = 1; missing < tail.length - 8; missing++)
      expect(
        fault(Buffer.concat([bytes.subarray(0, -tail.length), tail.subarray(missing)])),
      ).toBeDefined();
  });

  /** What the rest of a footer confirms. */
  const confirmed = ({ columns, rowGroups }: Footer) => ({
    columns: columns.map(({ name, type }) => [name, type]),
    rowGroups: rowGroups.map(({ rows, chunks }) => [
      rows,
      chunks.map((chunk) => [chunk.encoding, chunk.compressedBytes, chunk.uncompressedBytes]),
    ]),
  });

  it("is refused if any bit of its footer is flipped, or has the same rows and sizes", () => {
    const flipped = Buffer.from(bytes);
    let refused = 0;
    for (let bit = 8 * (size - tail.length); bit < 8 * size; bit++) {
      const at = bit >> 3;
      flipped[at] = (flipped[at] as number) ^ (1 << (bit & 7));
      let found: Footer | undefined;
      const error = thrown(() => {
        found = read(flipped);
      });
      if (error) {
        expect(error.code).toBe("badParquet");
        refused++;
      } else {
        expect(confirmed(found as Footer)).toEqual(confirmed(footer));
      }
      flipped[at] = bytes[at] as number;
    }
    // 86 % of the bits of this footer. Most others are in bounds and texts.
    expect(refused / (8 * tail.length)).toBeGreaterThan(0.8);
  });

  test.prop([fc.uint8Array({ minLength: 8, maxLength: 40 }), fc.nat(), fc.nat()], {
    numRuns: 2000,
  })("never causes another error, whatever bytes its footer has", (noise, from, kept) => {
    const damaged = Buffer.from(bytes);
    damaged.set(noise, size - tail.length + (from % (tail.length - 8 - noise.length)));
    thrown(() => read(damaged));
    // Its last bytes can be anything too.
    damaged.set(noise.subarray(0, kept % 8), size - 8);
    thrown(() => read(damaged));
  });
});
