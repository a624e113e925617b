import { describe, expect, it } from "vitest";
import type { ColumnBatch, ColumnValues } from "../../../src/kernel/column-layout.ts";
import type { ValueType } from "../../../src/plan/value-types.ts";
import type { GroupMemory } from "../../../src/run/columns/column-builder.ts";
import { GroupBuilder, rowsOfGroup } from "../../../src/run/columns/row-groups.ts";
import { gather } from "../../../src/run/sweep/gather.ts";
import type { RowGroup } from "../../../src/run/workers/row-group.ts";

type Value = bigint | undefined;
/** The rows of a column in one batch, as the kernel gives them. */
type Part = { readonly as: "runs" | "vector"; readonly values: readonly Value[] };

const ofType = (type: ValueType, name = "padding") => ({
  name,
  type,
  isNullable: true,
  fitsSigned: true,
});

const ARRAYS = {
  boolean: Uint8Array,
  int32: Int32Array,
  int64: BigUint64Array,
  uint64: BigUint64Array,
  double: Float64Array,
  text: BigUint64Array,
} as const;

const numberOf = (bits: bigint) => new Float64Array(BigUint64Array.of(bits).buffer)[0] as number;
const bitsOf = (number: number) => new BigUint64Array(Float64Array.of(number).buffer)[0] as bigint;

/** What an array holds for the 64 bits of a value. */
function entryOf(type: ValueType, bits: bigint): number | bigint {
  if (type === "double") return numberOf(bits);
  if (type === "int64" || type === "uint64" || type === "text") return bits;
  return Number(BigInt.asIntN(32, bits));
}

function columnOf(type: ValueType, { as, values }: Part): ColumnValues {
  const missing = values.map((value) => Number(value === undefined));
  const bits = values.map((value) => value ?? 0n);
  if (as === "runs")
    return {
      cell: 0,
      type,
      runs: {
        values: BigUint64Array.from(bits),
        rows: new Uint32Array(bits.length).fill(1),
        missing: Uint32Array.from(missing),
      },
    };
  const vector = new ARRAYS[type](bits.length);
  for (const [row, own] of bits.entries()) vector[row] = entryOf(type, own);
  return { cell: 0, type, vector, missing: Uint8Array.from(missing) };
}

const batchesOf = (type: ValueType, parts: readonly Part[]): ColumnBatch[] =>
  parts.map((part) => ({ rows: part.values.length, columns: [columnOf(type, part)] }));

/** The rows of an array, with undefined for those whose bit is not set. */
function rowsOf(values: ArrayLike<unknown>, validity: Uint8Array | undefined): unknown[] {
  return Array.from(values, (value, row) =>
    !validity || ((validity[row >> 3] as number) >> (row & 7)) & 1 ? value : undefined,
  );
}

/** The rows of the only column of a group, with undefined for those without a value. */
function rowsOfColumn(type: ValueType, { rows, columns }: RowGroup): unknown[] {
  const [column] = columns;
  if (!column) throw new Error("no column");
  const { values, missing, texts } = column;
  const entries =
    "missing" in values
      ? Array.from(values.values).flatMap((bits, run) =>
          new Array<unknown>(values.rows[run] as number).fill(
            values.missing[run] ? undefined : texts ? Number(bits) : entryOf(type, bits),
          ),
        )
      : Array.from<unknown>(values).map((value, row) => (missing?.[row] ? undefined : value));
  expect(entries).toHaveLength(rows);
  return texts
    ? entries.map((number) => (number === undefined ? undefined : texts[number as number]))
    : entries;
}

/** All rows, by way of groups of `capacity` rows. */
function throughGroups(
  type: ValueType,
  parts: readonly Part[],
  capacity: number,
  memory: GroupMemory,
): unknown[] {
  const builder = new GroupBuilder([ofType(type)], capacity, memory);
  const rows: unknown[] = [];
  const flush = () => {
    rows.push(...rowsOfColumn(type, builder.build()));
    builder.clear();
  };
  for (const batch of batchesOf(type, parts))
    for (let from = 0; from < batch.rows; ) {
      const to = builder.fitting(batch, from);
      builder.add(batch, from, to, "");
      from = to;
      if (builder.isFull) flush();
    }
  flush();
  return rows;
}

const SAME = 2n ** 31n;
const VALID = 2n ** 31n + 1n;

