import { SAMPLE_RATE, SAMPLE_RATE_DENOMINATOR } from "../../../assembly/layout";
import { isRateInRange, readRate } from "../../../assembly/list/rate";
import { INPUT_PTR } from "../../../assembly/layout";
import { layerField, writeInput } from "../support";

/** The sample rate that a text is read as, or why it is invalid. */
function rate(text: string): string {
  const end = writeInput(text);
  if (!readRate(INPUT_PTR, INPUT_PTR + <usize>end)) return "malformed";
  return (
    layerField(SAMPLE_RATE).toString() +
    "/" +
    layerField(SAMPLE_RATE_DENOMINATOR).toString() +
    (isRateInRange() ? "" : " out of range")
  );
}

describe("readRate", () => {
  it("reads whole numbers, decimals and fractions in lowest terms", () => {
    expect<string>(rate("22050")).toBe("22050/1");
    expect<string>(rate("689.0625")).toBe("11025/16");
    expect<string>(rate("22050/32")).toBe("11025/16");
    expect<string>(rate("44.1/6.4")).toBe("441/64");
    expect<string>(rate("30000/1001")).toBe("30000/1001");
    expect<string>(rate("22050.000000000000000000000000")).toBe("22050/1");
    expect<string>(rate("0.5")).toBe("1/2");
    expect<string>(rate("2147483647")).toBe("2147483647/1");
    expect<string>(rate("123456789.123456789")).toBe("123456789123456789/1000000000");
  });

  it("rejects other texts", () => {
    const texts = [
      "",
      ".",
      "/",
      ".5",
      "5.",
      "05",
      "00",
      "1/",
      "/2",
      "1/0",
      "1/0.0",
      "1/2/3",
      "1e3",
      " 5",
      "5 ",
      "+5",
      "5..5",
      "1.2.3",
      "x",
      "1/-2",
      "5\0",
    ];
    for (let i = 0; i < texts.length; i++)
      expect<string>(texts[i] + " is " + rate(texts[i])).toBe(texts[i] + " is malformed");
  });

  it("rejects numbers of more than 18 digits or 63 bits", () => {
    expect<string>(rate("0.000000000000000001")).toBe("1/1000000000000000000");
    expect<string>(rate("0.0000000000000000001")).toBe("malformed");
    expect<string>(rate("1234567890123456789")).toBe("malformed");
    expect<string>(rate("0.000000001/1000000000")).toBe("1/1000000000000000000");
    expect<string>(rate("0.000000001/9999999999")).toBe("malformed");
    expect<string>(rate("0.000000003/9223372038")).toBe("1/3074457346000000000");
  });

  it("reports that a rate is 0 or above the largest parameter", () => {
    expect<string>(rate("0")).toBe("0/1 out of range");
    expect<string>(rate("0/7")).toBe("0/1 out of range");
    expect<string>(rate("2147483648")).toBe("2147483648/1 out of range");
    expect<string>(rate("2147483647.5")).toBe("4294967295/2 out of range");
    expect<string>(rate("2147483646.5")).toBe("4294967293/2");
  });
});
