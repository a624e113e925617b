/**
 * The parameters of a layer, by kind: what a row begins with. Names, defaults and ranges are PyTorch's. The kernel's field
 * numbers (assembly/layout.ts) are looked up by name.
 */
import type { Fraction } from "../fraction.js";
import { PARAMETER_MAX } from "../limits.js";

/** A parameter of a PyTorch module or of its input. */
interface ParameterRow {
  readonly name: string;
  readonly type: "integer" | "boolean";
  /** The smallest legal value. */
  readonly min: 0 | 1;
  /** PyTorch's default (batch_size: one sample); a parameter without one must be given. */
  readonly default?: number;
  /** Whether each spatial dimension has its own. */
  readonly perDimension?: true;
  readonly meaning: string;
}

/** The eleven parameters of a `ConvTranspose1d`, in the order in which they are columns. Booleans count as 0 and 1. */
export const PARAMETERS = [
  { name: "batch_size", type: "integer", min: 0, default: 1, meaning: "samples in the input, N" },
  { name: "in_channels", type: "integer", min: 1, meaning: "channels of the input, C_in" },
  { name: "out_channels", type: "integer", min: 1, meaning: "channels of the output, C_out" },
  {
    name: "l_in",
    type: "integer",
    min: 1,
    perDimension: true,
    meaning: "length of the input, L",
  },
  {
    name: "kernel_size",
    type: "integer",
    min: 1,
    perDimension: true,
    meaning: "taps of a kernel, K",
  },
  {
    name: "stride",
    type: "integer",
    min: 1,
    default: 1,
    perDimension: true,
    meaning: "output elements from one input element to the next, s",
  },
  {
    name: "padding",
    type: "integer",
    min: 0,
    default: 0,
    perDimension: true,
    meaning: "output elements cropped at each end, p",
  },
  {
    name: "output_padding",
    type: "integer",
    min: 0,
    default: 0,
    perDimension: true,
    meaning: "output elements added at the upper end, o",
  },
  {
    name: "dilation",
    type: "integer",
    min: 1,
    default: 1,
    perDimension: true,
    meaning: "output elements from one tap to the next, d",
  },
  {
    name: "groups",
    type: "integer",
    min: 1,
    default: 1,
    meaning: "independent groups of channels, g",
  },
  {
    name: "bias",
    type: "boolean",
    min: 0,
    default: 1,
    meaning: "whether each output channel adds a bias, b",
  },
] as const satisfies readonly ParameterRow[];

export type ParameterName = (typeof PARAMETERS)[number]["name"];

/** What stands for `bits` when it is not given: a float. */
export const DEFAULT_BITS = 32;

/** What is no parameter of a layer but goes into some columns: a variable whose name is taken. */
export const SETTINGS = [
  {
    name: "bits",
    min: 1,
    max: 64,
    default: DEFAULT_BITS,
    meaning: "bits of an element in memory, for arithmetic_intensity",
  },
  {
    name: "sample_rate",
    min: 1,
    max: PARAMETER_MAX,
    meaning:
      "output elements of the layer per second of audio, such as 22050, 689.0625 or 22050/32, for macs_per_second and ops_per_second",
  },
] as const;

/** In a grid whose sample rates are fractions: the name of their common denominator. The values of `sample_rate` are then their numerators. */
export const RATE_DENOMINATOR = "sample_rate_denominator";

export type SettingName = (typeof SETTINGS)[number]["name"];

const setting = new Map<string, (typeof SETTINGS)[number]>(SETTINGS.map((s) => [s.name, s]));

export function isSettingName(name: string): name is SettingName {
  return setting.has(name);
}

/** The row of the settings table. */
export function settingOf(name: SettingName): (typeof SETTINGS)[number] {
  return setting.get(name) as (typeof SETTINGS)[number];
}

// ── Kinds ──────────────────────────────────────────────────────────────────────────────────────────────────────────

