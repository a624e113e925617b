/** Errors in commands and files. */
import { joinNames, printable, quote, reasonOf } from "../format-message.js";
import { about, at, inputError } from "./report.js";

export const FILE_ERRORS = {
  usage: (what: string, remedy: string) => inputError(`${what}. ${remedy}`),
  emptyArgument: (what: string) => about(what, "is empty", "Give it a value, or remove it."),
  badOption: (flag: string, got: string, remedy: string) =>
    about(flag, `cannot be ${quote(got)}`, remedy),
  repeatedFlag: (flag: string, takesSeveral = false) =>
    about(
      flag,
      "was given twice",
      takesSeveral
        ? "Give all its values at once, for example --kernel-size 3,5,7."
        : "Keep one of them.",
    ),
  cannotRead: (path: string, cause: unknown) =>
    about(path, `cannot be read: ${reasonOf(cause)}`, "Check the path."),
  cannotOpen: (path: string, cause: unknown) =>
    about(path, `cannot be written: ${reasonOf(cause)}`, "Write elsewhere with -o."),
  unknownFormat: (
    path: string,
    extension: string,
    supported: readonly string[],
    formats: readonly string[],
  ) =>
    at(
      path,
      `unknown extension ${quote(extension)}`,
      `Use one of ${joinNames(supported)}, or choose the format with --format ` +
        `${formats.join("|")}.`,
    ),
  unsupportedFormat: (path: string, extension: string, supported: readonly string[]) =>
    at(path, `cannot write ${quote(extension)} files`, `Use one of ${joinNames(supported)}.`),
  formatMismatch: (
    path: string,
    extension: string,
    promised: string,
    chosen: { readonly name: string; readonly extensions: readonly string[] },
  ) =>
    at(
      path,
      `the extension ${quote(extension)} means ${promised}, but the rows are ${chosen.name}`,
      `Name a file that ends in .${chosen.extensions[0]}.`,
    ),
  gzippedColumns: (path: string, format: string, name: string) =>
    at(path, `${format} files are not compressed with gzip`, `Write ${quote(name)} instead.`),
  layerFile: (path: string, extension: string, isJson: boolean) =>
    at(
      path,
      `one layer is written as ${isJson ? "JSON" : "text"}, ` +
        `but the extension is ${quote(extension)}`,
      `Name a file that ends in ${isJson ? ".json" : ".txt, or in .json and add --json"}. ` +
        "To write rows, use 'upsweep count --from' or 'upsweep sweep'.",
    ),
  fileExists: (path: string) => about(path, "already exists", "Write elsewhere or add --force."),
  beingWritten: (path: string, pid: number, lock: string) =>
    about(
      path,
      `is being written by process ${pid}`,
      `Wait for it, or write elsewhere. If that process is not upsweep, remove ${printable(lock)}.`,
    ),
  specialFile: (path: string, what: string) =>
    about(
      path,
      `is ${what}, which upsweep does not follow or write`,
      "Remove it or write elsewhere.",
    ),
  unknownPartial: (path: string) =>
    about(
      path,
      "exists, but was not left by a known run of upsweep",
      "Move it away, or add --force to discard it.",
    ),
  unfinished: (path: string) =>
    about(
      path,
      "belongs to an unfinished sweep",
      "Continue with --resume, or start over with --force.",
    ),
  sweepMismatch: (path: string, what: string, was: string | undefined, is: string | undefined) =>
    about(
      path,
      `belongs to a different sweep: ${what} changed from ${was || "empty"} to ${is || "empty"}`,
      "Repeat the original command, or start over with --force.",
    ),
  shortPartial: (path: string, size: number, expected: number) =>
    about(
      path,
      `has ${size} bytes, but ${expected} were written`,
      "The file was changed: start over with --force.",
    ),
  damaged: (path: string, manifest: string) =>
    about(
      path,
      `does not match ${printable(manifest)}: the checksum or the number of lines differs`,
      "One of them was changed or damaged. Sweep again with --force.",
    ),
  badManifest: (path: string, cause: unknown) =>
    about(path, `is not a valid manifest: ${reasonOf(cause)}`, "Start over with --force."),
};
