/** The kinds of layers, and the names of their parameters. */
import { CONVOLUTION } from "./convolution.js";
import type { Family, SpatialFamily } from "./family.js";
import { LINEAR } from "./linear.js";
import type { ParameterName, ParameterRow } from "./parameters.js";
import { TRANSPOSED } from "./transposed.js";

/** All families, in the order of their numbers in the kernel. */
export const FAMILIES: readonly Family[] = [TRANSPOSED, CONVOLUTION, LINEAR];

interface KindRow {
  /** PyTorch's class in `torch.nn`. */
  readonly module: string;
  readonly family: Family;
  /** A letter for each spatial dimension, in PyTorch's order; an empty one for a single dimension. */
  readonly dimensions: readonly string[];
}

/** The kinds of layers. Specs call them by their names in `torch.nn.functional`. */
const KIND_ROWS = {
  conv_transpose1d: { module: "ConvTranspose1d", family: TRANSPOSED, dimensions: [""] },
  conv_transpose2d: { module: "ConvTranspose2d", family: TRANSPOSED, dimensions: ["h", "w"] },
  conv_transpose3d: { module: "ConvTranspose3d", family: TRANSPOSED, dimensions: ["d", "h", "w"] },
  conv1d: { module: "Conv1d", family: CONVOLUTION, dimensions: [""] },
  conv2d: { module: "Conv2d", family: CONVOLUTION, dimensions: ["h", "w"] },
  conv3d: { module: "Conv3d", family: CONVOLUTION, dimensions: ["d", "h", "w"] },
  linear: { module: "Linear", family: LINEAR, dimensions: [] },
} as const satisfies Readonly<Record<string, KindRow>>;

export type KindName = keyof typeof KIND_ROWS;

/** A kind's own name, or PyTorch's class. */
export type NameOf<K extends KindName> =
  | K
  | `${"" | "nn." | "torch.nn."}${(typeof KIND_ROWS)[K]["module"]}`;

export const KIND_NAMES = Object.keys(KIND_ROWS) as readonly KindName[];

export const DEFAULT_KIND: KindName = "conv_transpose1d";

/** A parameter of one kind of layer. */
export interface Parameter extends Omit<ParameterRow, "name"> {
  /** Its name in rows and specs: `kernel_size`, or of several dimensions `kernel_size.h`. */
  readonly name: string;
  /** Its row in the table above. */
  readonly base: ParameterName;
  /** Its spatial dimension, counted from 0; 0 of what a layer has once. */
  readonly dimension: number;
}

export interface Kind {
  readonly name: KindName;
  /** PyTorch's module. */
  readonly module: string;
  readonly family: Family;
  /** The letters of its spatial dimensions, in PyTorch's order; an empty one where there is only one. */
  readonly dimensions: readonly string[];
  /** In the order in which they are columns. */
  readonly parameters: readonly Parameter[];
  readonly parameterNames: readonly string[];
  /** Of several dimensions: names that stand for a parameter in all of them at once. */
  readonly plainNames: readonly ParameterName[];
}

function kindFrom(name: KindName): Kind {
  const row: KindRow = KIND_ROWS[name];
  const rows = row.family.parameters as readonly (ParameterRow & {
    readonly name: ParameterName;
  })[];
  const parameters = rows.flatMap((p) =>
    (p.perDimension ? row.dimensions : [""]).map((letter, dimension): Parameter => {
      const own =
        letter === ""
          ? (p.ownName ?? p.name)
          : p.name === "l_in"
            ? `${letter}_in`
            : `${p.name}.${letter}`;
      const meaning = letter === "" ? p.meaning : `${p.meaning}, in ${DIMENSION_WORDS[letter]}`;
      return { ...p, name: own, base: p.name, dimension, meaning };
    }),
  );
  return {
    name,
    ...row,
    parameters,
    parameterNames: parameters.map((p) => p.name),
    plainNames:
      row.dimensions.length < 2
        ? []
        : rows.filter((p) => p.perDimension && p.name !== "l_in").map((p) => p.name),
  };
}

const DIMENSION_WORDS: Readonly<Record<string, string>> = { d: "depth", h: "height", w: "width" };

const kinds = new Map<string, Kind>(KIND_NAMES.map((name) => [name, kindFrom(name)]));

export function kindOf(name: KindName): Kind {
  return kinds.get(name) as Kind;
}

/** What the family of a kind with spatial dimensions computes in each of them. */
export function spatialOf({ name, family }: Kind): SpatialFamily {
  if (!family.spatial) throw new Error(`${name} layers have no spatial dimensions`);
  return family.spatial;
}

