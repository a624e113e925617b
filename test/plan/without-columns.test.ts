import { describe, expect, it } from "vitest";
import type { Plan } from "../../src/plan/model.ts";
import { withColumns, withoutConstants } from "../../src/plan/without-columns.ts";
import { KERNELS } from "../support/kernels.ts";
import { planOf, sweepOn } from "../support/sweeps.ts";

const SPEC = {
  axes: { in_channels: 4, out_channels: [4, 8], kernel_size: [3, 5], l_in: "1..5" },
  columns: ["taps", "macs", "l_out"],
} as const;

const kindsOf = ({ grids }: Plan) => grids.flatMap(({ steps }) => steps.map(({ kind }) => kind));

describe("a plan with some of its columns", () => {
  it("has them in the order of the plan, with the header and the row length of these", () => {
    const plan = withColumns(planOf(SPEC), new Set(["l_out", "l_in", "taps"]));
    expect(plan).toMatchObject({
      cells: ["l_in", "taps", "l_out"],
      columns: ["taps", "l_out"],
      header: "l_in,taps,l_out\n",
    });
    expect(plan.maxRowBytes).toBeLessThan(planOf(SPEC).maxRowBytes);
  });

  it.each(KERNELS)("writes the same rows without the other columns: %s", (_, kernel) => {
    const plan = planOf(SPEC);
    const rows = sweepOn(kernel, plan).bytes.trimEnd().split("\n");
    const names = ["out_channels", "taps", "l_out"];
    const expected = rows.map((row) => {
      const cells = row.split(",");
      return `${names.map((name) => cells[plan.cells.indexOf(name)]).join(",")}\n`;
    });
    expect(sweepOn(kernel, withColumns(plan, new Set(names))).bytes).toBe(expected.join(""));
  });

  it("computes the overlap only if a column or a condition needs it", () => {
    expect(kindsOf(withColumns(planOf(SPEC), new Set(["taps"])))).toContain("overlap");
    expect(kindsOf(withColumns(planOf(SPEC), new Set(["l_out"])))).not.toContain("overlap");
    const filtered = planOf({ ...SPEC, where: "taps > 3" });
    expect(kindsOf(withColumns(filtered, new Set(["l_out"])))).toContain("overlap");
  });
});

describe("a plan without its constant columns", () => {
  it("names them, and is unchanged if there are none", () => {
    const plan = planOf(SPEC);
    const constants = [{ name: "stride", value: 1 }];
    const others = withoutConstants(plan, constants);
    expect(others.constants).toBe(constants);
    expect(others.cells).toEqual(plan.cells.filter((name) => name !== "stride"));
    expect(withoutConstants(plan, [])).toBe(plan);
  });
});
