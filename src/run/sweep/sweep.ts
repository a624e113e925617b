/** Sweeps a plan: plan → tasks → runner → answers in order → batches of rows. */

import type { Sum } from "../../checksum.js";
import { overflow } from "../../columns/errors.js";
import { isResultName } from "../../columns/table.js";
import type { Tally } from "../../conventions/tallies.js";
import { errors } from "../../errors.js";
import { namesIn } from "../../expression/node.js";
import { type Encoding, encodingOf, overheadOf } from "../../formats/encoding.js";
import type { BigInts } from "../../formats/json.js";
import type { FormatName } from "../../formats/registry.js";
import type { ColumnBatch } from "../../kernel/column-layout.js";
import { exactResult, type Kernel, releaseLease, type SweepFault } from "../../kernel/kernel.js";
import { describeLayer } from "../../layers/describe.js";
import { kindOf, parameterOf } from "../../layers/kinds.js";
import { MAX_VISITS, PARAMETER_MAX } from "../../limits.js";
import type { Method } from "../../plan/method.js";
import type { GridPlan, Plan } from "../../plan/model.js";
import { layerOf, type ResultOf, textOfValue, valueOfName, walk } from "../../plan/walk.js";
import { BEGINNING, type Position, type Progress } from "../output/position.js";
import type { IndicesTask, Job, SweepAnswer } from "../workers/protocol.js";
import { inOrder } from "../workers/reorder-buffer.js";
import { inlineRunner, type Platform, type Runner } from "../workers/runner.js";
import {
  answersAtOnce,
  inlineVisits,
  lengthOfTask,
  MAX_SAMPLE_OF_TASK,
  sampleSizeOfTask,
  shareOfTask,
} from "./cost.js";
import { type Range, sweepInOrder } from "./ranges.js";
import { inGrids, sampleIndices } from "./sample.js";
import { boundsOf, type Shard } from "./shard.js";

/**
 * A batch of rows in order, and the progress after it. The bytes are valid until the next batch is
 * requested.
 */
export interface SweptRows {
  readonly buffers: readonly Uint8Array[];
  readonly rows: number;
  /** The checksum of the rows, if requested. */
  readonly sum?: Sum;
  /** The rows as columns of numbers of one grid, if requested. Valid as long as the buffers. */
  readonly columns?: { readonly grid: number; readonly batches: readonly ColumnBatch[] };
  /**
   * The tallies of these rows, if the plan compares. Their positions are raw indices of the grid.
   */
  readonly compared?: { readonly grid: number; readonly tallies: readonly Tally[] };
  readonly progress: Progress;
}

export interface RunOptions {
  /** Number of worker threads. The rows are the same for any number. */
  readonly workers?: number | undefined;
  readonly method?: Method | undefined;
  /** Stop after this many rows. */
  readonly limit?: number | undefined;
  /** Resume at this position. For a shard, it is relative to the shard's first index. */
  readonly start?: Position | undefined;
  /** Sweep only this shard of the raw indices, or of the sample. */
  readonly shard?: Shard | undefined;
  /** The format of the rows. Defaults to CSV. */
  readonly format?: FormatName | undefined;
  /** How JSON Lines writes integers. Defaults to numbers. */
  readonly bigInts?: BigInts | undefined;
  /** Whether rows are columns of numbers instead of text. */
  readonly isColumnar?: boolean | undefined;
  /** Whether the workers also encode row groups of these columns. */
  readonly isEncoded?: boolean | undefined;
  /** Whether workers calculate checksums and line counts of the rows, to verify a file with. */
  readonly isSummed?: boolean | undefined;
}

/**
 * Sweeps a plan, or its sample. Leaving the loop early (`break`, `return`) stops the workers.
 *
 * @param platform what runs the tasks. In Node, `sweepOnThreads` (run/threads.ts) chooses it.
 * @returns the final progress.
 * @throws UpsweepError at the first layer with a cell above 2^64 - 1, an expression without a
 * value, or methods that disagree. The rows before it are yielded first.
 */
