/** The public view of a plan: what a sweep would do, without the planner's own data. */
import type { KindName } from "../layers/kinds.js";
import { planSweep } from "../plan/plan.js";
import { specFromInput } from "../spec/file.js";
import type { SpecInput } from "../spec/read.js";

/** One loop of a grid. */
export interface LoopSummary {
  /** The parameters or variables that advance together: several for a joint axis. */
  readonly names: readonly string[];
  /** The number of positions. A list that depends on other axes has as many as its longest form. */
  readonly size: number;
}

/** One grid of a design space. */
export interface GridSummary {
  /** The name in the spec, if the grid has one. */
  readonly name?: string;
  /** The number of raw indices: the product of the sizes of its loops. */
  readonly size: bigint;
  /** The loops, outermost first. */
  readonly loops: readonly LoopSummary[];
}

/** What a sweep of a design space would write. */
export interface PlanSummary {
  readonly layer: KindName;
  /** The number of raw indices of all grids, including illegal layers and empty positions. */
  readonly size: bigint;
  /** The grids, in the order in which they are swept. */
  readonly grids: readonly GridSummary[];
  /** The columns of a row: the parameters, then the chosen columns. */
  readonly columns: readonly string[];
  /** Upper bound of the length of a row of CSV, in bytes. */
  readonly maxRowBytes: number;
  /** The conditions and rules for which a layer can be rejected, in the order of checking. */
  readonly rejectionReasons: readonly string[];
}

/**
 * Plans a sweep without running it: the loops of each grid, and the exact number of raw indices.
 * Planning takes microseconds to milliseconds for a grid of any size.
 *
 * @param spec an object, or the path of a YAML or JSON file.
 * @throws UpsweepError for the first error in the spec, with its location.
 *
 * @example
 * ```ts
 * plan({ axes: { in_channels: 64, out_channels: 64, kernel_size: "2..16", l_in: [32, 64] } })
 *   .size; // 30n
 * ```
 */
export function plan(spec: SpecInput | string): PlanSummary {
  const { layer, size, grids, cells, maxRowBytes, rejectionReasons } = planSweep(
    specFromInput(spec),
  );
  return {
    layer,
    size,
    grids: grids.map(({ name, size: gridSize, loops }) => ({
      ...(name !== undefined && { name }),
      size: gridSize,
      loops: loops.map(({ names, size: positions }) => ({ names, size: positions })),
    })),
    columns: cells,
    maxRowBytes,
    rejectionReasons,
  };
}
