/** Checksums: how they are joined and compared. */
import { fc, test } from "@fast-check/vitest";
import { describe, expect, it } from "vitest";
import { isSameSum, joined, sumOf } from "../src/checksum.ts";
import { sumByDefinition } from "./support/checksum.ts";

const pieces = fc.uint8Array({ minLength: 0, maxLength: 700 });

describe("checksums", () => {
  test.prop([pieces, pieces, pieces], { numRuns: 300 })(
    "join to the checksum of the concatenated bytes, in either order of joining",
    (a, b, c) => {
      const all = sumByDefinition(Uint8Array.from([...a, ...b, ...c]));
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

  it("differ where blocks are exchanged, zeroed or cut out", () => {
    const rows = Buffer.from(
      Array.from({ length: 3000 }, (_, i) => `1,64,${i},${i * 37},true\n`).join(""),
    );
    const complete = sumOf(rows);
    for (const block of [16, 512, 4096, 16_384]) {
      const exchanged = Buffer.from(rows);
      rows.copy(exchanged, 0, block, 2 * block);
      rows.copy(exchanged, block, 0, block);
      expect(isSameSum(sumOf(exchanged), complete)).toBe(false);
      expect(isSameSum(sumOf(Buffer.from(rows).fill(0, block, 2 * block)), complete)).toBe(false);
      expect(
        isSameSum(
          sumOf(Buffer.concat([rows.subarray(0, block), rows.subarray(block + 16)])),
          complete,
        ),
      ).toBe(false);
    }
  });
});
