import { describe, expect, it } from "vitest";
import { plan } from "../../src/library/plan.ts";

describe("plan()", () => {
  it("gives the loops, the size, the columns of a row and what can be rejected", () => {
    expect(
      plan({
        axes: { in_channels: 4, out_channels: [4, 8], l_in: "1..6", kernel_size: 3 },
        where: "l_out > 4",
        columns: ["l_out"],
      }),
    ).toEqual({
      layer: "conv_transpose1d",
      size: 12n,
      grids: [
        {
          size: 12n,
          loops: [
            { names: ["out_channels"], size: 2 },
            { names: ["l_in"], size: 6 },
          ],
        },
      ],
      columns: [
        "batch_size",
        "in_channels",
        "out_channels",
        "l_in",
        "kernel_size",
        "stride",
        "padding",
        "output_padding",
        "dilation",
        "groups",
        "bias",
        "l_out",
      ],
      // The bound does not know that bias is never false.
      maxRowBytes: "1,4,8,6,3,1,0,0,1,1,false,8\n".length,
      rejectionReasons: [
        "in_channels % groups == 0",
        "output_padding < stride or output_padding < dilation",
        "out_channels % groups == 0",
        "l_out >= 1",
        "l_out > 4",
      ],
    });
  });

  it("names the grids of a union, in the order of the spec", () => {
    const axes = { in_channels: 1, out_channels: 1, kernel_size: 1 };
    const { size, grids } = plan({
      grids: [
        { name: "short", axes: { ...axes, l_in: "1..3" } },
        { axes: { ...axes, l_in: "1..4" } },
      ],
      columns: ["macs"],
    });
    expect([size, grids.map(({ name, size: own }) => [name, own])]).toEqual([
      7n,
      [
        ["short", 3n],
        [undefined, 4n],
      ],
    ]);
  });
});
