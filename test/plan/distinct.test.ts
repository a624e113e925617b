/**
 * Unions that write each layer once, against the rows of the same union with duplicates removed by
 * a Set.
 */
import { writeFileSync } from "node:fs";
import { fc, test } from "@fast-check/vitest";
import { describe, expect, it } from "vitest";
import { plan } from "../../src/library/plan.ts";
import { sweepToFile } from "../../src/library/sweep.ts";
import { planSweep } from "../../src/plan/plan.ts";
import { type GridInput, type SpecInput, specFrom } from "../../src/spec/read.ts";
import { inTemporaryFolder, said } from "../support/cli.ts";
import { KERNELS } from "../support/kernels.ts";
import { sweepOn } from "../support/sweeps.ts";

inTemporaryFolder();

type Axes = Record<string, unknown>;

const BASE = { in_channels: 4, out_channels: 4, l_in: "1..6", kernel_size: 3 };

const unionOf = (grids: readonly object[], more: object = {}) =>
  ({ grids, columns: ["l_out"], ...more }) as unknown as SpecInput;

/** Sweeps all rows of a spec on a kernel, grid by grid. */
function rowsOn(
  kernel: (typeof KERNELS)[number][1],
  spec: SpecInput,
): { rows: string[]; rejected: Map<string, bigint> } {
  const planned = planSweep(specFrom(spec));
  const rejected = new Map<string, bigint>();
  const rows = planned.grids.flatMap(({ predicates, size }, grid) => {
    const swept = sweepOn(kernel, planned, { grid });
    expect(swept.fault).toBeUndefined();
    expect(BigInt(swept.rows) + swept.rejected.reduce((sum, count) => sum + count, 0n)).toBe(size);
    for (const [i, text] of predicates.entries())
      rejected.set(text, (rejected.get(text) ?? 0n) + (swept.rejected[i + 1] ?? 0n));
    return swept.bytes.split("\n").slice(0, -1);
  });
  return { rows, rejected };
}

const [, release] = KERNELS.at(-1) as (typeof KERNELS)[number];

function distinctRows(grids: readonly object[], more: object = {}): string[] {
  return rowsOn(release, unionOf(grids, { ...more, distinct: true })).rows;
}

const once = (rows: readonly string[]) => [...new Set(rows)];

// Random grids.

const some = <T>(all: readonly T[], max = 3) =>
  fc.subarray([...all], { minLength: 1, maxLength: max });
const values = (all: readonly number[]) =>
  fc.oneof(
    some(all),
    fc
      .tuple(fc.constantFrom(...all), fc.nat(3), fc.integer({ min: 1, max: 2 }))
      .map(([first, more, step]) => `${first}..${first + more}:${step}`),
  );

/** Conditions over fractions, decimals, and results that are missing for some layers. */
const EXACT_CONDITIONS = [
  "arithmetic_intensity > 0.5",
  "kernel_size / stride >= 1.5",
  "l_in / 2 > 1 or moduleprofiler is missing",
  "moduleprofiler < 4.1 * macs",
  "not (moduleprofiler < 250) and zero_insertion_waste <= 0.65",
];

/**
 * Random grids over parameters. With `hasVariables` also over variables that the layer determines,
 * or that must be enumerated.
 */
