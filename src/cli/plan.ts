/**
 * `upsweep plan`: the loop nest of a sweep, its size, and an estimate of its rows, bytes and time.
 */
import { mayOverflow } from "../columns/bound.js";
import { isResultName } from "../columns/table.js";
import { textOfFraction } from "../fraction.js";
import { builtKernel } from "../kernel/built.js";
import { kindOf, textOfValue } from "../layers/kinds.js";
import { RATE_DENOMINATOR } from "../layers/parameters.js";
import type { DependentAxis, GridPlan, Loop, Plan, Step } from "../plan/model.js";
import { planSweep } from "../plan/plan.js";
import { isRepeat } from "../plan/repeats.js";
import { axisText, textOf } from "../plan/schedule.js";
import { defaultWorkers } from "../run/runner.js";
import { estimate } from "../run/sweep/estimate.js";
import { overlapsOf } from "../run/sweep/overlaps.js";
import { indicesOf } from "../run/sweep/sweep.js";
import { sweepOnThreads } from "../run/threads.js";
import { lastOf, type Progression } from "../spec/values.js";
import { type AxisFlags, type GridOptions, specFromCommand } from "./options.js";
import { overlapsText, print, rejectionText } from "./report.js";
import { bytesText, counted, duration, table, thousands } from "./text.js";
import { fractionOf, watch } from "./watch.js";

interface PlanOptions extends GridOptions {
  readonly exact?: boolean;
  readonly workers?: number;
}

/** Maximum number of grids of a union that are shown. */
const GRIDS_SHOWN = 12;

export async function plan(
  file: string | undefined,
  flags: AxisFlags,
  options: PlanOptions,
): Promise<void> {
  const spec = await specFromCommand(file, flags, options);
  const planned = planSweep(spec);
  const workers = options.workers ?? defaultWorkers();
  const size = options.exact
    ? await exactText(planSweep(spec, "count"), workers)
    : sizeText(planned, workers);
  const overlaps = overlapsText(overlapsOf(planned, builtKernel));
  const union = overlaps.length > 0 ? ["", ...overlaps] : [];
  print(
    [nestsText(planned), "", rawText(planned), size, ...union, ...overflowText(planned)].join("\n"),
  );
}

function nestsText({ grids, cells, columns }: Plan): string {
  const results = cells.map((name, i) => (i < cells.length - columns.length ? undefined : name));
  const texts = grids.slice(0, GRIDS_SHOWN).map((grid, i) => {
    const name = grid.name === undefined ? "" : `, ${grid.name}`;
    const size = counted(grid.size, "raw index", "raw indices");
    const title = grids.length > 1 ? `grid ${i + 1}${name}: ${size}\n` : "";
    return `${title}${nestText(grid, results)}`;
  });
  if (grids.length > texts.length)
    texts.push(`… and ${counted(grids.length - texts.length, "more grid")}`);
  return texts.join("\n\n");
}

/** The loop nest of a grid as source text. Each loop shows the steps of its own level. */
function nestText(grid: GridPlan, results: readonly (string | undefined)[]): string {
  const rate = rateOf(grid);
  const fixed = grid.fixed
    .filter(({ name }) => name !== RATE_DENOMINATOR)
    .map(({ name, value }) => `${name} ${valueText(name, value, rate)}`);
  const lines = [
    ...(fixed.length > 0 ? [`fixed: ${fixed.join(", ")}`] : []),
    ...stepLines(grid, results, 0),
  ];
  for (const [i, loop] of grid.loops.entries()) {
    lines.push(
      `${"  ".repeat(i)}for ${loop.names.join(", ")} in ${valuesText(grid, loop)}: ` +
        `(${positionsText(loop)})`,
    );
    lines.push(...stepLines(grid, results, i + 1));
  }
  return lines.join("\n");
}

function positionsText({ size, dependent }: Loop): string {
  return dependent === undefined ? counted(size, "value") : `at most ${counted(size, "value")}`;
}

/** The steps of one level. @param cells the name of the result in each cell of a row, if any. */
function stepLines(
  grid: GridPlan,
  cells: readonly (string | undefined)[],
  level: number,
): string[] {
  const here = grid.steps.filter((step) => step.level === level);
  const lines = here.flatMap((step) => lineOf(grid, step) ?? []);
  const results = here.flatMap((step) => (step.kind === "cell" ? (cells[step.cell] ?? []) : []));
  if (results.length > 0) lines.push(`count ${results.join(", ")}`);
  return lines.map((line) => `${"  ".repeat(level)}${line}`);
}

function lineOf(grid: GridPlan, step: Step): string | undefined {
  switch (step.kind) {
    case "rule":
      return step.predicate === undefined
        ? undefined
        : `reject unless ${grid.predicates[step.predicate]}`;
    case "where":
      return isRepeat(grid.predicates[step.predicate] as string)
        ? `reject if ${grid.predicates[step.predicate]}`
        : `reject unless ${textOf(grid.where[step.where] as GridPlan["where"][number])}`;
    case "derive": {
      const { name, expression } = grid.derived[step.derived] as GridPlan["derived"][number];
      return `${name} = ${textOf(expression)}`;
    }
    default:
      return undefined;
  }
}

