/** What a finished run says of itself; every layer of the grid stands in its account. */
import { RULES } from "../rules.js";
import type { Progress } from "./sweep.js";

export interface Summary {
  /** Raw indices: rows + left out. */
  readonly size: bigint;
  readonly rows: bigint;
  /** Layers left out, by the text of the rule that they break; rules that left none out are not named. */
  readonly skipped: ReadonlyMap<string, bigint>;
  readonly bytes: number;
  readonly seconds: number;
}

/** The rules that have left layers out, with how many. */
export function skippedByRule(skipped: readonly bigint[]): Map<string, bigint> {
  return new Map(RULES.map((rule, i): [string, bigint] => [rule.text, skipped[i] ?? 0n]).filter(([, count]) => count > 0n));
}

export function summarise(progress: Progress, bytes: number, seconds: number): Summary {
  return { size: progress.done, rows: progress.rows, skipped: skippedByRule(progress.skipped), bytes, seconds };
}
