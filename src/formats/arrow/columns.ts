/**
 * The columns of a record batch, as views of the buffers in its body
 * (https://arrow.apache.org/docs/format/Columnar.html, "Physical Memory Layout").
 */
import type { FieldType } from "./fields.js";
import type { Table } from "./flatbuffer-reader.js";

/** A column. Its values are those of a type; `isPresent` tells which rows have one. */
export type Column = { readonly isPresent: (row: number) => boolean } & (
  | { readonly kind: "null" }
  | { readonly kind: "integers"; readonly values: NarrowIntegers }
  /** Integers of 64 bits, as words of 32 bits with the low one first. */
  | { readonly kind: "wide integers"; readonly words: Int32Array; readonly isSigned: boolean }
  | { readonly kind: "floats"; readonly values: Float32Array | Float64Array }
  | { readonly kind: "bools"; readonly valueAt: (row: number) => boolean }
  | { readonly kind: "texts"; readonly spanAt: (row: number) => TextSpan }
  /** Integers that stand for multiples of a power of ten. */
  | {
      readonly kind: "decimals";
      readonly unscaledAt: (row: number) => bigint;
      readonly scale: number;
    }
);

type NarrowIntegers = Int8Array | Uint8Array | Int16Array | Uint16Array | Int32Array | Uint32Array;

/** UTF-8 from `start` to before `end`. */
interface TextSpan {
  readonly bytes: Uint8Array;
  readonly start: number;
  readonly end: number;
}

/** The name of the compression of a batch, or undefined if its buffers are not compressed. */
export function compressionOf(batch: Table): string | undefined {
  const compression = batch.table(3);
  return compression && (compression.int8(0, 0) === 0 ? "LZ4" : "ZSTD");
}

/**
 * The columns of the table RecordBatch.
 *
 * @param types the type of each column. None is `unsupported`.
 * @param body starts at a multiple of 8 in its ArrayBuffer.
 * @throws RangeError if a buffer is missing, not aligned, too short for the rows, or outside of the
 * body; and later if a text is outside of its buffer.
 */
export function columnsOf(types: readonly FieldType[], batch: Table, body: Uint8Array): Column[] {
  const rows = batch.length64(0);
  const nodes = batch.structs(1, 2);
  const buffers = new BufferList(batch.structs(2, 2), body);
  const variadicCounts = batch.structs(4, 1).map(([count]) => count as number);
  if (nodes.length !== types.length) throw new RangeError("a batch has other columns than schema");
  return types.map((type, i) => {
    const [length, nullCount] = nodes[i] as [number, number];
    if (length !== rows) throw new RangeError("a column has another length than its batch");
    if (type.kind === "null") return { kind: "null", isPresent: () => false };
    const validity = buffers.next();
    const isPresent = nullCount === 0 ? () => true : bitsOf(validity, rows);
    return { isPresent, ...valuesOf(type, rows, buffers, variadicCounts) };
  });
}

/** A column without its validity. */
type Values = Column extends infer C ? (C extends Column ? Omit<C, "isPresent"> : never) : never;

function valuesOf(
  type: FieldType,
  rows: number,
  buffers: BufferList,
  variadicCounts: number[],
): Values {
  switch (type.kind) {
    case "integer":
      return integersOf(type, rows, buffers.next());
    case "float": {
      const bytes = atLeast(buffers.next(), (rows * type.bits) / 8);
      const values =
        type.bits === 32
          ? new Float32Array(bytes.buffer, bytes.byteOffset, rows)
          : new Float64Array(bytes.buffer, bytes.byteOffset, rows);
      return { kind: "floats", values };
    }
    case "bool":
      return { kind: "bools", valueAt: bitsOf(buffers.next(), rows) };
    case "decimal":
      return decimalsOf(type, rows, buffers.next());
    case "text":
      return textsOf(type.offsetBits, rows, buffers.next(), buffers.next());
    case "text view": {
      const views = buffers.next();
      const count = variadicCounts.shift() ?? 0;
      if (count > buffers.left) throw new RangeError("a batch has too few buffers");
      return textViewsOf(
        rows,
        views,
        Array.from({ length: count }, () => buffers.next()),
      );
    }
    default:
      throw new RangeError(`values cannot be ${type.kind}`);
  }
}

function integersOf(
  { bits, isSigned }: { readonly bits: number; readonly isSigned: boolean },
  rows: number,
  buffer: Uint8Array,
): Values {
  const { buffer: memory, byteOffset } = atLeast(buffer, (rows * bits) / 8);
  switch (bits) {
    case 8:
    case 16:
    case 32: {
      const View = isSigned ? SIGNED_VIEWS[bits] : UNSIGNED_VIEWS[bits];
      return { kind: "integers", values: new View(memory, byteOffset, rows) };
    }
    case 64:
      return {
        kind: "wide integers",
        words: new Int32Array(memory, byteOffset, 2 * rows),
        isSigned,
      };
    default:
      throw new RangeError(`integers cannot have ${bits} bits`);
  }
}

