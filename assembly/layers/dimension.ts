// One spatial dimension of the current layer: output length, padding, overlap, simulation. This is
// the only module of layers/ that asks for the family of the layer. The formulas themselves take
// numbers: transposed.ts and closed.ts for transposed convolutions, convolution.ts for plain ones.
//
// A linear layer has no dimensions, so nothing here is called for it, except `hasPaddingWord`.

import { gcd } from "../checked";
import * as layout from "../layout";
import { closedOverlaps, closedTaps } from "./closed";
import * as convolution from "./convolution";
import { get, getAt, isTransposed } from "./layer";
import { simulate, simulatedCovered, simulationCost } from "./simulate";
import { isSpotChecked } from "./spot-check";
import * as transposed from "./transposed";

// ── Output length ──

/** l_out of a dimension; below 1 if the layer is illegal. */
export function outputLength(dimension: u32): i64 {
  const lIn = getAt(layout.L_IN, dimension), kernelSize = getAt(layout.KERNEL_SIZE, dimension);
  const stride = getAt(layout.STRIDE, dimension), padding = getAt(layout.PADDING, dimension);
  const dilation = getAt(layout.DILATION, dimension);
  if (!isTransposed) return convolution.outputLength(lIn, kernelSize, stride, padding, dilation);
  const outputPadding = getAt(layout.OUTPUT_PADDING, dimension);
  return transposed.outputLength(lIn, kernelSize, stride, padding, outputPadding, dilation);
}

// ── Padding ──

/** Whether the family accepts the paddings `same` and `valid`. */
export function takesPaddingWords(): bool {
  return !isTransposed;
}

/** Whether the padding of the layer is `same` or `valid`. All dimensions have the same word. */
export function hasPaddingWord(): bool {
  return takesPaddingWords() && convolution.isPaddingWord(get(layout.PADDING));
}

/**
 * Padding at the lower end: elements that a transposed convolution crops from its output, or zeros
 * that a convolution adds before its input.
 */
function lowerPadding(dimension: u32): i64 {
  const padding = getAt(layout.PADDING, dimension);
  if (isTransposed) return padding;
  return convolution.lowerPadding(
    padding, getAt(layout.KERNEL_SIZE, dimension), getAt(layout.DILATION, dimension),
  );
}

// ── Overlap ──

/** The method of the last `computeOverlap` or `useMethod`. */
let methodUsed: u32 = layout.METHOD_CLOSED;

/** Sets the method of layers whose overlaps are computed elsewhere (vectors/steps.ts). */
export function useMethod(method: u32): void {
  methodUsed = method;
}

/**
 * Computes taps and covered of one dimension of a legal layer whose l_out is known. Returns false
 * only if closed form and simulation were compared and differ.
 */
export function computeOverlap(method: u32, dimension: u32): bool {
  methodUsed = method;
  const lIn = getAt(layout.L_IN, dimension), kernelSize = getAt(layout.KERNEL_SIZE, dimension);
  const stride = getAt(layout.STRIDE, dimension), padding = getAt(layout.PADDING, dimension);
  const outputPadding = getAt(layout.OUTPUT_PADDING, dimension);
  const dilation = getAt(layout.DILATION, dimension);
  const lOut = getAt(layout.DIMENSION_L_OUT, dimension);
  const dimensionPtr = layout.LAYER_PTR + 8 * <usize>(dimension * layout.DIMENSION_FIELDS);
  const isCompared = method == layout.METHOD_VERIFY || (
    method == layout.METHOD_SPOT_CHECK
    && isSpotChecked(isTransposed, lOut, lIn, kernelSize, stride)
  );
  let taps: u64 = 0, covered: u64 = 0;
  if (method == layout.METHOD_SIMULATE || isCompared) {
    taps = simulate(isTransposed, lOut, lIn, kernelSize, stride, lowerPadding(dimension), dilation);
    covered = simulatedCovered();
    store<u64>(dimensionPtr, taps, 8 * <usize>layout.DIMENSION_TAPS);
    store<u64>(dimensionPtr, covered, 8 * <usize>layout.DIMENSION_COVERED);
    if (!isCompared) return true;
  }
  let closed: u64, closedCovered: u64;
  if (isTransposed) {
    closed = closedTaps(lIn, kernelSize, stride, padding, outputPadding, dilation);
    closedCovered = closed
      - closedOverlaps(lIn, kernelSize, stride, padding, outputPadding, dilation);
  } else {
    closed = convolution.taps(lOut, lIn, kernelSize, stride, padding, dilation);
    closedCovered = convolution.covered(closed, lOut, lIn, kernelSize, stride, padding, dilation);
  }
  store<u64>(dimensionPtr, closed, 8 * <usize>layout.DIMENSION_TAPS);
  store<u64>(dimensionPtr, closedCovered, 8 * <usize>layout.DIMENSION_COVERED);
  return !isCompared || (taps == closed && covered == closedCovered);
}

