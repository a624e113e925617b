/** Our streams and files in two independent readers. */
import { fc, test } from "@fast-check/vitest";
import { describe, expect, it } from "vitest";
import type { ArrowColumn, ArrowSchema, ArrowType } from "../../../src/formats/arrow/schema.ts";
import { arrowOf, type BatchCells, type Cell } from "../../support/arrow.ts";
import { READERS } from "../../support/arrow-readers.ts";
import { runs } from "../../support/tier.ts";

const FORMS = ["stream", "file"] as const;
const TYPES: readonly ArrowType[] = ["int32", "int64", "uint64", "float64", "bool", "utf8"];

/** Values at the limits of each type, and texts and doubles that are easily damaged. */
const VALUES: Readonly<Record<ArrowType, readonly Cell[]>> = {
  int32: [0, 1, -1, 2 ** 31 - 1, -(2 ** 31)],
  int64: [0n, -1n, 2n ** 53n + 1n, 2n ** 63n - 1n, -(2n ** 63n)],
  uint64: [0n, 1n, 2n ** 53n + 1n, 2n ** 63n, 2n ** 64n - 1n],
  float64: [0.1, -0, 5e-324, Number.MAX_VALUE, Number.POSITIVE_INFINITY, Number.NaN, 1 / 3],
  bool: [true, false, true, true, false],
  utf8: ["", "plain", 'with "quotes", commas', "two\nlines\r\n", "größer 卷积 🚀", "\u0000"],
};

const column = (type: ArrowType, isNullable: boolean): ArrowColumn => ({
  name: `${type}${isNullable ? " or null" : ""}`,
  type,
  isNullable,
  metadata: { unit: "multiply-accumulates", formula: `a * "b" \n${type}` },
});

const ALL_COLUMNS = TYPES.flatMap((type) => [column(type, false), column(type, true)]);

const METADATA = {
  upsweep: JSON.stringify({ version: "0.2.0", spec: { axes: { stride: "1..8" } } }),
};

/** Cells of a batch with `rows` rows. A nullable column misses every third cell. */
function cellsOf(columns: readonly ArrowColumn[], rows: number): BatchCells {
  return columns.map(({ type, isNullable }, i) =>
    Array.from({ length: rows }, (_, row) => {
      const values = VALUES[type];
      return isNullable && (row + i) % 3 === 0 ? null : (values[row % values.length] as Cell);
    }),
  );
}

/** The bits of a double, so that 0 and -0 differ. All NaN are one, because readers copy them. */
const comparable = (cell: Cell): Cell => {
  if (typeof cell !== "number" || Number.isNaN(cell)) return cell;
  const view = new DataView(new ArrayBuffer(8));
  view.setFloat64(0, cell);
  return `double ${view.getBigUint64(0).toString(16)}`;
};

/** Asserts that every reader finds the schema and every cell. */
function expectSame(bytes: Uint8Array, schema: ArrowSchema, batches: readonly BatchCells[]): void {
  for (const [name, read] of READERS) {
    const table = read(bytes);
    expect([name, table.metadata]).toEqual([name, schema.metadata]);
    expect(table.columns.map(({ cells: _, ...rest }) => rest)).toEqual(schema.columns);
    const lengths = batches.map((columns) => columns[0]?.length ?? 0).filter((rows) => rows > 0);
    expect([name, table.batches]).toEqual([name, lengths]);
    for (const [i, { cells }] of table.columns.entries()) {
      const expected = batches.flatMap((columns) => columns[i] as Cell[]);
      expect(cells.map(comparable)).toEqual(expected.map(comparable));
    }
  }
}

describe.each(FORMS)("a %s", (form) => {
  it.each([
    ["no batches", []],
    ["a batch without rows", [0]],
    ["1 row", [1]],
    ["7 rows", [7]],
    ["8 rows, 65 rows and 1 row", [8, 65, 1]],
  ])("with %s is read as it was written, in all types", (_, lengths) => {
    const schema = { columns: ALL_COLUMNS, metadata: METADATA };
    const batches = lengths.map((rows) => cellsOf(ALL_COLUMNS, rows));
    expectSame(arrowOf(form, schema, batches).bytes, schema, batches);
  });

  it("may have no metadata, and nullable columns without a missing cell", () => {
    const columns = TYPES.map((type) => ({ name: type, type, isNullable: true, metadata: {} }));
    const batches = [columns.map(({ type }) => VALUES[type].slice(0, 5))];
    const schema = { columns, metadata: {} };
    expectSame(arrowOf(form, schema, batches).bytes, schema, batches);
  });

  it("may have cells that are all missing", () => {
    const columns = TYPES.map((type) => column(type, true));
    const batches = [columns.map(() => Array<Cell>(9).fill(null))];
    const schema = { columns, metadata: METADATA };
    expectSame(arrowOf(form, schema, batches).bytes, schema, batches);
  });
});

const cellOf: Readonly<Record<ArrowType, fc.Arbitrary<Cell>>> = {
  int32: fc.integer({ min: -(2 ** 31), max: 2 ** 31 - 1 }),
  int64: fc.bigInt({ min: -(2n ** 63n), max: 2n ** 63n - 1n }),
  uint64: fc.bigInt({ min: 0n, max: 2n ** 64n - 1n }),
  float64: fc.double(),
  bool: fc.boolean(),
  utf8: fc.string({ unit: "binary" }),
};

const columnsOf = fc.uniqueArray(
  fc.record({
    name: fc.string({ unit: "binary" }),
    type: fc.constantFrom(...TYPES),
    isNullable: fc.boolean(),
    metadata: fc.dictionary(fc.string({ unit: "binary" }), fc.string({ unit: "binary" }), {
      maxKeys: 3,
      noNullPrototype: true,
    }),
  }),
  { minLength: 1, maxLength: 6, selector: ({ name }) => name },
);

const tables = fc
  .tuple(columnsOf, fc.array(fc.nat(20), { maxLength: 4 }))
  .chain(([columns, lengths]) =>
    fc.tuple(
      fc.constant(columns),
      fc.tuple(
        ...lengths.map((rows) =>
          fc.tuple(
            ...columns.map(({ type, isNullable }) =>
              fc.array(isNullable ? fc.option(cellOf[type]) : cellOf[type], {
                minLength: rows,
                maxLength: rows,
              }),
            ),
          ),
        ),
      ),
    ),
  );

test.prop([tables, fc.constantFrom(...FORMS)], { numRuns: runs(400) })(
  "any table is read as it was written",
  ([columns, batches], form) => {
    const schema = { columns, metadata: METADATA };
    expectSame(arrowOf(form, schema, batches).bytes, schema, batches);
  },
);
