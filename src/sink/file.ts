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
  fileAt,
  foreignness,
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
const BYTES_AT_ONCE = 16e6;

/** What a run before has left, to continue from. */
export interface Left {
  /** So many bytes of the unfinished file are good; 0 where it is to be begun. */
  readonly bytes: number;
  /** The lock under which that was found out. */
  readonly lock?: Lock | undefined;
}

interface FileOptions {
  /** Whether a file that is there may be replaced, and an unfinished one begun again. */
  readonly mayReplace: boolean;
  /** Continue the unfinished file instead of beginning it again. */
  readonly from?: Left | undefined;
}

/**
 * @throws UpsweepError when the file, or an unfinished one, is there and may not be replaced, another process writes it, or it cannot be made; nothing
 * has been counted then.
 */
export async function fileSink(
  path: string,
  { mayReplace, from: { bytes: from, lock: held } = { bytes: 0 } }: FileOptions,
): Promise<Sink> {
  const target = await targetOf(path);
  if (target.fd !== undefined) return new Device({ fd: target.fd, close: async () => {} }, path);
  if (!target.isRegular) return new Device(await openAs(path, () => open(target.path, "w")), path);
  const partial = `${target.path}.partial`;
  const lock = held ?? (await openAs(path, () => takeLock(partial, path)));
  try {
    return await openAs(path, async () => {
      // Asked only now: until then another process may have been about to give it that name.
      const there = statusOf(target.path);
      if (!mayReplace && there) throw errors.fileExists(path);
      if (from === 0 && !mayReplace) mustBeReplaceable(path, partial, lock);
      if (lock.wasTaken && from === 0) removeRandomNames([partial, manifestOf(partial)]);
      const mode = there?.isFile() ? Number(there.mode) & 0o777 : undefined;
      const handle = await (from > 0 ? resume(partial, from) : begin(partial, mode));
      try {
        const file = idOf(await handle.stat({ bigint: true }));
        lock.names(file);
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
function mustBeReplaceable(path: string, partial: string, { leftFile }: Lock): void {
  const [rows, manifest] = [statusOf(partial), statusOf(manifestOf(partial))];
  if (manifest && !isManifest(manifestOf(partial)))
    throw errors.unknownPartial(manifestOf(partial));
  if (!rows) return;
  if (manifest) throw errors.unfinished(path);
  // Without a manifest only the lock of the run that was killed tells whose it is. Nothing is lost with an empty one.
  const isOurs = foreignness(rows) === undefined && (idOf(rows) === leftFile || rows.size === 0n);
  if (!isOurs) throw errors.unknownPartial(partial);
}

/** A new file, also where an unfinished one is there: a run that may still have that one open does not reach this one. */
async function begin(partial: string, mode: number | undefined): Promise<FileHandle> {
  // What is said there of an unfinished file holds no longer once another is begun in its place.
  rmSync(manifestOf(partial), { force: true });
  rmSync(partial, { force: true });
  // As private as the file that it replaces; ours to write in any case.
  return open(partial, "wx", mode === undefined ? 0o666 : mode | 0o600);
}

async function resume(partial: string, from: number): Promise<FileHandle> {
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

  get ownName(): string | undefined {
    return undefined;
  }

  isOurs(): boolean {
    return true;
  }

  keepNow(_bytes: number): void {}

  async finish(named?: () => void): Promise<void> {
    try {
      await this.handle.close();
      named?.();
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
interface Location {
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
  readonly #ownName: string;
  readonly #location: Location;
  /** Where the next bytes go: said with each write, so that nobody who has the file open too could shift them. */
  #end: number;
  /** Bytes that the disk has not been asked for yet. */
  #waiting = 0;
  #isAsking = false;
  /** A system says only once that it could not keep what was written, and goes on as if nothing had been: here it is not forgotten. */
  #lost: UpsweepError | undefined;

  constructor(handle: FileHandle, path: string, location: Location) {
    super(handle, path);
    this.#location = location;
    this.#end = location.from;
    this.#ownName = basename(randomName(location.partial));
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
    if (!this.isOurs()) this.#lost ??= this.#taken();
    if (this.#lost) throw this.#lost;
  }

  override get ownName(): string {
    return this.#ownName;
  }

  override isOurs(): boolean {
    const { lock, partial, file } = this.#location;
    return lock.hasDomain() && fileAt(partial) === file;
  }

  override keepNow(bytes: number): void {
    if (this.#lost) throw this.#lost;
    if (!this.isOurs()) throw this.#taken();
    // Half a row, which on a full disk leaves room to say how far it came.
    ftruncateSync(this.handle.fd, bytes);
    fdatasyncSync(this.handle.fd);
  }

  override async finish(named?: () => void): Promise<void> {
    const { partial, target, lock, file, mayReplace } = this.#location;
    await this.flush();
    try {
      const replaced = mayReplace ? statusOf(target) : undefined;
      if (replaced?.isFile()) await this.handle.chmod(Number(replaced.mode) & 0o7777);
      await this.handle.close();
      // Under a name that only this run knows nobody can put another file in its place any more.
      const own = join(dirname(partial), this.ownName);
      await rename(partial, own);
      if (fileAt(own) !== file || !lock.hasDomain()) {
        await giveBack(own, partial);
        throw this.#taken();
      }
      try {
        await (mayReplace ? rename(own, target) : nameNew(own, target));
      } catch (error) {
        await giveBack(own, partial);
        throw (error as NodeJS.ErrnoException).code === "EEXIST"
          ? errors.appeared(this.path, partial)
          : error;
      }
      flushFolder(dirname(target));
      named?.();
    } catch (error) {
      throw error instanceof UpsweepError ? error : errors.cannotWrite(this.path, error);
    }
    lock.release();
  }

  override abandon(): void {
    if (this.isOurs()) rmSync(this.#location.partial, { force: true });
    this.leave();
  }

  override leave(): void {
    this.#location.lock.release();
    super.leave();
  }

  #taken(): UpsweepError {
    const { lock, partial } = this.#location;
    return lock.hasDomain() ? errors.lockGone(this.path, partial) : lock.lost();
  }
}

/** Where a file system has no hard links. */
const NO_LINKS = ["EPERM", "ENOTSUP", "EOPNOTSUPP", "ENOSYS", "EMLINK", "EXDEV"];

/** Gives a file a name that nothing has yet. @throws a system error EEXIST where something has it. */
export async function nameNew(from: string, to: string): Promise<void> {
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
async function giveBack(own: string, partial: string): Promise<void> {
  await nameNew(own, partial).catch(() => {});
}

/** Takes the lock of an unfinished file, for what must be looked at before a sink continues it. `name` is what messages call the file. */
export async function lockFile(partial: string, name: string): Promise<Lock> {
  return openAs(name, () => takeLock(partial, name));
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

/** Names of descriptors that this process has been given, as by `-o /dev/stdout` or `-o >(gzip > rows.gz)`. */
const OWN_DESCRIPTOR =
  /^(?:\/dev\/(?:fd\/(\d{1,9})|(stdout)|(stderr))|\/proc\/self\/fd\/(\d{1,9}))$/;

interface Target {
  readonly path: string;
  readonly isRegular: boolean;
  /** A descriptor that is open already. Opened by its name it would be written from its beginning, and a socket not at all. */
  readonly fd?: number;
}

/** The file behind links; a device or a pipe is written as it is, not replaced. */
async function targetOf(path: string): Promise<Target> {
  const [, number, stdout, stderr, ofProcess] = OWN_DESCRIPTOR.exec(path) ?? [];
  const fd = stdout ? 1 : stderr ? 2 : (number ?? ofProcess);
  try {
    if (fd !== undefined) {
      const found = fstatSync(Number(fd));
      // Node.js has descriptors of its own, which are none of these.
      const isGiven =
        found.isFIFO() || found.isFile() || found.isSocket() || found.isCharacterDevice();
      if (!isGiven) throw Object.assign(new Error(`${path} is not open`), { code: "EBADF" });
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
