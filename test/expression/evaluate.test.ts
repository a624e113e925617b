/**
 * The values of expressions in BigInt: edge cases by hand, random ones by a separate evaluator in
 * the tests.
 */
import { test } from "@fast-check/vitest";
import { describe, expect, it } from "vitest";
import { EvaluationError, evaluate } from "../../src/expression/evaluate.ts";
import { parseCondition } from "../../src/expression/parse.ts";
import { NAMES, TITLED } from "../support/expression-cases.ts";
import { expressions, outcomeOf } from "../support/expressions.ts";
import { runs } from "../support/tier.ts";

function meaning(text: string): bigint | string {
  try {
    return evaluate(
      parseCondition({ text, location: "here" }),
      (name) => NAMES.get(name) as bigint,
    );
  } catch (error) {
    if (error instanceof EvaluationError) return error.kind;
    throw error;
  }
}

describe("expressions", () => {
  it.each(TITLED)("have Python's value, or none: %s", (_, text, value) => {
    expect(meaning(text)).toBe(value);
  });

  const names = [...NAMES.keys()];
  test.prop([expressions(names)], { numRuns: runs(4000) })(
    "have the value of the separate evaluator",
    (made) => {
      const expected = outcomeOf(made, NAMES);
      const found = meaning(made.text);
      if (expected === "fatal") expect(found).toMatch(/^(?!inexact)[a-zA-Z]+$/);
      else expect(found).toBe(expected);
    },
  );
});
