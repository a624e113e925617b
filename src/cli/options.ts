/** What several commands read from their options. */
import type { ParameterName, ResultName } from "../columns.js";
import { errors } from "../errors.js";
import { flagOf, listFromFlag, sourceFromFlags } from "../spec/flags.js";
import { readColumns, readSpec, type Spec } from "../spec/spec.js";

/** The parameters given as flags, in the order in which they were given: that is the order of the loops. */
export class AxisFlags {
  readonly given = new Map<ParameterName, string>();

  give(name: ParameterName, text: string): string {
    if (this.given.has(name)) throw errors.repeatedFlag(flagOf(name));
    this.given.set(name, text);
    return text;
  }
}

/** @throws UpsweepError when the text is not a whole number of [least, most]. */
export function readWholeNumber(flag: string, text: string, least: number, most: number): number {
  const value = Number(text);
  if (!/^(0|[1-9][0-9]*)$/.test(text) || value < least || value > most) {
    throw errors.badOption(flag, text, `Write a whole number from ${least} to ${most}.`);
  }
  return value;
}

/** The result columns of --columns, or undefined when it is not given. */
export function columnsFrom(text: string | undefined): ResultName[] | undefined {
  return text === undefined ? undefined : readColumns(listFromFlag("--columns", text));
}

/** The grid of a command: from a spec file or from flags. */
export async function specFromCommand(file: string | undefined, flags: AxisFlags, columns: string | undefined): Promise<Spec> {
  const [axis] = flags.given.keys();
  if (file === undefined) {
    if (axis === undefined) throw errors.usage("no grid is given", "Name a spec file, or give axes as flags, for example --stride 1..4.");
    return readSpec(sourceFromFlags(flags.given, columns), "flags");
  }
  if (axis !== undefined) throw errors.usage(`both ${file} and ${flagOf(axis)} are given`, "Give a spec file or axes as flags, not both.");
  // The YAML parser is loaded only where a file is read.
  const { specFrom } = await import("../spec/read.js");
  const spec = specFrom(file);
  return { ...spec, columns: columnsFrom(columns) ?? spec.columns };
}
