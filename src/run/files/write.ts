/** From batches of rows to a sink: the header, the rows in order, and the file made whole, taken back, or left to continue from. */

import { NO_BYTES, sumOf } from "../../checksum.js";
import { errors, UpsweepError } from "../../errors.js";
import type { Compression } from "../../formats/format.js";
import { ClosedPipe, type Sink } from "../../sink/sink.js";
import { type From, type Packed, type Packing, Plain } from "../output/packing.js";
import { BEGINNING, type Position } from "../output/position.js";
import type { Reached } from "../resume/manifest.js";

/** Whoever keeps how far it has come (see checkpoint.ts). */
export interface CheckpointHooks {
  behind(reached: Reached): void;
  finishing(reached: Reached): void;
  finished(): void;
  leave(): boolean;
  remove(): void;
}

interface WriteOptions<P> {
  /** Called behind every batch that is taken, with the bytes of rows so far. */
  readonly onProgress?: ((progress: P, bytes: number) => void) | undefined;
  readonly checkpoint?: CheckpointHooks | undefined;
  /** What is in the sink already, the header among it. */
  readonly from?: Reached | undefined;
  readonly compression?: Compression | undefined;
}

/** What the rows go through. Compression is loaded only where it is needed. */
async function packing<P>(
  compression: Compression,
  sink: Sink,
  from: From<P> = { sum: NO_BYTES, progress: undefined, skip: 0 },
): Promise<Packing<P>> {
  return compression === "gzip"
    ? new (await import("../output/gzip.js")).Gzip(sink, from)
    : new Plain(sink, from);
}

/**
 * Writes everything that `batches` yields, and finishes the sink. On an error the sink is abandoned; with a keeper it is left as it is, unless the
 * input is at fault and going on would end there again.
 *
 * @returns what the batches return at their end, and how many bytes the sink has.
 * @throws UpsweepError also when batches with checksums have not as many lines as rows; the file does not get its name then.
 */
export async function writeBatches<P extends { readonly rows: bigint }>(
  batches: AsyncGenerator<Packed<P>, P>,
  header: string,
  sink: Sink,
  { onProgress, checkpoint, from, compression = "none" }: WriteOptions<P> = {},
): Promise<{ progress: P; bytes: number }> {
  const start = from?.position ?? BEGINNING;
  const isBegun = (from?.sum.bytes ?? 0) > 0;
  const packed = await packing<Position & P>(
    compression,
    sink,
    isBegun && from ? { ...from, progress: start as Position & P } : undefined,
  );
  let bytes = from?.sum.bytes ?? 0;
  let lines = 0;
  let isCounted = true;
  const reached = (): Reached | undefined => {
    const { sum, progress, skip } = packed.written();
    return progress && { sum, position: progress, skip };
  };
  try {
    if (header !== "" && !isBegun) {
      const first = Buffer.from(header);
      await packed.add({ buffers: [first], progress: start as Position & P, sum: sumOf(first) });
      bytes += first.length;
    }
    for (;;) {
      const next = await batches.next();
      if (next.done) {
        if (isCounted && BigInt(lines) !== next.value.rows - start.rows)
          throw errors.linesDoNotMatch(lines, next.value.rows - start.rows);
        await packed.end();
        if (checkpoint) await sink.flush();
        // All is written, whatever row it began with.
        checkpoint?.finishing({
          sum: packed.written().sum,
          position: next.value as unknown as Position,
          skip: 0,
        });
        await sink.finish(() => checkpoint?.finished());
        return { progress: next.value, bytes: packed.written().sum.bytes };
      }
      await packed.add(next.value as Packed<Position & P>);
      isCounted &&= next.value.sum !== undefined;
      lines += next.value.sum?.lines ?? 0;
      for (const buffers of next.value.buffers) bytes += buffers.length;
      const written = checkpoint && reached();
      if (written) checkpoint.behind(written);
      onProgress?.(next.value.progress, bytes);
    }
  } catch (error) {
    const isFinal =
      error instanceof ClosedPipe || (error instanceof UpsweepError && error.isInputError);
    stopHere(sink, checkpoint, isFinal);
    throw error;
  } finally {
    await batches.return(undefined as never);
  }
}

/**
 * Ends the writing at once. What is written stays to continue from, where there is anything and it is not `isFinal`; else nothing stays.
 *
 * @returns whether it stays.
 */
export function stopHere(
  sink: Sink,
  checkpoint: CheckpointHooks | undefined,
  isFinal = false,
): boolean {
  const isLeft = !isFinal && (checkpoint?.leave() ?? false);
  if (isLeft) {
    sink.leave();
  } else {
    // In this order: without its file a sink is nobody's.
    checkpoint?.remove();
    sink.abandon();
  }
  return isLeft;
}
