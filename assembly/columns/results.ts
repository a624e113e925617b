// The value of each result column for the current layer. This is the dispatch: counts.ts has the
// counts, and conventions/ has the answers of other counters, with one module for each family.
//
// Most values are whole numbers of 64 bits; an overflow is marked in checked.ts. A few columns are
// quotients of two whole numbers. A column has no value if the tool of its convention does not
// answer.

import { add, gcd, multiply } from "../checked";
import { dimensions, filters, get, getAt, isLinear, isTransposed } from "../layers/layer";
import {
  isEvenInAllDimensions,
  product,
  productDifference,
  productOfOverlapMax,
  productOfOverlapMin,
} from "../layers/products";
import * as layout from "../layout";
import * as convolution from "./conventions/convolution";
import * as linear from "./conventions/linear";
import * as shared from "./conventions/shared";
import * as transposed from "./conventions/transposed";
import * as counts from "./counts";

// ── Classes of columns ──

/** Whether all values of a column are whole numbers, and none is missing. True for most columns. */
export function isPlain(column: u32): bool {
  return column < layout.FIRST_SPECIAL && column != layout.BIAS;
}

/** Whether a column is in two's complement: results that can be negative, and variables. */
export function isSigned(column: u32): bool {
  return (column >= layout.RESULT_0 && column < layout.FIRST_UNSIGNED)
    || (column >= layout.FIRST_SIGNED_PER_BATCH && column < layout.FIRST_QUOTIENT)
    || column >= layout.VARIABLE_0;
}

/** Whether cells of a column can be words: `true` or `false`, or a padding `same` or `valid`. */
export function isWord(column: u32): bool {
  return column == layout.BIAS || (column >= layout.QUOTIENT_END && column < layout.RESULT_END);
}

/** Whether a column has quotients, which `computeQuotient` computes. */
export function isQuotient(column: u32): bool {
  return column >= layout.FIRST_QUOTIENT && column < layout.QUOTIENT_END;
}

/** Whether a column has no value for the layer: the tool of the convention does not answer. */
export function isMissing(column: u32): bool {
  if (column == layout.MODULEPROFILER) {
    return isTransposed
      ? !transposed.moduleprofilerAnswers()
      : !convolution.moduleprofilerAnswers();
  }
  return column == layout.TENSORFLOW && isTransposed && !transposed.tensorflowAnswers();
}

/** Whether a column is a sum over an empty batch. It is 0 then, whatever its factors are. */
export function isEmptySum(column: u32): bool {
  return get(layout.BATCH_SIZE) == 0
    && column >= layout.FIRST_PER_BATCH && column < layout.PER_BATCH_END;
}

// ── Values ──

/** The value of a column without quotients, for a legal layer whose overlaps are computed. */
export function value(column: u32): u64 {
  return isEmptySum(column) ? 0 : valueInline(column);
}

/**
 * `value` for a layer whose batch is not empty. Inlined for lists, and for cells that are computed
 * row by row (vectors/cells.ts).
 */
// @ts-ignore: decorator
@inline
export function valueInline(column: u32): u64 {
  switch (column) {
    case layout.L_OUT: return product(layout.DIMENSION_L_OUT);
    case layout.TAPS: return product(layout.DIMENSION_TAPS);
    case layout.COVERED: return product(layout.DIMENSION_COVERED);
    case layout.HOLES: return productDifference(layout.DIMENSION_L_OUT, layout.DIMENSION_COVERED);
    case layout.OVERLAP_MIN: return productOfOverlapMin();
    case layout.OVERLAP_MAX: return productOfOverlapMax();
    case layout.OVERLAP_EVEN: return <u64>isEvenInAllDimensions();
    case layout.WEIGHT_ELEMENTS: return counts.weightElements();
    case layout.ADDITIONS_PER_FILTER: return counts.additionsPerFilter();
    case layout.FILTERS: return filters();
    case layout.OPS_PER_FILTER: return counts.opsPerFilter();
    case layout.AGGREGATION_OPS: return counts.aggregationOps();
    case layout.PARAMS: return counts.params();
    case layout.INPUT_ELEMENTS: return counts.inputElements();
    case layout.OUTPUT_ELEMENTS: return counts.outputElements();
    case layout.OPS: return counts.documentedOps(get(layout.BATCH_SIZE));
    case layout.MACS:
    case layout.MULTIPLICATIONS: return counts.macs(get(layout.BATCH_SIZE));
    case layout.ADDITIONS: return counts.additions();
    case layout.FLOPS: return counts.flops();
    case layout.CROPPED_PRODUCTS: return counts.croppedProducts();
    case layout.ZERO_INSERTION_MACS: return counts.zeroInsertionMacs();
    case layout.MODULEPROFILER:
      return isTransposed ? transposed.moduleprofiler() : convolution.moduleprofiler();
    case layout.PTFLOPS: return isTransposed ? transposed.ptflops() : convolution.ptflops();
    case layout.THOP: return shared.everyOutput();
    case layout.PTFLOPS_0_7_4:
    case layout.TORCHINFO: return shared.everyOutputAndBias();
    case layout.THOP_ULTRALYTICS:
      return isTransposed ? transposed.thopUltralytics() : convolution.thopUltralytics();
    case layout.FVCORE: return isTransposed ? transposed.fvcore() : convolution.fvcore();
    case layout.TORCH: return multiply(2, torchMacs());
    case layout.DEEPSPEED_MACS:
      return isTransposed ? transposed.deepspeedMacs() : convolution.deepspeedMacs();
    case layout.DEEPSPEED_FLOPS:
      return isTransposed ? transposed.deepspeedFlops() : plainDeepspeedFlops();
    case layout.TORCHPROFILE:
      return isTransposed ? transposed.torchprofile() : convolution.torchprofile();
    case layout.ONNX_TOOL: return isTransposed ? transposed.onnxTool() : convolution.onnxTool();
    case layout.PADDING_TEXT: return get(layout.PADDING);
    case layout.PADDING_TEXT + 1: return getAt(layout.PADDING, 1);
    case layout.PADDING_TEXT + 2: return getAt(layout.PADDING, 2);
    default: return get(column); // a parameter, setting, variable, or result of one dimension
  }
}

