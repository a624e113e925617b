/**
 * Design spaces and lists of layers of several dimensions: plain names, dotted names, and the three
 * kernels.
 */
import { fc, test } from "@fast-check/vitest";
import { describe, expect, it } from "vitest";
import { planList } from "../../src/plan/list.ts";
import type { SpecInput } from "../../src/spec/read.ts";
import { KERNELS } from "../support/kernels.ts";
import { planOf, sweepOn } from "../support/sweeps.ts";
import { runs } from "../support/tier.ts";

const [[, reference], ...compiled] = KERNELS as [
  (typeof KERNELS)[number],
  ...(typeof KERNELS)[number][],
];
const [, release] = KERNELS.at(-1) as (typeof KERNELS)[number];

const values = (min: number, max: number) =>
  fc.uniqueArray(fc.integer({ min: min, max: max }), { minLength: 1, maxLength: 2 });

/** An axis in one of the forms for several dimensions: for all at once, or for each. */
const axis = (name: string, min: number, max: number) =>
  fc.oneof(
    values(min, max).map((list) => ({ [name]: list })),
    fc
      .tuple(values(min, max), values(min, max))
      .map(([h, w]) => ({ [`${name}.h`]: h, [`${name}.w`]: w })),
    values(min, max).map((h) => ({ [`${name}.h`]: h, [`${name}.w`]: `h_in % 2 + ${name}.h` })),
  );

const spaces = fc
  .tuple(
    values(1, 5),
    values(1, 5),
    axis("kernel_size", 1, 4),
    axis("stride", 1, 3),
    axis("padding", 0, 2),
    axis("output_padding", 0, 1),
    axis("dilation", 1, 2),
    fc.constantFrom([true], [false, true]),
  )
  .map(([h_in, w_in, kernels, strides, paddings, added, dilations, bias]) => ({
    layer: "conv_transpose2d",
    axes: {
      in_channels: [2, 4],
      out_channels: 4,
      groups: [1, 2],
      h_in,
      w_in,
      ...kernels,
      ...strides,
      ...paddings,
      ...added,
      ...dilations,
      bias,
    },
    where: "h_out >= w_out or taps % 2 == 0",
    columns: ["all"],
  })) as fc.Arbitrary<SpecInput>;

describe.each(compiled)("random spaces of two dimensions on the %s kernel", (_, kernel) => {
  test.prop([spaces], { numRuns: runs(60) })(
    "give the bytes and rejection counts of the reference",
    (space) => {
      const plan = planOf(space);
      expect(sweepOn(kernel, plan)).toEqual(sweepOn(reference, plan));
      expect(sweepOn(kernel, plan, { method: "verify" }).fault).toBeUndefined();
    },
  );
});

describe("plain names", () => {
  const sweep = (axes: object) =>
    sweepOn(release, planOf({ layer: "conv_transpose2d", axes, columns: ["taps"] } as SpecInput))
      .bytes;
  const rest = { in_channels: 1, out_channels: 1, h_in: 4, w_in: 6 };

  it("set all dimensions as one loop", () => {
    expect(sweep({ ...rest, kernel_size: [2, 3] })).toBe(
      sweep({
        ...rest,
        "kernel_size.h, kernel_size.w": [
          [2, 2],
          [3, 3],
        ],
      }),
    );
  });

  it("can be used by other axes, joined with them, and derived from them", () => {
    const joint = sweep({
      ...rest,
      "kernel_size, stride": [
        [2, 1],
        [4, 2],
      ],
      padding: "(kernel_size - stride) // 2",
    });
    expect(joint).toBe(
      sweep({
        ...rest,
        stride: [1, 2],
        kernel_size: "2 * stride",
        padding: "(kernel_size.h - stride.w) // 2",
      }),
    );
    expect(joint.split("\n")).toHaveLength(3);
  });

  it("reject a layer when their value is outside the range of a parameter", () => {
    expect(sweep({ ...rest, stride: [1, 2], kernel_size: "stride - 1" }).split("\n")).toHaveLength(
      2,
    );
  });

  it("are columns of a list, with the same results as dotted names", () => {
    const count = (header: string, record: string) => {
      const request = {
        layer: "conv_transpose3d",
        columns: ["taps", "d_out", "macs"],
        settings: {},
        skipInvalid: false,
        isComparing: false,
      } as const;
      return KERNELS.map(([, kernel]) => {
        kernel.openList(planList(header, "list", request), "closed");
        return Buffer.from(kernel.countList(Buffer.from(`${record}\n`), 0).bytes)
          .toString()
          .split(",")
          .slice(-3)
          .join();
      });
    };
    const plain = count(
      "in_channels,out_channels,d_in,h_in,w_in,kernel_size,stride",
      "2,3,4,5,6,3,2",
    );
    const dotted = count(
      "in_channels,out_channels,d_in,h_in,w_in,kernel_size.d,kernel_size.h,kernel_size.w,stride",
      "2,3,4,5,6,3,3,3,2",
    );
    // By hand: taps are 4·3 · 5·3 · 6·3, and d_out is 3·2 + 3.
    expect(plain).toEqual(["3240,9,19440\n", "3240,9,19440\n", "3240,9,19440\n"]);
    expect(dotted).toEqual(plain);
  });
});
