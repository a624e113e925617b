/**
 * Resolves one raw index: walks through the steps of a plan to the index's layer, or to the step
 * that rejects it. This is the reference interpreter of a plan, for error messages and for the
 * reference kernel; sweeps run in the kernel. It follows the plan's schedule, so it is not a check
 * of the schedule.
 */
import { dependenciesOfColumn } from "../columns/derived.js";
import { isResultName, type ResultName } from "../columns/table.js";
import {
  type BigProgression,
  EvaluationError,
  evaluate,
  type Lookup,
  progressionsOf,
} from "../expression/evaluate.js";
import { decide, type ExactLookup, type Rational } from "../expression/exact.js";
import type { Expression, ListItem } from "../expression/node.js";
import { textOfFraction } from "../fraction.js";
import type { Kind, Parameter } from "../layers/kinds.js";
import type { Layer } from "../layers/layer.js";
import { layerFrom, type Settings } from "../layers/layer.js";
import { type ParameterName, RATE_DENOMINATOR } from "../layers/parameters.js";
import { type Rule, rulesOf, satisfiesRule } from "../layers/rules.js";
import { domainOf, hasDomain, valueAt } from "../spec/values.js";
import type { DependentAxis, GridPlan } from "./model.js";

/**
 * Returns the exact value of a result of a layer: null if it is missing, undefined if it does not
 * fit in 64 bits.
 */
export type ResultOf = (name: ResultName, layer: Layer) => Rational | null | undefined;

type Outcome =
  | { readonly kind: "layer" }
  /** The position has no layer: it is past the end of a list, or repeats an earlier value. */
  | { readonly kind: "empty" }
  | { readonly kind: "rejected"; readonly predicate: number }
  /** An expression has no value, so the sweep stops. */
  | {
      readonly kind: "evaluationError";
      readonly evaluationError: EvaluationError;
      readonly expression: Expression | ListItem;
    };

export interface WalkResult {
  readonly outcome: Outcome;
  /**
   * The values at the end of the walk: those of the complete layer, or those set before the step
   * that rejected it.
   */
  readonly values: ReadonlyMap<string, bigint>;
}

/**
 * Walks to a raw index of a grid.
 *
 * @param index counted from the first raw index of the grid.
 */
export function walk(kind: Kind, grid: GridPlan, index: bigint, resultOf: ResultOf): WalkResult {
  const values = new Map(
    grid.fixed.map(({ name, value }): [string, bigint] => [name, BigInt(value)]),
  );
  const lists = new Map<number, Row[]>();
  const rules = rulesOf(kind);
  const exact: ExactLookup = (name) => valueOfName(kind, name, values, resultOf);
  // A result that exceeds 64 bits is an overflow in expressions too: 2^64 is outside their range.
  const lookup: Lookup = (name) => exact(name)?.n ?? 2n ** 64n;
  let level = 0;
  const positions = grid.loops.map((loop) => {
    const position = index / loop.weight;
    index %= loop.weight;
    return Number(position);
  });
  /** Sets the names of the plain loops up to a level. */
  const enter = (to: number) => {
    for (; level < to; level++) {
      const loop = grid.loops[level] as GridPlan["loops"][number];
      for (const [i, name] of loop.names.entries()) {
        const progressions = loop.progressions?.[i];
        if (progressions)
          values.set(name, BigInt(valueAt(progressions, positions[level] as number)));
      }
    }
  };
  const endWith = (outcome: Outcome): WalkResult => ({ outcome, values });

  for (const step of grid.steps) {
    enter(step.level);
    switch (step.kind) {
      case "rule":
        if (
          step.predicate !== undefined &&
          !isSatisfied(rules[step.rule] as Rule, layerOf(kind, values))
        )
          return endWith({ kind: "rejected", predicate: step.predicate });
        break;
      case "where": {
        const expression = grid.where[step.where] as Expression;
        const decision = step.isExact
          ? attemptCondition(expression, exact)
          : attempt(expression, lookup);
        if (typeof decision === "object" && "kind" in decision)
          return endWith(rejectedIfInexact(decision, step.predicate));
        if (typeof decision === "bigint" ? decision === 0n : !decision.holds) {
          return endWith({
            kind: "rejected",
            predicate: step.predicate + Number(typeof decision === "object" && decision.metMissing),
          });
        }
        break;
      }
      case "derive": {
        const { name, expression } = grid.derived[step.derived] as GridPlan["derived"][number];
        const value = attempt(expression, lookup);
        if (typeof value !== "bigint") return endWith(rejectedIfInexact(value, step.predicate));
        if (!isInDomain(kind, name, value))
          return endWith({ kind: "rejected", predicate: step.predicate + 1 });
        values.set(name, value);
        break;
      }
      case "expand": {
        const rows = rowsOf(grid.dependents[step.axis] as DependentAxis, lookup);
        if (!Array.isArray(rows)) return endWith(rows as Outcome);
        checkPositions(grid, step.axis, rows);
        lists.set(step.axis, rows);
        break;
      }
      case "select": {
        const { names } = grid.dependents[step.axis] as DependentAxis;
        const row = rowAt(lists.get(step.axis) as Row[], positions[step.level - 1] as number);
        if (row === undefined) return endWith({ kind: "empty" });
        if (row === "inexact") return endWith({ kind: "rejected", predicate: step.predicate });
        if (!names.every((name, i) => isInDomain(kind, name, row[i] as bigint)))
          return endWith({ kind: "rejected", predicate: step.predicate + 1 });
        for (const [i, name] of names.entries()) values.set(name, row[i] as bigint);
        break;
      }
    }
  }
  enter(grid.loops.length);
  return endWith({ kind: "layer" });
}

