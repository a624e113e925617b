/**
 * Checks the contents of Parquet pages before hyparquet decodes them. hyparquet believes the lengths
 * in them: a run that is longer than its page would grow an array until the process dies, and other
 * lengths would make it loop for minutes. Source of the encodings: Encodings.md of the format.
 */
import { deltaBinaryUnpack } from "hyparquet/src/delta.js";

/** Numbers of Encoding. hyparquet refuses those that it does not know. */
const ENCODING = {
  plain: 0,
  plainDictionary: 2,
  rle: 3,
  deltaBinaryPacked: 5,
  deltaLengthByteArray: 6,
  deltaByteArray: 7,
  rleDictionary: 8,
  byteStreamSplit: 9,
} as const;

/** The physical type of a column. */
export interface PhysicalType {
  readonly type: string | undefined;
  /** Size of the values in bytes, if they have a fixed one that the type does not say. */
  readonly typeLength: number | undefined;
}

/** Sizes of values in bits. Those of BYTE_ARRAY are the least, of empty ones. */
const BITS: Readonly<Record<string, number>> = {
  BOOLEAN: 1,
  INT32: 32,
  INT64: 64,
  INT96: 96,
  FLOAT: 32,
  DOUBLE: 64,
  BYTE_ARRAY: 32,
};

/** Maximum number of values after the last one that are packed with it. It is 7 in the format. */
const MAX_PADDING = 511;

export function isDictionaryEncoded(encoding: number): boolean {
  return encoding === ENCODING.rleDictionary || encoding === ENCODING.plainDictionary;
}

/** @throws Error unless `bytes` can be `count` values of a type, one after the other. */
export function checkPlain(
  { type, typeLength }: PhysicalType,
  bytes: Uint8Array,
  count: number,
): void {
  const bits = type === "FIXED_LEN_BYTE_ARRAY" ? 8 * (typeLength ?? 0) : BITS[type ?? ""];
  if (bits === undefined || !(bits > 0)) throw new Error("a type is impossible");
  if (bits * count > 8 * bytes.length) throw tooFew();
}

/**
 * Checks the values of a data page.
 *
 * @param bytes the values that are not missing.
 * @param dictionarySize number of values in the dictionary, or undefined without one.
 * @returns the number of bytes that decoding copies, because values share them.
 * @throws Error if a number in `bytes` is impossible for a page of `count` values.
 */
export function checkValues(
  column: PhysicalType,
  encoding: number,
  bytes: Uint8Array,
  count: number,
  dictionarySize: number | undefined,
): number {
  if (isDictionaryEncoded(encoding)) checkIndices(column, bytes, count, dictionarySize);
  switch (encoding) {
    case ENCODING.plain:
    case ENCODING.byteStreamSplit:
      checkPlain(column, bytes, count);
      break;
    case ENCODING.rle:
      if (column.type !== "BOOLEAN") throw new Error("only booleans can have the encoding RLE");
      // After the size of the runs.
      checkRuns(bytes, 4, 1, count);
      break;
    case ENCODING.deltaBinaryPacked:
    case ENCODING.deltaLengthByteArray:
      checkDeltas(bytes, 0, count);
      break;
    case ENCODING.deltaByteArray:
      return checkPrefixes(bytes, count);
  }
  return 0;
}

function checkIndices(
  { type }: PhysicalType,
  bytes: Uint8Array,
  count: number,
  dictionarySize: number | undefined,
): void {
  if (type === "BOOLEAN") throw new Error("booleans cannot have a dictionary");
  if (count === 0) return;
  if (!dictionarySize) throw new Error("a page has indices, but no dictionary");
  const width = bytes[0] ?? 0;
  if (width > 32) throw new Error(`indices of ${width} bits are impossible`);
  // Indices without bits may have no runs.
  if (width > 0 || bytes.length > 1) checkRuns(bytes, 1, width, count);
}

/**
 * Checks `count` values in the hybrid of runs and packed bits. Each of its parts begins with a
 * varint: twice the length of a run, or twice the number of groups of eight packed values plus 1.
 *
 * @param at where the first part begins.
 * @param width size of a value in bits.
 * @returns the number of values that are 1, if `width` is 1.
 * @throws Error if a run is longer than the values that are left, or the bytes end before them.
 */
