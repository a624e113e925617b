import { fc, test } from "@fast-check/vitest";
import { describe, expect, it } from "vitest";
import { mayOverflow, upperBound } from "../../src/columns/bound.ts";
import { column } from "../../src/columns/table.ts";
import type { GridPlan } from "../../src/plan/model.ts";
import type { SpecInput } from "../../src/spec/read.ts";
import { KERNELS } from "../support/kernels.ts";
import { ALL_RESULTS, TRANSPOSED } from "../support/layers.ts";
import { planOf, sweepOn } from "../support/sweeps.ts";
import { runs } from "../support/tier.ts";

const BASE = { in_channels: 4, out_channels: 4, kernel_size: 3, l_in: 8 };

/** All results that are whole numbers. */
const INTEGERS = ALL_RESULTS.filter(
  (name) => ["u64", "i64"].includes(column(name).type) && !column(name).missing,
);
const [, kernel] = KERNELS.at(-1) as (typeof KERNELS)[number];

const gridOf = (plan: ReturnType<typeof planOf>) => plan.grids[0] as GridPlan;

const ascending = (min: number, max: number) =>
  fc.uniqueArray(fc.integer({ min: min, max: max }), { minLength: 1, maxLength: 3 });
const axes = fc.record({
  batch_size: ascending(0, 3),
  in_channels: ascending(1, 6),
  out_channels: ascending(1, 6),
  l_in: ascending(1, 30),
  kernel_size: ascending(1, 12),
  stride: ascending(1, 9),
  padding: ascending(0, 9),
  groups: ascending(1, 3),
  bias: fc.constantFrom([true], [false], [false, true]),
});

describe("the upper bounds of columns", () => {
  test.prop([axes], { numRuns: runs(100) })(
    "are at least the value of every cell, and the row bound is at least the length of every row",
    (grid) => {
      const plan = planOf({ axes: grid, columns: INTEGERS } as SpecInput);
      for (const row of sweepOn(kernel, plan).bytes.trimEnd().split("\n")) {
        if (row === "") continue;
        expect(row.length + 1).toBeLessThanOrEqual(plan.maxRowBytes);
        const cells = row.split(",");
        for (const [i, name] of INTEGERS.entries()) {
          const value = BigInt(cells[11 + i] as string);
          expect(
            (value < 0n ? -value : value) <= upperBound(TRANSPOSED, name, gridOf(plan).valueSets),
          ).toBe(true);
        }
      }
    },
  );

  it("determine which results may exceed 2^64 - 1", () => {
    const { valueSets } = gridOf(
      planOf({ axes: { ...BASE, in_channels: 2 ** 30, out_channels: 2 ** 30, l_in: 4 } }),
    );
    // ψ = 2^60, taps = 12, l_out = 6: macs are 12 · 2^60, flops 24 · 2^60, thop 18 · 2^60, and
    // ops (6·2 + 12 + 6) · 2^60.
    expect(ALL_RESULTS.filter((name) => mayOverflow(TRANSPOSED, name, valueSets))).toEqual([
      "ops",
      "flops",
      "zero_insertion_macs",
      "arithmetic_intensity",
      "moduleprofiler",
      "ptflops_0_7_4",
      "thop",
      "torchinfo",
      "torch",
      "deepspeed_flops",
      "torchprofile",
      "onnx_tool",
      "tensorflow",
    ]);
  });
});