export async function* sweepPlan(
  plan: Plan,
  options: RunOptions,
  platform: Platform,
): AsyncGenerator<SweptRows, Progress> {
  const { limit, shard = { index: 0, of: 1 }, start = BEGINNING } = options;
  const all = indicesOf(plan);
  const { first, end } = boundsOf(shard, all);
  const total = end - first;
  const answers = (all < plan.size ? sampleAnswers : rangeAnswers)(
    plan,
    options,
    platform,
    first + start.done,
    end,
  );
  const rejected = plan.rejectionReasons.map(
    (_, rejectionReason) => start.rejected[rejectionReason] ?? 0n,
  );
  const gridRows =
    start.rows === 0n || start.gridRows
      ? plan.grids.map((_, grid) => start.gridRows?.[grid] ?? 0n)
      : undefined;
  let { done, rows, empty } = start;
  const progress = (isCut = false): Progress => ({
    done,
    total,
    rows,
    empty,
    rejected: [...rejected],
    ...(gridRows && { gridRows: [...gridRows] }),
    isCut,
  });
  try {
    for await (const full of answers) {
      const { rejectionReasons } = plan.grids[full.grid] as GridPlan;
      const rowsLeft = limit === undefined ? Number.POSITIVE_INFINITY : limit - Number(rows);
      const isCut = full.answer.rows >= rowsLeft;
      const { grid, answer, indices } = isCut ? await full.firstRows(rowsLeft) : full;
      rows += BigInt(answer.rows);
      if (gridRows) gridRows[grid] = (gridRows[grid] as bigint) + BigInt(answer.rows);
      done += indices;
      empty += answer.rejected[0] ?? 0n;
      if (BigInt(answer.rows) + answer.rejected.reduce((sum, count) => sum + count, 0n) !== indices)
        throw errors.doesNotAddUp(indices, answer.rows);
      for (const [i, rejectionReason] of rejectionReasons.entries())
        rejected[rejectionReason] =
          (rejected[rejectionReason] as bigint) + (answer.rejected[i + 1] ?? 0n);
      const compared = answer.tallies && { grid, tallies: answer.tallies };
      yield {
        buffers: answer.buffers,
        rows: answer.rows,
        ...(answer.sum && { sum: answer.sum }),
        ...(answer.columns && { columns: { grid, batches: answer.columns } }),
        ...(compared && { compared }),
        progress: progress(isCut),
      };
      for (const lease of answer.leases) releaseLease(lease);
      if (isCut) return progress(isCut);
      if (answer.fault) throw faultError(plan, grid, answer.fault, platform.kernel());
    }
  } finally {
    await answers.return();
  }
  if (done !== total) throw errors.doesNotAddUp(total, Number(rows));
  return progress();
}

/** The number of raw indices to sweep: those of the sample, or all. */
export function indicesOf({ sample, size }: Plan): bigint {
  return sample && BigInt(sample.rows) < size ? BigInt(sample.rows) : size;
}

/** An answer, its grid, and the number of raw indices that it covers. */
interface GridAnswer {
  readonly grid: number;
  readonly answer: SweepAnswer;
  readonly indices: bigint;
  /** Counts again, to get the answer that ends after the given number of rows. */
  readonly firstRows: (rows: number) => Promise<GridAnswer>;
}

/**
 * The answer to the fewest leading indices that have `rows` rows, found by binary search. This
 * works because each index adds at most one row.
 *
 * @param full the answer to all `indices`.
 */
async function shortestWithRows(
  rows: number,
  full: SweepAnswer,
  indices: bigint,
  answerTo: (indices: bigint) => Promise<SweepAnswer>,
): Promise<SweepAnswer> {
  let [low, high] = [BigInt(rows), indices];
  if (low === high) return full;
  while (low < high) {
    const middle = (low + high) / 2n;
    const answer = await answerTo(middle);
    for (const lease of answer.leases) releaseLease(lease);
    if (answer.rows >= rows) high = middle;
    else low = middle + 1n;
  }
  return answerTo(high);
}

