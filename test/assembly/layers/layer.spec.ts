import {
  brokenRule,
  get,
  isInRange,
  keepsRule,
  set,
  workOutOverlap,
} from "../../../assembly/layers/layer";
import {
  BATCH_SIZE,
  BIAS,
  BITS,
  DIMENSION_COVERED,
  DIMENSION_FIELDS,
  DIMENSION_L_OUT,
  DIMENSION_TAPS,
  IN_CHANNELS,
  KERNEL_SIZE,
  L_IN,
  METHOD_CLOSED,
  METHOD_SIMULATE,
  METHOD_VERIFY,
  NO_RULE,
  OUT_CHANNELS,
  PADDING,
  RULE_IN_CHANNELS,
  RULE_L_OUT,
  RULE_OUT_CHANNELS,
  RULE_OUTPUT_PADDING,
  SAMPLE_RATE,
  STRIDE,
  VARIABLE_0,
} from "../../../assembly/layout";
import { forSmallLayers, plainCovered, plainLOut, plainTaps, writeLayer } from "../support";

let firstDifference: string = "";
let methodAtHand: u32 = METHOD_CLOSED;

/** batch, in, out, l_in, k, s, p, o, d, groups, bias of the smallest worked layer: y = 1 2 2 1. */
function writeWorkedLayer(): void {
  writeLayer([1, 1, 1, 2, 3, 1, 0, 0, 1, 1, 1]);
}

/** Works every small layer out by a method; leaves the first that differs from the definition. */
function compareSmallLayers(method: u32): void {
  firstDifference = "";
  methodAtHand = method;
  forSmallLayers((lIn, kernelSize, stride, padding, outputPadding, dilation) => {
    writeLayer([1, 1, 1, lIn, kernelSize, stride, padding, outputPadding, dilation, 1, 1]);
    const same = brokenRule() == NO_RULE && workOutOverlap(methodAtHand, 0)
      && get(DIMENSION_L_OUT) == <u64>plainLOut && get(DIMENSION_TAPS) == plainTaps && get(DIMENSION_COVERED) == plainCovered;
    if (!same && firstDifference == "") firstDifference = `l_in ${lIn} k ${kernelSize} s ${stride} p ${padding} o ${outputPadding} d ${dilation}`;
  });
}

describe("the layer record", () => {
  it("keeps 64 bits of each field apart from its neighbours", () => {
    for (let field: u32 = BATCH_SIZE; field <= DIMENSION_COVERED; field++) set(field, u64.MAX_VALUE - field);
    for (let field: u32 = BATCH_SIZE; field <= DIMENSION_COVERED; field++) expect<u64>(get(field)).toBe(u64.MAX_VALUE - field);
  });
});

describe("brokenRule", () => {
  it("finds none in a legal layer, and works l_out out", () => {
    writeWorkedLayer();
    set(DIMENSION_L_OUT, 99);
    expect<u32>(brokenRule()).toBe(NO_RULE);
    expect<u64>(get(DIMENSION_L_OUT)).toBe(4);
  });

  it("takes a batch of 0 and no bias", () => {
    writeLayer([0, 1, 1, 2, 3, 1, 0, 0, 1, 1, 0]);
    expect<u32>(brokenRule()).toBe(NO_RULE);
  });

  it("names the rule that a layer breaks", () => {
    writeLayer([1, 3, 4, 2, 3, 1, 0, 0, 1, 2, 1]);
    expect<u32>(brokenRule()).toBe(RULE_IN_CHANNELS);
    writeLayer([1, 4, 3, 2, 3, 1, 0, 0, 1, 2, 1]);
    expect<u32>(brokenRule()).toBe(RULE_OUT_CHANNELS);
    writeLayer([1, 4, 4, 2, 3, 2, 0, 2, 1, 2, 1]);
    expect<u32>(brokenRule()).toBe(RULE_OUTPUT_PADDING);
    writeLayer([1, 4, 4, 2, 3, 1, 2, 0, 1, 2, 1]);
    expect<u32>(brokenRule()).toBe(RULE_L_OUT);
  });

  it("names the first of several", () => {
    writeLayer([1, 3, 3, 1, 1, 1, 9, 1, 1, 2, 1]);
    expect<u32>(brokenRule()).toBe(RULE_IN_CHANNELS);
    set(IN_CHANNELS, 2);
    expect<u32>(brokenRule()).toBe(RULE_OUT_CHANNELS);
    set(OUT_CHANNELS, 2);
    expect<u32>(brokenRule()).toBe(RULE_OUTPUT_PADDING);
    writeLayer([1, 2, 2, 1, 1, 1, 9, 0, 1, 2, 1]);
    expect<u32>(brokenRule()).toBe(RULE_L_OUT);
  });

  it("draws the line of l_out between 1 and 0", () => {
    writeLayer([1, 1, 1, 2, 2, 1, 1, 0, 1, 1, 1]); // 3 - 2
    expect<u32>(brokenRule()).toBe(NO_RULE);
    expect<u64>(get(DIMENSION_L_OUT)).toBe(1);
    writeLayer([1, 1, 1, 2, 3, 1, 2, 0, 1, 1, 1]); // 4 - 4
    expect<u32>(brokenRule()).toBe(RULE_L_OUT);
  });
});

