import { brokenRule, get, keepsRule, set, workOutOverlap } from "../../assembly/layer";
import {
  COVERED, GROUPS, L_OUT, METHOD_CLOSED, METHOD_SIMULATE, METHOD_VERIFY, NO_RULE, OUTPUT_PADDING, PADDING, RULE_IN_CHANNELS,
  RULE_L_OUT, RULE_OUT_CHANNELS, RULE_OUTPUT_PADDING, STRIDE, TAPS,
} from "../../assembly/layout";
import { writeLayer } from "./support";

/** HiFi-GAN's first upsampler: batch, in, out, l_in, kernel, stride, padding, output_padding, dilation, groups, bias. */
function hifigan(): void {
  writeLayer([1, 512, 256, 32, 16, 8, 4, 0, 1, 1, 1]);
}

describe("the layer at hand", () => {
  it("is legal when it keeps every rule, and its l_out is known then", () => {
    hifigan();
    expect<u32>(brokenRule()).toBe(NO_RULE);
    expect<u64>(get(L_OUT)).toBe(256);
  });

  it("breaks the first rule in their order", () => {
    hifigan();
    set(PADDING, 200);
    expect<u32>(brokenRule()).toBe(RULE_L_OUT);
    set(OUTPUT_PADDING, 8);
    expect<u32>(brokenRule()).toBe(RULE_OUTPUT_PADDING);
    set(GROUPS, 512);
    expect<u32>(brokenRule()).toBe(RULE_OUT_CHANNELS);
    set(GROUPS, 3);
    expect<u32>(brokenRule()).toBe(RULE_IN_CHANNELS);
    expect<bool>(keepsRule(RULE_OUTPUT_PADDING)).toBe(false);
    set(STRIDE, 9);
    expect<bool>(keepsRule(RULE_OUTPUT_PADDING)).toBe(true);
  });

  it("is legal with an output of one element, not with one of none", () => {
    writeLayer([1, 1, 1, 1, 3, 1, 1, 0, 1, 1, 1]);
    expect<u32>(brokenRule()).toBe(NO_RULE);
    expect<u64>(get(L_OUT)).toBe(1);
    writeLayer([1, 1, 1, 1, 2, 1, 1, 0, 1, 1, 1]);
    expect<u32>(brokenRule()).toBe(RULE_L_OUT);
  });

  it("has the same taps and covered by every method", () => {
    for (let method: u32 = METHOD_CLOSED; method <= METHOD_VERIFY; method++) {
      hifigan();
      set(TAPS, 0);
      set(COVERED, 0);
      brokenRule();
      expect<bool>(workOutOverlap(method)).toBe(true);
      expect<u64>(get(TAPS)).toBe(504);
      expect<u64>(get(COVERED)).toBe(256);
    }
  });

  it("shows a difference between the methods: a wrong l_out cuts the simulation short", () => {
    hifigan();
    brokenRule();
    set(L_OUT, 255);
    expect<bool>(workOutOverlap(METHOD_VERIFY)).toBe(false);
    expect<bool>(workOutOverlap(METHOD_SIMULATE)).toBe(true);
  });
});
