import { describe, expect, it } from "vitest";
import type { GridPlan } from "../../src/plan/model.ts";
import { planOf } from "../support/sweeps.ts";

const gridOf = (plan: ReturnType<typeof planOf>) => plan.grids[0] as GridPlan;

describe("a plan", () => {
  it("nests its loops as written, with single values outside of all", () => {
    const plan = planOf({
      axes: { l_in: [1, 2], in_channels: 4, stride: "1..3", out_channels: 4, kernel_size: [3, 5] },
    });
    const { loops, fixed } = gridOf(plan);
    expect(loops.map((loop) => [loop.names, loop.size, loop.weight])).toEqual([
      [["l_in"], 2, 6n],
      [["stride"], 3, 2n],
      [["kernel_size"], 2, 1n],
    ]);
    expect(fixed.map(({ name }) => name)).toEqual([
      "batch_size",
      "padding",
      "output_padding",
      "dilation",
      "groups",
      "bias",
      "in_channels",
      "out_channels",
    ]);
    expect(plan.size).toBe(12n);
  });

  it("places an axis that depends on a later loop directly inside that loop", () => {
    const axes = {
      kernel_size: ["stride", "2 * stride"],
      l_in: [1, 2],
      padding: "kernel_size // 2",
      stride: [1, 2],
      groups: "divisors(in_channels)",
      in_channels: [2, 4],
      out_channels: 4,
    };
    const { loops, derived } = gridOf(planOf({ axes }));
    expect(loops.map(({ names, size }) => [names[0], size])).toEqual([
      ["l_in", 2],
      ["stride", 2],
      ["kernel_size", 2],
      ["in_channels", 2],
      ["groups", 3],
    ]);
    expect(derived.map(({ name }) => name)).toEqual(["padding"]);
  });

  it("has at most 2^63 - 1 layers", () => {
    const axes = {
      in_channels: "1..2147483647",
      out_channels: "1..2147483647",
      l_in: [1, 2],
      kernel_size: 1,
    };
    expect(planOf({ axes }).size).toBe(2n * (2n ** 31n - 1n) ** 2n);
    expect(() => planOf({ axes: { ...axes, l_in: [1, 2, 3] } })).toThrow(
      "spec: the grid has 13835058042397261827 layers; the limit is 2^63 - 1",
    );
  });
});
