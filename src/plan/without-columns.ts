/** Plans that write only some of the columns. The rows are the same, in the same order. */

import { kindOf } from "../layers/kinds.js";
import { maxBytesOfRow } from "./cell-bounds.js";
import type { ConstantColumn, GridPlan, Plan, Step } from "./model.js";
import { headerOf } from "./plan.js";

/** A plan with those of its columns that are in `names`, in the order of the plan. */
export function withColumns(plan: Plan, names: ReadonlySet<string>): Plan {
  const cells = plan.cells.filter((name) => names.has(name));
  const cellNumbers = plan.cells.map((name) => cells.indexOf(name));
  const grids = plan.grids.map((grid) => ({ ...grid, steps: remainingSteps(grid, cellNumbers) }));
  return {
    ...plan,
    grids,
    cells,
    columns: plan.columns.filter((name) => names.has(name)),
    header: headerOf(cells),
    maxRowBytes: maxBytesOfRow(kindOf(plan.layer), cells, grids),
  };
}

/** A plan without its constant columns. It is the plan itself if there are none. */
export function withoutConstants(plan: Plan, constants: readonly ConstantColumn[]): Plan {
  if (constants.length === 0) return plan;
  const isConstant = new Set(constants.map(({ name }) => name));
  const others = new Set(plan.cells.filter((name) => !isConstant.has(name)));
  return { ...withColumns(plan, others), constants };
}

/**
 * The steps of a grid without those that only serve columns that are not written. The overlap is
 * expensive, and no condition may need it.
 *
 * @param cellNumbers the new index of each cell; below 0 if it is not written.
 */
function remainingSteps({ steps }: GridPlan, cellNumbers: readonly number[]): readonly Step[] {
  const written = steps.flatMap((step): Step[] => {
    if (step.kind !== "cell") return [step];
    const cell = cellNumbers[step.cell] as number;
    return cell < 0 ? [] : [{ ...step, cell }];
  });
  const needed = new Set(written.flatMap(({ dependsOn }) => dependsOn));
  return written.filter(
    ({ kind, provides }) => kind !== "overlap" || provides.some((name) => needed.has(name)),
  );
}
