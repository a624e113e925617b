// A column chunk in memory, as the host describes it, and its results.

import { encodeChunk } from "../../../../assembly/formats/parquet/chunk";
import * as layout from "../../../../assembly/layout";
import { hexAt, writeAscii } from "./support";

/** Sets a field of the record. */
export function give(field: usize, value: u32): void {
  store<u32>(layout.CHUNK_PTR + field, value);
}

/** A field of the record. */
export function result(field: usize): u32 {
  return load<u32>(layout.CHUNK_PTR + field);
}

/** Describes a chunk without runs, texts and nulls. Its values follow in PARQUET_INPUT. */
export function describeChunk(
  type: u32,
  rows: u32,
  codec: u32 = layout.PARQUET_CODEC_UNCOMPRESSED,
): void {
  memory.fill(layout.CHUNK_PTR, 0, layout.CHUNK_MAX + 8);
  give(layout.CHUNK_TYPE, type);
  give(layout.CHUNK_CODEC, codec);
  give(layout.CHUNK_ROWS, rows);
}

/** Writes a vector. */
export function setInt64(values: StaticArray<u64>): void {
  for (let i = 0; i < values.length; i++) {
    store<u64>(layout.PARQUET_INPUT_PTR + 8 * <usize>i, values[i]);
  }
}

/** Writes runs as value, count, … */
export function setRuns(runs: StaticArray<u64>): void {
  for (let i = 0; i < runs.length; i += 2) {
    store<u64>(layout.PARQUET_INPUT_PTR + 4 * <usize>i, runs[i]);
    store<u32>(layout.PARQUET_COUNTS_PTR + 2 * <usize>i, <u32>runs[i + 1]);
  }
  give(layout.CHUNK_RUNS, runs.length / 2);
}

/** Makes the column optional. The rows with a value are given as a text of 0 and 1. */
export function setValidity(text: string): void {
  give(layout.CHUNK_IS_OPTIONAL, 1);
  const rows = writeAscii(layout.PARQUET_VALIDITY_PTR, text);
  for (let i: usize = 0; i < <usize>rows; i++) {
    store<u8>(layout.PARQUET_VALIDITY_PTR + i, load<u8>(layout.PARQUET_VALIDITY_PTR + i) & 1);
  }
}

/** Writes the dictionary of texts. */
export function setTexts(texts: StaticArray<string>): void {
  let ptr = layout.PARQUET_DICTIONARY_PTR;
  for (let i = 0; i < texts.length; i++) {
    store<u32>(ptr, texts[i].length);
    ptr += 4 + <usize>writeAscii(ptr + 4, texts[i]);
  }
  give(layout.CHUNK_TEXTS, texts.length);
  give(layout.CHUNK_TEXT_BYTES, <u32>(ptr - layout.PARQUET_DICTIONARY_PTR));
}

/** The bodies of the dictionary page and of the data page, with " | " between them. */
export function encoded(): string {
  const bytes = encodeChunk();
  const ptr = <usize>result(layout.CHUNK_BODIES);
  const dataPtr = ptr + <usize>result(layout.CHUNK_DICTIONARY_BYTES);
  const endPtr = dataPtr + <usize>result(layout.CHUNK_DATA_BYTES);
  expect<u32>(bytes).toBe(<u32>(endPtr - ptr));
  return hexAt(ptr, dataPtr) + " | " + hexAt(dataPtr, endPtr);
}

/** Expects that there are a minimum and a maximum, and which. */
export function expectRange(min: u64, max: u64): void {
  expect<u32>(result(layout.CHUNK_HAS_RANGE)).toBe(1);
  expect<u64>(load<u64>(layout.CHUNK_PTR + layout.CHUNK_MIN)).toBe(min);
  expect<u64>(load<u64>(layout.CHUNK_PTR + layout.CHUNK_MAX)).toBe(max);
}
