// The current layer: its kind, and the record of its fields at LAYER. The odometer, the list reader
// and the host write the parameters; everything that counts reads them.
//
// A layer has up to three spatial dimensions; a linear layer has none. Each dimension has its own
// length, kernel size, stride and so on, and is counted separately (dimension.ts). l_out, taps and
// covered of the layer are the products over the dimensions (products.ts).

import {
  DIMENSION_FIELDS,
  FAMILY_LINEAR,
  FAMILY_TRANSPOSED,
  IN_PER_GROUP,
  KIND_DIMENSIONS,
  KIND_FAMILY,
  LAYER_PTR,
  OUT_CHANNELS,
} from "../layout";

/** Number of spatial dimensions of the current kind. */
export let dimensions: u32 = 1;
/** Whether the current kind is a transposed convolution. */
export let isTransposed: bool = true;
/** Whether the current kind is linear: a convolution of no dimensions. */
export let isLinear: bool = false;

/** Sets the kind (KIND_…) of the following layers. */
export function setKind(kind: u32): void {
  isTransposed = KIND_FAMILY[kind] == FAMILY_TRANSPOSED;
  isLinear = KIND_FAMILY[kind] == FAMILY_LINEAR;
  dimensions = KIND_DIMENSIONS[kind];
}

/** A field of the layer. */
export function get(field: u32): u64 {
  return load<u64>(LAYER_PTR + ((<usize>field) << 3));
}

export function set(field: u32, value: u64): void {
  store<u64>(LAYER_PTR + ((<usize>field) << 3), value);
}

/**
 * A field of one dimension, such as its stride. `field` is the number of that field for dimension
 * 0, such as STRIDE; each further dimension is DIMENSION_FIELDS fields after the previous one.
 */
export function getAt(field: u32, dimension: u32): u64 {
  return get(field + dimension * DIMENSION_FIELDS);
}

/** floor(channels / groups). */
export function channelsPerGroup(channels: u64, groups: u64): u64 {
  // Parameters are below 2^31, where 32-bit division is several times cheaper than 64-bit.
  return <u64>(<u32>channels / <u32>groups);
}

/** ψ = C_in/groups · C_out: the number of filters, at most (2^31 - 1)^2. */
// @ts-ignore: decorator
@inline
export function filters(): u64 {
  return get(IN_PER_GROUP) * get(OUT_CHANNELS);
}
