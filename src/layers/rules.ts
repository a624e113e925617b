/** The rules of legal layers. They are PyTorch's own, and were determined by running it. */

import { evaluate } from "../expression/evaluate.js";
import { PADDING_SAME, PARAMETER_MAX } from "../limits.js";
import { namesOfFormula, parsed } from "./evaluated.js";
import type { Family } from "./family.js";
import { type Kind, namesOfParameter, spatialOf } from "./kinds.js";
import type { Layer } from "./layer.js";
import type { Dimension, ParameterName } from "./parameters.js";
import { RULES, type RuleId } from "./rule-table.js";

/** A rule of one kind of layer. Rules about a dimension exist once for each. */
export interface Rule {
  readonly id: RuleId;
  readonly dimension: number;
  /** The condition that a legal layer satisfies, in the expression language. */
  readonly text: string;
  /** The parameters that the condition depends on. */
  readonly dependsOn: readonly string[];
  /** Whether every layer of the kind satisfies it, because the kind lacks a parameter. */
  readonly isTrue: boolean;
}

/** The rules of a kind of layer, in the order in which a sweep checks them. */
export function rulesOf(kind: Kind): readonly Rule[] {
  return RULES.filter(({ id }) => kind.family.rules.includes(id)).flatMap((row): Rule[] => {
    const bases = namesOfRule(kind.family, row.text);
    const names = bases.map((base) => namesOfParameter(kind, base));
    const isTrue = names.some(({ length }) => length === 0);
    if (!("perDimension" in row))
      return [{ ...row, dimension: 0, dependsOn: names.flat(), isTrue }];
    return kind.dimensions.map((letter, dimension) => ({
      id: row.id,
      dimension,
      text: textInDimension(row.text, letter),
      dependsOn: names.flatMap((own) => own[dimension] ?? []),
      isTrue,
    }));
  });
}

/** Words in the texts of rules that are not parameters. */
const OTHER_WORDS: ReadonlySet<string> = new Set(["same", "or"]);

/** The parameters in a rule. `l_out` is replaced by the parameters that it depends on. */
function namesOfRule({ spatial }: Family, text: string): readonly ParameterName[] {
  const names = namesOfFormula(text).flatMap((name) =>
    name === "l_out"
      ? namesOfFormula(spatial?.outputLength ?? "")
      : OTHER_WORDS.has(name)
        ? []
        : [name],
  );
  return [...new Set(names)] as ParameterName[];
}

/** The parameters of all rules of a family that contain a given parameter. */
export function namesConstrainedWith(
  family: Family,
  name: ParameterName,
): readonly ParameterName[] {
  return RULES.filter(({ id }) => family.rules.includes(id))
    .map(({ text }) => namesOfRule(family, text))
    .filter((names) => names.includes(name))
    .flat();
}

function textInDimension(text: string, letter: string): string {
  if (letter === "") return text;
  return text
    .replace("l_out", `${letter}_out`)
    .replace(/(output_padding|\bpadding|stride|dilation)/g, `$1.${letter}`);
}

/** Adds the rejection counts of a part of a run to a total. */
export function addCounts(total: bigint[], part: readonly bigint[]): void {
  for (const [i, count] of part.entries()) total[i] = (total[i] ?? 0n) + count;
}

/** The output length of a dimension. A layer with a length below 1 is illegal. */
export function outputLength(kind: Kind, dimension: Dimension): bigint {
  return spatialOf(kind).lengthOf(dimension);
}

/** The parameters of a dimension as big integers. */
export function inBigInt(dimension: Dimension): { readonly [N in keyof Dimension]: bigint } {
  return Object.fromEntries(
    Object.entries(dimension).map(([name, value]) => [name, BigInt(value)]),
  ) as { [N in keyof Dimension]: bigint };
}

