// Taps and covered by simulation: one dimension of the layer runs over ones with a kernel of ones,
// and the counts are read off the output. The reference documentation prescribes this method. In
// the engine it is the oracle for the closed form. overlap.ts does the same product by product;
// here SIMD adds sixteen products at a time.
//
// Transposed convolution. Input i and kernel element k meet at position i·s + k·d. With
// s' = s/gcd(s, d), d' = d/gcd(s, d) and k = r + t·s' that position is (i + t·d')·s + r·d. So the
// kernel elements of one r meet only the positions of one residue modulo s. Numbered as cells
// c = i + t·d' these positions are neighbours. Kernel element t of the residue adds 1 to the cells
// t·d' … t·d' + l_in - 1: a row of ones, shifted by d' for each kernel element. The counters of
// sixteen neighbouring cells are held in a vector register while all kernel elements of the residue
// that meet them are added; then the counters are summed.
//
// Convolution that is not transposed. Kernel element k reads an input at the outputs j with
// 0 <= j·s + k·d - padding < l_in, which are neighbours without renumbering. The counters are in
// memory there, because finding the first output of a kernel element takes a division.
//
// Measured 2026-11-23 on the 222 geometries of examples/real-layers.csv together: 170 µs. That is a
// third of the time with all counters in memory (482 µs), and a fortieth of the plain loop in C
// (6.7 ms, bench/native).

import { gcd } from "../checked";
import { SCRATCH_COUNTERS, SCRATCH_PTR } from "../layout";
import { ceilDiv, scatter } from "./overlap";

/** Bytes of the counters in memory of one block of outputs: half of a usual first-level cache. */
const BLOCK_BYTES: i64 = 16384;

/**
 * Maximum number of vectors of counters that are added before their sum is drained. Sums of 16 bits
 * do not overflow: they are at most 128·2·255.
 */
const MAX_VECTORS: i64 = 128;

/**
 * Sixteen bytes each of 0x00, 0xff and 0x00. A load at an offset is a mask of the first or last
 * lanes.
 */
const MASKS: usize = memory.data<u8>([
  0x00, 0x00, 0x00, 0x00, 0x00, 0x00, 0x00, 0x00, 0x00, 0x00, 0x00, 0x00, 0x00, 0x00, 0x00, 0x00,
  0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff,
  0x00, 0x00, 0x00, 0x00, 0x00, 0x00, 0x00, 0x00, 0x00, 0x00, 0x00, 0x00, 0x00, 0x00, 0x00, 0x00,
]);

let taps: u64 = 0;
let covered: u64 = 0;

/** Covered of the last simulation: the number of outputs on which at least one product landed. */
export function simulatedCovered(): u64 {
  return covered;
}

// Counters have 8, 16 or 32 bits (T): the smallest that hold the maximum number of kernel elements
// that meet one cell.

/** Adds 1 to the counters [from, to) in memory; the range is not empty. */
// @ts-ignore: decorator
@inline
function addOnes<T>(from: usize, to: usize): void {
  const one = v128.splat<T>(1);
  const fromPtr = SCRATCH_PTR + from * sizeof<T>(), toPtr = SCRATCH_PTR + to * sizeof<T>();
  const lastPtr = (toPtr - 1) & ~15;
  let ptr = fromPtr & ~15;
  // Whole vectors at aligned addresses, masked at both ends. The loads of a kernel element
  // then have the addresses and sizes of the stores of the previous one, which allows
  // store-to-load forwarding.
  let ones = v128.and(one, v128.load(MASKS + 16 - (fromPtr & 15)));
  if (ptr < lastPtr) {
    v128.store(ptr, v128.add<T>(v128.load(ptr), ones));
    for (ptr += 16; ptr < lastPtr; ptr += 16) v128.store(ptr, v128.add<T>(v128.load(ptr), one));
    ones = one;
  }
  ones = v128.and(ones, v128.load(MASKS + 32 - (toPtr - lastPtr)));
  v128.store(ptr, v128.add<T>(v128.load(ptr), ones));
}

/**
 * Adds the first `length` counters to taps, counts those above 0 in covered, and resets them to 0.
 */
