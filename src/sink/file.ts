/**
 * The file sink. Rows are written to NAME.partial. The file gets its own name only when it is
 * complete and on disk, so that nobody reads an incomplete file under that name.
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
import { groupLogPathOf, isGroupLog, isManifest, manifestPathOf, ownNames } from "./companions.js";
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
  removeRandomNames,
  statusOf,
} from "./own.js";
import type { Sink } from "./sink.js";

/**
 * Start a background fdatasync every 16 MB, so that the disk works during the sweep and the last
 * sync is short. Measured 2026-11-24 on vocoder.yaml, written to a file including the last sync:
 * 0.77 of the time without background syncs. An interval of 64 MB takes 0.88.
 */
const SYNC_INTERVAL_BYTES = 16e6;

/** A partial file that an earlier run left, to resume from. */
export interface PartialFile {
  /** Number of valid bytes in the partial file. With 0, a new partial file is created. */
  readonly bytes: number;
  /** The lock that was held while the partial file was checked. */
  readonly lock?: Lock | undefined;
}

interface FileOptions {
  /** Whether an existing file may be replaced, and an existing partial file discarded. */
  readonly mayReplace: boolean;
  /** The partial file to resume, instead of starting a new one. */
  readonly from?: PartialFile | undefined;
}

/**
 * Opens the sink of a file, a device or a pipe. Called before anything is counted, so that an error
 * costs no work.
 *
 * @throws UpsweepError if the file or its partial file exists and may not be replaced, another
 * process is writing it, or it cannot be created.
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
      // Check only while holding the lock. Before, another process could still create the file.
      const existing = statusOf(target.path);
      if (!mayReplace && existing) throw errors.fileExists(path);
      if (from === 0 && !mayReplace) mustBeReplaceable(path, partial, lock);
      if (lock.wasTakenOver && from === 0) removeRandomNames(ownNames(partial));
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

/**
 * Checks that a new partial file may take the place of what is there.
 *
 * @throws UpsweepError if it would overwrite the rows of a stopped sweep, which requires --force,
 * or files that upsweep did not create.
 */
function mustBeReplaceable(path: string, partial: string, { previousFile }: Lock): void {
  const [rows, manifest] = [statusOf(partial), statusOf(manifestPathOf(partial))];
  if (manifest && !isManifest(manifestPathOf(partial)))
    throw errors.unknownPartial(manifestPathOf(partial));
  const log = groupLogPathOf(partial);
  if (statusOf(log) && !isGroupLog(log)) throw errors.unknownPartial(log);
  if (!rows) return;
  if (manifest) throw errors.unfinished(path);
  // Without a manifest, only the lock of the killed run shows that the file is upsweep's. An empty
  // file has nothing to lose.
  const isOwn =
    foreignReason(rows) === undefined && (idOf(rows) === previousFile || rows.size === 0n);
  if (!isOwn) throw errors.unknownPartial(partial);
}

/**
 * Creates a new partial file and removes an existing one. A run that still has the old file open
 * cannot write to the new one.
 */
async function createPartial(partial: string, mode: number | undefined): Promise<FileHandle> {
  // The old manifest and log do not describe the new partial file.
  rmSync(manifestPathOf(partial), { force: true });
  rmSync(groupLogPathOf(partial), { force: true });
  rmSync(partial, { force: true });
  // Use the permissions of the file to be replaced, but always allow this user to read and write.
  return open(partial, "wx", mode === undefined ? 0o666 : mode | 0o600);
}

async function reopenPartial(partial: string, from: number): Promise<FileHandle> {
  const handle = await openOwn(partial, constants.O_RDWR);
  try {
    // The bytes after `from` may end within a row.
    await handle.truncate(from);
    return handle;
  } catch (error) {
    await handle.close();
    throw error;
  }
}

/**
 * Opens a regular file of this user without following links.
 *
 * @throws UpsweepError if it is not such a file (see `foreignReason`).
 */
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

/** The sink of a device or a pipe. It is written directly and has no partial file. */
class Device<H extends Pick<FileHandle, "fd" | "close">> implements Sink {
  protected readonly handle: H;
  /** The name of the output in error messages. */
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

