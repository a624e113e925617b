// Transposed convolutions: PyTorch's output length, its rule for output_padding, and the overlap
// away from the edges. closed.ts has the closed form of taps and covered.
//
// Parameters are at most 2^31 - 1, so every product of two of them and every l_out fits in i64:
// l_out <= (2^31 - 2)·(2^31 - 1)·2 + 2^31 < 2^63.

/**
 * l_out = (l_in - 1)·stride - 2·padding + dilation·(kernel_size - 1) + output_padding + 1; a layer
 * with less than 1 is illegal.
 */
export function outputLength(
  lIn: i64, kernelSize: i64, stride: i64, padding: i64, outputPadding: i64, dilation: i64,
): i64 {
  return (lIn - 1) * stride - 2 * padding + dilation * (kernelSize - 1) + outputPadding + 1;
}

/** PyTorch: output_padding must be smaller than either stride or dilation. */
export function outputPaddingFits(outputPadding: u64, stride: u64, dilation: u64): bool {
  return outputPadding < stride || outputPadding < dilation;
}

// ── Overlap away from the edges ──
// There the overlap pattern y is periodic, with the stride as its period. Kernel element k
// lands on residue k·dilation modulo the stride. With g = gcd(stride, dilation), kernel elements
// land on stride/g residues in turn. If g > 1, the other residues get none.

/** Minimum number of kernel elements on one residue; `commonFactor` is g. */
export function overlapMin(kernelSize: u64, stride: u64, commonFactor: u64): u64 {
  return commonFactor > 1 ? 0 : kernelSize / stride;
}

/** Maximum number of kernel elements on one residue; `commonFactor` is g. */
export function overlapMax(kernelSize: u64, stride: u64, commonFactor: u64): u64 {
  return (kernelSize - 1) / (stride / commonFactor) + 1;
}
