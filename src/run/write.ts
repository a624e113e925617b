/** From batches of rows to a sink: the header, the rows in order, and the file made whole or taken back. */
import type { Sink } from "../sink/sink.js";

interface Batch<P> {
  readonly csv: readonly Uint8Array[];
  readonly progress: P;
}

/**
 * Writes everything that `batches` yields, and finishes the sink; on any error the sink is abandoned.
 *
 * @param onProgress called behind every batch that is written, with the bytes so far.
 * @returns what the batches return at their end, and how many bytes were written.
 */
export async function writeBatches<P>(
  batches: AsyncGenerator<Batch<P>, P>,
  header: string,
  sink: Sink,
  onProgress?: (progress: P, bytes: number) => void,
): Promise<{ progress: P; bytes: number }> {
  let bytes = 0;
  const write = async (csv: Uint8Array) => {
    await sink.write(csv);
    bytes += csv.length;
  };
  try {
    if (header !== "") await write(Buffer.from(header));
    for (;;) {
      const next = await batches.next();
      if (next.done) {
        await sink.finish();
        return { progress: next.value, bytes };
      }
      for (const csv of next.value.csv) await write(csv);
      onProgress?.(next.value.progress, bytes);
    }
  } catch (error) {
    sink.abandon();
    throw error;
  } finally {
    await batches.return(undefined as never);
  }
}