/**
 * The layer with these parameters. A parameter without a value yet gets PyTorch's default, or its
 * smallest legal value.
 */
export function layerOf(kind: Kind, values: ReadonlyMap<string, bigint>): Layer {
  return layerFrom(
    kind,
    (p) => Number(values.get(p.name) ?? p.default ?? p.min),
    settingsOf(values),
  );
}

function settingsOf(values: ReadonlyMap<string, bigint>): Settings {
  const [bits, rate] = [values.get("bits"), values.get("sample_rate")];
  return {
    ...(bits !== undefined && { bits: Number(bits) }),
    ...(rate !== undefined && {
      sample_rate: { numerator: rate, denominator: values.get(RATE_DENOMINATOR) ?? 1n },
    }),
  };
}

/** The text of a parameter, setting or variable for a message. A sample rate may be a fraction. */
export function textOfValue(name: string, values: ReadonlyMap<string, bigint>): string | undefined {
  const { sample_rate } = settingsOf(values);
  return name === "sample_rate" && sample_rate
    ? textOfFraction(sample_rate)
    : values.get(name)?.toString();
}

function isSatisfied({ id, dimension }: Rule, layer: Layer): boolean {
  return satisfiesRule(id, dimension, layer);
}

/**
 * A legal layer with the same value of a result. It copies only the parameters that the result
 * depends on: they are known at this point, and satisfy their rules. The rules of the others may
 * not have been checked yet.
 */
function layerFor(kind: Kind, result: ResultName, values: ReadonlyMap<string, bigint>): Layer {
  const dependsOn = dependenciesOfColumn(kind, result);
  const read = (p: Parameter): number => {
    if (dependsOn.includes(p.name)) return Number(values.get(p.name));
    if (p.base !== "l_in") return p.default ?? p.min;
    // Long enough for the kernel to fit.
    const inDimension = (base: ParameterName) =>
      read(
        kind.parameters.find(
          (other) => other.base === base && other.dimension === p.dimension,
        ) as Parameter,
      );
    return inDimension("dilation") * (inDimension("kernel_size") - 1) + 1;
  };
  return layerFrom(kind, read, settingsOf(values));
}

/**
 * The value of a name at the end of a walk: null if it is missing, undefined for a result that does
 * not fit in 64 bits.
 */
export function valueOfName(
  kind: Kind,
  name: string,
  values: ReadonlyMap<string, bigint>,
  resultOf: ResultOf,
): Rational | null | undefined {
  if (isResultName(name)) return resultOf(name, layerFor(kind, name, values));
  const value = values.get(name);
  return value === undefined ? undefined : { n: value, d: 1n };
}

