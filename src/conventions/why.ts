/** Why the answer of a convention differs from the exact count on this very layer, in one sentence. */

import { formulaIn, quantityOf } from "../columns/derived.js";
import { column, isResultName, type PartialResults, type ResultName } from "../columns/table.js";
import { namesIn } from "../expression/node.js";
import { parsed } from "../layers/evaluated.js";
import type { FamilyName } from "../layers/family.js";
import type { Layer } from "../layers/layer.js";
import { inMacs } from "./compared.js";

/** Whether a counter counts kernel_size products for every input element, and not for every output element. */
function countsInputs(family: FamilyName, name: string): boolean {
  const formula = formulaIn(family, quantityOf(name)?.formula) ?? "";
  return namesIn(parsed(formula)).some(
    ({ name: of }) =>
      of === "l_in" || (isResultName(of) && column(of).tool && countsInputs(family, of)),
  );
}

/** Why an empty batch has no ratio. */
export const EMPTY_BATCH = "the batch is empty: there is nothing to count";

/** @param results all results of the layer, none of which passes 64 bits. */
export function why(name: ResultName, layer: Layer, results: PartialResults): string {
  if (results[name] === null) return unanswered(name, layer);
  if (layer.batch_size === 0) return EMPTY_BATCH;
  const clauses =
    name === "ops" || name === "moduleprofiler"
      ? ofOperations(name, layer, results)
      : ofProducts(name, layer, results);
  const { numerator, denominator } = inMacs(name, layer, results) ?? {
    numerator: 0n,
    denominator: 1n,
  };
  const isExact = numerator === denominator * (results.macs as bigint);
  const biases = biasClause(name, layer, results);
  if (isExact && clauses.length === 0)
    return biases === undefined ? "exact on this layer" : `exact, but for ${biases}`;
  const causes = [...clauses, ...(biases === undefined ? [] : [`adds ${biases}`])].join("; ");
  return isExact ? `${causes}: here these make up for each other` : causes;
}

function unanswered(name: ResultName, layer: Layer): string {
  if (layer.dimensions.length === 3) return "has no answer for 3-d layers";
  return name === "moduleprofiler"
    ? "raises: it runs the layer without output_padding, and then there is no output"
    : "gives no answer";
}

function ofProducts(name: ResultName, layer: Layer, results: PartialResults): string[] {
  const clauses: string[] = [];
  if (layer.kind.family.name === "convolution") return paddingClause(results);
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
          ? `divides by groups twice: ${out_channels} // ${groups} // ${groups} channels are none`
          : "divides by groups twice",
      );
    }
  }
  if (name === "torchprofile") {
    if (out_channels !== in_channels && groups > 1)
      clauses.push(
        `takes all ${in_channels} input channels for the ${in_channels / groups} of a group`,
      );
  }
  if (name === "onnx_tool" && in_channels !== out_channels) {
    clauses.push(
      `takes the output channels for the input channels: ${out_channels / groups} for ${in_channels / groups} in a group`,
    );
  }
  if (name === "tensorflow" && strideOf(layer) > 1n)
    clauses.push(`and divides by the stride, ${strideOf(layer)}`);
  return clauses;
}

/** Counters of plain convolutions take every product for one with an input element. */
function paddingClause(results: PartialResults): string[] {
  const zeros = results.cropped_products as bigint;
  if (zeros === 0n) return [];
  const all = zeros + (results.macs as bigint);
  return [`counts the ${share(zeros, all)} of the products that are with zeros of the padding`];
}

function strideOf({ dimensions }: Layer): bigint {
  return dimensions.reduce((product, { stride }) => product * BigInt(stride), 1n);
}

/** Of tools that take every output element to receive all taps. */
function zerosClause(layer: Layer, results: PartialResults): string[] {
  const kernel = layer.dimensions.reduce(
    (product, { kernel_size }) => product * BigInt(kernel_size),
    1n,
  );
  const [all, taps] = [(results.l_out as bigint) * kernel, results.taps as bigint];
  if (all === taps) return [];
  const figures = `${grouped(all)} product${all === 1n ? "" : "s"} a filter where ${grouped(taps)} land${taps === 1n ? "s" : ""}`;
  const inserts = layer.dimensions.some(({ stride, l_in }) => stride > 1 && l_in > 1);
  return [
    inserts
      ? `counts the zeros that stride inserts, ${figures}`
      : `counts taps that reach beyond the input, ${figures}`,
  ];
}

function ofOperations(
  name: "ops" | "moduleprofiler",
  layer: Layer,
  results: PartialResults,
): string[] {
  if (layer.kind.family.name === "convolution") return paddingClause(results);
  const clauses = zerosClause(layer, results).map((clause) =>
    clause.replace("counts", "multiplies with"),
  );
  const holes = results.holes as bigint;
  if (holes > 0n)
    clauses.push(
      `counts -1 addition for ${holes === 1n ? "its hole" : `each of its ${grouped(holes)} holes`}`,
    );
  if (name === "moduleprofiler" && results.moduleprofiler !== results.ops)
    clauses.push("adds up overlaps of the layer without its output_padding");
  return clauses;
}

/** What a tool adds for the bias. It is taken out of the ratio. */
function biasClause(name: ResultName, layer: Layer, results: PartialResults): string | undefined {
  if (!layer.bias) return undefined;
  if (["ptflops", "ptflops_0_7_4", "torchinfo", "onnx_tool"].includes(name))
    return `${grouped(results.output_elements as bigint)} for the bias, left out of the ratio`;
  if (name !== "deepspeed_flops") return undefined;
  const biases = (results.deepspeed_flops as bigint) - 2n * (results.deepspeed_macs as bigint);
  return `${grouped(biases)} for a bias of the forward convolution's size (${grouped(results.output_elements as bigint)} ${results.output_elements === 1n ? "is" : "are"} due), left out of the ratio`;
}

function grouped(value: bigint): string {
  return value.toLocaleString("en-US");
}

/** A share in per cent, with three digits. */
function share(part: bigint, whole: bigint): string {
  const percent = (Number(part) / Number(whole)) * 100;
  return `${percent >= 100 ? "100" : percent.toPrecision(3).replace(/\.?0+$/, "")} %`;
}
