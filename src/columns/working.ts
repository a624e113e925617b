/** Shows how each result of a layer is computed: its formula, then the formula with numbers. */

import { textOfFraction } from "../fraction.js";
import { replaceNames } from "../layers/evaluated.js";
import { spatialOf } from "../layers/kinds.js";
import type { Layer } from "../layers/layer.js";
import { type Dimension, isSettingName, type ParameterName } from "../layers/parameters.js";
import { PADDING_SAME } from "../limits.js";
import { formulaIn, formulaOf, quantityOf } from "./derived.js";
import { column, type PartialResults, type ResultName } from "./table.js";

/**
 * One line that shows how a result follows from the parameters and from other results.
 *
 * @param dimensions for each dimension, the results of a one-dimensional layer with its parameters.
 */
export function working(
  name: ResultName,
  layer: Layer,
  results: PartialResults,
  dimensions: readonly PartialResults[],
): string {
  const { kind } = layer;
  const { perDimension, dimension, tool, unit } = column(name);
  const formula = formulaOf(kind, name);
  if (tool) {
    const answer = results[name] === null ? "gives no answer" : formula;
    return `${tool.name} ${tool.version} in ${unit}: ${answer}`;
  }
  if (perDimension && layer.dimensions.length > 1)
    return `the product over the dimensions: ${dimensions.map((own) => own[name]).join(" * ")}`;
  if (name === "taps") return tapsWorking(layer, results);
  if (name === "overlap_even" && results.overlap_even === false)
    return "overlap_min < overlap_max: checkerboard or tonal artefacts are likely";
  const at = dimension === undefined ? 0 : kind.dimensions.indexOf(dimension);
  const source = formulaIn(kind.family.name, column(name).formula);
  if (source === undefined) return formula;
  const isInDimension = perDimension === true || dimension !== undefined;
  if (isInDimension && layer.dimensions[at]?.padding === PADDING_SAME)
    return `padding='same' keeps the length of the input: ${layer.dimensions[at]?.l_in}`;
  const valueFor = (used: string) =>
    isInDimension ? String(valueInDimension(layer, used, at)) : valueInLayer(layer, used, results);
  const numbers = replaceNames(source, valueFor);
  return /^[0-9]+$/.test(numbers) ? formula : `${formula} = ${numbers}`;
}

function valueInDimension(layer: Layer, name: string, at: number): number {
  const own = layer.dimensions[at] as Dimension;
  if (name === "padding") return spatialOf(layer.kind).lowerPadding(own);
  return own[name as keyof Dimension];
}

function valueInLayer(layer: Layer, name: string, results: PartialResults): string {
  if (name === "sample_rate") return layer.sample_rate ? textOfFraction(layer.sample_rate) : name;
  if (isSettingName(name)) return String(layer[name]);
  const parameter = layer.kind.parameters.find(({ base }) => base === name);
  if (parameter?.perDimension) return product(layer, name as keyof Dimension);
  if (parameter) return String(Number(layer[name as Exclude<ParameterName, keyof Dimension>]));
  // A result that does not fit in 64 bits is shown by its name.
  if (name in results) return String(results[name as ResultName]);
  const formula = formulaIn(layer.kind.family.name, quantityOf(name)?.formula);
  if (quantityOf(name) && formula !== undefined && !column(name as ResultName))
    return `(${replaceNames(formula, (used) => valueInLayer(layer, used, results))})`;
  return name;
}

/** The product of the values of all dimensions, in brackets if there are several. */
function product(layer: Layer, name: keyof Dimension): string {
  const values = layer.dimensions.map((dimension) => dimension[name]);
  return values.length > 1 ? `(${values.join(" * ")})` : String(values[0]);
}

function tapsWorking(layer: Layer, results: PartialResults): string {
  const family = spatialOf(layer.kind);
  const numbers = replaceNames(family.products, (name) => valueInLayer(layer, name, results));
  const products = numbers.split(" * ").reduce((all, factor) => all * BigInt(factor), 1n);
  const cropped = products - (results.taps as bigint);
  const all = `${numbers} = ${products} product${products === 1n ? "" : "s"}`;
  return cropped === 0n
    ? `sum(y): all ${all}`
    : `sum(y): ${all}, ${family.paddedProducts(cropped)}`;
}
