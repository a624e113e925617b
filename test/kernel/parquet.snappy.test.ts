/** Compression of page bodies, decompressed by two decompressors from npm. */
import { fc, test } from "@fast-check/vitest";
import { expect, it } from "vitest";
import { kernelModule } from "../../src/kernel/artefact.ts";
import type { ChunkInput } from "../../src/kernel/parquet.ts";
import { parquetKernel } from "../../src/kernel/wasm.ts";
import { plainBody } from "../support/parquet-chunk.ts";
import { RandomNumbers } from "../support/random-numbers.ts";
import { runs } from "../support/tier.ts";

const kernel = parquetKernel(kernelModule());

/**
 * Any bytes as the body of a page. Up to 16 KiB are the bits of booleans. More are one text, whose
 * length becomes the first four bytes.
 */
function compressed(bytes: Uint8Array): { body: Uint8Array; plain: Uint8Array } {
  const rows = 8 * bytes.length;
  if (rows <= 2 ** 17) {
    const values = Uint8Array.from({ length: rows }, (_, i) =>
      Number((((bytes[i >> 3] as number) >> (i & 7)) & 1) === 1),
    );
    const input: ChunkInput = { type: "BOOLEAN", codec: "SNAPPY", rows, values };
    const { data } = kernel.encode(input);
    return { body: data.bytes.slice(), plain: plainBody(data, "SNAPPY") };
  }
  new DataView(bytes.buffer).setUint32(0, bytes.length - 4, true);
  const { dictionary } = kernel.encode({
    type: "BYTE_ARRAY",
    codec: "SNAPPY",
    rows: 1,
    values: new Uint32Array(1),
    texts: { count: 1, bytes },
  });
  if (!dictionary) throw new Error("a text has no dictionary");
  return { body: dictionary.bytes.slice(), plain: plainBody(dictionary, "SNAPPY") };
}

/** Compresses, and checks the result and its length. Returns the length. */
function check(bytes: Uint8Array): number {
  const { body, plain } = compressed(bytes);
  expect(Buffer.compare(plain, bytes)).toBe(0);
  expect(body.length).toBeLessThanOrEqual(bytes.length + bytes.length / 64 + 16);
  return body.length;
}

const SIZES = [
  0,
  1,
  2,
  3,
  4,
  15,
  16,
  17,
  18,
  31,
  60,
  61,
  255,
  256,
  257,
  4096,
  16383,
  16384,
  16385,
  65535,
  65536,
  65537,
  131073,
  2 ** 20,
];

it.each(SIZES)("restores %i bytes without a pattern", (size) => {
  check(new RandomNumbers(size + 1).bytes(size));
});

it.each(SIZES)("restores %i equal bytes, and takes 3 bytes for each 64", (size) => {
  const length = check(new Uint8Array(size).fill(170));
  expect(length).toBeLessThanOrEqual(27 + (3 * size) / 64);
});

it.each(SIZES)("restores %i bytes of few kinds", (size) => {
  const random = new RandomNumbers(size + 2);
  check(Uint8Array.from({ length: size }, () => random.below(3)));
});

it.each([1, 2, 3, 5, 7, 8, 100, 2047, 2048, 40000, 65535, 65536, 70000])(
  "restores a pattern of %i bytes that repeats",
  (period) => {
    const pattern = new RandomNumbers(period).bytes(period);
    const length = check(
      Uint8Array.from({ length: 200_000 }, (_, i) => pattern[i % period] as number),
    );
    // The window of the compressor has 65,535 bytes.
    if (period < 2 ** 16) expect(length).toBeLessThan(1.05 * period + 12_000);
    else expect(length).toBeGreaterThan(200_000);
  },
);

it("restores words that share their upper bytes", () => {
  const random = new RandomNumbers(3);
  const words = BigUint64Array.from({ length: 2 ** 17 }, () => BigInt(random.below(2 ** 20)) << 5n);
  const length = check(new Uint8Array(words.buffer));
  expect(length).toBeLessThan(0.75 * 2 ** 20);
});

/** Pieces that are new, equal bytes, or copies of earlier bytes from a distance. */
const pieces = fc.array(
  fc.oneof(
    fc.uint8Array({ minLength: 1, maxLength: 80 }).map((bytes) => ({ bytes })),
    fc.record({ byte: fc.nat(255), count: fc.integer({ min: 1, max: 200 }) }),
    fc.record({
      distance: fc.integer({ min: 1, max: 5000 }),
      count: fc.integer({ min: 1, max: 150 }),
    }),
  ),
  { maxLength: 80 },
);

test.prop([pieces], { numRuns: runs(800) })("restores copies of any length and offset", (list) => {
  const bytes: number[] = [];
  for (const piece of list) {
    if ("bytes" in piece) bytes.push(...piece.bytes);
    else if ("byte" in piece) bytes.push(...new Array<number>(piece.count).fill(piece.byte));
    else
      for (let i = 0; i < piece.count; i++) bytes.push(bytes[bytes.length - piece.distance] ?? 0);
  }
  check(Uint8Array.from(bytes.slice(0, 2 ** 14)));
});
