/** The summary at the end of a run, on standard error. */

import { KIND_NAMES, kindOf } from "../layers/kinds.js";
import { RANGE_TEXT, RULES } from "../layers/rule-table.js";
import { rulesOf } from "../layers/rules.js";
import { gridLabel } from "../plan/distinct.js";
import { isRepeat } from "../plan/repeats.js";
import { namedRejections } from "../run/output/summary.js";
import type { Overlap } from "../run/sweep/overlaps.js";
import { bytesText, counted, duration, scaled, table, thousands } from "./text.js";

interface Counted {
  readonly rows: bigint;
  /** In the order of the accounts' names. */
  readonly rejected: readonly bigint[];
  readonly empty?: bigint;
  readonly isCut?: boolean;
}

/** What a run has written. */
export interface OutputSummary {
  readonly bytes: number;
  readonly rows: bigint;
  readonly seconds: number;
}

/**
 * The account of a run: `6,220,800 layers = 5,529,600 rows + 691,200 left out`, then one line for each reason, in the order in which the reasons
 * are checked. Positions without a layer, if there are any, get the first line.
 *
 * @param noun `rows`, or a participle such as `compared`.
 */
export function rejectionText(
  { rows, rejected, empty = 0n, isCut }: Counted,
  rejectionReasons: readonly string[],
  noun: string,
): string {
  const left = rejected.reduce((sum, count) => sum + count, 0n);
  const layers = rows + left;
  const lines =
    empty > 0n
      ? [
          `${counted(layers + empty, "raw index", "raw indices")} = ${counted(layers, "layer")} + ${counted(empty, "position")} without a layer`,
        ]
      : [];
  const kept = noun === "rows" ? counted(rows, "row") : `${thousands(rows)} ${noun}`;
  lines.push(
    `${counted(layers, "layer")} = ${kept} + ${thousands(left)} left out${isCut ? ", then stopped at the limit" : ""}`,
  );
  if (left > 0n) {
    const named = [...namedRejections(rejectionReasons, rejected)].map(
      ([rejectionReason, count]) => ["   ", thousands(count), reasonText(rejectionReason)],
    );
    lines.push(table(named, [1]));
  }
  return lines.join("\n");
}

/** PyTorch's rules, as every kind of layer writes them. */
const RULE_TEXTS: ReadonlySet<string> = new Set(
  KIND_NAMES.flatMap((name) => rulesOf(kindOf(name)).map(({ text }) => text)),
);

/** Why the layers of an account were left out: a rule of PyTorch, a value that an axis cannot take, or a condition of the user. */
function reasonText(rejectionReason: string): string {
  if (isRepeat(rejectionReason)) return rejectionReason;
  if (rejectionReason === RANGE_TEXT) return "had a parameter outside its range";
  if (RULE_TEXTS.has(rejectionReason) || RULES.some(({ text }) => text === rejectionReason))
    return `broke the rule ${rejectionReason}`;
  // Conditions cannot hold a single '=': these two are derived values (src/plan/schedule.ts).
  const inexact = /^([\w., ]+ = .*) divides exactly$/.exec(rejectionReason);
  if (inexact) return `had no whole number as ${inexact[1]}`;
  const outside = /^([\w., ]+ = .*) is (from -?\d+ to .*|true or false)$/.exec(rejectionReason);
  if (outside) return `had a value of ${outside[1]} that is not ${outside[2]}`;
  return `did not match ${rejectionReason}`;
}

/** The most grids that a summary lists. The rows of further grids are added up in one line. */
const GRIDS_NAMED = 20;

/** Of a union, the rows of each grid; of one grid, or where it is not known, nothing. */
export function gridsText(
  gridRows: readonly bigint[] | undefined,
  { grids }: { readonly grids: readonly { readonly name?: string }[] },
): string {
  if (grids.length < 2 || !gridRows) return "";
  const named = grids
    .slice(0, GRIDS_NAMED)
    .map(({ name }, grid) => ["   ", thousands(gridRows[grid] ?? 0n), gridLabel(grid, name)]);
  const others = gridRows.slice(GRIDS_NAMED);
  const rest =
    others.length === 0
      ? []
      : [
          [
            "   ",
            thousands(others.reduce((sum, rows) => sum + rows, 0n)),
            counted(others.length, "more grid"),
          ],
        ];
  return `rows by grid:\n${table([...named, ...rest], [1])}`;
}

/** The most overlaps that a summary lists. */
const OVERLAPS_NAMED = 5;

/** Which grids write layers that an earlier one has written, a line each. */
export function overlapsText(overlaps: readonly Overlap[]): string[] {
  const lines = overlaps
    .slice(0, OVERLAPS_NAMED)
    .map(({ later, earlier, shared, visited, isExact }) => {
      const layers = counted(shared, "layer");
      const what = isExact
        ? `repeats ${layers} of ${earlier}`
        : `repeats layers of ${earlier} (${thousands(shared)} of ${thousands(visited)} raw indices drawn)`;
      return `${later} ${what}`;
    });
  if (lines.length === 0) return [];
  const more = overlaps.length - lines.length;
  return [
    ...lines,
    ...(more > 0
      ? [counted(more, "more pair of grids overlaps", "more pairs of grids overlap")]
      : []),
    "--distinct writes each layer once",
  ];
}

export function writtenText({ rows, bytes, seconds }: OutputSummary): string {
  return `${bytesText(bytes)} in ${duration(seconds)} (${scaled(Number(rows) / seconds)} rows/s)`;
}

export { log, print } from "./terminal.js";
