/** Runs a sweep whose rows are not written, with a progress bar. */
import { onInterrupt } from "./interrupt.js";
import { progressBar } from "./progress.js";
import { log } from "./terminal.js";

interface Watched {
  readonly progress: { readonly rows: bigint };
}

interface Watching<B extends Watched> {
  readonly quiet: boolean;
  /** The fraction of work done, or undefined if the total is unknown. */
  readonly fraction: (progress: B["progress"]) => number | undefined;
  /** The message on standard error after Ctrl-C, given the rows until then. */
  readonly interrupted: (rows: bigint) => string;
  readonly onBatch?: (batch: B) => void;
}

/** @returns what the batches return at their end. */
export async function watch<B extends Watched, R>(
  batches: AsyncGenerator<B, R>,
  { quiet, fraction, interrupted, onBatch }: Watching<B>,
): Promise<R> {
  const bar = await progressBar(quiet);
  let rows = 0n;
  const removeHandlers = onInterrupt(() => {
    bar.stop();
    log(`upsweep: ${interrupted(rows)}`);
  });
  try {
    for (;;) {
      const next = await batches.next();
      if (next.done) return next.value;
      onBatch?.(next.value);
      const { progress } = next.value;
      rows = progress.rows;
      bar.show(fraction(progress), rows);
    }
  } finally {
    removeHandlers();
    bar.stop();
    await batches.return(undefined as never);
  }
}

/** The fraction of a sweep that is done. */
export function fractionOf({
  done,
  total,
}: {
  readonly done: bigint;
  readonly total: bigint;
}): number {
  return Number(done) / Number(total);
}
