import { fc, test } from "@fast-check/vitest";
import { describe, expect, it } from "vitest";
import { type ParameterName, RESULT_NAMES, type ResultName } from "../../src/columns.ts";
import { mayOverflow, rangesOf, upperBound } from "../../src/plan/bounds.ts";
import { layerAt } from "../../src/plan/plan.ts";
import { KERNELS } from "../support/kernels.ts";
import { planOf, sweepOn } from "../support/sweeps.ts";

const BASE = { in_channels: 4, out_channels: 4, kernel_size: 3, l_in: 8 };
const [, kernel] = KERNELS.at(-1) as (typeof KERNELS)[number];

describe("a plan", () => {
  it("nests the loops as they are written, with single values outside of all", () => {
    const plan = planOf({ axes: { l_in: [1, 2], in_channels: 4, stride: "1..3", out_channels: 4, kernel_size: [3, 5] } });
    expect(plan.loops.slice(-3).map((loop) => [loop.name, loop.size, loop.subtree])).toEqual([
      ["l_in", 2, 6n],
      ["stride", 3, 2n],
      ["kernel_size", 2, 1n],
    ]);
    expect(plan.loops.slice(0, -3).every((loop) => loop.size === 1 && loop.subtree === 12n)).toBe(true);
    expect(plan.size).toBe(12n);
  });

  it("does each thing at the innermost loop that it depends on", () => {
    const plan = planOf({ axes: { ...BASE, stride: [1, 2], groups: [1, 2], bias: [true, false] }, columns: ["l_out", "filters", "ops"] });
    const level = (name: ParameterName) => plan.loops.findIndex((loop) => loop.name === name);
    const at = (name: ResultName) => plan.steps.find((step) => step.kind === "cell" && plan.cells[step.slot] === name)?.level;
    expect([at("l_out"), at("filters"), at("ops")]).toEqual([level("stride"), level("groups"), level("bias")]);
    expect(plan.steps.find((step) => step.kind === "geometry")?.level).toBe(level("stride"));
    expect(plan.steps.map((step) => step.level)).toEqual(plan.steps.map((step) => step.level).sort((a, b) => a - b));
  });

  it("finds the layer at an index like nested loops", () => {
    const plan = planOf({ axes: { ...BASE, stride: [5, 2], padding: "0..4:2", bias: [false, true] } });
    let index = 0n;
    for (const stride of [5, 2])
      for (const padding of [0, 2, 4])
        for (const bias of [false, true]) expect(layerAt(plan, index++)).toMatchObject({ stride, padding, bias, in_channels: 4, dilation: 1 });
    expect(index).toBe(plan.size);
  });

  it("takes up to 2^63 - 1 layers, whatever their number", () => {
    const axes = { in_channels: "1..2147483647", out_channels: "1..2147483647", l_in: [1, 2], kernel_size: 1 };
    expect(planOf({ axes }).size).toBe(2n * (2n ** 31n - 1n) ** 2n);
    expect(() => planOf({ axes: { ...axes, l_in: [1, 2, 3] } })).toThrow("spec: the grid has 13835058042397261827 layers. At most 2^63 - 1");
  });

  it("is refused by the kernel when its axes have more separate values than it holds", () => {
    const plan = planOf({ axes: { ...BASE, l_in: Array.from({ length: 65_530 }, (_, i) => 3 * i + 1) } });
    expect(() => kernel.openPlan(plan, "closed")).toThrow("the axes have 65540 separate values and ranges. At most 65536 are possible");
  });
});

const ascending = (least: number, most: number) => fc.uniqueArray(fc.integer({ min: least, max: most }), { minLength: 1, maxLength: 3 });
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

describe("the bounds of a plan", () => {
  test.prop([axes], { numRuns: 100 })("are above every cell and every row of its sweep", (grid) => {
    const plan = planOf({ axes: grid, columns: RESULT_NAMES });
    for (const row of sweepOn(kernel, plan).csv.trimEnd().split("\n")) {
      if (row === "") continue;
      expect(row.length + 1).toBeLessThanOrEqual(plan.rowBytesMost);
      const cells = row.split(",");
      for (const [i, name] of plan.cells.entries()) {
        const value = name === "bias" ? 0n : BigInt(cells[i] as string);
        expect((value < 0n ? -value : value) <= upperBound(name, rangesOf(plan.loops))).toBe(true);
      }
    }
  });

  it("tell which results may pass 2^64 - 1", () => {
    const ranges = rangesOf(planOf({ axes: { ...BASE, in_channels: 2 ** 30, out_channels: 2 ** 30, l_in: 4 } }).loops);
    // ψ = 2^60, taps = 12, l_out = 6: macs are 12 · 2^60, flops 24 · 2^60, ops (6·2 + 12 + 6) · 2^60.
    expect(RESULT_NAMES.filter((name) => mayOverflow(name, ranges))).toEqual(["ops", "flops"]);
  });
});