/**
 * Products of one dimension if nothing were cropped or padded: every kernel element with every
 * input of a transposed convolution, or with every output of a convolution.
 */
export function uncroppedTaps(dimension: u32): u64 {
  const elements = getAt(isTransposed ? layout.L_IN : layout.DIMENSION_L_OUT, dimension);
  return elements * getAt(layout.KERNEL_SIZE, dimension);
}

/** Minimum number of products on one output element, away from the edges. */
export function overlapMin(dimension: u32): u64 {
  const kernelSize = getAt(layout.KERNEL_SIZE, dimension);
  if (!isTransposed) return kernelSize;
  const stride = getAt(layout.STRIDE, dimension);
  return transposed.overlapMin(kernelSize, stride, gcd(stride, getAt(layout.DILATION, dimension)));
}

/** Maximum number of products on one output element, away from the edges. */
export function overlapMax(dimension: u32): u64 {
  const kernelSize = getAt(layout.KERNEL_SIZE, dimension);
  if (!isTransposed) return kernelSize;
  const stride = getAt(layout.STRIDE, dimension);
  return transposed.overlapMax(kernelSize, stride, gcd(stride, getAt(layout.DILATION, dimension)));
}

/** Whether all output elements away from the edges receive the same number of products. */
export function isOverlapEven(dimension: u32): bool {
  if (!isTransposed) return true;
  const kernelSize = getAt(layout.KERNEL_SIZE, dimension), stride = getAt(layout.STRIDE, dimension);
  const commonFactor = gcd(stride, getAt(layout.DILATION, dimension));
  return transposed.overlapMin(kernelSize, stride, commonFactor)
    == transposed.overlapMax(kernelSize, stride, commonFactor);
}

// ── Simulation ──

/**
 * Cost of visiting one layer, in nanoseconds. A simulation is charged in visits, so that tasks are
 * cut by time.
 */
const VISIT_NANOSECONDS: f64 = 20;

/** Cost of simulating one dimension of a legal layer whose l_out is known, in visits. */
export function simulationVisits(dimension: u32): u32 {
  const cost = simulationCost(
    isTransposed,
    getAt(layout.DIMENSION_L_OUT, dimension),
    getAt(layout.L_IN, dimension),
    getAt(layout.KERNEL_SIZE, dimension),
    getAt(layout.STRIDE, dimension),
  );
  return <u32>min(cost / VISIT_NANOSECONDS, <f64>layout.MAX_VISITS);
}

// ── Transposed convolutions without their output_padding ──
// moduleprofiler runs the layer without it.

/** l_out of a dimension without output_padding. moduleprofiler raises if it is below 1. */
export function unpaddedLength(dimension: u32): i64 {
  return <i64>getAt(layout.DIMENSION_L_OUT, dimension)
    - <i64>getAt(layout.OUTPUT_PADDING, dimension);
}

/** Taps of a dimension without output_padding, by the method of the last `computeOverlap`. */
export function unpaddedTaps(dimension: u32): u64 {
  if (getAt(layout.OUTPUT_PADDING, dimension) == 0) return getAt(layout.DIMENSION_TAPS, dimension);
  const lIn = getAt(layout.L_IN, dimension), kernelSize = getAt(layout.KERNEL_SIZE, dimension);
  const stride = getAt(layout.STRIDE, dimension), padding = getAt(layout.PADDING, dimension);
  const dilation = getAt(layout.DILATION, dimension);
  if (methodUsed == layout.METHOD_SIMULATE) {
    const lOut = unpaddedLength(dimension);
    return simulate(true, lOut, lIn, kernelSize, stride, padding, dilation);
  }
  return closedTaps(lIn, kernelSize, stride, padding, 0, dilation);
}
