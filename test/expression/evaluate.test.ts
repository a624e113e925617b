/** What expressions mean: at the edges by hand, at random by an evaluator of the test's own; in BigInt and in the kernel. */
import { test } from "@fast-check/vitest";
import { describe, expect, it } from "vitest";
import { EvaluationError, evaluate } from "../../src/expression/evaluate.ts";
import { decide } from "../../src/expression/exact.ts";
import { parseCondition } from "../../src/expression/parse.ts";
import {
  conditions,
  decided,
  expressions,
  type Fraction,
  fraction,
  outcomeOf,
} from "../support/expressions.ts";
import { KERNELS } from "../support/kernels.ts";
import { planOf, sweepOn } from "../support/sweeps.ts";
import { runs } from "../support/tier.ts";

const NAMES: ReadonlyMap<string, bigint> = new Map([
  ["stride", 3n],
  ["padding", 0n],
  ["l_in", 7n],
  ["hop", -5n],
  ["low", -(2n ** 63n)],
  ["high", 2n ** 63n - 1n],
]);

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

const EDGES: readonly (readonly [string, bigint | string])[] = [
  // Precedence and associativity, as in Python.
  ["1 + 2 * 3", 7n],
  ["(1 + 2) * 3", 9n],
  ["10 - 4 - 3", 3n],
  ["100 // 7 // 2", 7n],
  ["2 ** 3 ** 2", 512n],
  ["-2 ** 2", -4n],
  ["(-2) ** 2", 4n],
  ["2 * -3", -6n],
  ["- - 3", 3n],
  ["+3 - +4", -1n],
  ["7 - 2 % 4", 5n],
  ["1 < 2 == 2", 1n],
  ["1 == 1 == 1", 1n],
  ["3 > 2 > 1", 1n],
  ["1 < 3 > 2", 1n],
  ["1 < 3 < 2", 0n],
  ["not 1 == 2", 1n],
  ["not not 5", 1n],
  ["1 or 0 and 0", 1n],
  ["0 or 7", 7n],
  ["3 and 4", 4n],
  ["0 and 4", 0n],
  ["true + true", 2n],
  ["(2 > 1) * 8", 8n],
  // Division of negative numbers, as in Python.
  ["7 // 2", 3n],
  ["-7 // 2", -4n],
  ["7 // -2", -4n],
  ["-7 // -2", 3n],
  ["7 % 3", 1n],
  ["-7 % 3", 2n],
  ["7 % -3", -2n],
  ["-7 % -3", -1n],
  ["-6 // 3", -2n],
  ["ceil_div(7, 2)", 4n],
  ["ceil_div(-7, 2)", -3n],
  ["ceil_div(7, -2)", -3n],
  ["ceil_div(-7, -2)", 4n],
  ["ceil_div(6, 3)", 2n],
  ["8 / 2", 4n],
  ["-8 / 2", -4n],
  ["7 / 2", "inexact"],
  ["0 / 5", 0n],
  // Zero divisors.
  ["1 // padding", "zeroDivisor"],
  ["1 % padding", "zeroDivisor"],
  ["1 / padding", "zeroDivisor"],
  ["ceil_div(1, padding)", "zeroDivisor"],
  ["padding == 0 or 256 % padding == 0", 1n],
  ["padding != 0 and 256 % padding == 0", 0n],
  ["1 > 2 > 1 // padding", 0n],
  // The ends of 64 bits.
  ["high + 1", "overflow"],
  ["low - 1", "overflow"],
  ["high - low", "overflow"],
  ["-low", "overflow"],
  ["abs(low)", "overflow"],
  ["low // -1", "overflow"],
  ["low / -1", "overflow"],
  ["ceil_div(low, -1)", "overflow"],
  ["low % -1", 0n],
  ["low // 1", -(2n ** 63n)],
  ["high * 2", "overflow"],
  ["low * -1", "overflow"],
  ["-1 * low", "overflow"],
  ["low * 0", 0n],
  ["3037000500 * 3037000499", 9223372033963249500n],
  ["3037000500 * 3037000500", "overflow"],
  ["-4294967296 * 2147483648", -(2n ** 63n)],
  ["low + high", -1n],
  ["gcd(low, 0)", "overflow"],
  ["gcd(low, 6)", 2n],
  ["gcd(low, -1)", 1n],
  ["lcm(low, 1)", "overflow"],
  ["lcm(high, 2)", "overflow"],
  ["low == low and high > low", 1n],
  // Powers.
  ["0 ** 0", 1n],
  ["0 ** 5", 0n],
  ["7 ** 0", 1n],
  ["2 ** 62", 2n ** 62n],
  ["2 ** 63", "overflow"],
  ["(-2) ** 63", -(2n ** 63n)],
  ["(-2) ** 64", "overflow"],
  ["1 ** high", 1n],
  ["(-1) ** high", -1n],
  ["(-1) ** (high - 1)", 1n],
  ["0 ** high", 0n],
  ["2 ** hop", "negativeExponent"],
  ["1 ** hop", "negativeExponent"],
  // Functions.
  ["min(3, 1, 2)", 1n],
  ["max(hop, padding, l_in)", 7n],
  ["gcd(12, 18, 8)", 2n],
  ["gcd(0, 0)", 0n],
  ["gcd(-12, 18)", 6n],
  ["lcm(4, 6, 10)", 60n],
  ["lcm(-4, 6)", 12n],
  ["lcm(0, 6)", 0n],
  ["abs(hop)", 5n],
  // in.
  ["stride in [1, 3]", 1n],
  ["stride not in [1, 3]", 0n],
  ["stride in 2..8", 1n],
  ["stride in 2..8:2", 0n],
  ["hop in -9..-1:2", 1n],
  ["l_in in [1, 2..9:5]", 1n],
  ["l_in in 9..2", 0n],
  ["stride in 1..9:padding", "stepBelowOne"],
  ["stride in divisors(12)", 1n],
  ["hop in divisors(5)", 0n],
  ["l_in in divisors(padding)", "divisorsOf"],
  ["1 in divisors(2147483648)", "divisorsOf"],
  ["4 in pow2(1, 8)", 1n],
  ["3 in pow2(1, 8)", 0n],
  ["16 in pow2(1, 8)", 0n],
  ["0 in pow2(padding, 8)", 0n],
  ["4 in pow2(3, 11)", 1n],
  ["stride in [3, 1 // padding]", 1n],
  ["stride in [1 // padding, 3]", "zeroDivisor"],
  ["low in low..high:2", 1n],
  ["high in low..high:2", 0n],
  // As deep as it may be nested, with much waiting on the stack. In the second each step is 1 or 2, by turns, from the inside: 3 is in
  // 0..9:1 and not in 0..9:2, and sixty is even.
  [`${"0 < 1 + 1 * (".repeat(190)}1${")".repeat(190)}`, 1n],
  [`${"3 in [0..9:1 + 2 ** 0 * (".repeat(60)}0${")]".repeat(60)}`, 0n],
  // Suffixes.
  ["1k + 1M + 1G + 1T", 1_001_001_001_000n],
  ["1Ki + 1Mi + 1Gi", 1_074_791_424n],
];

