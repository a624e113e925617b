import {
  outputLength,
  outputPaddingFits,
  overlapMax,
  overlapMin,
} from "../../../assembly/layers/transposed";
import { expectedLOut, forSmallLayers } from "../support";

const MAX: i64 = 2147483647;

let firstDifference: string = "";

describe("outputLength", () => {
  it("gives 4 for two inputs and three taps", () => {
    expect<i64>(outputLength(2, 3, 1, 0, 0, 1)).toBe(4);
  });

  it("gives 256 for l_in=32 k=16 s=8 p=4", () => {
    expect<i64>(outputLength(32, 16, 8, 4, 0, 1)).toBe(256);
  });

  it("grows with each parameter by the formula", () => {
    expect<i64>(outputLength(1, 1, 1, 0, 0, 1)).toBe(1);
    // With one input and one kernel element, stride and dilation have no effect.
    expect<i64>(outputLength(1, 1, 7, 0, 0, 9)).toBe(1);
    expect<i64>(outputLength(3, 1, 7, 0, 0, 1)).toBe(15);
    expect<i64>(outputLength(1, 3, 1, 0, 0, 7)).toBe(15);
    expect<i64>(outputLength(3, 1, 7, 2, 0, 1)).toBe(11);
    expect<i64>(outputLength(3, 1, 7, 2, 5, 1)).toBe(16);
  });

  it("is zero or negative if the padding crops everything", () => {
    expect<i64>(outputLength(2, 3, 1, 2, 0, 1)).toBe(0);
    expect<i64>(outputLength(2, 3, 1, 3, 0, 1)).toBe(-2);
    expect<i64>(outputLength(1, 1, 1, MAX, 0, 1)).toBe(-4294967293);
  });

  it("is exact with every parameter at 2^31 - 1", () => {
    // 2·(2^31 - 2)·(2^31 - 1) = 9223372023969873924
    expect<i64>(outputLength(MAX, MAX, MAX, 0, 0, MAX)).toBe(9223372023969873925);
    expect<i64>(outputLength(MAX, MAX, MAX, 0, MAX - 1, MAX)).toBe(9223372026117357571);
    expect<i64>(outputLength(MAX, MAX, MAX, MAX, 0, MAX)).toBe(9223372019674906631);
    expect<i64>(outputLength(MAX, 1, MAX, 0, 0, 1)).toBe(4611686011984936963);
    expect<i64>(outputLength(1, MAX, 1, 0, 0, MAX)).toBe(4611686011984936963);
  });

  it("agrees with the definition, for every small layer", () => {
    firstDifference = "";
    const visited = forSmallLayers((lIn, kernelSize, stride, padding, outputPadding, dilation) => {
      const found = outputLength(lIn, kernelSize, stride, padding, outputPadding, dilation);
      if (found != expectedLOut && firstDifference == "")
        firstDifference = `${lIn} ${kernelSize} ${stride} ${padding}: ${found}`;
    });
    expect<string>(firstDifference).toBe("");
    expect<u32>(visited).toBeGreaterThan(5000);
  });
});

describe("outputPaddingFits", () => {
  it("accepts an output padding below the stride or below the dilation", () => {
    expect<bool>(outputPaddingFits(0, 1, 1)).toBe(true);
    expect<bool>(outputPaddingFits(2, 3, 1)).toBe(true);
    expect<bool>(outputPaddingFits(2, 1, 3)).toBe(true);
    expect<bool>(outputPaddingFits(MAX - 1, MAX, 1)).toBe(true);
    expect<bool>(outputPaddingFits(MAX - 1, 1, MAX)).toBe(true);
  });

  it("rejects an output padding that reaches both", () => {
    expect<bool>(outputPaddingFits(1, 1, 1)).toBe(false);
    expect<bool>(outputPaddingFits(3, 3, 2)).toBe(false);
    expect<bool>(outputPaddingFits(3, 2, 3)).toBe(false);
    expect<bool>(outputPaddingFits(MAX, MAX, MAX)).toBe(false);
  });
});

describe("the overlap away from the edges", () => {
  it("is kernel_size / stride if the stride divides the kernel size", () => {
    expect<u64>(overlapMin(16, 8, 1)).toBe(2);
    expect<u64>(overlapMax(16, 8, 1)).toBe(2);
  });

  it("has a minimum and a maximum that differ by one otherwise", () => {
    expect<u64>(overlapMin(5, 2, 1)).toBe(2); // even positions get taps 0, 2, 4; odd ones 1, 3
    expect<u64>(overlapMax(5, 2, 1)).toBe(3);
    expect<u64>(overlapMin(1, 4, 1)).toBe(0);
    expect<u64>(overlapMax(1, 4, 1)).toBe(1);
  });

  it("is 0 for some residues if stride and dilation have a common factor", () => {
    expect<u64>(overlapMin(4, 4, 2)).toBe(0); // taps land on residues 0 and 2 modulo 4
    expect<u64>(overlapMax(4, 4, 2)).toBe(2);
  });
});
