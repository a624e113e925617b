/**
 * The size of a sweep's tasks: large enough that their overhead is negligible, small enough to keep
 * all workers busy and memory low.
 */
import { MAX_COLUMN_ROWS } from "../../kernel/column-layout.js";
import { MAX_VISITS, OUTPUT_BYTES } from "../../limits.js";
import { type Method, simulatesAll } from "../../plan/method.js";
import type { Plan } from "../../plan/model.js";
import type { SweepAnswer } from "../workers/protocol.js";

/**
 * Maximum number of bytes that the rows of a task have. It is one batch of the kernel, which ends
 * the task. Measured 2026-11-23, vocoder.yaml to /dev/null without copies: half of it takes a
 * quarter more time.
 */
const TASK_BYTES = OUTPUT_BYTES;

/**
 * The number of rows that a batch of columns has room for, if the columns are few. A batch ends
 * before a block that may not fit, so it can have fewer than MAX_COLUMN_ROWS.
 */
const COLUMN_ROWS_OF_TASK = MAX_COLUMN_ROWS / 2;

/**
 * Visits on the main thread before workers are started. Starting a worker takes longer than these.
 */
const INLINE_VISITS = 32_768;

/**
 * The number of answers that may be computed or wait to be written, for all workers together. Each
 * has rows in an output buffer of its worker, which has four.
 *
 * Rows of columns wait longer than text, because they are encoded. So they get fewer answers: then
 * one or two workers always have a free buffer, and more workers nearly always.
 */
export function answersAtOnce(workers: number, isColumnar = false): number {
  return isColumnar ? Math.max(3, Math.ceil(1.5 * workers)) : 3 * workers;
}

/**
 * The number of raw indices that one task can always complete, even if each of them yields a row.
 * It is 1 if every layer is simulated.
 *
 * @param overhead maximum number of bytes that an encoded row has beyond its CSV (see `overheadOf`
 * in formats/encoding.ts).
 * @param isColumnar whether rows are columns, whose batches have a limit of their own.
 */
export function lengthOfTask(plan: Plan, method: Method, overhead = 0, isColumnar = false): number {
  if (simulatesAll(method)) return 1;
  return Math.min(
    isColumnar ? COLUMN_ROWS_OF_TASK : MAX_VISITS,
    Math.max(1, Math.floor(TASK_BYTES / Math.max(1, plan.maxRowBytes + overhead))),
  );
}

/**
 * The number of visits on the main thread before workers are started. It is 0 if every layer is
 * simulated, because one simulation can block the main thread for hours.
 */
export function inlineVisits(method: Method): number {
  return simulatesAll(method) ? 0 : INLINE_VISITS;
}

/** Maximum number of indices in one task of a sample. */
export const MAX_SAMPLE_OF_TASK = 4096;

/**
 * The number of indices for the next task of a sample. It is the maximum unless every layer is
 * simulated. Then it is scaled from the cost of the previous task, and the first task has one
 * index.
 */
export function sampleSizeOfTask(
  method: Method,
  previous?: { readonly sampled: number; readonly visits: number },
): number {
  if (!simulatesAll(method)) return MAX_SAMPLE_OF_TASK;
  if (!previous) return 1;
  const target = Math.floor(previous.sampled * Math.min(16, MAX_VISITS / previous.visits));
  return Math.min(MAX_SAMPLE_OF_TASK, Math.max(1, target));
}

/** The cost of an answer as a share of a full task, from 0 to 1. */
export function shareOfTask({
  visits,
  buffers,
  columns = [],
}: Pick<SweepAnswer, "visits" | "buffers" | "columns">): number {
  const vectors = columns.flatMap((batch) =>
    batch.columns.flatMap((column) => ("vector" in column ? [column.vector] : [])),
  );
  const rows = columns.reduce((sum, batch) => sum + batch.rows, 0);
  const bytes = [...buffers, ...vectors].reduce((sum, { byteLength }) => sum + byteLength, 0);
  return Math.min(1, Math.max(visits / MAX_VISITS, bytes / TASK_BYTES, rows / MAX_COLUMN_ROWS));
}
