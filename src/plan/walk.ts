/**
 * One raw index, step by step as the schedule has it: which layer it is, or what rules it out. The plain reading of a plan,
 * for messages and for the reference kernel; sweeping is the kernel's.
 */
import { column, isParameterName, isResultName, type Layer, type ResultName } from "../columns.js";
import { layerFrom } from "../layer.js";
import { isRuleKept } from "../rules.js";
import { type BigRun, evaluate, type Lookup, runsOf, Trouble } from "../spec/expression/evaluate.js";
import type { Expression, ListItem } from "../spec/expression/node.js";
import { domainOf, valueAt } from "../spec/values.js";
import type { DependentAxis, GridPlan } from "./model.js";

/** What a result of the layer at hand is; undefined when it passes 2^64 - 1. */
export type ResultOf = (name: ResultName, layer: Layer) => bigint | undefined;

type Outcome =
  | { readonly kind: "layer" }
  /** Past the end of a list, or a value that has been there: no layer at all. */
  | { readonly kind: "nothing" }
  | { readonly kind: "leftOut"; readonly requirement: number }
  /** An expression has no value. */
  | { readonly kind: "trouble"; readonly trouble: Trouble; readonly expression: Expression | ListItem };

export interface Walked {
  readonly outcome: Outcome;
  /** What was known at the end: all of a layer, or what comes before that which ruled it out. */
  readonly values: ReadonlyMap<string, bigint>;
}

/** Walks to a raw index of a grid, counted from the grid's first. */
export function walk(grid: GridPlan, index: bigint, resultOf: ResultOf): Walked {
  const values = new Map(grid.fixed.map(({ name, value }): [string, bigint] => [name, BigInt(value)]));
  const lists = new Map<number, Row[]>();
  const lookup: Lookup = (name) => {
    // A result that passes 2^64 - 1 is beyond what expressions can hold, so that it counts as an overflow there.
    return valueOfName(name, values, resultOf) ?? 2n ** 64n;
  };
  let level = 0;
  const positions = grid.loops.map((loop) => {
    const position = index / loop.subtree;
    index %= loop.subtree;
    return Number(position);
  });
  /** Sets what the loops up to a level turn by themselves. */
  const enter = (to: number) => {
    for (; level < to; level++) {
      const loop = grid.loops[level] as GridPlan["loops"][number];
      for (const [i, name] of loop.names.entries()) {
        const runs = loop.runs?.[i];
        if (runs) values.set(name, BigInt(valueAt(runs, positions[level] as number)));
      }
    }
  };
  const stopped = (outcome: Outcome): Walked => ({ outcome, values });

  for (const step of grid.steps) {
    enter(step.level);
    switch (step.kind) {
      case "rule":
        if (!isRuleKept(step.rule, layerOf(values))) return stopped({ kind: "leftOut", requirement: step.requirement });
        break;
      case "where": {
        const value = attempt(grid.where[step.where] as Expression, lookup);
        if (typeof value !== "bigint") return stopped(leftOutOr(value, step.requirement));
        if (value === 0n) return stopped({ kind: "leftOut", requirement: step.requirement });
        break;
      }
      case "derive": {
        const { name, expression } = grid.derived[step.derived] as GridPlan["derived"][number];
        const value = attempt(expression, lookup);
        if (typeof value !== "bigint") return stopped(leftOutOr(value, step.requirement));
        if (!isInDomain(name, value)) return stopped({ kind: "leftOut", requirement: step.requirement + 1 });
        values.set(name, value);
        break;
      }
      case "fill": {
        const rows = rowsOf(grid.dependents[step.axis] as DependentAxis, lookup);
        if (!Array.isArray(rows)) return stopped(rows as Outcome);
        checkPositions(grid, step.axis, rows);
        lists.set(step.axis, rows);
        break;
      }
      case "pick": {
        const { names } = grid.dependents[step.axis] as DependentAxis;
        const row = rowAt(lists.get(step.axis) as Row[], positions[step.level - 1] as number);
        if (row === undefined) return stopped({ kind: "nothing" });
        if (row === "inexact") return stopped({ kind: "leftOut", requirement: step.requirement });
        if (!names.every((name, i) => isInDomain(name, row[i] as bigint))) return stopped({ kind: "leftOut", requirement: step.requirement + 1 });
        for (const [i, name] of names.entries()) values.set(name, row[i] as bigint);
        break;
      }
    }
  }
  enter(grid.loops.length);
  return stopped({ kind: "layer" });
}

