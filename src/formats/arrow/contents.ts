/** Reads what our own streams and files contain, for merging them and for checks before a resume. */
import { errors } from "../../errors.js";
import { type Block, checkBlocks, endOf } from "./blocks.js";
import { type FieldType, fieldsOf } from "./fields.js";
import { type ArrowForm, MAGIC, MAGIC_BYTES, TRAILER_BYTES } from "./file.js";
import { Table } from "./flatbuffer-reader.js";
import { type MessageHead, messageHead, metadataLengthOf, rowsOf } from "./message-reader.js";
import { END_OF_STREAM, HEADER, PREFIX_BYTES } from "./messages.js";
import type { ArrowColumn, ArrowSchema, ArrowType } from "./schema.js";

/** Bytes that can be read anywhere, such as an open file. */
export interface RandomBytes {
  readonly length: number;
  /** Returns the bytes of the interval, which is never outside of the length. */
  readonly read: (offset: number, length: number) => Uint8Array | Promise<Uint8Array>;
}

export interface ArrowContents {
  readonly form: ArrowForm;
  /** Everything before the first batch. Equal for files with the same schema and metadata. */
  readonly start: Uint8Array;
  /** The batches, one directly after the other. The first begins where `start` ends. */
  readonly blocks: readonly Block[];
  readonly schema: ArrowSchema;
}

/**
 * Reads the schema and the blocks of a complete stream or file that we have written. Bodies are not
 * read.
 *
 * @param location names the data in messages.
 * @throws UpsweepError if it is truncated, malformed or not complete, or if the footer of a file
 * does not match its batches.
 */
export async function readContents(bytes: RandomBytes, location: string): Promise<ArrowContents> {
  const magic = await readAt(bytes, 0, MAGIC.length, location);
  const form = isEqual(magic, MAGIC) ? "file" : "stream";
  const footer = form === "file" ? await readFooter(bytes, location) : undefined;
  const end = (footer?.offset ?? bytes.length) - END_OF_STREAM.length;
  if (!isEqual(await readAt(bytes, end, END_OF_STREAM.length, location), END_OF_STREAM))
    throw errors.damagedArrow(location, "it has no end-of-stream marker");
  const schemaOffset = form === "file" ? MAGIC_BYTES : 0;
  const schema = await readMessage(bytes, schemaOffset, location);
  if (schema.type !== HEADER.schema)
    throw errors.damagedArrow(location, "its first message is not a schema");
  const startLength = schemaOffset + schema.length;
  const blocks = await readBlocks(bytes, startLength, end, location);
  if (footer && !isSame(footer.blocks, blocks))
    throw errors.damagedArrow(location, "its footer does not match its batches");
  return {
    form,
    start: await readAt(bytes, 0, startLength, location),
    blocks,
    schema: orDamaged(location, "schema", () => schemaOf(schema.header)),
  };
}

/**
 * Finds the batches of an interval of a stream or file, which may be incomplete after it.
 *
 * @param start the offset of the first batch.
 * @param end the offset after the last batch.
 * @throws UpsweepError if the interval does not consist of complete batches.
 */
export async function readBlocks(
  bytes: RandomBytes,
  start: number,
  end: number,
  location: string,
): Promise<Block[]> {
  const blocks: Block[] = [];
  for (let offset = start; offset < end; offset = endOf(blocks, start)) {
    const message = await readMessage(bytes, offset, location);
    if (message.type !== HEADER.recordBatch)
      throw errors.damagedArrow(location, "it has a message that is not a batch");
    const rows = orDamaged(location, "batch", () => rowsOf(message));
    const { length: metadataLength, bodyLength } = message;
    blocks.push({ offset, metadataLength, bodyLength, rows });
  }
  checkBlocks(blocks, start, location);
  if (endOf(blocks, start) !== end)
    throw errors.damagedArrow(location, "its last batch is incomplete");
  return blocks;
}

