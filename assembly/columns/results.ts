// The value of each result column for the layer at hand: which numbers go into the formulas of ops.ts and conventions.ts.
//
// Most values are whole numbers of 64 bits; an overflow is marked in checked.ts. A few columns are quotients, held as two
// whole numbers; and a column can have no value at all, where the tool that it stands for gives none.

import { add, gcd, multiply, signedMagnitude } from "../checked";
import * as conventions from "./conventions";
import { deepspeedLength, onnxLength } from "../layers/convolution";
import { dimensions, get, getAt, hasPaddingWord, isLinear, isTransposed, unpaddedLength, unpaddedTaps } from "../layers/layer";
import {
  ADDITIONS, ADDITIONS_PER_FILTER, AGGREGATION_OPS, ARITHMETIC_INTENSITY, BATCH_SIZE, BIAS, BITS, CROPPED_PRODUCTS, DEEPSPEED_FLOPS,
  DEEPSPEED_MACS, DILATION, DIMENSION_COVERED, DIMENSION_FIELDS, DIMENSION_L_OUT, DIMENSION_TAPS, FILTERS, FIRST_PER_BATCH, FIRST_QUOTIENT, FIRST_SIGNED_PER_BATCH, FIRST_SPECIAL, FIRST_UNSIGNED, QUOTIENT_END, PADDING_TEXT, RESULT_0, RESULT_END, FLOPS, FVCORE,
  GROUPS, HOLES, IN_CHANNELS, IN_PER_GROUP, INPUT_ELEMENTS, KERNEL_SIZE, L_IN, L_OUT, MACS, MACS_PER_SECOND, MODULEPROFILER, MULTIPLICATIONS, ONNX_TOOL,
  OPS, OPS_PER_FILTER, OPS_PER_SECOND, OUT_CHANNELS, OUT_PER_GROUP, OUTPUT_ELEMENTS, OVERLAP_EVEN, OVERLAP_MAX, OVERLAP_MIN, PADDING, PARAMS, PER_BATCH_END, PTFLOPS,
  PTFLOPS_0_7_4, SAMPLE_RATE, SAMPLE_RATE_DENOMINATOR, SAMPLE_RATE_QUOTIENT, STRIDE, TAPS, COVERED, TENSORFLOW, THOP, THOP_ULTRALYTICS, TORCH, TORCHINFO, TORCHPROFILE, VARIABLE_0,
  WEIGHT_ELEMENTS, ZERO_INSERTION_MACS, ZERO_INSERTION_WASTE,
} from "../layout";
import {
  additions, aggregationOps, convolvedOpsPerFilter, documentedOps, filters, macs, opsPerFilter, overlapMax, overlapMin, params,
  zeroInsertionMacs,
} from "./ops";

// ── Over the dimensions ────────────────────────────────────────────────────────────────────────────────────────────

// Layers of one dimension are what most sweeps are about: for them a product over the dimensions is a load. What stands under
// `@inline` here and below is worked out for nearly every row; the compiler finds it too large by itself. Measured 2026-11-23 on a
// sweep of examples/vocoder.yaml: 155 ns a row, 196 without.

/** The product of a field over the dimensions. */
// @ts-ignore: decorator
@inline
function product(field: u32): u64 {
  return dimensions == 1 ? get(field) : productOver(field);
}

function productOver(field: u32): u64 {
  // A 0 answers for all: what the others come to does not matter.
  for (let dimension: u32 = 0; dimension < dimensions; dimension++) if (getAt(field, dimension) == 0) return 0;
  let whole: u64 = dimensions == 0 ? 1 : get(field);
  for (let dimension: u32 = 1; dimension < dimensions; dimension++) whole = multiply(whole, getAt(field, dimension));
  return whole;
}

/**
 * The product of a field minus that of another, which is nowhere larger: a1·a2·a3 - b1·b2·b3
 * = (a1 - b1)·a2·a3 + b1·(a2 - b2)·a3 + b1·b2·(a3 - b3), where no term exceeds the result.
 */
