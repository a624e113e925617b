/**
 * The files that a run keeps beside its output, under names that follow from it.
 *
 * Anybody who can write in the folder can put something else under such a name. So links are never followed, new files are made where nothing is
 * (under a random name, then renamed), and only regular files of this user with a single name are read or continued.
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

/** Which file it is, whatever its name. */
export type FileId = string;

/** What is at a path itself, even if it is a link; undefined where nothing is. @throws a system error when that cannot be told. */
export function statusOf(path: string): BigIntStats | undefined {
  return lstatSync(path, { bigint: true, throwIfNoEntry: false });
}

export function idOf({ dev, ino }: { readonly dev: bigint; readonly ino: bigint }): FileId {
  return `${dev}:${ino}`;
}

/** The file at a path; undefined where there is none, or it cannot be told. */
export function fileAt(path: string): FileId | undefined {
  try {
    const status = statusOf(path);
    return status && idOf(status);
  } catch {
    return undefined;
  }
}

/** Why something is not a file of ours; undefined where it is one. */
export function foreignness(status: BigIntStats): string | undefined {
  if (status.isSymbolicLink()) return "a symbolic link";
  if (status.isDirectory()) return "a folder";
  if (!status.isFile()) return "not a regular file";
  if (process.geteuid && status.uid !== BigInt(process.geteuid())) return "another user's file";
  if (status.nlink > 1n) return "a file with several hard links";
  return undefined;
}

/** @throws UpsweepError when it is no file of ours. */
export function mustBeOwn(path: string, status: BigIntStats): void {
  const what = foreignness(status);
  if (what !== undefined) throw errors.specialFile(path, what);
}

/** Flags with which a link is refused, and a pipe without a writer does not block. */
export const NO_FOLLOW = (constants.O_NOFOLLOW ?? 0) | (constants.O_NONBLOCK ?? 0);

/** The text of a file of ours. @throws UpsweepError when it is not one, a system error when it cannot be read. */
export function readOwn(path: string): string {
  const before = statusOf(path);
  if (before) mustBeOwn(path, before);
  const fd = openSync(path, constants.O_RDONLY | NO_FOLLOW);
  try {
    mustBeOwn(path, fstatSync(fd, { bigint: true }));
    return readFileSync(fd, "utf8");
  } finally {
    closeSync(fd);
  }
}

const RANDOM = /^\.[0-9a-f]{12}$/;

/** A name beside `path` that nobody else has. */
export function randomName(path: string): string {
  return `${path}.${randomBytes(6).toString("hex")}`;
}

/** Makes a file where nothing is, complete or not at all. */
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

/** Replaces a file in one step. With `flush` its text is on the disk when this returns. */
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

/** Removes what runs that were killed have left under random names beside `paths`, but for `kept`. */
export function removeRandomNames(paths: readonly string[], kept?: string): void {
  const [first] = paths as [string];
  for (const name of readdirSync(dirname(first))) {
    const isRandom = paths.some(
      (path) => name.startsWith(basename(path)) && RANDOM.test(name.slice(basename(path).length)),
    );
    const path = join(dirname(first), name);
    if (isRandom && name !== kept && statusOf(path)?.isFile()) rmSync(path, { force: true });
  }
}
