import { fc, test } from "@fast-check/vitest";
import { describe, expect, it } from "vitest";
import { sampleIndices } from "../../../src/run/sweep/sample.ts";
import { runs } from "../../support/tier.ts";

describe("a sample of raw indices", () => {
  test.prop(
    [
      fc.bigInt({ min: 1n, max: 2n ** 63n - 1n }),
      fc.integer({ min: 0, max: 500 }),
      fc.bigInt({ min: 0n, max: 2n ** 53n }),
    ],
    { numRuns: runs(300) },
  )(
    "has the requested number of distinct indices, ascending and within the space",
    (size, wanted, seed) => {
      const count = size < BigInt(wanted) ? Number(size) : wanted;
      const indices = [...sampleIndices(size, count, seed)];
      expect(indices).toHaveLength(count);
      for (const [i, index] of indices.entries()) {
        expect(index >= 0n && index < size).toBe(true);
        if (i > 0) expect(index > (indices[i - 1] as bigint)).toBe(true);
      }
    },
  );

  it("is determined by its seed", () => {
    const draw = (seed: bigint) => [...sampleIndices(10n ** 18n, 50, seed)];
    expect(draw(7n)).toEqual(draw(7n));
    expect(draw(7n)).not.toEqual(draw(8n));
  });

  it("has every index when all are requested, also over several blocks", () => {
    expect([...sampleIndices(200_000n, 200_000, 3n)].every((index, i) => index === BigInt(i))).toBe(
      true,
    );
  });

  it("contains each set of two out of five about equally often", () => {
    const seen = new Map<string, number>();
    for (let seed = 0n; seed < 10_000n; seed++) {
      const sampled = [...sampleIndices(5n, 2, seed)].join();
      seen.set(sampled, (seen.get(sampled) ?? 0) + 1);
    }
    // 1000 are expected for each of ten; five standard deviations are 150.
    expect(seen.size).toBe(10);
    for (const count of seen.values()) expect(Math.abs(count - 1000)).toBeLessThan(150);
  });

  it("draws blocks and the indices in them uniformly", () => {
    // 65,536 blocks of two indices. Pairs fall into one block as often as expected, and all indices
    // are equally likely.
    const [low, high, size] = [{ count: 0 }, { count: 0 }, 131_072n];
    let together = 0;
    for (let seed = 0n; seed < 60n; seed++) {
      const sampled = [...sampleIndices(size, 1000, seed)];
      for (const [i, index] of sampled.entries()) {
        if (index % 2n === 0n) low.count++;
        else high.count++;
        if (i > 0 && index % 2n === 1n && sampled[i - 1] === index - 1n) together++;
      }
    }
    expect(Math.abs(low.count - high.count)).toBeLessThan(5 * Math.sqrt(60_000));
    // 60 · 65,536 · (1000 · 999) / (131,072 · 131,071) = 228.6 are expected.
    expect(Math.abs(together - 228.6)).toBeLessThan(5 * Math.sqrt(228.6));
  });
});

describe("a sample of indices", () => {
  test.prop(
    [
      fc.bigInt({ min: 1n, max: 2n ** 63n - 1n }),
      fc.nat(200),
      fc.bigInt({ min: 0n, max: 2n ** 53n }),
    ],
    { numRuns: runs(100) },
  )("is ascending, without repeats, in range, and determined by its seed", (size, max, seed) => {
    const count = Number(size < BigInt(max) ? size : BigInt(max));
    const indices = [...sampleIndices(size, count, seed)];
    expect(indices).toHaveLength(count);
    expect(
      indices.every((index, i) => index < size && (i === 0 || index > (indices[i - 1] as bigint))),
    ).toBe(true);
    expect([...sampleIndices(size, count, seed)]).toEqual(indices);
  });

  it("contains every index equally often", () => {
    const hits = new Array<number>(20).fill(0);
    for (let seed = 0n; seed < 4_000n; seed++)
      for (const index of sampleIndices(20n, 5, seed))
        hits[Number(index)] = (hits[Number(index)] as number) + 1;
    // 1,000 are expected for each, with a standard deviation of 27: five of them on either side.
    expect(Math.min(...hits)).toBeGreaterThan(863);
    expect(Math.max(...hits)).toBeLessThan(1137);
  });
});
