/** The summary at the end of a run, on standard error. */
import { gridLabel, isRepeat } from "../plan/distinct.js";
import type { Overlap } from "../run/overlaps.js";
import { namedAccounts } from "../run/summary.js";
import { bytesText, duration, scaled, table, thousands } from "./text.js";

interface Counted {
  readonly rows: bigint;
  /** In the order of the accounts' names. */
  readonly leftOut: readonly bigint[];
  readonly nothing?: bigint;
  readonly isCut?: boolean;
}

/** What a run has written. */
export interface Written {
  readonly bytes: number;
  readonly rows: bigint;
  readonly seconds: number;
}

/**
 * `6,220,800 layers = 5,529,600 rows + 691,200 left out`, and by which rules, in the order in which they were checked. Where
 * there are positions without a layer, they stand before that.
 */
export function accountText({ rows, leftOut, nothing = 0n, isCut }: Counted, accounts: readonly string[], noun: string): string {
  const left = leftOut.reduce((sum, count) => sum + count, 0n);
  const layers = rows + left;
  const lines =
    nothing > 0n ? [`${thousands(layers + nothing)} raw indices = ${thousands(layers)} layers + ${thousands(nothing)} positions without a layer`] : [];
  lines.push(`${thousands(layers)} layers = ${thousands(rows)} ${noun} + ${thousands(left)} left out${isCut ? ", then stopped at the limit" : ""}`);
  if (left > 0n) {
    const named = [...namedAccounts(accounts, leftOut)].map(([account, count]) => [
      "   ",
      thousands(count),
      isRepeat(account) ? account : `break the rule ${account}`,
    ]);
    lines.push(table(named, [1]));
  }
  return lines.join("\n");
}

/** So many grids are named, each with its rows; the others are summed up. */
const GRIDS_NAMED = 20;

/** Of a union, the rows of each grid; of one grid, or where it is not known, nothing. */
export function gridsText(gridRows: readonly bigint[] | undefined, { grids }: { readonly grids: readonly { readonly name?: string }[] }): string {
  if (grids.length < 2 || !gridRows) return "";
  const named = grids.slice(0, GRIDS_NAMED).map(({ name }, grid) => ["   ", thousands(gridRows[grid] ?? 0n), gridLabel(grid, name)]);
  const others = gridRows.slice(GRIDS_NAMED);
  const rest = others.length === 0 ? [] : [["   ", thousands(others.reduce((sum, rows) => sum + rows, 0n)), `${thousands(others.length)} grids more`]];
  return `rows by grid:\n${table([...named, ...rest], [1])}`;
}

/** So many overlaps are named. */
const OVERLAPS_NAMED = 5;

/** Which grids write layers that an earlier one has written, a line each. */
export function overlapsText(overlaps: readonly Overlap[]): string[] {
  const lines = overlaps.slice(0, OVERLAPS_NAMED).map(({ later, earlier, shared, looked, isExact }) => {
    const layers = `${thousands(shared)} layer${shared === 1 ? "" : "s"}`;
    const what = isExact ? `repeats ${layers} of ${earlier}` : `repeats layers of ${earlier} (${thousands(shared)} of ${thousands(looked)} raw indices drawn)`;
    return `${later} ${what}`;
  });
  if (lines.length === 0) return [];
  const more = overlaps.length - lines.length;
  return [...lines, ...(more > 0 ? [`${thousands(more)} more pairs of grids overlap`] : []), "--distinct writes each layer once"];
}

export function writtenText({ rows, bytes, seconds }: Written): string {
  return `${bytesText(bytes)} in ${duration(seconds)} (${scaled(Number(rows) / seconds)} rows/s)`;
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