// @ts-ignore: decorator
@inline
function productDifference(field: u32, smaller: u32): u64 {
  return dimensions == 1 ? get(field) - get(smaller) : differenceOver(field, smaller);
}

function differenceOver(field: u32, smaller: u32): u64 {
  let sum: u64 = 0;
  for (let apart: u32 = 0; apart < dimensions; apart++) sum = add(sum, differenceTerm(field, smaller, apart));
  return sum;
}

function differenceTerm(field: u32, smaller: u32, apart: u32): u64 {
  let term = factorOf(field, apart) - factorOf(smaller, apart);
  for (let dimension: u32 = 0; dimension < dimensions; dimension++) {
    if (dimension != apart && factorOf(dimension < apart ? smaller : field, dimension) == 0) return 0;
  }
  for (let dimension: u32 = 0; dimension < dimensions; dimension++) {
    if (dimension != apart) term = multiply(term, factorOf(dimension < apart ? smaller : field, dimension));
  }
  return term;
}

/** Stands for a field: the pairs of a dimension, every tap with every input, or in a convolution with every output. */
const PAIRS: u32 = u32.MAX_VALUE;

function factorOf(field: u32, dimension: u32): u64 {
  if (field != PAIRS) return getAt(field, dimension);
  return getAt(isTransposed ? L_IN : DIMENSION_L_OUT, dimension) * getAt(KERNEL_SIZE, dimension);
}

/** The product of the strides. */
export function strides(): u64 {
  return product(STRIDE);
}

function overlapMinOf(): u64 {
  let min: u64 = 1;
  for (let dimension: u32 = 0; dimension < dimensions; dimension++) {
    const kernelSize = getAt(KERNEL_SIZE, dimension), stride = getAt(STRIDE, dimension);
    const own = isTransposed ? overlapMin(kernelSize, stride, gcd(stride, getAt(DILATION, dimension))) : kernelSize;
    if (own == 0) return 0;
    min = multiply(min, own);
  }
  return min;
}

function overlapMaxOf(): u64 {
  let max: u64 = 1;
  for (let dimension: u32 = 0; dimension < dimensions; dimension++) {
    const kernelSize = getAt(KERNEL_SIZE, dimension), stride = getAt(STRIDE, dimension);
    max = multiply(max, isTransposed ? overlapMax(kernelSize, stride, gcd(stride, getAt(DILATION, dimension))) : kernelSize);
  }
  return max;
}

/** Where no residue gets more than another, in no dimension. */
function isOverlapEven(): bool {
  for (let dimension: u32 = 0; isTransposed && dimension < dimensions; dimension++) {
    const kernelSize = getAt(KERNEL_SIZE, dimension), stride = getAt(STRIDE, dimension);
    const commonFactor = gcd(stride, getAt(DILATION, dimension));
    if (overlapMin(kernelSize, stride, commonFactor) != overlapMax(kernelSize, stride, commonFactor)) return false;
  }
  return true;
}

// ── The layer's numbers ────────────────────────────────────────────────────────────────────────────────────────────

// @ts-ignore: decorator
@inline
function layerFilters(): u64 {
  return filters(get(IN_PER_GROUP), get(OUT_CHANNELS));
}

function additionsPerFilter(): u64 {
  if (!isTransposed) return signedMagnitude(multiply(product(DIMENSION_L_OUT), product(KERNEL_SIZE) - 1));
  const taps = product(DIMENSION_TAPS), lOut = product(DIMENSION_L_OUT);
  return taps >= lOut ? signedMagnitude(taps - lOut) : 0 - signedMagnitude(lOut - taps);
}

// @ts-ignore: decorator
@inline
function layerOpsPerFilter(): u64 {
  const lOut = product(DIMENSION_L_OUT), kernelElements = product(KERNEL_SIZE);
  return isTransposed ? opsPerFilter(product(DIMENSION_TAPS), lOut, kernelElements) : convolvedOpsPerFilter(lOut, kernelElements);
}