function drainCounters<T>(length: usize): void {
  const endPtr = SCRATCH_PTR + length * sizeof<T>();
  const zero = i64x2.splat(0);
  let sums = zero;
  for (let ptr = SCRATCH_PTR; ptr < endPtr; ptr += 16) {
    const counters = v128.load(ptr);
    v128.store(ptr, zero);
    covered += popcnt(v128.bitmask<T>(v128.ne<T>(counters, zero)));
    // Lanes are added in pairs until four are left, then these are added as two of 64 bits.
    let fours = counters;
    if (sizeof<T>() == 1) fours = i16x8.extadd_pairwise_i8x16_u(fours);
    if (sizeof<T>() <= 2) fours = i32x4.extadd_pairwise_i16x8_u(fours);
    const twos = i64x2.add(i64x2.extend_low_i32x4_u(fours), i64x2.extend_high_i32x4_u(fours));
    sums = i64x2.add(sums, twos);
  }
  taps += i64x2.extract_lane(sums, 0) + i64x2.extract_lane(sums, 1);
}

/** A mask that clears the bytes before `first` and keeps the others; `first` is from 0 to 16. */
// @ts-ignore: decorator
@inline
function bytesFrom(first: i64): v128 {
  return v128.load(MASKS + 16 - <usize>first);
}

/** A mask that keeps the bytes before `end` and clears the others; `end` is from 0 to 16. */
// @ts-ignore: decorator
@inline
function bytesBefore(end: i64): v128 {
  return v128.load(MASKS + 32 - <usize>end);
}

/**
 * Sums of pairs of counters: half as many, twice as wide. Two neighbours are a pair, but 32-bit
 * counters are paired across the halves of the vector.
 */
// @ts-ignore: decorator
@inline
function widened<T>(counters: v128): v128 {
  if (sizeof<T>() == 1) return i16x8.extadd_pairwise_i8x16_u(counters);
  if (sizeof<T>() == 2) return i32x4.extadd_pairwise_i16x8_u(counters);
  return i64x2.add(i64x2.extend_low_i32x4_u(counters), i64x2.extend_high_i32x4_u(counters));
}

/** Adds two vectors that `widened<T>` returned. */
// @ts-ignore: decorator
@inline
function addWidened<T>(a: v128, b: v128): v128 {
  if (sizeof<T>() == 1) return i16x8.add(a, b);
  return sizeof<T>() == 2 ? i32x4.add(a, b) : i64x2.add(a, b);
}

/** The sum of all lanes of T. */
// @ts-ignore: decorator
@inline
function sumOf<T>(lanes: v128): u64 {
  let sums = lanes;
  if (sizeof<T>() == 1) sums = widened<u8>(sums);
  if (sizeof<T>() <= 2) sums = widened<u16>(sums);
  if (sizeof<T>() <= 4) sums = widened<u32>(sums);
  return i64x2.extract_lane(sums, 0) + i64x2.extract_lane(sums, 1);
}

/** The sum of all lanes of a vector that `widened<T>` returned. */
// @ts-ignore: decorator
@inline
function sumOfWidened<T>(sums: v128): u64 {
  if (sizeof<T>() == 1) return sumOf<u16>(sums);
  return sizeof<T>() == 2 ? sumOf<u32>(sums) : sumOf<u64>(sums);
}

/**
 * The counters of one vector of cells, from `cell` on; those of cells above `high` are 0. Adds
 * every kernel element that meets some of the cells, masked to the cells that it meets. The other
 * parameters are as in `simulateResidue`.
 */
// @ts-ignore: decorator
@inline
function countersAt<T>(cell: i64, high: i64, count: i64, shift: i64, lIn: i64): v128 {
  const lanes: i64 = 16 / sizeof<T>();
  const one = v128.splat<T>(1);
  const endCell = cell + lanes;
  const tFirst = max<i64>(0, shift == 1 ? cell - lIn + 1 : ceilDiv(cell - lIn + 1, shift));
  const tEnd = min(count, shift == 1 ? endCell : (endCell - 1) / shift + 1);
  let counters = i64x2.splat(0);
  for (let t = tFirst; t < tEnd; t++) {
    const start = t * shift - cell;
    const from = bytesFrom(max<i64>(0, start) * sizeof<T>());
    const mask = v128.and(from, bytesBefore(min(lanes, start + lIn) * sizeof<T>()));
    counters = v128.add<T>(counters, v128.and(one, mask));
  }
  return v128.and(counters, bytesBefore(min(lanes, high + 1 - cell) * sizeof<T>()));
}

