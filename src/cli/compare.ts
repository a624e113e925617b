/** `upsweep compare`: compares the answers of other counters with the exact count. */

import { errors } from "../errors.js";
import { compareGrid, compareList } from "./compare-many.js";
import { compareOne } from "./compare-one.js";
import { bigIntsOf, valuesOfFlag } from "./count.js";
import { type AxisFlags, type CompareOptions, kindFrom } from "./options.js";

export async function compare(
  file: string | undefined,
  flags: AxisFlags,
  options: CompareOptions,
): Promise<void> {
  if (options.columns !== undefined)
    throw errors.usage("--columns is given", "compare always shows all conventions; leave it out.");
  bigIntsOf(options);
  if (options.from !== undefined) return compareList(file, flags, options);
  if (options.skipInvalid)
    throw errors.usage("--skip-invalid is for lists", "Leave it out, or name a list with --from.");
  if (options.delimiter)
    throw errors.usage("--delimiter is for lists", "Leave it out, or name a list with --from.");
  if (file === undefined && isOneLayer(flags, options)) return compareOne(flags, options);
  return compareGrid(file, flags, options);
}

/**
 * Whether the command names a single layer: each flag gives one plain value, or one for each
 * dimension, and there are no other options of a grid.
 */
function isOneLayer(flags: AxisFlags, options: CompareOptions): boolean {
  const { where = [], set = [], sample } = options;
  const { dimensions, plainNames } = kindFrom(options);
  const isPlain = ({ name, values }: AxisFlags["axes"][number]) => {
    const each = valuesOfFlag(values);
    const max = plainNames.some((plain) => plain === name) ? dimensions.length : 1;
    return (
      (each.length === 1 || each.length === max) &&
      each.every((value) => /^-?[0-9]+$|^(true|false|same|valid)$/i.test(value))
    );
  };
  return (
    flags.axes.length > 0 &&
    flags.variables.length === 0 &&
    where.length + set.length === 0 &&
    sample === undefined &&
    flags.axes.every(isPlain)
  );
}
