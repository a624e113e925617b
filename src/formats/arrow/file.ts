/**
 * The parts of a stream and of a file around their record batches
 * (https://arrow.apache.org/docs/format/Columnar.html, "IPC Streaming Format", "IPC File Format"):
 *
 *   stream: schema, batches, end of stream
 *   file:   ARROW1 00 00, schema, batches, end of stream, footer, length of the footer, ARROW1
 *
 * The footer is a FlatBuffer with the tables of File.fbs in the Arrow repository (format/).
 */
import type { Block } from "./blocks.js";
import { serialised, structs, table } from "./flatbuffer.js";
import { END_OF_STREAM, schemaMessage } from "./messages.js";
import { type ArrowSchema, METADATA_VERSION, schemaTable } from "./schema.js";

/** The two forms of Arrow data: one for pipes, and one with an index of its batches at the end. */
export type ArrowForm = "stream" | "file";

/** The first and last bytes of a file, "ARROW1". At the start, two zeros follow. */
export const MAGIC: Uint8Array = Uint8Array.of(0x41, 0x52, 0x52, 0x4f, 0x57, 0x31);

/** Length of the magic number at the start of a file, with its padding. */
export const MAGIC_BYTES = 8;

/** Length of what follows a footer: its length, and the magic number. */
export const TRAILER_BYTES = 4 + MAGIC.length;

/** Everything before the first batch. Its length is a multiple of `ALIGNMENT`. */
export function startOf(form: ArrowForm, schema: ArrowSchema): Uint8Array {
  if (form === "stream") return schemaMessage(schema);
  const message = schemaMessage(schema, MAGIC_BYTES);
  const start = new Uint8Array(MAGIC_BYTES + message.length);
  start.set(MAGIC);
  start.set(message, MAGIC_BYTES);
  return start;
}

/** Everything after the last batch. A stream does not need the blocks. */
export function endingOf(
  form: ArrowForm,
  schema: ArrowSchema,
  blocks: readonly Block[],
): Uint8Array {
  if (form === "stream") return END_OF_STREAM.slice();
  const footer = footerOf(schema, blocks);
  const end = new Uint8Array(END_OF_STREAM.length + footer.length + TRAILER_BYTES);
  end.set(END_OF_STREAM);
  end.set(footer, END_OF_STREAM.length);
  const trailer = END_OF_STREAM.length + footer.length;
  new DataView(end.buffer).setInt32(trailer, footer.length, true);
  end.set(MAGIC, trailer + 4);
  return end;
}

/** The table Footer. The length of metadata in the struct Block has 32 bits and 32 of padding. */
function footerOf(schema: ArrowSchema, blocks: readonly Block[]): Uint8Array {
  const dictionaries = structs([]);
  const batches = blocks.map(({ offset, metadataLength, bodyLength }) => [
    offset,
    metadataLength,
    bodyLength,
  ]);
  return serialised(table([METADATA_VERSION, schemaTable(schema), dictionaries, structs(batches)]));
}
