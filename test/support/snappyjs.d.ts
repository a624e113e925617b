declare module "snappyjs" {
  /** Compresses to the raw Snappy format. */
  export function compress(uncompressed: Uint8Array): Uint8Array;
  /** Decompresses the raw Snappy format. */
  export function uncompress(compressed: Uint8Array): Uint8Array;
}
