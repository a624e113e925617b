import { covered, lowerPadding, outputLength, taps } from "../../../assembly/layers/convolution";
import { PADDING_SAME, PADDING_VALID } from "../../../assembly/layout";

const SAME: i64 = PADDING_SAME;
const VALID: i64 = PADDING_VALID;

let plainTaps: u64 = 0;
let plainCovered: i64 = 0;
let plainLength: i64 = 0;

/** Counts over the padded input, element by element: `before` and `after` zeros, then every output and kernel element. */
function countPlainly(lIn: i64, kernelSize: i64, stride: i64, before: i64, after: i64, dilation: i64): void {
  plainTaps = 0;
  plainCovered = 0;
  plainLength = 0;
  for (let start: i64 = -before; start + (kernelSize - 1) * dilation < lIn + after; start += stride) {
    let own = 0;
    for (let k: i64 = 0; k < kernelSize; k++) {
      const i = start + k * dilation;
      if (i >= 0 && i < lIn) own++;
    }
    plainTaps += own;
    if (own > 0) plainCovered++;
    plainLength++;
  }
}

/** The first layer that the closed form counts otherwise than the plain count, or "". */
function firstDifference(padding: i64): string {
  for (let lIn: i64 = 1; lIn <= 7; lIn++) {
    for (let kernelSize: i64 = 1; kernelSize <= 6; kernelSize++) {
      for (let stride: i64 = 1; stride <= (padding == SAME ? 1 : 4); stride++) {
        for (let dilation: i64 = 1; dilation <= 4; dilation++) {
          const reach = dilation * (kernelSize - 1);
          const before = padding == SAME ? reach / 2 : padding == VALID ? 0 : padding;
          const after = padding == SAME ? reach - reach / 2 : before;
          countPlainly(lIn, kernelSize, stride, before, after, dilation);
          const lOut = outputLength(lIn, kernelSize, stride, padding, dilation);
          const layer = `${lIn} ${kernelSize} ${stride} ${padding} ${dilation}`;
          if (lOut != plainLength) return `${layer}: length ${lOut} for ${plainLength}`;
          if (lOut == 0) continue;
          const found = taps(lOut, lIn, kernelSize, stride, padding, dilation);
          if (found != plainTaps) return `${layer}: taps ${found} for ${plainTaps}`;
          const reached = covered(found, lOut, lIn, kernelSize, stride, padding, dilation);
          if (reached != plainCovered) return `${layer}: covered ${reached} for ${plainCovered}`;
        }
      }
    }
  }
  return "";
}

describe("the closed form of a plain convolution", () => {
  it("counts every small layer like a pass over its padded input, for numbers of zeros", () => {
    for (let padding: i64 = 0; padding <= 9; padding++) expect<string>(firstDifference(padding)).toBe("");
  });

  it("counts every small layer like that for the paddings same and valid", () => {
    expect<string>(firstDifference(SAME)).toBe("");
    expect<string>(firstDifference(VALID)).toBe("");
  });

  it("keeps the length of the input for the padding same", () => {
    expect<i64>(outputLength(32, 16, 1, SAME, 3)).toBe(32);
    expect<i64>(lowerPadding(SAME, 16, 3)).toBe(22); // of 45 zeros; the 23 others follow the input
  });

  it("has no output where the kernel does not fit", () => {
    expect<i64>(outputLength(3, 4, 1, VALID, 1)).toBe(0);
    expect<i64>(outputLength(3, 9, 7, 2, 1)).toBe(0);
  });
});
