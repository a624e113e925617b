/** The summary at the end of a run, on standard error. */
import { skippedByRule } from "../run/summary.js";
import type { Outcome } from "./output.js";
import { bytesText, duration, scaled, table, thousands } from "./text.js";

interface Counted {
  readonly rows: bigint;
  readonly skipped: readonly bigint[];
}

/** `6,220,800 layers = 5,529,600 rows + 691,200 left out`, and by which rules. */
export function accountText({ rows, skipped }: Counted, noun: string): string {
  const leftOut = skipped.reduce((sum, count) => sum + count, 0n);
  const total = `${thousands(rows + leftOut)} layers = ${thousands(rows)} ${noun} + ${thousands(leftOut)} left out`;
  if (leftOut === 0n) return total;
  const rules = table(
    [...skippedByRule(skipped)].map(([rule, count]) => ["   ", thousands(count), `break the rule ${rule}`]),
    [1],
  );
  return `${total}\n${rules}`;
}

export function writtenText<P extends Counted>({ progress, bytes, seconds }: Outcome<P>): string {
  return `${bytesText(bytes)} in ${duration(seconds)} (${scaled(Number(progress.rows) / seconds)} rows/s)`;
}

export function say(text: string, quiet: boolean | undefined): void {
  if (!quiet) process.stderr.write(`${text}\n`);
}

/** Prints a text on standard output; a reader that has gone is none of its business. */
export function print(text: string): void {
  process.stdout.once("error", (error: NodeJS.ErrnoException) => {
    if (error.code !== "EPIPE") throw error;
  });
  process.stdout.write(`${text}\n`);
}
