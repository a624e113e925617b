/** Ranges, bounds and reproducibility of column chunks. */
import { describe, expect, it } from "vitest";
import { kernelModule } from "../../src/kernel/artefact.ts";
import type { ChunkInput, ChunkRuns, EncodedChunk } from "../../src/kernel/parquet.ts";
import { parquetKernel } from "../../src/kernel/wasm.ts";
import { PARQUET_TEXT_BYTES, ROW_GROUP_ROWS } from "../../src/limits.ts";
import { exportsOf } from "../support/kernels.ts";
import { RandomNumbers } from "../support/random-numbers.ts";

const kernel = parquetKernel(kernelModule());

type Rest = Partial<ChunkInput>;

function encode(
  type: ChunkInput["type"],
  values: ChunkInput["values"],
  rest: Rest = {},
): EncodedChunk {
  const rows = "counts" in values ? values.counts.reduce((a, b) => a + b, 0) : values.length;
  return kernel.encode({ type, codec: "UNCOMPRESSED", rows, values, ...rest });
}

/** All bytes and results of a chunk, as text. */
function fingerprint(chunk: EncodedChunk): string {
  const { dictionary, data, ...rest } = chunk;
  const hex = (bytes: Uint8Array | undefined) => bytes && Buffer.from(bytes).toString("hex");
  return JSON.stringify(
    [hex(dictionary?.bytes), hex(data.bytes), dictionary?.values, rest],
    (_, value) => (typeof value === "bigint" ? `${value}n` : value),
  );
}

describe("the range", () => {
  const extremes = BigUint64Array.of(2n ** 63n - 1n, 2n ** 63n, 2n ** 64n - 1n, 1n);

  it("compares 64-bit integers without a sign if told so", () => {
    const { range } = encode("INT64", extremes, { isUnsigned: true });
    expect(range).toEqual({ min: 1n, max: 2n ** 64n - 1n });
  });

  it("compares them with a sign otherwise, and has their 64 bits", () => {
    const { range } = encode("INT64", extremes);
    expect(range).toEqual({ min: 2n ** 63n, max: 2n ** 63n - 1n });
  });

  it("is the same for a dictionary, a vector and runs", () => {
    const repeated = BigUint64Array.from({ length: 4000 }, (_, i) => extremes[i % 4] as bigint);
    const runs = { values: extremes, counts: Uint32Array.of(9, 9, 9, 9) };
    for (const isUnsigned of [true, false]) {
      const expected = encode("INT64", extremes, { isUnsigned });
      expect(expected.encoding).toBe("PLAIN");
      for (const values of [repeated, runs]) {
        const chunk = encode("INT64", values, { isUnsigned });
        expect(chunk.encoding).toBe("RLE_DICTIONARY");
        expect(chunk.range).toEqual(expected.range);
      }
    }
  });

  it("extends 32-bit integers by their sign, or by zeros if they have none", () => {
    const values = Uint32Array.of(1, 2 ** 31, 2 ** 32 - 1);
    expect(encode("INT32", values).range).toEqual({ min: 2n ** 64n - 2n ** 31n, max: 1n });
    expect(encode("INT32", values, { isUnsigned: true }).range).toEqual({
      min: 1n,
      max: 2n ** 32n - 1n,
    });
  });

  it("does not contain values of rows that are null", () => {
    const validity = Uint8Array.of(0, 1, 0);
    const chunk = encode("INT64", BigUint64Array.of(0n, 5n, 9n), { validity });
    expect(chunk.range).toEqual({ min: 5n, max: 5n });
    expect(chunk.nullCount).toBe(2);
    const none = encode("INT64", BigUint64Array.of(0n), { validity: Uint8Array.of(0) });
    expect(none.range).toBeUndefined();
    expect(none.nullCount).toBe(1);
  });

  it("of doubles has no NaN, and both zeros if it ends at one", () => {
    const bits = (value: number) => new BigUint64Array(Float64Array.of(value).buffer)[0] as bigint;
    const rangeOf = (...values: number[]) => encode("DOUBLE", Float64Array.from(values)).range;
    expect(rangeOf(Number.NaN, 2, -1.5)).toEqual({ min: bits(-1.5), max: bits(2) });
    expect(rangeOf(0, 2)).toEqual({ min: bits(-0), max: bits(2) });
    expect(rangeOf(-2, -0)).toEqual({ min: bits(-2), max: bits(0) });
    expect(rangeOf(Number.NaN)).toBeUndefined();
  });

  it("of texts is two places in the dictionary", () => {
    const bytes = Uint8Array.from([1, 0, 0, 0, 98, 0, 0, 0, 0, 1, 0, 0, 0, 255]);
    const chunk = encode("BYTE_ARRAY", Uint32Array.of(0, 1, 2), { texts: { count: 3, bytes } });
    expect(chunk.range).toEqual({ min: 5n, max: 9n });
  });
});

