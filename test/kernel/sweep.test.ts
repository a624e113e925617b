import { fc, test } from "@fast-check/vitest";
import { describe, expect, it } from "vitest";
import { type Lease, releaseLease } from "../../src/kernel/kernel.ts";
import { namedParameters } from "../../src/layers/layer.ts";
import type { ParameterName } from "../../src/layers/parameters.ts";
import type { GridPlan, Plan } from "../../src/plan/model.ts";
import { layerOf, walk } from "../../src/plan/walk.ts";
import type { SpecInput } from "../../src/spec/read.ts";
import { KERNELS } from "../support/kernels.ts";
import { TRANSPOSED } from "../support/layers.ts";
import { planOf, type Swept, sweepOn } from "../support/sweeps.ts";
import { runs } from "../support/tier.ts";

const [[, reference], ...compiled] = KERNELS as [
  (typeof KERNELS)[number],
  ...(typeof KERNELS)[number][],
];

/** The numbers of rejected layers by rejection reason. */
const charged = (plan: Plan, { rejected }: Swept) =>
  Object.fromEntries(
    plan.rejectionReasons
      .map((text, i) => [text, Number(rejected[i + 1])] as const)
      .filter(([, count]) => count > 0),
  );

describe.each(KERNELS)("a sweep on the %s kernel", (_, kernel) => {
  it("writes a row for each legal layer, with the last axis changing fastest", () => {
    const plan = planOf({
      axes: {
        in_channels: 4,
        out_channels: 6,
        kernel_size: [3, 4],
        stride: [1, 2],
        l_in: 2,
        groups: [1, 2, 4],
        bias: [true, false],
      },
      columns: ["l_out", "additions_per_filter", "ops", "params"],
    });
    const swept = sweepOn(kernel, plan);
    const { bytes, rows } = swept;
    expect(bytes).toBe(
      [
        "1,4,6,2,3,1,0,0,1,1,true,4,2,432,78",
        "1,4,6,2,3,1,0,0,1,1,false,4,2,408,72",
        "1,4,6,2,3,1,0,0,1,2,true,4,2,216,42",
        "1,4,6,2,3,1,0,0,1,2,false,4,2,192,36",
        "1,4,6,2,3,2,0,0,1,1,true,5,1,504,78",
        "1,4,6,2,3,2,0,0,1,1,false,5,1,474,72",
        "1,4,6,2,3,2,0,0,1,2,true,5,1,252,42",
        "1,4,6,2,3,2,0,0,1,2,false,5,1,222,36",
        "1,4,6,2,4,1,0,0,1,1,true,5,3,672,102",
        "1,4,6,2,4,1,0,0,1,1,false,5,3,642,96",
        "1,4,6,2,4,1,0,0,1,2,true,5,3,336,54",
        "1,4,6,2,4,1,0,0,1,2,false,5,3,306,48",
        "1,4,6,2,4,2,0,0,1,1,true,6,2,768,102",
        "1,4,6,2,4,2,0,0,1,1,false,6,2,732,96",
        "1,4,6,2,4,2,0,0,1,2,true,6,2,384,54",
        "1,4,6,2,4,2,0,0,1,2,false,6,2,348,48",
        "",
      ].join("\n"),
    );
    expect(rows).toBe(16);
    expect(charged(plan, swept)).toEqual({ "out_channels % groups == 0": 8 });
  });

  it("keeps the rows of several batches until their leases are released, as far as it has buffers", () => {
    const plan = planOf({
      axes: { in_channels: 1, out_channels: 1, kernel_size: 1, l_in: "1..40" },
      columns: ["macs"],
    });
    kernel.openPlan(plan, 0, "closed");
    const textOf = (bytes: Uint8Array) => Buffer.from(bytes).toString();
    const batchAt = (first: bigint) => kernel.sweep(first, first + 1n).bytes;
    const kept: { bytes: Uint8Array; text: string; lease: Lease }[] = [];
    for (let first = 0n; first < 20n; first++) {
      const bytes = batchAt(first);
      const lease = kernel.lease(0);
      if (!lease) break;
      kept.push({ bytes, text: textOf(bytes), lease });
    }
    expect(new Set(kept.map(({ text }) => text)).size).toBe(kept.length);
    expect(kept.length).toBeGreaterThanOrEqual(3);
    // The next batches are written elsewhere.
    for (let first = 20n; first < 40n; first++)
      expect(textOf(batchAt(first))).toContain(`,${first + 1n},1,1,0,0,1,1,true,`);
    expect(kept.map(({ bytes }) => textOf(bytes))).toEqual(kept.map(({ text }) => text));
    // A released lease makes room for one more.
    releaseLease((kept[0] as (typeof kept)[number]).lease);
    batchAt(5n);
    const again = kernel.lease(0);
    expect(again).toBeDefined();
    for (const { lease } of kept) releaseLease(lease);
    if (again) releaseLease(again);
  });

  it("counts a layer that breaks several rules for the outermost one in the loop nest", () => {
    const axes = { in_channels: 3, out_channels: 3, kernel_size: 1, l_in: 1 };
    const outside = planOf({ axes: { ...axes, padding: [0, 1], groups: [1, 2] } });
    expect(charged(outside, sweepOn(kernel, outside))).toEqual({
      "l_out >= 1": 2,
      "in_channels % groups == 0": 1,
    });
    const inside = planOf({ axes: { ...axes, groups: [1, 2], padding: [0, 1] } });
    expect(charged(inside, sweepOn(kernel, inside))).toEqual({
      "in_channels % groups == 0": 2,
      "l_out >= 1": 1,
    });
  });

  it.each([
    ["at the innermost loop", { channels: 2 ** 31 - 1, batch_size: [0, 1] }],
    ["further out", { batch_size: [0, 1], channels: [2 ** 31 - 1] }],
  ])(
    "writes 0 for the sums of an empty batch however large their factors are, with the batch %s",
    (_where, order) => {
      const axes = Object.fromEntries(
        Object.entries(order).flatMap(([name, values]) =>
          name === "channels"
            ? ["in_channels", "out_channels"].map((own) => [own, values])
            : [[name, values]],
        ),
      );
      const plan = planOf({
        axes: { ...axes, l_in: 2, kernel_size: 2 ** 31 - 1 } as never,
        columns: ["l_out", "ops", "macs", "additions", "tensorflow"],
      });
      const { bytes, fault } = sweepOn(kernel, plan);
      expect(bytes).toBe(
        "0,2147483647,2147483647,2,2147483647,1,0,0,1,1,true,2147483648,0,0,0,0\n",
      );
      expect(fault).toMatchObject({ kind: "overflow", index: 1n });
    },
  );

  it("stops at the first row with a result above 2^64 - 1, and names its layer and cell", () => {
    const plan = planOf({
      axes: { in_channels: 2 ** 30, out_channels: 2 ** 30, l_in: 1, kernel_size: [8, 16, 32] },
      columns: ["l_out", "macs"],
    });
    const { bytes, fault } = sweepOn(kernel, plan);
    expect(bytes).toBe("1,1073741824,1073741824,1,8,1,0,0,1,1,true,8,9223372036854775808\n");
    expect(fault).toEqual({ kind: "overflow", index: 1n, cell: plan.cells.indexOf("macs") });
  });

  it("ignores a result above 2^64 - 1 in rejected layers, and in columns that are not requested", () => {
    const axes = {
      in_channels: 2 ** 30,
      out_channels: 2 ** 30,
      l_in: 1,
      kernel_size: [8, 16],
      groups: [3, 5],
    };
    expect(sweepOn(kernel, planOf({ axes, columns: ["params"] }))).toMatchObject({
      bytes: "",
      rows: 0,
    });
    const wanted = planOf({ axes: { ...axes, groups: 1 }, columns: ["l_out"] });
    expect(sweepOn(kernel, wanted).rows).toBe(2);
  });

  it("reaches the last layer of a grid of more than 10^18 layers", () => {
    const plan = planOf({
      axes: {
        in_channels: "1..32768",
        out_channels: "1..32768",
        l_in: "1..2147483647",
        kernel_size: [1, 2],
      },
      columns: ["l_out", "taps", "filters"],
    });
    expect(plan.size).toBe(2n ** 15n * 2n ** 15n * (2n ** 31n - 1n) * 2n);
    expect(sweepOn(kernel, plan, { first: plan.size - 3n }).bytes).toBe(
      [
        "1,32768,32768,2147483646,2,1,0,0,1,1,true,2147483647,4294967292,1073741824",
        "1,32768,32768,2147483647,1,1,0,0,1,1,true,2147483647,2147483647,1073741824",
        "1,32768,32768,2147483647,2,1,0,0,1,1,true,2147483648,4294967294,1073741824",
        "",
      ].join("\n"),
    );
  });
});