/** The encoding of a plan's rows. */
function encodingOfPlan(plan: Plan, { format = "csv", bigInts }: RunOptions): Encoding {
  const encoding = encodingOf(format, plan.cells, bigInts);
  const columns = encoding.columns.map((own) =>
    mayBeWord(plan, own.name) ? { ...own, hasWords: true } : own,
  );
  return { ...encoding, columns };
}

/** Whether a parameter is a word in some rows, such as a padding that may be `same`. */
function mayBeWord({ grids, layer }: Plan, name: string): boolean {
  const max = BigInt(PARAMETER_MAX);
  return (
    parameterOf(kindOf(layer), name)?.words !== undefined &&
    grids.some(({ valueSets }) => (valueSets.get(name)?.max ?? 0n) > max)
  );
}

/** The settings of all tasks of a sweep. */
function jobOf(plan: Plan, options: RunOptions): Job {
  const { method = "closed", isSummed = false, isColumnar = false, isEncoded = false } = options;
  return {
    kind: "sweep",
    plan,
    method,
    isSummed,
    isColumnar,
    isEncoded,
    ...(!isColumnar && { encoding: encodingOfPlan(plan, options) }),
  };
}

/** Sweeps the raw indices [from, to): first on this thread, then on workers. */
async function* rangeAnswers(
  plan: Plan,
  options: RunOptions,
  platform: Platform,
  from: bigint,
  to: bigint,
): AsyncGenerator<GridAnswer, void, void> {
  const { workers = platform.workers(), method = "closed" } = options;
  const encoding = encodingOfPlan(plan, options);
  const job = jobOf(plan, options);
  const runRange = (runner: Runner, limit: number) => (range: Range) =>
    runner.run({ kind: "range", ...range, maxVisits: limit }) as Promise<SweepAnswer>;
  const gridAnswer = (runner: Runner, range: Range, answer: SweepAnswer): GridAnswer => ({
    grid: range.grid,
    answer,
    indices: answer.next - range.first,
    firstRows: async (rows) => {
      const answerTo = (indices: bigint) =>
        runRange(runner, MAX_VISITS)({ ...range, end: range.first + indices });
      return gridAnswer(
        runner,
        range,
        await shortestWithRows(rows, answer, answer.next - range.first, answerTo),
      );
    },
  });
  const rest = plan.grids.flatMap(({ first, size }, grid): Range[] => {
    const [begin, end] = [from > first ? from - first : 0n, to < first + size ? to - first : size];
    return begin < end ? [{ grid, first: begin, end }] : [];
  });

  const inline = inlineRunner(platform.kernel(), job);
  let visitsLeft = inlineVisits(method);
  while (visitsLeft > 0 && rest.length > 0) {
    const range = rest.shift() as Range;
    const answer = await runRange(inline, visitsLeft)(range);
    yield gridAnswer(inline, range, answer);
    if (answer.fault) return;
    visitsLeft -= answer.visits;
    if (answer.next < range.end) rest.unshift({ ...range, first: answer.next });
  }
  if (rest.length === 0) return;

  const runner = platform.threads(job, workers);
  try {
    for await (const { range, answer } of sweepInOrder(rest, runRange(runner, MAX_VISITS), {
      workers,
      answers: answersAtOnce(workers, options.isColumnar),
      length: lengthOfTask(plan, method, overheadOf(encoding), options.isColumnar),
      share: shareOfTask,
    }))
      yield gridAnswer(runner, range, answer);
  } finally {
    await runner.close();
  }
}

