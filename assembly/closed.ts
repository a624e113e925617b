// Taps and covered of one dimension in closed form, in O(log) steps.
//
//   low(L, K, c)   = #{ 0 <= i < L, 0 <= k < K : i·s + k·d < c }       lattice points under a line, clipped to a box
//   q              = max(0, p - o)                                     what the upper end crops
//   s' = s/gcd(s,d), d' = d/gcd(s,d), m = lcm(s, d)
//   taps           = L·K   - low(L,  K,  p)     - low(L,  K,  q)
//   taps - covered = L2·K2 - low(L2, K2, p - m) - low(L2, K2, q - m)   with L2 = max(0, L - d'), K2 = max(0, K - s')
//
// Why. Turning the layer end for end, (i, k) -> (L-1-i, K-1-k), makes the upper crop a lower one, so both are `low`; as
// l_out >= 1 they have no point in common. Two pairs land on the same element exactly when they differ by a multiple of
// (d', -s'). On each such chain one pair is the first, the one with the smallest k; every other has a predecessor, that is
// k >= s' and i < L - d'. So the pairs that land where another has landed are an L2 x K2 box of pairs, and moving k by s'
// moves the line of the crop by s'·d = m: the overlaps of a layer are the taps of a smaller layer.
//
// Nothing here can overflow: parameters are at most 2^31 - 1, so c < 2^31, every box is below 2^62, and the floor sums
// run over lines that stay below c.

import { gcd } from "./checked";

/** sum of floor((a·i + b) / m) for 0 <= i < n, by Euclid's descent. n·a + b must stay below 2^63, and so must the sum. */
export function floorSum(n: u64, m: u64, a: u64, b: u64): u64 {
  let sum: u64 = 0;
  while (n > 0) {
    if (a >= m) {
      sum += ((n * (n - 1)) >> 1) * (a / m);
      a %= m;
    }
    if (b >= m) {
      sum += n * (b / m);
      b %= m;
    }
    // What is left counts the lattice points under a line of slope below 1; seen from the other axis it is shorter.
    const top = a * n + b;
    n = top / m;
    b = top % m;
    const swap = m;
    m = a;
    a = swap;
  }
  return sum;
}

/** #{ 0 <= i < L, 0 <= k < K : i·s + k·d < c } for L, K >= 0 and s, d >= 1. */
export function low(L: i64, K: i64, c: i64, s: i64, d: i64): i64 {
  if (c <= 0 || L <= 0 || K <= 0) return 0;
  const top = c - 1;
  // Up to the stride only products of the first input lie below, up to the dilation only those of the first tap: most layers crop no more.
  if (c <= s) return min(K, d == 1 ? c : top / d + 1);
  if (c <= d) return min(L, s == 1 ? c : top / s + 1);
  // Taps k < kEnd have at least one point under the line; for k < kFull the line passes over all L of them.
  const kEnd = min(K, top / d + 1);
  const over = top - (L - 1) * s;
  const kFull = over < 0 ? 0 : min(kEnd, over / d + 1);
  const slanted = kEnd - kFull;
  // floor((top - k·d) / s) + 1 points for each k between, summed from the last k down so that the line rises.
  return kFull * L + slanted + <i64>floorSum(<u64>slanted, <u64>s, <u64>d, <u64>(top - (kEnd - 1) * d));
}

/** How many products land on the output. */
export function closedTaps(lIn: i64, kernelSize: i64, stride: i64, padding: i64, outputPadding: i64, dilation: i64): i64 {
  if (padding == 0) return lIn * kernelSize; // nothing is cropped
  const q = max<i64>(0, padding - outputPadding);
  const below = low(lIn, kernelSize, padding, stride, dilation);
  // Most layers have no output_padding: what is cropped at the upper end is then as much as at the lower.
  return lIn * kernelSize - below - (q == padding ? below : low(lIn, kernelSize, q, stride, dilation));
}

/** taps - covered: how many products land where another has landed before. Itself the taps of a smaller layer. */
export function closedOverlaps(lIn: i64, kernelSize: i64, stride: i64, padding: i64, outputPadding: i64, dilation: i64): i64 {
  // Most kernels are not dilated; they are spared three divisions.
  const g: i64 = dilation == 1 ? 1 : <i64>gcd(stride, dilation);
  const apart = g == 1 ? stride : stride / g;
  const m = apart * dilation;
  const l2 = max<i64>(0, lIn - (g == 1 ? dilation : dilation / g));
  const k2 = max<i64>(0, kernelSize - apart);
  if (padding <= m) return l2 * k2; // of the smaller layer nothing is cropped: so it is with nearly every layer
  const q = max<i64>(0, padding - outputPadding);
  return l2 * k2 - low(l2, k2, padding - m, stride, dilation) - low(l2, k2, q - m, stride, dilation);
}

/**
 * Of a convolution that is not transposed: how many of its outputs read at least one input, given its taps. Taps stand
 * `dilation` apart, so among l_in inputs no more than that an output reads at most one, and among more it misses them only
 * where its whole kernel stands in the padding.
 */
export function convolvedCovered(taps: i64, lOut: i64, lIn: i64, kernelSize: i64, stride: i64, padding: i64, dilation: i64): i64 {
  if (lIn <= dilation) return taps;
  // The last tap of output j reads before the first input where j·stride < lead; the first behind the last from `behind` on.
  const lead = padding - (kernelSize - 1) * dilation;
  const before = lead <= 0 ? 0 : min(lOut, (lead - 1) / stride + 1);
  const behind = min(lOut, (padding + lIn - 1) / stride + 1);
  return behind - before;
}