export function checkRuns(bytes: Uint8Array, at: number, width: number, count: number): number {
  const reader = new Varints(bytes, at);
  let ones = 0;
  for (let left = count; left > 0; ) {
    const head = reader.next();
    const length = head >>> 1;
    if ((head & 1) === 0) {
      if (length > left) throw new Error("a run is longer than its page");
      const value = reader.skip(Math.ceil(width / 8));
      if ((value & 1) === 1) ones += length;
      left -= length;
    } else {
      const packed = 8 * length;
      if (packed > left + MAX_PADDING) throw new Error("a run is longer than its page");
      // hyparquet passes over a byte if there is none.
      if (length * width === 0 && packed < left) throw new Error("a run is empty");
      const values = Math.min(packed, left);
      if (width === 1) ones += onesIn(bytes, reader.at, values);
      // Some writers leave out bytes of the padding.
      if (reader.at + Math.ceil((values * width) / 8) > bytes.length) throw tooFew();
      reader.at += length * width;
      left -= values;
    }
  }
  return ones;
}

/** Number of bits that are set among the first `count`, from the lowest bit of the first byte. */
function onesIn(bytes: Uint8Array, at: number, count: number): number {
  let ones = 0;
  for (let i = 0; i < count; i += 8) {
    let byte = bytes[at + (i >> 3)] ?? 0;
    if (count - i < 8) byte &= (1 << (count - i)) - 1;
    for (; byte !== 0; byte &= byte - 1) ones++;
  }
  return ones;
}

/** Number of values in a miniblock is a multiple of this. */
const MINIBLOCK_MULTIPLE = 32;

/**
 * Checks `count` integers as DELTA_BINARY_PACKED: their header, and of each block the least delta,
 * and the size of the deltas in each miniblock.
 *
 * @throws Error if a varint has more than 64 bits, or a size is impossible.
 */
function checkDeltas(bytes: Uint8Array, at: number, count: number): void {
  const reader = new Varints(bytes, at);
  const blockSize = reader.next();
  const miniblocks = reader.next();
  reader.next(); // The number of values, which the page has, too.
  reader.wide(); // The first value.
  const size = blockSize / miniblocks;
  if (!(size > 0 && blockSize < 2 ** 31) || size % MINIBLOCK_MULTIPLE !== 0)
    throw new Error("the blocks of a page are impossible");
  for (let left = count - 1; left > 0; ) {
    reader.wide(); // The least delta.
    const widths = bytes.subarray(reader.at, reader.at + miniblocks);
    reader.at += miniblocks;
    if (reader.at > bytes.length) throw tooFew();
    for (const width of widths) {
      if (left <= 0) break;
      if (width > 64) throw new Error(`integers of ${width} bits are impossible`);
      if (reader.at + (Math.min(left, size) * width) / 8 > bytes.length) throw tooFew();
      reader.at += (size / 8) * width;
      left -= size;
    }
  }
}

/**
 * Checks `count` texts as DELTA_BYTE_ARRAY: the lengths of what they share with the text before, the
 * lengths of the rest, and the rest.
 *
 * @returns the number of bytes of the texts.
 * @throws Error if a length is impossible.
 */
function checkPrefixes(bytes: Uint8Array, count: number): number {
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.length);
  const reader = { view, offset: 0 };
  const [prefixes, suffixes] = [0, 1].map(() => {
    checkDeltas(bytes, reader.offset, count);
    const lengths = new Int32Array(count);
    deltaBinaryUnpack(reader, count, lengths);
    return lengths;
  }) as [Int32Array, Int32Array];
  let [length, total] = [0, 0];
  for (const [i, prefix] of prefixes.entries()) {
    const suffix = suffixes[i] as number;
    if (!(prefix >= 0 && prefix <= length && suffix >= 0)) throw new Error("a text is impossible");
    length = prefix + suffix;
    total += length;
  }
  return total;
}

/** Reads varints, and passes over bytes. */
class Varints {
  at: number;
  readonly #bytes: Uint8Array;

  constructor(bytes: Uint8Array, at: number) {
    this.#bytes = bytes;
    this.at = at;
  }

  /** A varint of up to 32 bits. */
  next(): number {
    let value = 0;
    for (let scale = 1; scale <= 2 ** 28; scale *= 128) {
      const byte = this.skip(1);
      value += (byte & 0x7f) * scale;
      if (byte < 0x80 && value < 2 ** 32) return value;
    }
    throw new Error("a length has more than 32 bits");
  }

  /** Passes over a varint of up to 64 bits. */
  wide(): void {
    for (let i = 0; i < 10; i++) if (this.skip(1) < 0x80) return;
    throw new Error("an integer has more than 64 bits");
  }

  /** Passes over bytes. Returns the first one. */
  skip(count: number): number {
    const byte = this.#bytes[this.at] ?? 0;
    this.at += count;
    if (this.at > this.#bytes.length) throw tooFew();
    return byte;
  }
}

function tooFew(): Error {
  return new Error("a page has fewer values than it says");
}