describe("keepsRule", () => {
  it("checks one rule and no other", () => {
    writeLayer([1, 3, 4, 2, 3, 1, 0, 1, 1, 2, 1]);
    expect<bool>(keepsRule(RULE_IN_CHANNELS, 0)).toBe(false);
    expect<bool>(keepsRule(RULE_OUT_CHANNELS, 0)).toBe(true);
    expect<bool>(keepsRule(RULE_OUTPUT_PADDING, 0)).toBe(false);
    expect<bool>(keepsRule(RULE_L_OUT, 0)).toBe(true);
    expect<u64>(get(DIMENSION_L_OUT)).toBe(5);
  });
});

describe("workOutOverlap", () => {
  it("works the hand-worked layers out by every method", () => {
    for (let method: u32 = METHOD_CLOSED; method <= METHOD_VERIFY; method++) {
      writeWorkedLayer();
      set(DIMENSION_L_OUT, 4);
      expect<bool>(workOutOverlap(method, 0)).toBe(true);
      expect<u64>(get(DIMENSION_TAPS)).toBe(6);
      expect<u64>(get(DIMENSION_COVERED)).toBe(4);
      writeLayer([1, 512, 256, 32, 16, 8, 4, 0, 1, 1, 1]);
      set(DIMENSION_L_OUT, 256);
      expect<bool>(workOutOverlap(method, 0)).toBe(true);
      expect<u64>(get(DIMENSION_TAPS)).toBe(504);
      expect<u64>(get(DIMENSION_COVERED)).toBe(256);
    }
  });

  it("counts every small layer as the definition does, in closed form", () => {
    compareSmallLayers(METHOD_CLOSED);
    expect<string>(firstDifference).toBe("");
  });

  it("counts every small layer as the definition does, by simulation", () => {
    compareSmallLayers(METHOD_SIMULATE);
    expect<string>(firstDifference).toBe("");
  });

  it("finds both methods agreeing on every small layer", () => {
    compareSmallLayers(METHOD_VERIFY);
    expect<string>(firstDifference).toBe("");
  });

  it("says so when the methods disagree", () => {
    // An output that is too short: the simulation misses a product, the closed form does not look at l_out.
    writeWorkedLayer();
    set(DIMENSION_L_OUT, 3);
    expect<bool>(workOutOverlap(METHOD_VERIFY, 0)).toBe(false);
    expect<bool>(workOutOverlap(METHOD_SIMULATE, 0)).toBe(true);
    expect<u64>(get(DIMENSION_TAPS)).toBe(5);
  });

  it("leaves the parameters as they are", () => {
    writeLayer([7, 1, 1, 2, 3, 1, 0, 0, 1, 1, 1]);
    set(DIMENSION_L_OUT, 4);
    workOutOverlap(METHOD_VERIFY, 0);
    expect<u64>(get(BATCH_SIZE)).toBe(7);
    expect<u64>(get(L_IN)).toBe(2);
    expect<u64>(get(KERNEL_SIZE)).toBe(3);
    expect<u64>(get(BIAS)).toBe(1);
    expect<u64>(get(DIMENSION_L_OUT)).toBe(4);
  });
});

describe("the range of a field", () => {
  it("is the parameter's, and none for a variable", () => {
    expect<bool>(isInRange(PADDING, 0)).toBe(true);
    expect<bool>(isInRange(PADDING, -1)).toBe(false);
    expect<bool>(isInRange(STRIDE, 0)).toBe(false);
    expect<bool>(isInRange(STRIDE, 2147483647)).toBe(true);
    expect<bool>(isInRange(STRIDE, 2147483648)).toBe(false);
    expect<bool>(isInRange(BATCH_SIZE, 0)).toBe(true);
    expect<bool>(isInRange(BIAS, 1)).toBe(true);
    expect<bool>(isInRange(BIAS, 2)).toBe(false);
    expect<bool>(isInRange(BIAS, -1)).toBe(false);
    expect<bool>(isInRange(PADDING + 2 * DIMENSION_FIELDS, 0)).toBe(true);
    expect<bool>(isInRange(STRIDE + DIMENSION_FIELDS, 0)).toBe(false);
    expect<bool>(isInRange(BITS, 64)).toBe(true);
    expect<bool>(isInRange(BITS, 65)).toBe(false);
    expect<bool>(isInRange(SAMPLE_RATE, 0)).toBe(false);
    expect<bool>(isInRange(VARIABLE_0, i64.MIN_VALUE)).toBe(true);
  });
});
