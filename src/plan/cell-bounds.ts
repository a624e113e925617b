/** Upper bounds of the lengths of cells with parameters, settings and variables. */

import { type Kind, parameterOf } from "../layers/kinds.js";
import { RATE_DENOMINATOR } from "../layers/parameters.js";
import { CELL_TEXT_BYTES } from "../limits.js";
import type { ValueSet, ValueSets } from "./bounds.js";

/** The maximum length of the text of a parameter, setting or variable, in bytes. */
export function maxBytesOfName(kind: Kind, name: string, known: ValueSets): number {
  if (parameterOf(kind, name)?.type === "boolean") return "false".length;
  if (name === "sample_rate" && known.has(RATE_DENOMINATOR)) return CELL_TEXT_BYTES;
  const { min, max } = known.get(name) as ValueSet;
  return Math.max(String(min).length, String(max).length);
}
