// Answers of other counters for transposed convolutions. shared.ts explains the symbols.

import { add, multiply } from "../../checked";
import { unpaddedLength, unpaddedTaps } from "../../layers/dimension";
import { channelsPerGroup, dimensions, get, getAt } from "../../layers/layer";
import { product } from "../../layers/products";
import * as layout from "../../layout";
import * as shared from "./shared";

/** N·ψ·K·I: every input element meets every kernel element, and cropped products are counted. */
// @ts-ignore: decorator
@inline
function everyInput(): u64 {
  return shared.everyElement(product(layout.L_IN));
}

/** N·ψ·K·I + b·N·C_out·O. */
// @ts-ignore: decorator
@inline
export function ptflops(): u64 {
  return add(everyInput(), shared.biases());
}

/** N·C_in·I·(C_out//g)·K, which equals N·ψ·K·I. */
// @ts-ignore: decorator
@inline
export function thopUltralytics(): u64 {
  return everyInput();
}

// @ts-ignore: decorator
@inline
export function fvcore(): u64 {
  return everyInput();
}

/** torch counts two FLOPs for each of these MACs. */
// @ts-ignore: decorator
@inline
export function torchMacs(): u64 {
  return everyInput();
}

/** C_out·r with r = C_out/g if C_out = C_in, else C_in. */
// @ts-ignore: decorator
@inline
export function torchprofileChannels(): u64 {
  const outChannels = get(layout.OUT_CHANNELS), inChannels = get(layout.IN_CHANNELS);
  return outChannels * (outChannels == inChannels ? get(layout.OUT_PER_GROUP) : inChannels);
}

/** torchprofile: N·C_out·r·O·K; `torchprofileChannels` says what r is. */
// @ts-ignore: decorator
@inline
export function torchprofile(): u64 {
  const products = multiply(product(layout.DIMENSION_L_OUT), product(layout.KERNEL_SIZE));
  return multiply(get(layout.BATCH_SIZE), multiply(torchprofileChannels(), products));
}

/**
 * onnx-tool: N·C_out·O·(C_out/g)·K + b·N·C_out·O. It uses the output channels in place of the input
 * channels.
 */
export function onnxTool(): u64 {
  const perOutput = multiply(get(layout.OUT_PER_GROUP), product(layout.KERNEL_SIZE));
  const outputs = multiply(get(layout.OUT_CHANNELS), product(layout.DIMENSION_L_OUT));
  return multiply(get(layout.BATCH_SIZE), multiply(outputs, add(perOutput, get(layout.BIAS))));
}

/** The MACs in the answer of onnx-tool: without the biases. */
export function onnxToolMacs(): u64 {
  return onnxTool() - shared.biases();
}

/** C_in·((C_out/g)//g). */
export function deepspeedChannels(): u64 {
  return channelsPerGroup(get(layout.OUT_PER_GROUP), get(layout.GROUPS)) * get(layout.IN_CHANNELS);
}

/**
 * DeepSpeed and calflops: N·I·K·C_in·((C_out/g)//g). They divide by the groups twice, which gives 0
 * for depthwise layers.
 */
export function deepspeedMacs(): u64 {
  const channels = multiply(deepspeedChannels(), get(layout.BATCH_SIZE));
  return multiply(multiply(channels, product(layout.KERNEL_SIZE)), product(layout.L_IN));
}

/**
 * The output length of a plain convolution with the same parameters, which DeepSpeed uses for the
 * biases of a transposed one. It can be 0 or negative:
 *
 *   floor((l_in + 2·padding - (dilation·(kernel_size - 1) + 1)) / stride) + 1
 */
function forwardLength(dimension: u32): i64 {
  const reach = getAt(layout.DILATION, dimension) * (getAt(layout.KERNEL_SIZE, dimension) - 1);
  const padded = getAt(layout.L_IN, dimension) + 2 * getAt(layout.PADDING, dimension);
  const span = <i64>(padded - reach - 1);
  const stride = <i64>getAt(layout.STRIDE, dimension);
  return (span >= 0 ? span / stride : (span + 1) / stride - 1) + 1;
}

