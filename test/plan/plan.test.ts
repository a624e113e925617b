import { fc, test } from "@fast-check/vitest";
import { describe, expect, it } from "vitest";
import { mayOverflow, upperBound } from "../../src/columns/bound.ts";
import { column, type ResultName } from "../../src/columns/table.ts";
import { namedParameters } from "../../src/layers/layer.ts";
import type { ParameterName } from "../../src/layers/parameters.ts";
import { maxDivisors } from "../../src/plan/bounds.ts";
import type { GridPlan } from "../../src/plan/model.ts";
import { textOf } from "../../src/plan/schedule.ts";
import { layerOf, walk } from "../../src/plan/walk.ts";
import type { SpecInput } from "../../src/spec/read.ts";
import { KERNELS } from "../support/kernels.ts";
import { ALL_RESULTS, TRANSPOSED } from "../support/layers.ts";
import { planOf, sweepOn } from "../support/sweeps.ts";
import { runs } from "../support/tier.ts";

const BASE = { in_channels: 4, out_channels: 4, kernel_size: 3, l_in: 8 };
/** The results that are whole numbers, all of them. */
const INTEGERS = ALL_RESULTS.filter(
  (name) => ["u64", "i64"].includes(column(name).type) && !column(name).missing,
);
const [, kernel] = KERNELS.at(-1) as (typeof KERNELS)[number];

const gridOf = (plan: ReturnType<typeof planOf>) => plan.grids[0] as GridPlan;

describe("a plan", () => {
  it("nests the loops as they are written, with single values outside of all", () => {
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

  it("does each thing at the innermost loop that it depends on", () => {
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
    // They stand on one account.
    expect(plan.rejectionReasons.filter((text) => text.includes("stride in"))).toEqual([where]);
  });

  it("keeps a part that may have no value behind those that keep it from that", () => {
    // `shift` is known outside of l_in, but 12 % shift is no number where it is 0.
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

  it("puts an axis that depends on a loop written further in right inside of that", () => {
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

  it("counts a list with the longest that it could have", () => {
    const size = (axes: object) => planOf({ axes: { ...BASE, ...axes } } as SpecInput).size;
    expect(size({ in_channels: [6, 7, 8], groups: "divisors(in_channels)" })).toBe(3n * 4n);
    expect(size({ stride: [1, 5], padding: "0..stride - 1" })).toBe(2n * 5n);
    expect(size({ stride: [1, 5], padding: "stride..3" })).toBe(2n * 3n);
    expect(size({ stride: [4, 5], padding: "stride..3" })).toBe(2n);
    // Too many to try: bounded.
    expect(size({ in_channels: "1..100000", groups: "divisors(in_channels)" })).toBe(
      100_000n * 128n,
    );
    expect(size({ l_in: "1..1000", stride: "1..1000", padding: "0..l_in * stride:1000" })).toBe(
      1000n * 1000n * 1001n,
    );
  });

  it("finds the layer at an index like nested loops", () => {
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

  it("takes up to 2^63 - 1 layers, whatever their number", () => {
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

  it("is refused by the kernel when its axes have more separate values than it holds", () => {
    const plan = planOf({
      axes: { ...BASE, l_in: Array.from({ length: 65_537 }, (_, i) => 3 * i + 1) },
    });
    expect(() => kernel.openPlan(plan, 0, "closed")).toThrow(
      "the axes have 65537 separate values and ranges; the limit is 65536",
    );
  });

  it("is refused by the kernel when its expressions are longer together than it holds", () => {
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

describe("the bounds of a plan", () => {
  it("know the most divisors that a number up to a limit has", () => {
    const divisors = (n: number) =>
      Array.from({ length: n }, (_, i) => i + 1).filter((d) => n % d === 0).length;
    let max = 0;
    for (let n = 1; n <= 2000; n++) {
      max = Math.max(max, divisors(n));
      expect(maxDivisors(BigInt(n))).toBe(max);
    }
    // 2095133040 = 2^4 · 3^4 · 5 · 7 · 11 · 13 · 17 · 19 has the most below 2^31.
    expect(maxDivisors(2n ** 31n - 1n)).toBe(1600);
  });

  test.prop([axes], { numRuns: runs(100) })(
    "are above every cell and every row of its sweep",
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

  it("tell which results may pass 2^64 - 1", () => {
    const { valueSets } = gridOf(
      planOf({ axes: { ...BASE, in_channels: 2 ** 30, out_channels: 2 ** 30, l_in: 4 } }),
    );
    // ψ = 2^60, taps = 12, l_out = 6: macs are 12 · 2^60, flops 24 · 2^60, ops (6·2 + 12 + 6) · 2^60, thop 18 · 2^60.
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
