/**
 * The types of layers: complete ones for the planner and the kernel, and those that people write.
 */
import type { Fraction } from "../fraction.js";
import { PARAMETER_MAX } from "../limits.js";
import { type Kind, type KindName, type NameOf, type Parameter, textOfParameter } from "./kinds.js";
import { DEFAULT_BITS, type Dimension, defaultOf, type ParameterName } from "./parameters.js";

/** A layer and its input, with all parameters. */
export interface Layer {
  readonly kind: Kind;
  readonly batch_size: number;
  readonly in_channels: number;
  readonly out_channels: number;
  readonly groups: number;
  readonly bias: boolean;
  /** The spatial dimensions, in the order of the kind. */
  readonly dimensions: readonly Dimension[];
  readonly bits: number;
  readonly sample_rate?: Fraction | undefined;
}

/** Values other than parameters that some results depend on. */
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
  /** Bits of an element, from 1 to 64. The default is 32. */
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

/** Plain convolutions also accept PyTorch's words for the padding, for all dimensions at once. */
type WithPaddingWords<T extends { readonly padding?: unknown }> = Omit<T, "padding"> & {
  readonly padding?: T["padding"] | "same" | "valid";
};

/** A layer of each kind as a person writes it. */
export interface LayerInputs {
  readonly conv_transpose1d: SettingInput & {
    readonly layer?: NameOf<"conv_transpose1d">;
  } & OneDimension;
  readonly conv1d: SettingInput & { readonly layer: NameOf<"conv1d"> } & WithPaddingWords<
      Omit<OneDimension, "output_padding">
    >;
  readonly conv_transpose2d: SettingInput & {
    readonly layer: NameOf<"conv_transpose2d">;
  } & SeveralDimensions;
  readonly conv_transpose3d: SettingInput & {
    readonly layer: NameOf<"conv_transpose3d">;
  } & SeveralDimensions & { readonly d_in: number };
  readonly conv2d: SettingInput & { readonly layer: NameOf<"conv2d"> } & WithPaddingWords<
      Omit<SeveralDimensions, "output_padding">
    >;
  readonly conv3d: SettingInput & { readonly layer: NameOf<"conv3d"> } & WithPaddingWords<
      Omit<SeveralDimensions, "output_padding">
    > & { readonly d_in: number };
  readonly linear: SettingInput & {
    readonly layer: NameOf<"linear">;
    readonly batch_size?: number;
    readonly in_features: number;
    readonly out_features: number;
    readonly bias?: boolean;
  };
}

/** A layer as a person writes it. Omitted parameters have PyTorch's defaults. */
export type LayerInput = LayerInputs[KindName];

/** The layer with the parameter values that `read` returns, booleans as 0 and 1. */
export function layerFrom(
  kind: Kind,
  read: (parameter: Parameter) => number,
  settings: Settings = {},
): Layer {
  const once = (base: ParameterName) => {
    const parameter = kind.parameters.find((p) => p.base === base);
    return parameter ? read(parameter) : defaultOf(base);
  };
  const dimensions = kind.dimensions.map((_, dimension): Dimension => {
    const own = (base: ParameterName) => {
      const parameter = kind.parameters.find((p) => p.base === base && p.dimension === dimension);
      return parameter ? read(parameter) : defaultOf(base);
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

/** The parameters of a layer by name, in column order. */
export function namedParameters(layer: Layer): Readonly<Record<string, number | boolean | string>> {
  return Object.fromEntries(
    layer.kind.parameters.map((p) => {
      const value = valueOfParameter(layer, p);
      if (p.type === "boolean") return [p.name, value === 1];
      return [p.name, value > PARAMETER_MAX ? textOfParameter(p, value) : value];
    }),
  );
}
