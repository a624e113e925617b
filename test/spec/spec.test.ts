import { describe, expect, it } from "vitest";
import { DEFAULT_COLUMNS } from "../../src/columns/table.ts";
import { type KindName, kindOf } from "../../src/layers/kinds.ts";
import type { ParameterName } from "../../src/layers/parameters.ts";
import { planSweep } from "../../src/plan/plan.ts";
import { type AxisFlag, flagOf, listFromFlag, sourceFromFlags } from "../../src/spec/flags.ts";
import { sourceFromObject } from "../../src/spec/object.ts";
import { withOverrides } from "../../src/spec/overrides.ts";
import { type SpecInput, specFrom } from "../../src/spec/read.ts";
import { columnsOfGroup, type Grid, readSpec, type Spec } from "../../src/spec/spec.ts";
import { sourceFromYaml } from "../../src/spec/yaml.ts";

const fromYaml = (text: string) => readSpec(sourceFromYaml(text, "grid.yaml"), "here");

const YAML = `
# the order of the axes is the order of the loops
axes:
  l_in: 32..256:32
  stride: [1, 3..9:2, 16]
  bias: [true, false]
  in_channels: pow2(32, 512)
  out_channels: 64
  kernel_size:
    - 3
    - "pow2(4, 8)"
columns: [ops, l_out]
`;
const AXES = {
  l_in: "32..256:32",
  stride: [1, "3..9:2", 16],
  bias: [true, false],
  in_channels: "pow2(32, 512)",
  out_channels: 64,
  kernel_size: [3, "pow2(4, 8)"],
};
const flag = (name: ParameterName, values: string): AxisFlag => ({
  name,
  values,
  flag: flagOf(name),
});
const FLAGS = [
  flag("l_in", "32..256:32"),
  flag("stride", "1,3..9:2,16"),
  flag("bias", "true,false"),
  flag("in_channels", "pow2(32, 512)"),
  flag("out_channels", "64"),
  flag("kernel_size", "[3, pow2(4, 8)]"),
];

/** The contents of a spec without locations. */
function withoutLocations(spec: Spec): Spec {
  const text = JSON.stringify(spec, (key, value) =>
    key === "location" || key === "start"
      ? undefined
      : typeof value === "bigint"
        ? String(value)
        : value,
  );
  return JSON.parse(text) as Spec;
}

describe("a spec", () => {
  it("has the same meaning as YAML, as JSON, as an object and as options", () => {
    const spec = withoutLocations(fromYaml(YAML));
    const { axes } = spec.grids[0] as Grid;
    expect(axes.map(({ names }) => names)).toEqual([
      ["l_in"],
      ["stride"],
      ["bias"],
      ["in_channels"],
      ["out_channels"],
      ["kernel_size"],
    ]);
    expect(axes[1]).toMatchObject({
      progressions: [
        [
          { first: 1, step: 1, count: 1 },
          { first: 3, step: 2, count: 4 },
          { first: 16, step: 1, count: 1 },
        ],
      ],
    });
    expect(spec.columns).toEqual(["ops", "l_out"]);
    const object = { axes: AXES, columns: ["ops", "l_out"] };
    const columns = listFromFlag("--columns", "ops,l_out");
    expect(withoutLocations(fromYaml(JSON.stringify(object)))).toEqual(spec);
    expect(withoutLocations(fromYaml(JSON.stringify(object, null, 2)))).toEqual(spec);
    expect(withoutLocations(readSpec(sourceFromObject(object), "here"))).toEqual(spec);
    expect(
      withoutLocations(readSpec(withOverrides(sourceFromFlags(FLAGS, []), { columns }), "here")),
    ).toEqual(spec);
  });

  it("may have Windows line ends and a byte order mark", () => {
    expect(fromYaml(`\ufeff${YAML.replaceAll("\n", "\r\n")}`)).toEqual(fromYaml(YAML));
  });

  it("has the default columns when it names none", () => {
    expect(fromYaml(YAML.replace(/columns.*/, "")).columns).toEqual(DEFAULT_COLUMNS);
  });

  it("has locations in the errors of objects and options", () => {
    expect(() => readSpec(sourceFromObject({ axes: { ...AXES, stride: [1, 0] } }), "here")).toThrow(
      "spec.axes.stride[1]: stride cannot be 0. ",
    );
    expect(() =>
      readSpec(sourceFromObject({ axes: { ...AXES, stride: Number.NaN } }), "here"),
    ).toThrow("spec.axes.stride: a value cannot be NaN. ");
    expect(() =>
      readSpec(sourceFromObject({ axes: { ...AXES, stride: () => 1 } }), "here"),
    ).toThrow("spec.axes.stride: a value cannot be a function. ");
    const flags = [...FLAGS.filter(({ name }) => name !== "stride"), flag("stride", "0")];
    expect(() => readSpec(sourceFromFlags(flags, []), "here")).toThrow(
      "--stride: stride cannot be 0. ",
    );
  });
});

describe("groups of columns", () => {
  it.each<[KindName, number]>([
    ["conv_transpose1d", 37],
    ["conv_transpose2d", 39],
    ["conv_transpose3d", 40],
    ["conv1d", 32],
  ])("of %s contain every column that it has", (layer, count) => {
    const all = columnsOfGroup(kindOf(layer), "all", false);
    expect([all.length, new Set(all).size]).toEqual([count, count]);
    expect(
      (["geometry", "documented", "exact", "conventions"] as const).flatMap((group) =>
        columnsOfGroup(kindOf(layer), group, false),
      ),
    ).toEqual(all);
  });

  it("add the missing columns, in their position", () => {
    const axes = { in_channels: 1, out_channels: 1, l_in: 2, kernel_size: 3 };
    const columns = (...names: string[]) =>
      planSweep(specFrom({ axes, columns: names } as SpecInput)).columns;
    expect(columns("ops", "documented", "macs")).toEqual([
      "ops",
      "additions_per_filter",
      "filters",
      "ops_per_filter",
      "aggregation_ops",
      "macs",
    ]);
    expect(columns("config")).toEqual([]);
    expect(columns("documented", "filters")).toEqual(columns("documented"));
  });
});
