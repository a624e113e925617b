/** Column chunks of every type and size, read back by independent decoders. */
import { describe, expect, it } from "vitest";
import { kernelModule } from "../../src/kernel/artefact.ts";
import type { ChunkInput, ChunkTexts } from "../../src/kernel/parquet.ts";
import { parquetKernel } from "../../src/kernel/wasm.ts";
import { ROW_GROUP_ROWS } from "../../src/limits.ts";
import { type Cell, decodeChunk, expectCells } from "../support/parquet-chunk.ts";
import { RandomNumbers } from "../support/random-numbers.ts";

const kernel = parquetKernel(kernelModule());
const SIZES = [0, 1, 7, 8, 9, 4097, ROW_GROUP_ROWS - 1, ROW_GROUP_ROWS];

const isFull = (rows: number) => rows >= ROW_GROUP_ROWS - 1;

/** Encodes a chunk, and compares each row with what was given. */
function check(input: Omit<ChunkInput, "codec">, expected: readonly Cell[]): void {
  const { validity } = input;
  const cells = validity
    ? expected.map((cell, row) => (validity[row] === 1 ? cell : null))
    : expected;
  const codecs = ["SNAPPY", "UNCOMPRESSED"] as const;
  // The decoders need a second for some full row groups, so these are only compressed.
  for (const codec of isFull(input.rows) ? codecs.slice(0, 1) : codecs) {
    const given = { ...input, codec };
    expectCells(decodeChunk(given, kernel.encode(given)), cells);
  }
}

/**
 * Rows without a value: none, a random half in stretches, every second, all, and none of an
 * optional column. Full row groups have only the first two.
 */
function validities(rows: number): readonly (Uint8Array | undefined)[] {
  const random = new RandomNumbers(rows + 1);
  let isPresent = 0;
  const some = [
    undefined,
    Uint8Array.from({ length: rows }, () => {
      if (random.below(12) === 0) isPresent = 1 - isPresent;
      return isPresent;
    }),
  ];
  if (isFull(rows)) return some;
  return [
    ...some,
    Uint8Array.from({ length: rows }, (_, row) => row % 2),
    new Uint8Array(rows),
    new Uint8Array(rows).fill(1),
  ];
}

/** Numbers of a kind for each row: few distinct, many distinct, or the same over several rows. */
const PATTERNS: Record<string, (random: RandomNumbers, row: number) => number> = {
  few: (random) => random.below(50),
  many: (random) => random.below(2 ** 31),
  steps: (_, row) => row >> 5,
  one: () => 77,
};

function column(rows: number, pattern: string): number[] {
  const random = new RandomNumbers(rows + 99);
  const next = PATTERNS[pattern] as (typeof PATTERNS)[string];
  return Array.from({ length: rows }, (_, row) => next(random, row));
}

/** Runs of the values, with the values as the kernel takes them. */
function runsOf(values: readonly bigint[]): { values: BigUint64Array; counts: Uint32Array } {
  const starts = values.flatMap((value, row) => (value !== values[row - 1] ? [row] : []));
  return {
    values: BigUint64Array.from(starts, (row) => BigInt.asUintN(64, values[row] as bigint)),
    counts: Uint32Array.from(starts, (row, i) => (starts[i + 1] ?? values.length) - row),
  };
}

const optional = (validity: Uint8Array | undefined) => (validity ? { validity } : {});

describe.each(Object.keys(PATTERNS))("a column with values of the kind '%s'", (pattern) => {
  it.each(SIZES)("is restored from a vector of %i rows", (rows) => {
    const numbers = column(rows, pattern);
    for (const validity of validities(rows)) {
      const rest = { rows, ...optional(validity) };
      const large = numbers.map((n) => BigInt.asIntN(64, BigInt(n) * 0x1_0000_0003n));
      check({ type: "INT64", values: BigInt64Array.from(large), ...rest }, large);
      const small = numbers.map((n) => (n << 3) | 0);
      check({ type: "INT32", values: Int32Array.from(small), ...rest }, small);
      const doubles = numbers.map((n) => (n % 3 === 0 ? -0 : n / 7));
      check({ type: "DOUBLE", values: Float64Array.from(doubles), ...rest }, doubles);
      const bits = numbers.map((n) => n % 3 === 1);
      check({ type: "BOOLEAN", values: Uint8Array.from(bits, Number), ...rest }, bits);
    }
  });

  it.each(SIZES)("is restored from runs of %i rows", (rows) => {
    const numbers = column(rows, pattern);
    for (const validity of validities(rows)) {
      const rest = { rows, ...optional(validity) };
      const large = numbers.map((n) => BigInt(n) * -0x1_0000_0003n);
      check({ type: "INT64", values: runsOf(large), ...rest }, large);
      const small = numbers.map((n) => (n << 3) | 0);
      check({ type: "INT32", values: runsOf(small.map(BigInt)), ...rest }, small);
      const doubles = numbers.map((n) => n / 7);
      const patterns = [...new BigUint64Array(Float64Array.from(doubles).buffer)];
      check({ type: "DOUBLE", values: runsOf(patterns), ...rest }, doubles);
      const bits = numbers.map((n) => n % 3 === 1);
      check({ type: "BOOLEAN", values: runsOf(bits.map((bit) => BigInt(bit))), ...rest }, bits);
    }
  });
});

