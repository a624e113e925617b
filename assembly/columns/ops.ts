// Operations from numbers to numbers: as the reference documentation (moduleprofiler) defines them, and exactly. l_out, taps,
// covered and K are products over the spatial dimensions of the layer.
//
// Every function is written so that no intermediate exceeds its result (sums of non-negative terms, and a batch of 0
// answered first): an overflow marked in checked.ts is an overflow of the count itself.

import { add, multiply } from "../checked";

/** ψ = C_in/groups · C_out: the number of kernels that slide. At most (2^31 - 1)^2. */
export function filters(inPerGroup: u64, outChannels: u64): u64 {
  return inPerGroup * outChannels;
}

// ── As documented ──────────────────────────────────────────────────────────────────────────────────────────────────

/** λ of a transposed convolution = l_out·K + additions_per_filter, summed as l_out·(K - 1) + taps. */
export function opsPerFilter(taps: u64, lOut: u64, kernelElements: u64): u64 {
  return add(multiply(lOut, kernelElements - 1), taps);
}

/** λ of a convolution = l_out·K + l_out·(K - 1): every output element takes K multiplications and K - 1 additions. */
export function convolvedOpsPerFilter(lOut: u64, kernelElements: u64): u64 {
  return add(multiply(lOut, kernelElements), multiply(lOut, kernelElements - 1));
}

/** γ = C_out·l_out·(C_in/groups - 1 + bias): adding up the input channels of a group, and the bias. */
export function aggregationOps(lOut: u64, inPerGroup: u64, outChannels: u64, bias: u64): u64 {
  return multiply(outChannels * (inPerGroup - 1 + bias), lOut);
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
 * m with bias. Summed as (C_in/groups - 1 + bias)·taps + (1 - bias)·overlaps, where overlaps = taps - covered.
 */
// @ts-ignore: decorator
@inline
export function additions(batchSize: u64, inPerGroup: u64, outChannels: u64, bias: u64, taps: u64, overlaps: u64): u64 {
  const perOutput = add(multiply(inPerGroup - 1 + bias, taps), bias ? 0 : overlaps);
  return multiply(batchSize, multiply(outChannels, perOutput));
}

/** params = ψ·K + bias·C_out: the weights and biases of the layer. */
export function params(filters: u64, kernelElements: u64, outChannels: u64, bias: u64): u64 {
  return add(multiply(filters, kernelElements), bias * outChannels);
}

/**
 * N·ψ·l_out·K: what an implementation spends that inserts zeros between the inputs and runs a plain convolution over them. All
 * but `macs` of it is products with zeros.
 */
export function zeroInsertionMacs(batchSize: u64, filters: u64, lOut: u64, kernelElements: u64): u64 {
  return multiply(batchSize, multiply(filters, multiply(kernelElements, lOut)));
}

// ── Overlap away from the edges ────────────────────────────────────────────────────────────────────────────────────
// There y repeats with the stride. Tap k falls into residue k·dilation modulo the stride; with g = gcd(stride, dilation)
// these are stride/g residues in turn, and where g > 1 the others get none.

/** The fewest taps that fall into one residue. */
export function overlapMin(kernelSize: u64, stride: u64, commonFactor: u64): u64 {
  return commonFactor > 1 ? 0 : kernelSize / stride;
}

/** The most. */
export function overlapMax(kernelSize: u64, stride: u64, commonFactor: u64): u64 {
  return (kernelSize - 1) / (stride / commonFactor) + 1;
}
