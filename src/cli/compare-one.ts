/** `upsweep compare` on one layer: the answer of each counter, and why it differs. */
import { hasColumn } from "../columns/derived.js";
import { overflow } from "../columns/errors.js";
import {
  column,
  type PartialResults,
  type ResultName,
  type ResultValue,
} from "../columns/table.js";
import { COMPARED, inMacs } from "../conventions/compared.js";
import { EMPTY_BATCH, why } from "../conventions/why.js";
import type { BigInts } from "../formats/json.js";
import { jsonText } from "../formats/pretty.js";
import { nearestDouble } from "../fraction.js";
import { builtKernel } from "../kernel/built.js";
import { describeLayer } from "../layers/describe.js";
import type { Layer } from "../layers/layer.js";
import { markdown } from "./columns.js";
import { bigIntsOf, countedLayer, layerFromFlags, parametersInJson } from "./count.js";
import type { AxisFlags, CompareOptions } from "./options.js";
import { print, printJson, terminalWidth } from "./terminal.js";
import { fittedTable, thousands } from "./text.js";

interface Row {
  readonly name: ResultName;
  readonly answer: ResultValue;
  /** The answer in MACs. Undefined if there is no answer. */
  readonly macs: number | bigint | undefined;
  /** `macs` divided by the exact count. Undefined if there is no answer, or if no product lands. */
  readonly ratio: number | undefined;
  readonly why: string;
}

export function compareOne(flags: AxisFlags, options: CompareOptions): void {
  const layer = layerFromFlags("compare", flags, options);
  const results = countedLayer(builtKernel(), layer, "closed");
  const needed: readonly ResultName[] = [
    ...COMPARED,
    "macs",
    "output_elements",
    "cropped_products",
    "taps",
    "l_out",
    "holes",
  ];
  const overflowing = needed.find(
    (name) => results[name] === undefined && hasColumn(layer.kind, name),
  );
  if (overflowing) throw overflow("layer", overflowing, layer);
  const rows = COMPARED.map((name) => rowOf(name, layer, results));
  if (options.json) printJson(oneInJson(layer, results, rows, bigIntsOf(options)));
  else if (options.markdown) print(oneInMarkdown(layer, results, rows));
  else
    print(oneInText(layer, results, rows), (line) =>
      line.startsWith("convention ") ? "bold" : line.startsWith("macs ") ? "green" : undefined,
    );
}

function rowOf(name: ResultName, layer: Layer, results: PartialResults): Row {
  const exact = results.macs as bigint;
  const macs = inMacs(name, layer, results);
  const isInteger = macs && macs.numerator % macs.denominator === 0n;
  return {
    name,
    answer: results[name] as ResultValue,
    macs: macs && (isInteger ? macs.numerator / macs.denominator : nearestDouble(macs)),
    ratio:
      macs && exact > 0n
        ? nearestDouble({ numerator: macs.numerator, denominator: macs.denominator * exact })
        : undefined,
    why: why(name, layer, results),
  };
}

/** The tool of a convention. The documented operations are the only convention without one. */
export function toolOf(name: ResultName): string {
  const { tool } = column(name);
  return tool ? `${tool.name} ${tool.version}` : "the documented formula";
}

export function unitOf(name: ResultName): string {
  return name === "ops" ? "op" : column(name).unit;
}

const HEAD = ["convention", "unit", "answer", "in MACs", "ratio", "why"];

function cellsOf({ name, answer, macs, ratio, why: reason }: Row): string[] {
  const number = (value: number | bigint | undefined) =>
    value === undefined ? "" : value.toLocaleString("en-US", { maximumFractionDigits: 2 });
  return [
    name,
    unitOf(name),
    answer === null ? "none" : number(answer as number | bigint),
    number(macs),
    ratioText(ratio),
    reason,
  ];
}

export function ratioText(ratio: number | undefined): string {
  if (ratio === undefined) return "";
  if (ratio === 0 || ratio === 1) return String(ratio);
  // Four digits, but more if the ratio would otherwise read as exactly 1.
  const short = ratio.toPrecision(4);
  return Number(short) === 1
    ? ratio.toPrecision(10).replace(/0+$/, "")
    : short.includes("e")
      ? ratio.toExponential(2)
      : short;
}

/** The row of the exact count, with which the answers are compared. A count of 0 has no ratio. */
function exactCells(name: string, layer: Layer, results: PartialResults): string[] {
  const macs = thousands(results.macs as bigint);
  const ratio = results.macs === 0n ? "" : "1";
  return [
    name,
    "mac",
    macs,
    macs,
    ratio,
    layer.batch_size === 0 ? EMPTY_BATCH : "exact: one for every product that lands",
  ];
}

function oneInText(layer: Layer, results: PartialResults, rows: readonly Row[]): string {
  return [
    describeLayer(layer),
    "",
    fittedTable(
      [HEAD, exactCells("macs", layer, results), ...rows.map(cellsOf)],
      terminalWidth(),
      [2, 3, 4],
    ),
  ].join("\n");
}

function oneInMarkdown(layer: Layer, results: PartialResults, rows: readonly Row[]): string {
  const exact = exactCells("**macs**", layer, results);
  return [
    `\`${describeLayer(layer)}\``,
    "",
    markdown(HEAD, [exact, ...rows.map((row) => [`\`${row.name}\``, ...cellsOf(row).slice(1)])]),
  ].join("\n");
}

function oneInJson(
  layer: Layer,
  results: PartialResults,
  rows: readonly Row[],
  bigInts: BigInts,
): string {
  // Some answers are fractions. If integers are strings, fractions are too, so that the field has
  // one type in all conventions.
  const number = (value: ResultValue) =>
    typeof value === "number" && bigInts === "string" ? String(value) : value;
  const written = {
    layer: layer.kind.name,
    ...parametersInJson(layer),
    macs: results.macs as bigint,
    conventions: rows.map(({ name, answer, macs, ratio, why: reason }) => ({
      name,
      tool: toolOf(name),
      unit: unitOf(name),
      answer: number(answer),
      macs: number(macs ?? null),
      ratio: ratio ?? null,
      why: reason,
    })),
  };
  return jsonText(written, bigInts);
}
