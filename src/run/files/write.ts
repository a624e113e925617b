/** From batches of rows to a sink: the header, the rows in order, and the file made whole, taken back, or left to continue from. */

import { NO_BYTES, sumOf } from "../../checksum.js";
import { errors, UpsweepError } from "../../errors.js";
import type { Compression } from "../../formats/format.js";
import { ClosedPipe, type Sink } from "../../sink/sink.js";
import {
  type OutputBatch,
  type Packing,
  type PackingStart,
  Uncompressed,
} from "../output/packing.js";
import { BEGINNING, type Position } from "../output/position.js";
import type { FileProgress } from "../resume/manifest.js";

/** Whoever keeps how far it has come (see checkpoint.ts). */
export interface CheckpointHooks {
  progressed(progress: FileProgress): void;
  finishing(progress: FileProgress): void;
  finished(): void;
  keepForResume(): boolean;
  remove(): void;
}

interface WriteOptions<P> {
  /** Called behind every batch that is taken, with the bytes of rows so far. */
  readonly onProgress?: ((progress: P, bytes: number) => void) | undefined;
  readonly checkpoint?: CheckpointHooks | undefined;
  /** What is in the sink already, the header among it. */
  readonly from?: FileProgress | undefined;
  readonly compression?: Compression | undefined;
}

/** What the rows go through. Compression is loaded only where it is needed. */
async function createPacking<P>(
  compression: Compression,
  sink: Sink,
  from: PackingStart<P> = { sum: NO_BYTES, progress: undefined, skip: 0 },
): Promise<Packing<P>> {
  return compression === "gzip"
    ? new (await import("../output/gzip.js")).Gzip(sink, from)
    : new Uncompressed(sink, from);
}

/**
 * Writes everything that `batches` yields, and finishes the sink. On an error the sink is abandoned; with a keeper it is left as it is, unless the
 * input is at fault and going on would end there again.
 *
 * @returns what the batches return at their end, and how many bytes the sink has.
 * @throws UpsweepError also when batches with checksums have not as many lines as rows; the file does not get its name then.
 */
export async function writeBatches<P extends { readonly rows: bigint }>(
  batches: AsyncGenerator<OutputBatch<P>, P>,
  header: string,
  sink: Sink,
  { onProgress, checkpoint, from, compression = "none" }: WriteOptions<P> = {},
): Promise<{ progress: P; bytes: number }> {
  const start = from?.position ?? BEGINNING;
  const isResumed = (from?.sum.bytes ?? 0) > 0;
  const packing = await createPacking<Position & P>(
    compression,
    sink,
    isResumed && from ? { ...from, progress: start as Position & P } : undefined,
  );
  let bytes = from?.sum.bytes ?? 0;
  let lines = 0;
  let hasLineCounts = true;
  const fileProgress = (): FileProgress | undefined => {
    const { sum, progress, skip } = packing.written();
    return progress && { sum, position: progress, skip };
  };
  try {
    if (header !== "" && !isResumed) {
      const headerBytes = Buffer.from(header);
      await packing.add({
        buffers: [headerBytes],
        progress: start as Position & P,
        sum: sumOf(headerBytes),
      });
      bytes += headerBytes.length;
    }
    for (;;) {
      const next = await batches.next();
      if (next.done) {
        if (hasLineCounts && BigInt(lines) !== next.value.rows - start.rows)
          throw errors.linesDoNotMatch(lines, next.value.rows - start.rows);
        await packing.end();
        if (checkpoint) await sink.flush();
        // All is written, whatever row it began with.
        checkpoint?.finishing({
          sum: packing.written().sum,
          position: next.value as unknown as Position,
          skip: 0,
        });
        await sink.finish(() => checkpoint?.finished());
        return { progress: next.value, bytes: packing.written().sum.bytes };
      }
      await packing.add(next.value as OutputBatch<Position & P>);
      hasLineCounts &&= next.value.sum !== undefined;
      lines += next.value.sum?.lines ?? 0;
      for (const buffers of next.value.buffers) bytes += buffers.length;
      const written = checkpoint && fileProgress();
      if (written) checkpoint.progressed(written);
      onProgress?.(next.value.progress, bytes);
    }
  } catch (error) {
    const isFinal =
      error instanceof ClosedPipe || (error instanceof UpsweepError && error.isInputError);
    stopWriting(sink, checkpoint, isFinal);
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
export function stopWriting(
  sink: Sink,
  checkpoint: CheckpointHooks | undefined,
  isFinal = false,
): boolean {
  const isKept = !isFinal && (checkpoint?.keepForResume() ?? false);
  if (isKept) {
    sink.keepPartial();
  } else {
    // In this order: without its file a sink is nobody's.
    checkpoint?.remove();
    sink.abandon();
  }
  return isKept;
}
