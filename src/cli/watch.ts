/** Runs a sweep whose rows are not written, with a progress bar. */
import { onInterrupt } from "./interrupt.js";
import { progressBar } from "./progress.js";
import { log } from "./terminal.js";

interface Watching<B, P> {
  readonly quiet: boolean;
  /** The fraction of work done, or undefined if the total is unknown. */
  readonly fraction: (progress: P) => number | undefined;
  /** The message on standard error after Ctrl-C, given the rows until then. */
  readonly interrupted: (rows: bigint) => string;
  readonly onBatch?: (batch: B) => void;
}

export async function watch<
  P extends { readonly rows: bigint },
  B extends { readonly progress: P },
>(
  batches: AsyncGenerator<B, P>,
  { quiet, fraction, interrupted, onBatch }: Watching<B, P>,
): Promise<P> {
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
