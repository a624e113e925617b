/** Errors for which the input is not at fault: exit code 1. */
import { printable, reasonOf } from "../format-message.js";
import { failure, REPORT_BUG } from "./report.js";

export const FAILURES = {
  takenOver: (path: string, by: string) =>
    failure(
      `${printable(path)} is now being written by another run: ${by}. ` +
        "This run stops without touching it. Give each run its own file with -o.",
    ),
  lockGone: (path: string, lock: string) =>
    failure(
      `${printable(path)}: the lock ${printable(lock)} was removed, ` +
        "by someone or with its file system. This run stops and leaves its files as they are. " +
        "Check the folder, then resume a sweep with --resume.",
    ),
  appeared: (path: string, partial: string) =>
    failure(
      `${printable(path)} appeared while this run was writing, and was not replaced. ` +
        "Move it away, then repeat the command with --resume: " +
        `all rows are in ${printable(partial)}. ` +
        "A list or a merge has no --resume: repeat its command unchanged.",
    ),
  cannotPrint: (cause: unknown) =>
    failure(
      `standard output cannot be written: ${reasonOf(cause)}. Free some space or write elsewhere.`,
    ),
  cannotWrite: (path: string, cause: unknown) =>
    failure(
      `${printable(path)} cannot be written: ${reasonOf(cause)}. ` +
        "Free some space or write elsewhere with -o.",
    ),
  notBuilt: (path: string) =>
    failure(
      `${printable(path)}: the kernel is missing. Run 'npm run build', or reinstall the package.`,
    ),
  kernelMismatch: (path: string, got: number, expected: number) =>
    failure(
      `${printable(path)}: the kernel has ABI version ${got}, ` +
        `but this program needs ${expected}. Run 'npm run build', or reinstall the package.`,
    ),
  doesNotAddUp: (indices: bigint, rows: number) =>
    failure(
      `${indices} raw indices do not equal ${rows} rows plus rejected layers and ` +
        `empty positions. ${REPORT_BUG}`,
    ),
  linesDoNotMatch: (lines: number, rows: bigint) =>
    failure(
      `${lines} lines were written for ${rows} rows, so the output stays in its .partial file. ` +
        `${REPORT_BUG}`,
    ),
  noMemory: (reason: string) =>
    failure(
      `the kernel cannot allocate its memory: ${reason}. ` +
        "Raise the limit (ulimit -v, or the container's): each worker takes 34 MiB.",
    ),
  noWorker: (reason: string) =>
    failure(
      /EMFILE|too many (open )?files/.test(reason)
        ? "no worker could be started: too many files are open. " +
            "Raise the limit (ulimit -n), or use fewer workers with --workers."
        : `no worker could be started: ${reason.replace(/\.$/, "")}. ` +
            "If memory or threads are short, use fewer workers with --workers. " +
            "Otherwise reinstall the package.",
    ),
  workersFailed: (task: string, attempts: number, reason: string) =>
    failure(
      `${attempts} workers in a row failed on ${task}: ${reason.replace(/\.$/, "")}. ` +
        "If memory is short, use fewer workers with --workers. If not, " +
        "report this as a bug in upsweep with the command that you ran.",
    ),
  disagree: (layer: string) =>
    failure(
      `closed form and simulation differ on ${layer}. ` +
        "This is a bug in upsweep: please report it with this line.",
    ),
};
