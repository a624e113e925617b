/** Sweeps on the kernel of this package and the worker threads of Node. */
import type { Plan } from "../plan/model.js";
import { withoutConstants } from "../plan/without-columns.js";
import type { Progress } from "./output/position.js";
import { NODE } from "./runner.js";
import { findConstants, type Searched, type SearchOptions } from "./sweep/constants.js";
import { type RunOptions, type SweptRows, sweepPlan } from "./sweep/sweep.js";
import type { Platform } from "./workers/runner.js";

/**
 * Sweeps a plan, or its sample, as `sweepPlan` does.
 *
 * @param platform the threads, if something else uses them too.
 */
export function sweepOnThreads(
  plan: Plan,
  options: RunOptions = {},
  platform: Platform = NODE,
): AsyncGenerator<SweptRows, Progress> {
  return sweepPlan(plan, options, platform);
}

/**
 * Finds the constant columns of a sweep, as `findConstants` does.
 *
 * @returns the plan without these columns.
 */
export async function* planWithoutConstants(
  plan: Plan,
  options: SearchOptions = {},
): AsyncGenerator<Searched, Plan> {
  return withoutConstants(plan, yield* findConstants(plan, options, NODE));
}
