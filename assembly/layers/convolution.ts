// Plain convolutions: PyTorch's output length, its paddings `same` and `valid`, and the overlap in
// closed form.
//
// A padding of p adds p zeros at each end. `valid` adds none. `same` adds as many as the kernel
// reaches beyond its first element, reach = dilation·(kernel_size - 1), the odd one at the upper end.

import { PADDING_SAME, PADDING_VALID, PARAMETER_MAX } from "../layout";
import { closedTaps } from "./closed";

/** Whether a padding is `same` or `valid` and not a number. */
export function isPaddingWord(padding: u64): bool {
  return padding > PARAMETER_MAX;
}

/** Zeros before the first input element. */
export function lowerPadding(padding: i64, kernelSize: i64, dilation: i64): i64 {
  if (padding == <i64>PADDING_SAME) return (dilation * (kernelSize - 1)) >> 1;
  return padding == <i64>PADDING_VALID ? 0 : padding;
}

/** Zeros after the last input element. */
function upperPadding(padding: i64, kernelSize: i64, dilation: i64): i64 {
  if (padding != <i64>PADDING_SAME) return lowerPadding(padding, kernelSize, dilation);
  const reach = dilation * (kernelSize - 1);
  return reach - (reach >> 1);
}

/**
 * How far the kernel can move: l_in + both paddings - dilation·(kernel_size - 1) - 1; below 0 the
 * layer is illegal.
 */
function travel(lIn: i64, kernelSize: i64, padding: i64, dilation: i64): i64 {
  const padded = lIn + lowerPadding(padding, kernelSize, dilation) + upperPadding(padding, kernelSize, dilation);
  return padded - dilation * (kernelSize - 1) - 1;
}

/**
 * l_out = floor((l_in + 2·padding - dilation·(kernel_size - 1) - 1) / stride) + 1; a layer with less
 * than 1 is illegal.
 */
export function convolvedLength(lIn: i64, kernelSize: i64, stride: i64, padding: i64, dilation: i64): i64 {
  const span = travel(lIn, kernelSize, padding, dilation);
  // Division rounds towards 0; what is below 0 is illegal however far.
  return span < 0 ? 0 : span / stride + 1;
}

/**
 * Products with an input element. They are those of the transposed convolution that is the gradient:
 * the same pairs, read from the other end. It has l_out inputs, and crops where this layer pads.
 */
export function convolvedTaps(lOut: i64, lIn: i64, kernelSize: i64, stride: i64, padding: i64, dilation: i64): i64 {
  const upper = upperPadding(padding, kernelSize, dilation);
  // What the stride leaves over at the upper end is not cropped there, and neither is what `same`
  // pads less at the lower end. Both ends are alike, so `upper` can be the padding of both.
  const uncropped = travel(lIn, kernelSize, padding, dilation) % stride
    + upper - lowerPadding(padding, kernelSize, dilation);
  return closedTaps(lOut, kernelSize, stride, upper, uncropped, dilation);
}

/**
 * How many of the outputs read at least one input, given the taps. Kernel elements are `dilation`
 * apart, so among l_in inputs no more than that an output reads at most one, and among more it misses
 * them only where its whole kernel is in the padding.
 */
export function convolvedCovered(
  taps: i64, lOut: i64, lIn: i64, kernelSize: i64, stride: i64, padding: i64, dilation: i64,
): i64 {
  if (lIn <= dilation) return taps;
  const before = lowerPadding(padding, kernelSize, dilation);
  // The last kernel element of output j reads before the first input where j·stride < lead; the first
  // reads after the last input from `coveredEnd` on.
  const lead = before - (kernelSize - 1) * dilation;
  const firstCovered = lead <= 0 ? 0 : min(lOut, (lead - 1) / stride + 1);
  const coveredEnd = min(lOut, (before + lIn - 1) / stride + 1);
  return coveredEnd - firstCovered;
}

// ── Output lengths that other counters compute ──

/** DeepSpeed pads `same` with floor(reach / 2) zeros at each end. */
export function deepspeedLength(lIn: i64, kernelSize: i64, stride: i64, padding: i64, dilation: i64): i64 {
  const span = lIn + 2 * lowerPadding(padding, kernelSize, dilation) - dilation * (kernelSize - 1) - 1;
  return span < 0 ? 0 : span / stride + 1;
}

/** onnx-tool ignores the dilation of a `valid` convolution. */
export function onnxLength(lOut: i64, lIn: i64, kernelSize: i64, stride: i64, padding: i64): i64 {
  return padding == <i64>PADDING_VALID ? (lIn - kernelSize) / stride + 1 : lOut;
}
