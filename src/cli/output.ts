/** From batches of rows to the place that -o names, with progress, interruption and a summary. */
import { writeBatches } from "../run/write.js";
import type { Sink } from "../sink/sink.js";
import { onInterrupt } from "./interrupt.js";
import { progressBar } from "./progress.js";
import { thousands } from "./text.js";

export interface Outcome<P> {
  readonly progress: P;
  readonly bytes: number;
  readonly seconds: number;
}

/** `-` is standard output. */
export async function sinkFor(output: string): Promise<Sink> {
  if (output === "-") return (await import("../sink/stdout.js")).stdoutSink();
  return (await import("../sink/file.js")).fileSink(output);
}

/** Writes all batches to `output`. Ctrl-C takes the unfinished file back and ends with exit code 130. */
export async function writeOutput<P extends { readonly rows: bigint }>(
  batches: AsyncGenerator<{ readonly csv: readonly Uint8Array[]; readonly progress: P }, P>,
  header: string,
  output: string,
  quiet: boolean,
  fractionDone: (progress: P) => number | undefined,
): Promise<Outcome<P>> {
  const start = performance.now();
  const sink = await sinkFor(output);
  const bar = await progressBar(quiet);
  let rows = 0n;
  const settled = onInterrupt(() => {
    bar.stop();
    sink.abandon();
    const left = output === "-" ? "" : `; ${output} is not written`;
    if (!quiet) process.stderr.write(`upsweep: interrupted after ${thousands(rows)} rows${left}\n`);
  });
  try {
    const { progress, bytes } = await writeBatches(batches, header, sink, (soFar) => {
      rows = soFar.rows;
      bar.show(fractionDone(soFar), rows);
    });
    return { progress, bytes, seconds: (performance.now() - start) / 1000 };
  } finally {
    bar.stop();
    settled();
  }
}
