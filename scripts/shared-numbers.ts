/**
 * Generates the numbers on which the kernel and the host must agree (assembly/ids.generated.ts),
 * and the names of all constants that the kernel exports (src/kernel/constants.generated.ts). `npm
 * run generate` writes both files. A test fails if they are out of date.
 */
import { createHash } from "node:crypto";
import { isSumOverBatch } from "../src/columns/derived.ts";
import { COLUMNS, type Column } from "../src/columns/table.ts";
import { COMPARED } from "../src/conventions/compared.ts";
import { CODECS, ENCODINGS, PHYSICAL_TYPES } from "../src/formats/parquet/enums.ts";
import {
  EVALUATION_STATUS,
  FAULTS,
  ITEMS,
  OPERATIONS,
  STEPS,
} from "../src/kernel/instruction-set.ts";
import { FAMILIES, KIND_NAMES, kindOf } from "../src/layers/kinds.ts";
import { PARAMETERS } from "../src/layers/parameters.ts";
import { RULES } from "../src/layers/rule-table.ts";
import * as limits from "../src/limits.ts";
import { METHODS } from "../src/plan/method.ts";

interface Entry {
  readonly name: string;
  readonly value: number;
  readonly meaning?: string | undefined;
}

interface Section {
  readonly title: string;
  readonly entries: readonly Entry[];
}

/** Entries numbered by their position. */
function numbered(
  prefix: string,
  rows: readonly (readonly [name: string, meaning?: string])[],
  first = 0,
): Entry[] {
  return rows.map(([name, meaning], i) => ({
    name: `${prefix}${name.toUpperCase()}`,
    value: first + i,
    meaning,
  }));
}

const names = (all: readonly string[]) => all.map((name) => [name] as const);

function kinds(): Section {
  return {
    title: "Kinds of layers",
    entries: [
      ...numbered("KIND_", names(KIND_NAMES)),
      { name: "KIND_COUNT", value: KIND_NAMES.length },
      ...numbered("FAMILY_", names(FAMILIES.map(({ name }) => name))),
    ],
  };
}

/** The column number of the first field of a dimension. */
const FIRST_DIMENSION_FIELD = 8;
const DIMENSION_COUNT = 3;
/** The column number of the first result. All fields must end before it. */
const FIRST_RESULT = 40;

function fields(): Section {
  const once = PARAMETERS.filter((p) => !("perDimension" in p)).map(({ name }) => name);
  const settings = ["sample_rate", "bits", "sample_rate_denominator"];
  const each = PARAMETERS.filter((p) => "perDimension" in p).map(({ name }) => name);
  const counted = ["dimension_l_out", "dimension_taps", "dimension_covered"];
  const entries = [
    ...numbered("", [
      ...names(once),
      ["sample_rate", "Output elements per second; the numerator of a fraction. 0 if not given."],
      ["bits", "Bits of an element in memory."],
      ["sample_rate_denominator", "1 for a rate that is a whole number."],
    ]),
    ...numbered("", names([...each, ...counted]), FIRST_DIMENSION_FIELD),
  ];
  const perDimension = each.length + counted.length;
  const end = FIRST_DIMENSION_FIELD + DIMENSION_COUNT * perDimension;
  if (once.length + settings.length > FIRST_DIMENSION_FIELD || end + 2 > FIRST_RESULT)
    throw new Error("the fields of a layer need more room");
  return {
    title: "Fields of a layer: the column number of each, which is its slot in LAYER",
    entries: [
      ...entries,
      {
        name: "DIMENSION_FIELDS",
        value: perDimension,
        meaning:
          "The fields from L_IN on belong to dimension 0. " +
          "Those of dimension n follow after n * DIMENSION_FIELDS.",
      },
      { name: "DIMENSION_COUNT", value: DIMENSION_COUNT },
      {
        name: "MAX_NAMES",
        value: once.length + 2 + DIMENSION_COUNT * each.length,
        meaning: "Parameters and settings of a layer, at most.",
      },
    ],
  };
}

/**
 * Column classes, in the order of their numbers. Each class is a range of numbers, by which the
 * kernel recognises it.
 */