// @ts-ignore: decorator
@inline
function layerAggregationOps(): u64 {
  return aggregationOps(product(DIMENSION_L_OUT), get(IN_PER_GROUP), get(OUT_CHANNELS), get(BIAS));
}

// @ts-ignore: decorator
@inline
function layerMacs(): u64 {
  return macs(get(BATCH_SIZE), layerFilters(), product(DIMENSION_TAPS));
}

// @ts-ignore: decorator
@inline
function layerAdditions(): u64 {
  const overlaps = productDifference(DIMENSION_TAPS, DIMENSION_COVERED);
  return additions(get(BATCH_SIZE), get(IN_PER_GROUP), get(OUT_CHANNELS), get(BIAS), product(DIMENSION_TAPS), overlaps);
}

function layerFlops(): u64 {
  return add(layerMacs(), layerAdditions());
}

// @ts-ignore: decorator
@inline
function layerParams(): u64 {
  return params(layerFilters(), product(KERNEL_SIZE), get(OUT_CHANNELS), get(BIAS));
}

function elements(channels: u32, length: u32): u64 {
  return multiply(get(BATCH_SIZE), multiply(get(channels), product(length)));
}

/** What padding cuts off: products that meet outside of the output, or, in a convolution, with zeros of the padding. */
function croppedProducts(): u64 {
  return multiply(get(BATCH_SIZE), multiply(layerFilters(), differenceOver(PAIRS, DIMENSION_TAPS)));
}

// ── Other counters ─────────────────────────────────────────────────────────────────────────────────────────────────

/** Whether moduleprofiler answers: it has no 3-d layer, and raises where no output is left without output_padding. */
function moduleprofilerAnswers(): bool {
  for (let dimension: u32 = 0; isTransposed && dimension < dimensions; dimension++) if (unpaddedLength(dimension) < 1) return false;
  return dimensions < 3;
}

function moduleprofiler(): u64 {
  if (!isTransposed) {
    return conventions.convolvedModuleprofiler(
      get(BATCH_SIZE), get(IN_PER_GROUP), get(OUT_CHANNELS), get(BIAS), product(DIMENSION_L_OUT), product(KERNEL_SIZE),
    );
  }
  let unpaddedOut: u64 = 1, taps: u64 = 1;
  for (let dimension: u32 = 0; dimension < dimensions; dimension++) {
    unpaddedOut = multiply(unpaddedOut, unpaddedLength(dimension));
    const own = unpaddedTaps(dimension);
    taps = taps == 0 || own == 0 ? 0 : multiply(taps, own);
  }
  return conventions.moduleprofiler(
    get(BATCH_SIZE), get(IN_PER_GROUP), get(OUT_CHANNELS), get(BIAS), product(DIMENSION_L_OUT), product(KERNEL_SIZE), unpaddedOut, taps,
  );
}

// @ts-ignore: decorator
@inline
function everyInput(): u64 {
  return conventions.everyInput(get(BATCH_SIZE), layerFilters(), product(L_IN), product(KERNEL_SIZE));
}

// @ts-ignore: decorator
@inline
function everyOutput(): u64 {
  return conventions.everyOutput(get(BATCH_SIZE), layerFilters(), product(DIMENSION_L_OUT), product(KERNEL_SIZE));
}

// @ts-ignore: decorator
@inline
function biases(): u64 {
  return conventions.biases(get(BATCH_SIZE), get(OUT_CHANNELS), get(BIAS), product(DIMENSION_L_OUT));
}

function everyOutputAndBias(): u64 {
  return add(everyOutput(), biases());
}

function transposedPtflops(): u64 {
  return add(everyInput(), biases());
}

function transposedTorchprofile(): u64 {
  return conventions.torchprofile(
    get(BATCH_SIZE), get(IN_CHANNELS), get(OUT_CHANNELS), get(OUT_PER_GROUP), product(DIMENSION_L_OUT), product(KERNEL_SIZE),
  );
}

