// Factors of result columns, over the rows of a block.
//
// Most results are a sum of products of two factors: one depends only on the channels, the other
// only on the geometry. If a factor is the same in all rows of the block, it is one number, else a
// vector. Nearly always one of the two is a number. A row then takes one multiplication and
// addition for each product, whatever the formulas of the factors are.
//
// Arithmetic is modulo 2^64, without checks. That is exact where the host has proved that the
// result fits in 64 bits, even if a factor does not.

import { get, getAt, isTransposed, dimensions } from "../layers/layer";
import * as layout from "../layout";
import * as transposed from "../columns/conventions/transposed";
import { fieldVector, isRowField, loadRow } from "./fields";

// ── Factors of the channels ──
export const ONE: u32 = 0;
/** ψ = C_in/groups · C_out. */
export const FILTERS: u32 = 1;
/** C_out·(C_in/groups - 1 + bias): sums over the input channels of a group, and the bias. */
export const CHANNEL_SUMS: u32 = 2;
/** ψ + C_out·(C_in/groups - 1 + bias). */
export const FILTERS_AND_SUMS: u32 = 3;
/** C_out·(1 - bias), and C_out·bias. */
export const UNBIASED_CHANNELS: u32 = 4;
export const BIASED_CHANNELS: u32 = 5;
export const INPUT_CHANNELS: u32 = 6;
export const OUTPUT_CHANNELS: u32 = 7;
/** The channels of torchprofile, onnx-tool and DeepSpeed (columns/conventions/transposed.ts). */
export const TORCHPROFILE_CHANNELS: u32 = 8;
export const ONNX_TOOL_CHANNELS: u32 = 9;
export const DEEPSPEED_CHANNELS: u32 = 10;
export const DEEPSPEED_BIASES: u32 = 11;
// ── Factors of the geometry: products over the dimensions, and their sums ──
export const FIRST_OF_GEOMETRY: u32 = 12;
export const OUTPUTS: u32 = 12;
export const TAPS: u32 = 13;
export const COVERED: u32 = 14;
/** K. */
export const KERNEL_ELEMENTS: u32 = 15;
export const INPUTS: u32 = 16;
/** taps - covered. */
export const OVERLAPS: u32 = 17;
/** l_out - covered. */
export const HOLES: u32 = 18;
/** l_out·K and l_in·K. */
export const OUTPUT_PRODUCTS: u32 = 19;
export const INPUT_PRODUCTS: u32 = 20;
/** additions_per_filter, in two's complement. */
export const FILTER_ADDITIONS: u32 = 21;
/** λ = l_out·K + additions_per_filter. */
export const FILTER_OPS: u32 = 22;
/** Products that are cropped, or that meet a zero of the padding. */
export const CROPPED: u32 = 23;
export const STRIDES: u32 = 24;
/** The outputs that DeepSpeed takes, in two's complement (columns/conventions/transposed.ts). */
export const FORWARD_LENGTHS: u32 = 25;
/** X and X - O of moduleprofiler (columns/conventions/transposed.ts). */
export const MODULEPROFILER_PRODUCTS: u32 = 26;
export const MODULEPROFILER_ADDITIONS: u32 = 27;
const FACTOR_COUNT: u32 = 28;

/** Whether the factor of this block is up to date. */
const isKnown = new StaticArray<bool>(FACTOR_COUNT);
/** The address of the vector of a factor, or 0 if it is a number. */
const vectors = new StaticArray<usize>(FACTOR_COUNT);
const numbers = new StaticArray<u64>(FACTOR_COUNT);

/** Whether the channels or the geometry differ within the block. */
let doChannelsDiffer: bool = false;
export let doesGeometryDiffer: bool = false;

/**
 * The fields that are the same in all rows of a block, of the groups of fields that differ in it:
 * their numbers, and their values in the last block. A vector contains them as well.
 */
const outerFields = new StaticArray<u32>(<i32>layout.OUT_PER_GROUP + 1);
const outerValues = new StaticArray<u64>(<i32>layout.OUT_PER_GROUP + 1);
let outerCount: u32 = 0;

