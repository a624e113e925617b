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
import { renameSync, rmSync } from "node:fs";
import { basename, dirname, join } from "node:path";
import { isSameSum, NO_BYTES } from "../../checksum.js";
import { errors } from "../../errors.js";
import { hasHeader } from "../../formats/encoding.js";
import type { Compression } from "../../formats/file-name.js";
import { formatFor } from "../../formats/registry.js";
import type { Plan } from "../../plan/model.js";
import {
  isManifest,
  lockFile,
  manifestPathOf,
  ownNames,
  type PartialFile,
  partialOf,
  renameWithoutReplacing,
} from "../../sink/file.js";
import type { Lock } from "../../sink/lock.js";
import { fileIdAt, mustBeOwn, removeRandomNames, statusOf } from "../../sink/own.js";
import type { Sink } from "../../sink/sink.js";
import { BEGINNING, type Position } from "../output/position.js";
import type { GroupLog } from "./group-log.js";
import { firstDifference, type Identity, type IdentityOptions, identityOf } from "./identity.js";
import { type FileProgress, type Manifest, readManifest, writeManifest } from "./manifest.js";

/**
 * A manifest is written once this many milliseconds or bytes have passed since the last one. A
 * resumed sweep repeats at most that much work, plus what was written during the flush.
 */
const SAVE_INTERVAL_MILLISECONDS = 1000;
const SAVE_INTERVAL_BYTES = 256e6;

/** The point at which a sweep resumes, and the bytes its file already has; none for a new sweep. */
export interface ResumePoint extends FileProgress, PartialFile {
  readonly mayReplace: boolean;
  readonly isComplete: false;
  /** Whether the file has all of its bytes, and lacks only its name. */
  readonly isWritten: boolean;
}

/** The result of a sweep that is already complete. */
export interface Finished {
  readonly isComplete: true;
  readonly position: Position;
  readonly bytes: number;
}

/** The files and the identity of a sweep that can be resumed. */
export interface ResumeTarget {
  /** The file, by the name that the user gave. */
  readonly path: string;
  readonly partial: string;
  readonly identity: Identity;
  readonly rejectionReasons: readonly string[];
  /** Number of lines in the file that are not rows. Undefined if rows are not lines of the file. */
  readonly headerLines: bigint | undefined;
  readonly isShard: boolean;
  /**
   * Whether the manifest stays next to the finished file. `merge` needs that of a shard, the next
   * --resume that of any other file.
   */
  readonly keepsManifest: boolean;
}

/**
 * The resume target of a sweep that writes its rows to `path`.
 *
 * @returns undefined if `path` is a device or a pipe.
 * @throws UpsweepError if a shard's manifest would replace a file that is not a manifest.
 */
export async function resumeTarget(
  plan: Plan,
  path: string,
  {
    compression = "none",
    resume = false,
    ...shape
  }: IdentityOptions & {
    readonly compression?: Compression;
    readonly resume?: boolean | undefined;
  } = {},
): Promise<ResumeTarget | undefined> {
  const partial = await partialOf(path);
  if (partial === undefined) return undefined;
  const finalManifest = manifestPathOf(targetOf(partial));
  const isReplaceable = statusOf(finalManifest) === undefined || isManifest(finalManifest);
  const isShard = shape.shard !== undefined;
  if (isShard && !isReplaceable) throw errors.unknownPartial(finalManifest);
  const keepsManifest = isShard || (resume && isReplaceable);
  const { format = "csv" } = shape;
  const hasLines = compression === "none" && !formatFor(format).isColumnar;
  const headerLines = hasLines ? BigInt(hasHeader(format)) : undefined;
  return {
    path,
    partial,
    identity: identityOf(plan, shape),
    rejectionReasons: plan.rejectionReasons,
    headerLines,
    isShard,
    keepsManifest: keepsManifest,
  };
}

/** The final name of a partial file. */
function targetOf(partial: string): string {
  return partial.replace(/\.partial$/, "");
}

interface StartOptions {
  /** Trust manifests without reading the files to verify their checksums. */
  readonly trust?: boolean | undefined;
  /** Called before a file without a manifest is compared with the rows of the sweep. */
  readonly onCompare?: (() => void) | undefined;
}

/**
 * Compares a file with what the sweep would write. Returns the final position of the sweep, or
 * undefined if the file differs. Calls `onCompare` once the beginning is the same.
 */
export type Contains = (file: string, onCompare: () => void) => Promise<Position | undefined>;

/**
 * Finds the point at which a sweep resumes, or starts if none was stopped there. The sweep may also
 * be complete already. Otherwise the lock remains held, for the sink.
 *
 * @throws UpsweepError if a different sweep was stopped there, or its files are damaged.
 */
export async function readStart(
  target: ResumeTarget,
  contains: Contains,
  options: StartOptions = {},
): Promise<ResumePoint | Finished> {
  const lock = await lockFile(target.partial, target.path);
  let keepsLock = false;
  try {
    const found =
      (await resumePartial(target, lock, options)) ??
      (await findWithManifest(target, options)) ??
      (await findWithoutManifest(target, contains, options));
    const start = found ?? {
      isComplete: false,
      isWritten: false,
      bytes: 0,
      lock,
      mayReplace: false,
      sum: NO_BYTES,
      skip: 0,
      position: BEGINNING,
    };
    keepsLock = !start.isComplete;
    return start;
  } finally {
    if (!keepsLock) lock.release();
  }
}

