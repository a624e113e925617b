/**
 * Rows to a file. They are written beside it, to NAME.partial; the name itself appears only when everything is there and on the disk, so
 * nobody ever reads half a file under it.
 */
import {
  closeSync,
  constants,
  fdatasyncSync,
  fstatSync,
  fsyncSync,
  ftruncateSync,
  openSync,
  rmSync,
} from "node:fs";
import { type FileHandle, link, open, realpath, rename, stat, unlink } from "node:fs/promises";
import { basename, dirname, join } from "node:path";
import { errors, UpsweepError } from "../errors.js";
import { writeAll } from "./descriptor.js";
import { type Lock, takeLock } from "./lock.js";
import {
  type FileId,
  fileIdAt,
  foreignReason,
  idOf,
  mustBeOwn,
  NO_FOLLOW,
  randomName,
  readOwn,
  removeRandomNames,
  statusOf,
} from "./own.js";
import type { Sink } from "./sink.js";

/**
 * Behind so many bytes the disk is asked for them, beside the writing, so that it does not idle until the end. Measured 2026-11-24, vocoder.yaml
 * to a file, on the disk at the end: 0.77 of the time without; every 64 MB 0.88.
 */
const SYNC_INTERVAL_BYTES = 16e6;

/** What a run before has left, to continue from. */
export interface PartialFile {
  /** So many bytes of the unfinished file are good; 0 where it is to be begun. */
  readonly bytes: number;
  /** The lock under which that was found out. */
  readonly lock?: Lock | undefined;
}

interface FileOptions {
  /** Whether a file that is there may be replaced, and an unfinished one begun again. */
  readonly mayReplace: boolean;
  /** Continue the unfinished file instead of beginning it again. */
  readonly from?: PartialFile | undefined;
}

/**
 * @throws UpsweepError when the file, or an unfinished one, is there and may not be replaced, another process writes it, or it cannot be made; nothing
 * has been counted then.
 */
export async function fileSink(
  path: string,
  { mayReplace, from: { bytes: from, lock: heldLock } = { bytes: 0 } }: FileOptions,
): Promise<Sink> {
  const target = await resolveTarget(path);
  if (target.fd !== undefined) return new Device({ fd: target.fd, close: async () => {} }, path);
  if (!target.isRegular)
    return new Device(await withOpenErrors(path, () => open(target.path, "w")), path);
  const partial = `${target.path}.partial`;
  const lock = heldLock ?? (await withOpenErrors(path, () => takeLock(partial, path)));
  try {
    return await withOpenErrors(path, async () => {
      // Asked only now: until then another process may have been about to give it that name.
      const existing = statusOf(target.path);
      if (!mayReplace && existing) throw errors.fileExists(path);
      if (from === 0 && !mayReplace) mustBeReplaceable(path, partial, lock);
      if (lock.wasTakenOver && from === 0) removeRandomNames([partial, manifestPathOf(partial)]);
      const mode = existing?.isFile() ? Number(existing.mode) & 0o777 : undefined;
      const handle = await (from > 0 ? reopenPartial(partial, from) : createPartial(partial, mode));
      try {
        const file = idOf(await handle.stat({ bigint: true }));
        lock.recordFile(file);
        return new RegularFile(handle, path, {
          partial,
          target: target.path,
          lock,
          file,
          mayReplace,
          from,
        });
      } catch (error) {
        await handle.close();
        if (from === 0) rmSync(partial, { force: true });
        throw error;
      }
    });
  } catch (error) {
    lock.release();
    throw error;
  }
}

/** @throws UpsweepError where rows of a sweep that was stopped are, which only --force gives up, or files that are not ours. */
function mustBeReplaceable(path: string, partial: string, { previousFile }: Lock): void {
  const [rows, manifest] = [statusOf(partial), statusOf(manifestPathOf(partial))];
  if (manifest && !isManifest(manifestPathOf(partial)))
    throw errors.foreignPartial(manifestPathOf(partial));
  if (!rows) return;
  if (manifest) throw errors.unfinished(path);
  // Without a manifest only the lock of the run that was killed tells whose it is. Nothing is lost with an empty one.
  const isOwn =
    foreignReason(rows) === undefined && (idOf(rows) === previousFile || rows.size === 0n);
  if (!isOwn) throw errors.foreignPartial(partial);
}

/** A new file, also where an unfinished one is there: a run that may still have that one open does not reach this one. */
async function createPartial(partial: string, mode: number | undefined): Promise<FileHandle> {
  // What is said there of an unfinished file holds no longer once another is begun in its place.
  rmSync(manifestPathOf(partial), { force: true });
  rmSync(partial, { force: true });
  // As private as the file that it replaces; ours to write in any case.
  return open(partial, "wx", mode === undefined ? 0o666 : mode | 0o600);
}

