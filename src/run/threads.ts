/** Sweeps on the kernel of this package and the worker threads of Node. */
import type { Plan } from "../plan/model.js";
import type { Progress } from "./output/position.js";
import { NODE } from "./runner.js";
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
