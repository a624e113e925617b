// Taps and covered of one dimension in closed form: lattice points are counted by floor sums, in
// O(log) steps. The symbols are those of docs/theory.md, where the proof is.
//
//   low(L, K, c)   = #{ 0 <= i < L, 0 <= k < K : i·s + k·d < c }
//                    lattice points under a line, clipped to a box
//   q              = max(0, p - o)                       what is cropped at the upper end
//   s' = s/gcd(s,d), d' = d/gcd(s,d), m = lcm(s, d)
//   taps           = L·K   - low(L,  K,  p)     - low(L,  K,  q)
//   taps - covered = L2·K2 - low(L2, K2, p - m) - low(L2, K2, q - m)
//                    with L2 = max(0, L - d'), K2 = max(0, K - s')
//
// Why. Reversing the layer, (i, k) -> (L-1-i, K-1-k), turns the upper crop into a lower one, so
// `low` counts both. Because l_out >= 1, no pair is cropped at both ends. Two pairs land on the
// same output element exactly when they differ by a multiple of (d', -s'). On each such chain the
// first pair is the one with the smallest k. Every other pair has a predecessor, that is k >= s'
// and i < L - d'. So the pairs that land where another pair has already landed are an L2 x K2 box
// of pairs. Moving k by s' moves the crop line by s'·d = m. The overlaps of a layer are therefore
// the taps of a smaller layer.
//
// Nothing here can overflow. Parameters are at most 2^31 - 1, so c < 2^31 and every box has fewer
// than 2^62 pairs. The floor sums only run over lines that stay below c.

import { gcd } from "../checked";

/**
 * Sum of floor((a·i + b) / m) for 0 <= i < n, by Euclid's algorithm in O(log) steps. m is at least
 * 1; n·a + b and the sum must stay below 2^63.
 */
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
    // The remaining sum counts the lattice points under a line of slope below 1. Exchange the axes:
    // along the other axis the line is shorter.
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
  // Fast paths: most layers crop no more than this. With c <= s only pairs of input 0 are below the
  // line, with c <= d only pairs of kernel element 0.
  if (c <= s) return min(K, d == 1 ? c : top / d + 1);
  if (c <= d) return min(L, s == 1 ? c : top / s + 1);
  // Kernel elements k < kEnd have at least one pair below the line. Kernel elements k < kFull have
  // all L pairs below it.
  const kEnd = min(K, top / d + 1);
  const aboveLast = top - (L - 1) * s;
  const kFull = aboveLast < 0 ? 0 : min(kEnd, aboveLast / d + 1);
  const partial = kEnd - kFull;
  // Each kernel element in between has floor((top - k·d) / s) + 1 pairs below the line. They are
  // summed from the last kernel element down, so that the line rises as `floorSum` requires.
  return kFull * L + partial
    + <i64>floorSum(<u64>partial, <u64>s, <u64>d, <u64>(top - (kEnd - 1) * d));
}

/** Taps of one dimension of a transposed convolution: the number of products that land. */
export function closedTaps(
  lIn: i64, kernelSize: i64, stride: i64, padding: i64, outputPadding: i64, dilation: i64,
): i64 {
  if (padding == 0) return lIn * kernelSize; // nothing is cropped
  const q = max<i64>(0, padding - outputPadding);
  const lower = low(lIn, kernelSize, padding, stride, dilation);
  // Most layers have no output_padding: then the upper end crops as much as the lower end.
  const upper = q == padding ? lower : low(lIn, kernelSize, q, stride, dilation);
  return lIn * kernelSize - lower - upper;
}

/**
 * taps - covered of one dimension of a transposed convolution: the number of products that land
 * where another has already landed. These are the taps of a smaller layer.
 */
export function closedOverlaps(
  lIn: i64, kernelSize: i64, stride: i64, padding: i64, outputPadding: i64, dilation: i64,
): i64 {
  // Most kernels are not dilated, and avoid three divisions.
  const common: i64 = dilation == 1 ? 1 : <i64>gcd(stride, dilation);
  const reducedStride = common == 1 ? stride : stride / common;
  const m = reducedStride * dilation;
  const l2 = max<i64>(0, lIn - (common == 1 ? dilation : dilation / common));
  const k2 = max<i64>(0, kernelSize - reducedStride);
  // Fast path: the smaller layer is not cropped. True for nearly every layer.
  if (padding <= m) return l2 * k2;
  const q = max<i64>(0, padding - outputPadding);
  return l2 * k2 - low(l2, k2, padding - m, stride, dilation)
    - low(l2, k2, q - m, stride, dilation);
}
