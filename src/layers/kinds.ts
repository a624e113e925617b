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
  /**
   * A letter for each spatial dimension, in PyTorch's order. A single dimension has an empty one.
   */
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
  /** Its name in rows and specs: `kernel_size`, or `kernel_size.h` in several dimensions. */
  readonly name: string;
  /** Its name in the table of parameters. */
  readonly base: ParameterName;
  /** Its spatial dimension, counted from 0. It is 0 for a parameter that a layer has only once. */
  readonly dimension: number;
}

export interface Kind {
  readonly name: KindName;
  /** PyTorch's module. */
  readonly module: string;
  readonly family: Family;
  /**
   * A letter for each spatial dimension, in PyTorch's order. A single dimension has an empty one.
   */
  readonly dimensions: readonly string[];
  /** The parameters in column order. */
  readonly parameters: readonly Parameter[];
  readonly parameterNames: readonly string[];
  /**
   * Names that set a parameter in all dimensions at once. Kinds with fewer than two dimensions have
   * none.
   */
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

/**
 * The spatial part of a kind's family.
 *
 * @throws Error if the kind has no spatial dimensions.
 */
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

/** The form of a name in which kinds are compared: lower case, without underscores. */
const plainKind = (text: string) => text.toLowerCase().replaceAll("_", "");

const kindsByPlainName: ReadonlyMap<string, Kind> = new Map(
  [...kinds.values()].map((kind) => [plainKind(kind.name), kind]),
);

/**
 * The kind that a text names, by its own name or by PyTorch's class: `conv_transpose1d`,
 * `ConvTranspose1d`, `nn.ConvTranspose1d` or `torch.nn.ConvTranspose1d`. Case does not matter.
 * Options, specs, lists and the library all use this function.
 */
export function kindNamed(text: string): Kind | undefined {
  return kindsByPlainName.get(
    plainKind(text.replace(/^(?:torch\.)?nn\.(?:modules\.(?:conv|linear)\.|functional\.)?/, "")),
  );
}

/** The kinds with a parameter or a plain name of that name. */
export function kindsWith(name: string): KindName[] {
  return [...kinds.values()]
    .filter((kind) => [...kind.parameterNames, ...kind.plainNames].includes(name))
    .map((kind) => kind.name);
}

/**
 * The names in a kind that correspond to a parameter of other kinds: `h_in` and `w_in` for `l_in`,
 * `kernel_size` for `kernel_size.h`.
 */
export function equivalentsOf(kind: Kind, name: string): readonly string[] {
  const base = anyParameter(name)?.base;
  const own = base === undefined ? [] : namesOfParameter(kind, base);
  return shortNames(kind, own);
}

/**
 * Shortens a list of parameter names: if all dimensions of a parameter are in it, its plain name
 * replaces them. `kernel_size` replaces `kernel_size.h` and `kernel_size.w`.
 */
export function shortNames(kind: Kind, names: readonly string[]): string[] {
  const complete = kind.plainNames.filter((plain) =>
    namesOfParameter(kind, plain).every((own) => names.includes(own)),
  );
  return [
    ...new Set(
      names.map(
        (name) => complete.find((plain) => namesOfParameter(kind, plain).includes(name)) ?? name,
      ),
    ),
  ];
}

/** The parameters that must be given, by their shortest names. */
export function requiredNames(kind: Kind): string[] {
  return shortNames(
    kind,
    kind.parameters.filter((p) => p.default === undefined).map((p) => p.name),
  );
}

/** The parameter with that name. Undefined if the kind has none. */
export function parameterOf(kind: Kind, name: string): Parameter | undefined {
  return kind.parameters.find((p) => p.name === name);
}

/**
 * The value of a word for a parameter, such as `same` for `padding`. A word applies to all
 * dimensions, so in several dimensions only the plain name can have one.
 */
export function wordValue(kind: Kind, name: string, text: string): number | undefined {
  const own = kind.parameters.find((p) =>
    kind.dimensions.length === 1 ? p.name === name : p.perDimension && p.base === name,
  );
  return own?.words && Object.hasOwn(own.words, text) ? own.words[text] : undefined;
}

/** The text of a value of the parameter with that name, in any kind: a number, or its word. */
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

/**
 * The names of a parameter in a kind: one for each dimension, or a single one. Empty if the kind
 * lacks the parameter.
 */
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

/** The parameter with that name in any kind. Its range and type are the same in all kinds. */
export function anyParameter(name: string): Parameter | undefined {
  return everyName.get(name);
}
