/** The types of the columns of a list, which follow from its header and its kinds. */
import { describe, expect, it } from "vitest";
import type { ResultName } from "../../src/columns/table.ts";
import type { KindName } from "../../src/layers/kinds.ts";
import { planList } from "../../src/plan/list.ts";
import { listColumns } from "../../src/plan/list-types.ts";

/** The types by name. A question mark follows the type of a nullable column. */
function typesOf(
  header: string,
  columns: readonly ResultName[],
  { layer = "conv_transpose1d" as KindName, hasErrorColumn = false, carry = [] as string[] } = {},
): Record<string, string> {
  const list = planList(header, "list.csv", {
    layer,
    columns,
    carry,
    skipInvalid: false,
    isComparing: false,
    settings: {},
  });
  return Object.fromEntries(
    listColumns(list, hasErrorColumn).map(({ name, type, isNullable }) => [
      name,
      isNullable ? `${type}?` : type,
    ]),
  );
}

const ONE = "in_channels,out_channels,kernel_size,l_in";

describe("the columns of a list", () => {
  it("have numbers for parameters, and text for other columns", () => {
    const header = `name,${ONE},padding,bias,macs,Stride`;
    expect(
      typesOf(header, ["macs", "zero_insertion_waste", "overlap_even"], { carry: ["Stride"] }),
    ).toEqual({
      name: "text",
      in_channels: "int32",
      out_channels: "int32",
      kernel_size: "int32",
      l_in: "int32",
      padding: "int32",
      bias: "boolean",
      Stride: "text",
      macs: "uint64",
      zero_insertion_waste: "double",
      overlap_even: "boolean",
    });
  });

  it("have text for parameters that may be words or tuples in a kind of the list", () => {
    expect(typesOf(`${ONE},padding`, [], { layer: "conv1d" })).toMatchObject({
      padding: "text",
      kernel_size: "int32",
    });
    const two = "in_channels,out_channels,kernel_size,h_in,w_in,padding,stride.h,groups";
    expect(typesOf(two, [], { layer: "conv2d" })).toMatchObject({
      kernel_size: "text",
      padding: "text",
      "stride.h": "int32",
      groups: "int32",
    });
    const separate =
      "in_channels,out_channels,kernel_size.h,kernel_size.w,h_in,w_in,padding.h,padding.w";
    expect(typesOf(separate, [], { layer: "conv2d" })).toMatchObject({ "padding.h": "int32" });
    // Without h_in, no layer of the list has two dimensions.
    expect(typesOf(`layer,${ONE}`, [])).toMatchObject({ layer: "text", kernel_size: "int32" });
    expect(typesOf(`layer,${ONE},h_in,w_in`, [])).toMatchObject({ kernel_size: "text" });
  });

  it("have doubles for sample rates that are read, and text for others", () => {
    expect(typesOf(`${ONE},sample_rate,bits`, ["macs"])).toMatchObject({ sample_rate: "text" });
    expect(
      typesOf(`${ONE},sample_rate,bits`, ["macs_per_second", "arithmetic_intensity"]),
    ).toMatchObject({ sample_rate: "double", bits: "int32" });
  });

  it("are nullable if a kind of the list lacks them, or a tool has no answer", () => {
    expect(typesOf(ONE, ["macs", "moduleprofiler"])).toMatchObject({
      macs: "uint64",
      moduleprofiler: expect.stringMatching(/\?$/),
    });
    const mixed = `layer,${ONE},output_padding,in_features,out_features,batch_size`;
    expect(typesOf(mixed, ["macs", "taps"])).toMatchObject({
      layer: "text",
      in_channels: "int32?",
      output_padding: "int32?",
      in_features: "int32?",
      batch_size: "int32",
      macs: "uint64",
      taps: "uint64?",
    });
  });

  it("are nullable if rows can have an error, except for those that are copied", () => {
    expect(typesOf(`name,${ONE}`, ["macs"], { hasErrorColumn: true })).toEqual({
      name: "text",
      in_channels: "int32?",
      out_channels: "int32?",
      kernel_size: "int32?",
      l_in: "int32?",
      macs: "uint64?",
      error: "text?",
    });
  });
});
