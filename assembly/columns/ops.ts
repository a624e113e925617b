// Formulas of operation counts, from numbers to numbers: as the reference documentation
// (moduleprofiler) defines them, and exact ones. l_out, taps, covered and K are products over the
// spatial dimensions of the layer.
//
// No intermediate value exceeds its result: all terms are non-negative, and callers handle an empty
// batch first. So an overflow that is marked in checked.ts is an overflow of the count itself.

import { add, multiply } from "../checked";

// ── As documented ──

/**
 * λ of a transposed convolution = l_out·K + additions_per_filter, summed as
 * l_out·(K - 1) + taps.
 */
export function opsPerFilter(taps: u64, lOut: u64, kernelElements: u64): u64 {
  return add(multiply(lOut, kernelElements - 1), taps);
}

/**
 * λ of a convolution = l_out·K + l_out·(K - 1): every output element takes K multiplications and
 * K - 1 additions.
 */
export function convolvedOpsPerFilter(lOut: u64, kernelElements: u64): u64 {
  return add(multiply(lOut, kernelElements), multiply(lOut, kernelElements - 1));
}

/**
 * γ = C_out·l_out·(C_in/groups - 1 + bias): adding up the input channels of a group, and the
 * bias.
 */
export function aggregationOps(lOut: u64, inPerGroup: u64, outChannels: u64, bias: u64): u64 {
  return multiply(outChannels * (inPerGroup - 1 + bias), lOut);
}

/** ops = N·(ψ·λ + γ). */
export function documentedOps(
  batchSize: u64, filters: u64, opsPerFilter: u64, aggregationOps: u64,
): u64 {
  return multiply(batchSize, add(multiply(filters, opsPerFilter), aggregationOps));
}

// ── Exact ──

/** macs = multiplications = N·ψ·taps: one for every product that lands. */
export function macs(batchSize: u64, filters: u64, taps: u64): u64 {
  return multiply(batchSize, multiply(filters, taps));
}

/**
 * additions = N·C_out·(C_in/groups·taps - (1 - bias)·covered): an output element that receives m
 * products needs m - 1 additions, or m with bias. Summed as
 * (C_in/groups - 1 + bias)·taps + (1 - bias)·overlaps, where overlaps = taps - covered.
 */
// @ts-ignore: decorator
@inline
export function additions(
  batchSize: u64, inPerGroup: u64, outChannels: u64, bias: u64, taps: u64, overlaps: u64,
): u64 {
  const perOutput = add(multiply(inPerGroup - 1 + bias, taps), bias ? 0 : overlaps);
  return multiply(batchSize, multiply(outChannels, perOutput));
}

/** params = ψ·K + bias·C_out: the weights and biases of the layer. */
export function params(filters: u64, kernelElements: u64, outChannels: u64, bias: u64): u64 {
  return add(multiply(filters, kernelElements), bias * outChannels);
}

/**
 * N·ψ·l_out·K: the MACs of an implementation that inserts zeros between the inputs and runs a plain
 * convolution over them. All of them but `macs` are products with zeros.
 */
export function zeroInsertionMacs(
  batchSize: u64, filters: u64, lOut: u64, kernelElements: u64,
): u64 {
  return multiply(batchSize, multiply(filters, multiply(kernelElements, lOut)));
}