const CLASSES: readonly {
  readonly start?: string;
  readonly meaning?: string;
  readonly has: (column: Column, isPerBatch: boolean) => boolean;
}[] = [
  { has: ({ type, missing }, isPerBatch) => type === "i64" && !missing && !isPerBatch },
  {
    start: "FIRST_UNSIGNED",
    meaning: "The results before are signed.",
    has: ({ type, missing }, isPerBatch) => type === "u64" && !missing && !isPerBatch,
  },
  {
    start: "FIRST_PER_BATCH",
    meaning:
      "From here to PER_BATCH_END: sums over the batch, " +
      "0 for an empty one whatever their factors are.",
    has: ({ type, missing }, isPerBatch) => type === "u64" && !missing && isPerBatch,
  },
  {
    start: "FIRST_SPECIAL",
    meaning: "From here on: columns that may be missing, quotients, and true or false.",
    has: ({ type, missing }, isPerBatch) => type === "u64" && missing !== undefined && isPerBatch,
  },
  {
    start: "FIRST_SIGNED_PER_BATCH",
    meaning: "From here to FIRST_QUOTIENT: signed.",
    has: ({ type }, isPerBatch) => type === "i64" && isPerBatch,
  },
  {
    start: "FIRST_QUOTIENT",
    meaning: "From here to QUOTIENT_END: quotients.",
    has: ({ type }, isPerBatch) => type === "decimal" && isPerBatch,
  },
  { start: "PER_BATCH_END", has: ({ type }, isPerBatch) => type === "decimal" && !isPerBatch },
];

function columns(): Section {
  const own = COLUMNS.filter((c: Column) => c.dimension === undefined) as readonly Column[];
  const isPerBatch = (c: Column) => {
    const families = FAMILIES.filter(
      ({ name }) => typeof c.formula !== "object" || c.formula[name],
    );
    const each = families.map((family) => isSumOverBatch(family, c.name));
    if (new Set(each).size > 1)
      throw new Error(`${c.name} is a sum over the batch in some families`);
    return each[0] as boolean;
  };
  const entries: Entry[] = [{ name: "RESULT_0", value: FIRST_RESULT }];
  let value = FIRST_RESULT;
  const placed = new Set<string>();
  for (const { start, meaning, has } of CLASSES) {
    if (start !== undefined) entries.push({ name: start, value, meaning });
    for (const c of own.filter((each) => has(each, isPerBatch(each)))) {
      entries.push({ name: c.name.toUpperCase(), value: value++ });
      placed.add(c.name);
    }
  }
  entries.push({
    name: "SAMPLE_RATE_QUOTIENT",
    value: value++,
    meaning: "A sample rate that is a fraction, as a cell.",
  });
  entries.push({ name: "QUOTIENT_END", value, meaning: "From here to RESULT_END: words." });
  entries.push({
    name: "PADDING_TEXT",
    value,
    meaning: "A padding that may be a word, as a cell; one column for each dimension.",
  });
  value += DIMENSION_COUNT;
  entries.push({
    name: "FIRST_BOOLEAN",
    value,
    meaning: "From here to RESULT_END: true or false.",
  });
  for (const c of own.filter(({ type }) => type === "boolean")) {
    entries.push({ name: c.name.toUpperCase(), value: value++ });
    placed.add(c.name);
  }
  entries.push({ name: "RESULT_END", value });
  const missing = own.filter(({ name }) => !placed.has(name)).map(({ name }) => name);
  if (missing.length > 0) throw new Error(`no class of columns has ${missing.join(", ")}`);
  return { title: "Results: their column numbers, by class", entries };
}

/** The column number of the first variable. It leaves room for new results before it. */
const FIRST_VARIABLE = 96;
const VARIABLE_COUNT = 32;

function comparison(): Section {
  return {
    title: "A comparison",
    entries: [
      { name: "TALLY_COUNT", value: COMPARED.length, meaning: "Columns that are compared." },
    ],
  };
}

function variables(): Section {
  return {
    title: "Variables that the user names, signed. A column number is a slot in LAYER",
    entries: [
      { name: "VARIABLE_0", value: FIRST_VARIABLE },
      { name: "VARIABLE_COUNT", value: VARIABLE_COUNT },
      { name: "FIELD_COUNT", value: FIRST_VARIABLE + VARIABLE_COUNT },
    ],
  };
}

function rules(): Section {
  return {
    title: "Rules of a legal layer, in the order in which they are checked",
    entries: [
      ...numbered("RULE_", names(RULES.map(({ id }) => id))),
      { name: "RULE_COUNT", value: RULES.length },
      {
        name: "FIRST_DIMENSION_RULE",
        value: RULES.findIndex((rule) => "perDimension" in rule),
        meaning: "From here on: rules that each dimension must satisfy.",
      },
      {
        name: "NO_RULE",
        value: RULES.length,
        meaning: "The answer of a check that every rule passed.",
      },
    ],
  };
}

