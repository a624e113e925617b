/** Upper bounds for the cells of a grid, with big integers: how long a row can get. */
import { isParameterName, type ParameterName, parameter, type ResultName } from "../columns.js";
import { leastOf, mostOf, type Run } from "../spec/values.js";

const U64_MAX = 2n ** 64n - 1n;

/** The smallest and largest value of every parameter. */
export type Ranges = Readonly<Record<ParameterName, { readonly least: number; readonly most: number }>>;

export function rangesOf(axes: readonly { readonly name: ParameterName; readonly runs: readonly Run[] }[]): Ranges {
  return Object.fromEntries(axes.map(({ name, runs }) => [name, { least: leastOf(runs), most: mostOf(runs) }])) as Ranges;
}

/** No cell of that column in a grid of these ranges is above this. */
export function upperBound(name: ParameterName | ResultName, ranges: Ranges): bigint {
  if (isParameterName(name)) return BigInt(ranges[name].most);
  const most = (p: ParameterName) => BigInt(ranges[p].most);
  const least = (p: ParameterName) => BigInt(ranges[p].least);
  const lOut = (most("l_in") - 1n) * most("stride") - 2n * least("padding") + most("dilation") * (most("kernel_size") - 1n) + most("output_padding") + 1n;
  const taps = most("l_in") * most("kernel_size");
  const filters = (most("in_channels") * most("out_channels")) / least("groups");
  const perGroup = most("in_channels") / least("groups");
  const opsPerFilter = lOut * (most("kernel_size") - 1n) + taps;
  const aggregationOps = most("out_channels") * lOut * (perGroup - 1n + most("bias"));
  const macs = most("batch_size") * filters * taps;
  switch (name) {
    case "l_out":
    case "holes":
    case "covered":
      return lOut;
    case "taps":
      return taps;
    case "additions_per_filter":
      return lOut > taps ? lOut : taps; // of its magnitude
    case "filters":
      return filters;
    case "ops_per_filter":
      return opsPerFilter;
    case "aggregation_ops":
      return aggregationOps;
    case "ops":
      return most("batch_size") * (filters * opsPerFilter + aggregationOps);
    case "macs":
    case "multiplications":
    case "additions":
      return macs;
    case "flops":
      return 2n * macs;
    case "params":
      return filters * most("kernel_size") + most("bias") * most("out_channels");
  }
}

/** No cell of that column takes more characters. */
export function mostBytes(name: ParameterName | ResultName, ranges: Ranges): number {
  if (isParameterName(name) && parameter(name).type === "boolean") return "false".length;
  const bound = upperBound(name, ranges);
  const digits = String(bound > U64_MAX ? U64_MAX : bound < 0n ? 0n : bound).length;
  return name === "additions_per_filter" ? digits + 1 : digits;
}

/** Whether some cell of that column could pass 2^64 - 1. */
export function mayOverflow(name: ResultName, ranges: Ranges): boolean {
  return upperBound(name, ranges) > U64_MAX;
}
