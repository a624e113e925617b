/**
 * Writes batches of rows to a sink: the header, then the rows in order. At the end the file is
 * completed, removed, or kept for a later run to resume.
 */

import { NO_BYTES, sumOf } from "../../checksum.js";
import { errors, UpsweepError } from "../../errors.js";
import type { Compression } from "../../formats/file-name.js";
import { ClosedPipe, type Sink } from "../../sink/sink.js";
import {
  type OutputBatch,
  type Packing,
  type PackingOf,
  type PackingStart,
  Uncompressed,
} from "../output/packing.js";
import { BEGINNING, type Position } from "../output/position.js";
import type { FileProgress } from "../resume/manifest.js";

/** Hooks that persist progress. `Checkpoint` implements them (see resume/checkpoint.ts). */
export interface CheckpointHooks {
  /** Called after every batch, with what has been written. */
  progressed(progress: FileProgress): void;
  /** Called when all rows are on disk, before the file gets its name. */
  finishing(progress: FileProgress): void;
  /** Called once the file has its name. */
  finished(): void;
  /** Called when the run stops early. Returns whether there is anything to resume. */
  keepForResume(): boolean;
  /** Called when the file will never be completed. Removes the manifest. */
  remove(): void;
}

interface WriteOptions<P> {
  /** Called after every batch, with the number of uncompressed bytes so far. */
  readonly onProgress?: ((progress: P, bytes: number) => void) | undefined;
  readonly checkpoint?: CheckpointHooks | undefined;
  /** What the sink already contains, including the header. */
  readonly from?: FileProgress | undefined;
  readonly compression?: Compression | undefined;
  /** Opens the stage that makes the file of the batches. By default, that of the compression. */
  readonly packingOf?: PackingOf | undefined;
}

/** Creates the compression stage. The gzip module is loaded on demand. */
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
 * Writes everything that `batches` yields, and finishes the sink.
 *
 * On an error the sink is abandoned. With a checkpoint, the partial file is kept instead, unless
 * the input is at fault, because resuming would fail at the same place.
 *
 * @returns the final progress of the batches, and the number of bytes in the sink.
 * @throws UpsweepError if batches with checksums do not have as many lines as rows. The file does
 * not get its name then.
 */
export async function writeBatches<P extends { readonly rows: bigint }>(
  batches: AsyncGenerator<OutputBatch<P>, P>,
  header: Uint8Array,
  sink: Sink,
  { onProgress, checkpoint, from, compression = "none", packingOf }: WriteOptions<P> = {},
): Promise<{ progress: P; bytes: number }> {
  const start = from?.position ?? BEGINNING;
  const isResumed = (from?.sum.bytes ?? 0) > 0;
  const resumed = isResumed && from ? { ...from, progress: start as Position & P } : undefined;
  let packing: Packing<Position & P>;
  try {
    packing = packingOf
      ? ((await packingOf(sink)) as Packing<Position> as Packing<Position & P>)
      : await createPacking(compression, sink, resumed);
  } catch (error) {
    // What an earlier run has written stays as it is.
    if (isResumed) sink.keepPartial();
    else stopWriting(sink, checkpoint, true);
    throw error;
  }
  let bytes = from?.sum.bytes ?? 0;
  let lines = 0;
  let hasLineCounts = true;
  const fileProgress = (): FileProgress | undefined => {
    const { sum, progress, skip } = packing.written();
    return progress && { sum, position: progress, skip };
  };
  try {
    if (header.length > 0 && !isResumed) {
      await packing.add({
        buffers: [header],
        progress: start as Position & P,
        sum: sumOf(header),
      });
      bytes += header.length;
    }
    for (;;) {
      const next = await batches.next();
      if (next.done) {
        if (hasLineCounts && BigInt(lines) !== next.value.rows - start.rows)
          throw errors.linesDoNotMatch(lines, next.value.rows - start.rows);
        await packing.end();
        if (checkpoint) await sink.flush();
        // All rows are written: the position is the end, and nothing after it is skipped.
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
      onProgress?.(next.value.progress, packingOf ? packing.written().sum.bytes : bytes);
    }
  } catch (error) {
    const isFinal =
      error instanceof ClosedPipe || (error instanceof UpsweepError && error.isInputError);
    stopWriting(sink, checkpoint, isFinal);
    throw error;
  } finally {
    await batches.return(undefined as never);
    await packing.close?.();
  }
}

/**
 * Stops writing immediately. Keeps the partial file if there is something to resume and `isFinal`
 * is false. Otherwise removes it and its manifest.
 *
 * @param isFinal whether a resume is pointless, because it would fail again or no one reads the
 * output.
 * @returns whether the partial file was kept.
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
    // The manifest first: a sink without its partial file no longer counts as this run's.
    checkpoint?.remove();
    sink.abandon();
  }
  return isKept;
}