/**
 * Random small grids: any order of the axes, values in several progressions, legal and illegal
 * layers mixed.
 */
const values = (min: number, max: number) =>
  fc.uniqueArray(fc.integer({ min: min, max: max }), { minLength: 1, maxLength: 4 });
const grids: fc.Arbitrary<SpecInput> = fc
  .record({
    batch_size: values(0, 3),
    in_channels: values(1, 6),
    out_channels: values(1, 6),
    l_in: values(1, 6),
    kernel_size: values(1, 5),
    stride: values(1, 4),
    padding: values(0, 5),
    output_padding: values(0, 3),
    dilation: values(1, 3),
    groups: values(1, 3),
    bias: fc.constantFrom([true], [false], [false, true]),
  })
  .chain((axes) =>
    fc
      .record({
        order: fc.shuffledSubarray(Object.keys(axes) as ParameterName[], {
          minLength: 11,
          maxLength: 11,
        }),
        single: fc.subarray(Object.keys(axes) as ParameterName[], { minLength: 6, maxLength: 9 }),
      })
      .map(
        ({ order, single }) =>
          ({
            axes: Object.fromEntries(
              order.map((name) => [
                name,
                single.includes(name)
                  ? (axes[name] as (number | boolean)[]).slice(0, 1)
                  : axes[name],
              ]),
            ),
          }) as SpecInput,
      ),
  );