function transposedOnnxTool(): u64 {
  return conventions.onnxTool(
    get(BATCH_SIZE), get(OUT_CHANNELS), get(OUT_PER_GROUP), get(BIAS), product(DIMENSION_L_OUT), product(KERNEL_SIZE),
  );
}

/** Tracers have no rule for the operator of `same` and `valid`, and count nothing there. */
function everyOutputOfNumbers(): u64 {
  return hasPaddingWord() ? 0 : everyOutput();
}

/** The product of the output lengths that DeepSpeed computes for a plain convolution. */
function deepspeedOutputs(): u64 {
  let whole: u64 = 1;
  for (let dimension: u32 = 0; dimension < dimensions; dimension++) {
    const own = deepspeedLength(
      getAt(L_IN, dimension), getAt(KERNEL_SIZE, dimension), getAt(STRIDE, dimension), getAt(PADDING, dimension), getAt(DILATION, dimension),
    );
    if (own == 0) return 0;
    whole = multiply(whole, own);
  }
  return whole;
}

function convolvedDeepspeedMacs(): u64 {
  const outputs = deepspeedOutputs();
  return outputs == 0 ? 0 : conventions.everyOutput(get(BATCH_SIZE), layerFilters(), outputs, product(KERNEL_SIZE));
}

/** The bias of a linear layer is not counted. */
function convolvedDeepspeedFlops(): u64 {
  const outputs = deepspeedOutputs();
  const biases = isLinear || outputs == 0 ? 0 : conventions.biases(get(BATCH_SIZE), get(OUT_CHANNELS), get(BIAS), outputs);
  return conventions.deepspeedFlops(convolvedDeepspeedMacs(), biases, false);
}

/** The product of the output lengths that onnx-tool infers. It keeps only the first axis of a 3-d layer with a word. */
function onnxOutputs(): u64 {
  const axes: u32 = hasPaddingWord() && dimensions == 3 ? 1 : dimensions;
  let whole: u64 = 1;
  for (let dimension: u32 = 0; dimension < axes; dimension++) {
    whole = multiply(whole, onnxLength(
      getAt(DIMENSION_L_OUT, dimension), getAt(L_IN, dimension), getAt(KERNEL_SIZE, dimension), getAt(STRIDE, dimension),
      getAt(PADDING, dimension),
    ));
  }
  return whole;
}

function convolvedOnnxTool(): u64 {
  const outputs = onnxOutputs();
  return add(
    conventions.everyOutput(get(BATCH_SIZE), layerFilters(), outputs, product(KERNEL_SIZE)),
    conventions.biases(get(BATCH_SIZE), get(OUT_CHANNELS), get(BIAS), outputs),
  );
}

function deepspeedMacs(): u64 {
  return conventions.deepspeedMacs(get(BATCH_SIZE), get(IN_CHANNELS), get(OUT_PER_GROUP), get(GROUPS), product(L_IN), product(KERNEL_SIZE));
}

function forwardLength(dimension: u32): i64 {
  return conventions.forwardLength(
    getAt(L_IN, dimension), getAt(KERNEL_SIZE, dimension), getAt(STRIDE, dimension), getAt(PADDING, dimension), getAt(DILATION, dimension),
  );
}

function deepspeedFlops(): u64 {
  let biasTerm: u64 = get(BATCH_SIZE) * get(OUT_PER_GROUP);
  let isNegative = false;
  for (let dimension: u32 = 0; dimension < dimensions; dimension++) {
    if (get(BIAS) == 0 || forwardLength(dimension) == 0) return conventions.deepspeedFlops(deepspeedMacs(), 0, false);
  }
  for (let dimension: u32 = 0; dimension < dimensions; dimension++) {
    const length = forwardLength(dimension);
    if (length < 0) isNegative = !isNegative;
    biasTerm = multiply(biasTerm, length < 0 ? 0 - <u64>length : length);
  }
  return conventions.deepspeedFlops(deepspeedMacs(), biasTerm, isNegative);
}

