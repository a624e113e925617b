/** Grids whose sample rates are fractions: their axis has numerators over one common denominator. */
import { errors } from "../errors.js";
import { type Expression, type Node, namesIn } from "../expression/node.js";
import { binary, replaceNames } from "../expression/rewrite.js";
import { type Axis, expressionsOf } from "./axes.js";

/**
 * The grid with conditions that divide the numerator by the denominator wherever they name `sample_rate`.
 *
 * @throws UpsweepError when an axis is written with a sample rate that is a fraction: the values of axes are whole numbers.
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

/** An expression with `sample_rate` divided throughout; messages still point at the name. */
function withRateDivided(root: Node, denominator: number): Node {
  return replaceNames(root, (name, node) => {
    const location = { start: node.start, end: node.end };
    return name === "sample_rate" ? { ...binary("/", node, denominator), ...location } : node;
  });
}
