/**
 * Lock files. `NAME.lock` names the process that is writing NAME, so that only one process writes
 * to a name.
 *
 * The lock of a dead process is taken over at once, so that a killed sweep can resume without
 * cleanup. This machine cannot tell whether a process on another machine is alive, so such a lock
 * is taken over too. A process that has lost its lock notices this before it renames a file.
 */
import { randomUUID } from "node:crypto";
import { closeSync, constants, openSync, readFileSync, rmSync } from "node:fs";
import { hostname } from "node:os";
import { errors, UpsweepError } from "../errors.js";
import {
  type FileId,
  fileIdAt,
  foreignReason,
  NO_FOLLOW,
  replace,
  statusOf,
  writeNew,
} from "./own.js";

/** Identifies a process. Its number alone does not, since the system reuses numbers. */
interface Writer {
  readonly host: string;
  readonly pid: number;
  /** The start time of the process; "" if it cannot be read. */
  readonly began: string;
  /** The random identifier of this lock. */
  readonly lock: string;
  /** The partial file that the process writes, once it exists. */
  readonly file?: FileId;
}

/** The identifiers of the locks that this process holds. */
const heldLocks = new Set<string>();

/**
 * Two processes can find the same stale lock at once. Each writes its own lock and reads it again
 * after this many milliseconds. The process that wrote last owns the lock.
 */
const SETTLE_MILLISECONDS = 50;

export interface Lock {
  /** The partial file of the killed run from which the lock was taken over, if known. */
  readonly previousFile: FileId | undefined;
  /** Whether the lock existed and was taken over. */
  readonly wasTakenOver: boolean;
  /** Whether the lock file still exists and belongs to this run. */
  isHeld(): boolean;
  /** Records the file being written in the lock. If this run is killed, the next run reads it. */
  recordFile(file: FileId): void;
  /** The error to report after the lock was lost. */
  lostError(): UpsweepError;
  /** Removes the lock file, unless it belongs to another run by now. */
  release(): void;
}

/**
 * Takes the lock of `file`.
 *
 * @param name the name of the file in error messages.
 * @throws UpsweepError if a running process of this machine holds the lock, or another process took
 * it over at the same time. A system error if the lock cannot be written.
 */
export async function takeLock(file: string, name: string): Promise<Lock> {
  const path = lockOf(file);
  const writer: Writer = {
    host: hostname(),
    pid: process.pid,
    began: startTimeOf(process.pid),
    lock: randomUUID(),
  };
  const lockText = (written: Writer) => `${JSON.stringify(written)}\n`;
  let previous: Writer | undefined;
  let lockId = createLock(path, lockText(writer));
  const wasTakenOver = lockId === undefined;
  if (lockId === undefined) {
    // Another process may have created the lock file without having written it yet.
    if (readWriter(path) === undefined) await settle();
    previous = readWriter(path);
    if (previous && isRunning(previous)) throw errors.beingWritten(name, previous.pid, path);
    // Keep the recorded file. If this run is killed before it creates its own partial file, the
    // next run still knows that the existing one belongs to upsweep.
    lockId = replace(
      path,
      lockText({ ...writer, ...(previous?.file !== undefined && { file: previous.file }) }),
    );
    await settle();
    const current = readWriter(path);
    if (current && current.lock !== writer.lock) throw errors.beingWritten(name, current.pid, path);
  }
  heldLocks.add(writer.lock);
  const isHeld = () => {
    try {
      // Opening the file makes a file server return its current state.
      return readWriter(path)?.lock === writer.lock;
    } catch (error) {
      // No file can be opened. The identity of the file under that name can still be read.
      if (isOutOfFiles(error)) return fileIdAt(path) === lockId;
      throw error;
    }
  };
  return {
    previousFile: previous?.file,
    wasTakenOver: wasTakenOver,
    isHeld: isHeld,
    recordFile: (file) => {
      if (isHeld()) lockId = replace(path, lockText({ ...writer, file }));
    },
    lostError: () => {
      const other = readWriter(path);
      return other
        ? errors.takenOver(name, `process ${other.pid} on ${other.host}`)
        : errors.lockGone(name, path);
    },
    release: () => {
      heldLocks.delete(writer.lock);
      if (isHeld()) rmSync(path, { force: true });
    },
  };
}

/**
 * Checks that no other process is writing `file`, without taking its lock.
 *
 * @param name the name of the file in error messages.
 * @throws UpsweepError if a running process of this machine holds the lock.
 */
export function mustNotBeWritten(file: string, name: string): void {
  const path = lockOf(file);
  const writer = readWriter(path);
  if (writer && isRunning(writer)) throw errors.beingWritten(name, writer.pid, path);
}

function lockOf(file: string): string {
  return `${file}.lock`;
}

function settle(): Promise<void> {
  return new Promise((resolve) => setTimeout(resolve, SETTLE_MILLISECONDS));
}

/** Creates a lock file. Returns undefined if it already exists. */
function createLock(path: string, text: string): FileId | undefined {
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
 * Reads the process that a lock names. Returns undefined if there is no lock, or it is not written
 * yet.
 *
 * @throws UpsweepError if the lock is not a regular file. A system error if this user may not read
 * it, or the process has too many open files.
 */
function readWriter(path: string): Writer | undefined {
  try {
    const status = statusOf(path);
    if (status && !status.isFile()) throw errors.specialFile(path, foreignReason(status) as string);
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

/** Whether the lock belongs to a running process of this machine. */
function isRunning({ host, pid, began, lock }: Writer): boolean {
  if (host !== hostname() || began !== startTimeOf(pid)) return false;
  if (pid === process.pid) return heldLocks.has(lock);
  try {
    process.kill(pid, 0);
    return true;
  } catch (error) {
    return (error as NodeJS.ErrnoException).code === "EPERM";
  }
}

/**
 * The start time of a process on Linux, in clock ticks since boot. Returns "" on other systems, and
 * for a process that has ended, whether or not it is still a zombie.
 */
function startTimeOf(pid: number): string {
  try {
    const stat = readFileSync(`/proc/${pid}/stat`, "latin1");
    // Split after the name, which may contain any character. Field 3 is the state, field 22 the
    // start time.
    const fields = stat.slice(stat.lastIndexOf(")") + 2).split(" ");
    return fields[0] === "Z" ? "" : (fields[19] ?? "");
  } catch {
    return "";
  }
}
