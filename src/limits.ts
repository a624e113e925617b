/** The largest value of a layer parameter: PyTorch's int32 fields and the kernel's 64-bit products both hold it. */
export const PARAMETER_MAX = 2 ** 31 - 1;
