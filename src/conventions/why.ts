/**
 * Explains in one sentence why the answer of a convention for a layer differs from the exact count.
 */

import { formulaIn, quantityOf } from "../columns/derived.js";
import { quantitiesOf } from "../columns/layer-quantities.js";
import { column, isResultName, type PartialResults, type ResultName } from "../columns/table.js";
import { namesIn } from "../expression/node.js";
import { isPaddingWord } from "../layers/convolution.js";
import { parsed } from "../layers/evaluated.js";
import type { FamilyName } from "../layers/family.js";
import type { Layer } from "../layers/layer.js";
import { PADDING_SAME } from "../limits.js";
import { inMacs } from "./compared.js";

/**
 * Whether a counter counts kernel_size products for every input element, instead of every output
 * element.
 */
function countsInputs(family: FamilyName, name: string): boolean {
  const formula = formulaIn(family, quantityOf(name)?.formula) ?? "";
  return namesIn(parsed(formula)).some(
    ({ name: used }) =>
      used === "l_in" || (isResultName(used) && column(used).tool && countsInputs(family, used)),
  );
}

/** The reason that an empty batch has no ratio. */
export const EMPTY_BATCH = "the batch is empty: there is nothing to count";

/**
 * Explains the answer of a convention for a layer.
 *
 * @param results all results of the layer. Each must fit in 64 bits.
 */
export function why(name: ResultName, layer: Layer, results: PartialResults): string {
  if (results[name] === null) return unanswered(name, layer);
  if (layer.batch_size === 0) return EMPTY_BATCH;
  const clauses =
    name === "ops" || name === "moduleprofiler"
      ? operationClauses(name, layer, results)
      : productClauses(name, layer, results);
  const { numerator, denominator } = inMacs(name, layer, results) ?? {
    numerator: 0n,
    denominator: 1n,
  };
  const isExact = numerator === denominator * (results.macs as bigint);
  const biases = biasClause(name, layer, results);
  if (isExact && clauses.length === 0)
    return biases === undefined ? "exact on this layer" : `exact, apart from ${biases}`;
  const causes = [...clauses, ...(biases === undefined ? [] : [`adds ${biases}`])].join("; ");
  return isExact ? `${causes}: on this layer, these errors cancel out` : causes;
}

function unanswered(name: ResultName, layer: Layer): string {
  if (layer.dimensions.length === 3) return "gives no answer for 3-d layers";
  return name === "moduleprofiler"
    ? "raises an error: it runs the layer without output_padding, which leaves no output"
    : "gives no answer";
}

function productClauses(name: ResultName, layer: Layer, results: PartialResults): string[] {
  const clauses: string[] = [];
  if (layer.kind.family.name !== "transposed") return convolutionClauses(name, layer, results);
  if (countsInputs(layer.kind.family.name, name)) {
    const cropped = results.cropped_products as bigint;
    if (cropped > 0n)
      clauses.push(
        `counts the ${share(cropped, results.fvcore as bigint)} of the products that padding crops`,
      );
  } else {
    clauses.push(...zerosClause(layer, results));
  }
  const { in_channels, out_channels, groups } = layer;
  if (name === "deepspeed_macs" || name === "deepspeed_flops") {
    if (groups > 1) {
      const perGroup = Math.floor(out_channels / groups / groups);
      clauses.push(
        perGroup === 0
          ? `divides by groups twice: ${out_channels} // ${groups} // ${groups} = 0 channels`
          : "divides by groups twice",
      );
    }
  }
  if (name === "torchprofile") {
    if (out_channels !== in_channels && groups > 1)
      clauses.push(
        `uses all ${in_channels} input channels instead of the ${in_channels / groups} of a group`,
      );
  }
  if (name === "onnx_tool" && in_channels !== out_channels) {
    const [used, needed] = [out_channels / groups, in_channels / groups];
    clauses.push(
      "uses the output channels in place of the input channels: " +
        `${used} instead of ${needed} per group`,
    );
  }
  if (name === "tensorflow" && strideOf(layer) > 1n)
    clauses.push(`divides by the stride, ${strideOf(layer)}`);
  return clauses;
}

function convolutionClauses(name: ResultName, layer: Layer, results: PartialResults): string[] {
  const [first] = layer.dimensions;
  const padding = first?.padding ?? 0;
  if (!isPaddingWord(padding)) return paddingClause(results);
  const word = `padding='${padding === PADDING_SAME ? "same" : "valid"}'`;
  if (results[name] === 0n && (name === "fvcore" || name === "torchprofile"))
    return [`has no rule for ${word} and counts nothing`];
  const inferred = inferredLength(name, layer);
  if (inferred === undefined || inferred === results.l_out) return paddingClause(results);
  const [used, actual] = [grouped(inferred), grouped(results.l_out as bigint)];
  const wrong = `uses an output of ${used} elements for ${word}, but the layer has ${actual}`;
  return [...paddingClause(results), wrong];
}

