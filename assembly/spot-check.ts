// The spot check of METHOD_SPOT_CHECK: the dimensions that are simulated as well as counted by the
// closed form. The first one is due, then one in 512 to 1535, at random distances that do not
// coincide with the period of a loop.
//
// A budget keeps the simulations to about a hundredth of the time. Every dimension adds half a
// nanosecond to the budget, and a simulation spends its estimated cost. A simulation that exceeds
// the budget is skipped, so long ones are less frequent. Measured 2026-11-24 on one core, on a
// sweep where every row has its own length and therefore needs its own overlap: at most a hundredth
// more time.

import { simulationCost } from "./simulate";

/** Number of dimensions until the next one is due, that one included. */
let untilDue: u32 = 1;

/** Nanoseconds to spend. Initially enough for a layer of about 100,000 outputs. */
let budget: f64 = 50_000;

let random: u32 = 1;

/** Makes the next dimension due. The budget and the random sequence continue. */
export function startSpotChecks(): void {
  untilDue = 1;
}

/**
 * Whether a dimension is simulated for the spot check. Called once for each dimension whose overlap
 * is computed.
 */
// @ts-ignore: decorator
@inline
export function isSpotChecked(
  isTransposed: bool, lOut: u64, lIn: u64, kernelSize: u64, stride: u64,
): bool {
  return --untilDue == 0 && canAfford(isTransposed, lOut, lIn, kernelSize, stride);
}

/** Draws the distance to the next spot check. Returns whether the budget pays for this one. */
function canAfford(
  isTransposed: bool, lOut: u64, lIn: u64, kernelSize: u64, stride: u64,
): bool {
  // A linear congruential generator (Numerical Recipes); its upper bits are the better ones.
  random = random * 1664525 + 1013904223;
  untilDue = 512 + (random >> 22);
  budget += <f64>untilDue / 2;
  const cost = simulationCost(isTransposed, lOut, lIn, kernelSize, stride);
  if (cost > budget) return false;
  budget -= cost;
  return true;
}
