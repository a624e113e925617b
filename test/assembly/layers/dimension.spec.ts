import { computeOverlap, hasPaddingWord } from "../../../assembly/layers/dimension";
import { get, set, setKind } from "../../../assembly/layers/layer";
import { brokenRule } from "../../../assembly/layers/rules";
import {
  BATCH_SIZE,
  BIAS,
  DIMENSION_COVERED,
  DIMENSION_L_OUT,
  DIMENSION_TAPS,
  KERNEL_SIZE,
  KIND_CONV1D,
  KIND_CONV_TRANSPOSE1D,
  L_IN,
  METHOD_CLOSED,
  METHOD_SIMULATE,
  METHOD_VERIFY,
  NO_RULE,
  PADDING,
  PADDING_SAME,
  PADDING_VALID,
} from "../../../assembly/layout";
import {
  expectedCovered,
  expectedLOut,
  expectedTaps,
  forSmallLayers,
  layerLabel,
  writeLayer,
} from "../support";

let firstDifference: string = "";
let currentMethod: u32 = METHOD_CLOSED;

/** Writes the smallest worked example, whose y is 1 2 2 1. */
function writeWorkedLayer(): void {
  writeLayer([1, 1, 1, 2, 3, 1, 0, 0, 1, 1, 1]);
}

/**
 * Computes every small layer by a method. Sets `firstDifference` to the first one that differs from
 * the definition.
 */
function compareSmallLayers(method: u32): void {
  firstDifference = "";
  currentMethod = method;
  forSmallLayers((lIn, kernelSize, stride, padding, outputPadding, dilation) => {
    writeLayer([1, 1, 1, lIn, kernelSize, stride, padding, outputPadding, dilation, 1, 1]);
    const same =
      brokenRule() == NO_RULE &&
      computeOverlap(currentMethod, 0) &&
      get(DIMENSION_L_OUT) == <u64>expectedLOut &&
      get(DIMENSION_TAPS) == expectedTaps &&
      get(DIMENSION_COVERED) == expectedCovered;
    if (!same && firstDifference == "")
      firstDifference = layerLabel(lIn, kernelSize, stride, padding, outputPadding, dilation);
  });
}

describe("computeOverlap", () => {
  it("computes the worked examples by every method", () => {
    for (let method: u32 = METHOD_CLOSED; method <= METHOD_VERIFY; method++) {
      writeWorkedLayer();
      set(DIMENSION_L_OUT, 4);
      expect<bool>(computeOverlap(method, 0)).toBe(true);
      expect<u64>(get(DIMENSION_TAPS)).toBe(6);
      expect<u64>(get(DIMENSION_COVERED)).toBe(4);
      writeLayer([1, 512, 256, 32, 16, 8, 4, 0, 1, 1, 1]);
      set(DIMENSION_L_OUT, 256);
      expect<bool>(computeOverlap(method, 0)).toBe(true);
      expect<u64>(get(DIMENSION_TAPS)).toBe(504);
      expect<u64>(get(DIMENSION_COVERED)).toBe(256);
    }
  });

  it("agrees with the definition for every small layer, in closed form", () => {
    compareSmallLayers(METHOD_CLOSED);
    expect<string>(firstDifference).toBe("");
  });

  it("agrees with the definition for every small layer, by simulation", () => {
    compareSmallLayers(METHOD_SIMULATE);
    expect<string>(firstDifference).toBe("");
  });

  it("finds that both methods agree on every small layer", () => {
    compareSmallLayers(METHOD_VERIFY);
    expect<string>(firstDifference).toBe("");
  });

  it("reports that the methods disagree", () => {
    // The output is too short: the simulation misses a product, but the closed form ignores l_out.
    writeWorkedLayer();
    set(DIMENSION_L_OUT, 3);
    expect<bool>(computeOverlap(METHOD_VERIFY, 0)).toBe(false);
    expect<bool>(computeOverlap(METHOD_SIMULATE, 0)).toBe(true);
    expect<u64>(get(DIMENSION_TAPS)).toBe(5);
  });

  it("does not change the parameters", () => {
    writeLayer([7, 1, 1, 2, 3, 1, 0, 0, 1, 1, 1]);
    set(DIMENSION_L_OUT, 4);
    computeOverlap(METHOD_VERIFY, 0);
    expect<u64>(get(BATCH_SIZE)).toBe(7);
    expect<u64>(get(L_IN)).toBe(2);
    expect<u64>(get(KERNEL_SIZE)).toBe(3);
    expect<u64>(get(BIAS)).toBe(1);
    expect<u64>(get(DIMENSION_L_OUT)).toBe(4);
  });
});

describe("hasPaddingWord", () => {
  it("is true only for same and valid of a convolution that is not transposed", () => {
    writeLayer([1, 1, 1, 2, 3, 1, PADDING_SAME, 0, 1, 1, 1]);
    expect<bool>(hasPaddingWord()).toBe(false);
    setKind(KIND_CONV1D);
    expect<bool>(hasPaddingWord()).toBe(true);
    set(PADDING, PADDING_VALID);
    expect<bool>(hasPaddingWord()).toBe(true);
    set(PADDING, 1);
    expect<bool>(hasPaddingWord()).toBe(false);
    setKind(KIND_CONV_TRANSPOSE1D);
  });
});
