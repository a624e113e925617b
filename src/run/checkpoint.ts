/**
 * How far a sweep into a file has come, kept beside the file, so that one that was stopped goes on from there.
 *
 *   OUT.partial        the rows so far, and perhaps some more
 *   OUT.partial.json   what is swept, and how far: so many bytes of OUT.partial are good, and these are the account behind them
 *
 * What stands in the manifest is on the disk: rows first, then the manifest. At the end it says that the file is whole; then the file gets its
 * name, and the manifest goes, or, of a part, gets its name too. So whenever the process ends, what is there says by itself what it is.
 */
import { existsSync, renameSync, rmSync, statSync } from "node:fs";
import { errors } from "../errors.js";
import type { Plan } from "../plan/model.js";
import { manifestOf, partialOf } from "../sink/file.js";
import type { Sink } from "../sink/sink.js";
import { difference, type Identity, identityOf, type Shape } from "./identity.js";
import { type Manifest, readManifest, writeManifest } from "./manifest.js";
import type { Position } from "./sweep.js";

/** A manifest is written when so many milliseconds or bytes have passed since the last: no more than that is ever done again. */
const MILLISECONDS_MOST = 1000;
const BYTES_MOST = 256e6;

/** Where a sweep goes on, and how many bytes of its file stand before; nowhere, when it is whole. */
export type Start = Pick<Manifest, "position" | "bytes" | "mayReplace" | "isWhole">;

/** A sweep into a file, by its names. */
export interface Kept {
  /** The file. */
  readonly path: string;
  /** The unfinished file. */
  readonly partial: string;
  readonly identity: Identity;
  readonly accounts: readonly string[];
  /** Of a part: its manifest stays beside it. */
  readonly isPart: boolean;
}

/**
 * A sweep into a file, by which it can go on if it is stopped.
 *
 * @param path the file that its rows go to.
 * @returns undefined where that is a device or a pipe.
 */
export async function keptSweep(plan: Plan, path: string, shape: Shape = {}): Promise<Kept | undefined> {
  const partial = await partialOf(path);
  if (partial === undefined) return undefined;
  return { path, partial, identity: identityOf(plan, shape), accounts: plan.accounts, isPart: shape.part !== undefined };
}

/**
 * Where a sweep into a file goes on; undefined where none was stopped.
 *
 * @throws UpsweepError when what was stopped there was another sweep, or its files are not what they should be.
 */
export function readStart(kept: Kept): Start | undefined {
  const { path, partial, isPart } = kept;
  const unfinished = manifestOf(partial);
  if (existsSync(partial)) {
    if (!existsSync(unfinished)) return undefined;
    // All may be written, and only the name be missing: then it goes on with nothing to do.
    const start = { ...readOwn(unfinished, kept), isWhole: false };
    const { size } = statSync(partial);
    if (size < start.bytes) throw errors.shortPartial(partial, size, start.bytes);
    return start;
  }
  // The file may have its name. Where the process ended right then, its manifest has not got its own yet.
  const beside = existsSync(unfinished) ? unfinished : manifestOf(path);
  if (!existsSync(path) || !existsSync(beside) || (beside !== unfinished && !isPart)) return undefined;
  const whole = readOwn(beside, kept);
  if (!whole.isWhole || statSync(path).size !== whole.bytes) return undefined;
  if (beside === unfinished) conclude(unfinished, isPart ? manifestOf(path) : undefined);
  return whole;
}

/** A manifest of this very sweep. */
function readOwn(manifestPath: string, { path, identity }: Kept): Manifest {
  const manifest = readManifest(manifestPath);
  const changed = difference(manifest.identity, identity);
  if (changed !== undefined) throw errors.otherSweep(path, changed, manifest.identity[changed], identity[changed]);
  return manifest;
}

/** The file has its name: the manifest gets its own, or goes. */
function conclude(unfinished: string, finished: string | undefined): void {
  if (finished === undefined) rmSync(unfinished, { force: true });
  else renameSync(unfinished, finished);
}

/** Keeps the manifest of a sweep that is under way. */
export class Checkpoint {
  readonly #kept: Kept;
  readonly #path: string;
  readonly #sink: Sink;
  readonly #mayReplace: boolean;
  #last: Pick<Manifest, "position" | "bytes"> | undefined;
  #savedAt = performance.now();
  #savedBytes: number;
  #isSaving = false;

  /**
   * @param mayReplace whether the file may take the place of one that is there.
   * @param bytes that stand in the file already.
   */
  constructor(kept: Kept, sink: Sink, mayReplace = false, bytes = 0) {
    this.#kept = kept;
    this.#path = manifestOf(kept.partial);
    this.#sink = sink;
    this.#mayReplace = mayReplace;
    this.#savedBytes = bytes;
  }

  /** So far rows are written. Now and then they are brought to the disk, beside the sweep, and the manifest behind them. */
  behind(position: Position, bytes: number): void {
    this.#last = { position, bytes };
    const isDue = performance.now() - this.#savedAt >= MILLISECONDS_MOST || bytes - this.#savedBytes >= BYTES_MOST;
    if (!isDue || this.#isSaving) return;
    this.#isSaving = true;
    this.#sink.flush().then(
      () => {
        if (this.#isSaving) this.#save({ position, bytes });
        this.#isSaving = false;
      },
      // What cannot be flushed cannot be written either: the sweep meets that itself.
      () => {},
    );
  }

  /** All rows are written, and on the disk: the file gets its name next. */
  finishing(position: Position, bytes: number): void {
    this.#isSaving = false;
    // What is said of a part that this one replaces holds no longer.
    if (this.#kept.isPart) rmSync(manifestOf(this.#kept.path), { force: true });
    this.#save({ position, bytes }, true);
  }

  /** The file has its name. */
  finished(): void {
    if (existsSync(this.#path)) conclude(this.#path, this.#kept.isPart ? manifestOf(this.#kept.path) : undefined);
  }

  /** The sweep stops here, at once: what is written stays, to go on from. Returns whether there is anything of ours. */
  leave(): boolean {
    this.#isSaving = false;
    if (!this.#sink.isOurs()) return false;
    if (this.#last && this.#last.position.done > 0n) {
      try {
        this.#sink.keepNow(this.#last.bytes);
        this.#save(this.#last);
      } catch {
        // What cannot be brought to the disk does not count: the manifest before still holds, if there is one.
      }
    }
    return this.#savedBytes > 0;
  }

  /** The sweep will never be whole: there is nothing to go on from. */
  remove(): void {
    this.#isSaving = false;
    if (this.#sink.isOurs()) rmSync(this.#path, { force: true });
  }

  #save(reached: Pick<Manifest, "position" | "bytes">, isWhole = false): void {
    const { identity, accounts, isPart } = this.#kept;
    try {
      writeManifest(this.#path, { identity, accounts, mayReplace: this.#mayReplace, isWhole, ...reached });
      this.#savedAt = performance.now();
      this.#savedBytes = reached.bytes;
    } catch (error) {
      // A full disk: the manifest before still holds. Only a part that is whole is nothing without its own.
      if (isWhole && isPart) throw errors.cannotWrite(this.#path, error);
    }
  }
}
