import { PARAMETER_MAX } from "../limits.js";
import { type Dimension, type Kind, type Layer, namesOfParameter } from "./parameters.js";

/** What a list's account of rows with a parameter outside its range is called. */
export const RANGE_TEXT = "every parameter in its range";

/**
 * The rules of a legal layer, in the order in which they are checked: PyTorch's own, read from running it. The kernel's
 * rule numbers (assembly/layout.ts) are looked up by `id`.
 */
export const RULES = [
  { id: "IN_CHANNELS", text: "in_channels % groups == 0" },
  { id: "OUT_CHANNELS", text: "out_channels % groups == 0" },
  { id: "OUTPUT_PADDING", text: "output_padding < stride or output_padding < dilation" },
  { id: "L_OUT", text: "l_out >= 1" },
  /** Lists only: the axes of a sweep and the parameters of a single layer are refused before anything is counted. */
  { id: "RANGE", text: RANGE_TEXT },
] as const;

export type RuleId = (typeof RULES)[number]["id"];

/** A rule as a kind of layer has it: those of the output once for each dimension. */
export interface Rule {
  readonly id: RuleId;
  readonly dimension: number;
  /** What a legal layer keeps, as one would write it in Python. */
  readonly text: string;
  /** The parameters that it is about. */
  readonly dependsOn: readonly string[];
}

/** The rules that a sweep over layers of that kind checks, in their order. */
export function rulesOf(kind: Kind): readonly Rule[] {
  const perDimension = (id: RuleId, text: string, bases: readonly (keyof Dimension)[]): Rule[] =>
    kind.dimensions.map((letter, dimension) => {
      const dependsOn = bases.flatMap((base) => namesOfParameter(kind, base)[dimension] ?? []);
      const named =
        letter === ""
          ? text
          : text
              .replace("l_out", `${letter}_out`)
              .replace(/(output_padding|stride|dilation)/g, `$1.${letter}`);
      return { id, dimension, text: named, dependsOn };
    });
  const [inChannels, outChannels, outputPadding, lOut] = RULES;
  return [
    { ...inChannels, dimension: 0, dependsOn: ["in_channels", "groups"] },
    { ...outChannels, dimension: 0, dependsOn: ["out_channels", "groups"] },
    ...(kind.isTransposed
      ? perDimension(outputPadding.id, outputPadding.text, ["output_padding", "stride", "dilation"])
      : []),
    ...perDimension(lOut.id, lOut.text, [
      "l_in",
      "kernel_size",
      "stride",
      "padding",
      "output_padding",
      "dilation",
    ]),
  ];
}

/** Adds what a part of a run has left out, on each account, to the whole. */
export function addCounts(total: bigint[], part: readonly bigint[]): void {
  for (const [i, count] of part.entries()) total[i] = (total[i] ?? 0n) + count;
}

/** The output length of a dimension; below 1 the layer is illegal. */
export function outputLength({ isTransposed }: Kind, dimension: Dimension): bigint {
  const {
    l_in: L,
    kernel_size: K,
    stride: s,
    padding: p,
    output_padding: o,
    dilation: d,
  } = inBigInt(dimension);
  if (isTransposed) return (L - 1n) * s - 2n * p + d * (K - 1n) + o + 1n;
  const span = L + 2n * p - d * (K - 1n) - 1n;
  // Rounded towards minus infinity, so that what is below 1 stays so.
  return (span >= 0n ? span / s : (span + 1n) / s - 1n) + 1n;
}

export function inBigInt(dimension: Dimension): { readonly [N in keyof Dimension]: bigint } {
  return Object.fromEntries(
    Object.entries(dimension).map(([name, value]) => [name, BigInt(value)]),
  ) as { [N in keyof Dimension]: bigint };
}

/** Whether a layer keeps a rule; those of the output, in that dimension. */
export function isRuleKept(id: RuleId, dimension: number, layer: Layer): boolean {
  const own = layer.dimensions[dimension] as Dimension;
  switch (id) {
    case "IN_CHANNELS":
      return layer.in_channels % layer.groups === 0;
    case "OUT_CHANNELS":
      return layer.out_channels % layer.groups === 0;
    case "OUTPUT_PADDING":
      return own.output_padding < own.stride || own.output_padding < own.dilation;
    case "L_OUT":
      return outputLength(layer.kind, own) >= 1n;
    case "RANGE":
      return true;
  }
}

