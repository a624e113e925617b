import { get, set, setKind } from "../../../assembly/layers/layer";
import { brokenRule, keepsRule } from "../../../assembly/layers/rules";
import {
  DIMENSION_L_OUT,
  IN_CHANNELS,
  IN_PER_GROUP,
  KIND_CONV_TRANSPOSE1D,
  KIND_LINEAR,
  NO_RULE,
  OUT_CHANNELS,
  OUT_PER_GROUP,
  RULE_IN_CHANNELS,
  RULE_L_OUT,
  RULE_OUTPUT_PADDING,
  RULE_OUT_CHANNELS,
} from "../../../assembly/layout";
import { writeLayer } from "../support";

/** Writes the smallest worked example, whose y is 1 2 2 1. */
function writeWorkedLayer(): void {
  writeLayer([1, 1, 1, 2, 3, 1, 0, 0, 1, 1, 1]);
}

describe("brokenRule", () => {
  it("finds none in a valid layer, and computes l_out", () => {
    writeWorkedLayer();
    set(DIMENSION_L_OUT, 99);
    expect<u32>(brokenRule()).toBe(NO_RULE);
    expect<u64>(get(DIMENSION_L_OUT)).toBe(4);
  });

  it("accepts a batch of 0, and a layer without bias", () => {
    writeLayer([0, 1, 1, 2, 3, 1, 0, 0, 1, 1, 0]);
    expect<u32>(brokenRule()).toBe(NO_RULE);
  });

  it("returns the rule that a layer breaks", () => {
    writeLayer([1, 3, 4, 2, 3, 1, 0, 0, 1, 2, 1]);
    expect<u32>(brokenRule()).toBe(RULE_IN_CHANNELS);
    writeLayer([1, 4, 3, 2, 3, 1, 0, 0, 1, 2, 1]);
    expect<u32>(brokenRule()).toBe(RULE_OUT_CHANNELS);
    writeLayer([1, 4, 4, 2, 3, 2, 0, 2, 1, 2, 1]);
    expect<u32>(brokenRule()).toBe(RULE_OUTPUT_PADDING);
    writeLayer([1, 4, 4, 2, 3, 1, 2, 0, 1, 2, 1]);
    expect<u32>(brokenRule()).toBe(RULE_L_OUT);
  });

  it("returns the first of several broken rules", () => {
    writeLayer([1, 3, 3, 1, 1, 1, 9, 1, 1, 2, 1]);
    expect<u32>(brokenRule()).toBe(RULE_IN_CHANNELS);
    set(IN_CHANNELS, 2);
    expect<u32>(brokenRule()).toBe(RULE_OUT_CHANNELS);
    set(OUT_CHANNELS, 2);
    expect<u32>(brokenRule()).toBe(RULE_OUTPUT_PADDING);
    writeLayer([1, 2, 2, 1, 1, 1, 9, 0, 1, 2, 1]);
    expect<u32>(brokenRule()).toBe(RULE_L_OUT);
  });

  it("accepts an l_out of 1 and rejects 0", () => {
    writeLayer([1, 1, 1, 2, 2, 1, 1, 0, 1, 1, 1]); // 3 - 2
    expect<u32>(brokenRule()).toBe(NO_RULE);
    expect<u64>(get(DIMENSION_L_OUT)).toBe(1);
    writeLayer([1, 1, 1, 2, 3, 1, 2, 0, 1, 1, 1]); // 4 - 4
    expect<u32>(brokenRule()).toBe(RULE_L_OUT);
  });
});

describe("keepsRule", () => {
  it("checks only the given rule", () => {
    writeLayer([1, 3, 4, 2, 3, 1, 0, 1, 1, 2, 1]);
    expect<bool>(keepsRule(RULE_IN_CHANNELS, 0)).toBe(false);
    expect<bool>(keepsRule(RULE_OUT_CHANNELS, 0)).toBe(true);
    expect<bool>(keepsRule(RULE_OUTPUT_PADDING, 0)).toBe(false);
    expect<bool>(keepsRule(RULE_L_OUT, 0)).toBe(true);
    expect<u64>(get(DIMENSION_L_OUT)).toBe(5);
  });
});

describe("linear layers", () => {
  it("are valid for any spatial fields, because they have no dimensions", () => {
    setKind(KIND_LINEAR);
    writeLayer([3, 4, 5, 1, 9, 1, 2, 0, 1, 1, 1]); // a kernel longer than its input
    expect<u32>(brokenRule()).toBe(NO_RULE);
    setKind(KIND_CONV_TRANSPOSE1D);
  });

  it("keep the rules of the channels with one group", () => {
    setKind(KIND_LINEAR);
    writeLayer([1, 4, 5, 1, 1, 1, 0, 0, 1, 1, 1]);
    expect<u32>(brokenRule()).toBe(NO_RULE);
    expect<u64>(get(IN_PER_GROUP)).toBe(4);
    expect<u64>(get(OUT_PER_GROUP)).toBe(5);
    setKind(KIND_CONV_TRANSPOSE1D);
  });
});
