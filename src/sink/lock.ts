/**
 * Who writes a file: `NAME.lock` says it while somebody does, so that two never write to one name.
 *
 * A lock whose process is gone is taken over at once, so that a sweep that was killed goes on without anybody tidying up. Whether a process of another
 * machine still runs cannot be seen from here: its lock is taken over too, and who has lost one finds that out before anything gets a name.
 */
import { randomUUID } from "node:crypto";
import { closeSync, constants, openSync, readFileSync, rmSync } from "node:fs";
import { hostname } from "node:os";
import { errors, UpsweepError } from "../errors.js";
import { type FileId, fileAt, foreignness, NO_FOLLOW, replace, statusOf, writeNew } from "./own.js";

/** A process as it can be found again: its number may be another's by then. */
interface Writer {
  readonly host: string;
  readonly pid: number;
  /** When it began; empty where that cannot be read. */
  readonly began: string;
  /** One of its locks. */
  readonly lock: string;
  /** The unfinished file that it writes, once there is one. */
  readonly file?: FileId;
}

/** What this process holds. */
const held = new Set<string>();

/** Two that come upon the lock of a dead process at the same moment see each other after so many milliseconds. */
const SETTLED_WITHIN = 50;

export interface Lock {
  /** The unfinished file of the run that was killed here before, if one was. */
  readonly leftFile: FileId | undefined;
  /** Whether the lock of a run that has ended was taken over. */
  readonly wasTaken: boolean;
  /** Whether it is still there, and ours. */
  hasDomain(): boolean;
  /** Says in the lock which file is being written, so that the next run knows it should this one be killed. */
  names(file: FileId): void;
  /** @returns the error of whoever has lost it. */
  lost(): UpsweepError;
  /** Gives it back; one that is not ours any more is left alone. */
  release(): void;
}

/**
 * Takes the lock of `file`.
 *
 * @param name what messages call the file.
 * @throws UpsweepError when a process of this machine holds it and runs. A system error when it cannot be written.
 */
export async function takeLock(file: string, name: string): Promise<Lock> {
  const path = lockOf(file);
  const writer: Writer = {
    host: hostname(),
    pid: process.pid,
    began: entryPointOf(process.pid),
    lock: randomUUID(),
  };
  const textOf = (written: Writer) => `${JSON.stringify(written)}\n`;
  let left: Writer | undefined;
  let own = firstOf(path, textOf(writer));
  const wasTaken = own === undefined;
  if (own === undefined) {
    // It may be there and not be written yet.
    if (readWriter(path) === undefined) await updated();
    left = readWriter(path);
    if (left && isRunning(left)) throw errors.beingWritten(name, left.pid, path);
    // Should this run be killed before it begins a file, the one that is there is still known to be a run's.
    own = replace(
      path,
      textOf({ ...writer, ...(left?.file !== undefined && { file: left.file }) }),
    );
    await updated();
    const last = readWriter(path);
    if (last && last.lock !== writer.lock) throw errors.beingWritten(name, last.pid, path);
  }
  held.add(writer.lock);
  const hasDomain = () => {
    try {
      // Opening the file asks a file server for its newest state.
      return readWriter(path)?.lock === writer.lock;
    } catch (error) {
      // Nothing can be opened: what is there can still be told by its name.
      if (isOutOfFiles(error)) return fileAt(path) === own;
      throw error;
    }
  };
  return {
    leftFile: left?.file,
    wasTaken,
    hasDomain,
    names: (file) => {
      if (hasDomain()) own = replace(path, textOf({ ...writer, file }));
    },
    lost: () => {
      const other = readWriter(path);
      return other
        ? errors.takenOver(name, `process ${other.pid} on ${other.host}`)
        : errors.lockGone(name, path);
    },
    release: () => {
      held.delete(writer.lock);
      if (hasDomain()) rmSync(path, { force: true });
    },
  };
}

function lockOf(file: string): string {
  return `${file}.lock`;
}

function updated(): Promise<void> {
  return new Promise((resolve) => setTimeout(resolve, SETTLED_WITHIN));
}

/** Writes a lock where there is none; undefined where there is one. */
function firstOf(path: string, text: string): FileId | undefined {
  try {
    return writeNew(path, text);
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === "EEXIST") return undefined;
    throw error;
  }
}

const isOutOfFiles = (error: unknown) =>
  ["EMFILE", "ENFILE"].includes((error as NodeJS.ErrnoException).code ?? "");

/**
 * Whoever a lock names; undefined where there is none, or it is not written yet.
 *
 * @throws UpsweepError when it is a link or the like. A system error when it is not for us to read, or nothing can be opened.
 */
function readWriter(path: string): Writer | undefined {
  try {
    const status = statusOf(path);
    if (status && !status.isFile()) throw errors.specialFile(path, foreignness(status) as string);
    const fd = openSync(path, constants.O_RDONLY | NO_FOLLOW);
    try {
      const { host, pid, began, lock, file } = JSON.parse(
        readFileSync(fd, "utf8"),
      ) as Partial<Writer>;
      const isSound =
        typeof host === "string" &&
        Number.isSafeInteger(pid) &&
        typeof began === "string" &&
        typeof lock === "string";
      return isSound
        ? ({ host, pid, began, lock, ...(typeof file === "string" && { file }) } as Writer)
        : undefined;
    } finally {
      closeSync(fd);
    }
  } catch (error) {
    if (
      error instanceof UpsweepError ||
      (error as NodeJS.ErrnoException).code === "EACCES" ||
      isOutOfFiles(error)
    )
      throw error;
    return undefined;
  }
}

/** Whether it is a process of this machine, and runs. */
function isRunning({ host, pid, began, lock }: Writer): boolean {
  if (host !== hostname() || began !== entryPointOf(pid)) return false;
  if (pid === process.pid) return held.has(lock);
  try {
    process.kill(pid, 0);
    return true;
  } catch (error) {
    return (error as NodeJS.ErrnoException).code === "EPERM";
  }
}

/** When a process began, as Linux counts it, in ticks since the machine did; empty elsewhere, and of one that has ended, reaped or not. */
function entryPointOf(pid: number): string {
  try {
    const stat = readFileSync(`/proc/${pid}/stat`, "latin1");
    // Behind the name, which may hold anything: the third field is the state, the 22nd the beginning.
    const fields = stat.slice(stat.lastIndexOf(")") + 2).split(" ");
    return fields[0] === "Z" ? "" : (fields[19] ?? "");
  } catch {
    return "";
  }
}
