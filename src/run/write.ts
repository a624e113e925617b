/** From batches of rows to a sink: the header, the rows in order, and the file made whole, taken back, or left to go on with. */
import { UpsweepError } from "../errors.js";
import { ClosedPipe, type Sink } from "../sink/sink.js";

interface Batch<P> {
  readonly csv: readonly Uint8Array[];
  readonly progress: P;
}

/** Whoever keeps how far it has come (see checkpoint.ts). */
export interface Keeper<P> {
  behind(progress: P, bytes: number): void;
  finishing(progress: P, bytes: number): void;
  finished(): void;
  leave(): boolean;
  remove(): void;
}

interface WriteOptions<P> {
  /** Called behind every batch that is written, with the bytes so far. */
  readonly onProgress?: ((progress: P, bytes: number) => void) | undefined;
  readonly keeper?: Keeper<P> | undefined;
  /** Bytes that stand in the sink already, the header among them. */
  readonly from?: number | undefined;
}

/**
 * Writes everything that `batches` yields, and finishes the sink. On an error the sink is abandoned; with a keeper it is left as it is, unless the
 * input is at fault and going on would end there again.
 *
 * @returns what the batches return at their end, and how many bytes stand in the sink.
 */
export async function writeBatches<P>(
  batches: AsyncGenerator<Batch<P>, P>,
  header: string,
  sink: Sink,
  { onProgress, keeper, from = 0 }: WriteOptions<P> = {},
): Promise<{ progress: P; bytes: number }> {
  let bytes = from;
  const write = async (csv: Uint8Array) => {
    await sink.write(csv);
    bytes += csv.length;
  };
  try {
    if (header !== "" && from === 0) await write(Buffer.from(header));
    for (;;) {
      const next = await batches.next();
      if (next.done) {
        if (keeper) await sink.flush();
        keeper?.finishing(next.value, bytes);
        await sink.finish();
        keeper?.finished();
        return { progress: next.value, bytes };
      }
      for (const csv of next.value.csv) await write(csv);
      keeper?.behind(next.value.progress, bytes);
      onProgress?.(next.value.progress, bytes);
    }
  } catch (error) {
    const isFinal = error instanceof ClosedPipe || (error instanceof UpsweepError && error.isInputError);
    stopHere(sink, keeper, isFinal);
    throw error;
  } finally {
    await batches.return(undefined as never);
  }
}

/**
 * Ends the writing at once. What is written stays to go on with, where there is anything and it is not `isFinal`; else nothing stays.
 *
 * @returns whether it stays.
 */
export function stopHere<P>(sink: Sink, keeper: Keeper<P> | undefined, isFinal = false): boolean {
  const isLeft = !isFinal && (keeper?.leave() ?? false);
  if (isLeft) {
    sink.leave();
  } else {
    // In this order: without its file a sink is nobody's.
    keeper?.remove();
    sink.abandon();
  }
  return isLeft;
}
