/**
 * Rows to a file. They are written beside it, to NAME.partial; the name itself appears only when everything is there and on the disk, so
 * nobody ever reads half a file under it.
 */
import { closeSync, existsSync, fdatasyncSync, fsyncSync, ftruncateSync, openSync, rmSync } from "node:fs";
import { type FileHandle, open, realpath, rename, stat } from "node:fs/promises";
import { dirname } from "node:path";
import { errors, UpsweepError } from "../errors.js";
import { writeAll } from "./descriptor.js";
import { type Lock, takeLock } from "./lock.js";
import type { Sink } from "./sink.js";

/**
 * Behind so many bytes the disk is asked for them, beside the writing, so that it does not idle until the end. Measured 2026-11-24, vocoder.yaml
 * to a file, on the disk at the end: 0.77 of the time without; every 64 MB 0.88.
 */
const BYTES_AT_ONCE = 16e6;

interface FileOptions {
  /** Whether a file that is there may be replaced, and an unfinished one begun anew. */
  readonly mayReplace: boolean;
  /** Go on behind so many bytes of the unfinished file, instead of beginning anew. */
  readonly from?: number | undefined;
}

/**
 * @throws UpsweepError when the file, or an unfinished one, is there and may not be replaced, another process writes it, or it cannot be made; nothing
 * has been counted then.
 */
export async function fileSink(path: string, { mayReplace, from = 0 }: FileOptions): Promise<Sink> {
  const target = await targetOf(path);
  if (!target.isRegular) return new Device(await openAs(path, () => open(target.path, "w")), path);
  const partial = `${target.path}.partial`;
  const lock = await openAs(path, () => takeLock(partial, path));
  try {
    // Asked only now: until then another process may have been about to give it that name.
    if (!mayReplace && existsSync(target.path)) throw errors.fileExists(path);
    if (from === 0 && !mayReplace && isResumable(partial)) throw errors.unfinished(path);
    const handle = await openAs(path, () => (from === 0 ? begin(partial) : goOn(partial, from)));
    return new RegularFile(handle, path, { partial, target: target.path, lock, from });
  } catch (error) {
    lock.release();
    throw error;
  }
}

/** A file of its own, also where an unfinished one is there: whoever may still have that open does not reach this one. */
async function begin(partial: string): Promise<FileHandle> {
  // What is said there of an unfinished file holds no longer once another is begun in its place.
  rmSync(manifestOf(partial), { force: true });
  rmSync(partial, { force: true });
  return open(partial, "wx");
}

async function goOn(partial: string, from: number): Promise<FileHandle> {
  const handle = await open(partial, "r+");
  // What stands behind may be half a row.
  await handle.truncate(from);
  return handle;
}

/** A device or a pipe: written as it is, nothing to keep or take back. */
class Device implements Sink {
  protected readonly handle: FileHandle;
  /** What messages call it. */
  protected readonly path: string;

  constructor(handle: FileHandle, path: string) {
    this.handle = handle;
    this.path = path;
  }

  async write(bytes: Uint8Array): Promise<void> {
    await writeAll(this.handle.fd, bytes, this.path);
  }

  async flush(): Promise<void> {}

  isOurs(): boolean {
    return true;
  }

  keepNow(_bytes: number): void {}

  async finish(): Promise<void> {
    try {
      await this.handle.close();
    } catch (error) {
      throw errors.cannotWrite(this.path, error);
    }
  }

  abandon(): void {
    this.leave();
  }

  leave(): void {
    this.handle.close().catch(() => {});
  }
}

/** Where a regular file is written. */
interface Place {
  readonly partial: string;
  readonly target: string;
  readonly lock: Lock;
  /** Bytes that stand there already. */
  readonly from: number;
}

