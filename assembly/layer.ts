// The layer record: the eleven parameters of the layer at hand, and what has been worked out from them. Whoever moves
// through layers (odometer, list, host) writes the parameters here; whoever counts reads them here.

import { closedOverlaps, closedTaps } from "./closed";
import { dividesChannels, outputLength, outputPaddingFits } from "./geometry";
import {
  COVERED, DILATION, GROUPS, IN_CHANNELS, KERNEL_SIZE, LAYER_PTR, L_IN, L_OUT, METHOD_CLOSED, METHOD_VERIFY,
  NO_RULE, OUT_CHANNELS, OUTPUT_PADDING, PADDING, RULE_IN_CHANNELS, RULE_L_OUT, RULE_OUT_CHANNELS,
  RULE_OUTPUT_PADDING, STRIDE, TAPS,
} from "./layout";
import { simulate } from "./overlap";

/** A parameter of the layer, or one of l_out, taps and covered once they are worked out. */
export function get(field: u32): u64 {
  return load<u64>(LAYER_PTR + ((<usize>field) << 3));
}

export function set(field: u32, value: u64): void {
  store<u64>(LAYER_PTR + ((<usize>field) << 3), value);
}

/** Whether the layer keeps a rule. RULE_L_OUT also works l_out out. */
export function keepsRule(rule: u32): bool {
  switch (rule) {
    case RULE_IN_CHANNELS: return dividesChannels(get(GROUPS), get(IN_CHANNELS));
    case RULE_OUT_CHANNELS: return dividesChannels(get(GROUPS), get(OUT_CHANNELS));
    case RULE_OUTPUT_PADDING: return outputPaddingFits(get(OUTPUT_PADDING), get(STRIDE), get(DILATION));
    default: {
      const lOut = outputLength(get(L_IN), get(KERNEL_SIZE), get(STRIDE), get(PADDING), get(OUTPUT_PADDING), get(DILATION));
      set(L_OUT, lOut);
      return lOut >= 1;
    }
  }
}

/** The first rule that the layer breaks, or NO_RULE; l_out is worked out when it gets that far. */
export function brokenRule(): u32 {
  for (let rule = RULE_IN_CHANNELS; rule <= RULE_L_OUT; rule++) {
    if (!keepsRule(rule)) return rule;
  }
  return NO_RULE;
}

/**
 * Works out taps and covered of a legal layer whose l_out is known. Returns false only with METHOD_VERIFY, when closed
 * form and simulation differ.
 */
export function workOutOverlap(method: u32): bool {
  const lIn = get(L_IN), kernelSize = get(KERNEL_SIZE), stride = get(STRIDE), padding = get(PADDING);
  const outputPadding = get(OUTPUT_PADDING), dilation = get(DILATION);
  let taps: u64 = 0, covered: u64 = 0;
  if (method != METHOD_CLOSED) {
    simulate(get(L_OUT), lIn, kernelSize, stride, padding, dilation);
    if (method != METHOD_VERIFY) return true;
    taps = get(TAPS);
    covered = get(COVERED);
  }
  const closed = closedTaps(lIn, kernelSize, stride, padding, outputPadding, dilation);
  set(TAPS, closed);
  set(COVERED, closed - closedOverlaps(lIn, kernelSize, stride, padding, outputPadding, dilation));
  return method != METHOD_VERIFY || (taps == get(TAPS) && covered == get(COVERED));
}
