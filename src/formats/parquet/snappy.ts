/**
 * Decompresses Snappy. The compressed bytes are the size of the result, and then elements: a literal,
 * which has its bytes, or a copy of bytes of the result. Source: format_description.txt of Snappy.
 */

/** The lowest two bits of the first byte of an element. Copies by the size of their offset. */
const [LITERAL, COPY_1] = [0, 1];

/** Up to this length, a literal has its length in its first byte. */
const MAX_SHORT_LITERAL = 60;

/** Upper limit of the ratio of compression. The best element copies 64 bytes and has 3. */
const MAX_RATIO = 22;

/** Up to this length, bytes are copied one by one, which is faster than a call. */
const MAX_SHORT_COPY = 24;

/**
 * The `length` bytes that `bytes` are the compression of.
 *
 * @throws Error if `bytes` are malformed, or of another number of bytes.
 */
export function snappyDecompressed(bytes: Uint8Array, length: number): Uint8Array<ArrayBuffer> {
  let at = 0;
  let declared = 0;
  for (let scale = 1; ; scale *= 128) {
    const byte = bytes[at++];
    if (byte === undefined || scale > 2 ** 28) throw malformed();
    declared += (byte & 0x7f) * scale;
    if (byte < 0x80) break;
  }
  // Checked before the result is allocated, so that it cannot be much larger than the file.
  if (declared !== length || length > MAX_RATIO * bytes.length) throw malformed();
  const result = new Uint8Array(length);
  let end = 0;
  while (at < bytes.length) {
    const tag = bytes[at++] as number;
    const kind = tag & 3;
    if (kind === LITERAL) {
      let size = (tag >> 2) + 1;
      if (size > MAX_SHORT_LITERAL) {
        const sizeBytes = size - MAX_SHORT_LITERAL;
        size = littleEndian(bytes, at, sizeBytes) + 1;
        at += sizeBytes;
      }
      if (at + size > bytes.length || end + size > length) throw malformed();
      if (size > MAX_SHORT_COPY) result.set(bytes.subarray(at, at + size), end);
      else for (let i = 0; i < size; i++) result[end + i] = bytes[at + i] as number;
      at += size;
      end += size;
    } else {
      const offsetBytes = kind === COPY_1 ? 1 : 2 * (kind - 1);
      let size = (tag >> 2) + 1;
      let offset = littleEndian(bytes, at, offsetBytes);
      at += offsetBytes;
      if (kind === COPY_1) {
        size = ((tag >> 2) & 7) + 4;
        offset += (tag >> 5) << 8;
      }
      if (at > bytes.length || offset === 0 || offset > end || end + size > length)
        throw malformed();
      // The bytes that are copied may begin to exist during the copy.
      if (offset >= size && size > MAX_SHORT_COPY)
        result.copyWithin(end, end - offset, end - offset + size);
      else for (let i = 0; i < size; i++) result[end + i] = result[end + i - offset] as number;
      end += size;
    }
  }
  if (end !== length) throw malformed();
  return result;
}

/** An unsigned integer of up to 4 bytes. Bytes after the end count as 0. */
function littleEndian(bytes: Uint8Array, at: number, count: number): number {
  let value = 0;
  for (let i = 0; i < count; i++) value += (bytes[at + i] ?? 0) * 2 ** (8 * i);
  return value;
}

function malformed(): Error {
  return new Error("its Snappy data are malformed");
}