class RegularFile extends Device {
  readonly #place: Place;
  /** Where the next bytes go: said with each write, so that nobody who has the file open too could shift them. */
  #end: number;
  /** Bytes that the disk has not been asked for yet. */
  #waiting = 0;
  #isAsking = false;
  /** A system says only once that it could not keep what was written, and goes on as if nothing had been: here it is not forgotten. */
  #lost: UpsweepError | undefined;

  constructor(handle: FileHandle, path: string, place: Place) {
    super(handle, path);
    this.#place = place;
    this.#end = place.from;
  }

  override async write(bytes: Uint8Array): Promise<void> {
    if (this.#lost) throw this.#lost;
    await writeAll(this.handle.fd, bytes, this.path, this.#end);
    this.#end += bytes.length;
    this.#waiting += bytes.length;
    if (this.#waiting < BYTES_AT_ONCE || this.#isAsking) return;
    this.#waiting = 0;
    this.#isAsking = true;
    const asked = () => {
      this.#isAsking = false;
    };
    this.flush().then(asked, asked);
  }

  override async flush(): Promise<void> {
    try {
      await this.handle.datasync();
    } catch (error) {
      this.#lost ??= errors.cannotWrite(this.path, error);
    }
    if (!this.isOurs()) this.#lost ??= this.#place.lock.lost();
    if (this.#lost) throw this.#lost;
  }

  override isOurs(): boolean {
    return this.#place.lock.isHeld();
  }

  override keepNow(bytes: number): void {
    if (this.#lost) throw this.#lost;
    if (!this.isOurs()) throw this.#place.lock.lost();
    // Half a row, which on a full disk leaves room to say how far it came.
    ftruncateSync(this.handle.fd, bytes);
    fdatasyncSync(this.handle.fd);
  }

  override async finish(): Promise<void> {
    const { partial, target, lock } = this.#place;
    await this.flush();
    try {
      await this.handle.close();
      await rename(partial, target);
      flushFolder(dirname(target));
    } catch (error) {
      throw errors.cannotWrite(this.path, error);
    }
    lock.release();
  }

  override abandon(): void {
    if (this.isOurs()) rmSync(this.#place.partial, { force: true });
    this.leave();
  }

  override leave(): void {
    this.#place.lock.release();
    super.leave();
  }
}

/** The unfinished file of `path`; undefined where there is none because `path` is a device or a pipe. */
export async function partialOf(path: string): Promise<string | undefined> {
  const { path: real, isRegular } = await targetOf(path);
  return isRegular ? `${real}.partial` : undefined;
}

/** What stands beside an unfinished file, or a part: how far it has come (see run/manifest.ts). */
export function manifestOf(path: string): string {
  return `${path}.json`;
}

/** Whether something was stopped there that can go on. */
export function isResumable(partial: string): boolean {
  return existsSync(partial) && existsSync(manifestOf(partial));
}

/** A new name is on the disk only when its folder is. */
function flushFolder(folder: string): void {
  let fd: number | undefined;
  try {
    fd = openSync(folder, "r");
    fsyncSync(fd);
  } catch {
    // Some file systems cannot; then they do it by themselves, or not at all.
  } finally {
    if (fd !== undefined) closeSync(fd);
  }
}

/** The file behind links; a device or a pipe is written as it is, not replaced. */
async function targetOf(path: string): Promise<{ path: string; isRegular: boolean }> {
  try {
    const real = await realpath(path);
    const found = await stat(real);
    if (found.isDirectory()) throw errors.cannotOpen(path, "it is a folder");
    return { path: real, isRegular: found.isFile() };
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === "ENOENT") return { path, isRegular: true };
    if ((error as NodeJS.ErrnoException).code) throw wrapped(error, path);
    throw error;
  }
}

/** What cannot be opened is told by the name that the user gave. */
async function openAs<T>(name: string, opening: () => Promise<T>): Promise<T> {
  try {
    return await opening();
  } catch (error) {
    throw wrapped(error, name);
  }
}

function wrapped(error: unknown, name: string): Error {
  return error instanceof UpsweepError ? error : errors.cannotOpen(name, error);
}
