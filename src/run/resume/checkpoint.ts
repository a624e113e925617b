/**
 * How far a sweep into a file has come, kept beside the file, so that one that was stopped continues from there.
 *
 *   OUT.partial        the rows so far, and perhaps some more
 *   OUT.partial.json   what is swept, and how far: so many bytes of OUT.partial are good, with their checksum and the account up to them
 *
 * What the manifest says is on the disk: rows first, then the manifest. At the end it says that the file is complete; then the file gets its
 * name, and the manifest goes, or gets its name too (of a part, and of a file made with --resume). So whenever the process ends, what is there says by
 * itself what it is. Nothing of it is believed before the checksums agree.
 */
import { renameSync, rmSync } from "node:fs";
import { basename, dirname, join } from "node:path";
import { isSameSum, NO_BYTES } from "../../checksum.js";
import { errors } from "../../errors.js";
import { hasHeader } from "../../formats/encoding.js";
import type { Compression } from "../../formats/format.js";
import type { Plan } from "../../plan/model.js";
import {
  isManifest,
  lockFile,
  manifestPathOf,
  type PartialFile,
  partialOf,
  renameWithoutReplacing,
} from "../../sink/file.js";
import type { Lock } from "../../sink/lock.js";
import { fileIdAt, mustBeOwn, removeRandomNames, statusOf } from "../../sink/own.js";
import type { Sink } from "../../sink/sink.js";
import { BEGINNING, type Position } from "../output/position.js";
import type { RunOptions } from "../sweep/sweep.js";
import { firstDifference, type Identity, type IdentityOptions, identityOf } from "./identity.js";
import { type FileProgress, type Manifest, readManifest, writeManifest } from "./manifest.js";

/** A manifest is written when so many milliseconds or bytes have passed since the last: no more than that is ever done again. */
const SAVE_INTERVAL_MILLISECONDS = 1000;
const SAVE_INTERVAL_BYTES = 256e6;

/** Where a sweep continues, and what its file has before: no bytes where it begins. */
export interface ResumePoint extends FileProgress, PartialFile {
  readonly mayReplace: boolean;
  readonly isWhole: false;
}

/** A sweep that has nothing left to do. */
export interface Finished {
  readonly isWhole: true;
  readonly position: Position;
  readonly bytes: number;
}

/** A sweep into a file, by its names. */
export interface ResumeTarget {
  /** The file, as the user calls it. */
  readonly path: string;
  /** The unfinished file. */
  readonly partial: string;
  readonly identity: Identity;
  readonly rejectionReasons: readonly string[];
  readonly compression: Compression;
  /** Lines that the file has beyond its rows. */
  readonly headerLines: bigint;
  readonly isShard: boolean;
  /** Whether the manifest stays beside the finished file: of a part for `merge`, else for the next --resume. */
  readonly keepsManifest: boolean;
}

/**
 * A sweep into a file, by which it can continue if it is stopped.
 *
 * @param path the file that its rows go to.
 * @returns undefined where that is a device or a pipe.
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
  if (isShard && !isReplaceable) throw errors.foreignPartial(finalManifest);
  const keepsManifest = isShard || (resume && isReplaceable);
  const headerLines = hasHeader(shape.format ?? "csv") ? 1n : 0n;
  return {
    path,
    partial,
    identity: identityOf(plan, shape),
    rejectionReasons: plan.rejectionReasons,
    compression,
    headerLines,
    isShard,
    keepsManifest: keepsManifest,
  };
}

/** The file that an unfinished one becomes. */
function targetOf(partial: string): string {
  return partial.replace(/\.partial$/, "");
}

interface StartOptions {
  /** Believe manifests without reading the files. */
  readonly trust?: boolean | undefined;
  /** Called when the file is there without a manifest, before it is compared with the sweep. */
  readonly onCompare?: (() => void) | undefined;
}