/** The one-dimensional kind of the same family. */
export function oneDimensional(kind: Kind): Kind {
  return [...kinds.values()].find(
    ({ family, dimensions }) => family === kind.family && dimensions.length === 1,
  ) as Kind;
}

const plainKind = (text: string) => text.toLowerCase().replaceAll("_", "");

const kindsByPlainName: ReadonlyMap<string, Kind> = new Map(
  [...kinds.values()].map((kind) => [plainKind(kind.name), kind]),
);

/**
 * The kind that a text names: by its own name or by PyTorch's class, `conv_transpose1d`, `ConvTranspose1d`, `nn.ConvTranspose1d` or
 * `torch.nn.ConvTranspose1d`, in small or capital letters. Every input looks kinds up here: options, specs, lists and the library.
 */
export function kindNamed(text: string): Kind | undefined {
  return kindsByPlainName.get(
    plainKind(text.replace(/^(?:torch\.)?nn\.(?:modules\.(?:conv|linear)\.|functional\.)?/, "")),
  );
}

/** The kinds that have a parameter of that name, or take it for all dimensions. */
export function kindsWith(name: string): KindName[] {
  return [...kinds.values()]
    .filter((kind) => [...kind.parameterNames, ...kind.plainNames].includes(name))
    .map((kind) => kind.name);
}

/** What a kind has in place of a parameter of other kinds: `h_in` and `w_in` for `l_in`, `kernel_size` for `kernel_size.h`. */
export function equivalentsOf(kind: Kind, name: string): readonly string[] {
  const base = anyParameter(name)?.base;
  const own = base === undefined ? [] : namesOfParameter(kind, base);
  return shortNames(kind, own);
}

/** Names of parameters with those of all dimensions put together: `kernel_size` for `kernel_size.h` and `kernel_size.w`. */
export function shortNames(kind: Kind, names: readonly string[]): string[] {
  const whole = kind.plainNames.filter((plain) =>
    namesOfParameter(kind, plain).every((own) => names.includes(own)),
  );
  return [
    ...new Set(
      names.map(
        (name) => whole.find((plain) => namesOfParameter(kind, plain).includes(name)) ?? name,
      ),
    ),
  ];
}

/** The parameters that must be given, as one writes them. */
export function requiredNames(kind: Kind): string[] {
  return shortNames(
    kind,
    kind.parameters.filter((p) => p.default === undefined).map((p) => p.name),
  );
}

/** The parameter of that name; undefined where a kind has none. */
export function parameterOf(kind: Kind, name: string): Parameter | undefined {
  return kind.parameters.find((p) => p.name === name);
}

/**
 * The value of a word for a parameter, such as `same` for `padding`. A word is for all dimensions:
 * in several dimensions only the plain name can have one.
 */
export function wordValue(kind: Kind, name: string, text: string): number | undefined {
  const own = kind.parameters.find((p) =>
    kind.dimensions.length === 1 ? p.name === name : p.perDimension && p.base === name,
  );
  return own?.words && Object.hasOwn(own.words, text) ? own.words[text] : undefined;
}

/** The text of a value of that parameter, in whatever kind: a number, or its word. */
export function textOfValue(name: string, value: number): string {
  const own = [...kinds.values()]
    .flatMap(({ parameters }) => parameters)
    .find((p) => (p.name === name || p.base === name) && p.words);
  return textOfParameter(own ?? {}, value);
}

/** The text of a parameter's value: a number, or its word. */
export function textOfParameter({ words = {} }: Pick<Parameter, "words">, value: number): string {
  const word = Object.keys(words).find((text) => words[text] === value);
  return word ?? String(value);
}

/** The names that stand for a row of the parameter table in a kind: one, or one for each dimension. */
export function namesOfParameter(kind: Kind, base: ParameterName): readonly string[] {
  return kind.parameters.filter((p) => p.base === base).map((p) => p.name);
}

const everyName = new Map<string, Parameter>(
  [...kinds.values()]
    .reverse()
    .flatMap(({ parameters }) => parameters.map((p): [string, Parameter] => [p.name, p])),
);

/** Whether some kind of layer has a parameter of that name. */
export function isParameterName(name: string): boolean {
  return everyName.has(name);
}

/** The parameter of that name, of whatever kind has one; its range and type are the same in all. */
export function anyParameter(name: string): Parameter | undefined {
  return everyName.get(name);
}
