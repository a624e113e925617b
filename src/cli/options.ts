/** What several commands read from their options. */

import type { ResultName } from "../columns/table.js";
import { errors } from "../errors.js";
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

/** The axes given as flags, in the order in which they were given: that is the order of the loops. */
export class AxisFlags {
  readonly axes: AxisFlag[] = [];
  readonly variables: AxisFlag[] = [];
  readonly #takeSeveral: boolean;

  /** @param takeSeveral whether a flag can have several values. */
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

  /** The values that a parameter was given. */
  valuesOf(name: string): string | undefined {
    return this.axes.find((axis) => axis.name === name)?.values;
  }
}

/** The shells for which there are completions. */
export const SHELLS = ["bash", "zsh", "fish"] as const;
export type Shell = (typeof SHELLS)[number];

/** What can be said about layers beside their parameters, wherever they come from. */
export interface LayerOptions {
  readonly layer?: string;
  readonly bits?: number;
  readonly sampleRate?: Fraction;
  /** One layer only: the output size that determines output_padding. */
  readonly outputSize?: string;
}

/** @throws UpsweepError for --output-size where there is more than one layer. */
export function refuseOutputSize(
  { outputSize }: LayerOptions,
  remedy = "Give output_padding for each layer instead.",
): void {
  if (outputSize !== undefined) throw errors.usage("--output-size is for one layer", remedy);
}

/** The kind of --layer. */
export function kindFrom({ layer = DEFAULT_KIND }: LayerOptions): Kind {
  const kind = kindNamed(layer);
  if (kind === undefined) throw errors.unknownKind("--layer", layer, KIND_NAMES);
  return kind;
}

export function settingsFrom({ bits, sampleRate }: LayerOptions): Settings {
  return { bits, sample_rate: sampleRate };
}

/** What can be said about a grid beside its axes, whether it comes from a file or from flags. */
export interface GridOptions extends LayerOptions {
  readonly columns?: string;
  readonly set?: readonly string[];
  readonly where?: readonly string[];
  readonly sample?: number;
  readonly seed?: number;
  readonly distinct?: boolean;
}

/** @throws UpsweepError when the text is not a whole number of [least, most]. */
export function readWholeNumber(flag: string, text: string, min: number, max: number): number {
  const value = Number(text);
  if (!/^(0|[1-9][0-9]*)$/.test(text) || value < min || value > max) {
    throw errors.badOption(flag, text, `Write a whole number from ${min} to ${max}.`);
  }
  return value;
}

/** The result columns of --columns, or undefined when it is not given. */
export function columnsFrom(
  text: string | undefined,
  kinds: Kind | readonly Kind[],
  isRated: boolean | "later",
): ResultName[] | undefined {
  return text === undefined
    ? undefined
    : (readColumns(listFromFlag("--columns", text), kinds, [], isRated) as ResultName[]);
}

/** How layers are found, by `--method` and `--check`. */
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
      "Where every layer is simulated there is nothing to compare; leave one out.",
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

/** The character of --delimiter, which may be written as a word. */
export function readDelimiter(text: string): string {
  const character = DELIMITER_NAMES[text] ?? text;
  if (/^[\t!-~]$/.test(character) && !/["A-Za-z0-9._-]/.test(character)) return character;
  throw errors.badOption(
    "--delimiter",
    text,
    "Write one character such as ';', or comma, semicolon, tab or pipe.",
  );
}

/** The grid of a command: from a spec file or from flags, with what the options change in it. */
export async function specFromCommand(
  file: string | undefined,
  flags: AxisFlags,
  options: GridOptions,
): Promise<Spec> {
  const [axis] = [...flags.variables, ...flags.axes];
  refuseOutputSize(
    options,
    `In a grid write --where 'l_out == ${options.outputSize}', and output_padding as an axis.`,
  );
  const { columns, set = [], where = [], sample, seed } = options;
  if (seed !== undefined && sample === undefined)
    throw errors.usage("--seed is given without --sample", "Say with --sample how many to draw.");
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
        "Name a spec file, or give axes as flags, for example --stride 1..4.",
      );
    return readSpec(
      withOverrides(sourceFromFlags(flags.axes, flags.variables), overrides),
      "flags",
    );
  }
  if (axis !== undefined) {
    throw errors.usage(
      `both ${file} and ${axis.flag} are given`,
      `To change an axis of the file, write --set '${axis.name}=${axis.values}'.`,
    );
  }
  // The YAML parser is loaded only where a file is read.
  const { specFrom } = await import("../spec/read.js");
  return specFrom(file, overrides);
}
