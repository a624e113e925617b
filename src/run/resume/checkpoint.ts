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
  type Left,
  lockFile,
  manifestOf,
  nameNew,
  partialOf,
} from "../../sink/file.js";
import type { Lock } from "../../sink/lock.js";
import { fileAt, mustBeOwn, removeRandomNames, statusOf } from "../../sink/own.js";
import type { Sink } from "../../sink/sink.js";
import { BEGINNING, type Position } from "../output/position.js";
import type { RunOptions } from "../sweep/sweep.js";
import { difference, type Identity, identityOf, type Shape } from "./identity.js";
import { type Manifest, type Reached, readManifest, writeManifest } from "./manifest.js";

/** A manifest is written when so many milliseconds or bytes have passed since the last: no more than that is ever done again. */
const MAX_MILLISECONDS = 1000;
const MAX_BYTES = 256e6;

/** Where a sweep continues, and what its file has before: no bytes where it begins. */
export interface Start extends Reached, Left {
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
  readonly isManifestKept: boolean;
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
  }: Shape & { readonly compression?: Compression; readonly resume?: boolean | undefined } = {},
): Promise<ResumeTarget | undefined> {
  const partial = await partialOf(path);
  if (partial === undefined) return undefined;
  const beside = manifestOf(targetOf(partial));
  const isFree = statusOf(beside) === undefined || isManifest(beside);
  const isShard = shape.shard !== undefined;
  if (isShard && !isFree) throw errors.unknownPartial(beside);
  const isManifestKept = isShard || (resume && isFree);
  const headerLines = hasHeader(shape.format ?? "csv") ? 1n : 0n;
  return {
    path,
    partial,
    identity: identityOf(plan, shape),
    rejectionReasons: plan.rejectionReasons,
    compression,
    headerLines,
    isShard,
    isManifestKept,
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
  kept: ResumeTarget,
  plan: Plan,
  run: RunOptions,
  options: StartOptions = {},
): Promise<Start | Finished> {
  const lock = await lockFile(kept.partial, kept.path);
  let hasDomain = false;
  try {
    const found =
      (await startOf(kept, lock, options)) ??
      (await finishedBefore(kept, options)) ??
      (await finishedUnsaid(kept, plan, run, options));
    const start = found ?? {
      isWhole: false,
      bytes: 0,
      lock,
      mayReplace: false,
      sum: NO_BYTES,
      skip: 0,
      position: BEGINNING,
    };
    hasDomain = !start.isWhole;
    return start;
  } finally {
    if (!hasDomain) lock.release();
  }
}

/** From OUT.partial and its manifest. */
async function startOf(
  kept: ResumeTarget,
  lock: Lock,
  { trust = false }: StartOptions,
): Promise<Start | Finished | undefined> {
  const { partial } = kept;
  const unfinished = manifestOf(partial);
  if (!statusOf(unfinished)) return undefined;
  const manifest = readOwn(unfinished, kept);
  const { sum, position } = manifest;
  const own = join(dirname(partial), basename(manifest.ownName));
  if (lock.wasTaken) removeRandomNames([partial, unfinished], basename(own));
  if (!statusOf(partial)) {
    if (manifest.isWhole && isOwnName(own, partial) && statusOf(own)) {
      // Killed while the file was getting its name.
      if (fileAt(own) === fileAt(targetOf(partial))) rmSync(own);
      else await nameNew(own, partial);
    }
  }
  const rows = statusOf(partial);
  if (!rows) {
    // The file has its name already, or the rows are gone.
    const named = statusOf(targetOf(partial));
    if (!manifest.isWhole || !named?.isFile() || Number(named.size) !== sum.bytes) return undefined;
    if (!trust && !(await agrees(targetOf(partial), manifest, kept)))
      throw errors.damaged(kept.path, unfinished);
    conclude(unfinished, kept.isManifestKept ? manifestOf(targetOf(partial)) : undefined);
    return { isWhole: true, position, bytes: sum.bytes };
  }
  mustBeOwn(partial, rows);
  if (rows.size < BigInt(sum.bytes))
    throw errors.shortPartial(partial, Number(rows.size), sum.bytes);
  if (!trust && !(await agrees(partial, manifest, kept))) throw errors.damaged(partial, unfinished);
  // All may be written, and only the name be missing: then it continues with nothing to do.
  return { ...manifest, isWhole: false, bytes: sum.bytes, lock };
}

const isOwnName = (own: string, partial: string) =>
  /^\.[0-9a-f]{12}$/.test(own.slice(partial.length)) && own.startsWith(partial);

/** Loaded only where something is there. */
const finished = () => import("./finished.js");

/** Whether a file has the bytes that its manifest says, and the manifest as many lines as there are rows and headers. */
async function agrees(
  file: string,
  { sum, position }: Manifest,
  { compression, headerLines }: ResumeTarget,
): Promise<boolean> {
  const isSound = compression === "gzip" || BigInt(sum.lines) === position.rows + headerLines;
  return isSound && isSameSum(await (await finished()).sumOfFile(file, sum.bytes), sum);
}

/** From OUT and the manifest beside it. */
async function finishedBefore(
  kept: ResumeTarget,
  { trust = false }: StartOptions,
): Promise<Finished | undefined> {
  const file = targetOf(kept.partial);
  const beside = manifestOf(file);
  const [there, said] = [statusOf(file), statusOf(beside)];
  if (!there?.isFile() || statusOf(kept.partial) || !said || !isManifest(beside)) return undefined;
  if (!kept.isShard && difference(readManifest(beside).identity, kept.identity) !== undefined)
    return undefined;
  const manifest = readOwn(beside, kept);
  const { sum, position, isWhole } = manifest;
  if (!isWhole || Number(there.size) !== sum.bytes) return undefined;
  if (!trust && !(await agrees(file, manifest, kept)))
    throw errors.damaged(kept.path, manifestOf(kept.path));
  return { isWhole: true, position, bytes: sum.bytes };
}

/** From OUT alone, of a sweep that left no manifest: its rows are swept again, and compared with the file. */
async function finishedUnsaid(
  kept: ResumeTarget,
  plan: Plan,
  run: RunOptions,
  { onCompare }: StartOptions,
): Promise<Finished | undefined> {
  const file = targetOf(kept.partial);
  if (kept.isShard || statusOf(kept.partial) || !statusOf(file)?.isFile()) return undefined;
  const position = await (await finished()).holdsSweep(
    file,
    kept.compression,
    plan,
    run,
    onCompare,
  );
  return position && { isWhole: true, position, bytes: Number(statusOf(file)?.size) };
}

/** A manifest of this very sweep. */
function readOwn(manifestPath: string, { path, identity }: ResumeTarget): Manifest {
  const manifest = readManifest(manifestPath);
  const changed = difference(manifest.identity, identity);
  if (changed !== undefined)
    throw errors.sweepMismatch(path, changed, manifest.identity[changed], identity[changed]);
  return manifest;
}

/** The file has its name: the manifest gets its own, or goes. */
function conclude(unfinished: string, finished: string | undefined): void {
  if (finished === undefined) rmSync(unfinished, { force: true });
  else renameSync(unfinished, finished);
}

/** Keeps the manifest of a sweep that is under way. */
export class Checkpoint {
  readonly #kept: ResumeTarget;
  readonly #path: string;
  readonly #sink: Sink;
  readonly #mayReplace: boolean;
  #last: Reached | undefined;
  #savedAt = performance.now();
  #savedBytes: number;
  #isSaving = false;

  /**
   * @param mayReplace whether the file may take the place of one that is there.
   * @param bytes that are in the file already.
   */
  constructor(kept: ResumeTarget, sink: Sink, mayReplace = false, bytes = 0) {
    this.#kept = kept;
    this.#path = manifestOf(kept.partial);
    this.#sink = sink;
    this.#mayReplace = mayReplace;
    this.#savedBytes = bytes;
  }

  /** So far rows are written. Now and then they are brought to the disk, beside the sweep, and the manifest after them. */
  behind(reached: Reached): void {
    this.#last = reached;
    const { bytes } = reached.sum;
    const isDue =
      performance.now() - this.#savedAt >= MAX_MILLISECONDS ||
      bytes - this.#savedBytes >= MAX_BYTES;
    if (!isDue || this.#isSaving || bytes === 0) return;
    this.#isSaving = true;
    this.#sink.flush().then(
      () => {
        if (this.#isSaving) this.#save(reached);
        this.#isSaving = false;
      },
      // What cannot be flushed cannot be written either: the sweep meets that itself.
      () => {},
    );
  }

  /** All rows are written, and on the disk: the file gets its name next. */
  finishing(reached: Reached): void {
    this.#isSaving = false;
    // What is said of a file that this one replaces holds no longer.
    const beside = manifestOf(targetOf(this.#kept.partial));
    if (statusOf(beside)?.isFile() && isManifest(beside)) rmSync(beside, { force: true });
    this.#save(reached, true);
  }

  /** The file has its name. */
  finished(): void {
    if (statusOf(this.#path))
      conclude(
        this.#path,
        this.#kept.isManifestKept ? manifestOf(targetOf(this.#kept.partial)) : undefined,
      );
  }

  /** The sweep stops here, at once: what is written stays, to continue from. Returns whether there is anything of ours. */
  leave(): boolean {
    this.#isSaving = false;
    if (!this.#sink.isOurs()) return false;
    if (
      this.#last &&
      this.#last.sum.bytes > 0 &&
      (this.#last.position.done > 0n || this.#last.skip > 0)
    ) {
      try {
        this.#sink.keepNow(this.#last.sum.bytes);
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

  #save(reached: Reached, isWhole = false): void {
    const { identity, rejectionReasons, isShard } = this.#kept;
    try {
      writeManifest(this.#path, {
        identity,
        rejectionReasons,
        mayReplace: this.#mayReplace,
        isWhole,
        ownName: this.#sink.ownName ?? "",
        ...reached,
      });
      this.#savedAt = performance.now();
      this.#savedBytes = reached.sum.bytes;
    } catch (error) {
      // A full disk: the manifest before still holds. Only a part that is whole is nothing without its own.
      if (isWhole && isShard) throw errors.cannotWrite(this.#path, error);
    }
  }
}