/** Says how a layer breaks a rule, with its values. */
export function explainBrokenRule(id: RuleId, layer: Layer): string {
  const { kind } = layer;
  const at = brokenDimension(id, layer);
  const own = layer.dimensions[at] as Dimension;
  const named = (base: keyof Dimension) => `${namesOfParameter(kind, base)[at]} ${own[base]}`;
  switch (id) {
    case "IN_CHANNELS":
      return `in_channels ${layer.in_channels} is not divisible by groups ${layer.groups}`;
    case "OUT_CHANNELS":
      return `out_channels ${layer.out_channels} is not divisible by groups ${layer.groups}`;
    case "OUTPUT_PADDING":
      return `${named("output_padding")} is not smaller than ${named("stride")} or ${named("dilation")}`;
    case "L_OUT": {
      const letter = kind.dimensions[at] as string;
      return `${letter === "" ? "the output length" : `${letter}_out`} would be ${outputLength(kind, own)}`;
    }
    case "RANGE":
      return "a parameter is outside its range";
  }
}

/** The dimension whose output breaks the rule; the first of several. */
function brokenDimension(id: RuleId, layer: Layer): number {
  return Math.max(
    0,
    layer.dimensions.findIndex((_, dimension) => !isRuleKept(id, dimension, layer)),
  );
}

/** What to do about a broken rule, with the names and limits of the layer. */
export function remedyOfBrokenRule(id: RuleId, layer: Layer): string {
  const { kind, batch_size } = layer;
  // PyTorch checks these two where it works an output out, and an empty batch has none.
  const isTakenByPyTorch =
    batch_size === 0 &&
    kind.isTransposed &&
    (id === "OUTPUT_PADDING" || id === "L_OUT") &&
    !hasNegativeLength(layer);
  const difference = isTakenByPyTorch
    ? " PyTorch accepts this layer only because batch_size is 0; upsweep applies the rule to every batch size."
    : "";
  return remedyOfAnyBatch(id, layer) + difference;
}

/** Whether an output length is below 0: PyTorch refuses that even when the batch is empty. */
function hasNegativeLength({ kind, dimensions }: Layer): boolean {
  return dimensions.some((dimension) => outputLength(kind, dimension) < 0n);
}

function remedyOfAnyBatch(id: RuleId, layer: Layer): string {
  const { kind } = layer;
  const at = brokenDimension(id, layer);
  const named = (base: keyof Dimension) => namesOfParameter(kind, base)[at];
  switch (id) {
    case "IN_CHANNELS":
    case "OUT_CHANNELS":
      return "Choose groups that divide both in_channels and out_channels, as PyTorch requires.";
    case "OUTPUT_PADDING":
      return `PyTorch requires ${named("output_padding")} to be smaller than ${named("stride")} or ${named("dilation")}.`;
    case "L_OUT": {
      const own = layer.dimensions[at] as Dimension;
      const letter = kind.dimensions[at] as string;
      const limit = paddingLimit(kind, own);
      if (!kind.isTransposed)
        return `Raise ${named("l_in")}, or ${named("padding")} to at least ${limit}, or lower ${named("kernel_size")} or ${named("dilation")}, until the kernel fits.`;
      const raised = [named("l_in"), named("kernel_size"), named("stride")].join(", ");
      return `Lower ${named("padding")} to at most ${limit}, or raise ${raised} or ${named("dilation")}, until ${letter === "" ? "l_out" : `${letter}_out`} is at least 1.`;
    }
    case "RANGE":
      return `Parameters are whole numbers from 1 to ${PARAMETER_MAX}; batch_size, padding and output_padding may be 0.`;
  }
}

/** The most padding with which a transposed layer has an output, or the least with which another has. */
function paddingLimit(kind: Kind, dimension: Dimension): bigint {
  const { l_in: L, kernel_size: K, dilation: d } = inBigInt(dimension);
  if (kind.isTransposed) return (outputLength(kind, { ...dimension, padding: 0 }) - 1n) / 2n;
  const missing = d * (K - 1n) + 1n - L;
  return (missing + 1n) / 2n;
}
