// The rules that every legal layer keeps, by their numbers RULE_….

import * as layout from "../layout";
import { hasPaddingWord, outputLength } from "./dimension";
import { channelsPerGroup, dimensions, get, getAt, set } from "./layer";
import { outputPaddingFits } from "./transposed";

/**
 * Whether the layer keeps a rule, in one dimension if the rule is about dimensions. Also sets the
 * field that the rule is about: the channels per group, or l_out.
 */
// @ts-ignore: decorator
@inline
export function keepsRule(rule: u32, dimension: u32): bool {
  switch (rule) {
    case layout.RULE_IN_CHANNELS: return splitsChannels(layout.IN_CHANNELS, layout.IN_PER_GROUP);
    case layout.RULE_OUT_CHANNELS: return splitsChannels(layout.OUT_CHANNELS, layout.OUT_PER_GROUP);
    case layout.RULE_OUTPUT_PADDING:
      return outputPaddingFits(
        getAt(layout.OUTPUT_PADDING, dimension),
        getAt(layout.STRIDE, dimension),
        getAt(layout.DILATION, dimension),
      );
    case layout.RULE_SAME_STRIDE:
      return getAt(layout.PADDING, dimension) != layout.PADDING_SAME
        || getAt(layout.STRIDE, dimension) == 1;
    default: { // RULE_L_OUT
      const lOut = outputLength(dimension);
      set(layout.DIMENSION_L_OUT + dimension * layout.DIMENSION_FIELDS, lOut);
      return lOut >= 1;
    }
  }
}

/** Whether `groups` divides the channels exactly. Sets the channels per group. */
function splitsChannels(channels: u32, perGroup: u32): bool {
  const all = get(channels), groups = get(layout.GROUPS);
  const ofGroup = channelsPerGroup(all, groups);
  set(perGroup, ofGroup);
  return ofGroup * groups == all;
}

/**
 * The first rule that the layer breaks, or NO_RULE. Sets the output lengths if the rules before
 * RULE_L_OUT hold.
 */
export function brokenRule(): u32 {
  for (let rule = layout.RULE_IN_CHANNELS; rule <= layout.RULE_L_OUT; rule++) {
    const times: u32 = rule < layout.FIRST_DIMENSION_RULE ? 1 : dimensions;
    for (let dimension: u32 = 0; dimension < times; dimension++) {
      if (!keepsRule(rule, dimension)) return rule;
    }
  }
  // RULE_SAME_STRIDE has its own loop, because only a layer with a padding word can break it. All
  // other layers skip it.
  for (let dimension: u32 = 0; hasPaddingWord() && dimension < dimensions; dimension++) {
    if (!keepsRule(layout.RULE_SAME_STRIDE, dimension)) return layout.RULE_SAME_STRIDE;
  }
  return layout.NO_RULE;
}
