/** Positions in a sweep: its progress, and the points at which it can resume. */

/**
 * The progress of a run: how many rows were written, and how many layers each predicate rejected.
 */
export interface Progress {
  /** Number of raw indices processed. */
  readonly done: bigint;
  /** Number of raw indices that the run processes in total; of a sample, the sampled ones. */
  readonly total: bigint;
  readonly rows: bigint;
  /**
   * Number of empty positions. They are past the end of an axis that depends on others, or repeat a
   * value of that axis.
   */
  readonly empty: bigint;
  /**
   * Number of rejected layers for each of the plan's rejection reasons. The sum of `rows`, `empty`
   * and `rejected` is `done`.
   */
  readonly rejected: readonly bigint[];
  /**
   * Number of rows of each grid, in plan order. Their sum is `rows`. Missing if the run resumed one
   * that did not record them.
   */
  readonly gridRows?: readonly bigint[];
  /** Whether the limit was reached. The layers after the last row have not been examined then. */
  readonly isCut: boolean;
}

/** A position at which a sweep can resume: the raw indices processed, and their outcomes. */
export type Position = Pick<Progress, "done" | "rows" | "empty" | "rejected" | "gridRows">;

/** The position before the first raw index. */
export const BEGINNING: Position = { done: 0n, rows: 0n, empty: 0n, rejected: [] };
