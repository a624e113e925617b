import { test } from "@fast-check/vitest";
import { describe, expect } from "vitest";
import { EvaluationError } from "../../src/expression/evaluate.ts";
import { decide } from "../../src/expression/exact.ts";
import { parseCondition } from "../../src/expression/parse.ts";
import { NAMES } from "../support/expression-cases.ts";
import { conditions, decided, type Fraction, fraction } from "../support/expressions.ts";
import { runs } from "../support/tier.ts";

describe("conditions over fractions and missing values", () => {
  const exact = new Map<string, Fraction | null>(
    [...NAMES].map(([name, value]) => [name, fraction(value)]),
  );
  for (const [name, value] of [
    ["third", fraction(1n, 3n)],
    ["large", fraction(2n ** 63n - 1n, 3n)],
    ["small", fraction(-1n, 2n ** 63n - 1n)],
    ["none", null],
  ] as const)
    exact.set(name, value);
  test.prop([conditions([...exact.keys()])], { numRuns: runs(8000) })(
    "are decided as by the separate evaluator",
    (made) => {
      const expected = decided(made, exact);
      let found: boolean | string;
      try {
        found = decide(parseCondition({ text: made.text, location: "here" }), (name) =>
          exact.get(name),
        ).holds;
      } catch (error) {
        if (!(error instanceof EvaluationError)) throw error;
        found = "fatal";
      }
      expect(found).toBe(expected);
    },
  );
});