/**
 * Where a sweep into a file continues, or begins if none was stopped. The lock is held then, for the sink.
 *
 * @throws UpsweepError when what was stopped there was another sweep, or its files are not what they should be.
 */
export async function readStart(
  target: ResumeTarget,
  plan: Plan,
  run: RunOptions,
  options: StartOptions = {},
): Promise<ResumePoint | Finished> {
  const lock = await lockFile(target.partial, target.path);
  let keepsLock = false;
  try {
    const found =
      (await resumePartial(target, lock, options)) ??
      (await findWithManifest(target, options)) ??
      (await findWithoutManifest(target, plan, run, options));
    const start = found ?? {
      isWhole: false,
      bytes: 0,
      lock,
      mayReplace: false,
      sum: NO_BYTES,
      skip: 0,
      position: BEGINNING,
    };
    keepsLock = !start.isWhole;
    return start;
  } finally {
    if (!keepsLock) lock.release();
  }
}

/** From OUT.partial and its manifest. */
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
  if (lock.wasTakenOver) removeRandomNames([partial, manifestPath], basename(temporaryPath));
  if (!statusOf(partial)) {
    if (manifest.isWhole && isTemporaryName(temporaryPath, partial) && statusOf(temporaryPath)) {
      // Killed while the file was getting its name.
      if (fileIdAt(temporaryPath) === fileIdAt(targetOf(partial))) rmSync(temporaryPath);
      else await renameWithoutReplacing(temporaryPath, partial);
    }
  }
  const partialStatus = statusOf(partial);
  if (!partialStatus) {
    // The file has its name already, or the rows are gone.
    const targetStatus = statusOf(targetOf(partial));
    if (!manifest.isWhole || !targetStatus?.isFile() || Number(targetStatus.size) !== sum.bytes)
      return undefined;
    if (!trust && !(await matchesManifest(targetOf(partial), manifest, target)))
      throw errors.damaged(target.path, manifestPath);
    concludeManifest(
      manifestPath,
      target.keepsManifest ? manifestPathOf(targetOf(partial)) : undefined,
    );
    return { isWhole: true, position, bytes: sum.bytes };
  }
  mustBeOwn(partial, partialStatus);
  if (partialStatus.size < BigInt(sum.bytes))
    throw errors.shortPartial(partial, Number(partialStatus.size), sum.bytes);
  if (!trust && !(await matchesManifest(partial, manifest, target)))
    throw errors.damaged(partial, manifestPath);
  // All may be written, and only the name be missing: then it continues with nothing to do.
  return { ...manifest, isWhole: false, bytes: sum.bytes, lock };
}

const isTemporaryName = (temporaryPath: string, partial: string) =>
  /^\.[0-9a-f]{12}$/.test(temporaryPath.slice(partial.length)) && temporaryPath.startsWith(partial);

/** Loaded only where something is there. */
const finishedModule = () => import("./finished.js");

/** Whether a file has the bytes that its manifest says, and the manifest as many lines as there are rows and headers. */
async function matchesManifest(
  file: string,
  { sum, position }: Manifest,
  { compression, headerLines }: ResumeTarget,
): Promise<boolean> {
  const hasAllLines = compression === "gzip" || BigInt(sum.lines) === position.rows + headerLines;
  return hasAllLines && isSameSum(await (await finishedModule()).sumOfFile(file, sum.bytes), sum);
}

/** From OUT and the manifest beside it. */
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
  const { sum, position, isWhole } = manifest;
  if (!isWhole || Number(fileStatus.size) !== sum.bytes) return undefined;
  if (!trust && !(await matchesManifest(file, manifest, target)))
    throw errors.damaged(target.path, manifestPathOf(target.path));
  return { isWhole: true, position, bytes: sum.bytes };
}