/** F: the product of `forwardLength` over the dimensions, modulo 2^64, in two's complement. */
export function forwardLengths(): u64 {
  let lengths: u64 = 1;
  for (let dimension: u32 = 0; dimension < dimensions; dimension++) {
    lengths *= <u64>forwardLength(dimension);
  }
  return lengths;
}

/**
 * DeepSpeed and calflops: 2·deepspeed_macs + b·(C_out/g)·N·F, where F is the product of
 * `forwardLength` over the dimensions.
 */
export function deepspeedFlops(): u64 {
  for (let dimension: u32 = 0; dimension < dimensions; dimension++) {
    if (get(layout.BIAS) == 0 || forwardLength(dimension) == 0) {
      return shared.deepspeedFlops(deepspeedMacs(), 0, false);
    }
  }
  let biases: u64 = get(layout.BATCH_SIZE) * get(layout.OUT_PER_GROUP);
  let isNegative = false;
  for (let dimension: u32 = 0; dimension < dimensions; dimension++) {
    const length = forwardLength(dimension);
    if (length < 0) isNegative = !isNegative;
    biases = multiply(biases, length < 0 ? 0 - <u64>length : length);
  }
  return shared.deepspeedFlops(deepspeedMacs(), biases, isNegative);
}

/**
 * Whether moduleprofiler answers. It has no 3-d layer, and raises if no output is left without
 * output_padding.
 */
export function moduleprofilerAnswers(): bool {
  for (let dimension: u32 = 0; dimension < dimensions; dimension++) {
    if (unpaddedLength(dimension) < 1) return false;
  }
  return dimensions < 3;
}

/**
 * moduleprofiler: N·ψ·(O·(K + 1) + A) - (1 - b)·N·C_out·O with A = taps' - O', where ' means the
 * layer without output_padding. Summed as N·C_out·((C_in/g - 1 + b)·X + (1 - b)·(X - O)) with
 * X = O·K + (O - O') + taps'.
 */
export function moduleprofiler(): u64 {
  const outputs = product(layout.DIMENSION_L_OUT), bias = get(layout.BIAS);
  let unpaddedOutputs: u64 = 1, taps: u64 = 1;
  for (let dimension: u32 = 0; dimension < dimensions; dimension++) {
    unpaddedOutputs = multiply(unpaddedOutputs, unpaddedLength(dimension));
    const own = unpaddedTaps(dimension);
    taps = taps == 0 || own == 0 ? 0 : multiply(taps, own);
  }
  const products = multiply(outputs, product(layout.KERNEL_SIZE) - 1);
  const rest = add(add(products, outputs - unpaddedOutputs), taps); // X - O
  const channels = get(layout.IN_PER_GROUP) - 1 + bias;
  const perOutput = add(
    channels ? multiply(channels, add(rest, outputs)) : 0,
    bias ? 0 : rest,
  );
  return multiply(get(layout.BATCH_SIZE), multiply(get(layout.OUT_CHANNELS), perOutput));
}

/** X - O of `moduleprofiler`, modulo 2^64. */
export function moduleprofilerAdditions(): u64 {
  const outputs = product(layout.DIMENSION_L_OUT);
  let unpaddedOutputs: u64 = 1, taps: u64 = 1;
  for (let dimension: u32 = 0; dimension < dimensions; dimension++) {
    unpaddedOutputs *= <u64>unpaddedLength(dimension);
    taps *= unpaddedTaps(dimension);
  }
  return outputs * (product(layout.KERNEL_SIZE) - 1) + (outputs - unpaddedOutputs) + taps;
}

/** Whether TensorFlow answers: it does not for a 3-d layer. */
export function tensorflowAnswers(): bool {
  return dimensions < 3;
}

/** TensorFlow: 2·N·ψ·K·O / (product of the strides). */
export function tensorflowNumerator(): u64 {
  return multiply(2, shared.everyOutput());
}

export function tensorflowDenominator(): u64 {
  return product(layout.STRIDE);
}
