/** How long the cells of parameters, settings and variables can get. */
import { DECIMAL_BYTES } from "../columns/bound.js";
import { type Kind, parameterOf } from "../layers/kinds.js";
import { RATE_DENOMINATOR } from "../layers/parameters.js";
import type { ValueSet, ValueSets } from "./bounds.js";

/** The longest text of a parameter, setting or variable, in bytes. */
export function maxBytesOfName(kind: Kind, name: string, known: ValueSets): number {
  if (parameterOf(kind, name)?.type === "boolean") return "false".length;
  if (name === "sample_rate" && known.has(RATE_DENOMINATOR)) return DECIMAL_BYTES;
  const { min, max } = known.get(name) as ValueSet;
  return Math.max(String(min).length, String(max).length);
}
