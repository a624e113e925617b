/** Rows of lists as typed columns. */
import { fc, test } from "@fast-check/vitest";
import { describe, expect, it } from "vitest";
import type { ListColumn } from "../../../src/plan/list-types.ts";
import type { ValueType } from "../../../src/plan/value-types.ts";
import { type RowBatch, textAt } from "../../../src/run/output/row-batch.ts";
import { decodeErrorRow, decodeRows } from "../../../src/run/workers/decode.ts";

type Content = ListColumn["content"];
type Cell = { readonly text: string; readonly value: unknown };

const quoted = (text: string) => `"${text.replaceAll('"', '""')}"`;
const columnOf = (type: ValueType, content: Content, isNullable: boolean, name = "x") => ({
  name,
  type,
  content,
  isNullable,
  fitsSigned: true,
});
const plain = (value: unknown): Cell => ({ text: String(value), value });

/** A value in several spellings. */
const spelt = (value: number) =>
  fc
    .constantFrom("%", '"%"', " %\t", '"(%,)"', "(%)", "[%]", '"[ % ]"')
    .map((form): Cell => ({ text: form.replace("%", String(value)), value }));

const CELLS: readonly (readonly [ValueType, Content, fc.Arbitrary<Cell>])[] = [
  ["int32", "parameter", fc.integer({ min: 0, max: 2 ** 31 - 1 }).chain(spelt)],
  [
    "boolean",
    "parameter",
    fc
      .constantFrom<[string, number]>(["true", 1], ["TRUE", 1], ["1", 1], ["False", 0], ["0", 0])
      .map(([text, value]) => ({ text, value })),
  ],
  [
    "double",
    "parameter",
    fc.constantFrom<Cell>(
      plain(22_050),
      plain(689.0625),
      { text: "22050/32", value: 689.0625 },
      { text: "30000/1001", value: 30_000 / 1001 },
      { text: '"(44100,)"', value: 44_100 },
    ),
  ],
  ["uint64", "result", fc.bigInt({ min: 0n, max: 2n ** 64n - 1n }).map(plain)],
  ["uint64", "result", fc.bigInt({ min: 10n ** 14n, max: 10n ** 16n }).map(plain)],
  [
    "int64",
    "result",
    fc.bigInt({ min: -(2n ** 63n), max: 2n ** 63n - 1n }).map((value) => ({
      text: String(value),
      value: BigInt.asUintN(64, value),
    })),
  ],
  ["double", "result", fc.double({ noNaN: true, noDefaultInfinity: true, min: 0 }).map(plain)],
  [
    "boolean",
    "result",
    fc
      .boolean()
      .map((value) => plain(value))
      .map(({ text }) => ({ text, value: Number(text === "true") })),
  ],
  [
    "text",
    "text",
    fc
      .tuple(
        fc.oneof(
          fc.string({ unit: "grapheme", maxLength: 8 }),
          fc.constantFrom("", '"', ",", "\n", '""', "\ufeff", "a", "é", "😀"),
        ),
        fc.boolean(),
      )
      .map(([value, isQuoted]) => ({
        text: isQuoted || /[",\n\r]/.test(value) ? quoted(value) : value,
        value,
      })),
  ],
];

/** The values of a column, with undefined for those that are missing. */
function valuesOf({ columns, rows }: RowBatch, cell: number): unknown[] {
  const column = columns.find((own) => own.cell === cell);
  if (!column) throw new Error("no column");
  if ("runs" in column) return Array(rows).fill(column.runs.missing[0] ? undefined : "a value");
  return Array.from({ length: rows }, (_, row) => {
    if (column.missing?.[row]) return undefined;
    return "texts" in column ? textAt(column.texts, column.ids[row] as number) : column.vector[row];
  });
}

const tables = fc
  .array(fc.tuple(fc.constantFrom(...CELLS), fc.boolean()), { minLength: 1, maxLength: 6 })
  .chain((kinds) => {
    const columns = kinds.map(([[type, content], isNullable], i) =>
      columnOf(type, content, isNullable && content !== "text", `column ${i}`),
    );
    const row = fc.tuple(
      ...kinds.map(([[, content, cell], isNullable]) =>
        isNullable && content !== "text"
          ? fc.oneof(cell, fc.constant<Cell>({ text: "", value: undefined }))
          : cell,
      ),
    );
    return fc.record({ columns: fc.constant(columns), rows: fc.array(row, { maxLength: 12 }) });
  });

const csvOf = (rows: readonly (readonly Cell[])[]) =>
  Buffer.from(rows.map((row) => `${row.map(({ text }) => text).join(",")}\n`).join(""));

describe("the rows of a list", () => {
  test.prop([tables, fc.boolean()], { numRuns: 500 })(
    "have the values of their cells",
    ({ columns, rows }, hasError) => {
      const error = columnOf("text", "error", true, "error");
      const all = hasError ? [...columns, error] : columns;
      const decoded = decodeRows({ columns: all, isSigned: false }, csvOf(rows), rows.length);
      expect(decoded.refused).toBeUndefined();
      expect(decoded.rows).toBe(rows.length);
      expect(all.map((_, cell) => valuesOf(decoded, cell))).toEqual(
        all.map((_, cell) => rows.map((row) => row[cell]?.value)),
      );
    },
  );

  test.prop([fc.array(fc.bigInt({ min: 2n ** 63n - 3n, max: 2n ** 63n + 2n }), { maxLength: 9 })], {
    numRuns: 300,
  })("stop before the first count above 2^63 - 1, if counts are signed", (counts) => {
    const columns = [columnOf("uint64", "result", false, "macs")];
    const csv = csvOf(counts.map((count) => [plain(count)]));
    const decoded = decodeRows({ columns, isSigned: true }, csv, counts.length);
    const first = counts.findIndex((count) => count > 2n ** 63n - 1n);
    const end = first < 0 ? counts.length : first;
    expect(valuesOf(decoded, 0)).toEqual(counts.slice(0, end));
    expect(decoded.refused).toEqual(
      first < 0
        ? undefined
        : { row: first, column: "macs", value: String(counts[first]), reason: "exceeds" },
    );
  });

  it.each([
    [Buffer.from([0xe9]), "\ufffd"],
    [Buffer.from([0x61, 0xc3]), "a\ufffd"],
    [Buffer.from([0x22, 0x2c, 0xff, 0x22]), ",\ufffd"],
  ])("stop before a text that is not UTF-8: %j", (bytes, value) => {
    const columns = [
      columnOf("text", "text", false, "a"),
      columnOf("text", "text", false, "b"),
      columnOf("uint64", "result", false, "macs"),
    ];
    const good = Buffer.from('"é\n",y,9\n');
    const csv = Buffer.concat([good, good, Buffer.from("ż,"), bytes, Buffer.from(",9\n"), good]);
    const decoded = decodeRows({ columns, isSigned: true }, csv, 4);
    expect(decoded.rows).toBe(2);
    expect(valuesOf(decoded, 0)).toEqual(["é\n", "é\n"]);
    expect(decoded.refused).toMatchObject({ row: 2, column: "b", reason: "encoding" });
    expect(decoded.refused?.value).toContain(value);
    // A count before it is refused first.
    const above = Buffer.concat([Buffer.from(`x,y,${2n ** 63n}\n`), csv]);
    expect(decodeRows({ columns, isSigned: true }, above, 5).refused).toMatchObject({
      row: 0,
      column: "macs",
    });
  });

  it("are never read as something else than the kernel has checked", () => {
    const decode = (type: ValueType, text: string, isNullable = false) =>
      decodeRows(
        { columns: [columnOf(type, "parameter", isNullable)], isSigned: false },
        Buffer.from(`${text}\n`),
        1,
      );
    expect(() => decode("int32", "x", true)).toThrow("cannot read 'x'");
    expect(() => decode("boolean", "yes", true)).toThrow("cannot read 'yes'");
    expect(() => decode("double", "1/0", true)).toThrow("cannot read '1/0'");
    expect(() => decode("int32", "")).toThrow("a row without x");
  });
});

describe("a row at fault", () => {
  it.each<[ValueType, string, unknown]>([
    ["int32", "-3", -3],
    ["int32", "2147483648", undefined],
    ["int32", "3.5", undefined],
    ["int32", "(3, 4)", undefined],
    ["boolean", "yes", undefined],
    ["double", "-1.5", -1.5],
    ["double", "fast", undefined],
    ["double", "Infinity", undefined],
    ["text", "", undefined],
    ["uint64", "", undefined],
  ])("has a value of type %s if %s is one: %s", (type, text, value) => {
    const columns = [columnOf(type, "parameter", true), columnOf("text", "error", true, "error")];
    const row = Buffer.from(`${quoted(text)},"a ""message"""\n`);
    const decoded = decodeErrorRow({ columns, isSigned: true }, row);
    expect(valuesOf(decoded, 0)).toEqual([value]);
    expect(valuesOf(decoded, 1)).toEqual(['a "message"']);
  });
});
