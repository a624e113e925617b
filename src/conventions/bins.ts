/**
 * The histogram from which medians are read: 128 bins for each doubling of a ratio, from 2^-32 to
 * 2^32, and one for 0. The middle of a bin is within 1/256 = 0.4 % of every ratio in it. The kernel
 * fills the histogram (assembly/columns/compare.ts).
 */

import { TALLY_BINS } from "../limits.js";

/** The maximum relative error of a quantile that is read from the histogram. */
export const RELATIVE_ERROR = 1 / 256;

const BIN_SHIFT = 45n;
const BIN_FIRST = (1023 - 32) * 128;

const view = new DataView(new ArrayBuffer(8));

/** The bin of a ratio. */
export function binOf(ratio: number): number {
  if (ratio === 0) return 0;
  view.setFloat64(0, ratio);
  return (
    1 + Math.max(0, Math.min(Number(view.getBigUint64(0) >> BIN_SHIFT) - BIN_FIRST, TALLY_BINS - 2))
  );
}

/** The middle of a bin. */
export function middleOf(bin: number): number {
  if (bin === 0) return 0;
  /** The lower end of the bin after bin `i`. */
  const lowerEnd = (i: number) => {
    view.setBigUint64(0, BigInt(BIN_FIRST + i) << BIN_SHIFT);
    return view.getFloat64(0);
  };
  return (lowerEnd(bin - 1) + lowerEnd(bin)) / 2;
}

/**
 * The median of the ratios that the bins count, within `min` and `max`, the smallest and the
 * largest ratio. For an even number of ratios, it is the lower of the two middle ones.
 *
 * @throws RangeError if there are no ratios.
 */
export function medianOf(
  bins: ReadonlyMap<number, bigint>,
  layers: bigint,
  min: number,
  max: number,
): number {
  const middle = (layers + 1n) / 2n;
  let passed = 0n;
  for (const bin of [...bins.keys()].sort((a, b) => a - b)) {
    passed += bins.get(bin) as bigint;
    if (passed >= middle) return Math.min(max, Math.max(min, middleOf(bin)));
  }
  throw new RangeError("no ratios");
}