function isInDomain(kind: Kind, name: string, value: bigint): boolean {
  if (!hasDomain(kind, name)) return true;
  const { min, max } = domainOf(name);
  return value >= BigInt(min) && value <= BigInt(max);
}

type Failure = Extract<Outcome, { readonly kind: "evaluationError" }>;

function attempt(expression: Expression, lookup: Lookup): bigint | Failure {
  try {
    return evaluate(expression.root, lookup);
  } catch (evaluationError) {
    if (evaluationError instanceof EvaluationError)
      return { kind: "evaluationError", evaluationError, expression };
    throw evaluationError;
  }
}

function attemptCondition(
  expression: Expression,
  lookup: ExactLookup,
): ReturnType<typeof decide> | Failure {
  try {
    return decide(expression.root, lookup);
  } catch (evaluationError) {
    if (evaluationError instanceof EvaluationError)
      return { kind: "evaluationError", evaluationError, expression };
    throw evaluationError;
  }
}

function rejectedIfInexact(failure: Failure, predicate: number): Outcome {
  return failure.evaluationError.kind === "inexact" ? { kind: "rejected", predicate } : failure;
}

/**
 * Consecutive positions of a dependent axis: a progression for each name, or one position that is
 * inexact. A list item becomes a row per progression.
 */
type Row =
  | { readonly progressions: readonly BigProgression[]; readonly item: number }
  | { readonly isInexact: true };

function rowsOf(axis: DependentAxis, lookup: Lookup): Row[] | Failure {
  const rows: Row[] = [];
  if (axis.kind === "list") {
    for (const [i, item] of axis.items.entries()) {
      try {
        for (const progression of progressionsOf(item.root, lookup))
          rows.push({ progressions: [progression], item: i });
      } catch (evaluationError) {
        if (!(evaluationError instanceof EvaluationError)) throw evaluationError;
        if (evaluationError.kind !== "inexact")
          return { kind: "evaluationError", evaluationError, expression: item };
        rows.push({ isInexact: true });
      }
    }
    return rows;
  }
  for (const [i, row] of axis.rows.entries()) {
    const values = row.map((expression) => attempt(expression, lookup));
    const failed = values.find(
      (value): value is Failure =>
        typeof value !== "bigint" && value.evaluationError.kind !== "inexact",
    );
    if (failed) return failed;
    if (values.some((value) => typeof value !== "bigint")) rows.push({ isInexact: true });
    else
      rows.push({
        progressions: values.map((value) => ({ first: value as bigint, step: 1n, count: 1n })),
        item: i,
      });
  }
  return rows;
}

/** Throws if a list has more values than its loop has positions. Layers would be lost. */
function checkPositions({ loops }: GridPlan, axis: number, rows: readonly Row[]): void {
  const count = rows.reduce(
    (sum, row) => sum + ("isInexact" in row ? 1n : (row.progressions[0] as BigProgression).count),
    0n,
  );
  const size = loops.find(({ dependent }) => dependent === axis)?.size as number;
  if (count > BigInt(size)) throw new Error(`an axis has ${count} values on ${size} positions`);
}

/**
 * The values at a position. Undefined past the end, and if an earlier position has the same values.
 */
function rowAt(rows: readonly Row[], position: number): readonly bigint[] | "inexact" | undefined {
  let before = 0n;
  for (const [at, row] of rows.entries()) {
    const count = "isInexact" in row ? 1n : (row.progressions[0] as BigProgression).count;
    const offset = BigInt(position) - before;
    if (offset < count) {
      if ("isInexact" in row) return "inexact";
      const values = row.progressions.map(
        (progression) => progression.first + offset * progression.step,
      );
      const isRepeated = rows
        .slice(0, at)
        .some(
          (earlier) =>
            "progressions" in earlier &&
            earlier.progressions.every((progression, i) => isIn(progression, values[i] as bigint)),
        );
      return isRepeated ? undefined : values;
    }
    before += count;
  }
  return undefined;
}

function isIn({ first, step, count }: BigProgression, value: bigint): boolean {
  return value >= first && value <= first + (count - 1n) * step && (value - first) % step === 0n;
}
