import { fc, test } from "@fast-check/vitest";
import { describe, expect, it } from "vitest";
import { PARAMETER_MAX } from "../../src/limits.ts";
import {
  domainOf,
  findDuplicate,
  leastOf,
  mostOf,
  type Run,
  readEntry,
  sizeOf,
  valueAt,
} from "../../src/spec/values.ts";
import { runs } from "../support/tier.ts";

const read = (text: string) => readEntry(domainOf("padding"), { text, place: "here" }) as Run[];
const spellOut = (runs: readonly Run[]) =>
  runs.flatMap(({ first, step, count }) =>
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
  ])("%s stands for these values", (text, values) => {
    expect(spellOut(read(text))).toEqual(values);
  });

  it("of 2^31 values is one run", () => {
    const runs = read(`0..${PARAMETER_MAX}`);
    expect(runs).toHaveLength(1);
    expect([sizeOf(runs), leastOf(runs), mostOf(runs), valueAt(runs, PARAMETER_MAX)]).toEqual([
      2 ** 31,
      0,
      PARAMETER_MAX,
      PARAMETER_MAX,
    ]);
  });
});

const run = fc.record({
  first: fc.nat(60),
  step: fc.integer({ min: 1, max: 12 }),
  count: fc.integer({ min: 1, max: 12 }),
});

describe("runs of values", () => {
  test.prop([fc.array(run, { minLength: 1, maxLength: 5 })], { numRuns: runs(500) })(
    "have the size, bounds, positions and duplicates of the values spelt out",
    (runs) => {
      const values = spellOut(runs);
      expect([sizeOf(runs), leastOf(runs), mostOf(runs)]).toEqual([
        values.length,
        Math.min(...values),
        Math.max(...values),
      ]);
      expect(values.map((_, i) => valueAt(runs, i))).toEqual(values);
      const duplicates = values.filter((value, i) => values.indexOf(value) < i);
      const found = findDuplicate(runs);
      if (duplicates.length === 0) expect(found).toBeUndefined();
      else expect(duplicates).toContain(found);
    },
  );
});
