/** The sweep itself: plan → shards → runner → ordered window → batches of rows. */
import { errors } from "../errors.js";
import type { SweepFault } from "../kernel/kernel.js";
import type { Method } from "../plan/image.js";
import { layerAt, type Plan } from "../plan/plan.js";
import { addAccount, emptyAccount } from "../rules.js";
import type { Picks, Shard } from "./protocol.js";
import { defaultWorkers, inlineRunner, type Runner, threadedRunner } from "./runner.js";
import { shardCount, shards } from "./shards.js";
import { inOrder } from "./window.js";

/** How far a run has come: what has been written, and what has been left out by which rule. */
export interface Progress {
  /** Raw indices behind us. */
  readonly done: bigint;
  readonly rows: bigint;
  /** In the order of `RULES`; rows and skipped add up to done. */
  readonly skipped: readonly bigint[];
}

/** Rows in order, and where the run stands behind them. */
export interface SweptRows {
  readonly csv: readonly Uint8Array<ArrayBuffer>[];
  readonly rows: number;
  readonly progress: Progress;
}

export interface RunOptions {
  /** Worker threads; the rows are the same for any number. */
  readonly workers?: number | undefined;
  readonly method?: Method | undefined;
}

/**
 * Sweeps a whole plan. Stopping early (`break`, `return`) stops the workers.
 *
 * @throws UpsweepError at the first layer with a cell above 2^64 - 1, behind the rows before it.
 */
export function sweepPlan(plan: Plan, options: RunOptions = {}): AsyncGenerator<SweptRows, Progress> {
  const method = options.method ?? "closed";
  const count = shardCount(plan, method);
  return runTasks(plan, shards(plan, method), count, options);
}

/** Sweeps single raw indices, given in ascending order. */
export function sweepPicks(plan: Plan, indices: BigUint64Array, options: RunOptions = {}): AsyncGenerator<SweptRows, Progress> {
  const size = 1024;
  const tasks = function* (): Generator<Picks> {
    for (let at = 0; at < indices.length; at += size) yield { kind: "picks", indices: indices.slice(at, at + size) };
  };
  return runTasks(plan, tasks(), BigInt(Math.ceil(indices.length / size)), options);
}

async function* runTasks(
  plan: Plan,
  tasks: Iterable<Shard | Picks>,
  taskCount: bigint,
  { workers = defaultWorkers(), method = "closed" }: RunOptions,
): AsyncGenerator<SweptRows, Progress> {
  const job = { kind: "sweep", plan, method } as const;
  // Starting a thread takes longer than a task.
  const runner: Runner = taskCount <= 1n ? inlineRunner(job) : threadedRunner(job, Math.min(workers, Number(taskCount)));
  const skipped = emptyAccount();
  let rows = 0n;
  let done = 0n;
  try {
    for await (const { task, answer } of inOrder(tasks, runner.run, runner.width)) {
      rows += BigInt(answer.rows);
      addAccount(skipped, answer.skipped);
      done += task.kind === "shard" ? task.end - task.first : BigInt(task.indices.length);
      yield { csv: answer.csv, rows: answer.rows, progress: { done, rows, skipped: [...skipped] } };
      if (answer.fault) throw faultError(plan, answer.fault as SweepFault);
    }
  } finally {
    await runner.close();
  }
  return { done, rows, skipped };
}

function faultError(plan: Plan, fault: SweepFault): Error {
  const layer = layerAt(plan, fault.index);
  return fault.kind === "disagree" ? errors.disagree(layer) : errors.overflow(plan.place, plan.cells[fault.cell] as string, layer);
}
