import { describe, expect, it } from "vitest";
import { PLAN_SECTIONS } from "../../src/kernel/image-writer.ts";
import { planImage } from "../../src/kernel/plan-image.ts";
import { KIND_NAMES, kindOf } from "../../src/layers/kinds.ts";
import { constant, expectToFit } from "../support/image-sections.ts";
import { KERNELS } from "../support/kernels.ts";
import { planOf } from "../support/sweeps.ts";

const BASE = { in_channels: 4, out_channels: 4, kernel_size: 3, l_in: 8 };

const [, kernel] = KERNELS.at(-1) as (typeof KERNELS)[number];

it.each(KIND_NAMES)("the image of a %s plan with every column fits", (layer) => {
  const kind = kindOf(layer);
  const axes = Object.fromEntries(
    kind.parameters.map(({ name, type }) => [name, type === "boolean" ? [true, false] : [1, 2]]),
  );
  const plan = planOf({
    layer,
    axes,
    variables: { sample_rate: [689.0625, "30000/1001"], bits: [8, 16] },
    columns: ["all"],
  } as never);
  expectToFit(planImage(plan, 0, "closed", constant).sections, PLAN_SECTIONS, []);
});

describe("a plan for the kernel", () => {
  it("is refused when its axes have more separate values than the image holds", () => {
    const plan = planOf({
      axes: { ...BASE, l_in: Array.from({ length: 65_537 }, (_, i) => 3 * i + 1) },
    });
    expect(() => kernel.openPlan(plan, 0, "closed")).toThrow(
      "the axes have 65537 separate values and ranges; the limit is 65536",
    );
  });

  it("is refused when its expressions together exceed the image", () => {
    const plan = planOf({
      axes: {
        ...BASE,
        stride: [1, 2],
        kernel_size: Array.from({ length: 40_000 }, (_, i) => `stride + ${i}`),
      },
    });
    expect(() => kernel.openPlan(plan, 0, "closed")).toThrow(
      "spec: the expressions take 160000 operations; the limit is 131072. Shorten them or use fewer.",
    );
  });
});
