/**
 * Standard output and standard error. The command line prints everything through this file, except
 * rows, which go to a sink. Writes are synchronous and complete, so the exit code can depend on
 * them.
 */
import { writeSync } from "node:fs";
import { isatty } from "node:tty";
import { errors } from "../errors.js";
import { sanitised } from "../format-message.js";
import { ClosedPipe } from "../sink/sink.js";
import { wrapped } from "./text.js";

export const STDOUT = 1;
export const STDERR = 2;
type Stream = typeof STDOUT | typeof STDERR;

/** Milliseconds to wait before writing to a full, non-blocking pipe again. */
const FULL_PIPE_WAIT = 1;

/** The system calls used below. Tests replace them to collect the output. */
export const port = {
  isTerminal: (stream: Stream): boolean => isatty(stream),
  write(stream: Stream, text: string): void {
    const bytes = Buffer.from(text);
    for (let at = 0; at < bytes.length; ) {
      try {
        at += writeSync(stream, bytes, at);
      } catch (error) {
        if ((error as NodeJS.ErrnoException).code !== "EAGAIN") throw error;
        Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0, FULL_PIPE_WAIT);
      }
    }
  },
};

/**
 * Writes text to standard output, unchanged.
 *
 * @throws ClosedPipe when the reader has closed the pipe.
 * @throws UpsweepError when the text cannot be written, for example because the disk is full.
 */
export function writeOut(text: string): void {
  try {
    port.write(STDOUT, text);
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === "EPIPE") throw new ClosedPipe();
    throw errors.cannotPrint(error);
  }
}

/**
 * Writes text to standard error, unchanged. A failure cannot be reported, so it does not change the
 * exit code.
 */
export function writeErr(text: string): void {
  try {
    port.write(STDERR, text);
  } catch {
    // Standard error is closed or full: the messages are lost, but the work continues.
  }
}

/**
 * Prints JSON on standard output. Control characters, which strings can contain, become escapes.
 */
export function printJson(json: string): void {
  const text = json.replace(/[^\P{C}\n]/gu, (character) =>
    Array.from(
      { length: character.length },
      (_, i) => `\\u${character.charCodeAt(i).toString(16).padStart(4, "0")}`,
    ).join(""),
  );
  writeOut(`${text}\n`);
}

/**
 * Prints text for people on standard output. Control characters, which names can contain, become
 * escapes. On a terminal, long lines are wrapped at words.
 *
 * @param styleOf the style of a line, given its text and its number from 0.
 */
export function print(
  text: string,
  styleOf?: (line: string, number: number) => Style | undefined,
): void {
  const paint = painter(STDOUT);
  const width = terminalWidth();
  const styled = (line: string, i: number) => {
    const style = styleOf?.(line, i);
    const fitting =
      width !== undefined && line.length > width && !line.startsWith(" ")
        ? wrapped(line, width)
        : [line];
    return fitting.map((part) => (style === undefined ? part : paint(style, part))).join("\n");
  };
  writeOut(`${sanitised(text).split("\n").map(styled).join("\n")}\n`);
}

/** Prints a line on standard error, unless `quiet` is set. */
export function log(text: string, quiet?: boolean): void {
  if (!quiet) writeErr(`${sanitised(text)}\n`);
}

/** Prints an error message on standard error, with its carets in colour. */
export function complain(message: string): void {
  const paint = painter(STDERR);
  const text = sanitised(message).replace(/^ +\^~*$/gm, (mark) => paint("red", mark));
  writeErr(`${paint("red", "upsweep:")} ${text}\n`);
}

// ── Width and colour ─────────────────────────────────────────────────────────────────────────────

/** Columns of the terminal on standard output, or undefined without one. */
export function terminalWidth(): number | undefined {
  return isTerminal(STDOUT) ? Math.max(40, process.stdout.columns || 80) : undefined;
}

export function isTerminal(stream: Stream): boolean {
  return port.isTerminal(stream);
}

export const COLOR_CHOICES = ["auto", "always", "never"] as const;
let choice: string = "auto";

/** @param given the value of --color. */
export function chooseColor(given: string): void {
  choice = given;
}

/** Whether to use colour: decided by --color, then NO_COLOR and FORCE_COLOR, then the terminal. */
export function hasColor(stream: Stream, env: NodeJS.ProcessEnv = process.env): boolean {
  if (choice !== "auto") return choice === "always";
  if (env.NO_COLOR || env.FORCE_COLOR === "0" || env.FORCE_COLOR === "false") return false;
  if (env.FORCE_COLOR) return true;
  return isTerminal(stream) && env.TERM !== "dumb";
}

const CODES = { bold: [1, 22], dim: [2, 22], red: [31, 39], green: [32, 39] } as const;
type Style = keyof typeof CODES;

/**
 * Returns a function that styles text for a stream, or that returns it unchanged without colour.
 */
export function painter(stream: Stream): (style: Style, text: string) => string {
  if (!hasColor(stream)) return (_, text) => text;
  return (style, text) => `\x1b[${CODES[style][0]}m${text}\x1b[${CODES[style][1]}m`;
}