function grids(hasVariables: boolean): fc.Arbitrary<object> {
  const own = <T>(all: readonly T[]) => (hasVariables ? all : []);
  return fc
    .record({
      rate: values([1, 2, 3]),
      u: fc.constantFrom<unknown>([1, 2], [2, 4], "divisors(4)", "pow2(1, 4)", "rate"),
      in_channels: values([2, 4, 6]),
      l_in: fc.oneof(
        values([1, 2, 5, 8]),
        fc.constantFrom<unknown>(
          ...own(["5 * u", "u + rate", "12 / u"]),
          "in_channels + 1",
          "in_channels / 2",
        ),
      ),
      stride: fc.oneof(
        values([1, 2, 3]),
        fc.constantFrom<unknown>(...own(["rate", "rate + 1", "max(rate, u)"]), "l_in", [
          1,
          "l_in // 2 + 1",
        ]),
      ),
      kernel_size: fc.oneof(
        values([1, 3, 4]),
        fc.constantFrom<unknown>(
          "2 * stride",
          "1..stride",
          ["stride", "l_in", 3],
          ...own(["rate + u", "2 * rate"]),
        ),
      ),
      padding: fc.constantFrom<unknown>(
        0,
        [0, 1],
        "(kernel_size - 1) // 2",
        "0..kernel_size // 2",
        "kernel_size / 2",
        "kernel_size / stride",
      ),
      joint: fc.constantFrom<Axes>(
        {},
        {
          "dilation, output_padding": [
            [1, 0],
            [2, 1],
            [3, 0],
          ],
        },
        {
          "dilation, output_padding": [
            ["stride", 0],
            [2, "stride - 1"],
          ],
        },
        { groups: "divisors(in_channels)" },
        { groups: [1, 2], bias: [true, false] },
      ),
      where: some(
        [
          "kernel_size > stride",
          "l_out % 2 == 1",
          "padding < kernel_size and l_in in [1, 2, 5..9]",
          "taps > 3 or bias",
          ...own(["rate <= u", "kernel_size / rate > u / 2"]),
          ...EXACT_CONDITIONS,
        ],
        2,
      ),
      hasWhere: fc.boolean(),
      isInner: fc.boolean(),
      isJoint: fc.boolean(),
    })
    .map(({ rate, u, joint, where, hasWhere, isInner, isJoint, ...axes }) => ({
      ...(hasVariables && {
        variables: isJoint
          ? {
              "rate, u": [
                [1, 2],
                [2, 2],
                [3, 4],
              ],
            }
          : { rate, u },
      }),
      axes: isInner
        ? { out_channels: 12, ...joint, ...axes }
        : { out_channels: 12, ...axes, ...joint },
      ...(hasWhere && { where }),
    }));
}

/** The message by which distinct refuses a spec, or undefined. */
function refused(spec: SpecInput): string | undefined {
  try {
    plan({ ...spec, distinct: true });
    return undefined;
  } catch (error) {
    expect((error as { code: string }).code).toBe("undecidable");
    return (error as Error).message;
  }
}

