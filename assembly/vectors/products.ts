// Result columns as sums of products of factors, over the rows of a block. The formulas are those
// of columns/ops.ts and columns/conventions/, written as a factor of the channels times a factor of
// the geometry (factors.ts).

import { get, isTransposed } from "../layers/layer";
import * as layout from "../layout";
import {
  BIASED_CHANNELS,
  CHANNEL_SUMS,
  COVERED,
  CROPPED,
  DEEPSPEED_BIASES,
  DEEPSPEED_CHANNELS,
  doesDiffer,
  doesGeometryDiffer,
  factorNumber,
  factorVector,
  fillVector,
  FILTER_ADDITIONS,
  FILTER_OPS,
  FILTERS,
  FILTERS_AND_SUMS,
  FORWARD_LENGTHS,
  HOLES,
  INPUT_CHANNELS,
  INPUT_PRODUCTS,
  INPUTS,
  KERNEL_ELEMENTS,
  MODULEPROFILER_ADDITIONS,
  MODULEPROFILER_PRODUCTS,
  ONE,
  ONNX_TOOL_CHANNELS,
  OUTPUT_CHANNELS,
  OUTPUT_PRODUCTS,
  OUTPUTS,
  OVERLAPS,
  STRIDES,
  TAPS,
  TORCHPROFILE_CHANNELS,
  UNBIASED_CHANNELS,
} from "./factors";
import { isRowField } from "./fields";

/** The vector to which the products are written, and its number of rows. */
let targetPtr: usize = 0;
let rows: u32 = 0;
/** Whether the column exists as a sum of products; nothing is computed otherwise. */
let isComputing: bool = false;

/**
 * Whether a column is a sum of products, or a quotient whose numerator is one. Its batch must be the
 * same in all rows of a block, and so must be whether it has a value.
 */
export function isSumOfProducts(column: u32): bool {
  isComputing = false;
  return !isRowField(layout.BATCH_SIZE) && !isRowField(layout.SAMPLE_RATE)
    && !isRowField(layout.SAMPLE_RATE_DENOMINATOR) && sumOf(column);
}

/**
 * Whether a sum of products contains a quotient of fields. That has no value in rows that filling
 * the block has rejected, because a field of these may be 0.
 */
export function hasQuotientOfFields(column: u32): bool {
  return column == layout.DEEPSPEED_MACS || column == layout.DEEPSPEED_FLOPS
    || column == layout.MODULEPROFILER;
}

/** The factor that is the denominator of a column of quotients. */
export function denominatorFactor(column: u32): u32 {
  return column == layout.TENSORFLOW ? STRIDES : OUTPUTS;
}

/** Writes a column that is a sum of products, for the rows of a block. */
export function writeProducts(ptr: usize, column: u32, rowCount: u32): void {
  isComputing = true;
  targetPtr = ptr;
  rows = rowCount;
  sumOf(column);
}

