/** What is compared, and answers in MACs. The kernel does the same (assembly/compare.ts); this is for one layer, and for its words. */
import { COLUMNS, type PartialResults, type ResultName } from "../columns/columns.js";
import type { Layer } from "../layers/parameters.js";

/** The documented operations, then every convention, in the order of the column table and of the kernel's tallies. */
export const COMPARED: readonly ResultName[] = [
  "ops",
  ...COLUMNS.filter(({ group }) => group === "conventions").map(({ name }) => name),
];

/** A number of MACs: over / under. */
export interface Macs {
  readonly numerator: bigint;
  readonly denominator: bigint;
}

/**
 * The answer of a convention in MACs, for comparison: a FLOP is half of one, what a tool adds for the bias is taken out, and of
 * operations, which without a bias are one less for each output, each pair is one. Undefined where there is no answer.
 *
 * @throws RangeError when a result that it rests on passes 64 bits.
 */
export function inMacs(name: ResultName, layer: Layer, results: PartialResults): Macs | undefined {
  const of = (result: ResultName): bigint => {
    const value = results[result];
    if (typeof value !== "bigint") throw new RangeError(result);
    return value;
  };
  if (results[name] === null) return undefined;
  switch (name) {
    case "ops":
    case "moduleprofiler":
      return { numerator: of(name) + (layer.bias ? 0n : of("output_elements")), denominator: 2n };
    case "ptflops":
    case "ptflops_0_7_4":
    case "torchinfo":
    case "onnx_tool":
      return { numerator: of(name) - (layer.bias ? of("output_elements") : 0n), denominator: 1n };
    case "torch":
      return { numerator: of("fvcore"), denominator: 1n };
    case "deepspeed_flops":
      return { numerator: of("deepspeed_macs"), denominator: 1n };
    case "tensorflow":
      return {
        numerator: of("thop"),
        denominator: layer.dimensions.reduce((product, { stride }) => product * BigInt(stride), 1n),
      };
    default:
      return { numerator: of(name), denominator: 1n };
  }
}
