/** `--shard`: which part of a sweep this process does. */
import { errors } from "../errors.js";
import { PARTS_MAX, type Part } from "../run/part.js";

const FORM = "Write which of how many, counted from 0, for example 3/16, or auto in an array job.";

/** @throws UpsweepError when `text` is neither I/N with I below N, nor `auto` in an array job. */
export function readPart(text: string, env: NodeJS.ProcessEnv = process.env): Part {
  if (text === "auto") return partOfJob(env);
  const match = /^([0-9]{1,5})\/([0-9]{1,5})$/.exec(text);
  const [index, of] = [Number(match?.[1]), Number(match?.[2])];
  if (!match || index >= of) throw errors.badOption("--shard", text, `${FORM} At most ${PARTS_MAX} are possible.`);
  return { index, of };
}

/** The part that a scheduler has given to this process: a task of Slurm's array job, or a pod of Kubernetes' Indexed Job. */
function partOfJob(env: NodeJS.ProcessEnv): Part {
  if (env.SLURM_ARRAY_TASK_ID !== undefined) {
    const id = numberOf(env, "SLURM_ARRAY_TASK_ID");
    const least = numberOf(env, "SLURM_ARRAY_TASK_MIN");
    const of = numberOf(env, "SLURM_ARRAY_TASK_COUNT");
    const step = env.SLURM_ARRAY_TASK_STEP === undefined ? 1 : numberOf(env, "SLURM_ARRAY_TASK_STEP");
    const index = (id - least) / Math.max(1, step);
    if (!Number.isInteger(index) || index >= of || of > PARTS_MAX) throw errors.raggedArray(id, least, of);
    return { index, of };
  }
  if (env.JOB_COMPLETION_INDEX !== undefined) {
    const [index, of] = [numberOf(env, "JOB_COMPLETION_INDEX"), numberOf(env, "JOB_COMPLETIONS")];
    if (index >= of || of > PARTS_MAX) throw errors.badOption("--shard auto", `${index}/${of}`, "Set JOB_COMPLETIONS to the completions of the job.");
    return { index, of };
  }
  throw errors.usage("--shard auto is given outside of an array job", "SLURM_ARRAY_TASK_ID or JOB_COMPLETION_INDEX is set there. Else name the part: 3/16.");
}

function numberOf(env: NodeJS.ProcessEnv, name: string): number {
  const text = env[name];
  if (text === undefined) throw errors.usage(`--shard auto is given, but ${name} is not set`, "Set it in the job, or name the part: 3/16.");
  if (!/^[0-9]{1,9}$/.test(text)) throw errors.badOption(name, text, "It is a whole number in an array job.");
  return Number(text);
}
