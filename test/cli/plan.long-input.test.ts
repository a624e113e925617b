/**
 * Expressions and axes far longer than a person would write: each is planned or refused with one
 * clear message. Nothing here is timed. An algorithm with quadratic time, or with a call for each
 * term, does not finish within a test's limit. The fast tier has about a third of the length, still
 * far beyond the limits and the stack.
 */
import { writeFileSync } from "node:fs";
import { describe, expect, it } from "vitest";
import { plan } from "../../src/library/plan.ts";
import type { SpecInput } from "../../src/spec/read.ts";
import { inTemporaryFolder, said } from "../support/cli.ts";
import { words } from "../support/text.ts";
import { IS_SLOW } from "../support/tier.ts";

inTemporaryFolder();

const AXES = { in_channels: 1, out_channels: 1, kernel_size: 3, l_in: "1..9" };

const many = (text: string, count: number, between = "") =>
  Array.from({ length: count }, () => text).join(between);

/** The output and exit code of `upsweep plan` for a condition in a file. */
async function planned(where: string, axes: object = AXES) {
  writeFileSync("long.yaml", `axes: ${JSON.stringify(axes)}\nwhere: "${where}"\n`);
  const { exitCode, stdout, stderr } = await said(["plan", "long.yaml"]);
  expect(stdout + stderr).not.toMatch(/call stack|bug in upsweep/);
  return { exitCode, stdout, stderr };
}

// As long as a spec may be, which is 2 MiB.
const TERMS = IS_SLOW ? 139_000 : 40_000;
const ITEMS = IS_SLOW ? 200_000 : 80_000;

describe("a long condition", () => {
  it.each([
    [
      "terms joined by 'and'",
      many("l_in > 0", TERMS, " and "),
      /take \d+ steps; the limit is 1024\./,
    ],
    [
      "terms joined by 'or'",
      many("l_in > 0", TERMS, " or "),
      /take \d+ operations; the limit is 131072\./,
    ],
    [
      "chained comparisons",
      `0${many(" <= l_in", IS_SLOW ? 200_000 : TERMS)}`,
      /take \d+ steps; the limit is 1024\./,
    ],
    [
      "items after 'in'",
      `l_in in [${Array.from({ length: ITEMS }, (_, i) => i).join(", ")}]`,
      /take \d+ operations; the limit is 131072\./,
    ],
    [
      "arguments of a call",
      `max(${many("l_in", ITEMS, ", ")}) > 0`,
      /take \d+ operations; the limit is 131072\./,
    ],
    [
      "terms joined by +",
      `0${many(" + 1", TERMS)} > 0`,
      /is nested too deeply\. Use at most \d+ levels/,
    ],
    ["minus signs", `${many("-", TERMS)}1 < 2`, /is nested too deeply\. Use at most \d+ levels/],
    [
      "'not' operators",
      `${many("not ", TERMS)}l_in > 2`,
      /is nested too deeply\. Use at most \d+ levels/,
    ],
    [
      "powers of powers",
      `1${many(" ** 1", TERMS)} > 0`,
      /is nested too deeply\. Use at most \d+ levels/,
    ],
    [
      "nested parentheses",
      `${many("(", TERMS)}1${many(")", TERMS)} > 0`,
      /is nested too deeply\. Use at most \d+ levels/,
    ],
    ["nested lists", `${many("l_in in [", TERMS / 10)}1${many("]", TERMS / 10)}`, /./],
  ])(
    "is refused with one message when it has tens of thousands of %s",
    async (_, where, message) => {
      const { exitCode, stdout, stderr } = await planned(where);
      expect([exitCode, stdout]).toEqual([2, ""]);
      expect(stderr).toMatch(/^upsweep: long\.yaml/);
      expect(stderr).toMatch(message);
      expect(stderr.length).toBeLessThan(2000);
    },
  );

  it("is planned up to the limits: 1,000 terms joined by 'and', 20,000 joined by 'or', 50,000 items", () => {
    expect(plan({ axes: AXES, where: many("l_in > 0", 1_000, " and ") } as SpecInput).size).toBe(
      9n,
    );
    expect(plan({ axes: AXES, where: many("l_in > 5", 20_000, " or ") } as SpecInput).size).toBe(
      9n,
    );
    expect(
      plan({ axes: AXES, where: `l_in in [${many("3", 50_000, ", ")}]` } as SpecInput).size,
    ).toBe(9n);
  });

  it("is planned where 'and' is nested in parentheses 150 deep", async () => {
    const { exitCode, stdout } = await planned(
      `${many("(", 150)}l_in > 0${many(" and l_in > 1)", 150)}`,
    );
    expect(exitCode).toBe(0);
    expect(stdout).toContain("raw size");
  });
});

describe("a long axis", () => {
  it("is refused beyond 65,536 separate values, listed or derived", async () => {
    const source = Array.from({ length: ITEMS }, (_, i) => 2 * i + 1 + (i % 2));
    const dependent = Array.from({ length: 70_000 }, (_, i) => `stride + ${i}`);
    for (const axes of [
      { ...AXES, l_in: source },
      { ...AXES, stride: "1..5", l_in: dependent },
    ]) {
      const { exitCode, stderr } = await planned("l_in > 0", axes);
      expect([exitCode, stderr]).toEqual([
        2,
        expect.stringMatching(/separate values and ranges; the limit is 65536\./),
      ]);
    }
  });

  it("is bounded where it depends on 100,000 lengths", async () => {
    const divisors = await said(words`
      plan --in-channels 64 --out-channels 64 --l-in 1..100000 --kernel-size divisors(l_in)
    `);
    expect(divisors.exitCode).toBe(0);
    expect(divisors.stdout).toMatch(/raw size +12,800,000/);
    // The products of two lengths have a million values: their divisors are bounded, not listed.
    const wide = await said([
      ...["plan", "--in-channels", "1..1000", "--out-channels", "1..1000", "--l-in", "1..1000"],
      ...[
        "--kernel-size",
        "divisors(l_in * in_channels)",
        "--groups",
        "divisors(gcd(in_channels, out_channels))",
      ],
    ]);
    expect(wide.exitCode).toBe(0);
  });
});