/** The kinds of layers, by what a spec calls them (`torch.nn.functional`'s names). */
const KIND_ROWS = {
  conv_transpose1d: { module: "ConvTranspose1d", isTransposed: true, dimensions: [""] },
  conv_transpose2d: { module: "ConvTranspose2d", isTransposed: true, dimensions: ["h", "w"] },
  conv_transpose3d: { module: "ConvTranspose3d", isTransposed: true, dimensions: ["d", "h", "w"] },
  conv1d: { module: "Conv1d", isTransposed: false, dimensions: [""] },
} as const;

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
  readonly isTransposed: boolean;
  /** The letters of its spatial dimensions, in PyTorch's order; an empty one where there is only one. */
  readonly dimensions: readonly string[];
  /** In the order in which they are columns. */
  readonly parameters: readonly Parameter[];
  readonly parameterNames: readonly string[];
  /** Of several dimensions: names that stand for a parameter in all of them at once. */
  readonly plainNames: readonly ParameterName[];
}

function kindFrom(name: KindName): Kind {
  const row = KIND_ROWS[name];
  const rows: readonly (ParameterRow & { readonly name: ParameterName })[] = PARAMETERS.filter(
    (p) => row.isTransposed || p.name !== "output_padding",
  );
  const parameters = rows.flatMap((p) =>
    (p.perDimension ? row.dimensions : [""]).map((letter, dimension): Parameter => {
      const own =
        letter === "" ? p.name : p.name === "l_in" ? `${letter}_in` : `${p.name}.${letter}`;
      const meaning =
        letter === ""
          ? meaningIn(row.isTransposed, p)
          : `${p.meaning}, in ${DIMENSION_WORDS[letter]}`;
      return { ...p, name: own, base: p.name, dimension, meaning };
    }),
  );
  return {
    name,
    ...row,
    parameters,
    parameterNames: parameters.map((p) => p.name),
    plainNames:
      row.dimensions.length === 1
        ? []
        : rows.filter((p) => p.perDimension && p.name !== "l_in").map((p) => p.name),
  };
}

const DIMENSION_WORDS: Readonly<Record<string, string>> = { d: "depth", h: "height", w: "width" };

/** Of a convolution that is not transposed some parameters mean the opposite end. */
function meaningIn(
  isTransposed: boolean,
  { name, meaning }: { readonly name: ParameterName; readonly meaning: string },
): string {
  if (isTransposed) return meaning;
  if (name === "stride") return "input elements from one output element to the next, s";
  if (name === "padding") return "zeros added at each end of the input, p";
  return name === "dilation" ? "input elements from one tap to the next, d" : meaning;
}

const kinds = new Map<string, Kind>(KIND_NAMES.map((name) => [name, kindFrom(name)]));

