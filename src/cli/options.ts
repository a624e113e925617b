/** Readers of the options that several commands share. */

import type { ResultName } from "../columns/table.js";
import { errors } from "../errors.js";
import type { BigInts } from "../formats/json.js";
import { type Fraction, textOfFraction } from "../fraction.js";
import { DEFAULT_KIND, KIND_NAMES, type Kind, kindNamed } from "../layers/kinds.js";
import type { Settings } from "../layers/layer.js";
import { type Check, type Method, methodOf } from "../plan/method.js";
import {
  type AxisFlag,
  entryFromFlag,
  flagOf,
  listFromFlag,
  readAssignment,
  sampleFromFlags,
  sourceFromFlags,
} from "../spec/flags.js";
import { withOverrides } from "../spec/overrides.js";
import { readColumns, readSpec, type Spec } from "../spec/spec.js";

/** The axes given as options. Their order on the command line is the order of the loops. */
export class AxisFlags {
  readonly axes: AxisFlag[] = [];
  readonly variables: AxisFlag[] = [];
  readonly #takeSeveral: boolean;

  /** @param takeSeveral whether an option can have several values; remedies depend on it. */
  constructor(takeSeveral = true) {
    this.#takeSeveral = takeSeveral;
  }

  give(name: string, values: string): string {
    this.#add(this.axes, { name, values, flag: flagOf(name) });
    return values;
  }

  /** `--axis name=values`. */
  giveAxis(text: string): string {
    this.#add(this.axes, readAssignment("--axis", text));
    return text;
  }

  /** `--variable name=values`. */
  giveVariable(text: string): string {
    this.#add(this.variables, readAssignment("--variable", text));
    return text;
  }

  #add(to: AxisFlag[], flag: AxisFlag): void {
    if (to.some(({ name }) => name === flag.name))
      throw errors.repeatedFlag(flag.flag, this.#takeSeveral);
    to.push(flag);
  }

  /** The values given for a parameter, or undefined. */
  valuesOf(name: string): string | undefined {
    return this.axes.find((axis) => axis.name === name)?.values;
  }
}

/** The shells with completions. */
export const SHELLS = ["bash", "zsh", "fish"] as const;
export type Shell = (typeof SHELLS)[number];

/** Options for layers other than their parameters, for single layers, lists and grids. */
export interface LayerOptions {
  readonly layer?: string;
  readonly bits?: number;
  readonly sampleRate?: Fraction;
  /** For one layer only: the output size that determines output_padding. */
  readonly outputSize?: string;
}

/** Refuses --output-size for lists and grids. @throws UpsweepError when it is given. */
export function refuseOutputSize(
  { outputSize }: LayerOptions,
  remedy = "Give the output_padding of each layer instead.",
): void {
  if (outputSize !== undefined) throw errors.usage("--output-size is for one layer only", remedy);
}

/** The kind named by --layer. @throws UpsweepError when it is unknown. */
export function kindFrom({ layer = DEFAULT_KIND }: LayerOptions): Kind {
  const kind = kindNamed(layer);
  if (kind === undefined) throw errors.unknownKind("--layer", layer, KIND_NAMES);
  return kind;
}

export function settingsFrom({ bits, sampleRate }: LayerOptions): Settings {
  return { bits, sample_rate: sampleRate };
}

/** Options for a grid other than its axes, whether it comes from a file or from options. */
export interface GridOptions extends LayerOptions {
  readonly columns?: string;
  readonly set?: readonly string[];
  readonly where?: readonly string[];
  readonly sample?: number;
  readonly seed?: number;
  readonly distinct?: boolean;
}

/** Reads a whole number in [min, max]. @throws UpsweepError for any other text. */
export function readWholeNumber(flag: string, text: string, min: number, max: number): number {
  const value = Number(text);
  if (!/^(0|[1-9][0-9]*)$/.test(text) || value < min || value > max) {
    throw errors.badOption(flag, text, `Write a whole number from ${min} to ${max}.`);
  }
  return value;
}

