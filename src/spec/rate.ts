/**
 * Grids with fractional sample rates. Their axis holds the numerators over one common denominator.
 */
import { errors } from "../errors.js";
import { type Expression, type Node, namesIn } from "../expression/node.js";
import { binary, replaceNames } from "../expression/rewrite.js";
import { type Axis, expressionsOf } from "./axes.js";

/**
 * Rewrites the conditions of a grid so that they divide the numerator by the denominator wherever
 * they name `sample_rate`.
 *
 * @throws UpsweepError if an axis uses a fractional sample rate: the values of axes are integers.
 */
export function withRate<
  G extends { readonly axes: readonly Axis[]; readonly where: readonly Expression[] },
>(grid: G): G {
  const denominator = grid.axes.reduce(
    (found, axis) => (axis.kind === "plain" ? (axis.rateDenominator ?? found) : found),
    1,
  );
  if (denominator === 1) return grid;
  for (const { source, root } of grid.axes.flatMap(expressionsOf)) {
    const used = namesIn(root).find(({ name }) => name === "sample_rate");
    if (used) throw errors.rateInAxis(source, used.span);
  }
  return {
    ...grid,
    where: grid.where.map((condition) => ({
      ...condition,
      root: withRateDivided(condition.root, denominator),
    })),
  };
}

/** Divides every `sample_rate` in an expression. Messages still point at the name. */
function withRateDivided(root: Node, denominator: number): Node {
  return replaceNames(root, (name, node) => {
    const location = { start: node.start, end: node.end };
    return name === "sample_rate" ? { ...binary("/", node, denominator), ...location } : node;
  });
}