/** Chunks that use every part of the encoder. */
function samples(): ChunkInput[] {
  const random = new RandomNumbers(17);
  const rows = 20_000;
  const few = BigUint64Array.from({ length: rows }, () => BigInt(random.below(700)));
  const many = BigUint64Array.from({ length: rows }, () => BigInt(random.below(2 ** 31)));
  const validity = Uint8Array.from({ length: rows }, () => Number(random.below(5) > 0));
  const bits = Uint8Array.from({ length: rows }, () => random.below(2));
  const words = Uint32Array.from({ length: rows }, () => random.below(3));
  const texts = { count: 3, bytes: Uint8Array.from([1, 0, 0, 0, 65, 0, 0, 0, 0, 1, 0, 0, 0, 66]) };
  const runs = {
    values: BigUint64Array.from({ length: rows / 40 }, () => BigInt(random.below(9))),
    counts: new Uint32Array(rows / 40).fill(40),
  };
  const short = { values: few, counts: new Uint32Array(rows).fill(1) };
  const inputs: Omit<ChunkInput, "codec" | "rows">[] = [
    { type: "INT64", values: few },
    { type: "INT64", values: many },
    { type: "INT64", values: runs },
    { type: "INT64", values: short },
    { type: "INT32", values: words },
    { type: "DOUBLE", values: Float64Array.from(many, (n) => Number(n) / 3) },
    { type: "BOOLEAN", values: bits },
    { type: "BYTE_ARRAY", values: words, texts },
  ];
  return inputs
    .flatMap((input) => [input, { ...input, validity }])
    .flatMap((input) =>
      (["UNCOMPRESSED", "SNAPPY"] as const).map((codec) => ({ ...input, codec, rows })),
    );
}

describe("the bytes of a chunk", () => {
  it("are the same after any other chunk, and in a new kernel", () => {
    const inputs = samples();
    const first = inputs.map((input) => fingerprint(parquetKernel(kernelModule()).encode(input)));
    const random = new RandomNumbers(23);
    for (let i = 0; i < 200; i++) {
      const at = random.below(inputs.length);
      expect(fingerprint(kernel.encode(inputs[at] as ChunkInput))).toBe(first[at]);
    }
  });

  it("are those of the debug build", () => {
    const debug = parquetKernel(kernelModule("debug"));
    for (const input of samples())
      expect(fingerprint(debug.encode(input))).toBe(fingerprint(kernel.encode(input)));
  });

  it("do not depend on where runs were cut", () => {
    const random = new RandomNumbers(31);
    for (const input of samples().filter(({ values }) => "counts" in values)) {
      const { values, counts } = input.values as ChunkRuns;
      const pieces: [bigint, number][] = [];
      values.forEach((value, run) => {
        for (let left = counts[run] as number; left > 0; ) {
          const count = 1 + random.below(left);
          pieces.push([value, count]);
          left -= count;
        }
      });
      const cut = {
        values: BigUint64Array.from(pieces, ([value]) => value),
        counts: Uint32Array.from(pieces, ([, count]) => count),
      };
      expect(fingerprint(kernel.encode({ ...input, values: cut }))).toBe(
        fingerprint(kernel.encode(input)),
      );
    }
  });
});

describe("the output buffer", () => {
  it("holds several chunks one after the other", () => {
    const inputs = samples().slice(0, 6);
    const expected = inputs.map((input) => fingerprint(kernel.encode(input)));
    let offset = 0;
    const chunks = inputs.map((input) => {
      const chunk = kernel.encode(input, offset);
      offset += chunk.length;
      return chunk;
    });
    expect(chunks.map(fingerprint)).toEqual(expected);
  });

  it("has room for the longest chunk after the largest offset", () => {
    const random = new RandomNumbers(41);
    // Texts that cannot be compressed, and a number of 17 bits in each row.
    const count = 2 ** 16 + 1;
    const bytes = new Uint8Array(PARQUET_TEXT_BYTES);
    const view = new DataView(bytes.buffer);
    for (let i = 0, at = 0; i < count; i++) {
      const length = i < count - 1 ? 8 : PARQUET_TEXT_BYTES - at - 4;
      view.setUint32(at, length, true);
      bytes.set(random.bytes(length), at + 4);
      at += 4 + length;
    }
    const rows = ROW_GROUP_ROWS;
    const input: ChunkInput = {
      type: "BYTE_ARRAY",
      codec: "UNCOMPRESSED",
      rows,
      values: Uint32Array.from({ length: rows }, () => random.below(count)),
      validity: Uint8Array.from({ length: rows }, (_, row) => Number(row % 16 < 8 || row % 3 > 0)),
      texts: { count, bytes },
    };
    const chunk = kernel.encode(input, kernel.maxOffset);
    expect(chunk.length).toBeGreaterThan(1_200_000);
    const { PARQUET_CHUNK_BYTES } = exportsOf("release") as {
      PARQUET_CHUNK_BYTES: WebAssembly.Global;
    };
    expect(chunk.length).toBeLessThanOrEqual(PARQUET_CHUNK_BYTES.value as number);
  });

  it("is refused beyond the largest offset, as are too many rows, runs and texts", () => {
    const values = new Uint8Array(1);
    const fails = (rest: Rest, offset = 0) =>
      expect(() =>
        kernel.encode({ type: "BOOLEAN", codec: "SNAPPY", rows: 1, values, ...rest }, offset),
      ).toThrow(RangeError);
    fails({}, kernel.maxOffset + 1);
    fails({ rows: ROW_GROUP_ROWS + 1 });
    fails({ texts: { count: 1, bytes: new Uint8Array(PARQUET_TEXT_BYTES + 1) } });
    const counts = new Uint32Array(ROW_GROUP_ROWS + 1);
    fails({ values: { values: new BigUint64Array(counts.length), counts } });
  });
});
