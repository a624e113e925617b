import { describe, expect, it } from "vitest";
import { namedParameters } from "../../src/layers/layer.ts";
import type { GridPlan } from "../../src/plan/model.ts";
import { layerOf, walk } from "../../src/plan/walk.ts";
import { TRANSPOSED } from "../support/layers.ts";
import { planOf } from "../support/sweeps.ts";

const BASE = { in_channels: 4, out_channels: 4, kernel_size: 3, l_in: 8 };

const gridOf = (plan: ReturnType<typeof planOf>) => plan.grids[0] as GridPlan;

describe("the layer at an index", () => {
  it("is that of nested loops", () => {
    const plan = planOf({
      axes: { ...BASE, stride: [5, 2], padding: "0..4:2", bias: [false, true] },
    });
    let index = 0n;
    for (const stride of [5, 2])
      for (const padding of [0, 2, 4])
        for (const bias of [false, true])
          expect(
            namedParameters(
              layerOf(
                TRANSPOSED,
                walk(TRANSPOSED, gridOf(plan), index++, () => ({ n: 0n, d: 1n })).values,
              ),
            ),
          ).toMatchObject({
            stride,
            padding,
            bias,
            in_channels: 4,
            dilation: 1,
          });
    expect(index).toBe(plan.size);
  });
});
