// Numbers of the layer as products over its dimensions; an overflow is marked in checked.ts.
//
// Most sweeps are over layers of one dimension, for which a product is a single load. The functions
// with `@inline`, here and in columns/, run for nearly every row, and the compiler considers them
// too large to inline. Measured 2026-11-23 on a sweep of examples/vocoder.yaml: 155 ns per row,
// 196 ns without the decorations. The figures compare two versions of that date; absolute times
// differ between machines and days.

import { add, multiply } from "../checked";
import { isOverlapEven, overlapMax, overlapMin, uncroppedTaps } from "./dimension";
import { dimensions, get, getAt } from "./layer";

/** The product of a field over the dimensions; 1 for a layer without dimensions. */
// @ts-ignore: decorator
@inline
export function product(field: u32): u64 {
  return dimensions == 1 ? get(field) : productOver(field);
}

function productOver(field: u32): u64 {
  // A factor of 0 makes the product 0, even if the product of the others exceeds 64 bits.
  for (let dimension: u32 = 0; dimension < dimensions; dimension++) {
    if (getAt(field, dimension) == 0) return 0;
  }
  let product: u64 = dimensions == 0 ? 1 : get(field);
  for (let dimension: u32 = 1; dimension < dimensions; dimension++) {
    product = multiply(product, getAt(field, dimension));
  }
  return product;
}

/**
 * The product of a field minus that of another, which is smaller or equal in each dimension:
 *
 *   a1·a2·a3 - b1·b2·b3 = (a1 - b1)·a2·a3 + b1·(a2 - b2)·a3 + b1·b2·(a3 - b3)
 *
 * No term exceeds the result.
 */
// @ts-ignore: decorator
@inline
export function productDifference(field: u32, smaller: u32): u64 {
  return dimensions == 1 ? get(field) - get(smaller) : differenceOver(field, smaller);
}

function differenceOver(field: u32, smaller: u32): u64 {
  let sum: u64 = 0;
  for (let apart: u32 = 0; apart < dimensions; apart++) {
    sum = add(sum, differenceTerm(field, smaller, apart));
  }
  return sum;
}

/**
 * The term of the sum with the factor (field - smaller) in dimension `apart`. Its other factors are
 * those of `smaller` in the dimensions before `apart`, and those of `field` in the ones after it.
 */
function differenceTerm(field: u32, smaller: u32, apart: u32): u64 {
  let term = factorOf(field, apart) - factorOf(smaller, apart);
  for (let dimension: u32 = 0; dimension < dimensions; dimension++) {
    if (dimension != apart && factorOf(dimension < apart ? smaller : field, dimension) == 0) {
      return 0;
    }
  }
  for (let dimension: u32 = 0; dimension < dimensions; dimension++) {
    if (dimension != apart) {
      term = multiply(term, factorOf(dimension < apart ? smaller : field, dimension));
    }
  }
  return term;
}

/** A pseudo-field: the products of a dimension if nothing were cropped or padded. */
const UNCROPPED_TAPS: u32 = u32.MAX_VALUE;

function factorOf(field: u32, dimension: u32): u64 {
  return field == UNCROPPED_TAPS ? uncroppedTaps(dimension) : getAt(field, dimension);
}

/** Products that are cropped, or that meet a zero of the padding: all minus those of a field. */
export function uncroppedDifference(field: u32): u64 {
  return differenceOver(UNCROPPED_TAPS, field);
}

/**
 * The minimum number of terms that are summed in one output element of a filter, away from the
 * edges: the minima of the dimensions, multiplied.
 */
export function productOfOverlapMin(): u64 {
  let product: u64 = 1;
  for (let dimension: u32 = 0; dimension < dimensions; dimension++) {
    const own = overlapMin(dimension);
    if (own == 0) return 0;
    product = multiply(product, own);
  }
  return product;
}

/**
 * The maximum number of terms that are summed in one output element of a filter, away from the
 * edges: the maxima of the dimensions, multiplied.
 */
export function productOfOverlapMax(): u64 {
  let product: u64 = 1;
  for (let dimension: u32 = 0; dimension < dimensions; dimension++) {
    product = multiply(product, overlapMax(dimension));
  }
  return product;
}

/** Whether the overlap is even in every dimension. */
export function isEvenInAllDimensions(): bool {
  for (let dimension: u32 = 0; dimension < dimensions; dimension++) {
    if (!isOverlapEven(dimension)) return false;
  }
  return true;
}
