/** The table of rules. Each layer family lists the rules that apply to it. */

/** The predicate of list rows. It rejects a row with a parameter outside its range. */
export const RANGE_TEXT = "every parameter in its range";

/** All rules of legal layers, in the order in which they are checked. */
export const RULES = [
  { id: "IN_CHANNELS", text: "in_channels % groups == 0" },
  { id: "OUT_CHANNELS", text: "out_channels % groups == 0" },
  {
    id: "OUTPUT_PADDING",
    text: "output_padding < stride or output_padding < dilation",
    perDimension: true,
  },
  { id: "L_OUT", text: "l_out >= 1", perDimension: true },
  // Only for lists. Sweeps and single layers report such parameters before they count anything.
  { id: "RANGE", text: RANGE_TEXT },
  {
    id: "SAME_STRIDE",
    text: "padding != same or stride == 1",
    perDimension: true,
  },
] as const;

export type RuleId = (typeof RULES)[number]["id"];
