/** Exact quotients of whole numbers. */

export interface Rational {
  readonly over: bigint;
  readonly under: bigint;
}

/**
 * The double nearest to a quotient that is not negative, ties to even. The quotient is cut off after at least 64 bits, with a 1 in place of whatever
 * is cut off; Number() rounds that as it would round the quotient. The denominator is positive; both are below 2^900.
 */
export function nearestDouble({ over, under }: Rational): number {
  const shift = BigInt(Math.max(0, 64 + under.toString(2).length - over.toString(2).length));
  const cut = (over << shift) / under;
  const isExact = cut * under === over << shift;
  return Number((cut << 1n) | (isExact ? 0n : 1n)) / 2 ** Number(shift + 1n);
}
