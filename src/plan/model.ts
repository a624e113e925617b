/** What a plan is made of. Plain data: it is sent to the workers as it stands. */

import type { Expression } from "../expression/node.js";
import type { KindName } from "../layers/kinds.js";
import type { Axis } from "../spec/axes.js";
import type { ColumnName, Sample } from "../spec/spec.js";
import type { Progression } from "../spec/values.js";
import type { ValueSets } from "./bounds.js";

/** What happens once per turn of the loop at `level`, and again whenever a loop outside of it turns. */
export type Step = { readonly level: number } & (
  | { readonly kind: "rule"; readonly rule: number; readonly predicate: number }
  /** With `isExact` decided over rationals; then the next requirement is for layers rejected because a value is missing. */
  | {
      readonly kind: "where";
      readonly where: number;
      readonly predicate: number;
      readonly isExact: boolean;
    }
  /** Works out the one value of a name. Two requirements: that it divides exactly, and that it is in its range. */
  | { readonly kind: "derive"; readonly derived: number; readonly predicate: number }
  /** Works out the values of an axis that depends on others. */
  | { readonly kind: "expand"; readonly axis: number }
  /** Takes its values at the loop's position, if there are any. Two requirements, as for `derive`. */
  | { readonly kind: "select"; readonly axis: number; readonly predicate: number }
  /** Works out taps and covered of a dimension. */
  | { readonly kind: "overlap"; readonly dimension: number }
  | { readonly kind: "cell"; readonly cell: number }
);

/** An axis of several positions whose values depend on other axes. */
export type DependentAxis = Extract<Axis, { readonly kind: "list" | "joint" }>;

/** One loop of the nest. Its level is its place in `loops` plus 1: level 0 is what stands before any loop. */
export interface Loop {
  /** What it turns: several for a joint axis. */
  readonly names: readonly string[];
  /** How many positions it has: of a list that follows from other axes, as many as the longest could have. */
  readonly size: number;
  /** Raw indices in one turn of this loop: the product of the sizes inside it. */
  readonly weight: bigint;
  /** The values of each name; or else which of the dependent axes it is. */
  readonly progressions?: readonly (readonly Progression[])[];
  readonly dependent?: number;
}

/** One grid of a plan: a loop nest. */
export interface GridPlan {
  readonly name?: string;
  /** The raw index at which it begins in the plan. */
  readonly first: bigint;
  /** How many raw indices it has: the product of the sizes of its loops. */
  readonly size: bigint;
  /** What has one value throughout; `RATE_DENOMINATOR` is among it where sample rates are fractions. */
  readonly fixed: readonly { readonly name: string; readonly value: number }[];
  /** Outermost first. */
  readonly loops: readonly Loop[];
  /** Axes that have one value for each turn of those they depend on: no loops. */
  readonly derived: readonly { readonly name: string; readonly expression: Expression }[];
  readonly dependents: readonly DependentAxis[];
  /** The parts of the constraints, each with its own place in the nest. */
  readonly where: readonly Expression[];
  /** Outermost level first; within a level, each as soon as all its names are known. */
  readonly steps: readonly Step[];
  /** What its steps check, in their order, as it is where it is met; a layer that does not meet it is left out. */
  readonly predicates: readonly string[];
  /** The place of each requirement in the plan's accounts. */
  readonly rejectionReasons: readonly number[];
  readonly valueSets: ValueSets;
}

export interface Plan {
  /** What messages begin with: the spec's file, or where else it comes from. */
  readonly location: string;
  readonly layer: KindName;
  /** Swept one after the other. */
  readonly grids: readonly GridPlan[];
  /** How many raw indices there are in all: illegal layers and positions without a layer included. */
  readonly size: bigint;
  readonly columns: readonly ColumnName[];
  /** The columns of a row: the parameters, then the chosen columns. */
  readonly cells: readonly string[];
  /** The CSV's first line, with its line end; empty when nothing is written. */
  readonly header: string;
  /** No row is longer. */
  readonly maxRowBytes: number;
  /** The text of every requirement, those of all grids together, in the order in which they are checked. */
  readonly rejectionReasons: readonly string[];
  /** Whether its layers are compared by all conventions instead of written. */
  readonly isComparing: boolean;
  /** Raw indices to draw instead of sweeping all. */
  readonly sample?: Sample;
}
