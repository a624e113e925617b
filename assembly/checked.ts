// Unsigned 64-bit arithmetic that reports overflow. A result is meaningful only while `hasOverflowed()` is false.
//
// The mark is a module variable because a WebAssembly function returns one number. Whoever wants to know clears it,
// computes, and asks; nothing else reads it.

let overflow: bool = false;

/** Forgets any overflow so far. */
export function clearOverflow(): void {
  overflow = false;
}

/** Whether a sum or product has passed 2^64 - 1 since the last `clearOverflow()`. */
export function hasOverflowed(): bool {
  return overflow;
}

/** a + b; marks an overflow when it passes 2^64 - 1. */
export function add(a: u64, b: u64): u64 {
  const sum = a + b;
  if (sum < a) overflow = true;
  return sum;
}

/** a · b; marks an overflow when it passes 2^64 - 1. */
export function multiply(a: u64, b: u64): u64 {
  // Two factors below 2^32 cannot overflow; this test spares nearly every layer the division.
  if ((a | b) >> 32 != 0 && a != 0 && b > u64.MAX_VALUE / a) overflow = true;
  return a * b;
}
