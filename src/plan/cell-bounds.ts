/** How large the cells of a grid can get: bounds with big integers, never too small. */
import { column, type ResultName } from "../columns/columns.js";
import {
  type Kind,
  type ParameterName,
  parameterOf,
  RATE_DENOMINATOR,
  type SettingName,
} from "../layers/parameters.js";
import type { ValueSet, ValueSets } from "./bounds.js";

const U64_MAX = 2n ** 64n - 1n;
const I64_MAX = 2n ** 63n - 1n;

/** The longest text of a decimal (CELL_TEXT_BYTES in assembly/layout.ts). */
const DECIMAL_BYTES = 27;

const product = (factors: readonly bigint[]): bigint => factors.reduce((a, b) => a * b, 1n);
const larger = (a: bigint, b: bigint): bigint => (a > b ? a : b);

/**
 * No cell of that column in a grid of these values has a greater magnitude; of a decimal neither its numerator nor its
 * denominator has.
 */
export function upperBound(kind: Kind, name: ResultName, known: ValueSets): bigint {
  const bound = (base: ParameterName, end: "min" | "max", dimension = 0): bigint => {
    const own = kind.parameters.find((p) => p.base === base && p.dimension === dimension);
    return own ? ((known.get(own.name) as ValueSet)[end] as bigint) : 0n;
  };
  const max = (base: ParameterName, dimension = 0) => bound(base, "max", dimension);
  const min = (base: ParameterName, dimension = 0) => bound(base, "min", dimension);
  const bits = known.get("bits");
  const isWholeBytes = bits === undefined || (bits.min === bits.max && bits.min % 8n === 0n);
  const setting = (base: SettingName): bigint => known.get(base)?.max ?? 64n;
  const rateDenominator = known.get(RATE_DENOMINATOR)?.max ?? 1n;
  const lengthIn = (d: number) =>
    kind.isTransposed
      ? (max("l_in", d) - 1n) * max("stride", d) -
        2n * min("padding", d) +
        max("dilation", d) * (max("kernel_size", d) - 1n) +
        max("output_padding", d) +
        1n
      : (max("l_in", d) + 2n * max("padding", d)) / min("stride", d) + 1n;
  const numerator = (of: (dimension: number) => bigint) =>
    product(kind.dimensions.map((_, dimension) => of(dimension)));
  const lOut = numerator((d) => larger(0n, lengthIn(d)));
  const kernelElements = numerator((d) => max("kernel_size", d));
  const inputs = numerator((d) => max("l_in", d));
  const pairs = (kind.isTransposed ? inputs : lOut) * kernelElements;
  const filters = (max("in_channels") * max("out_channels")) / min("groups");
  const perGroup = max("in_channels") / min("groups");
  const opsPerFilter =
    lOut * (kernelElements - 1n) + (kind.isTransposed ? pairs : lOut * kernelElements);
  const aggregationOps = max("out_channels") * lOut * (perGroup - 1n + max("bias"));
  const ops = filters * opsPerFilter + aggregationOps;
  const batch = max("batch_size");
  const macs = batch * filters * pairs;
  const biases = max("bias") * batch * max("out_channels") * lOut;
  const zeroInsertion = batch * filters * lOut * kernelElements;
  const inputElements = batch * max("in_channels") * inputs;
  const outputElements = batch * max("out_channels") * lOut;
  const params = filters * kernelElements + max("bias") * max("out_channels");
  // Bits that are whole bytes cancel: flops / (elements · bytes).
  const perByte = isWholeBytes ? 1n : 8n;
  switch (name) {
    case "l_out":
    case "holes":
    case "covered":
      return lOut;
    case "d_out":
    case "h_out":
    case "w_out":
      return lengthIn(kind.dimensions.indexOf(name.charAt(0)));
    case "taps":
      return pairs;
    case "overlap_min":
    case "overlap_max":
      return kernelElements;
    case "overlap_even":
      return 1n;
    case "input_elements":
      return inputElements;
    case "output_elements":
      return outputElements;
    case "weight_elements":
      return filters * kernelElements;
    case "additions_per_filter":
      // Taps and l_out pass 64 bits before their difference does.
      return larger(larger(lOut, pairs), kind.isTransposed ? 0n : lOut * kernelElements);
    case "filters":
      return filters;
    case "ops_per_filter":
      return opsPerFilter;
    case "aggregation_ops":
      return aggregationOps;
    case "ops":
      return batch * ops;
    case "ops_per_second":
      return larger(ops * setting("sample_rate"), lOut * rateDenominator);
    case "macs":
    case "multiplications":
    case "additions":
    case "cropped_products":
      return macs;
    case "flops":
      return 2n * macs;
    case "params":
      return params;
    case "zero_insertion_macs":
      return zeroInsertion;
    case "zero_insertion_waste":
      return lOut * kernelElements;
    case "arithmetic_intensity":
      return larger(
        2n * macs * perByte,
        (inputElements + outputElements + params) * setting("bits"),
      );
    case "macs_per_second":
      return larger(filters * pairs * setting("sample_rate"), lOut * rateDenominator);
    case "moduleprofiler":
      return 2n * zeroInsertion + macs + outputElements;
    case "thop":
      return zeroInsertion;
    case "ptflops_0_7_4":
    case "torchinfo":
      return zeroInsertion + biases;
    case "ptflops":
      return macs + biases;
    case "fvcore":
    case "thop_ultralytics":
      return macs;
    case "torch":
      return 2n * macs;
    case "deepspeed_macs":
      return macs;
    case "deepspeed_flops":
      return (
        2n * macs +
        batch *
          max("out_channels") *
          numerator(
            (d) =>
              max("l_in", d) +
              2n * max("padding", d) +
              max("dilation", d) * max("kernel_size", d) +
              1n,
          )
      );
    case "torchprofile":
      return (
        batch *
        max("out_channels") *
        larger(max("in_channels"), max("out_channels")) *
        lOut *
        kernelElements
      );
    case "onnx_tool":
      return outputElements * (max("out_channels") * kernelElements + 1n);
    case "tensorflow":
      return larger(
        2n * zeroInsertion,
        numerator((d) => max("stride", d)),
      );
  }
}

/** No result of that column takes more characters. */
export function maxBytesOfResult(kind: Kind, name: ResultName, known: ValueSets): number {
  const { type } = column(name);
  if (type === "boolean") return "false".length;
  if (type === "decimal") return DECIMAL_BYTES;
  const bound = upperBound(kind, name, known);
  const digits = String(bound > U64_MAX ? U64_MAX : bound < 0n ? 0n : bound).length;
  return type === "i64" ? digits + 1 : digits;
}

/** No cell of that parameter, setting or variable takes more characters. */
export function maxBytesOfName(kind: Kind, name: string, known: ValueSets): number {
  if (parameterOf(kind, name)?.type === "boolean") return "false".length;
  if (name === "sample_rate" && known.has(RATE_DENOMINATOR)) return DECIMAL_BYTES;
  const { min, max } = known.get(name) as ValueSet;
  return Math.max(String(min).length, String(max).length);
}

/** Whether some cell of that column could pass 64 bits. */
export function mayOverflow(kind: Kind, name: ResultName, known: ValueSets): boolean {
  return upperBound(kind, name, known) > (column(name).type === "i64" ? I64_MAX : U64_MAX);
}