/** From OUT alone, of a sweep that left no manifest: its rows are swept again, and compared with the file. */
async function findWithoutManifest(
  target: ResumeTarget,
  plan: Plan,
  run: RunOptions,
  { onCompare }: StartOptions,
): Promise<Finished | undefined> {
  const file = targetOf(target.partial);
  if (target.isShard || statusOf(target.partial) || !statusOf(file)?.isFile()) return undefined;
  const position = await (await finishedModule()).containsSweep(
    file,
    target.compression,
    plan,
    run,
    onCompare,
  );
  return position && { isWhole: true, position, bytes: Number(statusOf(file)?.size) };
}

/** A manifest of this very sweep. */
function readMatchingManifest(manifestPath: string, { path, identity }: ResumeTarget): Manifest {
  const manifest = readManifest(manifestPath);
  const changed = firstDifference(manifest.identity, identity);
  if (changed !== undefined)
    throw errors.otherSweep(path, changed, manifest.identity[changed], identity[changed]);
  return manifest;
}

/** The file has its name: the manifest gets its own, or goes. */
function concludeManifest(partialManifest: string, finalPath: string | undefined): void {
  if (finalPath === undefined) rmSync(partialManifest, { force: true });
  else renameSync(partialManifest, finalPath);
}

/** Keeps the manifest of a sweep that is under way. */
export class Checkpoint {
  readonly #target: ResumeTarget;
  readonly #path: string;
  readonly #sink: Sink;
  readonly #mayReplace: boolean;
  #last: FileProgress | undefined;
  #savedAt = performance.now();
  #savedBytes: number;
  #isSaving = false;

  /**
   * @param mayReplace whether the file may take the place of one that is there.
   * @param bytes that are in the file already.
   */
  constructor(target: ResumeTarget, sink: Sink, mayReplace = false, bytes = 0) {
    this.#target = target;
    this.#path = manifestPathOf(target.partial);
    this.#sink = sink;
    this.#mayReplace = mayReplace;
    this.#savedBytes = bytes;
  }

  /** So far rows are written. Now and then they are brought to the disk, beside the sweep, and the manifest after them. */
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
        if (this.#isSaving) this.#save(progress);
        this.#isSaving = false;
      },
      // What cannot be flushed cannot be written either: the sweep meets that itself.
      () => {},
    );
  }

  /** All rows are written, and on the disk: the file gets its name next. */
  finishing(progress: FileProgress): void {
    this.#isSaving = false;
    // What is said of a file that this one replaces holds no longer.
    const finalManifest = manifestPathOf(targetOf(this.#target.partial));
    if (statusOf(finalManifest)?.isFile() && isManifest(finalManifest))
      rmSync(finalManifest, { force: true });
    this.#save(progress, true);
  }

  /** The file has its name. */
  finished(): void {
    if (statusOf(this.#path))
      concludeManifest(
        this.#path,
        this.#target.keepsManifest ? manifestPathOf(targetOf(this.#target.partial)) : undefined,
      );
  }

  /** The sweep stops here, at once: what is written stays, to continue from. Returns whether there is anything of ours. */
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
        this.#save(this.#last);
      } catch {
        // What cannot be brought to the disk does not count: the manifest before still holds, if there is one.
      }
    }
    return this.#savedBytes > 0;
  }

  /** The sweep will never be whole: there is nothing to continue from. */
  remove(): void {
    this.#isSaving = false;
    if (this.#sink.isOurs()) rmSync(this.#path, { force: true });
  }

  #save(progress: FileProgress, isWhole = false): void {
    const { identity, rejectionReasons, isShard } = this.#target;
    try {
      writeManifest(this.#path, {
        identity,
        rejectionReasons,
        mayReplace: this.#mayReplace,
        isWhole,
        temporaryName: this.#sink.temporaryName ?? "",
        ...progress,
      });
      this.#savedAt = performance.now();
      this.#savedBytes = progress.sum.bytes;
    } catch (error) {
      // A full disk: the manifest before still holds. Only a part that is whole is nothing without its own.
      if (isWhole && isShard) throw errors.cannotWrite(this.#path, error);
    }
  }
}
