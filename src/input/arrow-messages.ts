/**
 * The messages of Arrow streams and files. A stream is read from start to end. A file is read by its
 * footer, because some writers leave out the schema before the first batch.
 */
import type { AsyncBuffer } from "hyparquet";
import { errors } from "../errors.js";
import { MAGIC, MAGIC_BYTES, TRAILER_BYTES } from "../formats/arrow/file.js";
import { Table } from "../formats/arrow/flatbuffer-reader.js";
import {
  type MessageHead,
  messageHead,
  metadataLengthOf,
} from "../formats/arrow/message-reader.js";
import { HEADER, PREFIX_BYTES } from "../formats/arrow/messages.js";
import type { PieceReader } from "./piece-reader.js";

/** A message with its body, which begins at a multiple of 8 in its ArrayBuffer. */
export interface ArrowMessage extends MessageHead {
  readonly body: Uint8Array;
}

export interface ArrowMessages {
  /** The table Schema. */
  readonly schema: Table;
  /** The batches of dictionaries and of rows. The first ones are of dictionaries. */
  readonly batches: AsyncIterable<ArrowMessage>;
}

/** @throws UpsweepError if the stream is damaged or truncated, or does not begin with a schema. */
export async function messagesOfStream(
  source: PieceReader,
  location: string,
): Promise<ArrowMessages> {
  const take = async (length: number): Promise<Uint8Array> => {
    const bytes = await source.take(length);
    if (bytes.length < length) throw errors.damagedArrow(location, "it is truncated");
    return bytes;
  };
  /** The next message, or undefined at the end. */
  const next = async (): Promise<ArrowMessage | undefined> => {
    const prefix = await source.take(PREFIX_BYTES);
    // A stream may end without a marker.
    if (prefix.length === 0) return undefined;
    if (prefix.length < PREFIX_BYTES) throw errors.damagedArrow(location, "it is truncated");
    const length = orDamaged(location, () => metadataLengthOf(prefix));
    if (length === 0) {
      if (!(await source.isAtEnd())) throw errors.damagedArrow(location, "data follow its end");
      return undefined;
    }
    const metadata = await take(length);
    const head = orDamaged(location, () => messageHead(metadata));
    return { ...head, body: await take(head.bodyLength) };
  };
  const first = await next();
  if (first?.type !== HEADER.schema)
    throw errors.damagedArrow(location, "it does not begin with a schema");
  const batches = async function* () {
    for (let message = await next(); message; message = await next()) yield message;
  };
  return { schema: first.header, batches: batches() };
}

/**
 * @param onFraction called with the fraction of the batches that has been read, from 0 to 1.
 * @throws UpsweepError if the file is damaged or truncated.
 */
export async function messagesOfFile(
  file: AsyncBuffer,
  location: string,
  onFraction: (fraction: number) => void,
): Promise<ArrowMessages> {
  const slice = async (start: number, length: number): Promise<Uint8Array> => {
    if (start < 0 || length < 0 || start + length > file.byteLength)
      throw errors.damagedArrow(location, "a part of it is outside of the file");
    return new Uint8Array(await file.slice(start, start + length));
  };
  const trailerStart = file.byteLength - TRAILER_BYTES;
  if (trailerStart < MAGIC_BYTES) throw errors.damagedArrow(location, "it is truncated");
  const trailer = await slice(trailerStart, TRAILER_BYTES);
  if (!MAGIC.every((byte, i) => trailer[4 + i] === byte))
    throw errors.damagedArrow(location, "it does not end with ARROW1");
  const length = new DataView(trailer.buffer).getUint32(0, true);
  const footerBytes = await slice(trailerStart - length, length);
  const { schema, dictionaries, batches } = orDamaged(location, () => {
    const footer = Table.root(footerBytes);
    return {
      schema: footer.table(1),
      dictionaries: footer.blocks(2),
      batches: footer.blocks(3),
    };
  });
  if (schema === undefined) throw errors.damagedArrow(location, "its footer has no schema");
  const blocks = [...dictionaries, ...batches];
  const bytes = blocks.reduce((sum, block) => sum + block.metadataLength + block.bodyLength, 0);
  // Otherwise, a small file could have the same large batch many times.
  if (bytes > file.byteLength)
    throw errors.damagedArrow(location, "its batches have more bytes than the file");
  const messages = async function* () {
    for (const [i, { offset, metadataLength, bodyLength }] of blocks.entries()) {
      const bytes = await slice(offset, metadataLength + bodyLength);
      const head = orDamaged(location, () => {
        if (metadataLengthOf(bytes) !== metadataLength - PREFIX_BYTES || metadataLength % 8 !== 0)
          throw new RangeError("a block is not a message");
        return messageHead(bytes.subarray(PREFIX_BYTES, metadataLength));
      });
      yield { ...head, body: bytes.subarray(metadataLength) };
      onFraction((i + 1) / blocks.length);
    }
  };
  return { schema, batches: messages() };
}

/** Runs a parser, and converts its RangeError. */
export function orDamaged<T>(location: string, parse: () => T): T {
  try {
    return parse();
  } catch (error) {
    if (!(error instanceof RangeError)) throw error;
    throw errors.damagedArrow(location, "its metadata are malformed");
  }
}
