import { fc, test } from "@fast-check/vitest";
import { describe, expect, it } from "vitest";
import { type Fraction, nearestDouble, readFraction, textOfFraction } from "../src/fraction.ts";

describe("a fraction", () => {
  it.each<[string, string]>([
    ["22050", "22050/1"],
    ["689.0625", "11025/16"],
    ["22050/32", "11025/16"],
    ["22050 / 32", "11025/16"],
    ["44.1/6.4", "441/64"],
    ["1e3", "1000/1"],
    ["1.5E-3", "3/2000"],
    ["44.1k", "44100/1"],
    ["1Ki", "1024/1"],
    ["0.1", "1/10"],
    ["0", "0/1"],
    ["979.5918367346939", "9795918367346939/10000000000000"],
  ])("is read from %s as %s", (text, fraction) => {
    const { numerator, denominator } = readFraction(text) as Fraction;
    expect(`${numerator}/${denominator}`).toBe(fraction);
  });

  it.each([
    "",
    ".",
    "/",
    ".5",
    "5.",
    "05",
    "1/",
    "/2",
    "1/0",
    "1/2/3",
    "1e",
    "1e3k",
    "+5",
    "-5",
    "5..5",
    "0x10",
    "1_000",
    "1/hop",
    "NaN",
    "Infinity",
  ])("is not read from '%s'", (text) => expect(readFraction(text)).toBe("malformed"));

  it.each([
    "0.1234567890123456789",
    "1234567890123456789",
    "1e19",
    "1e-19",
    "1/0.000000001/1".slice(0, 13).replace("1/", "9999999999/"),
    "0.000000001/9999999999",
  ])("cannot be read exactly from '%s'", (text) => expect(readFraction(text)).toBe("inexact"));

  const natural = fc.bigInt({ min: 1n, max: 10n ** 15n });
  test.prop([natural, natural])("is read back from its text", (numerator, denominator) => {
    const value = readFraction(`${numerator}/${denominator}`) as Fraction;
    expect(value.numerator * denominator).toBe(numerator * value.denominator);
    expect(readFraction(textOfFraction(value))).toEqual(value);
  });

  test.prop([fc.double({ min: 10, max: 2 ** 31, noNaN: true })])(
    "is read from the text of a double as that double",
    (value) => {
      expect(nearestDouble(readFraction(String(value)) as Fraction)).toBe(value);
    },
  );
});
