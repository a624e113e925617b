import type { Layer, ParameterName } from "./columns.js";

/**
 * The rules of a legal layer, in the order in which they are checked: PyTorch's own, read from running it. The kernel's
 * rule numbers (assembly/layout.ts) are looked up by `id`.
 */
interface RuleRow {
  readonly id: string;
  /** What a legal layer keeps, as one would write it in Python. */
  readonly text: string;
  readonly dependsOn: readonly ParameterName[];
}

export const RULES = [
  { id: "IN_CHANNELS", text: "in_channels % groups == 0", dependsOn: ["in_channels", "groups"] },
  { id: "OUT_CHANNELS", text: "out_channels % groups == 0", dependsOn: ["out_channels", "groups"] },
  {
    id: "OUTPUT_PADDING",
    text: "output_padding < stride or output_padding < dilation",
    dependsOn: ["output_padding", "stride", "dilation"],
  },
  { id: "L_OUT", text: "l_out >= 1", dependsOn: ["l_in", "kernel_size", "stride", "padding", "output_padding", "dilation"] },
  /** Lists only: the axes of a sweep and the parameters of a single layer are refused before anything is counted. */
  { id: "RANGE", text: "every parameter in its range", dependsOn: [] },
] as const satisfies readonly RuleRow[];

export type RuleId = (typeof RULES)[number]["id"];
export type Rule = RuleRow & { readonly id: RuleId };

/** Adds what a part of a run has left out, on each account, to the whole. */
export function addAccount(total: bigint[], part: readonly bigint[]): void {
  for (const [i, count] of part.entries()) total[i] = (total[i] ?? 0n) + count;
}

/** The output length of a layer; below 1 the layer is illegal. */
export function outputLength(layer: Layer): bigint {
  const [L, K, s, p, o, d] = [layer.l_in, layer.kernel_size, layer.stride, layer.padding, layer.output_padding, layer.dilation].map(BigInt) as [
    bigint,
    bigint,
    bigint,
    bigint,
    bigint,
    bigint,
  ];
  return (L - 1n) * s - 2n * p + d * (K - 1n) + o + 1n;
}

/** Whether a layer keeps a rule, by its place in `RULES`. */
export function isRuleKept(rule: number, layer: Layer): boolean {
  switch (RULES[rule]?.id) {
    case "IN_CHANNELS":
      return layer.in_channels % layer.groups === 0;
    case "OUT_CHANNELS":
      return layer.out_channels % layer.groups === 0;
    case "OUTPUT_PADDING":
      return layer.output_padding < layer.stride || layer.output_padding < layer.dilation;
    case "L_OUT":
      return outputLength(layer) >= 1n;
    default:
      return true;
  }
}

/** Says how a layer breaks a rule, with its values. */
export function explainBrokenRule(rule: RuleId, layer: Layer): string {
  switch (rule) {
    case "IN_CHANNELS":
      return `groups ${layer.groups} does not divide in_channels ${layer.in_channels}`;
    case "OUT_CHANNELS":
      return `groups ${layer.groups} does not divide out_channels ${layer.out_channels}`;
    case "OUTPUT_PADDING":
      return `output_padding ${layer.output_padding} is not smaller than stride ${layer.stride} or dilation ${layer.dilation}`;
    case "L_OUT":
      return `the output length would be ${outputLength(layer)}`;
    case "RANGE":
      return "a parameter is outside its range";
  }
}

/** What to do about a broken rule. */
export function remedyOfBrokenRule(rule: RuleId): string {
  switch (rule) {
    case "IN_CHANNELS":
    case "OUT_CHANNELS":
      return "In PyTorch groups must divide in_channels and out_channels.";
    case "OUTPUT_PADDING":
      return "In PyTorch output_padding must be smaller than stride or dilation.";
    case "L_OUT":
      return "Lower padding, or raise l_in, kernel_size, stride or dilation, until l_out is at least 1.";
    case "RANGE":
      return "Parameters are whole numbers up to 2147483647, from 0 (batch_size, padding, output_padding) or 1.";
  }
}
