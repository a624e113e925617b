/**
 * The plan of a sweep: what the engine runs. The loop nest, its exact size, and the schedule that says which rule, geometry
 * and cell is worked out at which level. Made in microseconds for any size; nothing of the grid is materialised.
 */
import { column, type Layer, PARAMETER_NAMES, PARAMETERS, type ParameterName, parameter, type ResultName } from "../columns.js";
import { errors } from "../errors.js";
import { layerFrom } from "../layer.js";
import { RULES } from "../rules.js";
import type { Spec } from "../spec/spec.js";
import { type Run, sizeOf, valueAt } from "../spec/values.js";
import { mostBytes, rangesOf } from "./bounds.js";

/** The largest grid: its raw indices fit in every 64-bit integer column, signed ones too. */
const SIZE_MAX = 2n ** 63n - 1n;

/** One loop of the nest. */
export interface Loop {
  readonly name: ParameterName;
  readonly runs: readonly Run[];
  readonly size: number;
  /** Raw indices in one turn of this loop: the product of the sizes inside it. */
  readonly subtree: bigint;
}

/** What is worked out once per turn of the loop at `level`, and again whenever a loop outside it turns. */
export type Step =
  | { readonly kind: "rule"; readonly level: number; readonly rule: number }
  | { readonly kind: "geometry"; readonly level: number }
  | { readonly kind: "cell"; readonly level: number; readonly slot: number };

export interface Plan {
  /** What messages begin with: the spec's file, or where else it comes from. */
  readonly place: string;
  /** All eleven parameters, outermost first; those with one value stand outside the loops proper. */
  readonly loops: readonly Loop[];
  /** How many raw indices there are: the product of all sizes, illegal layers included. */
  readonly size: bigint;
  readonly columns: readonly ResultName[];
  /** The columns of a row: the parameters, then the results. */
  readonly cells: readonly (ParameterName | ResultName)[];
  /** The CSV's first line, with its line end. */
  readonly header: string;
  /** Outermost level first; within a level rules, then geometry, then cells. */
  readonly steps: readonly Step[];
  /** No row is longer. */
  readonly rowBytesMost: number;
}

/** @throws UpsweepError when the grid has more than 2^63 - 1 layers. */
export function planSweep(spec: Spec): Plan {
  const loops = nest(spec);
  const size = loops.reduce((product, loop) => product * BigInt(loop.size), 1n);
  if (size > SIZE_MAX) throw errors.tooLarge(spec.place, size);
  const cells = [...PARAMETER_NAMES, ...spec.columns];
  return {
    place: spec.place,
    loops,
    size,
    columns: spec.columns,
    cells,
    header: `${cells.join(",")}\n`,
    steps: schedule(loops, cells),
    rowBytesMost: cells.reduce((bytes, cell) => bytes + mostBytes(cell, rangesOf(loops)) + 1, 0),
  };
}

function nest(spec: Spec): Loop[] {
  const defaults = PARAMETERS.filter((p) => !spec.axes.some((axis) => axis.name === p.name)).map((p) => ({
    name: p.name,
    runs: [{ first: "default" in p ? p.default : p.least, step: 1, count: 1 }],
  }));
  const written = spec.axes.map((axis) => ({ ...axis, size: sizeOf(axis.runs) }));
  const sized = [...defaults.map((axis) => ({ ...axis, size: 1 })), ...written.filter((axis) => axis.size === 1), ...written.filter((axis) => axis.size > 1)];
  let subtree = 1n;
  return sized
    .reverse()
    .map(({ name, runs, size }) => {
      const loop = { name, runs, size, subtree };
      subtree *= BigInt(size);
      return loop;
    })
    .reverse();
}

/** The innermost loop that a thing depends on: the level at which it is worked out. */
function levelOf(loops: readonly Loop[], dependsOn: readonly ParameterName[]): number {
  return loops.reduce((deepest, loop, level) => (loop.size > 1 && dependsOn.includes(loop.name) ? level : deepest), 0);
}

function schedule(loops: readonly Loop[], cells: Plan["cells"]): Step[] {
  const geometry = column("taps").dependsOn;
  const rules = RULES.flatMap((rule, i): Step[] => (rule.dependsOn.length === 0 ? [] : [{ kind: "rule", level: levelOf(loops, rule.dependsOn), rule: i }]));
  const steps: Step[] = [
    ...rules,
    { kind: "geometry", level: levelOf(loops, geometry) },
    ...cells.map((name, slot): Step => ({ kind: "cell", level: levelOf(loops, dependenciesOf(name)), slot })),
  ];
  // A stable sort keeps the order within a level.
  return steps.sort((a, b) => a.level - b.level);
}

function dependenciesOf(name: ParameterName | ResultName): readonly ParameterName[] {
  return (PARAMETER_NAMES as readonly string[]).includes(name) ? [name as ParameterName] : column(name as ResultName).dependsOn;
}

/** The layer at a raw index, legal or not. */
export function layerAt(plan: Plan, index: bigint): Layer {
  const values = new Map<ParameterName, number>();
  for (const loop of plan.loops) {
    values.set(loop.name, valueAt(loop.runs, Number(index / loop.subtree)));
    index %= loop.subtree;
  }
  return layerFrom((p) => values.get(parameter(p.name).name) as number);
}
