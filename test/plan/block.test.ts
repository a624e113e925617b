import { describe, expect, it } from "vitest";
import { type Block, type BlockLimits, blockOf } from "../../src/plan/block.ts";
import type { Method } from "../../src/plan/method.ts";
import type { GridPlan, Step } from "../../src/plan/model.ts";
import type { SpecInput } from "../../src/spec/read.ts";
import { planOf } from "../support/sweeps.ts";

const LIMITS: BlockLimits = {
  vectorRows: 1024,
  positions: 131_072,
  bytes: 4 * 1024 * 1024,
  isDense: false,
};
const BASE = { in_channels: 4, out_channels: 4, kernel_size: 3, l_in: 8 };

function blockOfSpec(
  spec: SpecInput,
  limits: Partial<BlockLimits> = {},
  method: Method = "spot_check",
): { block: Block; grid: GridPlan; cells: readonly string[] } {
  const plan = planOf(spec);
  const grid = plan.grids[0] as GridPlan;
  return { block: blockOf(grid, method, { ...LIMITS, ...limits }), grid, cells: plan.cells };
}

const isReused = ({ rows }: Block) => rows > 0;

const nameOf = (step: Step) => `${step.kind} at ${step.level}`;
const vectorSteps = ({ vector }: Block) =>
  vector.map((own) => (own.kind === "step" ? nameOf(own.step) : `drop ${nameOf(own.of)}`));

/** Every step is in exactly one part of the block. */
function expectComplete({ block, grid }: { block: Block; grid: GridPlan }): void {
  const own = block.vector.flatMap((step) => (step.kind === "step" ? [step.step] : []));
  const all = [...block.outer, ...block.fill, ...own, ...block.cells];
  expect(new Set(all).size).toBe(all.length);
  expect(new Set(all)).toEqual(new Set(grid.steps));
}

