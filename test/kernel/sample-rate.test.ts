/** Sample rates that are fractions: in grids and in conditions, on each kernel. */
import { fc, test } from "@fast-check/vitest";
import { describe, expect, it } from "vitest";
import { type Fraction, nearestDouble, readFraction, textOfFraction } from "../../src/fraction.ts";
import type { SpecInput } from "../../src/spec/read.ts";
import { KERNELS } from "../support/kernels.ts";
import { planOf, sweepOn } from "../support/sweeps.ts";
import { runs } from "../support/tier.ts";

const AXES = { in_channels: 4, out_channels: [2, 4], l_in: [3, 8], kernel_size: 4 };

/** The last cells of each row. */
function cells(spec: SpecInput, count: number, kernel = KERNELS[0]?.[1]): string[] {
  const { bytes, fault } = sweepOn(kernel as never, planOf(spec));
  expect(fault).toBeUndefined();
  return bytes
    .trimEnd()
    .split("\n")
    .map((row) => row.split(",").slice(-count).join(","));
}

describe.each(KERNELS)("a grid on the %s kernel", (_, kernel) => {
  it("accepts fractions as numbers and texts, and writes them as decimals", () => {
    const rows = cells(
      {
        variables: { sample_rate: [689.0625, "44100/32", 8000, "30000/1001"] },
        axes: AXES,
        columns: ["sample_rate", "macs_per_second"],
      },
      2,
      kernel,
    );
    // By hand: 4·C_out·taps / l_out · rate, with taps = 4·L and l_out = L + 3.
    const expected = [689.0625, 1378.125, 8000, 30_000 / 1001].flatMap((rate, i) =>
      [2, 4].flatMap((out) =>
        [3, 8].map((l) => {
          const [numerator, denominator] = [
            [11_025, 16],
            [11_025, 8],
            [8000, 1],
            [30_000, 1001],
          ][i] as [number, number];
          const perSecond = nearestDouble({
            numerator: BigInt(4 * out * 4 * l * numerator),
            denominator: BigInt((l + 3) * denominator),
          });
          return `${rate},${perSecond}`;
        }),
      ),
    );
    expect(rows).toEqual(expected);
  });

  it("accepts one fraction for all layers, and whole numbers", () => {
    const one = (sample_rate: number | string) =>
      cells(
        { variables: { sample_rate }, axes: AXES, columns: ["sample_rate", "ops_per_second"] },
        2,
        kernel,
      );
    expect(one("22050/32")).toEqual(one(689.0625));
    expect(one("22050/32")[0]).toMatch(/^689\.0625,/);
    expect(one("44100/2")).toEqual(one(22_050));
    expect(one("44100/2")[0]).toMatch(/^22050,/);
  });

  it("accepts fractions with ranges and in joint axes", () => {
    expect(
      cells(
        {
          variables: { sample_rate: ["1/2", "1..3"] },
          axes: { ...AXES, out_channels: 2, l_in: 3 },
          columns: ["sample_rate"],
        },
        1,
        kernel,
      ),
    ).toEqual(["0.5", "1", "2", "3"]);
    const joint = {
      variables: {
        "hop, sample_rate": [
          [32, "22050/32"],
          [64, 344.53125],
          [1, 22_050],
        ],
      },
      axes: { ...AXES, out_channels: 2, l_in: 3 },
      columns: ["hop", "sample_rate"],
    } as SpecInput;
    expect(cells(joint, 2, kernel)).toEqual(["32,689.0625", "64,344.53125", "1,22050"]);
  });

  it("applies conditions on fractions", () => {
    const spec = {
      variables: { sample_rate: ["1000/3", 500, 2000] },
      axes: { ...AXES, out_channels: 2, l_in: 3 },
      columns: ["sample_rate"],
    } as SpecInput;
    expect(cells({ ...spec, where: "sample_rate > 499" } as SpecInput, 1, kernel)).toEqual([
      "500",
      "2000",
    ]);
    expect(cells({ ...spec, where: "sample_rate in [500, 1000]" } as SpecInput, 1, kernel)).toEqual(
      ["500"],
    );
  });

  it.each<[string, string[]]>([
    ["sample_rate == 1000 / 3", ["1000/3"]],
    ["sample_rate != 1000 / 3", ["689.0625", "22050"]],
    ["sample_rate * 3 == 1000", ["1000/3"]],
    ["sample_rate == 689.0625 or sample_rate == 22050", ["689.0625", "22050"]],
    ["300 < sample_rate <= 689.0625", ["1000/3", "689.0625"]],
    ["sample_rate // 1 == 689 and sample_rate % 1 == 1 / 16", ["689.0625"]],
    ["sample_rate in 0.0625..1000", ["689.0625"]],
    ["sample_rate in [22050, 333.0]", ["22050"]],
    ["not sample_rate > 500", ["1000/3"]],
    ["sample_rate is not missing", ["1000/3", "689.0625", "22050"]],
    ["sample_rate is missing", []],
    ["ceil_div(sample_rate, 1) == 334", ["1000/3"]],
    ["min(sample_rate, 400) == 400", ["689.0625", "22050"]],
    // By hand: 4·2·(3·4) / 6 = 16 MACs for each output element: 16/3·1000, 11,025 and 352,800.
    ["macs_per_second == 16 * sample_rate", ["1000/3", "689.0625", "22050"]],
    ["macs_per_second > sample_rate * 16", []],
    ["macs_per_second > sample_rate * 15.999", ["1000/3", "689.0625", "22050"]],
    ["macs_per_second == 16000 / 3", ["1000/3"]],
    ["macs_per_second <= 11025", ["1000/3", "689.0625"]],
    ["macs_per_second < 11.025k", ["1000/3"]],
  ])("decides %s exactly", (where, kept) => {
    const columns = ["sample_rate", "macs_per_second"];
    const spec = {
      variables: { sample_rate: ["1000/3", 689.0625, 22_050] },
      axes: { ...AXES, out_channels: 2, l_in: 3 },
      where,
      columns,
    } as SpecInput;
    const { bytes, rejected, fault } = sweepOn(kernel, planOf(spec));
    expect(fault).toBeUndefined();
    const rates = kept.map((rate) => String(nearestDouble(readFraction(rate) as Fraction)));
    expect(bytes.split("\n").flatMap((row) => (row === "" ? [] : [row.split(",").at(-2)]))).toEqual(
      rates,
    );
    expect(rejected.reduce((a, b) => a + b)).toBe(BigInt(3 - kept.length));
  });

  it("decides conditions on one fraction for all layers", () => {
    const kept = (where: string) =>
      sweepOn(
        kernel,
        planOf({
          variables: { sample_rate: "22050/32" },
          axes: AXES,
          where,
          columns: ["l_out", "macs_per_second"],
        } as SpecInput),
      ).rows;
    // By hand, 4·C_out·4·L / (L + 3) · 689.0625: the factor is 16 and 32 for L = 3, 23.27 and 46.54
    // for L = 8.
    expect(kept("macs_per_second > sample_rate * 46")).toBe(1);
    expect(kept("macs_per_second < sample_rate * 46")).toBe(3);
    expect(kept("macs_per_second < 1.5M")).toBe(4);
    expect(kept("macs_per_second == 22050")).toBe(1);
    expect(kept("macs_per_second * 11 == 256 * sample_rate")).toBe(1);
  });

  it("stops at a condition that is undefined for a fraction", () => {
    const spec = {
      variables: { sample_rate: ["1000/3", 500] },
      axes: AXES,
      where: "gcd(sample_rate, 2) == 1",
      columns: ["sample_rate"],
    } as SpecInput;
    expect(sweepOn(kernel, planOf(spec)).fault).toEqual({ kind: "expression", index: 0n });
  });

  const rates = fc.uniqueArray(
    fc.oneof(
      fc
        .tuple(fc.integer({ min: 1, max: 400_000 }), fc.integer({ min: 1, max: 99 }))
        .map(([a, b]) => `${a}/${b}`),
      fc.integer({ min: 1, max: 10 ** 6 }).map((n) => n / 16),
      fc.integer({ min: 1, max: 96_000 }),
    ),
    {
      minLength: 1,
      maxLength: 4,
      selector: (rate) => textOfFraction(readFraction(String(rate)) as Fraction),
    },
  );
  test.prop([rates], { numRuns: runs(60) })(
    "writes the rows of the same layers counted alone",
    (sample_rate) => {
      const rows = cells(
        {
          variables: { sample_rate },
          axes: { ...AXES, out_channels: 2, l_in: 3 },
          columns: ["sample_rate", "macs_per_second"],
        },
        2,
        kernel,
      );
      const expected = sample_rate.map((rate) => {
        const { numerator, denominator } = readFraction(String(rate)) as Fraction;
        // By hand: 4·2·(3·4) / 6 = 16 MACs for each output element.
        const perSecond = nearestDouble({ numerator: 16n * numerator, denominator });
        return `${nearestDouble({ numerator, denominator })},${perSecond}`;
      });
      expect(rows).toEqual(expected);
    },
  );

  const bounds = fc.tuple(fc.integer({ min: 1, max: 10 ** 7 }), fc.integer({ min: 1, max: 999 }));
  const operators = fc.constantFrom("<", "<=", "==", "!=", ">", ">=");
  test.prop([rates, bounds, operators, fc.integer({ min: 1, max: 20 })], { numRuns: runs(300) })(
    "keeps the rows that satisfy a condition, as decided in whole numbers",
    (sample_rate, [n, d], operator, factor) => {
      const fractions = sample_rate.map((rate) => readFraction(String(rate)) as Fraction);
      // Often exactly the bound: macs_per_second is 16 times the rate.
      const first = fractions[0] as Fraction;
      const [numerator, denominator] =
        d % 2 === 0
          ? [first.numerator * 16n * BigInt(factor), first.denominator]
          : [BigInt(n), BigInt(d)];
      const spec = (where: string) => ({
        variables: { sample_rate },
        axes: { ...AXES, out_channels: 2, l_in: 3 },
        where,
        columns: ["sample_rate"],
      });
      const holds = ({ numerator: a, denominator: b }: Fraction) => {
        const [left, right] = [a * 16n * BigInt(factor) * denominator, numerator * b];
        const sign = left < right ? "<" : left > right ? ">" : "==";
        return (
          operator === sign ||
          (operator === "!="
            ? sign !== "=="
            : operator.length === 2 && operator !== "==" && (sign === "==" || operator[0] === sign))
        );
      };
      const expected = fractions.filter(holds).map((rate) => String(nearestDouble(rate)));
      for (const where of [
        `sample_rate * ${16 * factor} ${operator} ${numerator} / ${denominator}`,
        `macs_per_second ${operator} ${numerator} / ${denominator} / ${factor}`,
      ]) {
        const { bytes, fault } = sweepOn(kernel, planOf(spec(where) as SpecInput));
        expect([
          fault,
          bytes.split("\n").flatMap((row) => (row === "" ? [] : [row.split(",").at(-1)])),
        ]).toEqual([undefined, expected]);
      }
    },
  );
});