async function reopenPartial(partial: string, from: number): Promise<FileHandle> {
  const handle = await openOwn(partial, constants.O_RDWR);
  try {
    // What comes after may be half a row.
    await handle.truncate(from);
    return handle;
  } catch (error) {
    await handle.close();
    throw error;
  }
}

/** Opens a file of ours. @throws UpsweepError when it is none. */
export async function openOwn(path: string, access: number): Promise<FileHandle> {
  const before = statusOf(path);
  if (before) mustBeOwn(path, before);
  const handle = await open(path, access | NO_FOLLOW);
  try {
    mustBeOwn(path, await handle.stat({ bigint: true }));
    return handle;
  } catch (error) {
    await handle.close();
    throw error;
  }
}

/** A device or a pipe: written as it is, nothing to keep or take back. */
class Device<H extends Pick<FileHandle, "fd" | "close">> implements Sink {
  protected readonly handle: H;
  /** What messages call it. */
  protected readonly path: string;

  constructor(handle: H, path: string) {
    this.handle = handle;
    this.path = path;
  }

  async write(bytes: Uint8Array): Promise<void> {
    await writeAll(this.handle.fd, bytes, this.path);
  }

  async flush(): Promise<void> {}

  get temporaryName(): string | undefined {
    return undefined;
  }

  isOurs(): boolean {
    return true;
  }

  truncateAndSync(_bytes: number): void {}

  async finish(named?: () => void): Promise<void> {
    try {
      await this.handle.close();
      named?.();
    } catch (error) {
      throw errors.cannotWrite(this.path, error);
    }
  }

  abandon(): void {
    this.keepPartial();
  }

  keepPartial(): void {
    this.handle.close().catch(() => {});
  }
}

/** Where a regular file is written. */
interface Destination {
  readonly partial: string;
  readonly target: string;
  readonly lock: Lock;
  /** The unfinished file itself: another run may have put another under its name. */
  readonly file: FileId;
  readonly mayReplace: boolean;
  /** Bytes that are there already. */
  readonly from: number;
}

class RegularFile extends Device<FileHandle> {
  readonly #temporaryName: string;
  readonly #destination: Destination;
  /** Where the next bytes go: said with each write, so that nobody who has the file open too could shift them. */
  #end: number;
  /** Bytes that the disk has not been asked for yet. */
  #unsynced = 0;
  #isSyncing = false;
  /** A system says only once that it could not keep what was written, and goes on as if nothing had been: here it is not forgotten. */
  #failure: UpsweepError | undefined;

  constructor(handle: FileHandle, path: string, destination: Destination) {
    super(handle, path);
    this.#destination = destination;
    this.#end = destination.from;
    this.#temporaryName = basename(randomName(destination.partial));
  }

