/** How the pages of a Parquet list are decompressed. */
import * as zlib from "node:zlib";
import { snappyDecompressed } from "../formats/parquet/snappy.js";

/** Decompresses a page of `length` bytes. The result may have another length if it is damaged. */
type Decompress = (bytes: Uint8Array, length: number) => Uint8Array;

type ZlibDecompress = (bytes: Uint8Array, options: { maxOutputLength: number }) => Uint8Array;

/** Node has zstd since version 22.15. */
const { zstdDecompressSync } = zlib as { readonly zstdDecompressSync?: ZlibDecompress };

/** The result never takes more memory than the length that is expected, and zlib's buffers. */
const bounded =
  (decompress: ZlibDecompress): Decompress =>
  (bytes, length) =>
    length === 0 ? new Uint8Array(0) : decompress(bytes, { maxOutputLength: length });

/** By the names of CompressionCodec. */
export const DECOMPRESSORS: ReadonlyMap<string, Decompress> = new Map([
  ["UNCOMPRESSED", (bytes) => bytes],
  ["SNAPPY", snappyDecompressed],
  ["GZIP", bounded(zlib.gunzipSync)],
  ["BROTLI", bounded(zlib.brotliDecompressSync)],
  ...(zstdDecompressSync ? [["ZSTD", bounded(zstdDecompressSync)] as const] : []),
]);
