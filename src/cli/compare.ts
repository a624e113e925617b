/** `upsweep compare`: compares the answers of other counters with the exact count. */

import { hasColumn } from "../columns/derived.js";
import { overflow } from "../columns/errors.js";
import {
  column,
  type PartialResults,
  type ResultName,
  type ResultValue,
} from "../columns/table.js";
import { RELATIVE_ERROR } from "../conventions/bins.js";
import { COMPARED, inMacs } from "../conventions/compared.js";
import {
  addTallies,
  emptyTotals,
  medianOfTotal,
  type Total,
  worstOf,
} from "../conventions/tallies.js";
import { EMPTY_BATCH, why } from "../conventions/why.js";
import { errors } from "../errors.js";
import { printable } from "../format-message.js";
import type { BigInts } from "../formats/json.js";
import { type Json, jsonText } from "../formats/pretty.js";
import { nearestDouble } from "../fraction.js";
import { openList } from "../input/list.js";
import { exactResult } from "../kernel/kernel.js";
import { wasmKernel } from "../kernel/wasm.js";
import { describeLayer } from "../layers/describe.js";
import { kindOf } from "../layers/kinds.js";
import type { Layer } from "../layers/layer.js";
import { methodOf } from "../plan/method.js";
import type { GridPlan, Plan } from "../plan/model.js";
import { planSweep } from "../plan/plan.js";
import { layerOf, walk } from "../plan/walk.js";
import { countListRows } from "../run/list/list.js";
import { LIST_REJECTIONS } from "../run/output/summary.js";
import { sweepPlan } from "../run/sweep/sweep.js";
import { markdown } from "./columns.js";
import {
  bigIntsOf,
  countedLayer,
  layerFromFlags,
  parametersInJson,
  valuesOfFlag,
} from "./count.js";
import { carryOption, kindOption } from "./count-list.js";
import {
  type AxisFlags,
  type GridOptions,
  kindFrom,
  refuseOutputSize,
  settingsFrom,
  specFromCommand,
} from "./options.js";
import { rejectionText } from "./report.js";
import { log, print, printJson, terminalWidth } from "./terminal.js";
import { counted, fittedTable, thousands } from "./text.js";
import { fractionOf, watch } from "./watch.js";

interface CompareOptions extends GridOptions {
  readonly from?: string;
  readonly skipInvalid?: boolean;
  readonly carry?: readonly string[];
  readonly delimiter?: string;
  readonly json?: boolean;
  readonly bigInts?: BigInts;
  readonly markdown?: boolean;
  readonly workers?: number;
  readonly quiet?: boolean;
}

export async function compare(
  file: string | undefined,
  flags: AxisFlags,
  options: CompareOptions,
): Promise<void> {
  if (options.columns !== undefined)
    throw errors.usage("--columns is given", "compare always shows all conventions; leave it out.");
  bigIntsOf(options);
  if (options.from !== undefined) return compareList(file, flags, options);
  if (options.skipInvalid)
    throw errors.usage("--skip-invalid is for lists", "Leave it out, or name a list with --from.");
  if (options.delimiter)
    throw errors.usage("--delimiter is for lists", "Leave it out, or name a list with --from.");
  if (file === undefined && isOneLayer(flags, options)) return compareOne(flags, options);
  return compareGrid(file, flags, options);
}

/**
 * Whether the command names a single layer: each flag gives one plain value, or one for each
 * dimension, and there are no other options of a grid.
 */
function isOneLayer(flags: AxisFlags, options: CompareOptions): boolean {
  const { where = [], set = [], sample } = options;
  const { dimensions, plainNames } = kindFrom(options);
  const isPlain = ({ name, values }: AxisFlags["axes"][number]) => {
    const each = valuesOfFlag(values);
    const max = plainNames.some((plain) => plain === name) ? dimensions.length : 1;
    return (
      (each.length === 1 || each.length === max) &&
      each.every((value) => /^-?[0-9]+$|^(true|false|same|valid)$/i.test(value))
    );
  };
  return (
    flags.axes.length > 0 &&
    flags.variables.length === 0 &&
    where.length + set.length === 0 &&
    sample === undefined &&
    flags.axes.every(isPlain)
  );
}

