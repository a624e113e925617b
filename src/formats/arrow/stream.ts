/** A stream of one record batch, from arrays in memory. */
import { utf8Texts } from "../../bytes.js";
import { ALIGNMENT } from "./body.js";
import {
  END_OF_STREAM,
  type RecordBatchMessage,
  recordBatchMessage,
  schemaMessage,
} from "./messages.js";
import type { ArrowColumn, ArrowSchema, ArrowType } from "./schema.js";

/** A column in memory: numbers, 0 and 1 for a boolean, or texts. */
export interface ArrayColumn {
  readonly values: ArrayBufferView | readonly string[] | NumberedTexts;
  /** A bit for each row that has a value. Absent if every row has one. */
  readonly validity?: Uint8Array;
}

/** Texts as numbers of a dictionary. */
interface NumberedTexts {
  readonly numbers: Int32Array;
  readonly texts: readonly string[];
  /** 1 for each row without a text. */
  readonly missing?: Uint8Array;
}

/** The Arrow type of a column of a sweep. */
export const ARROW_TYPES = {
  boolean: "bool",
  int32: "int32",
  int64: "int64",
  uint64: "uint64",
  double: "float64",
  text: "utf8",
} as const satisfies Readonly<Record<string, ArrowType>>;

/**
 * Writes columns as an Arrow IPC stream: the schema, one record batch, and the end.
 */
export function arrowStream(
  columns: readonly {
    readonly name: string;
    readonly type: keyof typeof ARROW_TYPES;
    readonly isNullable: boolean;
  }[],
  rows: number,
  arrays: readonly ArrayColumn[],
): Uint8Array {
  const schema = {
    columns: columns.map(
      ({ name, type, isNullable }): ArrowColumn => ({
        name,
        type: ARROW_TYPES[type],
        isNullable,
        metadata: {},
      }),
    ),
    metadata: {},
  };
  const head = schemaMessage(schema);
  const { pieces } = arrowBatch(schema, rows, arrays);
  return joined([head, ...pieces, END_OF_STREAM]);
}

function joined(pieces: readonly Uint8Array[]): Uint8Array {
  const bytes = new Uint8Array(pieces.reduce((sum, { length }) => sum + length, 0));
  let at = 0;
  for (const piece of pieces) {
    bytes.set(piece, at);
    at += piece.length;
  }
  return bytes;
}

const PADDING = new Uint8Array(ALIGNMENT);

/** A record batch with its body, in pieces. The pieces of numbers are the memory of `arrays`. */
export function arrowBatch(
  schema: ArrowSchema,
  rows: number,
  arrays: readonly ArrayColumn[],
): { readonly message: RecordBatchMessage; readonly pieces: readonly Uint8Array[] } {
  const contents = schema.columns.map(({ type }, i) =>
    contentsOf(type, rows, arrays[i] as ArrayColumn),
  );
  const message = recordBatchMessage(schema, rows, contents);
  const { header, body } = message;
  const pieces = [header];
  for (const [i, buffers] of body.columns.entries()) {
    for (const { role, length, paddedLength } of buffers) {
      const own = contents[i]?.buffers[role];
      if (own && length > 0) pieces.push(own.subarray(0, length));
      if (paddedLength > length) pieces.push(PADDING.subarray(0, paddedLength - length));
    }
  }
  return { message, pieces };
}

interface Contents {
  readonly nullCount: number;
  readonly textBytes?: number;
  readonly buffers: { readonly [R in "validity" | "offsets" | "data"]?: Uint8Array };
}

function contentsOf(type: ArrowType, rows: number, { values, validity }: ArrayColumn): Contents {
  const present = validity ? bitCount(validity, rows) : rows;
  const shared = { nullCount: rows - present };
  if (!ArrayBuffer.isView(values)) {
    const { offsets, data } = "numbers" in values ? numberedTexts(values) : encodedTexts(values);
    return {
      ...shared,
      textBytes: data.length,
      buffers: { offsets, data, ...(validity && { validity }) },
    };
  }
  const bytes = new Uint8Array(values.buffer, values.byteOffset, values.byteLength);
  const data = type === "bool" ? packBits(bytes) : bytes;
  return { ...shared, buffers: { data, ...(validity && { validity }) } };
}

/** Packs bytes of 0 and 1 as bits, from the lowest bit of the first byte. */
function packBits(bytes: Uint8Array): Uint8Array {
  const bits = new Uint8Array(Math.ceil(bytes.length / 8));
  const whole = bytes.length >> 3;
  const words = wordsOf(bytes, 2 * whole);
  for (let i = 0; i < whole; i++)
    bits[i] = bitsOf(words[2 * i] as number) | (bitsOf(words[2 * i + 1] as number) << 4);
  for (let i = 8 * whole; i < bytes.length; i++)
    bits[whole] = (bits[whole] as number) | ((bytes[i] as number) << (i & 7));
  return bits;
}

/** The first bytes as words of four. */
function wordsOf(bytes: Uint8Array, words: number): Uint32Array {
  const isAligned = bytes.byteOffset % Uint32Array.BYTES_PER_ELEMENT === 0;
  const { buffer, byteOffset } = isAligned ? bytes : bytes.slice();
  return new Uint32Array(buffer, byteOffset, words);
}

/** Four bytes of 0 or 1 as four bits: the product has byte i at bit 28 + i. */
function bitsOf(word: number): number {
  return Math.imul(word, 0x10204080) >>> 28;
}

function bitCount(bits: Uint8Array, rows: number): number {
  let count = 0;
  for (let row = 0; row < rows; row++) count += ((bits[row >> 3] as number) >> (row & 7)) & 1;
  return count;
}

interface EncodedTexts {
  /** Where each text begins, and the last one ends. */
  readonly offsets: Uint8Array;
  readonly data: Uint8Array;
}

function encodedTexts(texts: readonly string[]): EncodedTexts {
  const { bytes, lengths } = utf8Texts(texts);
  const offsets = new Int32Array(texts.length + 1);
  for (let i = 0; i < texts.length; i++)
    offsets[i + 1] = (offsets[i] as number) + (lengths[i] as number);
  return { offsets: new Uint8Array(offsets.buffer), data: bytes };
}

function numberedTexts({ numbers, texts, missing }: NumberedTexts): EncodedTexts {
  const own = encodedTexts(texts);
  const begins = new Int32Array(own.offsets.buffer);
  const isMissing = (row: number) => missing?.[row] === 1;
  const offsets = new Int32Array(numbers.length + 1);
  for (const [row, number] of numbers.entries()) {
    const length = (begins[number + 1] as number) - (begins[number] as number);
    offsets[row + 1] = (offsets[row] as number) + (isMissing(row) ? 0 : length);
  }
  const data = new Uint8Array(offsets[numbers.length] as number);
  for (const [row, number] of numbers.entries())
    if (!isMissing(row))
      data.set(own.data.subarray(begins[number], begins[number + 1]), offsets[row]);
  return { offsets: new Uint8Array(offsets.buffer), data };
}
