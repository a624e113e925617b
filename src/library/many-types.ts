/** The arguments and results of `countMany`. */
import type { COLUMNS, ResultName, Results } from "../columns/table.js";
import type { KindName, NameOf } from "../layers/kinds.js";
import type { ParameterName } from "../layers/parameters.js";

/** The values of a parameter: one per layer, or one for all layers. Booleans may be 0 and 1. */
export type LayerColumn =
  | number
  | boolean
  | readonly number[]
  | readonly boolean[]
  | Int8Array
  | Uint8Array
  | Uint8ClampedArray
  | Int16Array
  | Uint16Array
  | Int32Array
  | Uint32Array
  | Float32Array
  | Float64Array
  | BigInt64Array
  | BigUint64Array;

type InDimension =
  | `${"kernel_size" | "stride" | "padding" | "output_padding" | "dilation"}.${"d" | "h" | "w"}`
  | `${"d" | "h" | "w"}_in`;

/**
 * Layers as an object of columns, all of the same length. The names are those of the columns that a
 * sweep writes: `kernel_size` and so on. With several dimensions, `kernel_size` sets all of them,
 * and `kernel_size.h` sets one. `layer` names the kind of all layers.
 */
export type LayerColumns = { readonly layer?: NameOf<KindName> | undefined } & {
  readonly [N in Exclude<ParameterName, "padding"> | "bits" | InDimension]?:
    | LayerColumn
    | undefined;
} & {
  /** Plain convolutions also take PyTorch's words, for all layers. */
  readonly padding?: LayerColumn | "same" | "valid" | undefined;
  /** Output elements per second: numbers, or texts such as "22050/32". */
  readonly sample_rate?: LayerColumn | string | readonly (number | string)[] | undefined;
};

/** Options of `countMany`. */
export interface ManyOptions<B extends "bigint" | "number" = "bigint" | "number"> {
  /** The kind of layers that do not name their kind. Default: `conv_transpose1d`. */
  readonly layer?: NameOf<KindName> | undefined;
  /**
   * How `taps` and `covered` are computed: `closed` (the default) or `simulate`. Both give the same
   * integers.
   */
  readonly method?: "closed" | "simulate" | undefined;
  /**
   * The type of integer columns: `bigint` (the default) for BigUint64Array and BigInt64Array, or
   * `number` for Float64Array. A count beyond 2^53 - 1, which a number cannot hold exactly, is then
   * an error.
   */
  readonly bigInts?: B | undefined;
  /**
   * Continue after an illegal layer and list it in `invalid`, instead of throwing. Default: false.
   */
  readonly skipInvalid?: boolean | undefined;
}

type ColumnRow = (typeof COLUMNS)[number];
type TypeOf<N extends ResultName> = Extract<ColumnRow, { readonly name: N }>["type"];

type ArrayFor<T, B> = T extends "boolean"
  ? Uint8Array
  : T extends "decimal"
    ? Float64Array
    : B extends "number"
      ? Float64Array
      : T extends "i64"
        ? BigInt64Array
        : BigUint64Array;

/** Results of `countMany`. */
export interface ManyResults<C extends ResultName, B extends "bigint" | "number" = "bigint"> {
  /** The number of layers, including illegal ones. */
  readonly rows: number;
  /**
   * For each result, an array with a value per layer. Rows without a value, which are listed in
   * `missing` and `invalid`, have 0, or NaN for a decimal.
   */
  readonly columns: { readonly [N in C]: ArrayFor<TypeOf<N>, B> };
  /**
   * For each result that a tool may leave unanswered, the indices of the rows without an answer.
   */
  readonly missing: { readonly [N in C as null extends Results[N] ? N : never]: Uint32Array };
  /** With `skipInvalid`, the indices of the illegal layers. Otherwise empty. */
  readonly invalid: Uint32Array;
  /** For each row in `invalid`, the first rule that the layer breaks, as an index into `RULES`. */
  readonly brokenRules: Uint8Array;
}
