/** Every value of a file, read back by hyparquet and by DuckDB. */
import { fc, test } from "@fast-check/vitest";
import { describe, expect, it } from "vitest";
import type { Column, ColumnType } from "../../../src/formats/parquet/schema.ts";
import {
  DICTIONARY,
  fileOf,
  inDuckDb,
  PLAIN,
  type Row,
  rowsInDuckDb,
  rowsInHyparquet,
} from "../../support/parquet.ts";
import type { Cell, Style } from "../../support/parquet-pages.ts";
import { runs } from "../../support/tier.ts";

/** Values at the limits of their types, and text that other formats must quote. */
const EDGES: Readonly<Record<ColumnType, readonly NonNullable<Cell>[]>> = {
  BOOLEAN: [true, false],
  INT32: [0, -1, 1, 2 ** 31 - 1, -(2 ** 31)],
  INT64: [0n, -1n, 2n ** 53n + 1n, 2n ** 63n - 1n, -(2n ** 63n)],
  UINT_64: [0n, 1n, 2n ** 63n - 1n, 2n ** 63n, 2n ** 64n - 1n],
  DOUBLE: [0, -0, 5e-324, -5e-324, 2.2250738585072014e-308, 1e308, 0.1, 1 / 3, -1e-7, Infinity],
  BYTE_ARRAY: [Uint8Array.of(), Uint8Array.of(0), Uint8Array.of(255, 254, 0, 128)],
  STRING: ["", "a,b", 'say "x"', "two\nlines\r\n", "é", "日本語", "𝛼", "\0", "\ufefftext", "'"],
};

const TYPES = Object.keys(EDGES) as ColumnType[];
const STYLES: readonly (readonly [string, Style])[] = [
  ["PLAIN", PLAIN],
  ["RLE_DICTIONARY", DICTIONARY],
  ["PLAIN in SNAPPY", { ...PLAIN, codec: "SNAPPY" }],
  ["RLE_DICTIONARY in SNAPPY", { ...DICTIONARY, codec: "SNAPPY" }],
  ["PLAIN in pages of 3", { ...PLAIN, pageValues: 3 }],
  ["RLE_DICTIONARY in pages of 3", { ...DICTIONARY, pageValues: 3 }],
];

/** A cell as text that is different for different cells, bit for bit. */
function exact(cell: Cell): string {
  if (typeof cell === "number") {
    const bits = Buffer.alloc(8);
    bits.writeDoubleBE(cell);
    return `number ${bits.toString("hex")}`;
  }
  if (cell instanceof Uint8Array) return `bytes ${Buffer.from(cell).toString("hex")}`;
  return `${typeof cell} ${JSON.stringify(typeof cell === "bigint" ? String(cell) : cell)}`;
}

const exactRows = (rows: readonly Row[]) => rows.map((row) => row.map(exact));

/** Expects that both readers read exactly these rows. */
async function expectRows(
  bytes: Uint8Array,
  columns: readonly Column[],
  rows: readonly Row[],
): Promise<void> {
  expect(exactRows(await rowsInHyparquet(bytes))).toEqual(exactRows(rows));
  expect(exactRows(await rowsInDuckDb(bytes, columns))).toEqual(exactRows(rows));
}

describe.each(STYLES)("values as %s", (_, style) => {
  it.each(TYPES)("of type %s are read back by both readers", async (type) => {
    const columns: Column[] = [
      { name: "required", type, isOptional: false },
      { name: "optional", type, isOptional: true },
    ];
    const values = EDGES[type];
    const one: Row[] = values.map((value, i) => [value, i % 3 === 1 ? null : value]);
    const equal: Row[] = Array.from({ length: 20 }, () => [values[1] as Cell, null]);
    const groups = [one, equal, one.slice(0, 1), [...one].reverse()];
    await expectRows(fileOf(columns, groups, style).bytes, columns, groups.flat());
  });
});

describe("a file", () => {
  const columns: Column[] = TYPES.map((type, i) => ({ name: type, type, isOptional: i % 2 === 1 }));

  it("can have no rows, and its columns have their types", async () => {
    const { bytes } = fileOf(columns, [], PLAIN);
    await expectRows(bytes, columns, []);
    const types = await inDuckDb(bytes, "DESCRIBE SELECT * FROM $file");
    expect(types.map(({ column_type }) => column_type)).toEqual(
      "BOOLEAN INTEGER BIGINT UBIGINT DOUBLE BLOB VARCHAR".split(" "),
    );
  });

  it("can have one row", async () => {
    const row = TYPES.map((type) => EDGES[type].at(-1) as Cell);
    for (const [, style] of STYLES)
      await expectRows(fileOf(columns, [[row]], style).bytes, columns, [row]);
  });

  it("can have more columns and row groups than the short form of a list has elements", async () => {
    const many = Array.from({ length: 40 }, (_, i): Column => {
      return { name: `c${i}`, type: "INT32", isOptional: false };
    });
    const groups = Array.from({ length: 20 }, (_, group) => [many.map((_, i) => 100 * group + i)]);
    await expectRows(fileOf(many, groups, PLAIN).bytes, many, groups.flat());
  });

  const cellOf: Readonly<Record<ColumnType, fc.Arbitrary<NonNullable<Cell>>>> = {
    BOOLEAN: fc.boolean(),
    INT32: fc.integer(),
    INT64: fc.bigInt({ min: -(2n ** 63n), max: 2n ** 63n - 1n }),
    UINT_64: fc.bigInt({ min: 0n, max: 2n ** 64n - 1n }),
    DOUBLE: fc.double({ noNaN: true }),
    BYTE_ARRAY: fc.uint8Array(),
    STRING: fc.string({ unit: "binary" }),
  };
  const tables = fc
    .array(fc.record({ type: fc.constantFrom(...TYPES), isOptional: fc.boolean() }), {
      minLength: 1,
      maxLength: 5,
    })
    .chain((kinds) => {
      const cells = kinds.map(({ type, isOptional }) => {
        const value = fc.oneof(cellOf[type], fc.constantFrom(...EDGES[type]));
        return isOptional ? fc.option(value) : value;
      });
      const group = fc.array(fc.tuple(...cells), { minLength: 1, maxLength: 40 });
      return fc.record({
        columns: fc.constant(kinds.map((kind, i): Column => ({ name: `c${i}`, ...kind }))),
        groups: fc.array(group, { maxLength: 4 }),
        style: fc.record({
          codec: fc.constantFrom("UNCOMPRESSED", "SNAPPY"),
          hasDictionary: fc.boolean(),
          pageValues: fc.integer({ min: 1, max: 30 }),
        }) as fc.Arbitrary<Style>,
      });
    });

  test.prop([tables], { numRuns: runs(300) })(
    "of random columns, row groups, pages and codecs is read back by both readers",
    async ({ columns, groups, style }) => {
      await expectRows(fileOf(columns, groups, style).bytes, columns, groups.flat());
    },
  );

  it("can have doubles that are not a number", async () => {
    const column: Column = { name: "x", type: "DOUBLE", isOptional: false };
    const { bytes } = fileOf([column], [[[1], [Number.NaN], [2]]], PLAIN);
    await expectRows(bytes, [column], [[1], [Number.NaN], [2]]);
    const [found] = await inDuckDb(bytes, "SELECT count(*) AS n FROM $file WHERE isnan(x)");
    expect(found?.n).toBe(1n);
  });
});
