// Compression in the raw Snappy format (the Snappy compressed format description of 2011-10-05):
// the length of the bytes as a varint, then literals, and copies of bytes that came before.
//
// A hash table has the position at which the hash of four bytes was last seen. The bytes there are
// compared, so a position that is out of date costs nothing but a comparison. Positions are kept
// modulo 2^16, which is the reach of a copy with an offset of two bytes: the window slides, and
// bytes are not cut into blocks. Measured 2026-11-27 on columns of examples/vocoder.yaml (131,072
// values of 64 bits): blocks of 64 KiB give 3 to 13 % larger results, in the same time. The table
// is cleared first, so the result depends on the bytes only.

import { SNAPPY_TABLE_BITS, SNAPPY_TABLE_PTR } from "../../layout";
import { writeVarint } from "./varint";

// The lower two bits of the tag of an element. The tag of a literal has zeros there.
const COPY_OFFSET_11: u32 = 1;
const COPY_OFFSET_16: u32 = 2;

/** Literals from here on need one, two or three bytes more for their length. */
const LONG_LITERAL: u32 = 61;
const LITERAL_8: u8 = 60 << 2;
const LITERAL_16: u8 = 61 << 2;
const LITERAL_24: u8 = 62 << 2;

/** Matches are compared by words. Fewer bytes than this at the end are not searched for matches. */
const MARGIN: usize = 16;

/** The number of attempts without a match after which the search skips a byte more each time. */
const PATIENCE: u32 = 32;

/**
 * The slot of four bytes. The multiplier is 2^32 divided by the golden ratio (Knuth, The Art of
 * Computer Programming, 6.4).
 */
// @ts-ignore: decorator
@inline
function slotOf(bytes: u32): usize {
  const hash = (bytes * 0x9e3779b1) >> (32 - SNAPPY_TABLE_BITS);
  return SNAPPY_TABLE_PTR + ((<usize>hash) << 1);
}

/** Writes a literal of up to 60 bytes. Copies 64 bytes whatever its length. */
// @ts-ignore: decorator
@inline
function writeShortLiteral(outPtr: usize, ptr: usize, length: u32): usize {
  store<u8>(outPtr, <u8>((length - 1) << 2));
  v128.store(outPtr, v128.load(ptr), 1);
  if (length > 16) {
    v128.store(outPtr, v128.load(ptr, 16), 17);
    v128.store(outPtr, v128.load(ptr, 32), 33);
    v128.store(outPtr, v128.load(ptr, 48), 49);
  }
  return outPtr + 1 + length;
}

function writeLongLiteral(outPtr: usize, ptr: usize, length: u32): usize {
  const rest = length - 1;
  if (rest < 0x100) {
    store<u8>(outPtr, LITERAL_8);
    store<u8>(outPtr, <u8>rest, 1);
    outPtr += 2;
  } else if (rest < 0x10000) {
    store<u8>(outPtr, LITERAL_16);
    store<u16>(outPtr, <u16>rest, 1);
    outPtr += 3;
  } else {
    store<u8>(outPtr, LITERAL_24);
    store<u32>(outPtr, rest, 1);
    outPtr += 4;
  }
  memory.copy(outPtr, ptr, length);
  return outPtr + length;
}

/** Writes the bytes [ptr, endPtr), at least one, as a literal. */
// @ts-ignore: decorator
@inline
function writeLiteral(outPtr: usize, ptr: usize, endPtr: usize): usize {
  const length = <u32>(endPtr - ptr);
  return length < LONG_LITERAL
    ? writeShortLiteral(outPtr, ptr, length)
    : writeLongLiteral(outPtr, ptr, length);
}

