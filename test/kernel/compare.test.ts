/** Comparing the conventions: the tallies of the kernels, what is read from them, and the properties that the formulas have. */
import { fc, test } from "@fast-check/vitest";
import { describe, expect, it } from "vitest";
import type { ResultName } from "../../src/columns/table.ts";
import { binOf, medianOf, middleOf, RELATIVE_ERROR } from "../../src/conventions/bins.ts";
import { COMPARED, inMacs } from "../../src/conventions/compared.ts";
import {
  addTallies,
  emptyTotals,
  medianOfTotal,
  mergedTallies,
  worstOf,
} from "../../src/conventions/tallies.ts";
import { planList } from "../../src/plan/list.ts";
import { planSweep } from "../../src/plan/plan.ts";
import { type SpecInput, specFrom } from "../../src/spec/read.ts";
import { KERNELS } from "../support/kernels.ts";
import { layerOfValues } from "../support/layers.ts";
import { runs } from "../support/tier.ts";

const [[, reference], ...compiled] = KERNELS as [
  (typeof KERNELS)[number],
  ...(typeof KERNELS)[number][],
];
const [, release] = KERNELS.at(-1) as (typeof KERNELS)[number];

const values = (min: number, max: number) =>
  fc.uniqueArray(fc.integer({ min: min, max: max }), { minLength: 1, maxLength: 3 });
const grids = fc
  .record({
    batch_size: values(0, 3),
    in_channels: values(1, 8),
    out_channels: values(1, 8),
    l_in: values(1, 12),
    kernel_size: values(1, 6),
    stride: values(1, 5),
    padding: values(0, 5),
    output_padding: values(0, 3),
    groups: values(1, 4),
    bias: fc.constantFrom([true], [false], [false, true]),
  })
  .map((axes) => ({ axes }) as SpecInput);

describe.each(compiled)("comparing, the %s kernel", (_, kernel) => {
  test.prop([grids], { numRuns: runs(40) })(
    "tallies the layers of a grid like the reference",
    (grid) => {
      const plan = planSweep(specFrom(grid), "compare");
      const tally = (of: typeof kernel) => {
        of.openPlan(plan, 0, "closed");
        const parts = [];
        for (let at = 0n; at < plan.size; ) {
          const batch = of.sweep(at, plan.size);
          expect(batch.bytes).toHaveLength(0);
          parts.push(batch.tallies ?? []);
          at = batch.next;
        }
        return mergedTallies(parts);
      };
      expect(tally(kernel)).toEqual(tally(reference));
    },
  );

  it("tallies the layers of a list like the reference, and says at which byte the extremes stand", () => {
    const text = "1,1,2,3,1\n4,4,8,4,4\n16,8,32,16,8\n3,3,5,2,3\n";
    const list = planList("in_channels,out_channels,l_in,kernel_size,stride", "list", {
      layer: "conv_transpose1d",
      columns: [],
      settings: {},
      skipInvalid: false,
      isComparing: true,
    });
    const tally = (of: typeof kernel) => {
      of.openList(list, "closed");
      return of.countList(Buffer.from(text), 0);
    };
    const { tallies, rows, next } = tally(kernel);
    expect([rows, next]).toEqual([4, text.length]);
    expect(tallies).toEqual(tally(reference).tallies);
    const thop = tallies?.[COMPARED.indexOf("thop")];
    // O·K / taps: 4·3/6 = 2, 32·4/32 = 4, 264·16/512 = 8.25, 14·2/10 = 2.8.
    expect(thop).toMatchObject({
      layers: 4n,
      missing: 0n,
      exact: 0n,
      min: { ratio: 2, at: 0n },
      max: { ratio: 8.25, at: 20n },
    });
  });

  it("stops at a number that passes 64 bits, and names the layer", () => {
    const plan = planSweep(
      specFrom({
        axes: { in_channels: [1, 2 ** 30], out_channels: 64, l_in: 2 ** 25, kernel_size: 8 },
      }),
      "compare",
    );
    kernel.openPlan(plan, 0, "closed");
    const batch = kernel.sweep(0n, plan.size);
    expect([batch.rows, batch.fault]).toEqual([1, { kind: "overflow", index: 1n, cell: 0 }]);
  });
});

