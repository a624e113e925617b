/** The columns that an earlier run of a sweep left out: its manifest has them. */
import type { Plan } from "../../plan/model.js";
import { withoutConstants } from "../../plan/without-columns.js";
import { isManifest, manifestPathOf } from "../../sink/companions.js";
import { CONSTANTS_FIELD, firstDifference, type IdentityOptions, identityOf } from "./identity.js";
import { readManifest } from "./manifest.js";
import { type ResumeTarget, targetOf } from "./start.js";

/**
 * The names of the constant columns of a sweep, if an earlier run of it has left them out of the
 * same file. Undefined if there is no such run, so that the columns are not known.
 *
 * @param plan the sweep with all of its columns.
 */
export function knownConstants(
  plan: Plan,
  { partial }: ResumeTarget,
  options: IdentityOptions,
): ReadonlySet<string> | undefined {
  for (const file of [partial, targetOf(partial)]) {
    const manifestPath = manifestPathOf(file);
    if (!isManifest(manifestPath)) continue;
    const { identity } = readManifest(manifestPath);
    const names = identity[CONSTANTS_FIELD]?.split(", ");
    if (!names?.every((name) => plan.cells.includes(name))) continue;
    // The values do not matter here: they follow from everything else.
    const constants = names.map((name) => ({ name, value: null }));
    const own = identityOf(withoutConstants(plan, constants), options);
    if (firstDifference(identity, own) === undefined) return new Set(names);
  }
  return undefined;
}
