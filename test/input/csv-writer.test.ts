/** Typed cells as CSV, against JavaScript's own numbers and texts. */
import { fc, test } from "@fast-check/vitest";
import { describe, expect, it } from "vitest";
import { CsvWriter } from "../../src/input/csv-writer.ts";
import { splitRecord } from "../../src/plan/list.ts";

/** What a call writes. */
function written(write: (csv: CsvWriter) => void): string {
  const csv = new CsvWriter();
  write(csv);
  return Buffer.from(csv.take()).toString();
}

describe("integers", () => {
  test.prop([fc.oneof(fc.maxSafeInteger(), fc.integer())])("have their digits", (value) => {
    expect(written((csv) => csv.integer(value))).toBe(String(value));
  });

  it.each([0, 9, 10, 99, 100, 2 ** 31 - 1, 2 ** 31, 10 ** 15, 2 ** 53 - 1, -1, -10, -(2 ** 53)])(
    "have their digits: %i",
    (value) => {
      expect(written((csv) => csv.integer(value))).toBe(String(value));
    },
  );

  test.prop([fc.bigInt({ min: -(2n ** 63n), max: 2n ** 64n - 1n })])(
    "of 64 bits have their digits",
    (value) => {
      expect(written((csv) => csv.bigInteger(value))).toBe(String(value));
      const words = new Int32Array(new BigInt64Array([value]).buffer) as unknown as number[];
      const [low, high] = [words[0] as number, words[1] as number];
      for (const isSigned of [true, false]) {
        const expected = isSigned ? BigInt.asIntN(64, value) : BigInt.asUintN(64, value);
        expect(written((csv) => csv.wideInteger(low, high, isSigned))).toBe(String(expected));
      }
    },
  );
});

describe("numbers", () => {
  it.each([
    [3, "3"],
    [-0, "0"],
    [2.5, "2.5"],
    [-0.1, "-0.1"],
    [1e20, "100000000000000000000"],
    [2 ** 60, "1152921504606846976"],
    [1e-7, "1e-7"],
    [Number.NaN, "NaN"],
    [Number.NEGATIVE_INFINITY, "-Infinity"],
  ])("are whole without a point, and have the fewest digits otherwise: %d", (value, text) => {
    expect(written((csv) => csv.number(value))).toBe(text);
  });

  test.prop([fc.double({ noDefaultInfinity: true, noNaN: true })])(
    "are read as the same double",
    (value) => {
      expect(Number(written((csv) => csv.number(value)))).toBe(value === 0 ? 0 : value);
    },
  );

  test.prop([fc.float({ noDefaultInfinity: true, noNaN: true })])(
    "of 32 bits are read as the same number, and are no longer than as doubles",
    (value) => {
      const text = written((csv) => csv.number(value, true));
      expect(Math.fround(Number(text))).toBe(value === 0 ? 0 : value);
      if (!Number.isInteger(value)) expect(text.length).toBeLessThanOrEqual(`${value}`.length);
    },
  );

  it("of 32 bits are those that people wrote", () => {
    for (const text of ["0.1", "22050.5", "3.14159", "1.5e-10", "0.33333334", "-7.123457"])
      expect(written((csv) => csv.number(Math.fround(Number(text)), true))).toBe(text);
  });
});

describe("decimals", () => {
  it.each<[bigint, number, string]>([
    [25n, 1, "2.5"],
    [250n, 2, "2.5"],
    [300n, 2, "3"],
    [-5n, 3, "-0.005"],
    [0n, 4, "0"],
    [7n, 0, "7"],
    [7n, -2, "700"],
    [-(10n ** 38n) + 1n, 19, `-${"9".repeat(19)}.${"9".repeat(19)}`],
  ])("are exact: %i with scale %i", (unscaled, scale, text) => {
    expect(written((csv) => csv.decimal(unscaled, scale))).toBe(text);
  });
});

describe("texts", () => {
  const text = fc.oneof(
    fc.string({ unit: "binary" }),
    fc.stringMatching(/^[a-z,"\n\r ]{0,40}$/),
    fc.constantFrom("", ",", '"', "\n", "x".repeat(100_000)),
  );

  test.prop([fc.array(fc.array(text, { minLength: 2, maxLength: 2 }), { maxLength: 5 })])(
    "are read as they are, with their line ends counted",
    (rows) => {
      const csv = new CsvWriter();
      for (const row of rows) {
        for (const [column, cell] of row.entries()) {
          if (column > 0) csv.endCell();
          csv.text(cell);
        }
        csv.endRecord();
        const lineEnds = row.join("").split("\n").length - 1;
        expect(csv.takeLineEnds()).toBe(lineEnds);
        expect(splitRecord(Buffer.from(csv.take()).toString().slice(0, -1))).toEqual(row);
      }
    },
  );
});