function sumOf(column: u32): bool {
  const batch = get(layout.BATCH_SIZE);
  switch (column) {
    case layout.L_OUT: return product(1, ONE, OUTPUTS);
    case layout.TAPS: return product(1, ONE, TAPS);
    case layout.COVERED: return product(1, ONE, COVERED);
    case layout.HOLES: return product(1, ONE, HOLES);
    case layout.WEIGHT_ELEMENTS: return product(1, FILTERS, KERNEL_ELEMENTS);
    case layout.ADDITIONS_PER_FILTER: return product(1, ONE, FILTER_ADDITIONS);
    case layout.FILTERS: return product(1, FILTERS, ONE);
    case layout.OPS_PER_FILTER: return product(1, ONE, FILTER_OPS);
    case layout.AGGREGATION_OPS: return product(1, CHANNEL_SUMS, OUTPUTS);
    case layout.PARAMS: return products(1, FILTERS, KERNEL_ELEMENTS, BIASED_CHANNELS, ONE);
    case layout.INPUT_ELEMENTS: return product(batch, INPUT_CHANNELS, INPUTS);
    case layout.OUTPUT_ELEMENTS: return product(batch, OUTPUT_CHANNELS, OUTPUTS);
    case layout.OPS: return products(batch, FILTERS, FILTER_OPS, CHANNEL_SUMS, OUTPUTS);
    case layout.MACS:
    case layout.MULTIPLICATIONS: return product(batch, FILTERS, TAPS);
    case layout.ADDITIONS: return products(batch, CHANNEL_SUMS, TAPS, UNBIASED_CHANNELS, OVERLAPS);
    case layout.FLOPS:
      return products(batch, FILTERS_AND_SUMS, TAPS, UNBIASED_CHANNELS, OVERLAPS);
    case layout.CROPPED_PRODUCTS: return product(batch, FILTERS, CROPPED);
    case layout.ZERO_INSERTION_MACS:
    case layout.THOP: return product(batch, FILTERS, OUTPUT_PRODUCTS);
    case layout.PTFLOPS_0_7_4:
    case layout.TORCHINFO:
      return products(batch, FILTERS, OUTPUT_PRODUCTS, BIASED_CHANNELS, OUTPUTS);
    case layout.PTFLOPS:
      return products(batch, FILTERS, everyProduct(), BIASED_CHANNELS, OUTPUTS);
    case layout.THOP_ULTRALYTICS: return product(batch, FILTERS, everyProduct());
    case layout.TORCH: return product(2 * batch, FILTERS, everyProduct());
    case layout.FVCORE: return isTransposed && product(batch, FILTERS, INPUT_PRODUCTS);
    case layout.TORCHPROFILE:
      return isTransposed && product(batch, TORCHPROFILE_CHANNELS, OUTPUT_PRODUCTS);
    case layout.ONNX_TOOL:
      return isTransposed
        && products(batch, ONNX_TOOL_CHANNELS, OUTPUT_PRODUCTS, BIASED_CHANNELS, OUTPUTS);
    case layout.DEEPSPEED_MACS:
      return isTransposed && product(batch, DEEPSPEED_CHANNELS, INPUT_PRODUCTS);
    case layout.DEEPSPEED_FLOPS:
      return isTransposed && sumOfProducts(
        2 * batch, DEEPSPEED_CHANNELS, INPUT_PRODUCTS, batch, DEEPSPEED_BIASES, FORWARD_LENGTHS,
      );
    case layout.MODULEPROFILER:
      return isTransposed && !doesGeometryDiffer && products(
        batch,
        CHANNEL_SUMS, MODULEPROFILER_PRODUCTS, UNBIASED_CHANNELS, MODULEPROFILER_ADDITIONS,
      );
    // The numerators of quotients:
    case layout.TENSORFLOW: return isTransposed && product(2 * batch, FILTERS, OUTPUT_PRODUCTS);
    case layout.MACS_PER_SECOND: return product(get(layout.SAMPLE_RATE), FILTERS, TAPS);
    case layout.OPS_PER_SECOND:
      return products(get(layout.SAMPLE_RATE), FILTERS, FILTER_OPS, CHANNEL_SUMS, OUTPUTS);
    default: return false;
  }
}

/** The products per filter of a tool that ignores cropping and padding. */
function everyProduct(): u32 {
  return isTransposed ? INPUT_PRODUCTS : OUTPUT_PRODUCTS;
}

/** scale · a · b. */
function product(scale: u64, a: u32, b: u32): bool {
  if (isComputing) {
    if (isNumber(a)) writeScaled(scale * factorNumber(a), b);
    else if (isNumber(b)) writeScaled(scale * factorNumber(b), a);
    else writeProduct(scale, a, b);
  }
  return true;
}

/** scale · (a·b + c·d). */
function products(scale: u64, a: u32, b: u32, c: u32, d: u32): bool {
  return sumOfProducts(scale, a, b, scale, c, d);
}

/** scale · a·b + otherScale · c·d. */
function sumOfProducts(
  scale: u64, a: u32, b: u32, otherScale: u64, c: u32, d: u32,
): bool {
  if (!isComputing) return true;
  const isFirstScaled = isNumber(a) || isNumber(b), isSecondScaled = isNumber(c) || isNumber(d);
  if (isFirstScaled && isSecondScaled) {
    writeScaledSum(
      scale * factorNumber(isNumber(a) ? a : b), isNumber(a) ? b : a,
      otherScale * factorNumber(isNumber(c) ? c : d), isNumber(c) ? d : c,
    );
  } else {
    writeSumOfProducts(scale, a, b, otherScale, c, d);
  }
  return true;
}

