// Answers of other counters that are the same for several families, for the current layer. Each
// formula was read in the source of the tool, and compared with the answers of the tool
// (docs/conventions.md names the tool, version and commit of each).
//
//   N         batch size
//   C_in, C_out, g, b    channels, groups, and 1 with bias
//   I, O, K   products of the input lengths, output lengths, kernel sizes over the dimensions
//   ψ         filters: C_in·C_out/g
//
// No intermediate value exceeds its result: where a factor can be 0, it comes first. So an overflow
// that is marked in checked.ts is one of the answer itself. Callers handle an empty batch, for
// which every answer is 0.

import { add, multiply, signedMagnitude } from "../../checked";
import { filters, get } from "../../layers/layer";
import { product } from "../../layers/products";
import { BATCH_SIZE, BIAS, DIMENSION_L_OUT, KERNEL_SIZE, OUT_CHANNELS } from "../../layout";

/** N·ψ·K·E: each of E elements meets every kernel element, in every filter. */
// @ts-ignore: decorator
@inline
export function everyElement(elements: u64): u64 {
  return multiply(get(BATCH_SIZE), multiply(filters(), multiply(product(KERNEL_SIZE), elements)));
}

/**
 * N·ψ·K·O: every output element takes K products. For a transposed convolution this includes the
 * zeros that the stride inserts, for a plain one the zeros of the padding.
 */
// @ts-ignore: decorator
@inline
export function everyOutput(): u64 {
  return everyElement(product(DIMENSION_L_OUT));
}

/** b·N·C_out·E: one addition for each of E elements with a bias. */
// @ts-ignore: decorator
@inline
export function biasesOf(elements: u64): u64 {
  return get(BIAS) ? multiply(get(BATCH_SIZE), multiply(get(OUT_CHANNELS), elements)) : 0;
}

/** b·N·C_out·O: one addition for each output element with a bias. */
// @ts-ignore: decorator
@inline
export function biases(): u64 {
  return biasesOf(product(DIMENSION_L_OUT));
}

/** N·ψ·K·O + b·N·C_out·O. */
// @ts-ignore: decorator
@inline
export function everyOutputAndBias(): u64 {
  return add(everyOutput(), biases());
}

/**
 * DeepSpeed's FLOPs: 2·MACs + biases. The biases are given as a magnitude and a sign. The result is
 * in two's complement; a magnitude above 2^63 - 1 is marked as an overflow.
 */
export function deepspeedFlops(macs: u64, biases: u64, isNegative: bool): u64 {
  const products = multiply(2, macs);
  if (!isNegative) return signedMagnitude(add(products, biases));
  return products >= biases
    ? signedMagnitude(products - biases)
    : 0 - signedMagnitude(biases - products);
}
