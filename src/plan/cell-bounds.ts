/** Upper bounds of the lengths of cells and rows. */

import { utf8 } from "../bytes.js";
import { maxBytesOfResult } from "../columns/bound.js";
import { isResultName, NAME_COLUMN } from "../columns/table.js";
import { type Kind, parameterOf } from "../layers/kinds.js";
import { RATE_DENOMINATOR } from "../layers/parameters.js";
import { CELL_TEXT_BYTES } from "../limits.js";
import type { ValueSet, ValueSets } from "./bounds.js";
import type { GridPlan } from "./model.js";

/** The maximum length of the text of a parameter, setting or variable, in bytes. */
export function maxBytesOfName(kind: Kind, name: string, known: ValueSets): number {
  if (parameterOf(kind, name)?.type === "boolean") return "false".length;
  if (name === "sample_rate" && known.has(RATE_DENOMINATOR)) return CELL_TEXT_BYTES;
  const { min, max } = known.get(name) as ValueSet;
  return Math.max(String(min).length, String(max).length);
}

/** The maximum length of a row of some grids in bytes, with a separator after every cell. */
export function maxBytesOfRow(
  kind: Kind,
  cells: readonly string[],
  grids: readonly Pick<GridPlan, "name" | "valueSets">[],
): number {
  const bytesOf = (
    cell: string,
    { name = "", valueSets }: Pick<GridPlan, "name" | "valueSets">,
  ) => {
    if (isResultName(cell)) return maxBytesOfResult(kind, cell, valueSets);
    return cell === NAME_COLUMN ? utf8(name).length : maxBytesOfName(kind, cell, valueSets);
  };
  return Math.max(
    ...grids.map((grid) => cells.reduce((bytes, cell) => bytes + bytesOf(cell, grid) + 1, 0)),
  );
}
