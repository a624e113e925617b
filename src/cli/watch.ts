/** A sweep whose rows nobody writes: run to its end, with a bar. */
import type { Progress, SweptRows } from "../run/sweep.js";
import { onInterrupt } from "./interrupt.js";
import { progressBar } from "./progress.js";

/** @param interrupted what Ctrl-C has said on standard error, by the rows until then. */
export async function watch(
  batches: AsyncGenerator<SweptRows, Progress>,
  quiet: boolean,
  interrupted: (rows: bigint) => string,
  onBatch: (batch: SweptRows) => void = () => {},
): Promise<Progress> {
  const bar = await progressBar(quiet);
  let rows = 0n;
  const settled = onInterrupt(() => {
    bar.stop();
    process.stderr.write(`upsweep: ${interrupted(rows)}\n`);
  });
  try {
    for (;;) {
      const next = await batches.next();
      if (next.done) return next.value;
      const { progress } = next.value;
      onBatch(next.value);
      rows = progress.rows;
      bar.show(Number(progress.done) / Number(progress.total), rows);
    }
  } finally {
    settled();
    bar.stop();
    await batches.return(undefined as never);
  }
}
