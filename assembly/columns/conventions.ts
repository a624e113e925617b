// What other counters answer, from numbers to numbers. Each formula was read in the tool's source and compared with the
// tool's own answers (docs/conventions.md names tool, version and commit of each).
//
//   I, O, K   product of the input lengths, output lengths, kernel sizes over the spatial dimensions
//   ψ         C_in·C_out/g
//
// As in ops.ts no intermediate exceeds its result; where a factor can be 0 it comes first.

import { add, multiply, signedMagnitude } from "../checked";
import { channelsPerGroup } from "../layers/layer";
import { zeroInsertionMacs } from "./ops";

/**
 * moduleprofiler: N·ψ·(O·(K + 1) + A) - (1 - b)·N·C_out·O with A = taps' - l_out' of the layer without output_padding. Summed as
 * N·C_out·((C_in/g - 1 + b)·X + (1 - b)·(X - O)) with X = O·K + (O - l_out') + taps'.
 */
export function moduleprofiler(
  batchSize: u64, inPerGroup: u64, outChannels: u64, bias: u64, O: u64, K: u64, unpaddedOut: u64, unpaddedTaps: u64,
): u64 {
  const rest = add(add(multiply(O, K - 1), O - unpaddedOut), unpaddedTaps); // X - O
  const channels = inPerGroup - 1 + bias;
  const perOutput = add(channels ? multiply(channels, add(rest, O)) : 0, bias ? 0 : rest);
  return multiply(batchSize, multiply(outChannels, perOutput));
}

/** N·ψ·K·I: every input element meets every kernel element, and cropped products are counted. */
export function everyInput(batchSize: u64, filters: u64, I: u64, K: u64): u64 {
  return multiply(batchSize, multiply(filters, multiply(K, I)));
}

/**
 * N·ψ·K·O: every output element takes K products. In a transposed convolution that counts the zeros that stride inserts, in
 * a plain one the zeros of the padding.
 */
export function everyOutput(batchSize: u64, filters: u64, O: u64, K: u64): u64 {
  return zeroInsertionMacs(batchSize, filters, O, K);
}

/** b·N·C_out·O: one addition for every output element with a bias. */
export function biases(batchSize: u64, outChannels: u64, bias: u64, O: u64): u64 {
  return bias ? multiply(batchSize, multiply(outChannels, O)) : 0;
}

/** moduleprofiler of a plain convolution: N·C_out·O·(2·(C_in/g)·K - (1 - b)). */
export function convolvedModuleprofiler(
  batchSize: u64, inPerGroup: u64, outChannels: u64, bias: u64, O: u64, K: u64,
): u64 {
  const products = multiply(inPerGroup, K);
  const perOutput = add(products, products - 1 + bias);
  return multiply(batchSize, multiply(outChannels, multiply(perOutput, O)));
}

/** DeepSpeed and calflops: N·I·K·C_in·((C_out/g)//g). Groups divide twice: 0 for depthwise layers. */
export function deepspeedMacs(batchSize: u64, inChannels: u64, outPerGroup: u64, groups: u64, I: u64, K: u64): u64 {
  return multiply(multiply(multiply(multiply(channelsPerGroup(outPerGroup, groups), batchSize), inChannels), K), I);
}

/**
 * The same: 2·deepspeed_macs + b·(C_out/g)·N·forward, where `forward` is the size that a convolution (not transposed) would
 * have, as its size and whether that is negative. In two's complement; passing 63 bits is marked as an overflow.
 */
export function deepspeedFlops(macs: u64, biasTerm: u64, isBiasNegative: bool): u64 {
  const products = multiply(2, macs);
  if (!isBiasNegative) return signedMagnitude(add(products, biasTerm));
  return products >= biasTerm ? signedMagnitude(products - biasTerm) : 0 - signedMagnitude(biasTerm - products);
}

/** Of one dimension: (l_in + 2·padding - (dilation·(kernel_size - 1) + 1)) // stride + 1, rounded towards minus infinity. */
export function forwardLength(lIn: i64, kernelSize: i64, stride: i64, padding: i64, dilation: i64): i64 {
  const span = lIn + 2 * padding - dilation * (kernelSize - 1) - 1;
  return (span >= 0 ? span / stride : (span + 1) / stride - 1) + 1;
}

/** torchprofile: N·C_out·O·K·r, r = C_out/g where C_out = C_in, else C_in. */
export function torchprofile(batchSize: u64, inChannels: u64, outChannels: u64, outPerGroup: u64, O: u64, K: u64): u64 {
  const perOutput = outChannels == inChannels ? outPerGroup : inChannels;
  return multiply(batchSize, multiply(perOutput * outChannels, multiply(O, K)));
}

/** onnx-tool: N·C_out·O·(C_out/g)·K + b·N·C_out·O. Takes the output channels for the input channels. */
export function onnxTool(batchSize: u64, outChannels: u64, outPerGroup: u64, bias: u64, O: u64, K: u64): u64 {
  const perOutput = multiply(outPerGroup, K);
  return multiply(batchSize, multiply(multiply(outChannels, O), add(perOutput, bias)));
}
