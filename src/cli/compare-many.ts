/** `upsweep compare` on a grid or a list: how often each counter is exact, and how far off. */
import type { ResultName } from "../columns/table.js";
import { RELATIVE_ERROR } from "../conventions/bins.js";
import { COMPARED } from "../conventions/compared.js";
import {
  addTallies,
  emptyTotals,
  medianOfTotal,
  type Total,
  worstOf,
} from "../conventions/tallies.js";
import { errors } from "../errors.js";
import { printable } from "../format-message.js";
import { type Json, jsonText } from "../formats/pretty.js";
import { openList } from "../input/list.js";
import { builtKernel } from "../kernel/built.js";
import { exactResult } from "../kernel/kernel.js";
import { describeLayer } from "../layers/describe.js";
import { kindOf } from "../layers/kinds.js";
import type { Layer } from "../layers/layer.js";
import { methodOf } from "../plan/method.js";
import type { GridPlan, Plan } from "../plan/model.js";
import { planSweep } from "../plan/plan.js";
import { layerOf, walk } from "../plan/walk.js";
import { countListRows } from "../run/list/list.js";
import { LIST_REJECTIONS } from "../run/output/summary.js";
import { sweepOnThreads } from "../run/threads.js";
import { markdown } from "./columns.js";
import { ratioText, toolOf, unitOf } from "./compare-one.js";
import { bigIntsOf, parametersInJson } from "./count.js";
import { carryOption, kindOption } from "./count-list.js";
import {
  type AxisFlags,
  type CompareOptions,
  refuseOutputSize,
  settingsFrom,
  specFromCommand,
} from "./options.js";
import { rejectionText } from "./report.js";
import { log, print, printJson, terminalWidth } from "./terminal.js";
import { counted, fittedTable, thousands } from "./text.js";
import { fractionOf, watch } from "./watch.js";

interface Location {
  readonly location?: string;
  readonly layer: Layer;
}

const interruptedText = (rows: bigint) => `interrupted after ${counted(rows, "layer")}`;

export async function compareGrid(
  file: string | undefined,
  flags: AxisFlags,
  options: CompareOptions,
): Promise<void> {
  const plan = planSweep(await specFromCommand(file, flags, options), "compare");
  const totals = emptyTotals<{ readonly grid: number; readonly index: bigint }>();
  const batches = sweepOnThreads(plan, { ...options, method: methodOf() });
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
  const kernel = builtKernel();
  const { values } = walk(kind, plan.grids[grid] as GridPlan, index, (name, layer) =>
    exactResult(kernel.count(layer, "closed"), name),
  );
  return layerOf(kind, values);
}

export async function compareList(
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
      addTallies(totals, compared.tallies, compared.recordAt);
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