// ── One layer ────────────────────────────────────────────────────────────────────────────────────

interface Row {
  readonly name: ResultName;
  readonly answer: ResultValue;
  /** The answer in MACs. Undefined if there is no answer. */
  readonly macs: number | bigint | undefined;
  /** `macs` divided by the exact count. Undefined if there is no answer, or if no product lands. */
  readonly ratio: number | undefined;
  readonly why: string;
}

function compareOne(flags: AxisFlags, options: CompareOptions): void {
  const layer = layerFromFlags("compare", flags, options);
  const results = countedLayer(wasmKernel(), layer, "closed");
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
function toolOf(name: ResultName): string {
  const { tool } = column(name);
  return tool ? `${tool.name} ${tool.version}` : "the documented formula";
}

function unitOf(name: ResultName): string {
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

function ratioText(ratio: number | undefined): string {
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

// ── Many layers ──────────────────────────────────────────────────────────────────────────────────

interface Location {
  readonly location?: string;
  readonly layer: Layer;
}

const interruptedText = (rows: bigint) => `interrupted after ${counted(rows, "layer")}`;

async function compareGrid(
  file: string | undefined,
  flags: AxisFlags,
  options: CompareOptions,
): Promise<void> {
  const plan = planSweep(await specFromCommand(file, flags, options), "compare");
  const totals = emptyTotals<{ readonly grid: number; readonly index: bigint }>();
  const batches = sweepPlan(plan, { ...options, method: methodOf() });
  const end = await watch(batches, {
    quiet: options.quiet ?? false,
    fraction: fractionOf,
    interrupted: interruptedText,
    onBatch: ({ compared }) => {
      if (compared)
        addTallies(totals, compared.tallies, (index) => ({ grid: compared.grid, index }));
    },
  });
  log(rejectionText(end, plan.rejectionReasons, "compared"), options.quiet);
  const found = new Map<object, Location>();
  show(totals, end.rows, options, (at) => {
    const known = found.get(at) ?? { layer: layerAt(plan, at.grid, at.index) };
    found.set(at, known);
    return known;
  });
}

function layerAt(plan: Plan, grid: number, index: bigint): Layer {
  const kind = kindOf(plan.layer);
  const kernel = wasmKernel();
  const { values } = walk(kind, plan.grids[grid] as GridPlan, index, (name, layer) =>
    exactResult(kernel.count(layer, "closed"), name),
  );
  return layerOf(kind, values);
}

async function compareList(
  file: string | undefined,
  flags: AxisFlags,
  options: CompareOptions,
): Promise<void> {
  refuseOutputSize(options);
  const [axis] = flags.axes;
  if (axis !== undefined || file !== undefined) {
    throw errors.usage(
      `both --from and ${axis?.flag ?? file} are given`,
      "Compare one or the other.",
    );
  }
  const { bytes, name } = openList(options.from as string, options.delimiter);
  const totals = emptyTotals<Location>();
  const batches = countListRows(bytes, name, {
    method: methodOf(),
    workers: options.workers,
    skipInvalid: options.skipInvalid,
    ...kindOption(options),
    ...carryOption(options),
    settings: settingsFrom(options),
    columns: [],
    isComparing: true,
  });
  const end = await watch(batches, {
    quiet: options.quiet ?? false,
    fraction: ({ fraction }) => fraction,
    interrupted: interruptedText,
    onBatch: ({ compared }) => {
      if (!compared) return;
      addTallies(totals, compared.tallies, (at) => {
        const { line, layer } = compared.recordAt(at);
        return { location: `${name}:${line}`, layer };
      });
    },
  });
  log(rejectionText(end, LIST_REJECTIONS, "compared"), options.quiet);
  show(totals, end.rows, options, (at) => at);
}

function show<P>(
  totals: readonly Total<P>[],
  layers: bigint,
  options: CompareOptions,
  locationOf: (at: P) => Location,
): void {
  if (options.json) {
    printJson(jsonText(manyInJson(totals, layers, locationOf), bigIntsOf(options)));
    return;
  }
  const head = ["convention", "exact", "median", "smallest", "largest", "no answer", "worst layer"];
  const rows = totals.map((total, i) => {
    const worst = worstOf(total);
    const at = worst === undefined || worst.ratio === 1 ? "" : locationText(locationOf(worst.at));
    return [
      COMPARED[i] as string,
      total.layers === 0n ? "" : percent(total.exact, total.layers),
      medianText(total),
      ratioText(total.min?.ratio),
      ratioText(total.max?.ratio),
      total.missing === 0n ? "" : percent(total.missing, layers),
      at,
    ];
  });
  // The documented operations are never missing. A layer without a ratio for them has an exact
  // count of 0.
  const uncounted = layers - (totals[0] as Total<P>).layers;
  const have = `layer${uncounted === 1n ? " has" : "s have"}`;
  const without =
    uncounted === 0n
      ? ""
      : ` ${thousands(uncounted)} ${have} no ratio: an empty batch, or no product that lands.`;
  const note =
    "Ratios of each answer, in MACs, to the exact count, rounded to four digits. " +
    `Medians are within 0.4 %.${without}`;
  if (options.markdown)
    print(
      `${markdown(
        head,
        rows.map(([name, ...rest]) => [`\`${name}\``, ...rest]),
      )}\n\n${note}`,
    );
  else {
    const width = terminalWidth();
    // On a terminal, empty columns are hidden to save space.
    const isShown = (column: number) =>
      width === undefined || rows.some((row) => row[column] !== "");
    const lines = [head, ...rows].map((row) => row.filter((_, column) => isShown(column)));
    const text = fittedTable(lines, width, [1, 2, 3, 4, ...(isShown(5) ? [5] : [])]);
    print(`${text}\n\n${note}`, (_, i) => (i === 0 ? "bold" : undefined));
  }
}

/** A median, with no more digits than its precision allows. */
function medianText(total: Total<unknown>): string {
  const median = medianOfTotal(total);
  if (median === undefined || median === 0 || total.min?.ratio === total.max?.ratio)
    return ratioText(median);
  return median < 1000 && median >= 0.001 ? median.toPrecision(3) : median.toExponential(2);
}

function locationText({ location, layer }: Location): string {
  return location === undefined
    ? briefLayer(layer)
    : `${printable(location)}: ${briefLayer(layer)}`;
}

/** A layer as a call of its constructor, without the parameters that have PyTorch's defaults. */
function briefLayer(layer: Layer): string {
  const complete = describeLayer(layer);
  const defaults = [
    /, (?:stride|dilation|groups)=(?:1|\(1(?:, 1)+\))(?=[,)])/g,
    /, (?:output_)?padding=(?:0|\(0(?:, 0)+\))(?=[,)])/g,
    /, bias=True(?=\))/g,
  ];
  return defaults
    .reduce((text, pattern) => text.replace(pattern, ""), complete)
    .replace(" on an input of ", " on ");
}

function percent(part: bigint, total: bigint): string {
  const value = Number((part * 10_000n) / total) / 100;
  return part > 0n && value === 0 ? "< 0.01 %" : `${value} %`;
}

function manyInJson<P>(
  totals: readonly Total<P>[],
  layers: bigint,
  locationOf: (at: P) => Location,
): Json {
  const extremeInJson = (extreme: Total<P>["min"]) => {
    if (!extreme) return null;
    const { location, layer } = locationOf(extreme.at);
    return {
      ratio: extreme.ratio,
      ...(location !== undefined && { location }),
      layer: { layer: layer.kind.name, ...parametersInJson(layer) },
    };
  };
  return {
    layers,
    conventions: totals.map((total, i) => ({
      name: COMPARED[i] as string,
      tool: toolOf(COMPARED[i] as ResultName),
      unit: unitOf(COMPARED[i] as ResultName),
      layers_with_ratio: total.layers,
      layers_without_answer: total.missing,
      layers_without_macs: layers - total.layers - total.missing,
      exact: total.exact,
      median_ratio: medianOfTotal(total) ?? null,
      smallest: extremeInJson(total.min),
      largest: extremeInJson(total.max),
    })),
    median: {
      method:
        "histogram of 128 bins for each doubling; the middle of the bin, within smallest and " +
        "largest",
      relative_error: RELATIVE_ERROR,
    },
  };
}