export function kindOf(name: KindName): Kind {
  return kinds.get(name) as Kind;
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
    plainKind(text.replace(/^(?:torch\.)?nn\.(?:modules\.conv\.|functional\.)?/, "")),
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

// ── Layers ─────────────────────────────────────────────────────────────────────────────────────────────────────────

/** One spatial dimension of a layer. */
export interface Dimension {
  readonly l_in: number;
  readonly kernel_size: number;
  readonly stride: number;
  readonly padding: number;
  /** 0 in a convolution that is not transposed. */
  readonly output_padding: number;
  readonly dilation: number;
}

/** A layer and its input, every parameter given. */
export interface Layer {
  readonly kind: Kind;
  readonly batch_size: number;
  readonly in_channels: number;
  readonly out_channels: number;
  readonly groups: number;
  readonly bias: boolean;
  /** In the order of the kind's dimensions. */
  readonly dimensions: readonly Dimension[];
  readonly bits: number;
  readonly sample_rate?: Fraction | undefined;
}

/** What some results go by besides the parameters. */
export interface Settings {
  readonly bits?: number | undefined;
  readonly sample_rate?: Fraction | undefined;
}

/** The parameters of a one-dimensional layer by their names. */
export type LayerParameters = { readonly [N in Exclude<ParameterName, "bias">]: number } & {
  readonly bias: boolean;
};

/** Parameters without a PyTorch default. */
type RequiredParameter = "in_channels" | "out_channels" | "l_in" | "kernel_size";

interface SettingInput {
  /** Bits of an element, 1 to 64; 32 when left out. */
  readonly bits?: number;
  /** Output elements of the layer per second: a number, or a text such as "22050/32". */
  readonly sample_rate?: number | string;
}

type OneDimension = Pick<LayerParameters, RequiredParameter> & Partial<LayerParameters>;

/** One number for all dimensions, or one for each: (depth,) height, width. */
type PerDimension = number | readonly number[];

interface SeveralDimensions {
  readonly batch_size?: number;
  readonly in_channels: number;
  readonly out_channels: number;
  readonly h_in: number;
  readonly w_in: number;
  readonly kernel_size: PerDimension;
  readonly stride?: PerDimension;
  readonly padding?: PerDimension;
  readonly output_padding?: PerDimension;
  readonly dilation?: PerDimension;
  readonly groups?: number;
  readonly bias?: boolean;
}

/** A layer of each kind as a person writes it. */
export interface LayerInputs {
  readonly conv_transpose1d: SettingInput & {
    readonly layer?: NameOf<"conv_transpose1d">;
  } & OneDimension;
  readonly conv1d: SettingInput & { readonly layer: NameOf<"conv1d"> } & Omit<
      OneDimension,
      "output_padding"
    >;
  readonly conv_transpose2d: SettingInput & {
    readonly layer: NameOf<"conv_transpose2d">;
  } & SeveralDimensions;
  readonly conv_transpose3d: SettingInput & {
    readonly layer: NameOf<"conv_transpose3d">;
  } & SeveralDimensions & { readonly d_in: number };
}

/** A layer as a person writes it: PyTorch's defaults stand for what is left out. */
export type LayerInput = LayerInputs[KindName];

/** The layer whose parameters have the values that `read` gives, booleans as 0 and 1. */
export function layerFrom(
  kind: Kind,
  read: (parameter: Parameter) => number,
  settings: Settings = {},
): Layer {
  const once = (base: ParameterName) =>
    read(kind.parameters.find((p) => p.base === base) as Parameter);
  const dimensions = kind.dimensions.map((_, dimension): Dimension => {
    const own = (base: ParameterName) => {
      const parameter = kind.parameters.find((p) => p.base === base && p.dimension === dimension);
      return parameter ? read(parameter) : 0;
    };
    return {
      l_in: own("l_in"),
      kernel_size: own("kernel_size"),
      stride: own("stride"),
      padding: own("padding"),
      output_padding: own("output_padding"),
      dilation: own("dilation"),
    };
  });
  return {
    kind,
    batch_size: once("batch_size"),
    in_channels: once("in_channels"),
    out_channels: once("out_channels"),
    groups: once("groups"),
    bias: once("bias") === 1,
    dimensions,
    bits: settings.bits ?? DEFAULT_BITS,
    sample_rate: settings.sample_rate,
  };
}

/** The value of a parameter of a layer, booleans as 0 and 1. */
export function valueOfParameter(
  layer: Layer,
  { base, dimension, perDimension }: Parameter,
): number {
  if (perDimension) return (layer.dimensions[dimension] as Dimension)[base as keyof Dimension];
  return Number(layer[base as "batch_size" | "in_channels" | "out_channels" | "groups" | "bias"]);
}

/** The parameters of a layer by their names, in the order of its columns. */
export function namedParameters(layer: Layer): Readonly<Record<string, number | boolean>> {
  return Object.fromEntries(
    layer.kind.parameters.map((p) => [
      p.name,
      p.type === "boolean" ? valueOfParameter(layer, p) === 1 : valueOfParameter(layer, p),
    ]),
  );
}
