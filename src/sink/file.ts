/**
 * Rows to a file. They are written beside it, to NAME.partial; the name itself appears only when everything is there, so
 * nobody ever reads half a file under it.
 */
import { rmSync } from "node:fs";
import { type FileHandle, open, realpath, rename, stat } from "node:fs/promises";
import { errors, systemReason } from "../errors.js";
import { writeAll } from "./descriptor.js";
import type { Sink } from "./sink.js";

/** @throws UpsweepError when the file cannot be made; nothing has been counted then. */
export async function fileSink(path: string): Promise<Sink> {
  const target = await targetOf(path);
  const partial = target.isRegular ? `${target.path}.partial` : target.path;
  const handle = await openFile(partial, path);
  return {
    write: (bytes) => writeAll(handle.fd, bytes, path),
    async finish() {
      await handle.close();
      if (!target.isRegular) return;
      try {
        await rename(partial, target.path);
      } catch (error) {
        throw errors.cannotWrite(path, systemReason(error));
      }
    },
    abandon() {
      if (target.isRegular) rmSync(partial, { force: true });
      handle.close().catch(() => {});
    },
  };
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

async function openFile(path: string, name: string): Promise<FileHandle> {
  try {
    return await open(path, "w");
  } catch (error) {
    throw wrapped(error, name);
  }
}

function wrapped(error: unknown, name: string): Error {
  return error instanceof Error && error.name === "UpsweepError" ? error : errors.cannotOpen(name, systemReason(error));
}
