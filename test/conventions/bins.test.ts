import { fc, test } from "@fast-check/vitest";
import { describe, expect, it } from "vitest";
import { binOf, medianOf, middleOf, RELATIVE_ERROR } from "../../src/conventions/bins.ts";

describe("medians", () => {
  const ratios = fc.array(
    fc.oneof(
      fc.double({ min: 2 ** -31, max: 2 ** 31, noNaN: true }),
      fc.constantFrom(0, 1, 2, 0.5),
    ),
    { minLength: 1, maxLength: 60 },
  );

  test.prop([ratios])("have at most the stated relative error", (list) => {
    const bins = new Map<number, bigint>();
    for (const ratio of list) bins.set(binOf(ratio), (bins.get(binOf(ratio)) ?? 0n) + 1n);
    const median = medianOf(bins, BigInt(list.length), Math.min(...list), Math.max(...list));
    const sorted = [...list].sort((a, b) => a - b);
    const truth = sorted[Math.ceil(list.length / 2) - 1] as number;
    expect(Math.abs(median - truth)).toBeLessThanOrEqual(truth * RELATIVE_ERROR);
  });

  it("fall into bins that contain their own middle", () => {
    for (const ratio of [0, 2 ** -32, 0.001, 0.5, 1, 1.5, 268.2, 2 ** 31])
      expect(binOf(middleOf(binOf(ratio)))).toBe(binOf(ratio));
  });
});