interface Footer {
  readonly offset: number;
  readonly blocks: readonly Omit<Block, "rows">[];
}

async function readFooter(bytes: RandomBytes, location: string): Promise<Footer> {
  const trailerOffset = bytes.length - TRAILER_BYTES;
  const trailer = await readAt(bytes, trailerOffset, TRAILER_BYTES, location);
  if (!isEqual(trailer.subarray(4), MAGIC))
    throw errors.damagedArrow(location, "it does not end with ARROW1");
  const length = new DataView(trailer.buffer, trailer.byteOffset).getInt32(0, true);
  const offset = trailerOffset - length;
  if (length <= 0 || offset < MAGIC_BYTES)
    throw errors.damagedArrow(location, "the length of its footer is impossible");
  const footer = await readAt(bytes, offset, length, location);
  return {
    offset,
    blocks: orDamaged(location, "footer", () => Table.root(footer).blocks(3)),
  };
}

/** Reads a message without its body. Its `length` includes the prefix. */
async function readMessage(
  bytes: RandomBytes,
  offset: number,
  location: string,
): Promise<MessageHead & { readonly length: number }> {
  const prefix = await readAt(bytes, offset, PREFIX_BYTES, location);
  const length = orDamaged(location, "message", () => metadataLengthOf(prefix));
  const metadata = await readAt(bytes, offset + PREFIX_BYTES, length, location);
  const head = orDamaged(location, "message", () => messageHead(metadata));
  return { ...head, length: PREFIX_BYTES + length };
}

async function readAt(
  bytes: RandomBytes,
  offset: number,
  length: number,
  location: string,
): Promise<Uint8Array> {
  if (offset < 0 || offset + length > bytes.length)
    throw errors.damagedArrow(location, "it is too short");
  return bytes.read(offset, length);
}

/**
 * The table Schema, as `schemaTable` writes it.
 *
 * @throws RangeError if a column has another type.
 */
function schemaOf(schema: Table): ArrowSchema {
  const fields = schema.tables(1);
  const columns = fieldsOf(schema).map(({ name, type }, i): ArrowColumn => {
    const field = fields[i] as Table;
    return {
      name,
      type: typeOf(type),
      isNullable: field.int8(1, 0) !== 0,
      metadata: keyValuesOf(field.tables(6)),
    };
  });
  return { columns, metadata: keyValuesOf(schema.tables(2)) };
}

function typeOf(type: FieldType): ArrowType {
  if (type.kind === "bool") return "bool";
  if (type.kind === "text") return "utf8";
  if (type.kind === "float" && type.bits === 64) return "float64";
  if (type.kind === "integer") {
    if (type.bits === 64) return type.isSigned ? "int64" : "uint64";
    if (type.bits === 32 && type.isSigned) return "int32";
  }
  throw new RangeError(`${type.kind} is not a type of our columns`);
}

function keyValuesOf(pairs: readonly Table[]): Record<string, string> {
  return Object.fromEntries(pairs.map((pair) => [pair.string(0) ?? "", pair.string(1) ?? ""]));
}

/** Runs a parser, and converts its RangeError. */
function orDamaged<T>(location: string, what: string, parse: () => T): T {
  try {
    return parse();
  } catch (error) {
    if (!(error instanceof RangeError)) throw error;
    throw errors.damagedArrow(location, `the metadata of its ${what} are malformed`);
  }
}

function isSame(places: Footer["blocks"], blocks: readonly Block[]): boolean {
  const isBlock = (place: Footer["blocks"][number] | undefined, block: Block) =>
    place?.offset === block.offset &&
    place.metadataLength === block.metadataLength &&
    place.bodyLength === block.bodyLength;
  return places.length === blocks.length && blocks.every((block, i) => isBlock(places[i], block));
}

function isEqual(bytes: Uint8Array, expected: Uint8Array): boolean {
  return bytes.length === expected.length && expected.every((byte, i) => byte === bytes[i]);
}
