/** The decompressors of Parquet pages. */
import * as zlib from "node:zlib";
import { expect, it } from "vitest";
import { DECOMPRESSORS } from "../../src/input/parquet-codecs.ts";

it.each([
  ["UNCOMPRESSED", (bytes: Uint8Array) => bytes],
  ["GZIP", zlib.gzipSync],
  ["BROTLI", zlib.brotliCompressSync],
] as const)("%s is decompressed", (codec, compress) => {
  const bytes = Uint8Array.from({ length: 1000 }, (_, i) => i % 7);
  const decompress = DECOMPRESSORS.get(codec);
  expect([...(decompress?.(compress(bytes), 1000) ?? [])]).toEqual([...bytes]);
});

it.each(["GZIP", "BROTLI"])("a page of nothing may have no bytes of %s", (codec) => {
  expect(DECOMPRESSORS.get(codec)?.(new Uint8Array(0), 0)).toHaveLength(0);
});

it("takes no more memory than a page says that it needs", () => {
  const bomb = zlib.gzipSync(new Uint8Array(1_000_000));
  expect(() => DECOMPRESSORS.get("GZIP")?.(bomb, 1000)).toThrow(
    "Cannot create a Buffer larger than 1000 bytes",
  );
});
