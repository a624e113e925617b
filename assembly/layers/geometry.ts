// The shape of a layer: the output length of a dimension, and the rules that a legal layer keeps. They are PyTorch's.
//
// Parameters are at most 2^31 - 1, so every product of two of them and every l_out fits in i64:
// l_out <= (2^31 - 2)·(2^31 - 1)·2 + 2^31 < 2^63.

/**
 * Of a transposed convolution: l_out = (l_in - 1)·stride - 2·padding + dilation·(kernel_size - 1) + output_padding + 1;
 * below 1 the layer is illegal.
 */
export function outputLength(lIn: i64, kernelSize: i64, stride: i64, padding: i64, outputPadding: i64, dilation: i64): i64 {
  return (lIn - 1) * stride - 2 * padding + dilation * (kernelSize - 1) + outputPadding + 1;
}

/** How far the kernel of a convolution can move: l_in + 2·padding - dilation·(kernel_size - 1) - 1; below 0 the layer is illegal. */
export function travel(lIn: i64, kernelSize: i64, padding: i64, dilation: i64): i64 {
  return lIn + 2 * padding - dilation * (kernelSize - 1) - 1;
}

/** Of a convolution: l_out = floor((l_in + 2·padding - dilation·(kernel_size - 1) - 1) / stride) + 1. Below 1 it is illegal. */
export function convolvedLength(lIn: i64, kernelSize: i64, stride: i64, padding: i64, dilation: i64): i64 {
  const span = travel(lIn, kernelSize, padding, dilation);
  // Division rounds towards 0; what is below 0 is illegal however far.
  return span < 0 ? 0 : span / stride + 1;
}

/** floor(channels / groups). */
export function channelsPerGroup(channels: u64, groups: u64): u64 {
  // Parameters are below 2^31, where 32-bit division is several times cheaper than 64-bit.
  return <u64>(<u32>channels / <u32>groups);
}

/** PyTorch: output_padding must be smaller than either stride or dilation. */
export function outputPaddingFits(outputPadding: u64, stride: u64, dilation: u64): bool {
  return outputPadding < stride || outputPadding < dilation;
}
