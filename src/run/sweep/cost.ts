/** How much a task of a sweep is: enough that its overhead vanishes, little enough to keep all workers busy and memory small. */
import { type Method, simulatesAll } from "../../plan/method.js";
import type { Plan } from "../../plan/model.js";
import type { SweepAnswer } from "../workers/protocol.js";

/**
 * Rows of a task come to at most this many bytes: a batch of the kernel, which ends it. Measured 2026-11-23, vocoder.yaml to /dev/null,
 * nothing copied: half of it took a quarter more time.
 */
const TASK_BYTES = 4 * 1024 * 1024;

/**
 * Where rows are few or none are written, a task ends after this many looks at layers: some milliseconds. A layer that is simulated counts as so
 * many looks as it takes as long as.
 */
export const MAX_VISITS = 262_144;

/** So many looks are taken on the main thread before others are started: it takes longer to start one. */
const INLINE_VISITS = 32_768;

/**
 * How many raw indices a task is sure to get through, whatever they hold: where layers are simulated, a single one.
 *
 * @param overhead bytes that a row has at most beyond its CSV (see overheadOf in formats/encoding.ts).
 */
export function lengthOfTask(plan: Plan, method: Method, overhead = 0): number {
  if (simulatesAll(method)) return 1;
  return Math.min(
    MAX_VISITS,
    Math.max(1, Math.floor(TASK_BYTES / Math.max(1, plan.maxRowBytes + overhead))),
  );
}

/** How many looks are taken before any thread is started. A layer that is simulated could keep the main thread from everything else for hours. */
export function inlineVisits(method: Method): number {
  return simulatesAll(method) ? 0 : INLINE_VISITS;
}

/** Indices that are drawn for one task of a sample, at most. */
export const MAX_SAMPLE_OF_TASK = 4096;

/** How many indices to draw for the next task, after one of so many took so many looks; of the first, none has. */
export function sampleSizeOfTask(
  method: Method,
  previous?: { readonly sampled: number; readonly visits: number },
): number {
  if (!simulatesAll(method)) return MAX_SAMPLE_OF_TASK;
  if (!previous) return 1;
  const target = Math.floor(previous.sampled * Math.min(16, MAX_VISITS / previous.visits));
  return Math.min(MAX_SAMPLE_OF_TASK, Math.max(1, target));
}

/** How much of a task an answer has taken, from 0 to 1. */
export function shareOfTask({ visits, buffers }: Pick<SweepAnswer, "visits" | "buffers">): number {
  const bytes = buffers.reduce((sum, { length }) => sum + length, 0);
  return Math.min(1, Math.max(visits / MAX_VISITS, bytes / TASK_BYTES));
}
