// Helpers for the specs of vectors: row fields, and the layers of a block.

import { computeOverlap, outputLength } from "../../../assembly/layers/dimension";
import { dimensions, get, getAt, set, setKind } from "../../../assembly/layers/layer";
import * as layout from "../../../assembly/layout";
import { openFactors } from "../../../assembly/vectors/factors";
import { openFields, saveRow } from "../../../assembly/vectors/fields";

/** Opens row fields, all of which filling the block sets. `rows` is the length of the vectors. */
export function openRowFields(fields: StaticArray<u32>, rows: u32): void {
  for (let i = 0; i < fields.length; i++)
    store<u32>(layout.IMAGE_ROW_FIELDS_PTR + 4 * <usize>i, fields[i]);
  store<u32>(layout.IMAGE_PTR, fields.length, layout.IMAGE_ROW_FIELD_COUNT);
  store<u32>(layout.IMAGE_PTR, fields.length, layout.IMAGE_FILLED_FIELD_COUNT);
  openFields(rows);
  openFactors();
}

/** Writes vector cells: each is a column, a slot, and 1 if it is bounded. */
export function writeVectorCells(cells: StaticArray<u32>): void {
  for (let i = 0; i < cells.length; i++)
    store<u32>(layout.IMAGE_VECTOR_CELLS_PTR + 4 * <usize>i, cells[i]);
  store<u32>(layout.IMAGE_PTR, cells.length / 3, layout.IMAGE_VECTOR_CELL_COUNT);
}

/** Selects rows. */
export function select(rows: StaticArray<u32>): void {
  for (let i = 0; i < rows.length; i++) store<u32>(layout.SELECTION_PTR + 4 * <usize>i, rows[i]);
}

export function entry(ptr: usize, row: u32): u64 {
  return load<u64>(ptr + 8 * <usize>row);
}

/** The number of layers of `writeLayerOf`. */
export const LAYERS: u32 = 5;

/**
 * Makes one of several legal layers of the kind the current one. Its channels and its geometry are
 * chosen separately, so that either can be the same in all rows of a block.
 */
export function writeLayerOf(kind: u32, channels: u32, geometry: u32): void {
  setKind(kind);
  set(layout.BATCH_SIZE, 3);
  set(layout.BITS, 32);
  set(layout.SAMPLE_RATE, 44100);
  set(layout.SAMPLE_RATE_DENOMINATOR, 2);
  const groups = 1 + (channels % 2);
  set(layout.GROUPS, groups);
  set(layout.IN_CHANNELS, 2 * (1 + channels));
  set(layout.OUT_CHANNELS, channels == 2 ? 6 : 2 * (7 - channels));
  set(layout.BIAS, channels % 3 == 0 ? 1 : 0);
  set(layout.IN_PER_GROUP, get(layout.IN_CHANNELS) / groups);
  set(layout.OUT_PER_GROUP, get(layout.OUT_CHANNELS) / groups);
  for (let dimension: u32 = 0; dimension < dimensions; dimension++) {
    const at = dimension * layout.DIMENSION_FIELDS;
    set(layout.L_IN + at, 9 + geometry + dimension);
    set(layout.KERNEL_SIZE + at, 2 + ((geometry + dimension) % 3));
    set(layout.STRIDE + at, 2 + (geometry % 2));
    set(layout.PADDING + at, geometry % 3);
    set(layout.OUTPUT_PADDING + at, geometry % 2);
    set(layout.DILATION + at, 1 + ((geometry + dimension) % 2));
    set(layout.DIMENSION_L_OUT + at, outputLength(dimension));
    computeOverlap(layout.METHOD_CLOSED, dimension);
    assert(<i64>getAt(layout.DIMENSION_L_OUT, dimension) > 0);
  }
}

/** The fields of the channels, or of the geometry of all dimensions, or of both. */
export function fieldsOf(haveChannels: bool, haveGeometry: bool): StaticArray<u32> {
  const fields = new Array<u32>();
  if (haveChannels) {
    fields.push(layout.IN_CHANNELS);
    fields.push(layout.OUT_CHANNELS);
    fields.push(layout.GROUPS);
    fields.push(layout.BIAS);
    fields.push(layout.IN_PER_GROUP);
    fields.push(layout.OUT_PER_GROUP);
  }
  if (haveGeometry) {
    for (let i: u32 = 0; i < dimensions * layout.DIMENSION_FIELDS; i++)
      fields.push(layout.L_IN + i);
  }
  return StaticArray.fromArray(fields);
}

/** Fills a block with the layers of a kind: with channels, geometry, or both that differ. */
export function fillLayers(kind: u32, haveChannels: bool, haveGeometry: bool): void {
  setKind(kind);
  openRowFields(fieldsOf(haveChannels, haveGeometry), LAYERS);
  for (let row: u32 = 0; row < LAYERS; row++) {
    writeLayerOf(kind, haveChannels ? row : 1, haveGeometry ? row : 1);
    saveRow(row);
  }
}