function plainDeepspeedFlops(): u64 {
  return isLinear ? linear.deepspeedFlops() : convolution.deepspeedFlops();
}

// ── Parts of answers, for comparisons ──

/** The MACs in the answer of torch: half of it. */
// @ts-ignore: decorator
@inline
export function torchMacs(): u64 {
  return isTransposed ? transposed.torchMacs() : convolution.torchMacs();
}

/** The MACs in the answer of onnx-tool, for a batch that is not empty: without the biases. */
export function onnxToolMacs(): u64 {
  return isTransposed ? transposed.onnxToolMacs() : convolution.onnxToolMacs();
}

/** The denominator of the answer of TensorFlow. */
export function tensorflowDenominator(): u64 {
  return isTransposed ? transposed.tensorflowDenominator() : convolution.tensorflowDenominator();
}

function tensorflowNumerator(): u64 {
  return isTransposed ? transposed.tensorflowNumerator() : convolution.tensorflowNumerator();
}

// ── Quotients ──

let quotientNumerator: u64 = 0;
let quotientDenominator: u64 = 1;

/** The numerator that the last `computeQuotient` computed. */
export function numerator(): u64 {
  return quotientNumerator;
}

/** The denominator that the last `computeQuotient` computed; never 0. */
export function denominator(): u64 {
  return quotientDenominator;
}

/**
 * Computes a column of quotients into `numerator()` and `denominator()`. Inlined: measured
 * 2026-11-27, kernel alone, on sweeps of one such column: 2 to 3 % less time than with a call.
 */
// @ts-ignore: decorator
@inline
export function computeQuotient(column: u32): void {
  switch (column) {
    case layout.ZERO_INSERTION_WASTE: {
      const all = multiply(product(layout.DIMENSION_L_OUT), product(layout.KERNEL_SIZE));
      quotientNumerator = all - product(layout.DIMENSION_TAPS);
      quotientDenominator = all;
      break;
    }
    case layout.ARITHMETIC_INTENSITY: {
      // flops / (elements · bits / 8), reduced by the common factor of 8 and bits.
      const common = gcd(8, get(layout.BITS));
      const hasBatch = get(layout.BATCH_SIZE) > 0;
      quotientNumerator = hasBatch ? multiply(8 / common, counts.flops()) : 0;
      const tensors = add(value(layout.INPUT_ELEMENTS), value(layout.OUTPUT_ELEMENTS));
      quotientDenominator = multiply(add(tensors, counts.params()), get(layout.BITS) / common);
      break;
    }
    case layout.MACS_PER_SECOND: {
      setPerSecond(counts.macs(1));
      break;
    }
    case layout.OPS_PER_SECOND: {
      setPerSecond(counts.documentedOps(1));
      break;
    }
    case layout.SAMPLE_RATE_QUOTIENT: {
      quotientNumerator = get(layout.SAMPLE_RATE);
      quotientDenominator = get(layout.SAMPLE_RATE_DENOMINATOR);
      break;
    }
    default: { // TENSORFLOW
      quotientNumerator = get(layout.BATCH_SIZE) == 0 ? 0 : tensorflowNumerator();
      quotientDenominator = tensorflowDenominator();
    }
  }
}

/** Sets the quotient to a count of one sample, times the sample rate over l_out. */
function setPerSecond(count: u64): void {
  quotientNumerator = multiply(count, get(layout.SAMPLE_RATE));
  quotientDenominator = multiply(
    product(layout.DIMENSION_L_OUT), get(layout.SAMPLE_RATE_DENOMINATOR),
  );
}
