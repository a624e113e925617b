/** Checks of an output file before long work. The sink repeats them while it holds the lock. */
import { constants } from "node:fs";
import { access } from "node:fs/promises";
import { dirname } from "node:path";
import { errors } from "../errors.js";
import { isManifest, manifestPathOf } from "./companions.js";
import { partialOf } from "./file.js";
import { mustNotBeWritten } from "./lock.js";
import { statusOf } from "./own.js";

/**
 * Checks what would prevent a run from writing a file, without changing anything.
 *
 * @param isNew whether the file and its partial file must not exist.
 * @throws UpsweepError if its folder cannot be written, another process is writing it, or `isNew`
 * and something is there. Devices and pipes are not checked.
 */
export async function checkOutputFile(path: string, isNew: boolean): Promise<void> {
  const partial = await partialOf(path);
  if (partial === undefined) return;
  try {
    await access(dirname(partial), constants.W_OK);
  } catch (error) {
    throw errors.cannotOpen(path, error);
  }
  mustNotBeWritten(partial, path);
  if (!isNew) return;
  if (statusOf(partial.replace(/\.partial$/, ""))) throw errors.fileExists(path);
  if (statusOf(partial) && isManifest(manifestPathOf(partial))) throw errors.unfinished(path);
}
