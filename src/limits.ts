/**
 * The largest value of a layer parameter. It fits in PyTorch's int32 fields, and the kernel can
 * multiply two such values in 64 bits.
 */
export const PARAMETER_MAX = 2 ** 31 - 1;
