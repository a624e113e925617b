import { describe, expect, it } from "vitest";
import type { ResultName } from "../../src/columns/table.ts";
import type { ParameterName } from "../../src/layers/parameters.ts";
import type { GridPlan } from "../../src/plan/model.ts";
import { textOf } from "../../src/plan/schedule.ts";
import { KERNELS } from "../support/kernels.ts";
import { planOf, sweepOn } from "../support/sweeps.ts";

const BASE = { in_channels: 4, out_channels: 4, kernel_size: 3, l_in: 8 };

const [, kernel] = KERNELS.at(-1) as (typeof KERNELS)[number];

const gridOf = (plan: ReturnType<typeof planOf>) => plan.grids[0] as GridPlan;

describe("a schedule", () => {
  it("places each step at the innermost loop that it depends on", () => {
    const plan = planOf({
      axes: { ...BASE, stride: [1, 2], groups: [1, 2], bias: [true, false] },
      columns: ["l_out", "filters", "ops"],
    });
    const { loops, steps } = gridOf(plan);
    const level = (name: ParameterName) => 1 + loops.findIndex((loop) => loop.names.includes(name));
    const at = (name: ResultName) =>
      steps.find((step) => step.kind === "cell" && plan.cells[step.cell] === name)?.level;
    expect([at("l_out"), at("filters"), at("ops")]).toEqual([
      level("stride"),
      level("groups"),
      level("bias"),
    ]);
    expect(steps.find((step) => step.kind === "overlap")?.level).toBe(level("stride"));
    expect(steps.map((step) => step.level)).toEqual(
      steps.map((step) => step.level).sort((a, b) => a - b),
    );
  });

  it("checks each part of a condition at the outermost loop where its names are known", () => {
    const where = "4 * l_in > kernel_size == 2 * stride and stride in 3..4";
    const plan = planOf({
      axes: { stride: "1..9", ...BASE, kernel_size: "1..20", l_in: "1..9" },
      where,
    });
    const grid = gridOf(plan);
    const parts = grid.steps.flatMap((step) =>
      step.kind === "where"
        ? [[step.level, textOf(grid.where[step.where] as (typeof grid.where)[number])]]
        : [],
    );
    expect(parts).toEqual([
      [1, "stride in 3..4"],
      [2, "kernel_size == 2 * stride"],
      [3, "4 * l_in > kernel_size"],
    ]);
    // They have one rejection count.
    expect(plan.rejectionReasons.filter((text) => text.includes("stride in"))).toEqual([where]);
  });

  it("keeps a part that may be undefined after the parts that guard it", () => {
    // `shift` is known outside of l_in, but 12 % shift is undefined where shift is 0.
    const spec = { variables: { shift: [0, 1] }, axes: { ...BASE, l_in: [1, 2] } };
    const guarded = planOf({ ...spec, where: "shift > 0 and 12 % shift == 0" });
    expect(sweepOn(kernel, guarded)).toMatchObject({ rows: 2, rejected: [0n, 0n, 0n, 0n, 2n, 0n] });
    const waiting = planOf({ ...spec, where: "l_in > 2 and 12 % shift == 0" });
    expect(sweepOn(kernel, waiting)).toMatchObject({ rows: 0 });
    expect(sweepOn(kernel, waiting).fault).toBeUndefined();
    expect(
      sweepOn(kernel, planOf({ ...spec, where: "12 % shift == 0 and l_in > 2" })).fault,
    ).toEqual({ kind: "expression", index: 0n });
  });
});
