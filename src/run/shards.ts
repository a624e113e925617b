/** How much a task of a sweep is: enough that its overhead vanishes, little enough to keep all workers busy and memory small. */
import { type Method, simulatesAll } from "../plan/method.js";
import type { Plan } from "../plan/model.js";
import type { SweepAnswer } from "./protocol.js";

/**
 * Rows of a task come to at most this many bytes: a batch of the kernel, which ends it. Measured 2026-11-23, vocoder.yaml to /dev/null,
 * nothing copied: half of it took a quarter more time.
 */
const TASK_BYTES = 4 * 1024 * 1024;

/** Where rows are few or none are written, a task ends after this many looks at layers: some milliseconds. */
const VISITS_MOST = 262_144;

/** So many looks are taken on the main thread before others are started: it takes longer to start one. */
const VISITS_HERE = 32_768;

/** A simulated layer costs microseconds to seconds: smaller tasks keep the workers even and the progress moving. */
const SIMULATED_VISITS = 512;

/** How many looks at layers a task has at most. Its rows may fill the kernel's batch before. */
export function visitsOfTask(method: Method): number {
  return simulatesAll(method) ? SIMULATED_VISITS : VISITS_MOST;
}

/** How many raw indices a task gets through, whatever they hold. */
export function lengthOfTask(plan: Plan, method: Method): number {
  return Math.min(visitsOfTask(method), Math.max(1, Math.floor(TASK_BYTES / Math.max(1, plan.rowBytesMost))));
}

/** How many looks are taken before any thread is started. */
export function visitsHere(plan: Plan, method: Method): number {
  if (!simulatesAll(method)) return VISITS_HERE;
  // Layers that are simulated can take seconds each, which would keep the main thread from everything else: only what is little in all.
  return plan.size <= BigInt(SIMULATED_VISITS) ? SIMULATED_VISITS : 0;
}

/** How much of a task an answer has taken, from 0 to 1. */
export function shareOfTask({ visits, csv }: Pick<SweepAnswer, "visits" | "csv">, method: Method): number {
  const bytes = csv.reduce((sum, { length }) => sum + length, 0);
  return Math.min(1, Math.max(visits / visitsOfTask(method), bytes / TASK_BYTES));
}