describe.each(compiled)("random grids on the %s kernel", (_, kernel) => {
  test.prop([grids, fc.constantFrom("closed" as const, "simulate" as const)], {
    numRuns: runs(60),
  })("have the bytes and rejection counts of the reference", (grid, method) => {
    const plan = planOf(grid);
    const swept = sweepOn(kernel, plan, { method });
    expect(swept).toEqual(sweepOn(reference, plan));
    expect(BigInt(swept.rows) + swept.rejected.reduce((sum, n) => sum + n, 0n)).toBe(plan.size);
    expect(sweepOn(kernel, plan, { method: "verify" }).fault).toBeUndefined();
  });

  test.prop([grids, fc.array(fc.double({ min: 0, max: 1, noNaN: true }), { maxLength: 6 })], {
    numRuns: runs(100),
  })("have the same bytes and rejection counts for any cuts of the index space", (grid, cuts) => {
    const plan = planOf(grid);
    const whole = sweepOn(kernel, plan);
    const borders = [
      0n,
      ...cuts
        .map((cut) => BigInt(Math.floor(cut * Number(plan.size))))
        .sort((a, b) => Number(a - b)),
      plan.size,
    ];
    const parts = borders
      .slice(1)
      .map((end, i) => sweepOn(kernel, plan, { first: borders[i] as bigint, end }));
    expect(parts.map((part) => part.bytes).join("")).toBe(whole.bytes);
    expect(
      whole.rejected.map((_, i) => parts.reduce((sum, part) => sum + (part.rejected[i] ?? 0n), 0n)),
    ).toEqual(whole.rejected);
  });

  test.prop([grids], { numRuns: runs(60) })(
    "have at every raw index the layer of the loop nest",
    (grid) => {
      const plan = planOf(grid);
      const { bytes } = sweepOn(kernel, plan);
      const rows: string[] = [];
      for (let index = 0n; index < plan.size; index++) {
        const single = sweepOn(kernel, plan, { first: index, end: index + 1n }).bytes;
        if (single === "") continue;
        const layer = namedParameters(
          layerOf(
            TRANSPOSED,
            walk(TRANSPOSED, plan.grids[0] as GridPlan, index, () => ({ n: 0n, d: 1n })).values,
          ),
        );
        expect(
          single.startsWith(
            `${plan.cells
              .slice(0, 11)
              .map((name) => layer[name])
              .join(",")},`,
          ),
        ).toBe(true);
        rows.push(single);
      }
      expect(rows.join("")).toBe(bytes);
    },
  );
});
