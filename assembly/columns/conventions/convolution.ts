// Answers of other counters for plain convolutions, and for linear layers unless linear.ts has its
// own. shared.ts explains the symbols. With no dimensions, I, O and K of a linear layer are 1.

import { add, multiply } from "../../checked";
import { lowerPadding } from "../../layers/convolution";
import { hasPaddingWord } from "../../layers/dimension";
import { dimensions, get, getAt } from "../../layers/layer";
import { product } from "../../layers/products";
import * as layout from "../../layout";
import * as shared from "./shared";

// @ts-ignore: decorator
@inline
export function ptflops(): u64 {
  return shared.everyOutputAndBias();
}

// @ts-ignore: decorator
@inline
export function thopUltralytics(): u64 {
  return shared.everyOutput();
}

/** Tracers have no rule for the operator of `same` and `valid`, and count nothing for it. */
function tracedMacs(): u64 {
  return hasPaddingWord() ? 0 : shared.everyOutput();
}

// @ts-ignore: decorator
@inline
export function fvcore(): u64 {
  return tracedMacs();
}

// @ts-ignore: decorator
@inline
export function torchprofile(): u64 {
  return tracedMacs();
}

/** torch counts two FLOPs for each of these MACs. */
// @ts-ignore: decorator
@inline
export function torchMacs(): u64 {
  return shared.everyOutput();
}

/** The output length that DeepSpeed computes: `same` adds floor(reach / 2) zeros at each end. */
export function deepspeedLength(
  lIn: i64, kernelSize: i64, stride: i64, padding: i64, dilation: i64,
): i64 {
  const padded = lIn + 2 * lowerPadding(padding, kernelSize, dilation);
  const span = padded - dilation * (kernelSize - 1) - 1;
  return span < 0 ? 0 : span / stride + 1;
}

/** The product of the output lengths that DeepSpeed computes. */
function deepspeedOutputs(): u64 {
  let outputs: u64 = 1;
  for (let dimension: u32 = 0; dimension < dimensions; dimension++) {
    const own = deepspeedLength(
      getAt(layout.L_IN, dimension),
      getAt(layout.KERNEL_SIZE, dimension),
      getAt(layout.STRIDE, dimension),
      getAt(layout.PADDING, dimension),
      getAt(layout.DILATION, dimension),
    );
    if (own == 0) return 0;
    outputs = multiply(outputs, own);
  }
  return outputs;
}

/** DeepSpeed and calflops: N·ψ·K·O with the output lengths that DeepSpeed computes. */
export function deepspeedMacs(): u64 {
  const outputs = deepspeedOutputs();
  return outputs == 0 ? 0 : shared.everyElement(outputs);
}

/** DeepSpeed and calflops: 2·deepspeed_macs + b·N·C_out·O, with the same output lengths. */
export function deepspeedFlops(): u64 {
  const outputs = deepspeedOutputs();
  return shared.deepspeedFlops(deepspeedMacs(), outputs == 0 ? 0 : shared.biasesOf(outputs), false);
}

/** The output length that onnx-tool infers. It ignores the dilation of a `valid` convolution. */
export function onnxLength(lOut: i64, lIn: i64, kernelSize: i64, stride: i64, padding: i64): i64 {
  return padding == <i64>layout.PADDING_VALID ? (lIn - kernelSize) / stride + 1 : lOut;
}

/**
 * The product of the output lengths that onnx-tool infers. It keeps only the first axis of a 3-d
 * layer whose padding is a word.
 */
function onnxOutputs(): u64 {
  const axes: u32 = hasPaddingWord() && dimensions == 3 ? 1 : dimensions;
  let outputs: u64 = 1;
  for (let dimension: u32 = 0; dimension < axes; dimension++) {
    outputs = multiply(outputs, onnxLength(
      getAt(layout.DIMENSION_L_OUT, dimension),
      getAt(layout.L_IN, dimension),
      getAt(layout.KERNEL_SIZE, dimension),
      getAt(layout.STRIDE, dimension),
      getAt(layout.PADDING, dimension),
    ));
  }
  return outputs;
}

/** onnx-tool: N·ψ·K·O + b·N·C_out·O with the output lengths that it infers. */
export function onnxTool(): u64 {
  const outputs = onnxOutputs();
  return add(shared.everyElement(outputs), shared.biasesOf(outputs));
}

/** The MACs in the answer of onnx-tool: without the biases. */
export function onnxToolMacs(): u64 {
  return shared.everyElement(onnxOutputs());
}

/** Whether moduleprofiler answers: it has no 3-d layer. */
export function moduleprofilerAnswers(): bool {
  return dimensions < 3;
}

/** moduleprofiler: N·C_out·O·(2·(C_in/g)·K - (1 - b)). */
export function moduleprofiler(): u64 {
  const products = multiply(get(layout.IN_PER_GROUP), product(layout.KERNEL_SIZE));
  const perElement = add(products, products - 1 + get(layout.BIAS));
  const perChannel = multiply(perElement, product(layout.DIMENSION_L_OUT));
  return multiply(get(layout.BATCH_SIZE), multiply(get(layout.OUT_CHANNELS), perChannel));
}

/** TensorFlow: 2·N·ψ·K·O + b·N·C_out·O; there is no division. */
export function tensorflowNumerator(): u64 {
  return add(multiply(2, shared.everyOutput()), shared.biases());
}

export function tensorflowDenominator(): u64 {
  return 1;
}