/** Finds which factors differ within a block. Call once the row fields are known. */
export function openFactors(): void {
  doChannelsDiffer = isRowField(layout.IN_CHANNELS) || isRowField(layout.OUT_CHANNELS)
    || isRowField(layout.GROUPS) || isRowField(layout.BIAS)
    || isRowField(layout.IN_PER_GROUP) || isRowField(layout.OUT_PER_GROUP);
  doesGeometryDiffer = false;
  for (let field = layout.L_IN; field < layout.LAYER_FIELDS; field++) {
    if (isRowField(field)) doesGeometryDiffer = true;
  }
  outerCount = 0;
  if (doChannelsDiffer) {
    addOuterField(layout.IN_CHANNELS);
    addOuterField(layout.OUT_CHANNELS);
    addOuterField(layout.GROUPS);
    addOuterField(layout.BIAS);
    addOuterField(layout.IN_PER_GROUP);
    addOuterField(layout.OUT_PER_GROUP);
  }
  if (doesGeometryDiffer) {
    const endField = layout.L_IN + dimensions * layout.DIMENSION_FIELDS;
    for (let field = layout.L_IN; field < endField; field++) addOuterField(field);
  }
  forgetFactors(true);
}

function addOuterField(field: u32): void {
  if (isRowField(field)) return;
  unchecked(outerFields[outerCount] = field);
  unchecked(outerValues[outerCount] = get(field));
  outerCount++;
}

/**
 * Whether a field that all rows of a block share, and that a vector of a factor contains, has
 * another value than at the last call.
 */
export function haveOuterFieldsChanged(): bool {
  let changed = false;
  for (let i: u32 = 0; i < outerCount; i++) {
    const value = get(unchecked(outerFields[i]));
    if (value == unchecked(outerValues[i])) continue;
    unchecked(outerValues[i] = value);
    changed = true;
  }
  return changed;
}

/**
 * Forgets the factors of the previous block. Vectors stay valid if all fields that they contain
 * have the same values, in all rows; the numbers never do.
 */
export function forgetFactors(haveVectorsChanged: bool): void {
  for (let factor: u32 = 0; factor < FACTOR_COUNT; factor++) {
    if (haveVectorsChanged || !doesDiffer(factor)) unchecked(isKnown[factor] = false);
  }
}

/** Whether a factor is a vector. */
export function doesDiffer(factor: u32): bool {
  if (factor == ONE) return false;
  return factor < FIRST_OF_GEOMETRY ? doChannelsDiffer : doesGeometryDiffer;
}

/** The vector of a factor that differs within the block. */
export function factorVector(factor: u32, rows: u32): usize {
  if (!unchecked(isKnown[factor])) {
    unchecked(vectors[factor] = computeVector(factor, rows));
    unchecked(isKnown[factor] = true);
  }
  return unchecked(vectors[factor]);
}

/** The number that is a factor of all rows of the block. */
export function factorNumber(factor: u32): u64 {
  if (!unchecked(isKnown[factor])) {
    unchecked(numbers[factor] = computeNumber(factor));
    unchecked(isKnown[factor] = true);
  }
  return unchecked(numbers[factor]);
}

// ── Numbers ──

/** The product of a field over the dimensions. */
function productOf(field: u32): u64 {
  let product: u64 = 1;
  for (let dimension: u32 = 0; dimension < dimensions; dimension++) {
    product *= getAt(field, dimension);
  }
  return product;
}

function computeNumber(factor: u32): u64 {
  const perGroup = get(layout.IN_PER_GROUP), channels = get(layout.OUT_CHANNELS);
  const bias = get(layout.BIAS);
  switch (factor) {
    case ONE: return 1;
    case FILTERS: return perGroup * channels;
    case CHANNEL_SUMS: return channels * (perGroup - 1 + bias);
    case FILTERS_AND_SUMS: return channels * (2 * perGroup - 1 + bias);
    case UNBIASED_CHANNELS: return channels * (1 - bias);
    case BIASED_CHANNELS: return channels * bias;
    case INPUT_CHANNELS: return get(layout.IN_CHANNELS);
    case OUTPUT_CHANNELS: return channels;
    case OUTPUTS: return productOf(layout.DIMENSION_L_OUT);
    case TAPS: return productOf(layout.DIMENSION_TAPS);
    case COVERED: return productOf(layout.DIMENSION_COVERED);
    case KERNEL_ELEMENTS: return productOf(layout.KERNEL_SIZE);
    case INPUTS: return productOf(layout.L_IN);
    case OVERLAPS: return factorNumber(TAPS) - factorNumber(COVERED);
    case HOLES: return factorNumber(OUTPUTS) - factorNumber(COVERED);
    case OUTPUT_PRODUCTS: return factorNumber(OUTPUTS) * factorNumber(KERNEL_ELEMENTS);
    case INPUT_PRODUCTS: return factorNumber(INPUTS) * factorNumber(KERNEL_ELEMENTS);
    case FILTER_ADDITIONS: return isTransposed
      ? factorNumber(TAPS) - factorNumber(OUTPUTS)
      : factorNumber(OUTPUT_PRODUCTS) - factorNumber(OUTPUTS);
    case FILTER_OPS: return factorNumber(OUTPUT_PRODUCTS) + factorNumber(FILTER_ADDITIONS);
    case CROPPED:
      return (isTransposed ? factorNumber(INPUT_PRODUCTS) : factorNumber(OUTPUT_PRODUCTS))
        - factorNumber(TAPS);
    case STRIDES: return productOf(layout.STRIDE);
    default: return rareNumber(factor);
  }
}