function isNumber(factor: u32): bool {
  return !doesDiffer(factor);
}

/** A factor as a vector, even if it is the same in all rows: then in the second of two vectors. */
function asVector(factor: u32, sparePtr: usize): usize {
  if (doesDiffer(factor)) return factorVector(factor, rows);
  fillVector(sparePtr, rows, factorNumber(factor));
  return sparePtr;
}

// Scalar multiplications take as long as i64x2.mul, which x86 lacks: engines compose it of three
// 32-bit multiplications for each pair of numbers.

/** scale · a. */
function writeScaled(scale: u64, a: u32): void {
  if (isNumber(a)) {
    fillVector(targetPtr, rows, scale * factorNumber(a));
    return;
  }
  const aPtr = factorVector(a, rows);
  const size = (<usize>rows) << 3;
  for (let at: usize = 0; at < size; at += 16) {
    store<u64>(targetPtr + at, scale * load<u64>(aPtr + at));
    store<u64>(targetPtr + at, scale * load<u64>(aPtr + at, 8), 8);
  }
}

/** scale · a + otherScale · b. */
function writeScaledSum(scale: u64, a: u32, otherScale: u64, b: u32): void {
  if (isNumber(a) || isNumber(b)) {
    const number = isNumber(a) ? scale * factorNumber(a) : otherScale * factorNumber(b);
    writeScaled(isNumber(a) ? otherScale : scale, isNumber(a) ? b : a);
    addNumber(number);
    return;
  }
  const aPtr = factorVector(a, rows), bPtr = factorVector(b, rows);
  const toPtr = targetPtr;
  const size = (<usize>rows) << 3;
  for (let at: usize = 0; at < size; at += 16) {
    store<u64>(
      toPtr + at, scale * load<u64>(aPtr + at) + otherScale * load<u64>(bPtr + at),
    );
    store<u64>(
      toPtr + at, scale * load<u64>(aPtr + at, 8) + otherScale * load<u64>(bPtr + at, 8), 8,
    );
  }
}

function addNumber(number: u64): void {
  const numbers = i64x2.splat(number);
  const endPtr = targetPtr + ((<usize>rows) << 3);
  for (let ptr = targetPtr; ptr < endPtr; ptr += 16) {
    v128.store(ptr, i64x2.add(v128.load(ptr), numbers));
  }
}

/** scale · a · b, with two vectors. */
function writeProduct(scale: u64, a: u32, b: u32): void {
  const aPtr = factorVector(a, rows), bPtr = factorVector(b, rows);
  const size = (<usize>rows) << 3;
  for (let at: usize = 0; at < size; at += 8) {
    store<u64>(targetPtr + at, scale * load<u64>(aPtr + at) * load<u64>(bPtr + at));
  }
}

/** scale · a·b + otherScale · c·d, where at least one product is of two vectors. */
function writeSumOfProducts(
  scale: u64, a: u32, b: u32, otherScale: u64, c: u32, d: u32,
): void {
  const aPtr = asVector(a, layout.SPARE_VECTORS_PTR);
  const bPtr = asVector(b, layout.SPARE_VECTORS_PTR + layout.VECTOR_BYTES);
  const cPtr = asVector(c, layout.SPARE_VECTORS_PTR + 2 * layout.VECTOR_BYTES);
  const dPtr = asVector(d, layout.SPARE_VECTORS_PTR + 3 * layout.VECTOR_BYTES);
  const size = (<usize>rows) << 3;
  for (let at: usize = 0; at < size; at += 8) {
    const first = scale * load<u64>(aPtr + at) * load<u64>(bPtr + at);
    store<u64>(
      targetPtr + at, first + otherScale * load<u64>(cPtr + at) * load<u64>(dPtr + at),
    );
  }
}