type IntegerView = new (memory: ArrayBufferLike, offset: number, length: number) => NarrowIntegers;

const SIGNED_VIEWS: Readonly<Record<8 | 16 | 32, IntegerView>> = {
  8: Int8Array,
  16: Int16Array,
  32: Int32Array,
};

const UNSIGNED_VIEWS: Readonly<Record<8 | 16 | 32, IntegerView>> = {
  8: Uint8Array,
  16: Uint16Array,
  32: Uint32Array,
};

function decimalsOf(
  { bits, scale }: { readonly bits: number; readonly scale: number },
  rows: number,
  buffer: Uint8Array,
): Values {
  if (![32, 64, 128, 256].includes(bits)) throw new RangeError(`decimals cannot have ${bits} bits`);
  const { buffer: memory, byteOffset } = atLeast(buffer, (rows * bits) / 8);
  const words = new Uint32Array(memory, byteOffset, (rows * bits) / 32);
  const wordsPerValue = bits / 32;
  const unscaledAt = (row: number): bigint => {
    let value = 0n;
    for (let word = wordsPerValue - 1; word >= 0; word--)
      value = (value << 32n) | BigInt(words[row * wordsPerValue + word] as number);
    return BigInt.asIntN(bits, value);
  };
  return { kind: "decimals", unscaledAt, scale };
}

function textsOf(
  offsetBits: 32 | 64,
  rows: number,
  offsetBuffer: Uint8Array,
  bytes: Uint8Array,
): Values {
  // A column without rows may have no offsets at all.
  const count = rows === 0 ? 0 : rows + 1;
  const { buffer: memory, byteOffset } = atLeast(offsetBuffer, (count * offsetBits) / 8);
  const offsets =
    offsetBits === 32
      ? new Int32Array(memory, byteOffset, count)
      : new BigInt64Array(memory, byteOffset, count);
  const spanAt = (row: number): TextSpan => {
    const [start, end] = [Number(offsets[row]), Number(offsets[row + 1])];
    return checkedSpan(bytes, start, end);
  };
  return { kind: "texts", spanAt };
}

/** Size of a view: the length, and either 12 bytes of text, or a prefix, buffer and offset. */
const VIEW_BYTES = 16;
const MAX_INLINE_BYTES = 12;

function textViewsOf(rows: number, views: Uint8Array, texts: readonly Uint8Array[]): Values {
  const { buffer: memory, byteOffset } = atLeast(views, VIEW_BYTES * rows);
  const words = new Int32Array(memory, byteOffset, (VIEW_BYTES / 4) * rows);
  const spanAt = (row: number): TextSpan => {
    const [length, , buffer, offset] = words.subarray(4 * row, 4 * row + 4) as unknown as [
      number,
      number,
      number,
      number,
    ];
    if (length <= MAX_INLINE_BYTES) {
      const start = VIEW_BYTES * row + 4;
      return checkedSpan(views, start, start + length);
    }
    const bytes = texts[buffer];
    if (bytes === undefined) throw new RangeError("a text is in a buffer that does not exist");
    return checkedSpan(bytes, offset, offset + length);
  };
  return { kind: "texts", spanAt };
}

function checkedSpan(bytes: Uint8Array, start: number, end: number): TextSpan {
  if (!(start >= 0 && start <= end && end <= bytes.length))
    throw new RangeError("a text is outside of its buffer");
  return { bytes, start, end };
}

/** A function that tells whether the bit of a row is set, from the lowest bit of the first byte. */
function bitsOf(bitmap: Uint8Array, rows: number): (row: number) => boolean {
  atLeast(bitmap, Math.ceil(rows / 8));
  return (row) => (((bitmap[row >>> 3] as number) >> (row & 7)) & 1) === 1;
}

function atLeast(buffer: Uint8Array, bytes: number): Uint8Array {
  if (buffer.length < bytes) throw new RangeError("a buffer is too short for its rows");
  return buffer;
}

/** The buffers of a batch, in the order in which its columns use them. */
class BufferList {
  readonly #places: readonly (readonly number[])[];
  readonly #body: Uint8Array;
  #used = 0;

  constructor(places: readonly (readonly number[])[], body: Uint8Array) {
    this.#places = places;
    this.#body = body;
  }

  /** Number of buffers that have not been used. */
  get left(): number {
    return this.#places.length - this.#used;
  }

  next(): Uint8Array {
    const [offset = 0, length = 0] = this.#places[this.#used++] ?? [];
    if (this.#used > this.#places.length) throw new RangeError("a batch has too few buffers");
    if (offset % 8 !== 0 || offset + length > this.#body.length)
      throw new RangeError("a buffer is outside of its body");
    return this.#body.subarray(offset, offset + length);
  }
}