// ── Columns ────────────────────────────────────────────────────────────────────────────────────────────────────────

/** Whether a column holds whole numbers, and always has one: nearly all do. */
export function isPlain(column: u32): bool {
  return column < FIRST_SPECIAL && column != BIAS;
}

/** Whether a column holds numbers below 0, in two's complement: those, and variables. */
export function isSigned(column: u32): bool {
  return (column >= RESULT_0 && column < FIRST_UNSIGNED)
    || (column >= FIRST_SIGNED_PER_BATCH && column < FIRST_QUOTIENT)
    || column >= VARIABLE_0;
}

/** Whether the cells of a column are words: `true` and `false`, or a padding that may be `same` or `valid`. */
export function isWord(column: u32): bool {
  return column == BIAS || (column >= QUOTIENT_END && column < RESULT_END);
}

/** Whether a column holds quotients (see `workOutQuotient`). */
export function isQuotient(column: u32): bool {
  return column >= FIRST_QUOTIENT && column < QUOTIENT_END;
}

/** Whether the layer has no value in a column: the tool that it stands for raises, or gives no answer. */
export function isMissing(column: u32): bool {
  if (column == MODULEPROFILER) return !moduleprofilerAnswers();
  return column == TENSORFLOW && isTransposed && dimensions == 3;
}

/** The MACs in the answer of onnx-tool: without the biases. */
export function onnxToolMacs(): u64 {
  if (get(BATCH_SIZE) == 0) return 0;
  if (isTransposed) return value(ONNX_TOOL) - biases();
  return conventions.everyOutput(get(BATCH_SIZE), layerFilters(), onnxOutputs(), product(KERNEL_SIZE));
}

/** Whether a column is a sum over an empty batch: 0, whatever its factors come to. */
export function isEmptySum(column: u32): bool {
  return get(BATCH_SIZE) == 0 && column >= FIRST_PER_BATCH && column < PER_BATCH_END;
}

/** The value of a column that is no quotient, for a legal layer that is worked out. An overflow is marked in checked.ts. */
export function value(column: u32): u64 {
  return isEmptySum(column) ? 0 : valueInline(column);
}

/** The same of a layer whose batch is not empty, for the hot loop (see row.ts). */
// @ts-ignore: decorator
@inline
export function valueInline(column: u32): u64 {
  switch (column) {
    case L_OUT: return product(DIMENSION_L_OUT);
    case TAPS: return product(DIMENSION_TAPS);
    case COVERED: return product(DIMENSION_COVERED);
    case HOLES: return productDifference(DIMENSION_L_OUT, DIMENSION_COVERED);
    case OVERLAP_MIN: return overlapMinOf();
    case OVERLAP_MAX: return overlapMaxOf();
    case OVERLAP_EVEN: return <u64>isOverlapEven();
    case WEIGHT_ELEMENTS: return multiply(layerFilters(), product(KERNEL_SIZE));
    case ADDITIONS_PER_FILTER: return additionsPerFilter();
    case FILTERS: return layerFilters();
    case OPS_PER_FILTER: return layerOpsPerFilter();
    case AGGREGATION_OPS: return layerAggregationOps();
    case PARAMS: return layerParams();
    case INPUT_ELEMENTS: return elements(IN_CHANNELS, L_IN);
    case OUTPUT_ELEMENTS: return elements(OUT_CHANNELS, DIMENSION_L_OUT);
    case OPS: return documentedOps(get(BATCH_SIZE), layerFilters(), layerOpsPerFilter(), layerAggregationOps());
    case MACS:
    case MULTIPLICATIONS: return layerMacs();
    case ADDITIONS: return layerAdditions();
    case FLOPS: return layerFlops();
    case CROPPED_PRODUCTS: return croppedProducts();
    case ZERO_INSERTION_MACS: return zeroInsertionMacs(get(BATCH_SIZE), layerFilters(), product(DIMENSION_L_OUT), product(KERNEL_SIZE));
    case MODULEPROFILER: return moduleprofiler();
    case PTFLOPS: return isTransposed ? transposedPtflops() : everyOutputAndBias();
    case THOP: return everyOutput();
    case PTFLOPS_0_7_4:
    case TORCHINFO: return everyOutputAndBias();
    case THOP_ULTRALYTICS: return isTransposed ? everyInput() : everyOutput(); // N·C_in·I·(C_out//g)·K
    case FVCORE: return isTransposed ? everyInput() : everyOutputOfNumbers();
    case TORCH: return multiply(2, isTransposed ? everyInput() : everyOutput());
    case DEEPSPEED_MACS: return isTransposed ? deepspeedMacs() : convolvedDeepspeedMacs();
    case DEEPSPEED_FLOPS: return isTransposed ? deepspeedFlops() : convolvedDeepspeedFlops();
    case TORCHPROFILE: return isTransposed ? transposedTorchprofile() : everyOutputOfNumbers();
    case ONNX_TOOL: return isTransposed ? transposedOnnxTool() : convolvedOnnxTool();
    case PADDING_TEXT: return get(PADDING);
    case PADDING_TEXT + 1: return getAt(PADDING, 1);
    case PADDING_TEXT + 2: return getAt(PADDING, 2);
    default: return get(column); // a parameter, a setting, what a dimension comes to, a variable
  }
}

