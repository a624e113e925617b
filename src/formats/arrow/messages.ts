/**
 * The messages of an Arrow stream or file
 * (https://arrow.apache.org/docs/format/Columnar.html, "Encapsulated message format"):
 *
 *   FF FF FF FF | length of the metadata, with its padding | metadata | padding | body
 *
 * The metadata is a FlatBuffer with the tables of Message.fbs in the Arrow repository (format/).
 */
import { type BodyLayout, bodyLayout, type ColumnSize, padded } from "./body.js";
import { int8, int64, type Node, serialised, structs, table } from "./flatbuffer.js";
import { type ArrowSchema, METADATA_VERSION, schemaTable } from "./schema.js";

/** Bytes before the metadata of a message: the continuation marker and the length. */
export const PREFIX_BYTES = 8;

export const CONTINUATION = 0xffffffff;

/** The numbers of the union MessageHeader. */
export const HEADER = { schema: 1, dictionaryBatch: 2, recordBatch: 3 } as const;

/** The end of a stream, and of the messages of a file: a message without metadata. */
export const END_OF_STREAM: Uint8Array = Uint8Array.of(0xff, 0xff, 0xff, 0xff, 0, 0, 0, 0);

/** A record batch without its body. */
export interface RecordBatchMessage {
  /** Everything before the body. Its length is a multiple of `ALIGNMENT`. */
  readonly header: Uint8Array;
  readonly body: BodyLayout;
  readonly rows: number;
}

/**
 * The first message of a stream or file.
 *
 * @param precedingBytes how many bytes the file has before it. The message is padded so that it
 * ends at a multiple of `ALIGNMENT`.
 */
export function schemaMessage(schema: ArrowSchema, precedingBytes = 0): Uint8Array {
  return encapsulated(HEADER.schema, schemaTable(schema), 0, precedingBytes);
}

/**
 * A batch of rows. The caller writes the header, then the body as its layout says. The bytes depend
 * on the arguments only, not on the batches before.
 *
 * @param sizes one for each column of the schema.
 * @throws RangeError if a size is impossible, see `bodyLayout`.
 */
export function recordBatchMessage(
  schema: ArrowSchema,
  rows: number,
  sizes: readonly ColumnSize[],
): RecordBatchMessage {
  const body = bodyLayout(schema, rows, sizes);
  const nodes = sizes.map(({ nullCount }) => [rows, nullCount]);
  const buffers = body.columns.flat().map(({ offset, length }) => [offset, length]);
  const recordBatch = table([int64(rows), structs(nodes), structs(buffers)]);
  return { header: encapsulated(HEADER.recordBatch, recordBatch, body.length, 0), body, rows };
}

function encapsulated(
  headerType: number,
  header: Node,
  bodyLength: number,
  precedingBytes: number,
): Uint8Array {
  const metadata = serialised(
    table([METADATA_VERSION, int8(headerType), header, int64(bodyLength)]),
  );
  const end = padded(precedingBytes + PREFIX_BYTES + metadata.length);
  const message = new Uint8Array(end - precedingBytes);
  const view = new DataView(message.buffer);
  view.setUint32(0, CONTINUATION, true);
  view.setInt32(4, message.length - PREFIX_BYTES, true);
  message.set(metadata, PREFIX_BYTES);
  return message;
}
