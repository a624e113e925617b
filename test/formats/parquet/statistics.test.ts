/** The statistics of column chunks, by the rules of parquet.thrift. */
import { describe, expect, it } from "vitest";
import type { Column, ColumnType } from "../../../src/formats/parquet/schema.ts";
import { arePossible, statisticsOf } from "../../../src/formats/parquet/statistics.ts";

const columnOf = (type: ColumnType, isOptional = false): Column => ({
  name: "x",
  type,
  isOptional,
});
type Range = NonNullable<Parameters<typeof statisticsOf>[1]["range"]>;

/** The bytes of the bounds, as hexadecimal digits. */
function bounds(type: ColumnType, min: Range["min"], max: Range["max"]): (string | undefined)[] {
  const { minValue, maxValue } = statisticsOf(columnOf(type), {
    nullCount: 0,
    range: { min, max },
  });
  return [minValue, maxValue].map((bytes) => bytes && Buffer.from(bytes).toString("hex"));
}

describe("the bounds of a chunk", () => {
  it.each<[ColumnType, Range["min"], Range["max"], string, string]>([
    ["BOOLEAN", false, true, "00", "01"],
    ["INT32", -2, 258, "feffffff", "02010000"],
    ["INT64", -(2n ** 63n), 2n ** 63n - 1n, "0000000000000080", "ffffffffffffff7f"],
    ["UINT_64", 1n, 2n ** 64n - 1n, "0100000000000000", "ffffffffffffffff"],
    ["UINT_64", 2n ** 63n - 1n, 2n ** 63n, "ffffffffffffff7f", "0000000000000080"],
    ["DOUBLE", -1, 0.1, "000000000000f0bf", "9a9999999999b93f"],
    ["DOUBLE", 5e-324, Number.POSITIVE_INFINITY, "0100000000000000", "000000000000f07f"],
    ["STRING", Buffer.from("Z"), Buffer.from("é"), "5a", "c3a9"],
    ["BYTE_ARRAY", Uint8Array.of(1), Uint8Array.of(1, 0), "01", "0100"],
    ["BYTE_ARRAY", Uint8Array.of(), Uint8Array.of(255), "", "ff"],
  ])("of %s are PLAIN, little endian: %s to %s", (type, min, max, minBytes, maxBytes) => {
    expect(bounds(type, min, max)).toEqual([minBytes, maxBytes]);
  });

  it("are -0.0 below and +0.0 above, whichever zero a double is", () => {
    const [negative, positive] = ["0000000000000080", "0000000000000000"];
    for (const min of [0, -0])
      for (const max of [0, -0]) expect(bounds("DOUBLE", min, max)).toEqual([negative, positive]);
    expect(bounds("DOUBLE", 0, 1)[0]).toBe(negative);
    expect(bounds("DOUBLE", -1, -0)[1]).toBe(positive);
    expect(bounds("INT32", 0, 0)).toEqual(["00000000", "00000000"]);
  });

  it("are exact if they are given", () => {
    const exact = { isMinValueExact: true, isMaxValueExact: true };
    const range = { min: 1, max: 2 };
    expect(statisticsOf(columnOf("INT32"), { nullCount: 0, range })).toMatchObject(exact);
  });

  it("are absent if all values are null", () => {
    expect(statisticsOf(columnOf("INT32", true), { nullCount: 7 })).toEqual({ nullCount: 7 });
  });

  it("are absent if a value is not a number, and the number of these is given", () => {
    const range = { min: 1, max: 2 };
    const of = (nanCount: number) =>
      statisticsOf(columnOf("DOUBLE"), { nullCount: 0, range, nanCount });
    expect(of(3)).toEqual({ nullCount: 0, nanCount: 3 });
    expect(of(0)).toMatchObject({ nullCount: 0, nanCount: 0, isMinValueExact: true });
    expect(statisticsOf(columnOf("DOUBLE"), { nullCount: 0, range }).nanCount).toBe(0);
  });

  it("are absent if they are longer than 4096 bytes together", () => {
    const of = (bytes: number) =>
      statisticsOf(columnOf("STRING"), {
        nullCount: 0,
        range: { min: Buffer.alloc(2048, "a"), max: Buffer.alloc(bytes, "b") },
      });
    expect(of(2048).maxValue?.length).toBe(2048);
    expect(of(2049)).toEqual({ nullCount: 0 });
  });

  it.each<[ColumnType, Range["min"], Range["max"]]>([
    ["BOOLEAN", true, false],
    ["INT32", 1, 0],
    ["INT32", 0, 2 ** 31],
    ["INT32", 0.5, 1],
    ["INT64", 0n, 2n ** 63n],
    ["UINT_64", -1n, 0n],
    // In signed order, 2^63 is the smallest number.
    ["UINT_64", 2n ** 63n, 2n ** 63n - 1n],
    ["DOUBLE", Number.NaN, 1],
    ["DOUBLE", 1, Number.NaN],
    ["STRING", Buffer.from("é"), Buffer.from("z")],
    ["STRING", Buffer.from("ab"), Buffer.from("a")],
  ])("of %s cannot be %s to %s", (type, min, max) => {
    expect(() => bounds(type, min, max)).toThrow(RangeError);
  });
});

describe("statistics that were read", () => {
  const four = (...bytes: number[]) => Uint8Array.from([...bytes, 0, 0, 0]);
  const exact = { isMinValueExact: true, isMaxValueExact: true };
  const column = columnOf("INT32", true);
  it.each([
    ["without bounds", { nullCount: 2 }],
    ["with bounds", { nullCount: 0, minValue: four(1), maxValue: four(2), ...exact }],
    ["with inexact bounds", { nullCount: 0, minValue: four(1), maxValue: four(2) }],
    ["of nulls only", { nullCount: 9 }],
  ])("are possible %s", (_, statistics) => {
    expect(arePossible(column, 9, statistics)).toBe(true);
  });

  it.each([
    ["without the number of nulls", { minValue: four(1), maxValue: four(2) }],
    ["with more nulls than values", { nullCount: 10 }],
    ["with a negative number of nulls", { nullCount: -1 }],
    ["of nulls only with bounds", { nullCount: 9, minValue: four(1), maxValue: four(2) }],
    ["of integers that are not a number", { nullCount: 0, nanCount: 0 }],
    ["with one bound", { nullCount: 0, minValue: four(1) }],
    ["with a bound of another size", { nullCount: 0, minValue: four(1), maxValue: four(2, 2) }],
    ["with bounds in the wrong order", { nullCount: 0, minValue: four(2), maxValue: four(1) }],
    ["with exact bounds that are absent", { nullCount: 0, ...exact }],
  ])("are impossible %s", (_, statistics) => {
    expect(arePossible(column, 9, statistics)).toBe(false);
  });

  it("have no nulls in a required column", () => {
    expect(arePossible(columnOf("INT32"), 9, { nullCount: 1 })).toBe(false);
  });

  it("count what is not a number in a column of doubles", () => {
    const column = columnOf("DOUBLE", true);
    expect(arePossible(column, 9, { nullCount: 1 })).toBe(false);
    expect(arePossible(column, 9, { nullCount: 1, nanCount: 8 })).toBe(true);
    expect(arePossible(column, 9, { nullCount: 1, nanCount: 9 })).toBe(false);
    const [minValue, maxValue] = [new Uint8Array(8), new Uint8Array(8)];
    expect(arePossible(column, 9, { nullCount: 1, nanCount: 1, minValue, maxValue })).toBe(false);
  });
});
