import { describe, expect, it } from "vitest";
import { NAMES, TITLED } from "../support/expression-cases.ts";
import { KERNELS } from "../support/kernels.ts";
import { planOf, sweepOn } from "../support/sweeps.ts";

/** Conditions on a layer with hand-calculated results: a zero_insertion_waste of 1/5. */
const DECIDED: readonly (readonly [string, boolean])[] = [
  // By hand: l_in 4, kernel_size 2, stride 1: l_out 5, taps 8, waste 1 - 8/10; 3·2 filters with a
  // bias.
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

describe.each(KERNELS)("conditions on decimals on the %s kernel", (_, kernel) => {
  const spec = (where: string) =>
    planOf({
      axes: { in_channels: 3, out_channels: 2, l_in: 4, kernel_size: [2, 3] },
      where: ["kernel_size == 2", where],
      columns: ["params"],
    });

  it.each(DECIDED.filter(([text]) => text !== "zero_insertion_waste" && text !== "overlap_even"))(
    "decide %s as %s",
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
  ])("decide %s for a missing value, and count its rejections separately", (text, rows) => {
    // l_out is positive only with output_padding: moduleprofiler raises an exception.
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
  ])("stop the sweep at %s, which is undefined", (text) => {
    expect(sweepOn(kernel, spec(text)).fault).toMatchObject({ kind: "expression" });
  });
});

/** The same expressions through a plan: the condition is the last step of a single layer. */
describe.each(KERNELS)("expressions on the %s kernel have Python's value, or none", (_, kernel) => {
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
      // Two values, so that nothing is constant. The second is rejected first.
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