/** Factors of a few conventions, for the current layer. */
function rareNumber(factor: u32): u64 {
  switch (factor) {
    case TORCHPROFILE_CHANNELS: return transposed.torchprofileChannels();
    case ONNX_TOOL_CHANNELS: return get(layout.OUT_CHANNELS) * get(layout.OUT_PER_GROUP);
    case DEEPSPEED_CHANNELS: return transposed.deepspeedChannels();
    case DEEPSPEED_BIASES: return get(layout.BIAS) * get(layout.OUT_PER_GROUP);
    case FORWARD_LENGTHS: return transposed.forwardLengths();
    case MODULEPROFILER_PRODUCTS:
      return transposed.moduleprofilerAdditions() + productOf(layout.DIMENSION_L_OUT);
    default: return transposed.moduleprofilerAdditions(); // MODULEPROFILER_ADDITIONS
  }
}

// ── Vectors ──

function ownVector(factor: u32): usize {
  return layout.FACTORS_PTR + <usize>factor * layout.VECTOR_BYTES;
}

function endOf(ptr: usize, rows: u32): usize {
  return ptr + ((<usize>rows) << 3);
}

/** Fills a vector with one number. */
export function fillVector(ptr: usize, rows: u32, value: u64): void {
  const values = i64x2.splat(value);
  // Vectors have an even number of entries, so one entry too many does no harm.
  const endPtr = endOf(ptr, rows);
  for (; ptr < endPtr; ptr += 16) v128.store(ptr, values);
}

/** Multiplies a vector by another one, in place. */
function multiplyBy(ptr: usize, byPtr: usize, rows: u32): void {
  const endPtr = endOf(ptr, rows);
  for (; ptr < endPtr; ptr += 8) {
    store<u64>(ptr, load<u64>(ptr) * load<u64>(byPtr));
    byPtr += 8;
  }
}

/** Adds two vectors. */
function addVectors(ptr: usize, aPtr: usize, bPtr: usize, rows: u32): void {
  const endPtr = endOf(ptr, rows);
  for (; ptr < endPtr; ptr += 16) {
    v128.store(ptr, i64x2.add(v128.load(aPtr), v128.load(bPtr)));
    aPtr += 16;
    bPtr += 16;
  }
}

/** Subtracts the vector b from a. */
function subtractVectors(ptr: usize, aPtr: usize, bPtr: usize, rows: u32): void {
  const endPtr = endOf(ptr, rows);
  for (; ptr < endPtr; ptr += 16) {
    v128.store(ptr, i64x2.sub(v128.load(aPtr), v128.load(bPtr)));
    aPtr += 16;
    bPtr += 16;
  }
}

/** Writes a field as a vector, even if it is the same in all rows. */
function copyField(ptr: usize, field: u32, rows: u32): void {
  if (isRowField(field)) memory.copy(ptr, fieldVector(field), (<usize>rows) << 3);
  else fillVector(ptr, rows, get(field));
}

/** Multiplies a vector by a field, which may be the same in all rows. */
function multiplyByField(ptr: usize, field: u32, rows: u32): void {
  if (isRowField(field)) {
    multiplyBy(ptr, fieldVector(field), rows);
    return;
  }
  const value = get(field);
  const endPtr = endOf(ptr, rows);
  for (; ptr < endPtr; ptr += 8) {
    store<u64>(ptr, load<u64>(ptr) * value);
  }
}

