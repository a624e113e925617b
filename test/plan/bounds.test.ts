import { describe, expect, it } from "vitest";
import { maxDivisors } from "../../src/plan/bounds.ts";
import type { SpecInput } from "../../src/spec/read.ts";
import { planOf } from "../support/sweeps.ts";

const BASE = { in_channels: 4, out_channels: 4, kernel_size: 3, l_in: 8 };

describe("the size of a plan", () => {
  it("counts a dependent list with its maximum length", () => {
    const size = (axes: object) => planOf({ axes: { ...BASE, ...axes } } as SpecInput).size;
    expect(size({ in_channels: [6, 7, 8], groups: "divisors(in_channels)" })).toBe(3n * 4n);
    expect(size({ stride: [1, 5], padding: "0..stride - 1" })).toBe(2n * 5n);
    expect(size({ stride: [1, 5], padding: "stride..3" })).toBe(2n * 3n);
    expect(size({ stride: [4, 5], padding: "stride..3" })).toBe(2n);
    // Too many values to enumerate: the length is bounded.
    expect(size({ in_channels: "1..100000", groups: "divisors(in_channels)" })).toBe(
      100_000n * 128n,
    );
    expect(size({ l_in: "1..1000", stride: "1..1000", padding: "0..l_in * stride:1000" })).toBe(
      1000n * 1000n * 1001n,
    );
  });
});

describe("maxDivisors", () => {
  it("is the maximum number of divisors of any number up to a limit", () => {
    const divisors = (n: number) =>
      Array.from({ length: n }, (_, i) => i + 1).filter((d) => n % d === 0).length;
    let max = 0;
    for (let n = 1; n <= 2000; n++) {
      max = Math.max(max, divisors(n));
      expect(maxDivisors(BigInt(n))).toBe(max);
    }
    // 2095133040 = 2^4 · 3^4 · 5 · 7 · 11 · 13 · 17 · 19 has the most divisors below 2^31.
    expect(maxDivisors(2n ** 31n - 1n)).toBe(1600);
  });
});