/**
 * Adds the cells [low, high] of one residue to taps and covered. The residue has `count` kernel
 * elements. Kernel element t adds a row of `lIn` ones that begins at cell t·shift.
 */
function simulateResidue<T>(low: i64, high: i64, count: i64, shift: i64, lIn: i64): void {
  const lanes: i64 = 16 / sizeof<T>();
  const one = v128.splat<T>(1), zero = i64x2.splat(0);
  // Every kernel element meets the cells [middle, middleEnd), so no masks are needed there.
  const middle = (count - 1) * shift;
  const middleEnd = min(lIn, high + 1);
  for (let first = low; first <= high; first += MAX_VECTORS * lanes) {
    const end = min(first + MAX_VECTORS * lanes, high + 1);
    // Rows that are shifted by more than their length have gaps between them, which can be long.
    if (
      shift > lIn && ceilDiv(first - lIn + 1, shift) >= min(count, (end - 1) / shift + 1)
    ) {
      continue;
    }
    // Four vectors are added at once, where a counter can hold the sum of four.
    const foursEnd =
      count << 2 >= 1 << (8 * sizeof<T>()) ? 0 : min(middleEnd, end) - 4 * lanes;
    let sums = zero, nonZeros = zero;
    for (let cell = first; cell < end; cell += lanes) {
      if (cell >= middle) {
        for (; cell <= foursEnd; cell += 4 * lanes) {
          let a = zero, b = zero, c = zero, d = zero;
          for (let t: i64 = 0; t < count; t++) {
            a = v128.add<T>(a, one);
            b = v128.add<T>(b, one);
            c = v128.add<T>(c, one);
            d = v128.add<T>(d, one);
          }
          const all = v128.add<T>(v128.add<T>(a, b), v128.add<T>(c, d));
          sums = addWidened<T>(sums, widened<T>(all));
          nonZeros = v128.add<T>(nonZeros, v128.add<T>(
            v128.add<T>(v128.min<T>(a, one), v128.min<T>(b, one)),
            v128.add<T>(v128.min<T>(c, one), v128.min<T>(d, one)),
          ));
        }
        if (cell >= end) break;
      }
      let counters = zero;
      if (cell >= middle && cell + lanes <= middleEnd) {
        for (let t: i64 = 0; t < count; t++) counters = v128.add<T>(counters, one);
      } else {
        counters = countersAt<T>(cell, high, count, shift, lIn);
      }
      sums = addWidened<T>(sums, widened<T>(counters));
      nonZeros = v128.add<T>(nonZeros, v128.min<T>(counters, one));
    }
    taps += sumOfWidened<T>(sums);
    covered += sumOf<T>(nonZeros);
  }
}

/** Simulates a transposed convolution residue by residue; `common` is gcd(stride, dilation). */
function simulateTransposed<T>(
  lOut: i64, lIn: i64, kernelSize: i64, stride: i64, padding: i64, dilation: i64, common: i64,
): void {
  const residues = stride / common, shift = dilation / common;
  // Where the residues do not share the kernel elements evenly, the first residues have one more.
  const minTaps = kernelSize / residues, uneven = kernelSize - minTaps * residues;
  for (let r: i64 = 0; r < min(kernelSize, residues); r++) {
    // The output begins at position `padding`, and cell 0 of this residue is position r·d.
    const begin = padding - r * dilation;
    const last = begin + lOut - 1;
    if (last < 0) break;
    const count = minTaps + i64(r < uneven);
    const low = ceilDiv(begin, stride);
    const high = min(last / stride, (count - 1) * shift + lIn - 1);
    simulateResidue<T>(low, high, count, shift, lIn);
  }
}

