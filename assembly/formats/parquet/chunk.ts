// A column chunk of a Parquet file: its values become the bodies of a dictionary page and of a data
// page of version 1 (Apache Parquet, README and Encodings). layout/parquet.ts draws the input and
// the record of results. The bytes depend on the values only: not on earlier chunks, not on whether
// the caller gives a vector or runs, and not on where it cuts the runs.
//
// Numbers have a dictionary if there are few distinct ones (dictionary.ts), and if that is shorter
// than the values. The numbers of its entries are runs if the input is runs of several rows.
// Otherwise numbers are PLAIN. Texts always have a dictionary. BOOLEAN is always PLAIN, because
// many readers know no dictionary of it. A chunk without a value is PLAIN.

import * as layout from "../../layout";
import { outputPtr } from "../../output";
import { writeBits } from "./bits";
import { buildDictionary } from "./dictionary";
import { bitWidth, writeHybrid, writeRun } from "./hybrid";
import { writeLevels } from "./levels";
import {
  findRangeOfBooleans,
  findRangeOfDoubles,
  findRangeOfInt32,
  findRangeOfInt64,
  findRangeOfTexts,
  maximum,
  minimum,
} from "./range";
import { compress } from "./snappy";
import {
  countRuns,
  expandRuns,
  keepPresent,
  makeRuns,
  mergeRuns,
  presentInRuns,
  runLength,
} from "./vector";

/**
 * Runs are encoded as such if they have at least this many rows on average. A run takes two or
 * three bytes, and packed numbers of seven rows as many. Measured 2026-11-27 on out_channels of
 * examples/vocoder.yaml, 7 rows in a run: 0.7 ns and 0.29 bytes per row, instead of 2.4 ns and 0.36
 * bytes as a vector.
 */
const MIN_RUN_ROWS: u32 = 4;

let type: u32 = 0;
/** Rows with a value. */
let present: u32 = 0;
/** The values in PARQUET_INPUT: one for each of these rows, or one for each run. */
let values: u32 = 0;
let areRuns: bool = false;

// @ts-ignore: decorator
@inline
function given(field: usize): u32 {
  return load<u32>(layout.CHUNK_PTR + field);
}

// @ts-ignore: decorator
@inline
function report(field: usize, value: u32): void {
  store<u32>(layout.CHUNK_PTR + field, value);
}

/** Bytes of a value in PARQUET_INPUT. */
function valueBytes(): usize {
  if (type == layout.PARQUET_TYPE_BOOLEAN) return 1;
  return type == layout.PARQUET_TYPE_INT32 || type == layout.PARQUET_TYPE_BYTE_ARRAY ? 4 : 8;
}

/**
 * Reads the runs or the vector, and leaves only values of rows that have one. Returns the number of
 * entries of the dictionary, or 0 if the chunk has none.
 */
function readValues<T>(): u32 {
  const runs = given(layout.CHUNK_RUNS);
  const isOptional = given(layout.CHUNK_IS_OPTIONAL) != 0;
  areRuns = false;
  if (runs == 0) {
    const rows = given(layout.CHUNK_ROWS);
    values = present = isOptional ? keepPresent<T>(rows) : rows;
    if (countRuns<T>(present) * MIN_RUN_ROWS > present) return chooseDictionary<T>();
    values = makeRuns<T>(present);
  } else {
    values = mergeRuns<T>(runs, isOptional);
    present = presentInRuns();
  }
  if (values * MIN_RUN_ROWS <= present) {
    areRuns = true;
    const entries = chooseDictionary<T>();
    if (entries > 0) return entries;
    areRuns = false;
  }
  expandRuns<T>(values, present);
  values = present;
  return chooseDictionary<T>();
}

/** The number of entries of the dictionary of the values, or 0 if PLAIN is better. */
function chooseDictionary<T>(): u32 {
  if (type == layout.PARQUET_TYPE_BOOLEAN || values == 0) return 0;
  if (type == layout.PARQUET_TYPE_BYTE_ARRAY) return given(layout.CHUNK_TEXTS);
  const entries = buildDictionary<T>(values, areRuns);
  // Without regard to runs among the numbers of the entries.
  const bytes = entries * <u32>sizeof<T>() + present * bitWidth(entries) / 8;
  return areRuns || bytes < present * <u32>sizeof<T>() ? entries : 0;
}

/**
 * Writes the numbers of the values in a dictionary of that many entries, after their bit width.
 * Texts are their numbers.
 */
function writeIndices(outPtr: usize, entries: u32): usize {
  const isText = type == layout.PARQUET_TYPE_BYTE_ARRAY;
  const ptr = isText ? layout.PARQUET_INPUT_PTR : layout.PARQUET_INDICES_PTR;
  const width = bitWidth(entries);
  store<u8>(outPtr++, <u8>width);
  if (!areRuns) return writeHybrid(outPtr, ptr, values, width);
  for (let run: u32 = 0; run < values; run++) {
    outPtr = writeRun(outPtr, load<u32>(ptr + ((<usize>run) << 2)), runLength(run), width);
  }
  return outPtr;
}

