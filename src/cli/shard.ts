/** `--shard`: which part of a sweep this process does. */
import { errors } from "../errors.js";
import { MAX_SHARDS, type Shard } from "../run/sweep/shard.js";

const FORM =
  "Write which of how many, counted from 0, for example 3/16; in an array job auto, or auto/16.";

/** @throws UpsweepError when `text` is neither I/N with I below N, nor `auto` or `auto/N` in an array job. */
export function readShard(text: string, env: NodeJS.ProcessEnv = process.env): Shard {
  const [, index = "", count] = /^(auto|[0-9]{1,5})(?:\/([0-9]{1,5}))?$/.exec(text) ?? [];
  const of = count === undefined ? undefined : Number(count);
  const isSound = index === "auto" ? of !== 0 : of !== undefined && Number(index) < of;
  if (index === "" || !isSound)
    throw errors.badOption("--shard", text, `${FORM} At most ${MAX_SHARDS} are possible.`);
  return index === "auto" ? shardOfTask(text, of, env) : { index: Number(index), of: of as number };
}

/** How a scheduler numbers the tasks of an array, by the variables that it sets in each. */
interface Scheduler {
  readonly name: string;
  /** The number of the task. */
  readonly index: string;
  /** What the scheduler counts from by itself. An array may begin elsewhere. */
  readonly from: 0 | 1;
  /** The first and last number, the step, and how many there are, as far as the scheduler says. */
  readonly first?: string;
  readonly last?: string;
  readonly step?: string;
  readonly count?: string;
  /** What the number is outside of an array job, where the scheduler sets it there too. */
  readonly outside?: string;
  /** How a job asks for sixteen tasks. */
  readonly array: string;
}

const SCHEDULERS: readonly Scheduler[] = [
  {
    name: "Slurm",
    index: "SLURM_ARRAY_TASK_ID",
    from: 0,
    first: "SLURM_ARRAY_TASK_MIN",
    last: "SLURM_ARRAY_TASK_MAX",
    step: "SLURM_ARRAY_TASK_STEP",
    count: "SLURM_ARRAY_TASK_COUNT",
    array: "--array=0-15",
  },
  {
    name: "Kubernetes",
    index: "JOB_COMPLETION_INDEX",
    from: 0,
    count: "JOB_COMPLETIONS",
    array: "completions: 16",
  },
  { name: "PBS", index: "PBS_ARRAY_INDEX", from: 0, array: "-J 0-15" },
  { name: "Torque", index: "PBS_ARRAYID", from: 0, array: "-t 0-15" },
  {
    name: "Grid Engine",
    index: "SGE_TASK_ID",
    from: 1,
    first: "SGE_TASK_FIRST",
    last: "SGE_TASK_LAST",
    step: "SGE_TASK_STEPSIZE",
    outside: "undefined",
    array: "-t 1-16",
  },
  // LSF says where an array ends, but not where it begins: an array of task 3 alone looks like the last of three.
  { name: "LSF", index: "LSB_JOBINDEX", from: 1, outside: "0", array: "-J 'name[1-16]'" },
  { name: "GNU parallel", index: "PARALLEL_SEQ", from: 1, array: "parallel … ::: {1..16}" },
];

/**
 * The part that a scheduler has given to this process. GNU parallel can run inside a task of a cluster's array: which of the two numbers is meant
 * cannot be known, so both together are refused.
 */
function shardOfTask(option: string, of: number | undefined, env: NodeJS.ProcessEnv): Shard {
  const set = SCHEDULERS.filter(
    ({ index, outside }) => env[index] !== undefined && env[index] !== outside,
  );
  const [scheduler, other] = set;
  if (!scheduler)
    throw errors.noArray(
      option,
      SCHEDULERS.map(({ index }) => index),
    );
  if (other)
    throw errors.twoArrays(
      option,
      `${scheduler.index}=${env[scheduler.index]}`,
      `${other.index}=${env[other.index]}`,
    );
  const task = numberOf(env, scheduler.index, option);
  return of === undefined
    ? partOfWhole(option, scheduler, task, env)
    : shardOfSome(scheduler, task, of);
}

/** `auto/N`: the number of the task says which, whatever else of the array runs. */
function shardOfSome({ index, from }: Scheduler, task: number, of: number): Shard {
  if (task < from || task - from >= of) throw errors.outsideArray(index, task, from, of);
  return { index: task - from, of };
}

/** `auto`: the array must be all of it, so that no part is missing and none is another part than it was in a larger array. */
function partOfWhole(
  option: string,
  scheduler: Scheduler,
  task: number,
  env: NodeJS.ProcessEnv,
): Shard {
  const { name, index, from, array } = scheduler;
  const asked = (variable: string | undefined) =>
    variable === undefined || env[variable] === undefined
      ? undefined
      : numberOf(env, variable, option);
  const first = asked(scheduler.first);
  const step = asked(scheduler.step);
  const last = asked(scheduler.last);
  const count = asked(scheduler.count) ?? (last === undefined ? undefined : last - from + 1);
  if (count === undefined)
    throw errors.unknownArray(option, name, scheduler.count ?? scheduler.last, `${index}=${task}`);
  const isWhole =
    (first ?? from) === from &&
    (step ?? 1) === 1 &&
    (last ?? count - 1 + from) === count - 1 + from;
  if (!isWhole || task < from || task - from >= count || count > MAX_SHARDS) {
    const said = [index, scheduler.first, scheduler.last, scheduler.step, scheduler.count].filter(
      (variable) => variable !== undefined && env[variable] !== undefined,
    );
    throw errors.raggedArray(
      option,
      said.map((variable) => `${variable}=${env[variable as string]}`),
      from,
      array,
    );
  }
  return { index: task - from, of: count };
}

function numberOf(env: NodeJS.ProcessEnv, name: string, option: string): number {
  const text = env[name] as string;
  if (!/^[0-9]{1,9}$/.test(text)) throw errors.notTaskNumber(option, name, text);
  return Number(text);
}
