// Plain convolutions: PyTorch's output length, its paddings `same` and `valid`, and the overlap in
// closed form.
//
// A padding of p adds p zeros at each end. `valid` adds none. `same` adds as many in total as the
// kernel reaches beyond its first element: reach = dilation·(kernel_size - 1). An odd zero is added
// at the upper end.

import { PADDING_SAME, PADDING_VALID, PARAMETER_MAX } from "../layout";
import { closedTaps } from "./closed";

/** Whether a padding is `same` or `valid`, and not a number. */
export function isPaddingWord(padding: u64): bool {
  return padding > PARAMETER_MAX;
}

/** Number of zeros before the first input element. */
export function lowerPadding(padding: i64, kernelSize: i64, dilation: i64): i64 {
  if (padding == <i64>PADDING_SAME) return (dilation * (kernelSize - 1)) >> 1;
  return padding == <i64>PADDING_VALID ? 0 : padding;
}

/** Number of zeros after the last input element. */
function upperPadding(padding: i64, kernelSize: i64, dilation: i64): i64 {
  if (padding != <i64>PADDING_SAME) return lowerPadding(padding, kernelSize, dilation);
  const reach = dilation * (kernelSize - 1);
  return reach - (reach >> 1);
}

/** Number of zeros before the first input element and after the last one together. */
function paddingOfBothEnds(padding: i64, reach: i64): i64 {
  if (!isPaddingWord(padding)) return 2 * padding;
  return padding == <i64>PADDING_SAME ? reach : 0;
}

/**
 * How far the kernel can move: l_in + both paddings - dilation·(kernel_size - 1) - 1; below 0 the
 * layer is illegal.
 */
function travel(lIn: i64, kernelSize: i64, padding: i64, dilation: i64): i64 {
  const reach = dilation * (kernelSize - 1);
  return lIn + paddingOfBothEnds(padding, reach) - reach - 1;
}

/**
 * l_out = floor((l_in + 2·padding - dilation·(kernel_size - 1) - 1) / stride) + 1; a layer with
 * less than 1 is illegal.
 */
export function outputLength(
  lIn: i64, kernelSize: i64, stride: i64, padding: i64, dilation: i64,
): i64 {
  const span = travel(lIn, kernelSize, padding, dilation);
  // Division rounds towards 0. Every negative span is illegal, so its quotient is not needed.
  return span < 0 ? 0 : span / stride + 1;
}

/**
 * Taps: the number of products with an input element. The gradient with respect to the input is a
 * transposed convolution over the same pairs of input and output. It has l_out inputs and l_in
 * outputs, and crops where this layer pads, so its taps are those of this layer.
 */
export function taps(
  lOut: i64, lIn: i64, kernelSize: i64, stride: i64, padding: i64, dilation: i64,
): i64 {
  const upper = upperPadding(padding, kernelSize, dilation);
  // With remainder = travel % stride, the transposed convolution crops
  //     lower                       at the lower end
  //     max(0, upper - remainder)   at the upper end.
  // A number or `valid` has lower = upper, and `same` has remainder = 0. So the two crops are
  // `upper` and max(0, lower - remainder), in one order or the other. The order does not change the
  // taps, because reversing the layer exchanges its ends. closedTaps crops `upper` and
  //     max(0, upper - uncropped), with uncropped = remainder + upper - lower.
  const uncropped = travel(lIn, kernelSize, padding, dilation) % stride
    + upper - lowerPadding(padding, kernelSize, dilation);
  return closedTaps(lOut, kernelSize, stride, upper, uncropped, dilation);
}

/**
 * Covered, given the taps: the number of outputs that read at least one input. Kernel elements are
 * `dilation` apart. If l_in <= dilation, an output reads at most one input, so covered = taps.
 * Otherwise an output reads no input only if its entire kernel is in the padding.
 */
export function covered(
  taps: i64, lOut: i64, lIn: i64, kernelSize: i64, stride: i64, padding: i64, dilation: i64,
): i64 {
  if (lIn <= dilation) return taps;
  const before = lowerPadding(padding, kernelSize, dilation);
  // How far the last kernel element of output 0 is before the first input. Outputs j with
  // j·stride < lead have their entire kernel before the first input.
  const lead = before - (kernelSize - 1) * dilation;
  const firstCovered = lead <= 0 ? 0 : min(lOut, (lead - 1) / stride + 1);
  // From this output on, the first kernel element is after the last input.
  const coveredEnd = min(lOut, (before + lIn - 1) / stride + 1);
  return coveredEnd - firstCovered;
}
