/**
 * Who writes a file: `NAME.lock` says it while somebody does, so that two never write to one name.
 *
 * A lock whose process is gone is taken over at once, so that a sweep that was killed goes on without anybody tidying up. Whether a process of another
 * machine still runs cannot be seen from here: its lock is taken over too, and who has lost one finds that out before anything gets a name.
 */
import { randomUUID } from "node:crypto";
import { closeSync, openSync, readFileSync, renameSync, rmSync, writeSync } from "node:fs";
import { hostname } from "node:os";
import { errors, type UpsweepError } from "../errors.js";

/** A process as it can be found again: its number may be another's by then. */
interface Writer {
  readonly host: string;
  readonly pid: number;
  /** When it began; empty where that cannot be read. */
  readonly began: string;
  /** One of its locks. */
  readonly lock: string;
}

/** What this process holds. */
const held = new Set<string>();

/** Two that come upon the lock of a dead process at the same moment see each other after so many milliseconds. */
const SETTLED_WITHIN = 50;

export interface Lock {
  /** Whether it is still there, and ours. */
  isHeld(): boolean;
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
  const writer: Writer = { host: hostname(), pid: process.pid, began: beginOf(process.pid), lock: randomUUID() };
  const text = `${JSON.stringify(writer)}\n`;
  if (!isFirst(path, text)) {
    // It may be there and not be written yet.
    if (readWriter(path) === undefined) await settled();
    const other = readWriter(path);
    if (other && isRunning(other)) throw errors.beingWritten(name, other.pid, path);
    write(`${path}.${writer.lock}`, text);
    renameSync(`${path}.${writer.lock}`, path);
    await settled();
    const last = readWriter(path);
    if (last && last.lock !== writer.lock) throw errors.beingWritten(name, last.pid, path);
  }
  held.add(writer.lock);
  const isHeld = () => readWriter(path)?.lock === writer.lock;
  return {
    isHeld,
    lost: () => {
      const other = readWriter(path);
      return other ? errors.takenOver(name, `process ${other.pid} on ${other.host}`) : errors.lockGone(name, path);
    },
    release: () => {
      if (isHeld()) rmSync(path, { force: true });
      held.delete(writer.lock);
    },
  };
}

function lockOf(file: string): string {
  return `${file}.lock`;
}

function settled(): Promise<void> {
  return new Promise((resolve) => setTimeout(resolve, SETTLED_WITHIN));
}

/** Writes a lock where there is none. */
function isFirst(path: string, text: string): boolean {
  try {
    write(path, text);
    return true;
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === "EEXIST") return false;
    throw error;
  }
}

/** Makes a file, whole or not at all. */
function write(path: string, text: string): void {
  const fd = openSync(path, "wx");
  try {
    writeSync(fd, text);
  } catch (error) {
    rmSync(path, { force: true });
    throw error;
  } finally {
    closeSync(fd);
  }
}

/** Whoever a lock names; undefined where there is none, or it is not written yet. @throws a system error when it is not for us to read. */
function readWriter(path: string): Writer | undefined {
  try {
    const { host, pid, began, lock } = JSON.parse(readFileSync(path, "utf8")) as Partial<Writer>;
    const isSound = typeof host === "string" && Number.isSafeInteger(pid) && typeof began === "string" && typeof lock === "string";
    return isSound ? ({ host, pid, began, lock } as Writer) : undefined;
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === "EACCES") throw error;
    return undefined;
  }
}

/** Whether it is a process of this machine, and runs. */
function isRunning({ host, pid, began, lock }: Writer): boolean {
  if (host !== hostname() || began !== beginOf(pid)) return false;
  if (pid === process.pid) return held.has(lock);
  try {
    process.kill(pid, 0);
    return true;
  } catch (error) {
    return (error as NodeJS.ErrnoException).code === "EPERM";
  }
}

/** When a process began, as Linux counts it, in ticks since the machine did; empty elsewhere, and of one that has ended, reaped or not. */
function beginOf(pid: number): string {
  try {
    const stat = readFileSync(`/proc/${pid}/stat`, "latin1");
    // Behind the name, which may hold anything: the third field is the state, the 22nd the beginning.
    const fields = stat.slice(stat.lastIndexOf(")") + 2).split(" ");
    return fields[0] === "Z" ? "" : (fields[19] ?? "");
  } catch {
    return "";
  }
}