describe("the block of a grid", () => {
  it("has all loops of a small space, and is filled once", () => {
    const made = blockOfSpec({ axes: { ...BASE, stride: [1, 2], groups: [1, 2] } });
    expect(made.block).toMatchObject({ level: 0, rows: 4, vector: [] });
    expect(made.block.late.size).toBe(0);
    expectComplete(made);
  });

  it("has the channels inside of the geometry, which are the same for every position of it", () => {
    const made = blockOfSpec({
      axes: {
        l_in: "1..500",
        stride: "1..50",
        kernel_size: 3,
        in_channels: "1..16",
        out_channels: "1..16",
        groups: [1, 2],
      },
      columns: ["macs"],
    });
    const { block, cells } = made;
    expect(block).toMatchObject({ level: 2, rows: 512, vector: [] });
    const names = (steps: Iterable<Step>) =>
      [...steps].flatMap((step) => (step.kind === "cell" ? [cells[step.cell]] : []));
    expect(names(block.cells)).toEqual(["in_channels", "out_channels", "groups", "macs"]);
    expect(names(block.reusedCells)).toEqual(["in_channels", "out_channels", "groups"]);
    expectComplete(made);
  });

  it("takes steps that depend on outer loops on the vectors", () => {
    const axes = {
      ...BASE,
      l_in: "1..300",
      kernel_size: "1..300",
      stride: [1, 2],
      padding: [0, 1],
    };
    const made = blockOfSpec({ axes, columns: ["l_out"] }, { positions: 1200, bytes: 1e6 });
    expect(made.block).toMatchObject({ level: 1, rows: 1200 });
    expect(vectorSteps(made.block)).toEqual(["rule at 4"]);
    // The rule of the output padding.
    expect(made.block.fill.map(nameOf)).toEqual(["rule at 3"]);
    expectComplete(made);
  });

  it("drops what filling has rejected at its place in the schedule", () => {
    const made = blockOfSpec(
      {
        variables: { hop: "1..300" },
        axes: { ...BASE, groups: "1..4", kernel_size: "2..40", stride: "kernel_size - 1" },
        where: ["groups * hop != 7", "kernel_size % 5 != 0", "kernel_size + hop != 9"],
        columns: ["params"],
      },
      { positions: 200 },
    );
    // The condition on the kernel size alone precedes the vector steps. The stride, the rules of
    // the geometry and those of the groups follow one.
    expect(made.block.level).toBe(1);
    expect(isReused(made.block)).toBe(true);
    expect(nameOf(made.block.fill[0] as Step)).toBe("where at 2");
    expect(vectorSteps(made.block)).toEqual([
      "where at 2",
      "drop derive at 2",
      "drop rule at 2",
      "drop rule at 2",
      "drop rule at 3",
      "drop rule at 3",
      "where at 3",
    ]);
    expect([...made.block.late].map(nameOf)).toEqual([
      "derive at 2",
      "rule at 2",
      "rule at 2",
      "rule at 3",
      "rule at 3",
    ]);
    expectComplete(made);
  });

  it("is filled by the odometer if it has a list that depends on outer loops", () => {
    const made = blockOfSpec(
      {
        axes: { stride: "1..9", ...BASE, in_channels: "1..300", groups: "divisors(in_channels)" },
      },
      { positions: 200 },
    );
    expect(made.block).toMatchObject({ vector: [], rows: 0, textBytes: 0 });
    expect(made.block.level).toBeLessThan(3);
    expect(made.block.fill.map(({ kind }) => kind)).toContain("select");
    expectComplete(made);
  });

  it("is not reused, and has no vector overlaps, if every layer is simulated", () => {
    const axes = { ...BASE, l_in: "1..30", kernel_size: "1..30", stride: [1, 2] };
    for (const positions of [60, 100_000]) {
      for (const method of ["simulate", "verify"] as const) {
        const made = blockOfSpec({ axes, columns: ["macs"] }, { positions }, method);
        const overlaps = made.block.vector.filter(
          (own) => own.kind === "step" && own.step.kind === "overlap",
        );
        expect(overlaps).toEqual([]);
        if (made.block.fill.some(({ kind }) => kind === "overlap"))
          expect(isReused(made.block)).toBe(false);
        expectComplete(made);
      }
    }
  });

  it("is reused without room for every index only if some may be rejected, and unless it is dense", () => {
    const axes = { ...BASE, batch_size: "1..100", groups: "1..100" };
    const rows = { bytes: 50_000, positions: 10_000 };
    const sparse = blockOfSpec({ axes, columns: ["macs"] }, rows).block;
    expect(sparse.level).toBe(0);
    expect(isReused(sparse)).toBe(true);
    expect(sparse.rows).toBeLessThan(10_000);
    const dense = blockOfSpec({ axes, columns: ["macs"] }, { ...rows, isDense: true }).block;
    expect(isReused(dense) && dense.level === 0).toBe(false);
    const legal = { ...BASE, batch_size: "1..100", bias: [true, false] };
    const every = blockOfSpec({ axes: legal, columns: ["macs"] }, { bytes: 5_000 }).block;
    expect(isReused(every) && every.level === 0).toBe(false);
  });

  it("is a single layer if no rows are written", () => {
    const grid = planOf({ axes: { ...BASE, stride: [1, 2] } }).grids[0] as GridPlan;
    expect(blockOf(grid, "closed", undefined)).toMatchObject({ level: grid.loops.length });
  });

  it("reserves bytes for texts: many in a small block, few in a large one", () => {
    const small = blockOfSpec({ axes: { ...BASE, stride: [1, 2] } }).block;
    expect(small.textBytes).toBe(4096);
    const large = blockOfSpec(
      { axes: { ...BASE, batch_size: "1..100" }, columns: ["macs"] },
      { bytes: 10_000 },
    ).block;
    expect(large.textBytes).toBeGreaterThanOrEqual(64);
    expect(large.textBytes).toBeLessThan(100);
  });
});
