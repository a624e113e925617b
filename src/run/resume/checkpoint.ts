/**
 * Saves the progress of a sweep next to its file, so that a stopped sweep can resume.
 *
 *   OUT.partial        the rows so far, possibly followed by bytes that are not yet valid
 *   OUT.partial.json   the manifest: what is swept, how many bytes of OUT.partial are valid, their
 *                      checksum, and the row and rejection counts up to that point
 *
 * Everything in the manifest is already on disk: rows are flushed first, then the manifest is
 * written. At the end the manifest records that the file is complete. Then the file gets its name,
 * and the manifest is removed. The manifest of a shard, or of a file made with --resume, is renamed
 * instead. Whenever the process ends, the files therefore describe their own state. Nothing in a
 * manifest is trusted until the checksums match.
 */
import { rmSync } from "node:fs";
import { errors } from "../../errors.js";
import { isManifest, manifestPathOf } from "../../sink/companions.js";
import { statusOf } from "../../sink/own.js";
import type { Sink } from "../../sink/sink.js";
import type { GroupLog } from "./group-log.js";
import { type FileProgress, writeManifest } from "./manifest.js";

import { concludeManifest, type ResumeTarget, targetOf } from "./start.js";

/**
 * A manifest is written once this many milliseconds or bytes have passed since the last one. A
 * resumed sweep repeats at most that much work, plus what was written during the flush.
 */
const SAVE_INTERVAL_MILLISECONDS = 1000;
const SAVE_INTERVAL_BYTES = 256e6;

/** Maintains the manifest of a running sweep. */
export class Checkpoint {
  readonly #target: ResumeTarget;
  readonly #path: string;
  readonly #sink: Sink;
  readonly #mayReplace: boolean;
  readonly #log: GroupLog | undefined;
  #last: FileProgress | undefined;
  #savedAt = performance.now();
  #savedBytes: number;
  #isSaving = false;

  /**
   * @param mayReplace whether the finished file may replace an existing one.
   * @param bytes number of bytes that are already in the file.
   * @param log the row groups of a Parquet file.
   */
  constructor(target: ResumeTarget, sink: Sink, mayReplace = false, bytes = 0, log?: GroupLog) {
    this.#target = target;
    this.#path = manifestPathOf(target.partial);
    this.#sink = sink;
    this.#mayReplace = mayReplace;
    this.#log = log;
    this.#savedBytes = bytes;
  }

  /**
   * Records how much has been written. At intervals, flushes the rows in the background of the
   * sweep and then saves the manifest.
   */
  progressed(progress: FileProgress): void {
    this.#last = progress;
    const { bytes } = progress.sum;
    const isDue =
      performance.now() - this.#savedAt >= SAVE_INTERVAL_MILLISECONDS ||
      bytes - this.#savedBytes >= SAVE_INTERVAL_BYTES;
    if (!isDue || this.#isSaving || bytes === 0) return;
    this.#isSaving = true;
    this.#sink.flush().then(
      () => {
        if (this.#isSaving) this.#saveWithLog(progress);
        this.#isSaving = false;
      },
      // After a failed flush the next write of the sweep fails too, and reports the error.
      () => {},
    );
  }

  /** Saves the final manifest. All rows are on disk, and the file gets its name next. */
  finishing(progress: FileProgress): void {
    this.#isSaving = false;
    // The manifest of the file to be replaced becomes invalid.
    const finalManifest = manifestPathOf(targetOf(this.#target.partial));
    if (statusOf(finalManifest)?.isFile() && isManifest(finalManifest))
      rmSync(finalManifest, { force: true });
    this.#save(progress, true);
    this.#log?.remove();
  }

  /** Renames or removes the manifest. The file has its name. */
  finished(): void {
    if (statusOf(this.#path))
      concludeManifest(
        this.#path,
        this.#target.keepsManifest ? manifestPathOf(targetOf(this.#target.partial)) : undefined,
      );
  }

  /**
   * Saves the progress of a sweep that stops here. Synchronous. Returns whether there is anything
   * to resume that belongs to this run.
   */
  keepForResume(): boolean {
    this.#isSaving = false;
    if (!this.#sink.isOurs()) {
      this.#log?.close();
      return false;
    }
    if (
      this.#last &&
      this.#last.sum.bytes > 0 &&
      (this.#last.position.done > 0n || this.#last.skip > 0)
    ) {
      try {
        this.#sink.truncateAndSync(this.#last.sum.bytes);
        this.#saveWithLog(this.#last);
      } catch {
        // Rows that cannot be flushed do not count. The previous manifest, if any, remains valid.
      }
    }
    this.#log?.close();
    return this.#savedBytes > 0;
  }

  /** Removes the manifest of a sweep that will never complete. */
  remove(): void {
    this.#isSaving = false;
    if (!this.#sink.isOurs()) return;
    rmSync(this.#path, { force: true });
    this.#log?.remove();
  }

  /** The log is on disk before the manifest that needs it. */
  #saveWithLog(progress: FileProgress): void {
    try {
      this.#log?.sync();
    } catch {
      // The previous manifest remains valid.
      return;
    }
    this.#save(progress);
  }

  #save(progress: FileProgress, isComplete = false): void {
    const { identity, rejectionReasons, isShard } = this.#target;
    try {
      writeManifest(this.#path, {
        identity,
        rejectionReasons,
        mayReplace: this.#mayReplace,
        isComplete,
        temporaryName: this.#sink.temporaryName ?? "",
        ...progress,
      });
      this.#savedAt = performance.now();
      this.#savedBytes = progress.sum.bytes;
    } catch (error) {
      // The disk may be full. The previous manifest remains valid, so this is not an error. But a
      // complete shard is useless without its manifest.
      if (isComplete && isShard) throw errors.cannotWrite(this.#path, error);
    }
  }
}
