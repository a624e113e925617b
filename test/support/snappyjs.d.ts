declare module "snappyjs" {
  /** Decompresses the raw Snappy format. */
  export function uncompress(compressed: Uint8Array): Uint8Array;
}
