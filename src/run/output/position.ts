/** Places in a sweep: how far it has come, and where it can go on. */

/** How far a run has come: what has been written, and what has been left out by which requirement. */
export interface Progress {
  /** Raw indices behind us. */
  readonly done: bigint;
  /** Raw indices in all; those that are drawn, of a sample. */
  readonly total: bigint;
  readonly rows: bigint;
  /** Positions without a layer: past the end of an axis that depends on others, or with values that it has had. */
  readonly empty: bigint;
  /** Layers left out, in the order of the plan's accounts; rows, nothing and left out add up to done. */
  readonly rejected: readonly bigint[];
  /** Rows of each grid, in their order; they add up to `rows`. Missing when the run goes on from one that did not record them. */
  readonly gridRows?: readonly bigint[];
  /** Whether the limit was reached: what comes behind the last row was not looked at. */
  readonly isCut: boolean;
}

/** A place in a sweep from which it can go on: raw indices behind it, and what came of them. */
export type Position = Pick<Progress, "done" | "rows" | "empty" | "rejected" | "gridRows">;

/** Before the first raw index. */
export const BEGINNING: Position = { done: 0n, rows: 0n, empty: 0n, rejected: [] };
