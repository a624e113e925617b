/**
 * The files that a run keeps next to its output, under names derived from the output's.
 *
 * Anyone with write access to the folder can put another file under such a name. Links are
 * therefore never followed. New files are created under a random name and then renamed. Only
 * regular files that belong to this user and have a single name are read or continued.
 */
import { randomBytes } from "node:crypto";
import {
  type BigIntStats,
  closeSync,
  constants,
  fstatSync,
  fsyncSync,
  lstatSync,
  openSync,
  readdirSync,
  readFileSync,
  renameSync,
  rmSync,
  writeFileSync,
} from "node:fs";
import { basename, dirname, join } from "node:path";
import { errors } from "../errors.js";

/** Identifies a file independently of its name: device and inode number. */
export type FileId = string;

/**
 * The status of a path, without following a link. Returns undefined if nothing is there.
 *
 * @throws a system error if the status cannot be read.
 */
export function statusOf(path: string): BigIntStats | undefined {
  return lstatSync(path, { bigint: true, throwIfNoEntry: false });
}

export function idOf({ dev, ino }: { readonly dev: bigint; readonly ino: bigint }): FileId {
  return `${dev}:${ino}`;
}

/** The identity of the file at a path. Returns undefined if there is none or it cannot be read. */
export function fileIdAt(path: string): FileId | undefined {
  try {
    const status = statusOf(path);
    return status && idOf(status);
  } catch {
    return undefined;
  }
}

/**
 * Describes why a path is not a regular file of this user with a single name. Returns undefined if
 * it is.
 */
export function foreignReason(status: BigIntStats): string | undefined {
  if (status.isSymbolicLink()) return "a symbolic link";
  if (status.isDirectory()) return "a folder";
  if (!status.isFile()) return "not a regular file";
  if (process.geteuid && status.uid !== BigInt(process.geteuid())) return "another user's file";
  if (status.nlink > 1n) return "a file with several hard links";
  return undefined;
}

/** @throws UpsweepError if the path is not a regular file of this user with a single name. */
export function mustBeOwn(path: string, status: BigIntStats): void {
  const reason = foreignReason(status);
  if (reason !== undefined) throw errors.specialFile(path, reason);
}

/** Flags for open(): fail on a symbolic link, and do not block on a pipe without a writer. */
export const NO_FOLLOW = (constants.O_NOFOLLOW ?? 0) | (constants.O_NONBLOCK ?? 0);

/** Reads the text of a regular file of this user, as `readOwnBytes` does. */
export function readOwn(path: string): string {
  return readOwnBytes(path).toString("utf8");
}

/**
 * Reads a regular file of this user.
 *
 * @throws UpsweepError if it is not such a file (see `foreignReason`). A system error if it cannot
 * be read.
 */
export function readOwnBytes(path: string): Buffer {
  const before = statusOf(path);
  if (before) mustBeOwn(path, before);
  const fd = openSync(path, constants.O_RDONLY | NO_FOLLOW);
  try {
    mustBeOwn(path, fstatSync(fd, { bigint: true }));
    return readFileSync(fd);
  } finally {
    closeSync(fd);
  }
}

const RANDOM_SUFFIX = /^\.[0-9a-f]{12}$/;

/** A random name in the folder of `path`: `path` followed by a dot and 12 hexadecimal digits. */
export function randomName(path: string): string {
  return `${path}.${randomBytes(6).toString("hex")}`;
}

/**
 * Creates a file, or removes it again if the write fails. With `flush`, the text is on disk when
 * this returns.
 *
 * @throws a system error, EEXIST if the file already exists.
 */
export function writeNew(path: string, text: string, { flush = false } = {}): FileId {
  const fd = openSync(path, "wx");
  try {
    writeFileSync(fd, text);
    if (flush) fsyncSync(fd);
    return idOf(fstatSync(fd, { bigint: true }));
  } catch (error) {
    rmSync(path, { force: true });
    throw error;
  } finally {
    closeSync(fd);
  }
}

/** Replaces a file atomically. With `flush`, its text is on disk when this returns. */
export function replace(path: string, text: string, options?: { readonly flush: boolean }): FileId {
  const temporary = randomName(path);
  const id = writeNew(temporary, text, options);
  try {
    renameSync(temporary, path);
  } catch (error) {
    rmSync(temporary, { force: true });
    throw error;
  }
  return id;
}

/** Removes files with random names that killed runs left next to `paths`, except `kept`. */
export function removeRandomNames(paths: readonly string[], kept?: string): void {
  const [first] = paths as [string];
  for (const name of readdirSync(dirname(first))) {
    const isRandom = paths.some(
      (path) =>
        name.startsWith(basename(path)) && RANDOM_SUFFIX.test(name.slice(basename(path).length)),
    );
    const path = join(dirname(first), name);
    if (isRandom && name !== kept && statusOf(path)?.isFile()) rmSync(path, { force: true });
  }
}
