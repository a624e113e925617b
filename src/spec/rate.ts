/** Grids whose sample rates are fractions: their axis has numerators over one common denominator. */
import { errors } from "../errors.js";
import { gcd } from "../fraction.js";
import { type Axis, expressionsOf } from "./axes.js";
import { type Expression, namesIn } from "./expression/node.js";
import { lastOf, type Run } from "./values.js";

type PlainAxis = Axis & { readonly kind: "plain" };

function ratesOf(axes: readonly Axis[]): PlainAxis | undefined {
  return axes.find((axis): axis is PlainAxis => axis.kind === "plain" && axis.names.includes("sample_rate"));
}

/**
 * Grids whose sample rates have one denominator throughout, so that equal rates of two grids are equal numerators. A grid of which that cannot be
 * said stays as it is: its axes are written with whole rates, or the numerators would pass 2^53.
 */
export function overOneRate<G extends { readonly axes: readonly Axis[] }>(grids: readonly G[]): readonly G[] {
  const common = grids.reduce((found, { axes }) => {
    const own = BigInt(ratesOf(axes)?.rateDenominator ?? 1);
    return (found / gcd(found, own)) * own;
  }, 1n);
  if (common === 1n || common > Number.MAX_SAFE_INTEGER) return grids;
  return grids.map((grid) => {
    const rates = ratesOf(grid.axes);
    if (!rates || grid.axes.flatMap(expressionsOf).some(({ root }) => namesIn(root).some(({ name }) => name === "sample_rate"))) return grid;
    const factor = common / BigInt(rates.rateDenominator ?? 1);
    const own = rates.runs[rates.names.indexOf("sample_rate")] as readonly Run[];
    if (own.some((run) => BigInt(lastOf(run)) * factor > Number.MAX_SAFE_INTEGER)) return grid;
    const scaled = own.map(({ first, step, count }) => ({ first: first * Number(factor), step: step * Number(factor), count }));
    const axis = { ...rates, runs: rates.runs.map((runs) => (runs === own ? scaled : runs)), rateDenominator: Number(common) };
    return { ...grid, axes: grid.axes.map((each) => (each === rates ? axis : each)) };
  });
}

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
