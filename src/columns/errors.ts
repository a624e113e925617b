/** Errors about result columns. Their texts need the column table. */

import { errors, type UpsweepError } from "../errors.js";
import { describeLayer } from "../layers/describe.js";
import type { Layer } from "../layers/layer.js";
import { column, isResultName } from "./table.js";

/** A result that does not fit in 64 bits. `name` is a column, or a phrase for several columns. */
export function overflow(location: string, name: string, layer: Layer): UpsweepError {
  return errors.overflow(location, name, describeLayer(layer), limitOf(name));
}

function limitOf(name: string): string {
  const type = isResultName(name) ? column(name).type : "u64";
  if (type === "decimal") return "2^64 - 1 in its numerator or denominator";
  return type === "i64" ? "2^63 - 1" : "2^64 - 1";
}
