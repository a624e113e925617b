/** A stream of one record batch, from arrays in memory. */
import { utf8Texts } from "../../bytes.js";
import {
  END_OF_STREAM,
  type RecordBatchMessage,
  recordBatchMessage,
  schemaMessage,
} from "./messages.js";
import type { ArrowColumn, ArrowSchema, ArrowType } from "./schema.js";

/** A column in memory: numbers, 0 and 1 for a boolean, or texts. */
interface ArrayColumn {
  readonly values: ArrayBufferView | readonly string[];
  /** A bit for each row that has a value. Absent if every row has one. */
  readonly validity?: Uint8Array;
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
  const { bytes } = arrowBatch(schema, rows, arrays);
  const stream = new Uint8Array(head.length + bytes.length + END_OF_STREAM.length);
  stream.set(head);
  stream.set(bytes, head.length);
  stream.set(END_OF_STREAM, head.length + bytes.length);
  return stream;
}

/**
 * A record batch with its body.
 *
 * @param memory memory for the bytes, if they fit in it.
 */
export function arrowBatch(
  schema: ArrowSchema,
  rows: number,
  arrays: readonly ArrayColumn[],
  memory?: Uint8Array,
): { readonly message: RecordBatchMessage; readonly bytes: Uint8Array } {
  const contents = schema.columns.map(({ type }, i) =>
    contentsOf(type, rows, arrays[i] as ArrayColumn),
  );
  const message = recordBatchMessage(schema, rows, contents);
  const { header, body } = message;
  const length = header.length + body.length;
  const bytes =
    memory && memory.length >= length ? memory.subarray(0, length).fill(0) : new Uint8Array(length);
  bytes.set(header);
  for (const [i, buffers] of body.columns.entries()) {
    for (const { role, offset, length: own } of buffers) {
      const from = contents[i]?.buffers[role];
      if (from && own > 0) bytes.set(from.subarray(0, own), header.length + offset);
    }
  }
  return { message, bytes };
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
    const { offsets, data } = encodeTexts(values);
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
  for (let i = 0; i < bytes.length; i++)
    bits[i >> 3] = (bits[i >> 3] as number) | ((bytes[i] as number) << (i & 7));
  return bits;
}

function bitCount(bits: Uint8Array, rows: number): number {
  let count = 0;
  for (let row = 0; row < rows; row++) count += ((bits[row >> 3] as number) >> (row & 7)) & 1;
  return count;
}

function encodeTexts(texts: readonly string[]) {
  const { bytes, lengths } = utf8Texts(texts);
  const offsets = new Int32Array(texts.length + 1);
  for (let i = 0; i < texts.length; i++)
    offsets[i + 1] = (offsets[i] as number) + (lengths[i] as number);
  return { offsets: new Uint8Array(offsets.buffer), data: bytes };
}