/** The result columns named by --columns, or undefined when it is not given. */
export function columnsFrom(
  text: string | undefined,
  kinds: Kind | readonly Kind[],
  isRated: boolean | "later",
): ResultName[] | undefined {
  return text === undefined
    ? undefined
    : (readColumns(listFromFlag("--columns", text), kinds, [], isRated) as ResultName[]);
}

/** The counting method, from --method and --check. @throws UpsweepError when they conflict. */
export function methodFrom({
  method,
  check,
}: {
  readonly method: "closed" | "simulate";
  readonly check?: Check;
}): Method {
  if (method === "simulate" && check) {
    throw errors.usage(
      "both --method simulate and --check are given",
      "Simulating every layer leaves nothing to compare; remove one of them.",
    );
  }
  return methodOf(method, check);
}

const DELIMITER_NAMES: Readonly<Record<string, string>> = {
  comma: ",",
  semicolon: ";",
  tab: "\t",
  "\\t": "\t",
  pipe: "|",
};

/** The character given by --delimiter, as itself or as a word such as `tab`. */
export function readDelimiter(text: string): string {
  const character = DELIMITER_NAMES[text] ?? text;
  if (/^[\t!-~]$/.test(character) && !/["A-Za-z0-9._-]/.test(character)) return character;
  throw errors.badOption(
    "--delimiter",
    text,
    "Write one character such as ';', or comma, semicolon, tab or pipe.",
  );
}

/** The grid of a command, from a spec file or from options, with the overrides applied. */
export async function specFromCommand(
  file: string | undefined,
  flags: AxisFlags,
  options: GridOptions,
): Promise<Spec> {
  const [axis] = [...flags.variables, ...flags.axes];
  refuseOutputSize(
    options,
    `In a grid, add --where 'l_out == ${options.outputSize}' and an axis output_padding.`,
  );
  const { columns, set = [], where = [], sample, seed } = options;
  if (seed !== undefined && sample === undefined)
    throw errors.usage("--seed is given without --sample", "Add --sample N, or remove --seed.");
  const settings = settingsFrom(options);
  const overrides = {
    ...(options.layer !== undefined && {
      layer: { kind: "scalar", location: "--layer", text: options.layer } as const,
    }),
    variables: Object.entries(settings).flatMap(
      ([name, value]: [string, number | Fraction | undefined]) =>
        value === undefined
          ? []
          : [
              entryFromFlag({
                name,
                values: typeof value === "number" ? String(value) : textOfFraction(value),
                flag: flagOf(name),
              }),
            ],
    ),
    set: set.map((text) => entryFromFlag(readAssignment("--set", text))),
    where: where.map((text) => ({ kind: "scalar", location: "--where", text }) as const),
    ...(columns !== undefined && { columns: listFromFlag("--columns", columns) }),
    ...(sample !== undefined && { sample: sampleFromFlags(sample, seed ?? 0) }),
    ...(options.distinct && {
      distinct: { kind: "scalar", location: "--distinct", text: "true" } as const,
    }),
  };
  if (file === undefined) {
    if (axis === undefined)
      throw errors.usage(
        "no grid is given",
        "Name a spec file, or give axes as options, for example --stride 1..4.",
      );
    return readSpec(
      withOverrides(sourceFromFlags(flags.axes, flags.variables), overrides),
      "flags",
    );
  }
  if (axis !== undefined) {
    throw errors.usage(
      `both ${file} and ${axis.flag} are given`,
      `To change an axis of the file, use --set '${axis.name}=${axis.values}'.`,
    );
  }
  // Load the YAML parser only when a file is read.
  const { specFromInput } = await import("../spec/file.js");
  return specFromInput(file, overrides);
}

/** The options of `upsweep compare`. */
export interface CompareOptions extends GridOptions {
  readonly from?: string;
  readonly skipInvalid?: boolean;
  readonly carry?: readonly string[];
  readonly delimiter?: string;
  readonly json?: boolean;
  readonly bigInts?: BigInts;
  readonly markdown?: boolean;
  readonly workers?: number;
  readonly quiet?: boolean;
}
