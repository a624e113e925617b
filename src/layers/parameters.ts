/**
 * The tables of parameters and settings. Names, defaults and ranges are PyTorch's. Each family of
 * layers (transposed.ts, convolution.ts, linear.ts) lists the parameters that its kinds have.
 */
import { BITS_MAX, PARAMETER_MAX } from "../limits.js";

/** A parameter of a PyTorch module, or of its input. */
export interface ParameterRow {
  readonly name: string;
  /** The name in a family of layers for which PyTorch uses another name. */
  readonly ownName?: string;
  readonly type: "integer" | "boolean";
  /** The smallest legal value. */
  readonly min: 0 | 1;
  /**
   * PyTorch's default; one sample for `batch_size`. A parameter without a default must be given.
   */
  readonly default?: number;
  /** Each spatial dimension has its own value. */
  readonly perDimension?: true;
  /**
   * Words that can be given in place of a number, for all dimensions at once, with their values in
   * the kernel.
   */
  readonly words?: Readonly<Record<string, number>>;
  readonly meaning: string;
}

/** The eleven parameters of a `ConvTranspose1d`, in column order. Booleans count as 0 and 1. */
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
    meaning: "elements of a kernel, K",
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
    meaning: "output elements from one kernel element to the next, d",
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

/** PyTorch's default. A kind that lacks the parameter is counted as if it had that value. */
export function defaultOf(name: ParameterName): number {
  const row: ParameterRow | undefined = PARAMETERS.find((p) => p.name === name);
  return row?.default ?? 1;
}

/** The default of `bits`: a 32-bit float. */
export const DEFAULT_BITS = 32;

/**
 * Values that are not parameters of a layer but that some columns need. Variables cannot have their
 * names.
 */
export const SETTINGS = [
  {
    name: "bits",
    min: 1,
    max: BITS_MAX,
    default: DEFAULT_BITS,
    meaning: "bits of an element in memory, for arithmetic_intensity",
  },
  {
    name: "sample_rate",
    min: 1,
    max: PARAMETER_MAX,
    meaning:
      "output elements of the layer per second of audio, such as 22050, " +
      "689.0625 or 22050/32, for macs_per_second and ops_per_second",
  },
] as const;

/**
 * The name of the common denominator in a grid with fractional sample rates. The values of
 * `sample_rate` are then the numerators.
 */
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

/** One spatial dimension of a layer. */
export interface Dimension {
  readonly l_in: number;
  readonly kernel_size: number;
  readonly stride: number;
  readonly padding: number;
  /** 0 in a plain convolution. */
  readonly output_padding: number;
  readonly dilation: number;
}
