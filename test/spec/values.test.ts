import { fc, test } from "@fast-check/vitest";
import { describe, expect, it } from "vitest";
import { PARAMETER_MAX } from "../../src/limits.ts";
import {
  domainOf,
  findDuplicate,
  maxOf,
  minOf,
  type Progression,
  readEntry,
  sizeOf,
  valueAt,
} from "../../src/spec/values.ts";
import { runs } from "../support/tier.ts";

const read = (text: string) =>
  readEntry(domainOf("padding"), { text, location: "here" }) as Progression[];
const spellOut = (progressions: readonly Progression[]) =>
  progressions.flatMap(({ first, step, count }) =>
    Array.from({ length: count }, (_, i) => first + i * step),
  );

describe("an axis entry", () => {
  it.each([
    ["7", [7]],
    ["0", [0]],
    ["3..6", [3, 4, 5, 6]],
    ["3 .. 6", [3, 4, 5, 6]],
    ["5..5", [5]],
    ["32..256:32", [32, 64, 96, 128, 160, 192, 224, 256]],
    ["1..10:4", [1, 5, 9]],
    ["1..10:100", [1]],
    ["pow2(32, 512)", [32, 64, 128, 256, 512]],
    ["pow2(1,4)", [1, 2, 4]],
    ["pow2(8, 8)", [8]],
  ])("%s has the expected values", (text, values) => {
    expect(spellOut(read(text))).toEqual(values);
  });

  it("of 2^31 values is one progression", () => {
    const progressions = read(`0..${PARAMETER_MAX}`);
    expect(progressions).toHaveLength(1);
    expect([
      sizeOf(progressions),
      minOf(progressions),
      maxOf(progressions),
      valueAt(progressions, PARAMETER_MAX),
    ]).toEqual([2 ** 31, 0, PARAMETER_MAX, PARAMETER_MAX]);
  });
});

const progression = fc.record({
  first: fc.nat(60),
  step: fc.integer({ min: 1, max: 12 }),
  count: fc.integer({ min: 1, max: 12 }),
});

describe("progressions", () => {
  test.prop([fc.array(progression, { minLength: 1, maxLength: 5 })], { numRuns: runs(500) })(
    "have the size, bounds, positions and duplicates of their values",
    (progressions) => {
      const values = spellOut(progressions);
      expect([sizeOf(progressions), minOf(progressions), maxOf(progressions)]).toEqual([
        values.length,
        Math.min(...values),
        Math.max(...values),
      ]);
      expect(values.map((_, i) => valueAt(progressions, i))).toEqual(values);
      const duplicates = values.filter((value, i) => values.indexOf(value) < i);
      const found = findDuplicate(progressions);
      if (duplicates.length === 0) expect(found).toBeUndefined();
      else expect(duplicates).toContain(found);
    },
  );
});
