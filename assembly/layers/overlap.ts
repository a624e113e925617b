// The overlap pattern y: the number of products that land on each element of the output. It is
// counted product by product, in O(L·K) steps: y is the output of the layer over ones with a kernel
// of ones.
//
//   l_in = 2, kernel_size = 3:        1 1 1
//                                   +   1 1 1
//                               y =   1 2 2 1      taps = sum(y) = 6, covered = count(y > 0) = 4
//
// Input i and kernel element k meet at the full position i·stride + k·dilation. Their product lands
// on output j = position - padding when 0 <= j < l_out. One call handles a block of at most
// SCRATCH_COUNTERS outputs.
//
// In a convolution that is not transposed, output j and kernel element k read input
// i = j·stride + k·dilation - padding. The product counts when 0 <= i < l_in; otherwise it is one
// with a zero of the padding.

import { SCRATCH_PTR } from "../layout";

/** max(0, ceil(a / b)) for b > 0. */
export function ceilDiv(a: i64, b: i64): i64 {
  return a <= 0 ? 0 : (a - 1) / b + 1;
}

/**
 * Transposed convolution: adds 1 to counter j - first for every pair (i, k) of input and kernel
 * element that lands on an output j of [first, first + length). Returns the number of these pairs.
 * The counters are u32 at SCRATCH_PTR, and must be 0 before; length is at most SCRATCH_COUNTERS.
 */
export function scatter(
  first: i64, length: i64, lIn: i64, kernelSize: i64, stride: i64, padding: i64, dilation: i64,
): u64 {
  // The full positions of the block: [low, high].
  const low = first + padding;
  const high = low + length - 1;
  const reach = dilation * (kernelSize - 1);
  const iEnd = min(lIn, high / stride + 1);
  let landed: u64 = 0;
  for (let i = ceilDiv(low - reach, stride); i < iEnd; i++) {
    const start = i * stride;
    const kEnd = min(kernelSize, (high - start) / dilation + 1);
    for (let k = ceilDiv(low - start, dilation); k < kEnd; k++) {
      const counterPtr = SCRATCH_PTR + ((<usize>(start + k * dilation - low)) << 2);
      store<u32>(counterPtr, load<u32>(counterPtr) + 1);
      landed++;
    }
  }
  return landed;
}

/**
 * Convolution that is not transposed: adds 1 to counter j - first for every kernel element that
 * reads an input at an output j of [first, first + length). Returns the number of ones that
 * it has added. The counters are as in `scatter`.
 */
export function gather(
  first: i64, length: i64, lIn: i64, kernelSize: i64, stride: i64, padding: i64, dilation: i64,
): u64 {
  let landed: u64 = 0;
  for (let j: i64 = 0; j < length; j++) {
    // Kernel element 0 reads the input at `start`.
    const start = (first + j) * stride - padding;
    if (start >= lIn) break;
    const kEnd = min(kernelSize, (lIn - 1 - start) / dilation + 1);
    const counterPtr = SCRATCH_PTR + ((<usize>j) << 2);
    for (let k = ceilDiv(-start, dilation); k < kEnd; k++) {
      store<u32>(counterPtr, load<u32>(counterPtr) + 1);
      landed++;
    }
  }
  return landed;
}
