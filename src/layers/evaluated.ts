/** Formulas of the layer families, evaluated for one dimension of a layer. */
import { evaluate } from "../expression/evaluate.js";
import type { Node } from "../expression/node.js";
import { parseCondition } from "../expression/parse.js";

const roots = new Map<string, Node>();

/** Parses a formula once. */
export function parsed(formula: string): Node {
  const known = roots.get(formula);
  if (known) return known;
  const root = parseCondition({ text: formula, location: formula });
  roots.set(formula, root);
  return root;
}

/**
 * The value of a formula over some names. Parameters are below 2^31, so every intermediate value of the families' formulas
 * fits in 64 bits.
 */
export function evaluated(formula: string, values: object): bigint {
  const named = values as Readonly<Record<string, number | bigint>>;
  return evaluate(parsed(formula), (name) => BigInt(named[name] as number | bigint));
}