  async finish(onNamed?: () => void): Promise<void> {
    try {
      await this.handle.close();
      onNamed?.();
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

/** The paths and the lock of a regular file that is being written. */
interface Destination {
  readonly partial: string;
  readonly target: string;
  readonly lock: Lock;
  /** Identifies the partial file, since another run may have replaced the file under that name. */
  readonly file: FileId;
  readonly mayReplace: boolean;
  /** Number of bytes that the partial file already has. */
  readonly from: number;
}

class RegularFile extends Device<FileHandle> {
  readonly #temporaryName: string;
  readonly #destination: Destination;
  /**
   * The offset of the next write. Each write passes it explicitly, so that another process with the
   * same file open cannot shift the rows.
   */
  #end: number;
  /** Number of bytes written since the last background sync was started. */
  #unsynced = 0;
  #isSyncing = false;
  /**
   * The first error of a sync. The system reports a failed write-back only once, and later syncs
   * succeed, so the error is kept here.
   */
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
    // Cut off an incomplete row. On a full disk, this also frees room for the manifest.
    ftruncateSync(this.handle.fd, bytes);
    fdatasyncSync(this.handle.fd);
  }

  override async finish(onNamed?: () => void): Promise<void> {
    const { partial, target, lock, file, mayReplace } = this.#destination;
    await this.flush();
    try {
      const replaced = mayReplace ? statusOf(target) : undefined;
      if (replaced?.isFile()) await this.handle.chmod(Number(replaced.mode) & 0o7777);
      await this.handle.close();
      // Rename it to a name that only this run knows, so that no one else can replace it.
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
      onNamed?.();
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

/** Error codes of link() on file systems without hard links. */
const NO_LINKS = ["EPERM", "ENOTSUP", "EOPNOTSUPP", "ENOSYS", "EMLINK", "EXDEV"];

/**
 * Renames a file without replacing another.
 *
 * @throws a system error EEXIST if the name is taken.
 */
export async function renameWithoutReplacing(from: string, to: string): Promise<void> {
  try {
    await link(from, to);
  } catch (error) {
    if (!NO_LINKS.includes((error as NodeJS.ErrnoException).code ?? "")) throw error;
    // Without hard links, check first. A file that appears between these two lines is replaced.
    if (statusOf(to)) throw Object.assign(new Error(`${to} is there`), { code: "EEXIST" });
    return rename(from, to);
  }
  await unlink(from);
}

/** Renames the file back to its partial name, unless another file has that name by now. */
async function restorePartial(temporary: string, partial: string): Promise<void> {
  await renameWithoutReplacing(temporary, partial).catch(() => {});
}

/**
 * Takes the lock of a partial file, so that it can be checked before a sink resumes it.
 *
 * @param name the name of the file in error messages.
 */
export async function lockFile(partial: string, name: string): Promise<Lock> {
  return withOpenErrors(name, () => takeLock(partial, name));
}

/** The partial file of `path`. Returns undefined if `path` is a device or a pipe. */
export async function partialOf(path: string): Promise<string | undefined> {
  const { path: real, isRegular } = await resolveTarget(path);
  return isRegular ? `${real}.partial` : undefined;
}

/** Flushes a folder to disk. Only then is a new name in it on disk too. */
function syncFolder(folder: string): void {
  let fd: number | undefined;
  try {
    fd = openSync(folder, "r");
    fsyncSync(fd);
  } catch {
    // Not every file system supports this. Such a system flushes folders itself, or never does.
  } finally {
    if (fd !== undefined) closeSync(fd);
  }
}

/**
 * Paths of descriptors that this process inherited, as in `-o /dev/stdout` or
 * `-o >(gzip > rows.gz)`.
 */
const INHERITED_DESCRIPTOR =
  /^(?:\/dev\/(?:fd\/(\d{1,9})|(stdout)|(stderr))|\/proc\/self\/fd\/(\d{1,9}))$/;

interface Target {
  readonly path: string;
  readonly isRegular: boolean;
  /**
   * The inherited descriptor. Opening it by its path would write from the beginning of the file,
   * and fail for a socket.
   */
  readonly fd?: number;
}

/** Resolves links to the file to write. Devices, pipes and descriptors are written directly. */
async function resolveTarget(path: string): Promise<Target> {
  const [, number, stdout, stderr, procNumber] = INHERITED_DESCRIPTOR.exec(path) ?? [];
  const fd = stdout ? 1 : stderr ? 2 : (number ?? procNumber);
  try {
    if (fd !== undefined) {
      const found = fstatSync(Number(fd));
      // Node.js opens internal descriptors. None of them has one of these types.
      const isInherited =
        found.isFIFO() || found.isFile() || found.isSocket() || found.isCharacterDevice();
      if (!isInherited) throw Object.assign(new Error(`${path} is not open`), { code: "EBADF" });
      return { path, isRegular: false, fd: Number(fd) };
    }
    // Links in /proc to pipes cannot be resolved to a path, but stat() works on them.
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

/** Converts the errors of opening a file to errors with the name that the user gave. */
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