/** Whether a layer satisfies a rule. A rule about a dimension is checked in the given one. */
export function satisfiesRule(id: RuleId, dimension: number, layer: Layer): boolean {
  const row = RULES.find((rule) => rule.id === id) as (typeof RULES)[number];
  if (row.id === "RANGE") return true;
  const own = layer.dimensions[dimension] as Dimension;
  const valueFor = (name: string): bigint => {
    if (name === "l_out") return outputLength(layer.kind, own);
    if (name === "same") return BigInt(PADDING_SAME);
    return BigInt({ ...layer, ...own }[name as keyof Dimension]);
  };
  return evaluate(parsed(row.text), valueFor) === 1n;
}

/** Describes how a layer breaks a rule, with the values of its parameters. */
export function explainBrokenRule(id: RuleId, layer: Layer): string {
  const { kind } = layer;
  const at = brokenDimension(id, layer);
  const own = layer.dimensions[at] as Dimension;
  const nameOf = (base: keyof Dimension) => namesOfParameter(kind, base)[at] as string;
  const named = (base: keyof Dimension) => `${nameOf(base)} ${own[base]}`;
  switch (id) {
    case "IN_CHANNELS":
      return `in_channels ${layer.in_channels} is not divisible by groups ${layer.groups}`;
    case "OUT_CHANNELS":
      return `out_channels ${layer.out_channels} is not divisible by groups ${layer.groups}`;
    case "OUTPUT_PADDING":
      return (
        `${named("output_padding")} is not smaller than ` +
        `${named("stride")} or ${named("dilation")}`
      );
    case "SAME_STRIDE":
      return `${nameOf("padding")} 'same' needs ${nameOf("stride")} 1, not ${own.stride}`;
    case "L_OUT": {
      const letter = kind.dimensions[at] as string;
      const subject = letter === "" ? "the output length" : `${letter}_out`;
      return `${subject} would be ${outputLength(kind, own)}`;
    }
    case "RANGE":
      return "a parameter is outside its range";
  }
}

/** The first dimension that breaks a rule. It is 0 for a rule that is not about a dimension. */
function brokenDimension(id: RuleId, layer: Layer): number {
  return Math.max(
    0,
    layer.dimensions.findIndex((_, dimension) => !satisfiesRule(id, dimension, layer)),
  );
}

/** The remedy for a broken rule, with the parameter names and limits of the layer. */
export function remedyOfBrokenRule(id: RuleId, layer: Layer): string {
  const { kind, batch_size } = layer;
  const isAcceptedByPyTorch =
    batch_size === 0 && kind.family.rulesSkippedWhenEmpty.includes(id) && !hasNegativeLength(layer);
  const difference = isAcceptedByPyTorch
    ? " PyTorch accepts this layer only because batch_size is 0; " +
      "upsweep applies the rule to every batch size."
    : "";
  return remedyOfAnyBatch(id, layer) + difference;
}

/** Whether an output length is below 0. PyTorch rejects such a layer even for an empty batch. */
function hasNegativeLength({ kind, dimensions }: Layer): boolean {
  return dimensions.some((dimension) => outputLength(kind, dimension) < 0n);
}

function remedyOfAnyBatch(id: RuleId, layer: Layer): string {
  const { kind } = layer;
  const at = brokenDimension(id, layer);
  const named = (base: keyof Dimension) => namesOfParameter(kind, base)[at] as string;
  switch (id) {
    case "IN_CHANNELS":
    case "OUT_CHANNELS":
      return "Choose groups that divide both in_channels and out_channels, as PyTorch requires.";
    case "OUTPUT_PADDING":
      return (
        `PyTorch requires ${named("output_padding")} to be smaller than ` +
        `${named("stride")} or ${named("dilation")}.`
      );
    case "SAME_STRIDE":
      return (
        "PyTorch supports padding='same' only for stride 1. " +
        `Set ${named("stride")} to 1, or give ${named("padding")} as a number.`
      );
    case "L_OUT": {
      const letter = kind.dimensions[at] as string;
      const output = letter === "" ? "l_out" : `${letter}_out`;
      return spatialOf(kind).outputRemedy(layer.dimensions[at] as Dimension, named, output);
    }
    case "RANGE":
      return (
        `Parameters are whole numbers from 1 to ${PARAMETER_MAX}; ` +
        "batch_size, padding and output_padding may be 0."
      );
  }
}
