/** The summary of a run, printed on standard error. */
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
  /** Rejection counts, in the order of `rejectionReasons`. */
  readonly rejected: readonly bigint[];
  readonly empty?: bigint;
  readonly isCut?: boolean;
}

/** The output of a run. */
export interface OutputSummary {
  readonly bytes: number;
  readonly rows: bigint;
  readonly seconds: number;
}

/**
 * The counts of a run: `6,220,800 layers: 5,529,600 rows written, 691,200 rejected`, then one line
 * per reason, in the order in which the reasons are checked. A first line counts empty positions,
 * if there are any.
 *
 * @param outcome of the layers that were not rejected: `rows`, `rows written`, or a participle such
 *   as `compared`.
 */
export function rejectionText(
  { rows, rejected, empty = 0n, isCut }: Counted,
  rejectionReasons: readonly string[],
  outcome: string,
): string {
  const left = rejected.reduce((sum, count) => sum + count, 0n);
  const layers = rows + left;
  const lines =
    empty > 0n
      ? [
          `${counted(layers + empty, "raw index", "raw indices")}: ${counted(layers, "layer")}, ${counted(empty, "empty position")}`,
        ]
      : [];
  const kept = outcome.startsWith("rows")
    ? `${counted(rows, "row")}${outcome.slice("rows".length)}`
    : `${thousands(rows)} ${outcome}`;
  lines.push(
    `${counted(layers, "layer")}: ${kept}, ${thousands(left)} rejected${isCut ? ", then stopped at the limit" : ""}`,
  );
  if (left > 0n) {
    const named = [...namedRejections(rejectionReasons, rejected)].map(
      ([rejectionReason, count]) => ["   ", thousands(count), reasonText(rejectionReason)],
    );
    lines.push(table(named, [1]));
  }
  return lines.join("\n");
}

/** PyTorch's rules, in the words of every kind of layer. */
const RULE_TEXTS: ReadonlySet<string> = new Set(
  KIND_NAMES.flatMap((name) => rulesOf(kindOf(name)).map(({ text }) => text)),
);

/**
 * A rejection reason as the predicate of a sentence. The reason is an earlier grid, a parameter out
 * of range, a rule of PyTorch, a derived value that is illegal, or a condition of the user.
 */
function reasonText(rejectionReason: string): string {
  if (isRepeat(rejectionReason)) return rejectionReason;
  if (rejectionReason === RANGE_TEXT) return "had a parameter outside its range";
  if (RULE_TEXTS.has(rejectionReason) || RULES.some(({ text }) => text === rejectionReason))
    return `did not satisfy ${rejectionReason}`;
  // Conditions cannot contain a single '=', so these two are derived values (src/plan/schedule.ts).
  const inexact = /^([\w., ]+ = .*) divides exactly$/.exec(rejectionReason);
  if (inexact) return `had no whole number for ${inexact[1]}`;
  const outside = /^([\w., ]+ = .*) is (from -?\d+ to .*|true or false)$/.exec(rejectionReason);
  if (outside?.[2]?.startsWith("from "))
    return `had a value of ${outside[1]} outside the range ${outside[2].slice("from ".length)}`;
  if (outside) return `had a value of ${outside[1]} other than ${outside[2]}`;
  return `did not match ${rejectionReason}`;
}

/** Maximum number of grids that a summary lists. One line has the total of the others. */
const GRIDS_NAMED = 20;

/** The rows of each grid of a union. Empty for a single grid, or if they are unknown. */
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

/** Maximum number of overlaps that a summary lists. */
const OVERLAPS_NAMED = 5;

/** One line per grid that repeats layers of an earlier grid. */
export function overlapsText(overlaps: readonly Overlap[]): string[] {
  const lines = overlaps
    .slice(0, OVERLAPS_NAMED)
    .map(({ later, earlier, shared, visited, isExact }) => {
      const layers = counted(shared, "layer");
      const what = isExact
        ? `repeats ${layers} of ${earlier}`
        : `repeats layers of ${earlier} (${thousands(shared)} of ${thousands(visited)} sampled raw indices)`;
      return `${later} ${what}`;
    });
  if (lines.length === 0) return [];
  const more = overlaps.length - lines.length;
  return [
    ...lines,
    ...(more > 0
      ? [counted(more, "more pair of grids overlaps", "more pairs of grids overlap")]
      : []),
    "Add --distinct to write each layer once",
  ];
}

export function writtenText({ rows, bytes, seconds }: OutputSummary): string {
  return `${bytesText(bytes)} in ${duration(seconds)} (${scaled(Number(rows) / seconds)} rows/s)`;
}

export { log, print } from "./terminal.js";