/** The values of a loop in the notation of a spec. Long lists are cut. */
function valuesText(grid: GridPlan, loop: Loop): string {
  if (loop.dependent !== undefined)
    return axisText(grid.dependents[loop.dependent] as DependentAxis);
  const columns = (loop.progressions ?? []).map((progressions, i) => ({
    name: loop.names[i] as string,
    progressions,
  }));
  const [first] = columns;
  if (columns.length === 1 && first)
    return listText(
      first.progressions.map((progression) =>
        progressionText(first.name, progression, rateOf(grid)),
      ),
    );
  const rowText = (row: number) =>
    columns.map(({ name, progressions }) =>
      progressionText(name, progressions[row] as Progression, rateOf(grid)),
    );
  return listText(Array.from({ length: loop.size }, (_, row) => `[${rowText(row).join(", ")}]`));
}

function listText(texts: readonly string[]): string {
  const shown = texts.length > 8 ? [...texts.slice(0, 8), "…"] : texts;
  return texts.length > 1 ? `[${shown.join(", ")}]` : shown.join("");
}

/** The common denominator of the grid's sample rates; 1 if there is none. */
function rateOf({ fixed }: GridPlan): number {
  return fixed.find(({ name }) => name === RATE_DENOMINATOR)?.value ?? 1;
}

function valueText(name: string, value: number, rateDenominator: number): string {
  if (name === "bias") return String(value === 1);
  return name === "sample_rate"
    ? textOfFraction({ numerator: BigInt(value), denominator: BigInt(rateDenominator) })
    : textOfValue(name, value);
}

function progressionText(name: string, progression: Progression, rateDenominator: number): string {
  const { first, step, count } = progression;
  const text = (value: number) => valueText(name, value, rateDenominator);
  if (count === 1) return text(first);
  return `${text(first)}..${text(lastOf(progression))}${step === 1 ? "" : `:${text(step)}`}`;
}

/** The raw size, as a sum over grids of products of loop sizes. */
function rawText({ grids, size }: Plan): string {
  const productOf = ({ loops }: GridPlan) =>
    loops.length === 0 ? "1" : loops.map((loop) => thousands(loop.size)).join(" · ");
  const product =
    grids.length > GRIDS_SHOWN
      ? `of ${thousands(grids.length)} grids`
      : grids.map(productOf).join(" + ");
  const isDependent = grids.some(({ dependents }) => dependents.length > 0);
  const why = isDependent ? "; a dependent axis counts with its longest list" : "";
  return `raw size  ${thousands(size)} = ${product}${why}`;
}

function sizeText(plan: Plan, workers: number): string {
  const taken = indicesOf(plan);
  const sampleRow =
    taken < plan.size
      ? [["sample", thousands(taken), `raw indices, sampled with seed ${plan.sample?.seed}`]]
      : [];
  const { isExact, sampled, ...all } = estimate(plan, builtKernel());
  // Scale the estimate to the sampled share of the raw indices.
  const [rows, bytes] = [(all.rows * taken) / plan.size, (all.bytes * taken) / plan.size];
  const seconds = (all.seconds * Number(taken)) / Number(plan.size);
  const about = isExact && taken === plan.size ? "" : "about ";
  const share = Number((all.rows * 100_000n) / plan.size) / 1000;
  const none = !isExact && all.rows === 0n;
  const rowsText = none ? "few" : `${about}${thousands(rows)}`;
  const basis = isExact
    ? `${share} % of the raw size (counted)`
    : none
      ? `none of ${thousands(sampled)} uniformly sampled raw indices gives a row; ` +
        "--exact counts the rows"
      : `${share} % of the raw size (from ${thousands(sampled)} uniformly sampled raw indices; ` +
        "--exact counts the rows)";
  const lines = [...sampleRow, ["rows", rowsText, basis]];
  // A sample without a row says nothing about the bytes and the time of rows.
  if (!none) {
    const speed =
      `with ${counted(workers, "worker")}, if the disk keeps up ` +
      "(measured on a part of the grid)";
    lines.push(
      ["bytes", `${about}${bytesText(bytes)}`, `a row has at most ${plan.maxRowBytes} bytes`],
      ["time", `about ${duration(seconds / workers)}`, speed],
    );
  }
  return table(lines);
}

/** The exact number of rows, and the rejection counts. Visits every layer and writes nothing. */
async function exactText(plan: Plan, workers: number): Promise<string> {
  const end = await watch(sweepOnThreads(plan, { workers }), {
    quiet: false,
    fraction: fractionOf,
    interrupted: (rows) => `interrupted after ${counted(rows, "row")}`,
  });
  return rejectionText(end, plan.rejectionReasons, "rows");
}

function overflowText({ layer, grids, columns }: Plan): string[] {
  const names = columns
    .filter(isResultName)
    .filter((name) => grids.some(({ valueSets }) => mayOverflow(kindOf(layer), name, valueSets)));
  if (names.length === 0) return [];
  return [
    "",
    `${names.join(", ")} may exceed 64 bits on the largest layers; ` +
      "the sweep stops at the first such layer.",
  ];
}
