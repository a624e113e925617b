import { describe, expect, it } from "vitest";
import { readLayer } from "../../src/layers/read.ts";
import { KERNELS } from "../support/kernels.ts";
import { planOf } from "../support/sweeps.ts";

const compiled = KERNELS.filter(([name]) => name !== "reference");

describe.each(compiled)("on layers longer than its scratch, the %s kernel", (_, kernel) => {
  it.each([
    ["exactly as long as the scratch", { l_in: 65_536, kernel_size: 1 }],
    ["one element longer", { l_in: 65_536, kernel_size: 2 }],
    ["a million inputs", { l_in: 1_000_000, kernel_size: 16, stride: 8, padding: 4 }],
    ["overlaps across the border of a piece", { l_in: 70_000, kernel_size: 301, padding: 150 }],
    [
      "a kernel that reaches over several pieces",
      { l_in: 50, kernel_size: 40, dilation: 9_973, stride: 7, padding: 12_345 },
    ],
    ["pieces on which nothing lands", { l_in: 500, kernel_size: 3, stride: 1_000_000 }],
    ["holes of billions", { l_in: 3, kernel_size: 2, stride: 2 ** 31 - 1, padding: 5 }],
    [
      "everything cropped but the ends of nothing",
      { l_in: 200_000, kernel_size: 1, padding: 99_999 },
    ],
  ])("simulates what the closed form says: %s", (_, shape) => {
    const layer = readLayer({ in_channels: 1, out_channels: 1, ...shape });
    expect(kernel.count(layer, "simulate")).toEqual(kernel.count(layer, "closed"));
  });
});

it.each(compiled)(
  "counts a layer that it simulates as the looks at layers that it takes as long as: the %s kernel",
  (_, kernel) => {
    const plan = planOf({
      axes: { in_channels: 1, out_channels: 1, l_in: 50_000, kernel_size: "50..99" },
    });
    kernel.openPlan(plan, 0, "closed");
    expect(kernel.sweep(0n, 50n, 1000)).toMatchObject({ next: 50n, visits: 50 });
    for (const method of ["simulate", "verify"] as const) {
      kernel.openPlan(plan, 0, method);
      const { next, visits } = kernel.sweep(0n, 50n, 50_000);
      // A layer has some 50,000·50 to 50,000·55 products here, sixteen of which take a nanosecond.
      expect(next).toBe(6n);
      expect(visits).toBeGreaterThanOrEqual(50_000);
      expect(visits).toBeLessThan(60_000);
      expect(kernel.sweep(6n, 50n, 1).next).toBe(7n);
    }
  },
);

it("simulates 100,000,000 inputs on the release kernel", () => {
  const [, kernel] = KERNELS.at(-1) as (typeof KERNELS)[number];
  const layer = readLayer({
    in_channels: 1,
    out_channels: 1,
    l_in: 100_000_000,
    kernel_size: 3,
    stride: 2,
    padding: 1,
  });
  expect(kernel.count(layer, "simulate")).toEqual(kernel.count(layer, "closed"));
});