/** Simulates a convolution that is not transposed, one block of outputs after the other. */
function simulateConvolution<T>(
  lOut: i64, lIn: i64, kernelSize: i64, stride: i64, padding: i64, dilation: i64,
): void {
  const block = BLOCK_BYTES / sizeof<T>();
  for (let first: i64 = 0; first < lOut; first += block) {
    const end = min(first + block, lOut);
    // Kernel elements from kEnd on read after the input, even at output `first`. Kernel elements
    // before the first k read before the input, even at output `end` - 1.
    const reach = padding + lIn - 1 - first * stride;
    if (reach < 0) break;
    const kEnd = min(kernelSize, reach / dilation + 1);
    for (let k = ceilDiv(padding - (end - 1) * stride, dilation); k < kEnd; k++) {
      const start = padding - k * dilation;
      const from = max(first, ceilDiv(start, stride));
      const to = min(end, start + lIn <= 0 ? 0 : (start + lIn - 1) / stride + 1);
      if (from < to) addOnes<T>(<usize>(from - first), <usize>(to - first));
    }
    drainCounters<T>(<usize>(end - first));
  }
}

/**
 * Simulates a transposed convolution product by product, in blocks of outputs. Used where there are
 * more residues than outputs: most residues have no output then, and looking for them would take
 * the time.
 */
function simulateScattered(
  lOut: i64, lIn: i64, kernelSize: i64, stride: i64, padding: i64, dilation: i64,
): void {
  for (let first: i64 = 0; first < lOut; first += <i64>SCRATCH_COUNTERS) {
    const length = min(<i64>SCRATCH_COUNTERS, lOut - first);
    const landed = scatter(first, length, lIn, kernelSize, stride, padding, dilation);
    if (landed > 0) drainCounters<u32>(<usize>length);
  }
}

/**
 * Estimated time of a simulation in nanoseconds: 200, and 30 for each residue (for each kernel
 * element, if not transposed), and 1 for every sixteen products or outputs.
 */
// @ts-ignore: decorator
@inline
export function simulationCost(
  isTransposed: bool, lOut: u64, lIn: u64, kernelSize: u64, stride: u64,
): f64 {
  const rows = <f64>(isTransposed ? min(kernelSize, stride) : kernelSize);
  const products = <f64>(isTransposed ? lIn : lOut) * <f64>kernelSize;
  return 200 + 30 * rows + (products + <f64>lOut) / 16;
}

/**
 * Simulates one dimension, whose output has `lOut` elements. Returns taps, the number of products
 * that land; `simulatedCovered` returns covered. Uses the counters at SCRATCH_PTR, which are 0
 * before and after.
 */
export function simulate(
  isTransposed: bool,
  lOut: i64, lIn: i64, kernelSize: i64, stride: i64, padding: i64, dilation: i64,
): u64 {
  taps = covered = 0;
  if (!isTransposed) {
    if (kernelSize <= <i64>u8.MAX_VALUE) {
      simulateConvolution<u8>(lOut, lIn, kernelSize, stride, padding, dilation);
    } else if (kernelSize <= <i64>u16.MAX_VALUE) {
      simulateConvolution<u16>(lOut, lIn, kernelSize, stride, padding, dilation);
    } else {
      simulateConvolution<u32>(lOut, lIn, kernelSize, stride, padding, dilation);
    }
    return taps;
  }
  const common = <i64>gcd(stride, dilation);
  const residues = stride / common;
  const maxTaps = (kernelSize - 1) / residues + 1;
  if (min(kernelSize, residues) > lOut) {
    simulateScattered(lOut, lIn, kernelSize, stride, padding, dilation);
  } else if (maxTaps <= <i64>u8.MAX_VALUE) {
    simulateTransposed<u8>(lOut, lIn, kernelSize, stride, padding, dilation, common);
  } else if (maxTaps <= <i64>u16.MAX_VALUE) {
    simulateTransposed<u16>(lOut, lIn, kernelSize, stride, padding, dilation, common);
  } else {
    simulateTransposed<u32>(lOut, lIn, kernelSize, stride, padding, dilation, common);
  }
  return taps;
}
