/** Tallies of the conventions, on each kernel. */
import { fc, test } from "@fast-check/vitest";
import { describe, expect, it } from "vitest";
import { COMPARED } from "../../src/conventions/compared.ts";
import { mergedTallies } from "../../src/conventions/tallies.ts";
import { planList } from "../../src/plan/list.ts";
import { planSweep } from "../../src/plan/plan.ts";
import { type SpecInput, specFrom } from "../../src/spec/read.ts";
import { KERNELS } from "../support/kernels.ts";
import { runs } from "../support/tier.ts";

const [[, reference], ...compiled] = KERNELS as [
  (typeof KERNELS)[number],
  ...(typeof KERNELS)[number][],
];
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

describe.each(compiled)("comparisons on the %s kernel", (_, kernel) => {
  test.prop([grids], { numRuns: runs(40) })(
    "tally the layers of a grid as the reference does",
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

  it("tally the layers of a list as the reference does, with the byte positions of the extremes", () => {
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

  it("stop at a number above 64 bits, and name the layer", () => {
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
