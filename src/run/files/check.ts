/** What the output of a sweep says before the search for its constant columns. */
import type { Plan } from "../../plan/model.js";
import { checkOutputFile } from "../../sink/check.js";
import { knownConstants } from "../resume/known-constants.js";
import { shardName } from "../resume/shard-name.js";
import { mustBeSameSpec, resumeTarget } from "../resume/start.js";
import type { SweepJobOptions } from "./sweep-job.js";

/**
 * Checks whether a sweep can write its output, as far as this does not depend on the columns that
 * will be left out. `openSweepJob` checks everything again.
 *
 * @param plan the sweep with all of its columns.
 * @param output the path of all rows, also for a shard; "-" is standard output.
 * @returns the constant columns, if a manifest of the same sweep has them.
 * @throws UpsweepError if the file exists and may not be replaced, cannot be written, or belongs to
 * a different sweep.
 */
export async function checkOutput(
  plan: Plan,
  output: string,
  options: SweepJobOptions,
): Promise<ReadonlySet<string> | undefined> {
  const { shard, keepsProgress, resume, mayReplace } = options;
  if (output === "-") return undefined;
  const path = shard ? shardName(output, shard) : output;
  await checkOutputFile(path, !resume && !mayReplace);
  const target = keepsProgress ? await resumeTarget(plan, path, options) : undefined;
  if (!target || !resume) return undefined;
  mustBeSameSpec(target);
  return knownConstants(plan, target, options);
}
