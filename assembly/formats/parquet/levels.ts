// Definition levels of a column that is not nested: 1 for a row with a value, 0 for a null. They
// are encoded like the numbers of a dictionary (hybrid.ts) with a width of 1 bit. In a data page of
// version 1, their length precedes them (Apache Parquet encodings, "Run Length Encoding /
// Bit-Packing Hybrid").

import { PARQUET_INDICES_PTR, PARQUET_VALIDITY_PTR } from "../../layout";
import { writeBits } from "./bits";
import { writeRun } from "./hybrid";
import { writeVarint } from "./varint";

/** Eight levels that are all 0 or all 1, as bits. */
const ALL_NULL: u8 = 0x00;
const ALL_PRESENT: u8 = 0xff;

// @ts-ignore: decorator
@inline
function isRun(bits: u8): bool {
  return bits == ALL_NULL || bits == ALL_PRESENT;
}

/** The address after the bytes from `ptr` on that equal the first. */
function runEnd(ptr: usize, endPtr: usize): usize {
  const bits = load<u8>(ptr);
  do ptr++; while (ptr < endPtr && load<u8>(ptr) == bits);
  return ptr;
}

/**
 * Writes the levels of `rows` rows, as PARQUET_VALIDITY has them, with their length. Returns the
 * address after them. Overwrites PARQUET_INDICES, where the levels are packed first: each byte of
 * eight levels is then part of a run or of a bit-packed group.
 */
export function writeLevels(outPtr: usize, rows: u32): usize {
  let ptr = PARQUET_INDICES_PTR;
  const endPtr = writeBits(ptr, PARQUET_VALIDITY_PTR, rows);
  // The last byte can be the end of a run if it has fewer levels, all of them 1.
  const last = rows & 7;
  if (last != 0 && <u32>load<u8>(endPtr - 1) == (<u32>1 << last) - 1) {
    store<u8>(endPtr - 1, ALL_PRESENT);
  }
  const lengthPtr = outPtr;
  outPtr += 4;
  while (ptr < endPtr) {
    const startPtr = ptr;
    const bits = load<u8>(ptr);
    if (isRun(bits)) {
      ptr = runEnd(ptr, endPtr);
      const endRow = min(<u32>(ptr - PARQUET_INDICES_PTR) << 3, rows);
      const row = <u32>(startPtr - PARQUET_INDICES_PTR) << 3;
      outPtr = writeRun(outPtr, <u32>bits & 1, endRow - row, 1);
    } else {
      do ptr++; while (ptr < endPtr && !isRun(load<u8>(ptr)));
      const groups = <u32>(ptr - startPtr);
      outPtr = writeVarint(outPtr, (groups << 1) | 1);
      memory.copy(outPtr, startPtr, groups);
      outPtr += <usize>groups;
    }
  }
  store<u32>(lengthPtr, <u32>(outPtr - lengthPtr - 4));
  return outPtr;
}
