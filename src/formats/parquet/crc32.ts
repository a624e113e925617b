/** The CRC-32 of gzip and zip (polynomial 0x04C11DB7, bits reflected). */

const TABLE = Uint32Array.from({ length: 256 }, (_, byte) => {
  let remainder = byte;
  for (let bit = 0; bit < 8; bit++)
    remainder = remainder & 1 ? (remainder >>> 1) ^ 0xedb8_8320 : remainder >>> 1;
  return remainder;
});

/**
 * The CRC-32 of bytes, from 0 to 2^32 - 1. The result for `first` can be passed as `previous` with
 * the bytes that follow, and gives the CRC-32 of both together.
 */
export function crc32(bytes: Uint8Array, previous = 0): number {
  let remainder = ~previous;
  for (let i = 0; i < bytes.length; i++)
    remainder = (remainder >>> 8) ^ (TABLE[(remainder ^ (bytes[i] as number)) & 0xff] as number);
  return ~remainder >>> 0;
}
