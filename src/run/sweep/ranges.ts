/**
 * Sharding by cost: the raw index space is cut into stretches as the sweep goes, so that each takes about the same work,
 * however densely the layers stand. The answers come out in the order of the indices.
 *
 * A worker is asked for a stretch; when it has done as much as one task may take, it answers with how far it got, and what is left is
 * cut anew. So a dense region that was taken for an empty one is shared out among all workers after one answer, and an empty one is
 * crossed in a few.
 */

/** A part [first, end) of the raw indices of a grid. */
export interface Range {
  readonly grid: number;
  readonly first: bigint;
  readonly end: bigint;
}

/** What must be known of an answer: how far it got, and whether it stopped there for good. */
interface RangeAnswer {
  readonly next: bigint;
  readonly fault?: unknown;
}

interface Options<R> {
  readonly workers: number;
  /** How many indices a task gets through, whatever they hold. */
  readonly length: number;
  /** How much of a task an answer has taken, from 0 to 1. */
  readonly share: (answer: R) => number;
}

/**
 * Per worker, tasks under way (one at work, one waiting for it) and answers in all (those that wait for their turn in the
 * order included). Memory: an answer holds at most some 4 MiB of rows, so a run holds about 3 × workers × 4 MiB, and
 * as much again for each time that a dense region is met in what looked empty.
 */
const IN_FLIGHT_PER_WORKER = 2;
const ANSWERS_PER_WORKER = 3;

/** How much longer than the last a stretch may be made: what looks empty may soon be dense. */
const MAX_GROWTH = 16n;

/** Stretches are made a little shorter than a task would take them, so that most need no second one. */
const TARGET_SHARE = 0.9;

/** Shares are reckoned in these. */
const SHARE_SCALE = 1_000_000;

/** `open`: not begun; `cut` says how much of it to ask for at once. */
type Node<R> = Range &
  ({ state: "open"; taskLength: bigint } | { state: "running" } | { state: "done"; answer: R });

export async function* sweepInOrder<R extends RangeAnswer>(
  ranges: readonly Range[],
  run: (range: Range) => Promise<R>,
  { workers, length, share }: Options<R>,
): AsyncGenerator<{ readonly range: Range; readonly answer: R }, void, void> {
  // In the order of the indices; what has been handed out is gone from it.
  const nodes: Node<R>[] = ranges.map((range) => ({
    ...range,
    state: "open",
    taskLength: BigInt(length),
  }));
  let inFlight = 0;
  let failure: { readonly error: unknown } | undefined;
  let isStopped = false;
  let wake = () => {};

  /** Starts as many tasks as there should be, always on the first open stretch. */
  const start = (): void => {
    while (!isStopped && inFlight < IN_FLIGHT_PER_WORKER * workers) {
      const at = nodes.findIndex(({ state }) => state === "open");
      // All before it are running or done, so they come out without it.
      if (at < 0 || at >= ANSWERS_PER_WORKER * workers) return;
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
    // What comes next is taken to be as dense as what has just been seen.
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

/** How long to make a stretch, when one of that length took that share of a task. None need be shorter than `min`. */
function nextTaskLength(length: bigint, share: number, min: bigint): bigint {
  const target =
    (length * BigInt(Math.round(TARGET_SHARE * SHARE_SCALE))) /
    BigInt(Math.max(1, Math.round(share * SHARE_SCALE)));
  const max = length * MAX_GROWTH > min ? length * MAX_GROWTH : min;
  return target < min ? min : target > max ? max : target;
}