/** The output length that a counter computes itself. */
function inferredLength(name: ResultName, layer: Layer): bigint | undefined {
  const own = {
    deepspeed_macs: "deepspeed_l_out",
    deepspeed_flops: "deepspeed_l_out",
    onnx_tool: "onnx_l_out",
  };
  const quantity = (own as Readonly<Record<string, string>>)[name];
  if (quantity === undefined) return undefined;
  return quantitiesOf(layer, () => 0n).of(quantity).numerator;
}

/** Counters of plain convolutions count products with zeros of the padding like all others. */
function paddingClause(results: PartialResults): string[] {
  const zeros = (results.cropped_products ?? 0n) as bigint;
  if (zeros === 0n) return [];
  const all = zeros + (results.macs as bigint);
  return [`counts the ${share(zeros, all)} of the products that multiply zeros of the padding`];
}

function strideOf({ dimensions }: Layer): bigint {
  return dimensions.reduce((product, { stride }) => product * BigInt(stride), 1n);
}

/** For tools that count kernel_size products for every output element. */
function zerosClause(layer: Layer, results: PartialResults): string[] {
  const kernel = layer.dimensions.reduce(
    (product, { kernel_size }) => product * BigInt(kernel_size),
    1n,
  );
  const [all, taps] = [(results.l_out as bigint) * kernel, results.taps as bigint];
  if (all === taps) return [];
  const products = `${grouped(all)} product${all === 1n ? "" : "s"} per filter`;
  const figures = `${products}, of which ${grouped(taps)} land${taps === 1n ? "s" : ""}`;
  const inserts = layer.dimensions.some(({ stride, l_in }) => stride > 1 && l_in > 1);
  return [
    inserts
      ? `counts the zeros that stride inserts: ${figures}`
      : `counts taps that reach beyond the input: ${figures}`,
  ];
}

function operationClauses(
  name: "ops" | "moduleprofiler",
  layer: Layer,
  results: PartialResults,
): string[] {
  if (layer.kind.family.name !== "transposed") return paddingClause(results);
  const clauses = zerosClause(layer, results).map((clause) =>
    clause.replace("counts", "multiplies by"),
  );
  const holes = results.holes as bigint;
  if (holes > 0n)
    clauses.push(
      `counts -1 addition for ${holes === 1n ? "its hole" : `each of its ${grouped(holes)} holes`}`,
    );
  if (name === "moduleprofiler" && results.moduleprofiler !== results.ops)
    clauses.push("counts the overlaps of the layer without its output_padding");
  return clauses;
}

/** The additions of a tool for the bias. The ratio does not include them. */
function biasClause(name: ResultName, layer: Layer, results: PartialResults): string | undefined {
  if (!layer.bias) return undefined;
  const biases = biasesIn(name, layer, results);
  if (biases === undefined) return undefined;
  const due = results.output_elements as bigint;
  const bias =
    name === "deepspeed_flops" && layer.kind.family.name === "transposed"
      ? `a bias of the forward convolution's size (correct: ${grouped(due)})`
      : "the bias";
  return `${grouped(biases)} for ${bias}, excluded from the ratio`;
}

/** The additions for the bias in a tool's answer. Undefined for tools that count none. */
function biasesIn(name: ResultName, layer: Layer, results: PartialResults): bigint | undefined {
  switch (name) {
    case "ptflops":
    case "ptflops_0_7_4":
    case "torchinfo":
      return results.output_elements as bigint;
    case "onnx_tool":
      return (results.onnx_tool as bigint) - (inMacs(name, layer, results)?.numerator ?? 0n);
    case "deepspeed_flops":
      if (layer.kind.family.name === "linear") return undefined;
      return (results.deepspeed_flops as bigint) - 2n * (results.deepspeed_macs as bigint);
    case "tensorflow":
      return layer.kind.family.name !== "transposed"
        ? (results.output_elements as bigint)
        : undefined;
    default:
      return undefined;
  }
}

function grouped(value: bigint): string {
  return value.toLocaleString("en-US");
}

/** A share in per cent, with three digits. */
function share(part: bigint, total: bigint): string {
  const percent = (Number(part) / Number(total)) * 100;
  return `${percent >= 100 ? "100" : percent.toPrecision(3).replace(/\.?0+$/, "")} %`;
}
