/** The types of a plan. A plan is plain data, and is sent to the workers unchanged. */

import type { Expression } from "../expression/node.js";
import type { KindName } from "../layers/kinds.js";
import type { Axis } from "../spec/axes.js";
import type { ColumnName, Sample } from "../spec/spec.js";
import type { Progression } from "../spec/values.js";
import type { ValueSets } from "./bounds.js";

/**
 * A step of the schedule. It runs each time the loop at `level`, or a loop outside of it, advances.
 */
export type Step = {
  readonly level: number;
  /**
   * The names whose values the step uses: those of the axes, and the overlap of a dimension as
   * `overlapName` calls it.
   */
  readonly dependsOn: readonly string[];
  /** The names that have their values after the step. */
  readonly provides: readonly string[];
} /**
 * Checks a rule. A rule that every layer satisfies has no predicate. It stays in the schedule for
 * the values that the kernel computes with it.
 */ & (
  | { readonly kind: "rule"; readonly rule: number; readonly predicate?: number }
  /**
   * Checks part of a condition; if `isExact`, over rationals. Then `predicate + 1` counts the
   * layers that are rejected because a value is missing.
   */
  | {
      readonly kind: "where";
      readonly where: number;
      readonly predicate: number;
      readonly isExact: boolean;
    }
  /**
   * Evaluates a derived name. It has two predicates: the value divides exactly, and is in its
   * domain.
   */
  | { readonly kind: "derive"; readonly derived: number; readonly predicate: number }
  /** Evaluates the list of a dependent axis. */
  | { readonly kind: "expand"; readonly axis: number }
  /**
   * Selects the values at the loop's position, if it has any. It has two predicates, as `derive`
   * has.
   */
  | { readonly kind: "select"; readonly axis: number; readonly predicate: number }
  /** Computes `taps` and `covered` of one dimension. */
  | { readonly kind: "overlap"; readonly dimension: number }
  | { readonly kind: "cell"; readonly cell: number }
);

/** An axis of several positions whose values depend on other axes. */
export type DependentAxis = Extract<Axis, { readonly kind: "list" | "joint" }>;

/**
 * One loop of the nest. Its level is its index in `loops` plus 1; level 0 is outside of all loops.
 */
export interface Loop {
  /** The loop variables: several for a joint axis. */
  readonly names: readonly string[];
  /** The number of positions. A list that depends on other axes has as many as its longest form. */
  readonly size: number;
  /**
   * The place value of the loop in the mixed-radix raw index: the product of the sizes inside it.
   */
  readonly weight: bigint;
  /**
   * The values of each name. A dependent axis has `dependent` instead: its index in `dependents`.
   */
  readonly progressions?: readonly (readonly Progression[])[];
  readonly dependent?: number;
}

/** The plan of one grid: a loop nest with its schedule. */
export interface GridPlan {
  readonly name?: string;
  /** The raw index of the plan at which the grid begins. */
  readonly first: bigint;
  /** The number of raw indices: the product of the sizes of its loops. */
  readonly size: bigint;
  /**
   * The names with a constant value. If sample rates are fractions, `RATE_DENOMINATOR` is one of
   * them.
   */
  readonly fixed: readonly { readonly name: string; readonly value: number }[];
  /** The loops, outermost first. */
  readonly loops: readonly Loop[];
  /**
   * Axes with one value for each combination of the axes that they depend on. They are not loops.
   */
  readonly derived: readonly { readonly name: string; readonly expression: Expression }[];
  readonly dependents: readonly DependentAxis[];
  /** The conditions, split into parts. Each part is scheduled at its own level. */
  readonly where: readonly Expression[];
  /**
   * The steps, outermost level first. Within a level, each step follows those that it depends on.
   */
  readonly steps: readonly Step[];
  /**
   * The texts of the predicates that the steps check, in their order. A text says what must hold; a
   * layer that does not satisfy it is rejected.
   */
  readonly predicates: readonly string[];
  /** For each predicate, its index in the plan's `rejectionReasons`. */
  readonly rejectionReasons: readonly number[];
  readonly valueSets: ValueSets;
}

/** The value of a cell: null if a tool gives no answer. Decimals are the nearest number. */
export type CellValue = string | number | bigint | boolean | null;

/** A column with the same value in all rows. */
export interface ConstantColumn {
  readonly name: string;
  readonly value: CellValue;
}

/**
 * The plan of a grid without its rejection reasons. They are numbered after `distinct` has added
 * its conditions.
 */
export type PlannedGrid = Omit<GridPlan, "rejectionReasons">;

export interface Plan {
  /** The spec's file or other origin. Messages begin with it. */
  readonly location: string;
  readonly layer: KindName;
  /** The grids, swept one after the other. */
  readonly grids: readonly GridPlan[];
  /** The total number of raw indices, including illegal layers and empty positions. */
  readonly size: bigint;
  readonly columns: readonly ColumnName[];
  /** The columns of a row: the parameters, then the chosen columns. */
  readonly cells: readonly string[];
  /** The first line of the CSV with its line end. Empty if no rows are written. */
  readonly header: string;
  /** Upper bound of the length of a row in bytes. */
  readonly maxRowBytes: number;
  /**
   * The texts of the predicates of all grids, each once, in the order in which they are checked.
   */
  readonly rejectionReasons: readonly string[];
  /** Whether the layers are compared by all conventions instead of being written. */
  readonly isComparing: boolean;
  /** The columns that were left out, because they have the same value in all rows. */
  readonly constants?: readonly ConstantColumn[];
  /** The sample to draw. If absent, every raw index is swept. */
  readonly sample?: Sample;
}
