/** The columns that have the same value in all rows of a plan, as far as the plan alone shows it. */

import { onlyValue } from "../columns/bound.js";
import { dependenciesOfColumn } from "../columns/derived.js";
import { isResultName, NAME_COLUMN } from "../columns/table.js";
import { kindOf } from "../layers/kinds.js";
import { RATE_DENOMINATOR } from "../layers/parameters.js";
import type { GridPlan, Plan } from "./model.js";

/**
 * The columns that the plan alone shows to be constant: parameters with one value in all grids, and
 * results that depend only on those or have only one possible value. Other columns can be constant
 * too, for example because of a condition.
 */
export function fixedColumns(plan: Plan): ReadonlySet<string> {
  const { grids, cells } = plan;
  const kind = kindOf(plan.layer);
  const isSame = (valueIn: (grid: GridPlan) => string | undefined) => {
    const [first, ...others] = grids.map(valueIn);
    return first !== undefined && others.every((value) => value === first);
  };
  const isFixed = (name: string) => isSame((grid) => valueOfName(grid, name));
  return new Set(
    cells.filter((name) => {
      if (name === NAME_COLUMN) return isSame((grid) => grid.name ?? "");
      if (!isResultName(name)) return isFixed(name);
      return (
        dependenciesOfColumn(kind, name).every(isFixed) ||
        isSame(({ valueSets }) => onlyValue(kind, name, valueSets))
      );
    }),
  );
}

/** The value of a parameter, setting or variable, as a text; undefined if it has several. */
function valueOfName({ valueSets, fixed }: GridPlan, name: string): string | undefined {
  const values = valueSets.get(name);
  if (values === undefined || values.min !== values.max) return undefined;
  if (name !== "sample_rate") return String(values.min);
  // Grids can have different denominators for the same rate, which is then not known to be fixed.
  const rateDenominator = fixed.find((own) => own.name === RATE_DENOMINATOR)?.value ?? 1;
  return `${values.min}/${rateDenominator}`;
}
