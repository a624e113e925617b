import { describe, expect, it } from "vitest";
import { fixedColumns } from "../../src/plan/fixed-columns.ts";
import type { SpecInput } from "../../src/spec/read.ts";
import { planOf } from "../support/sweeps.ts";

const LAYER = { in_channels: 4, out_channels: 8, kernel_size: 3, l_in: "1..5" };
const BY_DEFAULT = ["batch_size", "stride", "padding", "output_padding", "dilation", "groups"];

/** The fixed columns, apart from parameters that have their defaults. */
function fixedIn(spec: SpecInput): string[] {
  return [...fixedColumns(planOf(spec))].filter((name) => !BY_DEFAULT.includes(name));
}

describe("the columns that a plan shows to be constant", () => {
  it("are parameters with one value, and results that depend only on those", () => {
    expect(
      fixedIn({ axes: LAYER, columns: ["weight_elements", "params", "taps", "macs"] }),
    ).toEqual(["in_channels", "out_channels", "kernel_size", "bias", "weight_elements", "params"]);
  });

  it("are results from the overlap, if the geometry has one value", () => {
    expect(
      fixedIn({
        axes: { ...LAYER, l_in: 5, out_channels: [4, 8] },
        columns: ["taps", "holes", "overlap_even", "moduleprofiler"],
      }),
    ).toEqual(["in_channels", "l_in", "kernel_size", "bias", "taps", "holes", "overlap_even"]);
  });

  it("are results whose interval has one value", () => {
    expect(fixedIn({ axes: { ...LAYER, batch_size: 0 }, columns: ["macs", "l_out"] })).toContain(
      "macs",
    );
  });

  it("are axes that depend on others and have one value", () => {
    const axes = { ...LAYER, kernel_size: "l_in - l_in + 3", stride: "1 + 0 * l_in" };
    expect(fixedIn({ axes, columns: ["weight_elements"] })).toContain("weight_elements");
    expect(fixedIn({ axes, columns: ["l_out"] })).not.toContain("l_out");
  });

  it("have the same value in all grids", () => {
    const grids = [LAYER, { ...LAYER, in_channels: 6, out_channels: 4 }].map((axes) => ({
      name: "same",
      axes,
    }));
    expect(fixedIn({ grids, columns: ["name", "weight_elements"] })).toEqual([
      "kernel_size",
      "bias",
      "name",
    ]);
    expect(
      fixedIn({
        grids: grids.map((grid, i) => ({ ...grid, name: String(i) })),
        columns: ["name"],
      }),
    ).not.toContain("name");
  });

  it("include a sample rate only if all grids have the same one", () => {
    const grids = [[44_100], [44_100]].map((sample_rate) => ({
      variables: { sample_rate },
      axes: LAYER,
    }));
    expect(fixedIn({ grids, columns: ["sample_rate"] } as SpecInput)).toContain("sample_rate");
    const others = [0.5, 0.25].map((sample_rate) => ({ variables: { sample_rate }, axes: LAYER }));
    expect(fixedIn({ grids: others, columns: ["sample_rate"] })).not.toContain("sample_rate");
  });

  it("do not include results that may exceed 64 bits, or that tools do not give for all layers", () => {
    const large = { ...LAYER, in_channels: 2 ** 31 - 1, out_channels: 2 ** 31 - 1, batch_size: 0 };
    expect(
      fixedIn({
        axes: { ...large, kernel_size: [2 ** 20, 2 ** 21] },
        columns: ["weight_elements"],
      }),
    ).not.toContain("weight_elements");
    expect(
      fixedIn({ axes: { ...LAYER, batch_size: 0 }, columns: ["moduleprofiler"] }),
    ).not.toContain("moduleprofiler");
  });
});