/** Distinct texts as a dictionary page has them. */
function textsOf(texts: readonly string[]): ChunkTexts {
  const parts = texts.flatMap((text) => {
    const length = Buffer.alloc(4);
    length.writeUInt32LE(text.length);
    return [length, Buffer.from(text, "latin1")];
  });
  return { count: texts.length, bytes: Buffer.concat(parts) };
}

describe("a column of texts", () => {
  it.each([1, 2, 65_536, 65_537])("with %i distinct ones is restored", (count) => {
    const all = Array.from({ length: count }, (_, i) => i.toString(36));
    const texts = textsOf(all);
    const rows = ROW_GROUP_ROWS;
    const numbers = Array.from({ length: rows }, (_, row) => row % count);
    const expected = numbers.map((number) => all[number] as string);
    for (const validity of validities(rows)) {
      const rest = { rows, texts, ...optional(validity) };
      check({ type: "BYTE_ARRAY", values: Uint32Array.from(numbers), ...rest }, expected);
    }
    // The same texts in runs of one row, and in longer ones.
    check({ type: "BYTE_ARRAY", values: runsOf(numbers.map(BigInt)), rows, texts }, expected);
    const sorted = numbers
      .map((number) => Math.floor((number * count) / rows) % count)
      .sort((a, b) => a - b);
    check(
      { type: "BYTE_ARRAY", values: runsOf(sorted.map(BigInt)), rows, texts },
      sorted.map((number) => all[number] as string),
    );
  });

  it("may be empty, or as long as the limit", () => {
    const long = "x".repeat(2 ** 20 - 8);
    check(
      { type: "BYTE_ARRAY", values: Uint32Array.of(1, 0, 1), rows: 3, texts: textsOf(["", long]) },
      [long, "", long],
    );
  });
});

describe("the choice of a dictionary", () => {
  const encoding = (values: BigUint64Array) => {
    const input: ChunkInput = { type: "INT64", codec: "SNAPPY", rows: values.length, values };
    const chunk = kernel.encode(input);
    expectCells(decodeChunk(input, chunk), [...new BigInt64Array(values.buffer)]);
    return chunk.encoding;
  };
  /** 4,096 zeros, then that many distinct values, then zeros. */
  const rising = (distinct: number) =>
    BigUint64Array.from({ length: ROW_GROUP_ROWS }, (_, row) =>
      BigInt(row < 4096 || row >= 4095 + distinct ? 0 : row),
    );

  it("ends at 16,384 distinct values", () => {
    expect(encoding(rising(16_384))).toBe("RLE_DICTIONARY");
    expect(encoding(rising(16_385))).toBe("PLAIN");
  });

  it("ends at 1,024 distinct values among the first 4,096", () => {
    const cyclic = (distinct: number) =>
      BigUint64Array.from({ length: ROW_GROUP_ROWS }, (_, row) => BigInt(row % distinct));
    expect(encoding(cyclic(1024))).toBe("RLE_DICTIONARY");
    expect(encoding(cyclic(1025))).toBe("PLAIN");
  });

  it("refuses a dictionary that is not shorter than the values", () => {
    const distinct = (rows: number) =>
      BigUint64Array.from({ length: rows }, (_, row) => BigInt(row));
    expect(encoding(distinct(1000))).toBe("PLAIN");
    expect(encoding(BigUint64Array.from([...distinct(500), ...distinct(500)]))).toBe(
      "RLE_DICTIONARY",
    );
  });
});
