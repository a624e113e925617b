// Bytes of 0 or 1 as bits, the first in the lowest bit of the first byte: a BOOLEAN in the encoding
// PLAIN (Apache Parquet encodings, "Plain").

/**
 * Writes a bit for each of `count` bytes: 0 if the byte is 0, else 1. Returns the address after the
 * last byte, whose unused bits are 0. Overwrites up to 16 bytes after the input with zeros, and up
 * to a byte after the result.
 */
export function writeBits(outPtr: usize, ptr: usize, count: u32): usize {
  const endPtr = ptr + <usize>count;
  v128.store(endPtr, i8x16.splat(0));
  const outEndPtr = outPtr + ((<usize>count + 7) >> 3);
  const zeros = i8x16.splat(0);
  for (; ptr < endPtr; ptr += 16) {
    store<u16>(outPtr, <u16>i8x16.bitmask(i8x16.ne(v128.load(ptr), zeros)));
    outPtr += 2;
  }
  return outEndPtr;
}
