import { describe, expect, it } from "vitest";
import { readLayer } from "../../src/layers/read.ts";
import { KERNELS } from "../support/kernels.ts";
import { planOf } from "../support/sweeps.ts";

const compiled = KERNELS.filter(([name]) => name !== "reference");

describe.each(compiled)("layers longer than the scratch memory on the %s kernel", (_, kernel) => {
  it.each([
    ["exactly the length of the scratch memory", { l_in: 65_536, kernel_size: 1 }],
    ["one element longer", { l_in: 65_536, kernel_size: 2 }],
    ["a million inputs", { l_in: 1_000_000, kernel_size: 16, stride: 8, padding: 4 }],
    ["overlaps across the border of two pieces", { l_in: 70_000, kernel_size: 301, padding: 150 }],
    [
      "a kernel longer than several pieces",
      { l_in: 50, kernel_size: 40, dilation: 9_973, stride: 7, padding: 12_345 },
    ],
    ["pieces on which nothing lands", { l_in: 500, kernel_size: 3, stride: 1_000_000 }],
    ["holes of billions", { l_in: 3, kernel_size: 2, stride: 2 ** 31 - 1, padding: 5 }],
    ["everything cropped except the middle", { l_in: 200_000, kernel_size: 1, padding: 99_999 }],
  ])("have the same counts by simulation as by the closed form: %s", (_, shape) => {
    const layer = readLayer({ in_channels: 1, out_channels: 1, ...shape });
    expect(kernel.count(layer, "simulate")).toEqual(kernel.count(layer, "closed"));
  });
});

it.each(compiled)(
  "charges a simulated layer in visits that take the same time: the %s kernel",
  (_, kernel) => {
    const plan = planOf({
      axes: { in_channels: 1, out_channels: 1, l_in: 50_000, kernel_size: "50..99" },
    });
    kernel.openPlan(plan, 0, "closed");
    // A row takes one visit when it is found, and one when it is computed.
    expect(kernel.sweep(0n, 50n, 1000)).toMatchObject({ next: 50n, visits: 100 });
    for (const method of ["simulate", "verify"] as const) {
      kernel.openPlan(plan, 0, method);
      const { next, visits } = kernel.sweep(0n, 50n, 50_000);
      // A layer has about 50,000·50 to 50,000·55 products here. Sixteen products take a nanosecond.
      expect(next).toBe(6n);
      expect(visits).toBeGreaterThanOrEqual(50_000);
      expect(visits).toBeLessThan(60_000);
      expect(kernel.sweep(6n, 50n, 1).next).toBe(7n);
    }
  },
);

it.each(compiled)(
  "charges every simulated layer if the axes of its geometry are in several loops: the %s kernel",
  (_, kernel) => {
    const plan = planOf({
      axes: {
        in_channels: 1,
        out_channels: [1, 2],
        l_in: [50_000, 50_001],
        kernel_size: "50..99",
      },
    });
    for (const method of ["simulate", "verify"] as const) {
      kernel.openPlan(plan, 0, method);
      for (const first of [0n, 70n, 100n, 190n]) {
        const { next, visits } = kernel.sweep(first, 200n, 50_000);
        expect(next - first).toBeGreaterThanOrEqual(3n);
        expect(next - first).toBeLessThanOrEqual(7n);
        expect(visits).toBeGreaterThanOrEqual(50_000);
        expect(visits).toBeLessThan(66_000);
      }
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