function parquet(): Section {
  const listed = (prefix: string, values: Readonly<Record<string, number>>) =>
    Object.entries(values).map(([name, value]) => ({ name: `${prefix}${name}`, value }));
  return {
    title: "Parquet (src/formats/parquet/enums.ts says what they mean)",
    entries: [
      ...listed("PARQUET_TYPE_", PHYSICAL_TYPES),
      ...listed("PARQUET_CODEC_", CODECS),
      ...listed("PARQUET_ENCODING_", ENCODINGS),
    ],
  };
}

function sections(): readonly Section[] {
  return [
    kinds(),
    fields(),
    columns(),
    comparison(),
    variables(),
    rules(),
    { title: "How taps and covered are found", entries: numbered("METHOD_", names(METHODS)) },
    { title: "Why a batch stopped early", entries: numbered("FAULT_", FAULTS) },
    {
      title: "How the evaluation of an expression ended",
      entries: numbered("EVAL_", EVALUATION_STATUS),
    },
    { title: "Steps of a schedule", entries: numbered("STEP_", STEPS) },
    { title: "Operations of a program", entries: numbered("OP_", OPERATIONS) },
    { title: "Items of an axis that depends on others", entries: numbered("ITEM_", ITEMS) },
    parquet(),
    {
      title: "Limits (src/limits.ts says what they mean)",
      entries: Object.entries(limits).map(([name, value]) => ({ name, value })),
    },
  ];
}

/** A documentation comment of one line, or of several if it is longer than 100 columns. */
function docComment(text: string): string {
  const line = `/** ${text} */`;
  if (line.length <= 100) return line;
  const lines = [" *"];
  for (const word of text.split(" ")) {
    if (`${lines.at(-1)} ${word}`.length > 100) lines.push(" *");
    lines[lines.length - 1] += ` ${word}`;
  }
  return ["/**", ...lines, " */"].join("\n");
}

/** assembly/ids.generated.ts. */
export function idsFile(): string {
  const all = sections();
  const dimensions = KIND_NAMES.map((name) => kindOf(name).dimensions.length);
  const families = KIND_NAMES.map((name) => FAMILIES.indexOf(kindOf(name).family));
  const compared = COMPARED.map((name) => name.toUpperCase());
  const body = all
    .map(({ title, entries }) => {
      const lines = entries.map(({ name, value, meaning }) => {
        const comment = meaning === undefined ? "" : `${docComment(meaning)}\n`;
        return `${comment}export const ${name}: u32 = ${value};`;
      });
      return `// ── ${title} ──\n${lines.join("\n")}`;
    })
    .join("\n\n");
  const tables = [
    "/** Spatial dimensions of each kind. */",
    `export const KIND_DIMENSIONS: StaticArray<u32> = [${dimensions.join(", ")}];`,
    "/** The family of each kind. */",
    `export const KIND_FAMILY: StaticArray<u32> = [${families.join(", ")}];`,
    "/** The columns that a comparison puts beside the exact MACs, in the order of its tallies. */",
    "export const COMPARED: StaticArray<u32> = [",
    ...compared.map((name) => `  ${name},`),
    "];",
  ].join("\n");
  return `// Generated by \`npm run generate\` from the tables of the host. Do not edit.
//
// The numbers on which the kernel and its host must agree.

/** A hash of all numbers in this file. The host refuses a kernel with another one. */
export const ABI_VERSION: u32 = ${abiVersion(`${body}\n${tables}`)};

${body}

${tables}
`;
}

/** The first 32 bits of a hash. */
function abiVersion(text: string): number {
  return createHash("sha256").update(text).digest().readUInt32BE();
}

/**
 * src/kernel/constants.generated.ts.
 *
 * @param sources the files of the kernel whose exported constants the host can read.
 */
export function constantsFile(sources: readonly string[]): string {
  const exported = sources.flatMap((text) =>
    [...text.matchAll(/^export const ([A-Z][A-Z0-9_]*): (?:u32|usize) /gm)].map(([, name]) => name),
  );
  const version = /ABI_VERSION: u32 = (\d+)/.exec(sources.join("\n"))?.[1];
  return `// Generated by \`npm run generate\` from assembly/ids.generated.ts and assembly/layout. Do not edit.

/** The version of the numbers that the host was built with. */
export const ABI_VERSION = ${version};

/** Every constant that the kernel exports. */
export const CONSTANT_NAMES = [
${exported.map((name) => `  "${name}",`).join("\n")}
] as const;

export type ConstantName = (typeof CONSTANT_NAMES)[number];
`;
}
