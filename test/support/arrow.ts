/** Arrow data made of the parts that src/formats/arrow/ gives, with bodies made here. */
import { type Block, blockAt } from "../../src/formats/arrow/blocks.ts";
import type { ColumnSize } from "../../src/formats/arrow/body.ts";
import { type ArrowForm, endingOf, startOf } from "../../src/formats/arrow/file.ts";
import { type RecordBatchMessage, recordBatchMessage } from "../../src/formats/arrow/messages.ts";
import type { ArrowColumn, ArrowSchema, ArrowType } from "../../src/formats/arrow/schema.ts";

export type Cell = number | bigint | boolean | string | null;

/** The cells of a batch, column by column. */
export type BatchCells = readonly (readonly Cell[])[];

export interface MadeArrow {
  readonly bytes: Uint8Array;
  readonly blocks: readonly Block[];
  readonly messages: readonly RecordBatchMessage[];
}

/** A complete stream or file. */
export function arrowOf(
  form: ArrowForm,
  schema: ArrowSchema,
  batches: readonly BatchCells[],
): MadeArrow {
  const parts = [startOf(form, schema)];
  const blocks: Block[] = [];
  const messages: RecordBatchMessage[] = [];
  let length = (parts[0] as Uint8Array).length;
  for (const columns of batches) {
    const rows = columns[0]?.length ?? 0;
    const sizes = schema.columns.map((column, i) => sizeOf(column, columns[i] as Cell[]));
    const message = recordBatchMessage(schema, rows, sizes);
    messages.push(message);
    blocks.push(blockAt(length, message));
    parts.push(message.header, bodyOf(schema, message, columns));
    length += message.header.length + message.body.length;
  }
  parts.push(endingOf(form, schema, blocks));
  return { bytes: new Uint8Array(Buffer.concat(parts)), blocks, messages };
}

function sizeOf({ type }: ArrowColumn, cells: readonly Cell[]): ColumnSize {
  const nullCount = cells.filter((cell) => cell === null).length;
  return type === "utf8"
    ? { nullCount, textBytes: Buffer.concat(texts(cells)).length }
    : { nullCount };
}

/** The body of a batch. Its values are written with DataView, one by one. */
function bodyOf({ columns }: ArrowSchema, { body }: RecordBatchMessage, cells: BatchCells): Buffer {
  const bytes = Buffer.alloc(body.length);
  for (const [i, buffers] of body.columns.entries())
    for (const { role, offset, length } of buffers)
      contentOf(role, (columns[i] as ArrowColumn).type, cells[i] as Cell[], length).copy(
        bytes,
        offset,
      );
  return bytes;
}

function contentOf(role: string, type: ArrowType, cells: readonly Cell[], length: number): Buffer {
  if (role === "validity")
    return length === 0 ? Buffer.alloc(0) : bits(cells.map((c) => c !== null));
  if (role === "offsets") {
    const offsets = Buffer.alloc(length);
    let end = 0;
    for (const [i, text] of texts(cells).entries()) {
      end += text.length;
      offsets.writeInt32LE(end, 4 * (i + 1));
    }
    return offsets;
  }
  if (type === "utf8") return Buffer.concat(texts(cells));
  if (type === "bool") return bits(cells.map((cell) => cell === true));
  const values = Buffer.alloc(length);
  for (const [i, cell] of cells.entries()) {
    if (cell === null) continue;
    if (type === "int32") values.writeInt32LE(Number(cell), 4 * i);
    if (type === "int64") values.writeBigInt64LE(BigInt(cell), 8 * i);
    if (type === "uint64") values.writeBigUInt64LE(BigInt(cell), 8 * i);
    if (type === "float64") values.writeDoubleLE(Number(cell), 8 * i);
  }
  return values;
}

function texts(cells: readonly Cell[]): Buffer[] {
  return cells.map((cell) => Buffer.from(cell === null ? "" : String(cell)));
}

/** A bit per value, from the lowest bit of the first byte. */
function bits(values: readonly boolean[]): Buffer {
  const bytes = Buffer.alloc(Math.ceil(values.length / 8));
  for (const [i, value] of values.entries())
    if (value) bytes[i >> 3] = (bytes[i >> 3] as number) | (1 << (i % 8));
  return bytes;
}