/** Multiplies a vector by OUT_CHANNELS, after adding bias - 1 to each entry. */
function sumChannels(ptr: usize, rows: u32): void {
  const biasPtr = isRowField(layout.BIAS) ? fieldVector(layout.BIAS) : 0;
  const bias = get(layout.BIAS);
  for (let row: u32 = 0; row < rows; row++) {
    const at = (<usize>row) << 3;
    store<u64>(ptr + at, load<u64>(ptr + at) - 1 + (biasPtr ? load<u64>(biasPtr + at) : bias));
  }
  multiplyByField(ptr, layout.OUT_CHANNELS, rows);
}

/** The product of a field over the dimensions, as a vector. */
function productVector(ptr: usize, field: u32, rows: u32): usize {
  if (dimensions == 1 && isRowField(field)) return fieldVector(field);
  fillVector(ptr, rows, 1);
  for (let dimension: u32 = 0; dimension < dimensions; dimension++) {
    multiplyByField(ptr, field + dimension * layout.DIMENSION_FIELDS, rows);
  }
  return ptr;
}

function productOfFactors(ptr: usize, a: u32, b: u32, rows: u32): usize {
  memory.copy(ptr, factorVector(a, rows), (<usize>rows) << 3);
  multiplyBy(ptr, factorVector(b, rows), rows);
  return ptr;
}

function sumOfFactors(ptr: usize, a: u32, b: u32, rows: u32): usize {
  addVectors(ptr, factorVector(a, rows), factorVector(b, rows), rows);
  return ptr;
}

function differenceOfFactors(ptr: usize, a: u32, b: u32, rows: u32): usize {
  subtractVectors(ptr, factorVector(a, rows), factorVector(b, rows), rows);
  return ptr;
}

/** Computes the vector of a factor, and returns its address. */
function computeVector(factor: u32, rows: u32): usize {
  const ptr = ownVector(factor);
  switch (factor) {
    case FILTERS: {
      copyField(ptr, layout.IN_PER_GROUP, rows);
      multiplyByField(ptr, layout.OUT_CHANNELS, rows);
      return ptr;
    }
    case CHANNEL_SUMS: {
      copyField(ptr, layout.IN_PER_GROUP, rows);
      sumChannels(ptr, rows);
      return ptr;
    }
    case FILTERS_AND_SUMS: return sumOfFactors(ptr, FILTERS, CHANNEL_SUMS, rows);
    case BIASED_CHANNELS: {
      copyField(ptr, layout.BIAS, rows);
      multiplyByField(ptr, layout.OUT_CHANNELS, rows);
      return ptr;
    }
    case UNBIASED_CHANNELS:
      return differenceOfFactors(ptr, OUTPUT_CHANNELS, BIASED_CHANNELS, rows);
    case INPUT_CHANNELS:
    case OUTPUT_CHANNELS: {
      copyField(ptr, factor == INPUT_CHANNELS ? layout.IN_CHANNELS : layout.OUT_CHANNELS, rows);
      return ptr;
    }
    case OUTPUTS: return productVector(ptr, layout.DIMENSION_L_OUT, rows);
    case TAPS: return productVector(ptr, layout.DIMENSION_TAPS, rows);
    case COVERED: return productVector(ptr, layout.DIMENSION_COVERED, rows);
    case KERNEL_ELEMENTS: return productVector(ptr, layout.KERNEL_SIZE, rows);
    case INPUTS: return productVector(ptr, layout.L_IN, rows);
    case OVERLAPS: return differenceOfFactors(ptr, TAPS, COVERED, rows);
    case HOLES: return differenceOfFactors(ptr, OUTPUTS, COVERED, rows);
    case OUTPUT_PRODUCTS: return productOfFactors(ptr, OUTPUTS, KERNEL_ELEMENTS, rows);
    case INPUT_PRODUCTS: return productOfFactors(ptr, INPUTS, KERNEL_ELEMENTS, rows);
    case FILTER_ADDITIONS:
      return differenceOfFactors(ptr, isTransposed ? TAPS : OUTPUT_PRODUCTS, OUTPUTS, rows);
    case FILTER_OPS: return sumOfFactors(ptr, OUTPUT_PRODUCTS, FILTER_ADDITIONS, rows);
    case CROPPED:
      return differenceOfFactors(ptr, isTransposed ? INPUT_PRODUCTS : OUTPUT_PRODUCTS, TAPS, rows);
    case STRIDES: return productVector(ptr, layout.STRIDE, rows);
    default: {
      for (let row: u32 = 0; row < rows; row++) {
        loadRow(row);
        store<u64>(ptr + ((<usize>row) << 3), rareNumber(factor));
      }
      return ptr;
    }
  }
}
