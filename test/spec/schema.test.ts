/** The JSON Schema for editors accepts and rejects the same specs as upsweep. */
import { readdirSync, readFileSync, writeFileSync } from "node:fs";
import { fileURLToPath } from "node:url";
import { Ajv2020 } from "ajv/dist/2020.js";
import { describe, expect, it } from "vitest";
import { parse } from "yaml";
import { specSchema } from "../../src/spec/schema.ts";

const root = fileURLToPath(new URL("../..", import.meta.url));
const path = `${root}/upsweep.schema.json`;
const validate = new Ajv2020({ allowUnionTypes: true, allowMatchingProperties: true }).compile(
  specSchema(),
);

const examples = readdirSync(`${root}/examples`).filter((file) => file.endsWith(".yaml"));
const AXES = { in_channels: 64, out_channels: 64, kernel_size: 3, l_in: 32 };

describe("the JSON Schema of a spec", () => {
  it("is shipped as the code generates it", () => {
    const made = `${JSON.stringify(specSchema(), null, 2)}\n`;
    if (process.env.UPDATE_GENERATED === "1") writeFileSync(path, made);
    expect(readFileSync(path, "utf8")).toBe(made);
  });

  it.each(examples)("accepts examples/%s, which refers to it", (file) => {
    const text = readFileSync(`${root}/examples/${file}`, "utf8");
    expect(text).toMatch(/^# yaml-language-server: \$schema=\.\.\/upsweep\.schema\.json\n/);
    expect(validate(parse(text)), JSON.stringify(validate.errors)).toBe(true);
  });

  it.each([
    [
      "expressions, joint axes and conditions",
      {
        axes: {
          ...AXES,
          "stride, padding": [[2, "stride // 2"]],
          groups: ["divisors(in_channels)", 1],
        },
        where: ["macs <= 50M"],
      },
    ],
    [
      "variables, columns and a sample",
      {
        variables: { hop: [256, "300"] },
        axes: AXES,
        columns: ["hop", "ops"],
        sample: { rows: 10 },
      },
    ],
    [
      "grids with names",
      {
        grids: [
          { name: "a", axes: AXES },
          { axes: AXES, where: "stride == 1" },
        ],
        columns: ["l_out"],
      },
    ],
  ])("accepts %s", (_, spec) => {
    expect(validate(spec), JSON.stringify(validate.errors)).toBe(true);
  });

  it.each([
    ["no axes", {}],
    ["an unknown key", { axes: AXES, colums: ["ops"] }],
    ["an unknown axis", { axes: { ...AXES, strid: 2 } }],
    ["a value out of range", { axes: { ...AXES, stride: 0 } }],
    ["a fraction", { axes: { ...AXES, stride: 1.5 } }],
    ["an empty axis", { axes: { ...AXES, stride: [] } }],
    ["axes beside grids", { axes: AXES, grids: [{ axes: AXES }] }],
    ["columns inside a grid", { grids: [{ axes: AXES, columns: ["ops"] }] }],
    ["a sample without rows", { axes: AXES, sample: { seed: 1 } }],
  ])("rejects %s", (_, spec) => {
    expect(validate(spec)).toBe(false);
  });
});