  override async write(bytes: Uint8Array): Promise<void> {
    if (this.#failure) throw this.#failure;
    await writeAll(this.handle.fd, bytes, this.path, this.#end);
    this.#end += bytes.length;
    this.#unsynced += bytes.length;
    if (this.#unsynced < SYNC_INTERVAL_BYTES || this.#isSyncing) return;
    this.#unsynced = 0;
    this.#isSyncing = true;
    const done = () => {
      this.#isSyncing = false;
    };
    this.flush().then(done, done);
  }

  override async flush(): Promise<void> {
    try {
      await this.handle.datasync();
    } catch (error) {
      this.#failure ??= errors.cannotWrite(this.path, error);
    }
    if (!this.isOurs()) this.#failure ??= this.#ownershipError();
    if (this.#failure) throw this.#failure;
  }

  override get temporaryName(): string {
    return this.#temporaryName;
  }

  override isOurs(): boolean {
    const { lock, partial, file } = this.#destination;
    return lock.isHeld() && fileIdAt(partial) === file;
  }

  override truncateAndSync(bytes: number): void {
    if (this.#failure) throw this.#failure;
    if (!this.isOurs()) throw this.#ownershipError();
    // Half a row, which on a full disk leaves room to say how far it came.
    ftruncateSync(this.handle.fd, bytes);
    fdatasyncSync(this.handle.fd);
  }

  override async finish(named?: () => void): Promise<void> {
    const { partial, target, lock, file, mayReplace } = this.#destination;
    await this.flush();
    try {
      const replaced = mayReplace ? statusOf(target) : undefined;
      if (replaced?.isFile()) await this.handle.chmod(Number(replaced.mode) & 0o7777);
      await this.handle.close();
      // Under a name that only this run knows nobody can put another file in its place any more.
      const temporary = join(dirname(partial), this.temporaryName);
      await rename(partial, temporary);
      if (fileIdAt(temporary) !== file || !lock.isHeld()) {
        await restorePartial(temporary, partial);
        throw this.#ownershipError();
      }
      try {
        await (mayReplace ? rename(temporary, target) : renameWithoutReplacing(temporary, target));
      } catch (error) {
        await restorePartial(temporary, partial);
        throw (error as NodeJS.ErrnoException).code === "EEXIST"
          ? errors.appeared(this.path, partial)
          : error;
      }
      syncFolder(dirname(target));
      named?.();
    } catch (error) {
      throw error instanceof UpsweepError ? error : errors.cannotWrite(this.path, error);
    }
    lock.release();
  }

  override abandon(): void {
    if (this.isOurs()) rmSync(this.#destination.partial, { force: true });
    this.keepPartial();
  }

  override keepPartial(): void {
    this.#destination.lock.release();
    super.keepPartial();
  }

  #ownershipError(): UpsweepError {
    const { lock, partial } = this.#destination;
    return lock.isHeld() ? errors.lockGone(this.path, partial) : lock.lostError();
  }
}

/** Where a file system has no hard links. */
const NO_LINKS = ["EPERM", "ENOTSUP", "EOPNOTSUPP", "ENOSYS", "EMLINK", "EXDEV"];

/** Gives a file a name that nothing has yet. @throws a system error EEXIST where something has it. */
export async function renameWithoutReplacing(from: string, to: string): Promise<void> {
  try {
    await link(from, to);
  } catch (error) {
    if (!NO_LINKS.includes((error as NodeJS.ErrnoException).code ?? "")) throw error;
    // Without hard links it can only be asked first: what appears between these two lines is replaced.
    if (statusOf(to)) throw Object.assign(new Error(`${to} is there`), { code: "EEXIST" });
    return rename(from, to);
  }
  await unlink(from);
}

/** The unfinished file gets its name back, unless another has it by now. */
async function restorePartial(temporary: string, partial: string): Promise<void> {
  await renameWithoutReplacing(temporary, partial).catch(() => {});
}

/** Takes the lock of an unfinished file, for what must be looked at before a sink continues it. `name` is what messages call the file. */
export async function lockFile(partial: string, name: string): Promise<Lock> {
  return withOpenErrors(name, () => takeLock(partial, name));
}

/** The unfinished file of `path`; undefined where there is none because `path` is a device or a pipe. */
export async function partialOf(path: string): Promise<string | undefined> {
  const { path: real, isRegular } = await resolveTarget(path);
  return isRegular ? `${real}.partial` : undefined;
}

/** What stands beside an unfinished file, or a part: how far it has come (see run/manifest.ts). */
export function manifestPathOf(path: string): string {
  return `${path}.json`;
}

/** What every manifest begins with. */
export const MANIFEST_HEAD = '{\n  "upsweep": "manifest",';

/** Whether a file is a manifest of ours, good or damaged. */
export function isManifest(path: string): boolean {
  const status = statusOf(path);
  if (!status) return false;
  mustBeOwn(path, status);
  return readOwn(path).startsWith(MANIFEST_HEAD);
}

/** A new name is on the disk only when its folder is. */
function syncFolder(folder: string): void {
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

/** Names of descriptors that this process has been given, as by `-o /dev/stdout` or `-o >(gzip > rows.gz)`. */
const INHERITED_DESCRIPTOR =
  /^(?:\/dev\/(?:fd\/(\d{1,9})|(stdout)|(stderr))|\/proc\/self\/fd\/(\d{1,9}))$/;

interface Target {
  readonly path: string;
  readonly isRegular: boolean;
  /** A descriptor that is open already. Opened by its name it would be written from its beginning, and a socket not at all. */
  readonly fd?: number;
}

/** The file behind links; a device or a pipe is written as it is, not replaced. */
async function resolveTarget(path: string): Promise<Target> {
  const [, number, stdout, stderr, procNumber] = INHERITED_DESCRIPTOR.exec(path) ?? [];
  const fd = stdout ? 1 : stderr ? 2 : (number ?? procNumber);
  try {
    if (fd !== undefined) {
      const found = fstatSync(Number(fd));
      // Node.js has descriptors of its own, which are none of these.
      const isInherited =
        found.isFIFO() || found.isFile() || found.isSocket() || found.isCharacterDevice();
      if (!isInherited) throw Object.assign(new Error(`${path} is not open`), { code: "EBADF" });
      return { path, isRegular: false, fd: Number(fd) };
    }
    // The links of /proc to pipes have no path that could be resolved, but they have a status.
    const found = await stat(path);
    if (found.isDirectory()) throw errors.cannotOpen(path, "it is a folder");
    return found.isFile()
      ? { path: await realpath(path), isRegular: true }
      : { path, isRegular: false };
  } catch (error) {
    if (fd === undefined && (error as NodeJS.ErrnoException).code === "ENOENT")
      return { path, isRegular: true };
    if ((error as NodeJS.ErrnoException).code) throw asOpenError(error, path);
    throw error;
  }
}

/** What cannot be opened is told by the name that the user gave. */
async function withOpenErrors<T>(name: string, opening: () => Promise<T>): Promise<T> {
  try {
    return await opening();
  } catch (error) {
    throw asOpenError(error, name);
  }
}

function asOpenError(error: unknown, name: string): Error {
  return error instanceof UpsweepError ? error : errors.cannotOpen(name, error);
}