/** Writes copies of `length` bytes, at least 4, from `offset` bytes before: 1 to 65,535. */
// @ts-ignore: decorator
@inline
function writeCopies(outPtr: usize, offset: u32, length: u32): usize {
  const tagAndOffset = COPY_OFFSET_16 | (offset << 8);
  // A copy has at most 64 bytes. The last one has at least four, so that it can be a short one.
  while (length >= 68) {
    store<u32>(outPtr, tagAndOffset | (63 << 2));
    outPtr += 3;
    length -= 64;
  }
  if (length > 64) {
    store<u32>(outPtr, tagAndOffset | (59 << 2));
    outPtr += 3;
    length -= 60;
  }
  if (length < 12 && offset < 2048) {
    const tag = COPY_OFFSET_11 | ((length - 4) << 2) | ((offset >> 8) << 5);
    store<u16>(outPtr, <u16>(tag | (offset << 8)));
    return outPtr + 2;
  }
  store<u32>(outPtr, tagAndOffset | ((length - 1) << 2));
  return outPtr + 3;
}

/**
 * The first address from `ptr` on, up to `endPtr`, whose byte differs from the byte `offset` before
 * it.
 */
// @ts-ignore: decorator
@inline
function matchEnd(ptr: usize, endPtr: usize, offset: usize): usize {
  while (ptr + 8 <= endPtr) {
    const difference = load<u64>(ptr) ^ load<u64>(ptr - offset);
    if (difference != 0) return ptr + (<usize>ctz(difference) >> 3);
    ptr += 8;
  }
  while (ptr < endPtr && load<u8>(ptr) == load<u8>(ptr - offset)) ptr++;
  return ptr;
}

/**
 * Compresses `length` bytes, at most 2^24, and returns the address after the result at `outPtr`.
 *
 * The result has at most `length` + `length` / 64 + 16 bytes, which is below the usual bound for
 * the format of 32 + n + n / 6. A copy takes at most 3 bytes for at least 4, and there is one
 * between two literals. A literal of up to 60 bytes has a tag of one byte, so that it and its copy
 * take no more than the bytes that they stand for. A literal of up to 256 bytes takes one byte
 * more, and a longer one two or three: less than a 64th. The 16 bytes are for the length and the
 * last literal, and for rounding.
 *
 * Reads up to 64 bytes after the input, and overwrites up to 64 bytes after the result.
 */
export function compress(outPtr: usize, startPtr: usize, length: u32): usize {
  memory.fill(SNAPPY_TABLE_PTR, 0, 2 << SNAPPY_TABLE_BITS);
  outPtr = writeVarint(outPtr, length);
  const endPtr = startPtr + <usize>length;
  let literalPtr = startPtr;
  // The first byte cannot be copied. Nor is a copy tried near the end, where words are too long.
  let ptr = startPtr + 1;
  while (ptr + MARGIN < endPtr) {
    let attempts = PATIENCE;
    let offset: u32 = 0;
    do {
      const bytes = load<u32>(ptr);
      const slot = slotOf(bytes);
      const position = <u32>(ptr - startPtr);
      offset = (position - <u32>load<u16>(slot)) & 0xffff;
      store<u16>(slot, <u16>position);
      // A slot without a position reads as 0, which is either a position in reach or this one.
      if (load<u32>(ptr - <usize>offset) == bytes && offset != 0) break;
      ptr += <usize>(attempts++ / PATIENCE);
      offset = 0;
    } while (ptr + MARGIN < endPtr);
    if (offset == 0) break;
    if (ptr > literalPtr) outPtr = writeLiteral(outPtr, literalPtr, ptr);
    literalPtr = matchEnd(ptr + 4, endPtr, <usize>offset);
    outPtr = writeCopies(outPtr, offset, <u32>(literalPtr - ptr));
    ptr = literalPtr;
    // The last position of the match: a match that follows often begins there. Measured 2026-11-27
    // on additions of examples/vocoder.yaml: results 3 % smaller, in the same time.
    const lastPtr = ptr - 1;
    store<u16>(slotOf(load<u32>(lastPtr)), <u16>(lastPtr - startPtr));
  }
  return endPtr > literalPtr ? writeLiteral(outPtr, literalPtr, endPtr) : outPtr;
}
