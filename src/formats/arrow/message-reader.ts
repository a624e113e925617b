/** Reads the messages of Arrow data: their prefix, and the table Message of Message.fbs. */
import { Table } from "./flatbuffer-reader.js";
import { CONTINUATION } from "./messages.js";

/** A message without its body. */
export interface MessageHead {
  /** One of `HEADER`, or another number. */
  readonly type: number;
  readonly header: Table;
  /** Length of the body that follows the metadata, in bytes. */
  readonly bodyLength: number;
}

/**
 * The length of the metadata that follows a prefix, or 0 at the end of a stream.
 *
 * @throws RangeError if the bytes are not a prefix.
 */
export function metadataLengthOf(prefix: Uint8Array): number {
  const view = new DataView(prefix.buffer, prefix.byteOffset, prefix.byteLength);
  const length = view.getInt32(4, true);
  if (view.getUint32(0, true) !== CONTINUATION || length < 0 || length % 8 !== 0)
    throw new RangeError("a message has no prefix");
  return length;
}

/**
 * Parses the metadata of a message.
 *
 * @throws RangeError if they are damaged.
 */
export function messageHead(metadata: Uint8Array): MessageHead {
  const message = Table.root(metadata);
  const header = message.table(2);
  if (header === undefined) throw new RangeError("a message has no header");
  return { type: message.int8(1, 0), header, bodyLength: message.length64(3) };
}

/** The number of rows of a record batch. */
export function rowsOf({ header }: MessageHead): number {
  return header.length64(0);
}
