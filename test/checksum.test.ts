/** The checksum of bytes, on every kernel, and how checksums are joined. */
import { fc, test } from "@fast-check/vitest";
import { describe, expect, it } from "vitest";
import {
  isSameSum,
  joined,
  lanesFrom,
  NO_BYTES,
  type Sum,
  sumOf,
  textOfSum,
} from "../src/checksum.ts";
import { KERNELS } from "./support/kernels.ts";

/** By the definition, with numbers that cannot overflow. */
function expected(bytes: Uint8Array): Sum {
  const lanes = Array.from({ length: 32 }, (_, i) => {
    const own = [...bytes.entries()].filter(([at]) => at % 16 === i % 16);
    return (
      own.reduce((sum, [at, byte]) => sum + (i < 16 ? 1n : BigInt(at >> 4)) * BigInt(byte), 0n) %
      2n ** 32n
    );
  });
  return {
    bytes: bytes.length,
    lines: bytes.filter((byte) => byte === 10).length,
    lanes: Uint32Array.from(lanes, Number),
  };
}

const pieces = fc.uint8Array({ minLength: 0, maxLength: 700 });

describe.each(KERNELS)("the checksum of the %s kernel", (_, kernel) => {
  test.prop([pieces], { numRuns: 200 })("is what its definition says", (bytes) => {
    expect(kernel.sum(bytes)).toEqual(expected(bytes));
  });

  it("is the same for bytes that come in one piece as for pieces that are joined, up to large ones", () => {
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
    // The weighted sums pass 2^32 after some 400,000 bytes of 255.
    const bytes = new Uint8Array(2_000_000).fill(255);
    const rows = 125_000n;
    const sum = kernel.sum(bytes);
    expect([...sum.lanes.slice(16)]).toEqual(
      Array(16).fill(Number((255n * ((rows * (rows - 1n)) / 2n)) % 2n ** 32n)),
    );
  });
});

describe("checksums", () => {
  test.prop([pieces, pieces, pieces], { numRuns: 300 })(
    "join to that of the bytes together, in either order of joining",
    (a, b, c) => {
      const all = expected(Uint8Array.from([...a, ...b, ...c]));
      expect(joined(joined(sumOf(a), sumOf(b)), sumOf(c))).toEqual(all);
      expect(joined(sumOf(a), joined(sumOf(b), sumOf(c)))).toEqual(all);
    },
  );

  test.prop(
    [fc.uint8Array({ minLength: 1, maxLength: 5000 }), fc.nat(), fc.integer({ min: 1, max: 255 })],
    { numRuns: 300 },
  )("differ where a byte differs", (bytes, at, change) => {
    const changed = bytes.slice();
    changed[at % bytes.length] = (changed[at % bytes.length] as number) ^ change;
    expect(isSameSum(sumOf(changed), sumOf(bytes))).toBe(false);
  });

  it("differ where blocks are exchanged, zeroed or cut", () => {
    const rows = Buffer.from(
      Array.from({ length: 3000 }, (_, i) => `1,64,${i},${i * 37},true\n`).join(""),
    );
    const whole = sumOf(rows);
    for (const block of [16, 512, 4096, 16_384]) {
      const exchanged = Buffer.from(rows);
      rows.copy(exchanged, 0, block, 2 * block);
      rows.copy(exchanged, block, 0, block);
      expect(isSameSum(sumOf(exchanged), whole)).toBe(false);
      expect(isSameSum(sumOf(Buffer.from(rows).fill(0, block, 2 * block)), whole)).toBe(false);
      expect(
        isSameSum(
          sumOf(Buffer.concat([rows.subarray(0, block), rows.subarray(block + 16)])),
          whole,
        ),
      ).toBe(false);
    }
  });

  it("are read back from a manifest, and nothing else is", () => {
    const sum = sumOf(Buffer.from("1,2,3\n4,5,6\n"));
    expect(lanesFrom(textOfSum(sum))).toEqual(sum.lanes);
    for (const text of ["", "x", textOfSum(sum).slice(4), `${textOfSum(sum)} `])
      expect(lanesFrom(text)).toBeUndefined();
  });
});
