// Which layers a sweep by the closed form simulates too (METHOD_SPOT_CHECK): its first, and then one after 512 to 1535 others, at distances that no
// loop falls in step with, as far as a hundredth of the time goes. For that each layer brings in half a nanosecond, and a simulation takes out
// what it will cost: long ones come less often. Measured 2026-11-24 on one core, where every row has a length of its own, so that each is worked out:
// at most a hundredth more time.

import { simulationCost } from "./simulate";

/** Layers until the next one is due. */
let untilDue: u32 = 1;

/** Nanoseconds to spend; at first enough for a layer of some 100,000 outputs. */
let savings: f64 = 50_000;

let random: u32 = 1;

/** The next layer is due, whatever came before. */
export function startSpotChecks(): void {
  untilDue = 1;
}

/** Whether this dimension of a layer is one of the sample. */
// @ts-ignore: decorator
@inline
export function isSpotChecked(isTransposed: bool, lOut: u64, lIn: u64, kernelSize: u64, stride: u64): bool {
  return --untilDue == 0 && canAfford(isTransposed, lOut, lIn, kernelSize, stride);
}

function canAfford(isTransposed: bool, lOut: u64, lIn: u64, kernelSize: u64, stride: u64): bool {
  // A linear congruential generator (Numerical Recipes); its upper bits are the better ones.
  random = random * 1664525 + 1013904223;
  untilDue = 512 + (random >> 22);
  savings += <f64>untilDue / 2;
  const cost = simulationCost(isTransposed, lOut, lIn, kernelSize, stride);
  if (cost > savings) return false;
  savings -= cost;
  return true;
}
