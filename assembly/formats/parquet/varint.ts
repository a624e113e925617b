// Unsigned LEB128 numbers, which Parquet and Snappy call varints: seven bits in each byte, the
// lowest first. The upper bit of a byte is set if more bytes follow.

/** Writes a number at `ptr` in at most 5 bytes, and returns the address after it. */
// @ts-ignore: decorator
@inline
export function writeVarint(ptr: usize, value: u32): usize {
  while (value >= 0x80) {
    store<u8>(ptr++, <u8>(value | 0x80));
    value >>= 7;
  }
  store<u8>(ptr, <u8>value);
  return ptr + 1;
}