describe("medians", () => {
  const ratios = fc.array(
    fc.oneof(
      fc.double({ min: 2 ** -31, max: 2 ** 31, noNaN: true }),
      fc.constantFrom(0, 1, 2, 0.5),
    ),
    { minLength: 1, maxLength: 60 },
  );

  test.prop([ratios])("are within the stated error of the true ones", (list) => {
    const bins = new Map<number, bigint>();
    for (const ratio of list) bins.set(binOf(ratio), (bins.get(binOf(ratio)) ?? 0n) + 1n);
    const median = medianOf(bins, BigInt(list.length), Math.min(...list), Math.max(...list));
    const sorted = [...list].sort((a, b) => a - b);
    const truth = sorted[Math.ceil(list.length / 2) - 1] as number;
    expect(Math.abs(median - truth)).toBeLessThanOrEqual(truth * RELATIVE_ERROR);
  });

  it("stand in bins whose middles are in them", () => {
    for (const ratio of [0, 2 ** -32, 0.001, 0.5, 1, 1.5, 268.2, 2 ** 31])
      expect(binOf(middleOf(binOf(ratio)))).toBe(binOf(ratio));
  });
});

it("finds the layer furthest off on either side, and the first of equals", () => {
  const tally = (min: number, max: number) => ({
    layers: 2n,
    missing: 0n,
    exact: 0n,
    min: { ratio: min, at: 7n },
    max: { ratio: max, at: 8n },
    bins: [],
  });
  const totals = emptyTotals<string>();
  addTallies(
    totals,
    COMPARED.map(() => tally(0.5, 3)),
    (at) => `first ${at}`,
  );
  addTallies(
    totals,
    COMPARED.map(() => tally(0.25, 3)),
    (at) => `second ${at}`,
  );
  const [total] = totals as [(typeof totals)[number]];
  expect([total.min, total.max]).toEqual([
    { ratio: 0.25, at: "second 7" },
    { ratio: 3, at: "first 8" },
  ]);
  expect(worstOf(total)?.at).toBe("second 7");
  expect(medianOfTotal(emptyTotals()[0] as (typeof totals)[number])).toBeUndefined();
});

const some = fc.record({
  batch_size: fc.integer({ min: 1, max: 4 }),
  groups: fc.integer({ min: 1, max: 4 }),
  inPerGroup: fc.integer({ min: 1, max: 5 }),
  outPerGroup: fc.integer({ min: 1, max: 5 }),
  l_in: fc.integer({ min: 1, max: 30 }),
  kernel_size: fc.integer({ min: 1, max: 9 }),
  stride: fc.integer({ min: 1, max: 6 }),
  padding: fc.integer({ min: 0, max: 4 }),
  output_padding: fc.constant(0),
  dilation: fc.integer({ min: 1, max: 3 }),
  bias: fc.integer({ min: 0, max: 1 }),
});
type Some = typeof some extends fc.Arbitrary<infer V> ? V : never;

function counted({ inPerGroup, outPerGroup, ...rest }: Some) {
  const all: Record<string, number> = {
    ...rest,
    in_channels: inPerGroup * rest.groups,
    out_channels: outPerGroup * rest.groups,
  };
  const layer = layerOfValues((name) => all[name] as number);
  return { layer, results: release.count(layer, "closed").results };
}

describe("the conventions", () => {
  test.prop([some], { numRuns: runs(1_000) })(
    "of the inputs are exact where padding is 0, and nowhere else",
    (values) => {
      const { results } = counted(values);
      if (!results) return;
      expect(results.fvcore === results.macs).toBe(values.padding === 0);
      expect(results.thop_ultralytics).toBe(results.fvcore);
      expect(results.torch).toBe(2n * (results.fvcore as bigint));
    },
  );

  test.prop([some], { numRuns: runs(500) })(
    "of DeepSpeed are 0 for depthwise layers, and fvcore's without groups",
    (values) => {
      const depthwise = counted({
        ...values,
        groups: values.groups + 1,
        inPerGroup: 1,
        outPerGroup: 1,
      }).results;
      if (depthwise) expect(depthwise.deepspeed_macs).toBe(0n);
      const whole = counted({ ...values, groups: 1 }).results;
      if (whole) expect(whole.deepspeed_macs).toBe(whole.fvcore);
    },
  );

  test.prop([some], { numRuns: runs(500) })("all scale with the batch", (values) => {
    const [one, many] = [counted({ ...values, batch_size: 1 }).results, counted(values).results];
    if (!one || !many) return;
    for (const name of COMPARED) {
      const [single, whole] = [one[name], many[name]];
      if (typeof single === "bigint") expect(whole).toBe(single * BigInt(values.batch_size));
      else expect(whole).toBeCloseTo((single as number) * values.batch_size, 6);
    }
  });

  test.prop([some], { numRuns: runs(500) })(
    "of the outputs agree where units are the same, and never count less than lands",
    (values) => {
      const { layer, results } = counted(values);
      if (!results) return;
      const macs = (name: ResultName) => inMacs(name, layer, results)?.numerator as bigint;
      expect([macs("torchinfo"), macs("ptflops_0_7_4")]).toEqual([macs("thop"), macs("thop")]);
      expect(macs("thop")).toBe(results.zero_insertion_macs);
      expect(macs("thop") >= (results.macs as bigint)).toBe(true);
    },
  );
});