/** The layer whose parameters have these values; what is not known yet is as PyTorch has it, or the least there is. */
export function layerOf(values: ReadonlyMap<string, bigint>): Layer {
  return layerFrom((p) => Number(values.get(p.name) ?? p.default ?? p.least));
}

/**
 * A legal layer that has the same result: only what the result depends on is taken over. It is known by then, and the rules
 * on it are kept; the others may not have been checked yet.
 */
function layerFor(result: ResultName, values: ReadonlyMap<string, bigint>): Layer {
  const { dependsOn } = column(result);
  return layerFrom((p) => Number(dependsOn.includes(p.name) ? values.get(p.name) : (p.default ?? p.least)));
}

/** The value of a name where the walk has stopped; undefined for a result that passes 2^64 - 1. */
export function valueOfName(name: string, values: ReadonlyMap<string, bigint>, resultOf: ResultOf): bigint | undefined {
  return isResultName(name) ? resultOf(name, layerFor(name, values)) : values.get(name);
}

function isInDomain(name: string, value: bigint): boolean {
  if (!isParameterName(name)) return true;
  const { least, most } = domainOf(name);
  return value >= BigInt(least) && value <= BigInt(most);
}

type Failure = Extract<Outcome, { readonly kind: "trouble" }>;

function attempt(expression: Expression, lookup: Lookup): bigint | Failure {
  try {
    return evaluate(expression.root, lookup);
  } catch (trouble) {
    if (trouble instanceof Trouble) return { kind: "trouble", trouble, expression };
    throw trouble;
  }
}

function leftOutOr(failure: Failure, requirement: number): Outcome {
  return failure.trouble.kind === "inexact" ? { kind: "leftOut", requirement } : failure;
}

/** Rows with a value for each name: of a list's item all that it stands for, evenly spaced. */
type Row = { readonly runs: readonly BigRun[]; readonly item: number } | { readonly isInexact: true };

function rowsOf(axis: DependentAxis, lookup: Lookup): Row[] | Failure {
  const rows: Row[] = [];
  if (axis.kind === "list") {
    for (const [i, item] of axis.items.entries()) {
      try {
        for (const run of runsOf(item.root, lookup)) rows.push({ runs: [run], item: i });
      } catch (trouble) {
        if (!(trouble instanceof Trouble)) throw trouble;
        if (trouble.kind !== "inexact") return { kind: "trouble", trouble, expression: item };
        rows.push({ isInexact: true });
      }
    }
    return rows;
  }
  for (const [i, row] of axis.rows.entries()) {
    const values = row.map((expression) => attempt(expression, lookup));
    const failed = values.find((value): value is Failure => typeof value !== "bigint" && value.trouble.kind !== "inexact");
    if (failed) return failed;
    if (values.some((value) => typeof value !== "bigint")) rows.push({ isInexact: true });
    else rows.push({ runs: values.map((value) => ({ first: value as bigint, step: 1n, count: 1n })), item: i });
  }
  return rows;
}

/** Were the longest list longer than its loop, a layer would be lost. */
function checkPositions({ loops }: GridPlan, axis: number, rows: readonly Row[]): void {
  const count = rows.reduce((sum, row) => sum + ("isInexact" in row ? 1n : (row.runs[0] as BigRun).count), 0n);
  const size = loops.find(({ dependent }) => dependent === axis)?.size as number;
  if (count > BigInt(size)) throw new Error(`an axis has ${count} values on ${size} positions`);
}

/** The values at a position; undefined past the end, and where the same values have stood before. */
function rowAt(rows: readonly Row[], position: number): readonly bigint[] | "inexact" | undefined {
  let before = 0n;
  for (const [at, row] of rows.entries()) {
    const count = "isInexact" in row ? 1n : (row.runs[0] as BigRun).count;
    const offset = BigInt(position) - before;
    if (offset < count) {
      if ("isInexact" in row) return "inexact";
      const values = row.runs.map((run) => run.first + offset * run.step);
      const isRepeated = rows.slice(0, at).some((earlier) => "runs" in earlier && earlier.runs.every((run, i) => isIn(run, values[i] as bigint)));
      return isRepeated ? undefined : values;
    }
    before += count;
  }
  return undefined;
}

function isIn({ first, step, count }: BigRun, value: bigint): boolean {
  return value >= first && value <= first + (count - 1n) * step && (value - first) % step === 0n;
}