let quotientNumerator: u64 = 0;
let quotientDenominator: u64 = 1;

/** What the last `workOutQuotient` came to; the denominator is never 0. */
export function numerator(): u64 {
  return quotientNumerator;
}

export function denominator(): u64 {
  return quotientDenominator;
}

/** Works out the value of a column that is a quotient, for `numerator` and `denominator`. An overflow is marked in checked.ts. */
export function workOutQuotient(column: u32): void {
  switch (column) {
    case ZERO_INSERTION_WASTE: {
      const all = multiply(product(DIMENSION_L_OUT), product(KERNEL_SIZE));
      quotientNumerator = all - product(DIMENSION_TAPS);
      quotientDenominator = all;
      break;
    }
    case ARITHMETIC_INTENSITY: {
      // flops / (elements · bits / 8), with what 8 and bits have in common taken out.
      const common = gcd(8, get(BITS));
      quotientNumerator = get(BATCH_SIZE) == 0 ? 0 : multiply(8 / common, layerFlops());
      const touched = add(add(value(INPUT_ELEMENTS), value(OUTPUT_ELEMENTS)), layerParams());
      quotientDenominator = multiply(touched, get(BITS) / common);
      break;
    }
    case MACS_PER_SECOND: {
      quotientNumerator = multiply(macs(1, layerFilters(), product(DIMENSION_TAPS)), get(SAMPLE_RATE));
      quotientDenominator = multiply(product(DIMENSION_L_OUT), get(SAMPLE_RATE_DENOMINATOR));
      break;
    }
    case OPS_PER_SECOND: {
      quotientNumerator = multiply(documentedOps(1, layerFilters(), layerOpsPerFilter(), layerAggregationOps()), get(SAMPLE_RATE));
      quotientDenominator = multiply(product(DIMENSION_L_OUT), get(SAMPLE_RATE_DENOMINATOR));
      break;
    }
    case SAMPLE_RATE_QUOTIENT: {
      quotientNumerator = get(SAMPLE_RATE);
      quotientDenominator = get(SAMPLE_RATE_DENOMINATOR);
      break;
    }
    default: { // TENSORFLOW
      const isEmpty = get(BATCH_SIZE) == 0;
      quotientNumerator = isEmpty ? 0 : multiply(2, everyOutput());
      if (!isTransposed && !isEmpty) quotientNumerator = add(quotientNumerator, biases());
      quotientDenominator = isTransposed ? strides() : 1;
    }
  }
}
