import { covered, lowerPadding, outputLength, taps } from "../../../assembly/layers/convolution";
import { PADDING_SAME, PADDING_VALID } from "../../../assembly/layout";

const SAME: i64 = PADDING_SAME;
const VALID: i64 = PADDING_VALID;

let expectedTaps: u64 = 0;
let expectedCovered: i64 = 0;
let expectedLength: i64 = 0;

/**
 * Counts element by element over the padded input, which has `before` zeros at its start and
 * `after` zeros at its end. Visits every output and kernel element.
 */
function countByDefinition(
  lIn: i64,
  kernelSize: i64,
  stride: i64,
  before: i64,
  after: i64,
  dilation: i64,
): void {
  expectedTaps = 0;
  expectedCovered = 0;
  expectedLength = 0;
  for (
    let start: i64 = -before;
    start + (kernelSize - 1) * dilation < lIn + after;
    start += stride
  ) {
    let products = 0;
    for (let k: i64 = 0; k < kernelSize; k++) {
      const i = start + k * dilation;
      if (i >= 0 && i < lIn) products++;
    }
    expectedTaps += products;
    if (products > 0) expectedCovered++;
    expectedLength++;
  }
}

/** The first layer for which the closed form and the count by the definition differ, or "". */
function firstDifference(padding: i64): string {
  for (let lIn: i64 = 1; lIn <= 7; lIn++) {
    for (let kernelSize: i64 = 1; kernelSize <= 6; kernelSize++) {
      for (let stride: i64 = 1; stride <= (padding == SAME ? 1 : 4); stride++) {
        for (let dilation: i64 = 1; dilation <= 4; dilation++) {
          const reach = dilation * (kernelSize - 1);
          const before = padding == SAME ? reach / 2 : padding == VALID ? 0 : padding;
          const after = padding == SAME ? reach - reach / 2 : before;
          countByDefinition(lIn, kernelSize, stride, before, after, dilation);
          const lOut = outputLength(lIn, kernelSize, stride, padding, dilation);
          const layer = `${lIn} ${kernelSize} ${stride} ${padding} ${dilation}`;
          if (lOut != expectedLength) return `${layer}: length ${lOut} for ${expectedLength}`;
          if (lOut == 0) continue;
          const found = taps(lOut, lIn, kernelSize, stride, padding, dilation);
          if (found != expectedTaps) return `${layer}: taps ${found} for ${expectedTaps}`;
          const foundCovered = covered(found, lOut, lIn, kernelSize, stride, padding, dilation);
          if (foundCovered != expectedCovered)
            return `${layer}: covered ${foundCovered} for ${expectedCovered}`;
        }
      }
    }
  }
  return "";
}

describe("the closed form of a convolution that is not transposed", () => {
  it("agrees with a pass over the padded input, for every small layer with numeric padding", () => {
    for (let padding: i64 = 0; padding <= 9; padding++)
      expect<string>(firstDifference(padding)).toBe("");
  });

  it("agrees with a pass over the padded input, for the paddings same and valid", () => {
    expect<string>(firstDifference(SAME)).toBe("");
    expect<string>(firstDifference(VALID)).toBe("");
  });

  it("has an output as long as the input for the padding same", () => {
    expect<i64>(outputLength(32, 16, 1, SAME, 3)).toBe(32);
    // Of 45 zeros, 22 are before the input and 23 after it.
    expect<i64>(lowerPadding(SAME, 16, 3)).toBe(22);
  });

  it("has no output if the kernel does not fit", () => {
    expect<i64>(outputLength(3, 4, 1, VALID, 1)).toBe(0);
    expect<i64>(outputLength(3, 9, 7, 2, 1)).toBe(0);
  });
});
