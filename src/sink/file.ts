/**
 * Rows to a file. They are written beside it, to NAME.partial; the name itself appears only when everything is there and on the disk, so
 * nobody ever reads half a file under it.
 */
import { closeSync, existsSync, fdatasyncSync, fsyncSync, ftruncateSync, openSync, rmSync } from "node:fs";
import { type FileHandle, open, realpath, rename, stat } from "node:fs/promises";
import { dirname } from "node:path";
import { errors, systemReason } from "../errors.js";
import { writeAll } from "./descriptor.js";
import type { Sink } from "./sink.js";

interface FileOptions {
  /** Whether a file that is there may be replaced, and an unfinished one begun anew. */
  readonly mayReplace: boolean;
  /** Go on behind so many bytes of the unfinished file, instead of beginning anew. */
  readonly from?: number | undefined;
}

/** @throws UpsweepError when the file, or an unfinished one, is there and may not be replaced, or it cannot be made; nothing has been counted then. */
export async function fileSink(path: string, { mayReplace, from = 0 }: FileOptions): Promise<Sink> {
  const target = await targetOf(path);
  if (target.isRegular && target.isThere && !mayReplace) throw errors.fileExists(path);
  const partial = target.isRegular ? `${target.path}.partial` : target.path;
  if (target.isRegular && from === 0 && !mayReplace && isResumable(partial)) throw errors.unfinished(path);
  // What is said there of an unfinished file holds no longer once another is begun in its place.
  if (target.isRegular && from === 0) rmSync(manifestOf(partial), { force: true });
  const handle = await openFile(partial, path, from);
  return {
    write: (bytes) => writeAll(handle.fd, bytes, path),
    async flush() {
      if (target.isRegular) await handle.datasync();
    },
    keepNow(bytes) {
      if (!target.isRegular) return;
      // Half a row, which on a full disk leaves room to say how far it came.
      ftruncateSync(handle.fd, bytes);
      fdatasyncSync(handle.fd);
    },
    async finish() {
      try {
        if (target.isRegular) await handle.sync();
        await handle.close();
        if (!target.isRegular) return;
        await rename(partial, target.path);
        flushFolder(dirname(target.path));
      } catch (error) {
        throw errors.cannotWrite(path, systemReason(error));
      }
    },
    abandon() {
      if (target.isRegular) rmSync(partial, { force: true });
      handle.close().catch(() => {});
    },
    leave() {
      handle.close().catch(() => {});
    },
  };
}

/** The unfinished file of `path`; undefined where there is none because `path` is a device or a pipe. */
export async function partialOf(path: string): Promise<string | undefined> {
  const { path: real, isRegular } = await targetOf(path);
  return isRegular ? `${real}.partial` : undefined;
}

/** What stands beside an unfinished file: how far it has come (see run/checkpoint.ts). */
export function manifestOf(partial: string): string {
  return `${partial}.json`;
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
async function targetOf(path: string): Promise<{ path: string; isRegular: boolean; isThere: boolean }> {
  try {
    const real = await realpath(path);
    const found = await stat(real);
    if (found.isDirectory()) throw errors.cannotOpen(path, "it is a folder");
    return { path: real, isRegular: found.isFile(), isThere: true };
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === "ENOENT") return { path, isRegular: true, isThere: false };
    if ((error as NodeJS.ErrnoException).code) throw wrapped(error, path);
    throw error;
  }
}

async function openFile(path: string, name: string, from: number): Promise<FileHandle> {
  try {
    if (from === 0) return await open(path, "w");
    const handle = await open(path, "a");
    // What stands behind may be half a row.
    await handle.truncate(from);
    return handle;
  } catch (error) {
    throw wrapped(error, name);
  }
}

function wrapped(error: unknown, name: string): Error {
  return error instanceof Error && error.name === "UpsweepError" ? error : errors.cannotOpen(name, systemReason(error));
}
