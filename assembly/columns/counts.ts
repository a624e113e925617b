// Operations and sizes of the current layer: its numbers, put into the formulas of ops.ts. Only the
// counts per filter depend on the family; it is in l_out, taps and covered for all others.
//
// products.ts says why some functions are inlined.

import { add, multiply, signedMagnitude } from "../checked";
import { filters, get, isTransposed } from "../layers/layer";
import { product, productDifference, uncroppedDifference } from "../layers/products";
import * as layout from "../layout";
import * as ops from "./ops";

/** λ without its multiplications: the sum of (y - 1) over the outputs, in two's complement. */
export function additionsPerFilter(): u64 {
  const lOut = product(layout.DIMENSION_L_OUT);
  if (!isTransposed) return signedMagnitude(multiply(lOut, product(layout.KERNEL_SIZE) - 1));
  const taps = product(layout.DIMENSION_TAPS);
  return taps >= lOut ? signedMagnitude(taps - lOut) : 0 - signedMagnitude(lOut - taps);
}

/** λ: the documented operations of one filter. */
// @ts-ignore: decorator
@inline
export function opsPerFilter(): u64 {
  const lOut = product(layout.DIMENSION_L_OUT), kernelElements = product(layout.KERNEL_SIZE);
  return isTransposed
    ? ops.opsPerFilter(product(layout.DIMENSION_TAPS), lOut, kernelElements)
    : ops.convolvedOpsPerFilter(lOut, kernelElements);
}

// @ts-ignore: decorator
@inline
export function aggregationOps(): u64 {
  return ops.aggregationOps(
    product(layout.DIMENSION_L_OUT),
    get(layout.IN_PER_GROUP),
    get(layout.OUT_CHANNELS),
    get(layout.BIAS),
  );
}

/** The documented operations of a batch of `batchSize` samples. */
// @ts-ignore: decorator
@inline
export function documentedOps(batchSize: u64): u64 {
  return ops.documentedOps(batchSize, filters(), opsPerFilter(), aggregationOps());
}

/** The MACs of a batch of `batchSize` samples. */
// @ts-ignore: decorator
@inline
export function macs(batchSize: u64): u64 {
  return ops.macs(batchSize, filters(), product(layout.DIMENSION_TAPS));
}

// @ts-ignore: decorator
@inline
export function additions(): u64 {
  const overlaps = productDifference(layout.DIMENSION_TAPS, layout.DIMENSION_COVERED);
  return ops.additions(
    get(layout.BATCH_SIZE),
    get(layout.IN_PER_GROUP),
    get(layout.OUT_CHANNELS),
    get(layout.BIAS),
    product(layout.DIMENSION_TAPS),
    overlaps,
  );
}

export function flops(): u64 {
  return add(macs(get(layout.BATCH_SIZE)), additions());
}

// @ts-ignore: decorator
@inline
export function weightElements(): u64 {
  return multiply(filters(), product(layout.KERNEL_SIZE));
}

// @ts-ignore: decorator
@inline
export function params(): u64 {
  return ops.params(
    filters(), product(layout.KERNEL_SIZE), get(layout.OUT_CHANNELS), get(layout.BIAS),
  );
}

/** Elements of a tensor of the batch, given the fields of its channels and of its lengths. */
function elements(channels: u32, length: u32): u64 {
  return multiply(get(layout.BATCH_SIZE), multiply(get(channels), product(length)));
}

// @ts-ignore: decorator
@inline
export function inputElements(): u64 {
  return elements(layout.IN_CHANNELS, layout.L_IN);
}

// @ts-ignore: decorator
@inline
export function outputElements(): u64 {
  return elements(layout.OUT_CHANNELS, layout.DIMENSION_L_OUT);
}

/**
 * Products that the padding removes: those outside the output of a transposed convolution, or those
 * with zeros of the padding of a plain one.
 */
export function croppedProducts(): u64 {
  const perFilter = uncroppedDifference(layout.DIMENSION_TAPS);
  return multiply(get(layout.BATCH_SIZE), multiply(filters(), perFilter));
}

// @ts-ignore: decorator
@inline
export function zeroInsertionMacs(): u64 {
  return ops.zeroInsertionMacs(
    get(layout.BATCH_SIZE),
    filters(),
    product(layout.DIMENSION_L_OUT),
    product(layout.KERNEL_SIZE),
  );
}
