/** Grids whose sample rates are fractions: their axis has numerators over one common denominator. */
import { errors } from "../errors.js";
import { type Axis, expressionsOf } from "./axes.js";
import { type Expression, namesIn } from "./expression/node.js";

/**
 * The grid with conditions that divide the numerator by the denominator wherever they name `sample_rate`.
 *
 * @throws UpsweepError when an axis is written with a sample rate that is a fraction: the values of axes are whole numbers.
 */
export function withRate<G extends { readonly axes: readonly Axis[]; readonly where: readonly Expression[] }>(grid: G): G {
  const under = grid.axes.reduce((found, axis) => (axis.kind === "plain" ? (axis.rateDenominator ?? found) : found), 1);
  if (under === 1) return grid;
  for (const { written, root } of grid.axes.flatMap(expressionsOf)) {
    const used = namesIn(root).find(({ name }) => name === "sample_rate");
    if (used) throw errors.rateInAxis(written, used.span);
  }
  return { ...grid, where: grid.where.map((condition) => ({ ...condition, root: divided(condition.root, BigInt(under)) })) };
}

/** A part of an expression with `sample_rate` divided throughout. */
function divided<T>(part: T, under: bigint): T {
  if (Array.isArray(part)) return part.map((each) => divided(each, under)) as T;
  if (typeof part !== "object" || part === null) return part;
  const { kind, name, start, end } = part as { kind?: string; name?: string; start?: number; end?: number };
  if (kind === "name" && name === "sample_rate") {
    return { kind: "binary", operator: "/", left: part, right: { kind: "number", value: under, start, end }, start, end } as T;
  }
  return Object.fromEntries(Object.entries(part).map(([key, value]) => [key, divided(value, under)])) as T;
}
