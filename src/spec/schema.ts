/** The JSON Schema of a spec, for editors: what is known of keys, values and columns, from the tables. */
import { COLUMNS, DEFAULT_COLUMNS, NAME_COLUMN } from "../columns/columns.js";
import { DEFAULT_KIND, KIND_NAMES, kindOf, SETTINGS, settingOf } from "../layers/parameters.js";
import { GROUP_NAMES, NAME_BYTES, SAMPLE_MAX } from "./spec.js";
import { domainOf } from "./values.js";

const EXPRESSION =
  "An expression over other axes, a range such as 32..256:32, pow2(32, 512) or divisors(in_channels).";

const RATE = { type: "number", exclusiveMinimum: 0, maximum: settingOf("sample_rate").max };

/** One value of an axis or an expression, then lists of them. */
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
  description: "Axes that change together: rows with one value per name.",
  items: { type: "array", minItems: 2, items: { type: ["number", "boolean", "string"] } },
};

/** The parameters of every kind of layer, each once. */
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
      description: "The name of the grid, available as a column.",
    },
    variables: {
      type: "object",
      description:
        "Your own axes, which other axes can use. Their loops are outside those of the parameters.",
      properties: Object.fromEntries(
        SETTINGS.map(({ name, meaning }) => [name, valuesOf(name, `${meaning}.`)]),
      ),
      patternProperties: { "^[A-Za-z_][0-9A-Za-z_]*$": valuesOf("", "A variable."), ",": JOINT },
      additionalProperties: false,
    },
    axes: {
      type: "object",
      description:
        "Parameters with their values. Their order is the order of the loops: the last changes fastest.",
      properties: Object.fromEntries(
        everyParameter().map(({ name, meaning }) => [name, valuesOf(name, `${meaning}.`)]),
      ),
      patternProperties: { ",": JOINT },
      additionalProperties: false,
    },
    where: {
      description:
        "Conditions over axes and results. Layers that do not match all of them are rejected and counted.",
      anyOf: [{ type: "string" }, { type: "array", items: { type: "string" } }],
    },
  };
}

/** The schema of a spec, draft 2020-12. */
export function specSchema(): object {
  const columns = [
    ...COLUMNS.map(({ name, unit, counts }) => ({
      const: name,
      description: unit === "" ? counts : `${counts} In ${unit}.`,
    })),
    {
      enum: GROUP_NAMES,
      description: "All columns of a group. Every row has the parameters (config).",
    },
    { const: NAME_COLUMN, description: "The name of the grid." },
    { type: "string", pattern: "^[A-Za-z_][0-9A-Za-z_]*$", description: "A variable." },
  ];
  const parts = gridProperties();
  // Written once, and referred to from the spec and from its grids.
  const grid = Object.fromEntries(
    Object.keys(parts).map((key) => [key, { $ref: `#/$defs/${key}` }]),
  );
  return {
    $schema: "https://json-schema.org/draft/2020-12/schema",
    title: "A spec of upsweep",
    description:
      "A design space of transposed convolutions: one grid, or several that are swept one after the other.",
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
        description: "The kind of the layers, or PyTorch's class name.",
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
        description: `Columns after the parameters, in this order. Default: ${DEFAULT_COLUMNS.join(", ")}.`,
        items: { anyOf: columns },
      },
      distinct: {
        type: "boolean",
        default: false,
        description:
          "Write each layer once: a layer that an earlier grid has, with the same parameters, is rejected and counted.",
      },
      sample: {
        type: "object",
        description: "Sample this many raw indices uniformly, instead of sweeping all.",
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
    $defs: parts,
  };
}
