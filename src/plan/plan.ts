/**
 * Plans a sweep: for each grid the loop nest, its exact size, and the schedule of checks and
 * calculations. Planning takes microseconds to milliseconds for a grid of any size, because no list
 * of layers is ever built.
 */

import { dependenciesOfColumn } from "../columns/derived.js";
import { isResultName } from "../columns/table.js";
import { errors } from "../errors.js";
import { type Expression, namesIn } from "../expression/node.js";
import type { Kind } from "../layers/kinds.js";
import { kindOf } from "../layers/kinds.js";
import { DEFAULT_BITS, RATE_DENOMINATOR } from "../layers/parameters.js";
import { type Axis, expressionsOf } from "../spec/axes.js";
import { dependenciesOf } from "../spec/names.js";
import type { Grid, Spec } from "../spec/spec.js";
import { POSITIONS_MAX, valueAt } from "../spec/values.js";
import { valueSetOfProgressions, valueSetsOfAxis } from "./bounds.js";
import { maxBytesOfRow } from "./cell-bounds.js";
import { distinctConditions, gridLabel, keysOf } from "./distinct.js";
import type { DependentAxis, GridPlan, Loop, Plan, PlannedGrid } from "./model.js";
import { schedule } from "./schedule.js";

/** The largest grid: its raw indices fit in every 64-bit integer column, signed ones too. */
const SIZE_MAX = 2n ** 63n - 1n;

/**
 * The purpose of a plan: to write rows, only to count them, to compare closed form and simulation,
 * or to compare the conventions.
 */
export type Purpose = "rows" | "count" | "verify" | "compare";

/**
 * Plans the grids of a spec.
 *
 * @throws UpsweepError if the grids have more than 2^63 - 1 raw indices, or a list is too long.
 */
export function planSweep(spec: Spec, purpose: Purpose = "rows"): Plan {
  const kind = kindOf(spec.layer);
  const cells = purpose === "rows" ? [...kind.parameterNames, ...spec.columns] : [];
  const rejectionReasons: string[] = [];
  const grids: GridPlan[] = [];
  let size = 0n;
  const keys = keysOf(kind, spec.columns);
  // The earlier grids without their `distinct` conditions. A layer is a duplicate if it is in one.
  const candidates: { readonly grid: PlannedGrid; readonly label: string }[] = [];
  // With `distinct`, every grid needs a value of `bits` as soon as one of them does.
  const hasBits =
    spec.isDistinct &&
    (keys.has("bits") || spec.grids.some((grid) => needsBits(kind, grid, cells)));
  for (const [number, grid] of spec.grids.entries()) {
    let planned = planGrid(kind, grid, cells, size, purpose, hasBits);
    if (spec.isDistinct) {
      const own = { grid: planned, label: gridLabel(number, grid.name) };
      const repeats = distinctConditions(kind, keys, grid, own, candidates);
      candidates.push(own);
      planned = {
        ...planned,
        ...scheduled(kind, planned, [...grid.where, ...repeats], cells, purpose),
      };
    }
    size += planned.size;
    for (const text of planned.predicates)
      if (!rejectionReasons.includes(text)) rejectionReasons.push(text);
    grids.push({
      ...planned,
      rejectionReasons: planned.predicates.map((text) => rejectionReasons.indexOf(text)),
    });
  }
  if (size > SIZE_MAX) throw errors.tooLarge(spec.location, size);
  return {
    location: spec.location,
    layer: spec.layer,
    grids,
    size,
    columns: spec.columns,
    cells,
    header: headerOf(cells),
    maxRowBytes: maxBytesOfRow(kind, cells, grids),
    rejectionReasons,
    isComparing: purpose === "compare",
    ...(spec.sample && { sample: spec.sample }),
  };
}

/** The header line of a CSV with these columns. Empty without columns. */
export function headerOf(cells: readonly string[]): string {
  return cells.length > 0 ? `${cells.join(",")}\n` : "";
}

