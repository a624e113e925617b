/** `--shard`: selects the shard of a sweep that this process writes. */
import { errors } from "../errors.js";
import { MAX_SHARDS, type Shard } from "../run/sweep/shard.js";

const FORM = "Write I/N, counted from 0, for example 3/16. In an array job, write auto or auto/16.";

/**
 * Reads a shard.
 *
 * @throws UpsweepError unless `text` is I/N with I below N, or `auto` or `auto/N` in an array job.
 */
export function readShard(text: string, env: NodeJS.ProcessEnv = process.env): Shard {
  const [, index = "", count] = /^(auto|[0-9]{1,5})(?:\/([0-9]{1,5}))?$/.exec(text) ?? [];
  const of = count === undefined ? undefined : Number(count);
  const isSound = index === "auto" ? of !== 0 : of !== undefined && Number(index) < of;
  if (index === "" || !isSound)
    throw errors.badOption("--shard", text, `${FORM} N is at most ${MAX_SHARDS}.`);
  return index === "auto" ? shardOfTask(text, of, env) : { index: Number(index), of: of as number };
}

/** How a scheduler numbers the tasks of an array: the variables that it sets in each task. */
interface Scheduler {
  readonly name: string;
  /** The number of the task. */
  readonly index: string;
  /** The first task number by default. An array can start elsewhere. */
  readonly from: 0 | 1;
  /**
   * The first and last task number, the step, and the number of tasks, if the scheduler sets them.
   */
  readonly first?: string;
  readonly last?: string;
  readonly step?: string;
  readonly count?: string;
  /** The value of `index` outside an array job, if the scheduler sets it there too. */
  readonly outside?: string;
  /** How a job requests sixteen tasks. */
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
  // LSF sets the last task number, but not the first: an array of task 3 only looks like the last
  // of three. So it has no `last` here.
  { name: "LSF", index: "LSB_JOBINDEX", from: 1, outside: "0", array: "-J 'name[1-16]'" },
  { name: "GNU parallel", index: "PARALLEL_SEQ", from: 1, array: "parallel … ::: {1..16}" },
];

/**
 * The shard that a scheduler has given to this process. GNU parallel can run inside a task of a
 * cluster's array. Two task numbers are ambiguous, so they are refused.
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
    ? shardOfArray(option, scheduler, task, env)
    : shardOfSome(scheduler, task, of);
}

/** `auto/N`: the task number selects the shard, even if other tasks of the array do not run. */
function shardOfSome({ index, from }: Scheduler, task: number, of: number): Shard {
  if (task < from || task - from >= of) throw errors.outsideArray(index, task, from, of);
  return { index: task - from, of };
}

/**
 * `auto`: the array must be complete. Otherwise shards would be missing, or a task would get
 * another shard than in the larger array.
 */
function shardOfArray(
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
  const isComplete =
    (first ?? from) === from &&
    (step ?? 1) === 1 &&
    (last ?? count - 1 + from) === count - 1 + from;
  if (!isComplete || task < from || task - from >= count || count > MAX_SHARDS) {
    const said = [index, scheduler.first, scheduler.last, scheduler.step, scheduler.count].filter(
      (variable) => variable !== undefined && env[variable] !== undefined,
    );
    throw errors.incompleteArray(
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
