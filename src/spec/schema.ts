/**
 * The JSON Schema of a spec, for editors. It is generated from the tables of parameters and
 * columns.
 */
import { formulaIn } from "../columns/derived.js";
import { COLUMNS, DEFAULT_COLUMNS, NAME_COLUMN } from "../columns/table.js";
import { DEFAULT_KIND, KIND_NAMES, kindOf } from "../layers/kinds.js";
import { SETTINGS, settingOf } from "../layers/parameters.js";
import { GROUP_NAMES, NAME_BYTES, SAMPLE_MAX } from "./spec.js";
import { domainOf } from "./values.js";

const EXPRESSION =
  "An expression over other axes, a range such as 32..256:32, pow2(32, 512) or divisors(in_channels).";

const RATE = { type: "number", exclusiveMinimum: 0, maximum: settingOf("sample_rate").max };

/** The values of an axis: one value or expression, or a list of them. */
function valuesOf(name: string, meaning: string): object {
  const { type, min, max } = domainOf(name);
  const value = {
    anyOf: [
      type === "boolean"
        ? { type: "boolean" }
        : name === "sample_rate"
          ? RATE
          : { type: "integer", minimum: min, maximum: max },
      { type: "string", minLength: 1, description: EXPRESSION },
    ],
  };
  return { description: meaning, anyOf: [value, { type: "array", minItems: 1, items: value }] };
}

const JOINT = {
  type: "array",
  minItems: 1,
  description: "A joint axis, whose names change together: rows with one value for each name.",
  items: { type: "array", minItems: 2, items: { type: ["number", "boolean", "string"] } },
};

/** The parameters of all kinds of layers, each once. */
function everyParameter(): readonly { readonly name: string; readonly meaning: string }[] {
  return [
    ...new Map(
      KIND_NAMES.map(kindOf).flatMap(({ parameters }) =>
        parameters.map((p) => [p.name, p] as const),
      ),
    ).values(),
  ];
}

/** The properties of a grid. */
function gridProperties(): Record<string, object> {
  return {
    name: {
      type: "string",
      maxLength: NAME_BYTES,
      pattern: '^[^,"]+$',
      description: "The name of the grid. The column `name` writes it.",
    },
    variables: {
      type: "object",
      description:
        "Axes of your own, which the expressions of the layer's axes can use. Their loops are outermost.",
      properties: Object.fromEntries(
        SETTINGS.map(({ name, meaning }) => [name, valuesOf(name, `${meaning}.`)]),
      ),
      patternProperties: { "^[A-Za-z_][0-9A-Za-z_]*$": valuesOf("", "A variable."), ",": JOINT },
      additionalProperties: false,
    },
    axes: {
      type: "object",
      description:
        "The parameters with their values. They become nested loops in the order written: the last changes fastest.",
      properties: Object.fromEntries(
        everyParameter().map(({ name, meaning }) => [name, valuesOf(name, `${meaning}.`)]),
      ),
      patternProperties: { ",": JOINT },
      additionalProperties: false,
    },
    where: {
      description:
        "Conditions over axes and results. Layers that do not match are rejected and counted.",
      anyOf: [{ type: "string" }, { type: "array", items: { type: "string" } }],
    },
  };
}

/** The JSON Schema of a spec, draft 2020-12. */
export function specSchema(): object {
  const columns = [
    ...COLUMNS.map(({ name, unit, counts }) => {
      // The schema does not know the layer's family; the transposed one has all columns.
      const text = formulaIn("transposed", counts) ?? "";
      return { const: name, description: unit === "" ? text : `${text} In ${unit}.` };
    }),
    {
      enum: GROUP_NAMES,
      description: "All columns of a group. The parameters (config) are always written.",
    },
    { const: NAME_COLUMN, description: "The name of the grid." },
    { type: "string", pattern: "^[A-Za-z_][0-9A-Za-z_]*$", description: "A variable." },
  ];
  const definitions = gridProperties();
  // The properties are defined once. The spec and its grids refer to them.
  const grid = Object.fromEntries(
    Object.keys(definitions).map((key) => [key, { $ref: `#/$defs/${key}` }]),
  );
  return {
    $schema: "https://json-schema.org/draft/2020-12/schema",
    title: "upsweep spec",
    description:
      "A design space of convolution layers: one grid, or several that are swept one after the other.",
    type: "object",
    properties: {
      layer: {
        enum: [
          ...KIND_NAMES,
          ...["", "nn.", "torch.nn."].flatMap((prefix) =>
            KIND_NAMES.map((name) => prefix + kindOf(name).module),
          ),
        ],
        default: DEFAULT_KIND,
        description: "The kind of the layers: its name here, or PyTorch's class name.",
      },
      ...grid,
      grids: {
        type: "array",
        minItems: 1,
        description: "Several grids, swept one after the other into one output.",
        items: {
          type: "object",
          properties: grid,
          required: ["axes"],
          additionalProperties: false,
        },
      },
      columns: {
        type: "array",
        minItems: 1,
        uniqueItems: true,
        description: `The columns after the parameters, in this order. Default: ${DEFAULT_COLUMNS.join(", ")}.`,
        items: { anyOf: columns },
      },
      distinct: {
        type: "boolean",
        default: false,
        description:
          "Write each layer once: a layer with the same parameters as an earlier one is rejected and counted.",
      },
      sample: {
        type: "object",
        description: "Draw this many different raw indices uniformly, instead of sweeping all.",
        properties: {
          rows: { type: "integer", minimum: 1, maximum: SAMPLE_MAX },
          seed: { type: "integer", minimum: 0, maximum: Number.MAX_SAFE_INTEGER, default: 0 },
        },
        required: ["rows"],
        additionalProperties: false,
      },
    },
    oneOf: [
      { required: ["axes"], not: { required: ["grids"] } },
      {
        required: ["grids"],
        not: { anyOf: Object.keys(grid).map((key) => ({ required: [key] })) },
      },
    ],
    additionalProperties: false,
    $defs: definitions,
  };
}
