// Operations from numbers to numbers: as the reference documentation (moduleprofiler) defines them, and exactly.
//
// Every function is written so that no intermediate exceeds its result (sums of non-negative terms, and a batch of 0
// answered first): an overflow marked in checked.ts is an overflow of the count itself.

import { add, multiply } from "./checked";

/** Input channels of a group, C_in/groups. Parameters are below 2^31, where 32-bit division is several times cheaper. */
function inPerGroup(inChannels: u64, groups: u64): u64 {
  return <u64>(<u32>inChannels / <u32>groups);
}

/** ψ = in_channels · out_channels / groups: the number of kernels that slide. At most (2^31 - 1)^2. */
export function filters(inChannels: u64, outChannels: u64, groups: u64): u64 {
  return inPerGroup(inChannels, groups) * outChannels;
}

// ── As documented ──────────────────────────────────────────────────────────────────────────────────────────────────

/** sum(y - 1) = taps - l_out: the additions of overlapping products; negative where holes outnumber overlaps. */
export function additionsPerFilter(taps: u64, lOut: u64): i64 {
  return <i64>taps - <i64>lOut;
}

/** λ = l_out·K + additions_per_filter, summed as l_out·(K - 1) + taps. */
export function opsPerFilter(taps: u64, lOut: u64, kernelSize: u64): u64 {
  return add(multiply(lOut, kernelSize - 1), taps);
}

/** γ = C_out·l_out·(C_in/groups - 1 + bias): adding up the input channels of a group, and the bias. */
export function aggregationOps(lOut: u64, inChannels: u64, outChannels: u64, groups: u64, bias: u64): u64 {
  return multiply(outChannels * (inPerGroup(inChannels, groups) - 1 + bias), lOut);
}

/** ops = N·(ψ·λ + γ). */
export function documentedOps(batchSize: u64, filters: u64, opsPerFilter: u64, aggregationOps: u64): u64 {
  return multiply(batchSize, add(multiply(filters, opsPerFilter), aggregationOps));
}

// ── Exactly ────────────────────────────────────────────────────────────────────────────────────────────────────────

/** macs = multiplications = N·ψ·taps: one for every product that lands. */
export function macs(batchSize: u64, filters: u64, taps: u64): u64 {
  return multiply(batchSize, multiply(filters, taps));
}

/**
 * additions = N·C_out·(C_in/groups·taps - (1 - bias)·covered): an output that receives m products needs m - 1 additions,
 * m with bias. Summed as (C_in/groups - 1 + bias)·taps + (1 - bias)·(taps - covered).
 */
export function additions(batchSize: u64, inChannels: u64, outChannels: u64, groups: u64, bias: u64, taps: u64, covered: u64): u64 {
  const perOutput = add(multiply(inPerGroup(inChannels, groups) - 1 + bias, taps), (1 - bias) * (taps - covered));
  return multiply(batchSize, multiply(outChannels, perOutput));
}

/** params = ψ·K + bias·C_out: the weights and biases of the layer. */
export function params(filters: u64, kernelSize: u64, outChannels: u64, bias: u64): u64 {
  return add(multiply(filters, kernelSize), bias * outChannels);
}