describe("distinct", () => {
  test.prop([fc.array(grids(false), { minLength: 2, maxLength: 4 })], { numRuns: 150 })(
    "keeps the first of equal layers, in their order",
    (made) => {
      const all = rowsOn(release, unionOf(made)).rows;
      expect(distinctRows(made)).toEqual(once(all));
    },
  );

  test.prop([fc.array(grids(true), { minLength: 1, maxLength: 3 })], { numRuns: 150 })(
    "keeps one of the equal layers that variables produce",
    (made) => {
      const spec = unionOf(made);
      if (refused(spec) !== undefined) return;
      expect(distinctRows(made).sort()).toEqual(once(rowsOn(release, spec).rows).sort());
    },
  );

  test.prop([fc.array(grids(true), { minLength: 2, maxLength: 3 })], { numRuns: 15 })(
    "gives the same rows and rejection counts on every kernel",
    (made) => {
      const spec = unionOf(made, { distinct: true });
      if (refused(spec) !== undefined) return;
      const [first, ...others] = KERNELS.map(([, kernel]) => rowsOn(kernel, spec));
      for (const other of others) expect(other).toEqual(first);
    },
  );

  it("counts repeated layers for each earlier grid that has them", () => {
    const { rows, rejected } = rowsOn(
      release,
      unionOf(
        [
          { name: "low", axes: { ...BASE, stride: "1..4" } },
          { axes: { ...BASE, stride: "3..6" } },
          { axes: { ...BASE, stride: [2, 5, 9] } },
        ],
        {
          distinct: true,
        },
      ),
    );
    expect(rows).toHaveLength(6 * 7);
    expect(rejected.get("already in grid 1 (low)")).toBe(6n * 2n + 6n);
    expect(rejected.get("already in grid 2")).toBe(6n);
  });

  it("rejects all layers of a grid that an earlier grid contains, and none of a disjoint grid", () => {
    expect(
      distinctRows([{ axes: BASE }, { axes: BASE }, { axes: { ...BASE, l_in: 3 } }]),
    ).toHaveLength(6);
    expect(
      planSweep(
        specFrom(unionOf([{ axes: BASE }, { axes: { ...BASE, stride: 2 } }], { distinct: true })),
      ).grids[1]?.where,
    ).toEqual([]);
  });

  it("respects the conditions of the earlier grid", () => {
    const [odd, all] = [{ axes: BASE, where: "l_in % 2 == 1" }, { axes: BASE }];
    expect(distinctRows([odd, all])).toHaveLength(6);
    expect(distinctRows([odd, all]).map((row) => row.split(",")[3])).toEqual([
      "1",
      "3",
      "5",
      "2",
      "4",
      "6",
    ]);
  });

  it("decides conditions of the earlier grid over fractions and missing values", () => {
    const axes = { ...BASE, l_in: "1..4", stride: "1..3", padding: [0, 2], output_padding: "0..2" };
    const every = rowsOn(release, unionOf([{ axes }])).rows;
    for (const where of EXACT_CONDITIONS) {
      const some = rowsOn(release, unionOf([{ axes, where }])).rows;
      expect(some.length).toBeGreaterThan(0);
      expect(some.length).toBeLessThan(every.length);
      for (const [, kernel] of KERNELS) {
        const { rows, rejected } = rowsOn(
          kernel,
          unionOf([{ axes, where }, { axes }], { distinct: true }),
        );
        expect(rows).toEqual(once([...some, ...every]));
        // Repeated layers have one rejection count, even after a comparison with a missing value.
        expect(rejected.get("already in grid 1")).toBeGreaterThanOrEqual(BigInt(some.length));
        expect(
          [...rejected.keys()].filter((rejectionReason) => rejectionReason.startsWith("already")),
        ).toEqual(["already in grid 1"]);
      }
    }
  });

  it("treats layers as different when a setting that affects a column differs", () => {
    const bits = (value: number) => ({ variables: { bits: value }, axes: BASE });
    expect(
      distinctRows([bits(32), bits(8), { axes: BASE }], { columns: ["arithmetic_intensity"] }),
    ).toHaveLength(12);
    expect(distinctRows([bits(32), bits(8), { axes: BASE }], { columns: ["macs"] })).toHaveLength(
      6,
    );
    expect(distinctRows([bits(32), bits(8)], { columns: ["bits", "macs"] })).toHaveLength(12);
  });

  const RATES: readonly (readonly [string, Axes])[] = [
    ["0.5, 2, 3 and 689.0625", { sample_rate: [0.5, 2, 3, 689.0625] }],
    ["0.5, 2, 3.25 and 22050/32", { sample_rate: [0.5, 2, 3.25, "22050/32"] }],
    ["1 to 4", { sample_rate: "1..4" }],
    ["1/3, 4 and 689.0625", { sample_rate: ["1/3", 4, 689.0625] }],
    ["2 to 4 by 2", { sample_rate: "2..4:2" }],
    [
      "pairs",
      {
        "sample_rate, rest": [
          [2, 4],
          ["0.5", 4],
          ["1/3", 8],
        ],
      },
    ],
  ];
  it("compares sample rates by value, whatever the denominators of their grids", async () => {
    for (const [, one] of RATES) {
      for (const [, other] of RATES) {
        const gridOf = (variables: Axes, more: object = {}) => ({ variables, axes: BASE, ...more });
        const union = [
          gridOf(one, { where: "sample_rate > 0.4 and macs_per_second < 1M" }),
          gridOf(other),
        ];
        const columns = { columns: ["sample_rate", "macs_per_second"] };
        const all = rowsOn(release, unionOf(union, columns)).rows;
        expect(distinctRows(union, columns)).toEqual(once(all));
        writeFileSync("rates.yaml", JSON.stringify(unionOf(union, columns)));
        const { stderr } = await said(["sweep", "rates.yaml", "-o", "rates.csv", "--force"]);
        const repeated = all.length - once(all).length;
        expect(stderr.includes(`repeats ${repeated} layer`)).toBe(repeated > 0);
      }
    }
  });

  it("finds layers that the variables of one grid repeat", () => {
    const grid = {
      variables: { hop: [4, 8, 16], rate: "divisors(hop)" },
      axes: { ...BASE, l_in: 10, kernel_size: "2 * rate", stride: "rate" },
    };
    expect(distinctRows([grid]).map((row) => row.split(",")[5])).toEqual([
      "1",
      "2",
      "4",
      "8",
      "16",
    ]);
    expect(distinctRows([{ variables: { unused: "1..5" }, axes: BASE }])).toHaveLength(6);
  });

  it("finds layers that do not depend on a variable of the other grid", () => {
    const axes = { ...BASE, l_in: 5 };
    expect(
      distinctRows([
        { variables: { rate: [1, 2], u: "rate" }, axes },
        { variables: { u: [1, 2] }, axes: { ...axes, l_in: "5 * u" } },
      ]),
    ).toHaveLength(2);
  });

  it("decides 2-d layers whose dimensions follow a plain name", () => {
    const axes = { in_channels: 4, out_channels: 4, h_in: "1..4", w_in: 3, stride: [1, 2] };
    const made = [
      { axes: { ...axes, kernel_size: [3, 5], padding: "kernel_size // 2" } },
      { axes: { ...axes, kernel_size: 3, "padding.h": [0, 1], "padding.w": [1, 2] } },
    ];
    const all = rowsOn(release, unionOf(made, { layer: "conv_transpose2d" })).rows;
    expect(distinctRows(made, { layer: "conv_transpose2d" })).toEqual(once(all));
    expect(once(all).length).toBeLessThan(all.length);
  });

  it("does not divide by zero for layers that are not in the earlier grid", () => {
    const made = [
      { axes: { ...BASE, stride: "2..4", padding: "kernel_size // (stride - 1)" } },
      { axes: { ...BASE, stride: 1, padding: [0, 1] } },
    ];
    expect(distinctRows(made)).toEqual(once(rowsOn(release, unionOf(made)).rows));
  });

  it("samples from the raw indices, including repeated layers", async () => {
    const grids = [
      { axes: { ...BASE, l_in: "1..1000" } },
      { axes: { ...BASE, l_in: "501..1500" } },
    ];
    const summary = await sweepToFile(
      unionOf(grids, { distinct: true, sample: { rows: 400 } }),
      "some.csv",
    );
    expect(summary.size).toBe(400n);
    expect(summary.rejected.get("already in grid 1")).toBeGreaterThan(60n);
  });

  it("writes the same rows on any number of workers", async () => {
    const big = unionOf(
      [
        { axes: { ...BASE, l_in: "1..60", kernel_size: "1..30", stride: "1..10" } },
        { axes: { ...BASE, l_in: "30..90", kernel_size: "15..45", stride: "5..15" } },
      ],
      { distinct: true },
    );
    const one = await sweepToFile(big, "one.csv", { workers: 1 });
    const three = await sweepToFile(big, "three.csv", { workers: 3 });
    expect({ ...three, seconds: 0 }).toEqual({ ...one, seconds: 0 });
    expect(one.gridRows).toEqual([18_000n, 61n * 31n * 11n - 31n * 16n * 6n]);
  });

  it.each<[string, GridInput, string]>([
    [
      "the axis r: its values depend on parameters",
      { variables: { r: "divisors(in_channels)" }, axes: { ...BASE, kernel_size: "2 * r" } },
      "twice in grid 1",
    ],
    [
      "the axis r: more than 1000 values of variables must be tried",
      { variables: { r: "1..1001" }, axes: { ...BASE, kernel_size: "2 * r" } },
      "grid 1",
    ],
  ])("refuses grids whose layers the parameters do not determine: %s", (text, grid, what) => {
    const error = () => plan({ ...unionOf([grid]), distinct: true });
    expect(error).toThrow(text);
    expect(error).toThrow(what);
    expect(error).toThrow("Write that grid with parameters only, or drop distinct");
  });

  it.each([
    [
      "it uses / inside a condition",
      { axes: { ...BASE, padding: "1 * (l_in > 3 and l_in / 2 > 1)" } },
    ],
  ])("refuses an earlier grid for the reason that %s", (text, grid) => {
    expect(() => plan(unionOf([grid, { axes: BASE }], { distinct: true }))).toThrow(text);
  });

  it("refuses a condition on a setting of the layer that differs between the grids", () => {
    const rated = (rate: number) => ({
      variables: { sample_rate: rate },
      axes: BASE,
      where: "macs_per_second > 0",
    });
    expect(() => plan(unionOf([rated(8000), { axes: BASE }], { distinct: true }))).toThrow(
      "depends on a setting that the two grids do not share",
    );
    expect(distinctRows([rated(8000), rated(8000)])).toHaveLength(
      rowsOn(release, unionOf([rated(8000)])).rows.length,
    );
  });

  it("refuses a union whose test needs too many operations", () => {
    const axes = { ...BASE, l_in: Array.from({ length: 30_000 }, (_, i) => (i + 1) ** 2) };
    expect(() =>
      plan(
        unionOf(
          [
            { axes },
            { axes: { ...BASE, l_in: "1..1000000" } },
            { axes: { ...BASE, l_in: "7..1000007" } },
          ],
          { distinct: true },
        ),
      ),
    ).toThrow("distinct needs more than 50000 operations to tell whether a layer is in grid 1");
  });

  it("must be true or false", () => {
    expect(() =>
      plan({ ...unionOf([{ axes: BASE }]), distinct: "yes" as unknown as boolean }),
    ).toThrow("spec.distinct: distinct cannot be 'yes'. Write true or false.");
  });
});
