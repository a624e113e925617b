/**
 * Decimal results: every quotient is the nearest double, written as JavaScript writes it. The
 * oracle is exact division in BigInt.
 */
import { fc, test } from "@fast-check/vitest";
import { describe, expect, it } from "vitest";
import { exportsOf } from "../support/kernels.ts";
import { runs } from "../support/tier.ts";

const U64_MAX = 2n ** 64n - 1n;
/** A cell holds 27 bytes and its separator. */
const CELL_BYTES = 28;
const GUARD = 0x23;

/**
 * The double nearest to n/d, found by search: it starts from JavaScript's rough quotient and moves
 * to the nearer neighbour until there is none. Distances are exact, as whole numbers over 2^200.
 */
function nearestDouble(n: bigint, d: bigint): number {
  const exact = (x: number) => {
    const [mantissa, exponent] = partsOf(x);
    return mantissa * 2n ** BigInt(exponent + 200);
  };
  const distance = (x: number) => {
    const difference = exact(x) * d - n * 2n ** 200n;
    return difference < 0n ? -difference : difference;
  };
  let x = Number(n) / Number(d);
  if (x === 0) return x;
  for (;;) {
    const other = [neighbour(x, -1n), neighbour(x, 1n)].find((y) => {
      const [mine, theirs] = [distance(x), distance(y)];
      return theirs < mine || (theirs === mine && partsOf(y)[0] % 2n === 0n);
    });
    if (other === undefined) return x;
    x = other;
  }
}

const words = new BigUint64Array(1);
const doubles = new Float64Array(words.buffer);

function neighbour(x: number, step: bigint): number {
  doubles[0] = x;
  words[0] = (words[0] as bigint) + step;
  return doubles[0];
}

/** x = mantissa · 2^exponent. */
function partsOf(x: number): [bigint, number] {
  doubles[0] = x;
  const bits = words[0] as bigint;
  return [(bits & (2n ** 52n - 1n)) | (2n ** 52n), Number(bits >> 52n) - 1075];
}

const bounded = (value: fc.Arbitrary<bigint>, min: bigint) =>
  value.map((v) => (v < min ? min : v > U64_MAX ? U64_MAX : v));
const bits = (max: number) =>
  fc.integer({ min: 1, max: max }).chain((n) => fc.bigInt({ min: 0n, max: 2n ** BigInt(n) - 1n }));
const near = (base: bigint, exponents: number) =>
  fc
    .tuple(fc.integer({ min: 0, max: exponents }), fc.bigInt({ min: -3n, max: 3n }))
    .map(([exponent, offset]) => base ** BigInt(exponent) + offset);
const numbers = fc.oneof(
  bits(64),
  near(2n, 64),
  near(10n, 19),
  near(5n, 27),
  fc.bigInt({ min: 2n ** 63n, max: U64_MAX }),
  bits(20),
);
const pairs = fc.oneof(
  fc.tuple(bounded(numbers, 0n), bounded(numbers, 1n)),
  // Near the middle between two doubles: (2m + 1) · d and its neighbours over d · 2^k.
  fc
    .tuple(
      bits(52),
      fc.bigInt({ min: 1n, max: 1023n }),
      fc.integer({ min: 0, max: 53 }),
      fc.bigInt({ min: -1n, max: 1n }),
    )
    .map(([m, d, k, offset]): [bigint, bigint] => [
      ((2n ** 53n) | (m << 1n) | 1n) * d + offset,
      d << BigInt(k),
    ]),
  // Near a power of two, below which doubles are denser than above.
  fc
    .tuple(fc.integer({ min: -63, max: 63 }), bits(40), fc.bigInt({ min: -2n, max: 2n }))
    .map(([k, d, offset]): [bigint, bigint] => {
      const [up, down] = [BigInt(Math.max(k, 0)), BigInt(Math.max(-k, 0))];
      return [((d + 1n) << up) + offset, (d + 1n) << down];
    })
    .filter(([n, d]) => n >= 0n && n <= U64_MAX && d <= U64_MAX),
);

describe.each(["debug", "release"] as const)("a quotient on the %s kernel", (build) => {
  const exports = exportsOf(build);
  const bytes = new Uint8Array((exports.memory as WebAssembly.Memory).buffer);
  const ptr = Number((exports.OUTPUT_PTR as WebAssembly.Global).value);
  const writeQuotient = exports.writeQuotient as (ptr: number, n: bigint, d: bigint) => number;
  const written = (n: bigint, d: bigint): string => {
    bytes.fill(GUARD, ptr, ptr + 2 * CELL_BYTES);
    const end = writeQuotient(ptr, n, d);
    expect(bytes[ptr + CELL_BYTES]).toBe(GUARD);
    return Buffer.from(bytes.slice(ptr, end)).toString("latin1");
  };

  test.prop([pairs], { numRuns: runs(20_000) })(
    "is written as String() writes the nearest double",
    ([n, d]) => {
      expect(written(n, d)).toBe(String(nearestDouble(n, d)));
    },
  );

  it("is the nearest double for all pairs of powers of two and five and their neighbours", () => {
    const ends = [2n, 5n].flatMap((base) =>
      Array.from({ length: 65 }, (_, i) => base ** BigInt(i)).flatMap((power) => [
        power - 1n,
        power,
        power + 1n,
      ]),
    );
    const all = [...new Set(ends)].filter((value) => value > 0n && value <= U64_MAX);
    for (const n of all)
      for (const d of all)
        if (written(n, d) !== String(nearestDouble(n, d)))
          expect(`${n}/${d} = ${written(n, d)}`).toBe(nearestDouble(n, d));
    expect(all.length).toBeGreaterThan(250);
  });

  it.each([
    [1n, 105n, "0.009523809523809525"], // zero_insertion_waste of K = 2, L = 104
    [1n, 4n, "0.25"],
    [0n, 7n, "0"],
    [21n, 7n, "3"],
    [2n ** 53n + 1n, 1n, "9007199254740992"], // a tie is rounded to even
    [U64_MAX, 1n, "18446744073709552000"],
    [U64_MAX, 10n, "1844674407370955300"],
    [1n, 1_000_000n, "0.000001"],
    [1n, 10_000_000n, "1e-7"],
    [3n, 20_000_000n, "1.5e-7"],
    [1n, U64_MAX, "5.421010862427522e-20"],
    [3n, 2n ** 60n + 1n, "2.6020852139652106e-18"],
    [U64_MAX - 1n, U64_MAX, "1"], // the nearest double is 1
    [2n ** 54n - 1n, 4n, "4503599627370496"],
    [7n, 12n, "0.5833333333333334"],
  ])("of %i and %i is %s", (n, d, text) => {
    expect(written(n, d)).toBe(text);
  });
});
