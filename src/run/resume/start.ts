/**
 * Finds where a sweep starts: at its beginning, after the rows that an earlier run left, or not at
 * all, because its file is complete. See checkpoint.ts for the files that a run keeps.
 */
import { renameSync, rmSync } from "node:fs";
import { basename, dirname, join } from "node:path";
import { isSameSum, NO_BYTES } from "../../checksum.js";
import { errors } from "../../errors.js";
import { hasHeader } from "../../formats/encoding.js";
import type { Compression } from "../../formats/file-name.js";
import { formatFor } from "../../formats/registry.js";
import type { Plan } from "../../plan/model.js";
import { isManifest, manifestPathOf, ownNames } from "../../sink/companions.js";
import { lockFile, type PartialFile, partialOf, renameWithoutReplacing } from "../../sink/file.js";
import type { Lock } from "../../sink/lock.js";
import { fileIdAt, mustBeOwn, removeRandomNames, statusOf } from "../../sink/own.js";
import { BEGINNING, type Position } from "../output/position.js";
import {
  firstDifference,
  type Identity,
  type IdentityOptions,
  identityOf,
  withoutColumns,
} from "./identity.js";
import { type FileProgress, type Manifest, readManifest } from "./manifest.js";

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
export function targetOf(partial: string): string {
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

/**
 * Checks that an unfinished file belongs to the same sweep, apart from its columns.
 *
 * @throws UpsweepError if it does not, or its manifest cannot be read.
 */
export function mustBeSameSpec({ path, partial, identity }: ResumeTarget): void {
  const manifestPath = manifestPathOf(partial);
  if (!statusOf(manifestPath)) return;
  const [was, is] = [readManifest(manifestPath).identity, identity].map(withoutColumns);
  const changed = firstDifference(was as Identity, is as Identity);
  if (changed !== undefined)
    throw errors.sweepMismatch(path, changed, was?.[changed], is?.[changed]);
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
export function concludeManifest(partialManifest: string, finalPath: string | undefined): void {
  if (finalPath === undefined) rmSync(partialManifest, { force: true });
  else renameSync(partialManifest, finalPath);
}
