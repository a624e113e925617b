import { describe, expect, it } from "vitest";
import { planOf } from "../support/sweeps.ts";
import { text } from "../support/text.ts";

const AXES = { in_channels: 4, out_channels: [2, 4], l_in: [3, 8], kernel_size: 4 };

describe("a grid with a sample rate", () => {
  it.each<[string, unknown, string]>([
    [
      "a rate of 0",
      0,
      text`
        spec.variables.sample_rate: sample_rate cannot be 0. Write a number above 0 and up to
        2147483647, for example 22050, 689.0625 or 22050/32.
      `,
    ],
    [
      "a negative rate",
      -1.5,
      "spec.variables.sample_rate: sample_rate cannot be '-1.5'. Write a number above 0",
    ],
    [
      "a denominator of 0",
      "1/0",
      "spec.variables.sample_rate: sample_rate cannot be '1/0'. Write a number above 0",
    ],
    [
      "too many digits",
      "0.1234567890123456789",
      text`
        spec.variables.sample_rate: sample_rate '0.1234567890123456789' has too many digits to be
        exact. Write a fraction
      `,
    ],
    [
      "a repeated rate",
      ["22050/32", 689.0625],
      "spec.variables.sample_rate: the axis sample_rate has the value 689.0625 twice.",
    ],
    [
      "rates without a common denominator",
      ["1/1000000007", "1/1000000009"],
      "the sample rates of this axis have no common denominator that keeps them exact.",
    ],
    [
      "a fraction beside expressions",
      ["22050/32", "l_in * 2"],
      "sample_rate mixes a fraction with values that depend on other axes.",
    ],
  ])("is refused with %s", (_, sample_rate, message) => {
    expect(() => planOf({ variables: { sample_rate }, axes: AXES } as never)).toThrow(message);
  });

  it("is refused with a fraction among the expressions of a joint axis", () => {
    const rows = [
      [32, "22050/32"],
      ["l_in", 8000],
    ];
    expect(() => planOf({ variables: { "hop, sample_rate": rows }, axes: AXES } as never)).toThrow(
      "sample_rate mixes a fraction with values that depend on",
    );
  });

  it("is refused with an axis that uses a fraction as a rate, but not with a whole rate", () => {
    const spec = (sample_rate: unknown) =>
      ({ variables: { sample_rate }, axes: { ...AXES, l_in: "sample_rate // 100" } }) as never;
    expect(() => planOf(spec([100, 200]))).not.toThrow();
    expect(() => planOf(spec(["1000/3", 200]))).toThrow(
      text`
        sample_rate is a fraction in this grid, so axes cannot use it. Use it only in conditions
        under 'where:'.
        |  sample_rate // 100
        |  ^~~~~~~~~~~
      `,
    );
  });

  it("is refused with a variable that has the reserved name of the common denominator", () => {
    expect(() =>
      planOf({ variables: { sample_rate_denominator: 2 }, axes: AXES } as never),
    ).toThrow("'sample_rate_denominator' cannot be a variable");
  });
});