/** @param hasBits whether the plan needs `bits` although the grid itself does not use it. */
function planGrid(
  kind: Kind,
  grid: Grid,
  cells: readonly string[],
  first: bigint,
  purpose: Purpose,
  hasBits: boolean,
): PlannedGrid {
  const given = new Set(grid.axes.flatMap(({ names }) => names));
  const defaults = kind.parameters
    .filter((p) => !given.has(p.name))
    .map((p) => ({ name: p.name, value: p.default ?? p.min }));
  if (!given.has("bits") && (hasBits || needsBits(kind, grid, cells)))
    defaults.push({ name: "bits", value: DEFAULT_BITS });
  const rates = grid.axes.find(
    (axis) => axis.kind === "plain" && axis.rateDenominator !== undefined,
  );
  if (rates?.kind === "plain")
    defaults.push({ name: RATE_DENOMINATOR, value: rates.rateDenominator as number });
  const isFixed = (axis: Axis) => axis.kind === "plain" && axis.size === 1;
  const fixed = [
    ...defaults,
    ...grid.axes.filter(isFixed).flatMap((axis) =>
      axis.names.map((name, i) => ({
        name,
        value: valueAt((axis as Axis & { kind: "plain" }).progressions[i] ?? [], 0),
      })),
    ),
  ];
  const order = nestingOrder(
    grid.axes.filter((axis) => !isFixed(axis)),
    new Set(fixed.map(({ name }) => name)),
  );
  const valueSets = new Map(
    fixed.map(({ name, value }) => [
      name,
      valueSetOfProgressions([{ first: value, step: 1, count: 1 }]),
    ]),
  );
  const sizes = new Map<Axis, bigint>();
  for (const axis of order) {
    const known =
      axis.kind === "plain"
        ? { valueSets: axis.progressions.map(valueSetOfProgressions), size: BigInt(axis.size) }
        : valueSetsOfAxis(kind, axis, valueSets);
    for (const [i, name] of axis.names.entries())
      valueSets.set(name, known.valueSets[i] as (typeof known.valueSets)[number]);
    if (known.size > BigInt(POSITIONS_MAX))
      throw errors.longAxis(axis.location, axis.names.join(", "), "its list");
    // A list that is always empty still has one position, which has no layer.
    sizes.set(axis, known.size > 0n ? known.size : 1n);
  }
  const dependents = order.filter(
    (axis): axis is DependentAxis => axis.kind === "list" || axis.kind === "joint",
  );
  const loops = loopsOf(
    order.filter((axis) => axis.kind !== "derived"),
    sizes,
    dependents,
  );
  const derived = order.flatMap((axis) =>
    axis.kind === "derived" ? [{ name: axis.names[0] as string, expression: axis.expression }] : [],
  );
  const nest = { fixed, loops, derived, dependents, valueSets };
  return {
    ...(grid.name !== undefined && { name: grid.name }),
    first,
    size: loops.reduce((product, loop) => product * BigInt(loop.size), 1n),
    ...nest,
    ...scheduled(kind, nest, grid.where, cells, purpose),
  };
}

function scheduled(
  kind: Kind,
  nest: Parameters<typeof schedule>[1],
  where: readonly Expression[],
  cells: readonly string[],
  purpose: Purpose,
) {
  return schedule(kind, nest, where, cells, purpose === "verify" || purpose === "compare");
}

/** Whether a cell or an expression of the grid depends on the setting `bits`. */
function needsBits(kind: Kind, grid: Grid, cells: readonly string[]): boolean {
  const inExpressions = [...grid.axes.flatMap(expressionsOf), ...grid.where].flatMap(({ root }) =>
    namesIn(root).map(({ name }) => name),
  );
  return [...cells, ...inExpressions].some(
    (name) =>
      name === "bits" || (isResultName(name) && dependenciesOfColumn(kind, name).includes("bits")),
  );
}

/**
 * The order of the axes. Loops keep the order of the spec, except that an axis follows the loops
 * that it depends on. A derived axis is not a loop. It follows directly after the last axis that it
 * depends on. There are no cycles, because reading the spec refuses them.
 */
function nestingOrder(axes: readonly Axis[], known: Set<string>): Axis[] {
  const order: Axis[] = [];
  const isReady = (axis: Axis) => dependenciesOf(axis).every((name) => known.has(name));
  const placeReady = (waiting: Axis[]) => {
    for (let next = waiting.findIndex(isReady); next >= 0; next = waiting.findIndex(isReady)) {
      const [axis] = waiting.splice(next, 1) as [Axis];
      order.push(axis);
      for (const name of axis.names) known.add(name);
      placeReady(derived);
    }
  };
  const derived = axes.filter(({ kind }) => kind === "derived");
  const loops: Axis[] = [];
  placeReady(derived);
  for (const axis of axes) {
    if (axis.kind !== "derived") loops.push(axis);
    placeReady(loops);
  }
  return order;
}

function loopsOf(
  axes: readonly Axis[],
  sizes: ReadonlyMap<Axis, bigint>,
  dependents: readonly DependentAxis[],
): Loop[] {
  let weight = 1n;
  return [...axes]
    .reverse()
    .map((axis): Loop => {
      const size = sizes.get(axis) as bigint;
      const loop = { names: axis.names, size: Number(size), weight };
      weight *= size;
      return axis.kind === "plain"
        ? { ...loop, progressions: axis.progressions }
        : { ...loop, dependent: dependents.indexOf(axis as DependentAxis) };
    })
    .reverse();
}