/** Finds the range of `count` values of the type. Returns false if there is none. */
function findRange(ptr: usize, count: u32): bool {
  if (count == 0) return false;
  const isUnsigned = given(layout.CHUNK_IS_UNSIGNED) != 0;
  if (type == layout.PARQUET_TYPE_DOUBLE) return findRangeOfDoubles(ptr, count);
  if (type == layout.PARQUET_TYPE_BYTE_ARRAY) findRangeOfTexts(count);
  else if (type == layout.PARQUET_TYPE_BOOLEAN) findRangeOfBooleans(ptr, count);
  else if (type == layout.PARQUET_TYPE_INT32) findRangeOfInt32(ptr, count, isUnsigned);
  else findRangeOfInt64(ptr, count, isUnsigned);
  return true;
}

/** Writes a body as it is, or compressed. Returns the address after it. */
function writeBody(outPtr: usize, ptr: usize, length: u32): usize {
  if (given(layout.CHUNK_CODEC) == layout.PARQUET_CODEC_SNAPPY) {
    return compress(outPtr, ptr, length);
  }
  memory.copy(outPtr, ptr, length);
  return outPtr + <usize>length;
}

/** Writes the body of the dictionary page, if there is one. Returns the address after it. */
function writeDictionaryPage(outPtr: usize, entries: u32): usize {
  const isText = type == layout.PARQUET_TYPE_BYTE_ARRAY;
  const plain = isText ? given(layout.CHUNK_TEXT_BYTES) : entries * <u32>valueBytes();
  const startPtr = outPtr;
  if (entries > 0) outPtr = writeBody(outPtr, layout.PARQUET_DICTIONARY_PTR, plain);
  report(layout.CHUNK_DICTIONARY_VALUES, entries);
  report(layout.CHUNK_DICTIONARY_PLAIN, entries > 0 ? plain : 0);
  report(layout.CHUNK_DICTIONARY_BYTES, <u32>(outPtr - startPtr));
  return outPtr;
}

/**
 * Writes the body of the data page. Its first `levelBytes` bytes are at PARQUET_BODY. Returns the
 * address after it.
 */
function writeDataPage(outPtr: usize, entries: u32, levelBytes: usize): usize {
  let ptr = layout.PARQUET_BODY_PTR;
  let endPtr = ptr + levelBytes;
  if (entries > 0) {
    endPtr = writeIndices(endPtr, entries);
  } else if (type == layout.PARQUET_TYPE_BOOLEAN) {
    endPtr = writeBits(endPtr, layout.PARQUET_INPUT_PTR, present);
  } else {
    // The values are in place already. The levels move to them, because they are shorter.
    ptr = layout.PARQUET_INPUT_PTR - levelBytes;
    memory.copy(ptr, layout.PARQUET_BODY_PTR, levelBytes);
    endPtr = layout.PARQUET_INPUT_PTR + <usize>present * valueBytes();
  }
  const outEndPtr = writeBody(outPtr, ptr, <u32>(endPtr - ptr));
  report(layout.CHUNK_DATA_PLAIN, <u32>(endPtr - ptr));
  report(layout.CHUNK_DATA_BYTES, <u32>(outEndPtr - outPtr));
  return outEndPtr;
}

/**
 * Encodes the chunk that CHUNK describes. Writes the bodies of its pages to the current output
 * buffer, and the results to CHUNK. Returns the bytes that the bodies take. They need room for
 * PARQUET_CHUNK_BYTES.
 */
export function encodeChunk(): u32 {
  type = given(layout.CHUNK_TYPE);
  const isOptional = given(layout.CHUNK_IS_OPTIONAL) != 0;
  const levelsEndPtr = isOptional
    ? writeLevels(layout.PARQUET_BODY_PTR, given(layout.CHUNK_ROWS))
    : layout.PARQUET_BODY_PTR;
  const bytes = valueBytes();
  const entries = bytes == 8
    ? readValues<u64>()
    : bytes == 4
      ? readValues<u32>()
      : readValues<u8>();
  // The entries of a dictionary have the same range as the values.
  const hasRange = entries > 0
    ? findRange(layout.PARQUET_DICTIONARY_PTR, entries)
    : findRange(layout.PARQUET_INPUT_PTR, values);

  const startPtr = outputPtr() + <usize>given(layout.CHUNK_OFFSET);
  const dataPtr = writeDictionaryPage(startPtr, entries);
  const endPtr = writeDataPage(dataPtr, entries, levelsEndPtr - layout.PARQUET_BODY_PTR);
  report(layout.CHUNK_BODIES, <u32>startPtr);
  report(
    layout.CHUNK_ENCODING,
    entries > 0 ? layout.PARQUET_ENCODING_RLE_DICTIONARY : layout.PARQUET_ENCODING_PLAIN,
  );
  report(layout.CHUNK_PRESENT, present);
  report(layout.CHUNK_HAS_RANGE, u32(hasRange));
  store<u64>(layout.CHUNK_PTR + layout.CHUNK_MIN, hasRange ? minimum() : 0);
  store<u64>(layout.CHUNK_PTR + layout.CHUNK_MAX, hasRange ? maximum() : 0);
  return <u32>(endPtr - startPtr);
}
