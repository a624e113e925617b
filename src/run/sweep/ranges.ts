/**
 * Adaptive range splitting (morsel-driven scheduling). The raw index space is split into ranges
 * during the sweep, so that each range costs about the same, however dense its layers are. The
 * answers are yielded in index order.
 *
 * A worker receives a range. Once it has done the work of one task, it returns how far it got, and
 * the rest of the range is split again. A dense region that was assumed to be sparse is therefore
 * distributed to all workers after one answer. A sparse region is crossed in a few tasks.
 */

/** A range [first, end) of the raw indices of a grid. */
export interface Range {
  readonly grid: number;
  readonly first: bigint;
  readonly end: bigint;
}

/**
 * The required fields of an answer: how far the task got, and whether a fault stopped the sweep.
 */
interface RangeAnswer {
  readonly next: bigint;
  readonly fault?: unknown;
}

interface Options<R> {
  readonly workers: number;
  /**
   * The maximum number of ranges that are running or done. A range that is done keeps its answer
   * until the answers of all earlier ranges have been yielded.
   */
  readonly answers: number;
  /** The number of indices that one task can always complete. */
  readonly length: number;
  /** The cost of an answer as a share of a full task, from 0 to 1. */
  readonly share: (answer: R) => number;
}

/**
 * The tasks of each worker in flight: one running and one queued.
 *
 * An answer holds at most about 4 MiB of rows, so a run holds about `answers` × 4 MiB. A range
 * that was assumed to be sparse can be dense. Its rest is then split into ranges before those that
 * are already done, so each such region adds as much again.
 */
const IN_FLIGHT_PER_WORKER = 2;

/** Maximum growth from one range to the next, since a dense region may follow a sparse one. */
const MAX_GROWTH = 16n;

/** The share of a full task to aim for. Below 1, so that most ranges need only one task. */
const TARGET_SHARE = 0.9;

/** Scale of the integers that represent shares in bigint arithmetic. */
const SHARE_SCALE = 1_000_000;

/**
 * The state of a range. An open range has not started; the next task takes up to `taskLength` of
 * it.
 */
type Node<R> = Range &
  ({ state: "open"; taskLength: bigint } | { state: "running" } | { state: "done"; answer: R });

/**
 * Runs all ranges and yields the answers in index order. Stops after an answer with a fault.
 *
 * @throws the error of the first failed task, after the answers before it.
 */
export async function* sweepInOrder<R extends RangeAnswer>(
  ranges: readonly Range[],
  run: (range: Range) => Promise<R>,
  { workers, answers, length, share }: Options<R>,
): AsyncGenerator<{ readonly range: Range; readonly answer: R }, void, void> {
  // In index order. A node is removed when its answer is yielded.
  const nodes: Node<R>[] = ranges.map((range) => ({
    ...range,
    state: "open",
    taskLength: BigInt(length),
  }));
  let inFlight = 0;
  let failure: { readonly error: unknown } | undefined;
  let isStopped = false;
  let wake = () => {};

  /** Starts tasks up to the limits, always on the first open range. */
  const start = (): void => {
    while (!isStopped && inFlight < IN_FLIGHT_PER_WORKER * workers) {
      const at = nodes.findIndex(({ state }) => state === "open");
      // All nodes before it are running or done, so they make progress without a new task.
      if (at < 0 || at >= answers) return;
      const node = nodes[at] as Node<R> & { state: "open" };
      const end = node.end - node.first > node.taskLength ? node.first + node.taskLength : node.end;
      const running: Node<R> = { grid: node.grid, first: node.first, end, state: "running" };
      nodes.splice(at, 1, running, ...(end < node.end ? [{ ...node, first: end }] : []));
      inFlight++;
      run({ grid: running.grid, first: running.first, end }).then(
        (answer) => onAnswer(running, answer),
        (error) => {
          failure ??= { error };
          isStopped = true;
          wake();
        },
      );
    }
  };

  const onAnswer = (running: Node<R>, answer: R): void => {
    inFlight--;
    const at = nodes.indexOf(running);
    const { grid, first, end } = running;
    const done: Node<R> = { grid, first, end: answer.next, state: "done", answer };
    const nextLength = nextTaskLength(answer.next - first, share(answer), BigInt(length));
    const rest: Node<R>[] =
      !answer.fault && answer.next < end
        ? [{ grid, first: answer.next, end, state: "open", taskLength: nextLength }]
        : [];
    nodes.splice(at, 1, done, ...rest);
    // Assume that the next open range has the density of this one.
    const following = nodes.slice(at + 1).find((node) => node.state === "open");
    if (following?.state === "open" && following.grid === grid) following.taskLength = nextLength;
    if (answer.fault) isStopped = true;
    start();
    wake();
  };

  try {
    start();
    while (nodes.length > 0) {
      const [head] = nodes;
      if (head?.state === "done") {
        nodes.shift();
        start();
        yield { range: head, answer: head.answer };
      } else if (failure) {
        throw failure.error;
      } else {
        await new Promise<void>((resolve) => {
          wake = resolve;
        });
      }
    }
  } finally {
    isStopped = true;
  }
}

/**
 * The length of the next range, after a range of `length` indices cost `share` of a full task. It
 * is at least `min`, which one task can always complete.
 */
function nextTaskLength(length: bigint, share: number, min: bigint): bigint {
  const target =
    (length * BigInt(Math.round(TARGET_SHARE * SHARE_SCALE))) /
    BigInt(Math.max(1, Math.round(share * SHARE_SCALE)));
  const max = length * MAX_GROWTH > min ? length * MAX_GROWTH : min;
  return target < min ? min : target > max ? max : target;
}
