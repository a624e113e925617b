/**
 * Decodes the bodies of a column chunk by independent code: Snappy by two decompressors from npm,
 * pages by hyparquet, and the hybrid of runs and bit-packing also by a strict decoder here, which
 * refuses what readers tolerate.
 */
import { readDataPage } from "hyparquet/src/datapage.js";
import { readPlain } from "hyparquet/src/plain.js";
import { snappyUncompress } from "hyparquet/src/snappy.js";
import { uncompress } from "snappyjs";
import { expect } from "vitest";
import type { ChunkInput, EncodedChunk, PageBody } from "../../src/kernel/parquet.ts";

/** A value of a row: a text is one of latin1, a missing value is null. */
export type Cell = boolean | number | bigint | string | null;

/** Bytes that both decompressors give, of the length that the chunk names. */
export function plainBody({ bytes, plainBytes }: PageBody, codec: ChunkInput["codec"]): Uint8Array {
  // A copy outside of shared memory, which snappyjs does not take.
  const body = bytes.slice();
  if (codec === "UNCOMPRESSED") {
    expect(body.length).toBe(plainBytes);
    return body;
  }
  const plain = new Uint8Array(plainBytes);
  snappyUncompress(body, plain);
  expect(Buffer.compare(uncompress(body), plain)).toBe(0);
  return plain;
}

/** The numbers in the hybrid of runs and bit-packing, which must end at the last byte. */
function hybrid(bytes: Uint8Array, width: number, count: number): number[] {
  const numbers: number[] = [];
  let at = 0;
  const byte = () => {
    if (at >= bytes.length) throw new Error("the numbers end early");
    return bytes[at++] as number;
  };
  const varint = (): number => {
    const next = byte();
    return next < 128 ? next : (next & 127) + 128 * varint();
  };
  while (numbers.length < count) {
    const header = varint();
    const length = header >> 1;
    if (length === 0) throw new Error("a run has no numbers");
    if (header & 1) {
      if (numbers.length + 8 * (length - 1) >= count) throw new Error("a group has no numbers");
      for (let i = 0; i < 8 * length; i++) {
        let number = 0;
        for (let bit = i * width; bit < (i + 1) * width; bit++)
          number |= (((bytes[at + (bit >> 3)] as number) >> (bit & 7)) & 1) << (bit - i * width);
        if (numbers.length < count) numbers.push(number);
        else if (number !== 0) throw new Error("the last group is not filled with zeros");
      }
      at += length * width;
    } else {
      let number = 0;
      for (let shift = 0; shift < width; shift += 8) number |= byte() << shift;
      if (number >> width !== 0) throw new Error("a number is too large");
      for (let i = 0; i < length; i++) numbers.push(number);
    }
  }
  if (numbers.length > count) throw new Error("a run is too long");
  if (at !== bytes.length) throw new Error("bytes follow the numbers");
  return numbers;
}

/** Compares the cells of many rows faster than `toEqual`. -0 is not 0. */
export function expectCells(actual: readonly unknown[], expected: readonly unknown[]): void {
  expect(actual.length).toBe(expected.length);
  const at = actual.findIndex((cell, row) => !Object.is(cell, expected[row]));
  if (at >= 0) expect({ row: at, cell: actual[at] }).toEqual({ row: at, cell: expected[at] });
}

function plainValues(bytes: Uint8Array, type: ChunkInput["type"], count: number): Cell[] {
  const reader = { view: new DataView(bytes.buffer, bytes.byteOffset), offset: 0 };
  const values = [...readPlain(reader, type, count, undefined)] as unknown[];
  expect(reader.offset).toBe(bytes.length);
  return values.map((value) =>
    value instanceof Uint8Array ? Buffer.from(value).toString("latin1") : (value as Cell),
  );
}

/** The definition levels of a data page, and its bytes after them. */
function splitLevels(page: Uint8Array, rows: number): [number[], Uint8Array] {
  const length = new DataView(page.buffer).getUint32(0, true);
  return [hybrid(page.subarray(4, 4 + length), 1, rows), page.subarray(4 + length)];
}

/** The value of each row. Integers are signed. */
export function decodeChunk(input: ChunkInput, chunk: EncodedChunk): Cell[] {
  const { type, codec, rows } = input;
  const isOptional = input.validity !== undefined;
  const page = plainBody(chunk.data, codec);
  const [levels, bytes] = isOptional ? splitLevels(page, rows) : [new Array(rows).fill(1), page];
  const present = levels.filter((level) => level === 1).length;
  expect(chunk.nullCount).toBe(rows - present);
  let values: Cell[];
  if (chunk.dictionary) {
    expect(chunk.encoding).toBe("RLE_DICTIONARY");
    const dictionary = plainBody(chunk.dictionary, codec);
    const entries = plainValues(dictionary, type, chunk.dictionary.values);
    const numbers = hybrid(bytes.subarray(1), bytes[0] as number, present);
    expectCells(byHyparquet(input, chunk, page), numbers);
    values = numbers.map((number) => entries[number] as Cell);
  } else {
    expect(chunk.encoding).toBe("PLAIN");
    values = plainValues(bytes, type, present);
    expectCells(byHyparquet(input, chunk, page), values);
  }
  let at = 0;
  return levels.map((level) => (level === 1 ? (values[at++] as Cell) : null));
}

/** The values, or the numbers of the dictionary, that hyparquet reads from a data page. */
function byHyparquet(
  { type, rows, validity }: ChunkInput,
  { encoding }: EncodedChunk,
  page: Uint8Array,
) {
  const leaf = { name: "x", repetition_type: validity ? "OPTIONAL" : "REQUIRED" } as const;
  const header = {
    num_values: rows,
    encoding,
    definition_level_encoding: "RLE",
    repetition_level_encoding: "RLE",
  } as const;
  const schemaPath = [{ name: "root" }, leaf].map((element) => ({
    element,
    children: [],
    count: rows,
    path: [],
  }));
  const column = { type, element: leaf, schemaPath } as unknown as Parameters<
    typeof readDataPage
  >[2];
  return [...readDataPage(page, header, column).dataPage];
}
