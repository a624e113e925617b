/**
 * The two tiers of tests. `npm test` runs everything once with few random cases. `npm run
 * test:slow` runs the files that import this module again, with all their random cases and the long
 * tests. CI runs both.
 */
import { it, type TestAPI } from "vitest";
import "./repeatable.ts";

/** Whether this is the slow tier. */
export const IS_SLOW = process.env.UPSWEEP_TIER === "slow";

/** The fast tier runs one in `FAST_SHARE` random cases, but at least `FEWEST`. */
const FAST_SHARE = 8;
const FEWEST = 10;

/**
 * The number of random cases of a property: all of them in the slow tier, a share of them in the
 * fast one.
 */
export function runs(all: number): number {
  return IS_SLOW ? all : Math.min(all, Math.max(FEWEST, Math.ceil(all / FAST_SHARE)));
}

/** A test that only the slow tier runs. */
export const slowIt = it.skipIf(!IS_SLOW) as TestAPI;