const CASES: readonly (readonly [ValueType, readonly Value[]])[] = [
  ["boolean", [0n, 1n, 1n, undefined, 0n]],
  ["int32", [7n, 7n, 2n ** 31n - 1n, undefined, 0n]],
  ["int64", [5n, undefined, 2n ** 64n - 3n, 2n ** 63n, 5n]],
  ["uint64", [0n, 2n ** 64n - 1n, 2n ** 64n - 1n, undefined, 9n]],
  ["double", [bitsOf(0.1), bitsOf(1e300), undefined, bitsOf(0.1), bitsOf(0)]],
  ["text", [SAME, 3n, VALID, SAME, 0n]],
];

const PARTS: readonly (readonly Part["as"][])[] = [
  ["runs"],
  ["vector"],
  ["runs", "vector"],
  ["vector", "runs"],
  ["runs", "runs", "vector", "runs"],
];

/** The values as rows of the plain form: what an array must hold, or a text. */
function expectedOf(type: ValueType, values: readonly Value[]): unknown[] {
  const words = new Map([
    [SAME, "same"],
    [VALID, "valid"],
  ]);
  return values.map((value) => {
    if (value === undefined) return undefined;
    return type === "text" ? (words.get(value) ?? String(value)) : entryOf(type, value);
  });
}

describe.each(CASES)("a column of type %s", (type, values) => {
  it.each(PARTS)("keeps its rows in groups of any size, from %s %s %s %s", (...kinds) => {
    const own = kinds.filter((kind) => kind !== undefined);
    const parts = own.map((as, i) => ({ as, values: [...values.slice(i), ...values] }));
    const expected = expectedOf(
      type,
      parts.flatMap((part) => part.values),
    );
    for (const memory of ["shared", "plain"] as const)
      for (const capacity of [1, 2, 3, 7, 8, 64])
        expect(throughGroups(type, parts, capacity, memory)).toEqual(expected);
  });

  it.each(PARTS)("keeps its rows in the batches of the library, from %s %s %s %s", (...kinds) => {
    const own = kinds.filter((kind) => kind !== undefined);
    const parts = own.map((as) => ({ as, values }));
    const [column] = gather([ofType(type)], batchesOf(type, parts), undefined);
    if (!column) throw new Error("no column");
    const signed = (value: unknown) =>
      type === "int64" && typeof value === "bigint" ? BigInt.asIntN(64, value) : value;
    expect(rowsOf(column.values, column.validity)).toEqual(
      expectedOf(
        type,
        parts.flatMap((part) => part.values),
      ).map(signed),
    );
  });
});

describe("a group", () => {
  it("keeps long runs as runs, which take no memory for each row", () => {
    const builder = new GroupBuilder([ofType("int32")], 1000, "shared");
    const runs = {
      values: BigUint64Array.of(3n, 4n),
      rows: Uint32Array.of(600, 400),
      missing: Uint32Array.of(0, 0),
    };
    builder.add({ rows: 1000, columns: [{ cell: 0, type: "int32", runs }] }, 100, 1000, "");
    expect(builder.build().columns[0]?.values).toEqual({
      values: BigUint64Array.of(3n, 4n),
      rows: Uint32Array.of(500, 400),
      missing: Uint32Array.of(0, 0),
    });
  });

  it("has a value for each row in plain memory", () => {
    const builder = new GroupBuilder([ofType("int32")], 4, "plain");
    const runs = {
      values: BigUint64Array.of(3n, 4n),
      rows: Uint32Array.of(1, 2),
      missing: Uint32Array.of(0, 1),
    };
    builder.add({ rows: 3, columns: [{ cell: 0, type: "int32", runs }] }, 0, 3, "");
    const [column] = builder.build().columns;
    expect(column?.values).toEqual(Int32Array.of(3, 4, 4));
    expect(column?.missing).toEqual(Uint8Array.of(0, 1, 1));
  });

  it.each(["shared", "plain"] as const)(
    "has the name of the grid in a column that the kernel does not write, in %s memory",
    (memory) => {
      const columns = [{ ...ofType("text", "name"), isNullable: false }];
      const builder = new GroupBuilder(columns, 4, memory);
      builder.add({ rows: 2, columns: [] }, 0, 2, "a");
      builder.add({ rows: 2, columns: [] }, 0, 2, "b");
      expect(rowsOfColumn("text", builder.build())).toEqual(["a", "a", "b", "b"]);
    },
  );

  it("has fewer rows the wider they are, and always a power of two", () => {
    const wide = Array.from({ length: 200 }, () => ofType("uint64"));
    expect(rowsOfGroup(wide)).toBe(8192);
    expect(rowsOfGroup([ofType("boolean")])).toBe(131072);
  });
});
