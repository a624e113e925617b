// The checksum of bytes and the count of their line ends. Workers report it for the rows they
// deliver; src/checksum.ts joins and compares the checksums.
//
// The bytes are read as rows of sixteen. Each of the sixteen lanes has two sums modulo 2^32: of its
// bytes, and of its bytes times the number of their row. Two such checksums can be joined at any
// byte, because shifting the bytes only rotates the lanes. The loop takes SIMD vectors of sixteen
// bytes, and adds blocks of rows in 16-bit lanes before it widens them to 32 bits.

import { SUM_LINES, SUM_PTR, SUM_WEIGHTED } from "./layout";
import { NEWLINE } from "./formats/csv";

/**
 * Number of rows that 16-bit lanes sum up before they are added to the 32-bit sums. They do not
 * overflow: 255 × (1 + 2 + … + 16) is below 2^16.
 */
const BLOCK_ROWS: u32 = 16;
const BLOCK_BYTES: usize = 16 * <usize>BLOCK_ROWS;

/**
 * Stores the sums of eight lanes in the order of the bytes: `even` has those of bytes 0, 2, 4, 6,
 * and `odd` those of bytes 1, 3, 5, 7.
 */
function storeLanes(at: usize, even: v128, odd: v128): void {
  v128.store(at, i32x4.shuffle(even, odd, 0, 4, 1, 5));
  v128.store(at, i32x4.shuffle(even, odd, 2, 6, 3, 7), 16);
}

/**
 * Writes the checksum of the bytes [ptr, ptr + length) to SUM: 16 plain sums and 16 weighted sums
 * of u32, then the number of line ends. Row 0 begins at `ptr`.
 */
export function sumBytes(ptr: usize, length: u32): void {
  const newline = i8x16.splat(<i8>NEWLINE);
  const none = i32x4.splat(0);
  let plain0 = none, plain1 = none, plain2 = none, plain3 = none;
  let prefix0 = none, prefix1 = none, prefix2 = none, prefix3 = none;
  let ends = none;
  const blocks: usize = <usize>length / BLOCK_BYTES;
  const blocksEnd = ptr + blocks * BLOCK_BYTES;
  for (let at = ptr; at < blocksEnd; at += BLOCK_BYTES) {
    let both = none, odd = none, bothPrefix = none, oddPrefix = none, lines = none;
    for (let row = at; row < at + BLOCK_BYTES; row += 64) {
      const row0 = v128.load(row), row1 = v128.load(row, 16);
      const row2 = v128.load(row, 32), row3 = v128.load(row, 48);
      both = i16x8.add(both, row0);
      odd = i16x8.add(odd, i16x8.shr_u(row0, 8));
      bothPrefix = i16x8.add(bothPrefix, both);
      oddPrefix = i16x8.add(oddPrefix, odd);
      lines = i8x16.sub(lines, i8x16.eq(row0, newline));
      both = i16x8.add(both, row1);
      odd = i16x8.add(odd, i16x8.shr_u(row1, 8));
      bothPrefix = i16x8.add(bothPrefix, both);
      oddPrefix = i16x8.add(oddPrefix, odd);
      lines = i8x16.sub(lines, i8x16.eq(row1, newline));
      both = i16x8.add(both, row2);
      odd = i16x8.add(odd, i16x8.shr_u(row2, 8));
      bothPrefix = i16x8.add(bothPrefix, both);
      oddPrefix = i16x8.add(oddPrefix, odd);
      lines = i8x16.sub(lines, i8x16.eq(row2, newline));
      both = i16x8.add(both, row3);
      odd = i16x8.add(odd, i16x8.shr_u(row3, 8));
      bothPrefix = i16x8.add(bothPrefix, both);
      oddPrefix = i16x8.add(oddPrefix, odd);
      lines = i8x16.sub(lines, i8x16.eq(row3, newline));
    }
    // `both` sums pairs of bytes as even + 256 × odd modulo 2^16; without the odd bytes, the even
    // ones remain. This takes one operation less for each row than masking the even bytes.
    const even = i16x8.sub(both, i16x8.shl(odd, 8));
    const evenPrefix = i16x8.sub(bothPrefix, i16x8.shl(oddPrefix, 8));
    // Every row of the earlier blocks counts once more for each of the 16 rows of this block.
    prefix0 = i32x4.add(
      i32x4.add(prefix0, i32x4.shl(plain0, 4)), i32x4.extend_low_i16x8_u(evenPrefix),
    );
    prefix1 = i32x4.add(
      i32x4.add(prefix1, i32x4.shl(plain1, 4)), i32x4.extend_high_i16x8_u(evenPrefix),
    );
    prefix2 = i32x4.add(
      i32x4.add(prefix2, i32x4.shl(plain2, 4)), i32x4.extend_low_i16x8_u(oddPrefix),
    );
    prefix3 = i32x4.add(
      i32x4.add(prefix3, i32x4.shl(plain3, 4)), i32x4.extend_high_i16x8_u(oddPrefix),
    );
    plain0 = i32x4.add(plain0, i32x4.extend_low_i16x8_u(even));
    plain1 = i32x4.add(plain1, i32x4.extend_high_i16x8_u(even));
    plain2 = i32x4.add(plain2, i32x4.extend_low_i16x8_u(odd));
    plain3 = i32x4.add(plain3, i32x4.extend_high_i16x8_u(odd));
    const linePairs = i16x8.extadd_pairwise_i8x16_u(lines);
    ends = i32x4.add(ends, i32x4.extadd_pairwise_i16x8_u(linePairs));
  }

  // The prefix sums weigh row j of n rows by n - j, so the weighted sums are n·plain - prefix.
  const rows = i32x4.splat(<i32>(blocks * BLOCK_ROWS));
  const weighted0 = i32x4.sub(i32x4.mul(rows, plain0), prefix0);
  const weighted1 = i32x4.sub(i32x4.mul(rows, plain1), prefix1);
  const weighted2 = i32x4.sub(i32x4.mul(rows, plain2), prefix2);
  const weighted3 = i32x4.sub(i32x4.mul(rows, plain3), prefix3);
  storeLanes(SUM_PTR, plain0, plain2);
  storeLanes(SUM_PTR + 32, plain1, plain3);
  storeLanes(SUM_PTR + SUM_WEIGHTED, weighted0, weighted2);
  storeLanes(SUM_PTR + SUM_WEIGHTED + 32, weighted1, weighted3);
  let lines: u32 = i32x4.extract_lane(ends, 0) + i32x4.extract_lane(ends, 1)
    + i32x4.extract_lane(ends, 2) + i32x4.extract_lane(ends, 3);

  // The last incomplete block, byte by byte.
  for (let i = <u32>(blocks * BLOCK_BYTES); i < length; i++) {
    const byte = <u32>load<u8>(ptr + <usize>i);
    const lanePtr = SUM_PTR + ((<usize>i & 15) << 2);
    store<u32>(lanePtr, load<u32>(lanePtr) + byte);
    store<u32>(lanePtr, load<u32>(lanePtr, SUM_WEIGHTED) + (i >> 4) * byte, SUM_WEIGHTED);
    if (byte == NEWLINE) lines++;
  }
  store<u32>(SUM_PTR, lines, SUM_LINES);
}