/** Resumes from OUT.partial and its manifest. Completes a rename that was interrupted. */
async function resumePartial(
  target: ResumeTarget,
  lock: Lock,
  { trust = false }: StartOptions,
): Promise<ResumePoint | Finished | undefined> {
  const { partial } = target;
  const manifestPath = manifestPathOf(partial);
  if (!statusOf(manifestPath)) return undefined;
  const manifest = readMatchingManifest(manifestPath, target);
  const { sum, position } = manifest;
  const temporaryPath = join(dirname(partial), basename(manifest.temporaryName));
  if (lock.wasTakenOver) removeRandomNames(ownNames(partial), basename(temporaryPath));
  if (!statusOf(partial)) {
    if (manifest.isComplete && isTemporaryName(temporaryPath, partial) && statusOf(temporaryPath)) {
      // The earlier run was killed while it renamed the file.
      if (fileIdAt(temporaryPath) === fileIdAt(targetOf(partial))) rmSync(temporaryPath);
      else await renameWithoutReplacing(temporaryPath, partial);
    }
  }
  const partialStatus = statusOf(partial);
  if (!partialStatus) {
    // Either the file already has its name, or its rows are gone.
    const targetStatus = statusOf(targetOf(partial));
    if (!manifest.isComplete || !targetStatus?.isFile() || Number(targetStatus.size) !== sum.bytes)
      return undefined;
    if (!trust && !(await matchesManifest(targetOf(partial), manifest, target)))
      throw errors.damaged(target.path, manifestPath);
    concludeManifest(
      manifestPath,
      target.keepsManifest ? manifestPathOf(targetOf(partial)) : undefined,
    );
    return { isComplete: true, position, bytes: sum.bytes };
  }
  mustBeOwn(partial, partialStatus);
  if (partialStatus.size < BigInt(sum.bytes))
    throw errors.shortPartial(partial, Number(partialStatus.size), sum.bytes);
  if (!trust && !(await matchesManifest(partial, manifest, target)))
    throw errors.damaged(partial, manifestPath);
  // If all rows are written and only the name is missing, the resumed sweep has nothing to add.
  const isWritten = manifest.isComplete;
  return { ...manifest, isComplete: false, isWritten, bytes: sum.bytes, lock };
}

const isTemporaryName = (temporaryPath: string, partial: string) =>
  /^\.[0-9a-f]{12}$/.test(temporaryPath.slice(partial.length)) && temporaryPath.startsWith(partial);

/** Loaded only if there is an existing file to check. */
const finishedModule = () => import("./finished.js");

/**
 * Whether a file has the checksum of its manifest. The manifest of a file of lines must also count
 * one for every row and header.
 */
async function matchesManifest(
  file: string,
  { sum, position }: Manifest,
  { headerLines }: ResumeTarget,
): Promise<boolean> {
  const hasAllLines =
    headerLines === undefined || BigInt(sum.lines) === position.rows + headerLines;
  return hasAllLines && isSameSum(await (await finishedModule()).sumOfFile(file, sum.bytes), sum);
}

/** Recognises a complete OUT by its manifest. */
async function findWithManifest(
  target: ResumeTarget,
  { trust = false }: StartOptions,
): Promise<Finished | undefined> {
  const file = targetOf(target.partial);
  const manifestPath = manifestPathOf(file);
  const [fileStatus, manifestStatus] = [statusOf(file), statusOf(manifestPath)];
  if (
    !fileStatus?.isFile() ||
    statusOf(target.partial) ||
    !manifestStatus ||
    !isManifest(manifestPath)
  )
    return undefined;
  if (
    !target.isShard &&
    firstDifference(readManifest(manifestPath).identity, target.identity) !== undefined
  )
    return undefined;
  const manifest = readMatchingManifest(manifestPath, target);
  const { sum, position, isComplete } = manifest;
  if (!isComplete || Number(fileStatus.size) !== sum.bytes) return undefined;
  if (!trust && !(await matchesManifest(file, manifest, target)))
    throw errors.damaged(target.path, manifestPathOf(target.path));
  return { isComplete: true, position, bytes: sum.bytes };
}

/**
 * Recognises a complete OUT without a manifest: sweeps again and compares the rows with the file.
 */
async function findWithoutManifest(
  target: ResumeTarget,
  contains: Contains,
  { onCompare }: StartOptions,
): Promise<Finished | undefined> {
  const file = targetOf(target.partial);
  if (target.isShard || statusOf(target.partial) || !statusOf(file)?.isFile()) return undefined;
  const position = await contains(file, onCompare ?? (() => {}));
  return position && { isComplete: true, position, bytes: Number(statusOf(file)?.size) };
}

/** @throws UpsweepError if the manifest cannot be read, or belongs to a different sweep. */
function readMatchingManifest(manifestPath: string, { path, identity }: ResumeTarget): Manifest {
  const manifest = readManifest(manifestPath);
  const changed = firstDifference(manifest.identity, identity);
  if (changed !== undefined)
    throw errors.sweepMismatch(path, changed, manifest.identity[changed], identity[changed]);
  return manifest;
}

/** After the file got its name: renames its manifest to `finalPath`, or removes it. */
function concludeManifest(partialManifest: string, finalPath: string | undefined): void {
  if (finalPath === undefined) rmSync(partialManifest, { force: true });
  else renameSync(partialManifest, finalPath);
}

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
    if (!this.#sink.isOurs()) return false;
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