/** With a title that can be read. */
const TITLED = EDGES.map(
  ([text, value]) => [text.length > 60 ? `${text.slice(0, 59)}…` : text, text, value] as const,
);

describe("expressions", () => {
  it.each(TITLED)("%s means what Python would say, or has no value", (_, text, value) => {
    expect(meaning(text)).toBe(value);
  });

  const names = [...NAMES.keys()];
  test.prop([expressions(names)], { numRuns: runs(4000) })(
    "come to the same as the test's own evaluator",
    (made) => {
      const expected = outcomeOf(made, NAMES);
      const found = meaning(made.text);
      if (expected === "fatal") expect(found).toMatch(/^(?!inexact)[a-zA-Z]+$/);
      else expect(found).toBe(expected);
    },
  );

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
    "are decided over fractions and missing values as by the test's own evaluator",
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

/** Conditions on a layer whose results are worked out by hand: a zero_insertion_waste of 2/5, and no answer of moduleprofiler. */
const DECIDED: readonly (readonly [string, boolean])[] = [
  // l_in 4, kernel_size 2, stride 1: l_out 5, taps 8, waste 1 - 8/10; 3·2 filters with a bias.
  ["zero_insertion_waste == 1/5", true],
  ["zero_insertion_waste == 0.2", true],
  ["zero_insertion_waste > 0.2", false],
  ["0.15 <= zero_insertion_waste <= 0.25", true],
  ["zero_insertion_waste * 5 == 1", true],
  ["1 / zero_insertion_waste == 5", true],
  ["zero_insertion_waste in [1/4, 1/5]", true],
  ["zero_insertion_waste not in [1/4, 1/5]", false],
  ["zero_insertion_waste < 1", true],
  ["zero_insertion_waste", false],
  ["macs / params > 2.5", true],
  ["macs / params == 48/14", true],
  ["macs < 1.5k", true],
  ["macs < 1e3 and macs > 0.4e2", true],
  ["macs // 2.5 == 19", true],
  ["macs % 2.5 == 0.5", true],
  ["-macs % 2.5 == 2", true],
  ["ceil_div(macs, 2.5) == 20", true],
  ["1.5 ** 2 == 2.25", true],
  ["max(zero_insertion_waste, 0.1, 1/3) == 1/3", true],
  ["min(0.3, zero_insertion_waste) == zero_insertion_waste", true],
  ["abs(-0.5) == 1/2", true],
  ["1.5 in 0.5..3", true],
  ["1.4 in 0.5..3", false],
  ["2.5 in 0.5..3:2", true],
  ["l_out / l_in == 1.25", true],
  ["tensorflow / macs < 2.6", true],
  ["overlap_even", true],
  ["moduleprofiler is missing", false],
  ["moduleprofiler is not missing", true],
  ["arithmetic_intensity > 0.5 or true", true],
  ["12345678901234567 / 12345678901234568 < 12345678901234568 / 12345678901234569", true],
  ["0.1 + 0.2 == 0.3", true],
];

describe.each(KERNELS)("conditions on decimals, the %s kernel", (_, kernel) => {
  const spec = (where: string) =>
    planOf({
      axes: { in_channels: 3, out_channels: 2, l_in: 4, kernel_size: [2, 3] },
      where: ["kernel_size == 2", where],
      columns: ["params"],
    });

  it.each(DECIDED.filter(([text]) => text !== "zero_insertion_waste" && text !== "overlap_even"))(
    "decides %s as %s",
    (text, holds) => {
      expect(sweepOn(kernel, spec(text)).rows).toBe(Number(holds));
    },
  );

  it.each([
    ["moduleprofiler > 1", 0],
    ["moduleprofiler < 1", 0],
    ["not (moduleprofiler > 1)", 1],
    ["moduleprofiler + 1 != 2", 0],
    ["moduleprofiler in [1, 2]", 0],
    ["moduleprofiler not in [1, 2]", 0],
    ["not (moduleprofiler in [1, 2])", 1],
    ["moduleprofiler is missing", 1],
    ["moduleprofiler * 2 is missing", 1],
    ["moduleprofiler is not missing", 0],
    ["moduleprofiler > 1 or l_out > 0", 1],
    ["macs in [moduleprofiler, 16]", 1],
  ])("counts %s apart where it is false because a tool gives no answer", (text, rows) => {
    // l_out exists only through output_padding: moduleprofiler raises.
    const plan = planOf({
      axes: {
        in_channels: 1,
        out_channels: 1,
        l_in: 1,
        kernel_size: 1,
        stride: 3,
        padding: 1,
        output_padding: 2,
      },
      where: text.replace("16", "macs"),
      columns: ["params"],
    });
    const swept = sweepOn(kernel, plan);
    expect(swept.rows).toBe(rows);
    const rejectionReason = plan.rejectionReasons.findIndex((name) =>
      name.endsWith("(a value is missing)"),
    );
    if (rows === 0 && !text.includes("is not missing"))
      expect(swept.rejected[rejectionReason + 1]).toBe(1n);
  });

  it.each([
    "1 / (macs - 48) > 1",
    "gcd(0.5, 2) == 1",
    "2 ** 0.5 > 1",
    "2 ** (0 - 1) < zero_insertion_waste",
    "macs in divisors(1.5)",
    "9223372036854775807 / 2 + 9223372036854775807 / 3 > 1",
  ])("stops at %s, which has no value", (text) => {
    expect(sweepOn(kernel, spec(text)).fault).toMatchObject({ kind: "expression" });
  });
});

/** The same through a plan: the condition is the last thing that a single layer meets. */
describe.each(KERNELS)("expressions on the %s kernel", (_, kernel) => {
  const variables = Object.fromEntries(
    [...NAMES]
      .filter(([name]) => !["stride", "padding", "l_in", "low", "high"].includes(name))
      .map(([name, value]) => [name, value]),
  );
  const spec = (condition: string) =>
    planOf({
      variables: {
        ...variables,
        low: "-9223372036854775807 - stride // 3",
        high: "9223372036854775806 + stride // 3",
      },
      // Two values, so that nothing is a constant; the second is left out first.
      axes: {
        in_channels: 1,
        out_channels: 1,
        kernel_size: [2, 3],
        stride: [3, 4],
        padding: 0,
        l_in: 7,
      },
      where: ["stride == 3 and kernel_size == 2", condition],
      columns: ["params"],
    });

  it.each(TITLED)("%s", (_, text, value) => {
    const swept = sweepOn(
      kernel,
      spec(
        typeof value === "bigint"
          ? `(${text}) + 0 == ${value === -(2n ** 63n) ? "low" : value}`
          : `(${text}) + 0 == 0`,
      ),
    );
    if (typeof value === "bigint") expect(swept).toMatchObject({ rows: 1 });
    else if (value === "inexact") expect(swept).toMatchObject({ rows: 0 });
    else expect(swept.fault).toMatchObject({ kind: "expression" });
  });
});
