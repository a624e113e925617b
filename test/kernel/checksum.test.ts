/** The checksum of bytes, on every kernel. */
import { fc, test } from "@fast-check/vitest";
import { describe, expect, it } from "vitest";
import { joined, NO_BYTES, sumOf } from "../../src/checksum.ts";
import { sumByDefinition } from "../support/checksum.ts";
import { KERNELS } from "../support/kernels.ts";

const pieces = fc.uint8Array({ minLength: 0, maxLength: 700 });

describe.each(KERNELS)("the checksum of the %s kernel", (_, kernel) => {
  test.prop([pieces], { numRuns: 200 })("follows its definition", (bytes) => {
    expect(kernel.sum(bytes)).toEqual(sumByDefinition(bytes));
  });

  it("is the same for one buffer and for joined pieces of it", () => {
    const bytes = Uint8Array.from({ length: 300_001 }, (_, i) => (i * 7919) >> 3);
    bytes.fill(255, 100_000, 200_000);
    let sum = NO_BYTES;
    for (const [from, to] of [
      [0, 1],
      [1, 65_537],
      [65_537, 65_600],
      [65_600, 300_001],
    ] as const)
      sum = joined(sum, kernel.sum(bytes.subarray(from, to)));
    expect(sum).toEqual(sumOf(bytes));
    expect(kernel.sum(bytes)).toEqual(sumOf(bytes));
  });

  it("keeps sums above 2^32 modulo 2^32", () => {
    // The weighted sums exceed 2^32 after about 400,000 bytes of 255.
    const bytes = new Uint8Array(2_000_000).fill(255);
    const rows = 125_000n;
    const sum = kernel.sum(bytes);
    expect([...sum.lanes.slice(16)]).toEqual(
      Array(16).fill(Number((255n * ((rows * (rows - 1n)) / 2n)) % 2n ** 32n)),
    );
  });
});