/** Sweeps the raw indices at the positions [from, to) of the plan's sample. */
async function* sampleAnswers(
  plan: Plan,
  options: RunOptions,
  platform: Platform,
  from: bigint,
  to: bigint,
): AsyncGenerator<GridAnswer, void, void> {
  const { workers = platform.workers(), method = "closed" } = options;
  const { rows, seed } = plan.sample as NonNullable<Plan["sample"]>;
  const job = jobOf(plan, options);
  const runner =
    rows <= MAX_SAMPLE_OF_TASK && inlineVisits(method) > 0
      ? inlineRunner(platform.kernel(), job)
      : platform.threads(job, workers);
  let sampleSize = sampleSizeOfTask(method);
  try {
    const tasks = indexTasks(
      plan,
      () => sampleSize,
      slice(from, to, sampleIndices(plan.size, rows, BigInt(seed))),
    );
    const run = (indices: IndicesTask) => runner.run(indices) as Promise<SweepAnswer>;
    const gridAnswer = (task: IndicesTask, answer: SweepAnswer): GridAnswer => ({
      grid: task.grid,
      answer,
      indices: answer.next,
      firstRows: async (rows) => {
        const answerTo = (indices: bigint) =>
          run({ ...task, indices: task.indices.slice(0, Number(indices)) });
        return gridAnswer(task, await shortestWithRows(rows, answer, answer.next, answerTo));
      },
    });
    for await (const { task, answer } of inOrder(tasks, run, runner.width)) {
      sampleSize = sampleSizeOfTask(method, {
        sampled: task.indices.length,
        visits: answer.visits,
      });
      yield gridAnswer(task, answer);
    }
  } finally {
    await runner.close();
  }
}

/** The items at the positions [from, to). */
function* slice<T>(from: bigint, to: bigint, all: Iterable<T>): Generator<T> {
  let position = 0n;
  for (const item of all) {
    if (position >= to) return;
    if (position++ >= from) yield item;
  }
}

/**
 * Groups raw indices of the plan into tasks of at most `sampleSize()` indices. A task contains
 * indices of one grid, relative to the grid's first.
 */
function* indexTasks(
  plan: Plan,
  sampleSize: () => number,
  indices: Iterable<bigint>,
): Generator<IndicesTask> {
  let current = 0;
  let pending: bigint[] = [];
  const task = (): IndicesTask => ({
    kind: "indices",
    grid: current,
    indices: BigUint64Array.from(pending),
  });
  for (const { grid, index } of inGrids(plan, indices)) {
    if (pending.length >= sampleSize() || (pending.length > 0 && grid !== current)) {
      yield task();
      pending = [];
    }
    current = grid;
    pending.push(index);
  }
  if (pending.length > 0) yield task();
}

/** The error for the layer at fault. Counts the layer again to describe it. */
function faultError(plan: Plan, number: number, fault: SweepFault, kernel: Kernel): Error {
  const grid = plan.grids[number] as GridPlan;
  const resultOf: ResultOf = (name, layer) => exactResult(kernel.count(layer, "closed"), name);
  const kind = kindOf(plan.layer);
  const { values, outcome } = walk(kind, grid, fault.index, resultOf);
  const layer = layerOf(kind, values);
  if (fault.kind === "disagree") return errors.disagree(describeLayer(layer));
  if (fault.kind === "overflow")
    return overflow(
      plan.location,
      plan.isComparing ? "a count" : (plan.cells[fault.cell] as string),
      layer,
    );
  if (outcome.kind !== "evaluationError")
    throw new Error(`no expression without a value at raw index ${fault.index} of grid ${number}`);
  const { evaluationError, expression } = outcome;
  const quote = (name: string) => {
    if (!isResultName(name)) return `${name} is ${textOfValue(name, values)}`;
    const value = valueOfName(kind, name, values, resultOf);
    if (!value) return `${name} is ${value === null ? "missing" : "above 2^64 - 1"}`;
    return `${name} is ${value.n}${value.d === 1n ? "" : `/${value.d}`}`;
  };
  const names = [...new Set(namesIn(evaluationError.node).map(({ name }) => name))];
  const others = [...values].filter(
    ([name]) => !names.includes(name) && !grid.fixed.some((fixed) => fixed.name === name),
  );
  return errors.evaluationError(
    expression.source,
    evaluationError.node,
    evaluationError.kind,
    names.map(quote).join(", "),
    others.map(([name]) => `${name}=${textOfValue(name, values)}`).join(", "),
  );
}
