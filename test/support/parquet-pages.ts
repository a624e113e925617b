/** Encodes the pages of Parquet, simply. The tests of metadata need pages, and readers check them. */

import type { Codec } from "../../src/formats/parquet/enums.ts";
import { dataPageHeader, dictionaryPageHeader } from "../../src/formats/parquet/page-header.ts";
import type { ChunkPages } from "../../src/formats/parquet/row-group.ts";
import type { Column, ColumnType } from "../../src/formats/parquet/schema.ts";
import type { ValueRange } from "../../src/formats/parquet/statistics.ts";

/** A value of a column, as readers give it: a bigint for 64-bit integers, bytes for BYTE_ARRAY. */
export type Cell = boolean | number | bigint | string | Uint8Array | null;

/** PLAIN: the values of a type, one after the other. */
function plain(type: ColumnType, values: readonly Cell[]): Buffer {
  if (type === "BOOLEAN") {
    const bits = Buffer.alloc(Math.ceil(values.length / 8));
    for (const [i, value] of values.entries())
      if (value) bits[i >> 3] = (bits[i >> 3] as number) | (1 << (i & 7));
    return bits;
  }
  return Buffer.concat(values.map((value) => plainValue(type, value)));
}

function plainValue(type: ColumnType, value: Cell): Buffer {
  if (type === "STRING" || type === "BYTE_ARRAY") {
    const bytes = Buffer.from(value as string | Uint8Array<ArrayBuffer>);
    const length = Buffer.alloc(4);
    length.writeUInt32LE(bytes.length);
    return Buffer.concat([length, bytes]);
  }
  const bytes = Buffer.alloc(type === "INT32" ? 4 : 8);
  if (type === "INT32") bytes.writeInt32LE(value as number);
  else if (type === "INT64") bytes.writeBigInt64LE(value as bigint);
  else if (type === "UINT_64") bytes.writeBigUInt64LE(value as bigint);
  else bytes.writeDoubleLE(value as number);
  return bytes;
}

function varint(value: number): number[] {
  return value < 128 ? [value] : [(value % 128) + 128, ...varint(Math.floor(value / 128))];
}

/**
 * The hybrid of runs and packed bits. Eight or more equal values become a run, others are packed in
 * groups of eight, of which the last one is padded with zeros.
 */
function hybrid(values: readonly number[], width: number): Buffer {
  const out: number[] = [];
  for (let at = 0; at < values.length; ) {
    let end = at;
    while (end < values.length && values[end] === values[at]) end++;
    if (end - at >= 8) {
      out.push(...varint((end - at) * 2));
      for (let bit = 0; bit < width; bit += 8) out.push(((values[at] as number) >>> bit) & 0xff);
      at = end;
    } else {
      const group = Array.from({ length: 8 }, (_, i) => BigInt(values[at + i] ?? 0));
      const bits = group.reduce((sum, value, i) => sum | (value << BigInt(i * width)), 0n);
      out.push(3);
      for (let byte = 0; byte < width; byte++) out.push(Number((bits >> BigInt(8 * byte)) & 0xffn));
      at += 8;
    }
  }
  return Buffer.from(out);
}

/** Snappy with literals only. It needs more bytes than without. */
function compressed(codec: Codec, body: Buffer): Buffer {
  if (codec === "UNCOMPRESSED") return body;
  const n = body.length;
  const head = n === 0 ? [] : [63 << 2, ...[0, 8, 16, 24].map((bits) => ((n - 1) >>> bits) & 255)];
  return Buffer.concat([Buffer.from([...varint(n), ...head]), body]);
}

/** How a column is written. */
export interface Style {
  readonly codec: Codec;
  readonly hasDictionary: boolean;
  /** Maximum number of values in a page. */
  readonly pageValues: number;
}

/** The pages of a column chunk. */
export interface Chunk extends ChunkPages, ValueRange {
  readonly bytes: Buffer;
}

/** Encodes the values of one column in a row group. */
export function chunkOf(column: Column, cells: readonly Cell[], style: Style): Chunk {
  const { type, isOptional } = column;
  const hasDictionary = style.hasDictionary && type !== "BOOLEAN";
  const keyOf = (cell: Cell) => plainValue(type, cell).toString("latin1");
  const present = cells.filter((cell) => cell !== null);
  const distinct = hasDictionary
    ? [...new Map(present.map((cell) => [keyOf(cell), cell])).values()]
    : [];
  const indices = new Map(distinct.map((cell, i) => [keyOf(cell), i]));
  const width = Math.max(1, Math.ceil(Math.log2(distinct.length)));
  const pages: Buffer[] = [];
  let uncompressedBytes = 0;
  const addPage = (raw: Buffer, headerFor: (body: BodySizes) => Uint8Array) => {
    const body = compressed(style.codec, raw);
    const header = headerFor({ uncompressedBytes: raw.length, compressedBytes: body.length });
    pages.push(Buffer.concat([header, body]));
    uncompressedBytes += header.length + raw.length;
  };
  if (hasDictionary)
    addPage(plain(type, distinct), (body) =>
      dictionaryPageHeader({ values: distinct.length, ...body }),
    );
  for (let at = 0; at < cells.length; at += style.pageValues) {
    const part = cells.slice(at, at + style.pageValues);
    const levels = hybrid(
      part.map((cell) => Number(cell !== null)),
      1,
    );
    const levelBytes = Buffer.alloc(4);
    levelBytes.writeUInt32LE(levels.length);
    const values = part.filter((cell) => cell !== null);
    const data = hasDictionary
      ? [
          Buffer.from([width]),
          hybrid(
            values.map((cell) => indices.get(keyOf(cell)) as number),
            width,
          ),
        ]
      : [plain(type, values)];
    addPage(Buffer.concat([...(isOptional ? [levelBytes, levels] : []), ...data]), (body) =>
      dataPageHeader({ values: part.length, ...body }, hasDictionary ? "RLE_DICTIONARY" : "PLAIN"),
    );
  }
  const bytes = Buffer.concat(pages);
  return {
    bytes,
    codec: style.codec,
    encoding: hasDictionary ? "RLE_DICTIONARY" : "PLAIN",
    dataPages: pages.length - Number(hasDictionary),
    dictionaryBytes: hasDictionary ? (pages[0] as Buffer).length : 0,
    compressedBytes: bytes.length,
    uncompressedBytes,
    nullCount: cells.length - present.length,
    ...rangeOf(column, present),
  };
}

interface BodySizes {
  readonly uncompressedBytes: number;
  readonly compressedBytes: number;
}

/** The smallest and the largest value. */
function rangeOf(
  { type }: Column,
  present: readonly NonNullable<Cell>[],
): Omit<ValueRange, "nullCount"> {
  const isText = type === "STRING" || type === "BYTE_ARRAY";
  const numbers = present.filter((cell) => !Number.isNaN(cell));
  const values = isText
    ? present.map((cell) => Uint8Array.from(Buffer.from(cell as string))).sort(Buffer.compare)
    : ([...numbers] as number[]).sort((a, b) => (a < b ? -1 : Number(a > b)));
  const [min, max] = [values[0], values.at(-1)];
  return {
    range: min === undefined || max === undefined ? undefined : { min, max },
    nanCount: present.length - numbers.length,
  };
}
