/**
 * Merges the tallies of several ranges. They are merged in order, so that an extreme keeps the
 * first layer at which it occurred.
 */
import { medianOf } from "./bins.js";
import { COMPARED } from "./compared.js";

/** Compares the answers of a convention with the exact count, over the layers of a batch. */
export interface Tally {
  /** The number of layers with a ratio: the tool answers, and at least one product lands. */
  readonly layers: bigint;
  /** The number of layers without an answer. */
  readonly missing: bigint;
  /** The number of layers whose answer equals the MACs. */
  readonly exact: bigint;
  /**
   * The smallest and the largest ratio, each with its first layer: a raw index of the grid, or a
   * byte of the chunk.
   */
  readonly min: Extreme<bigint>;
  readonly max: Extreme<bigint>;
  /** The number of layers in each bin of ratios that is not empty (see conventions/bins.ts). */
  readonly bins: readonly (readonly [number, number])[];
}

export interface Extreme<P> {
  readonly ratio: number;
  readonly at: P;
}

/** A tally of all ranges so far. `P` identifies a layer. */
export interface Total<P> {
  layers: bigint;
  missing: bigint;
  exact: bigint;
  min: Extreme<P> | undefined;
  max: Extreme<P> | undefined;
  readonly bins: Map<number, bigint>;
}

/** An empty total for each convention. */
export function emptyTotals<P>(): Total<P>[] {
  return COMPARED.map(() => ({
    layers: 0n,
    missing: 0n,
    exact: 0n,
    min: undefined,
    max: undefined,
    bins: new Map(),
  }));
}

/**
 * Adds the tallies of one range.
 *
 * @param locate converts a position in the range to one in the run.
 */
export function addTallies<P>(
  totals: readonly Total<P>[],
  tallies: readonly Tally[],
  locate: (at: bigint) => P,
): void {
  for (const [i, tally] of tallies.entries()) {
    const total = totals[i] as Total<P>;
    total.layers += tally.layers;
    total.missing += tally.missing;
    total.exact += tally.exact;
    for (const [bin, count] of tally.bins)
      total.bins.set(bin, (total.bins.get(bin) ?? 0n) + BigInt(count));
    if (tally.layers === 0n) continue;
    if (!total.min || tally.min.ratio < total.min.ratio)
      total.min = { ratio: tally.min.ratio, at: locate(tally.min.at) };
    if (!total.max || tally.max.ratio > total.max.ratio)
      total.max = { ratio: tally.max.ratio, at: locate(tally.max.at) };
  }
}

/** Merges the tallies of several ranges of one grid. */
export function mergedTallies(parts: readonly (readonly Tally[])[]): Tally[] {
  const totals = emptyTotals<bigint>();
  for (const part of parts) addTallies(totals, part, (at) => at);
  const empty = { ratio: 0, at: 0n };
  return totals.map(({ bins, min = empty, max = empty, ...counts }) => ({
    ...counts,
    min,
    max,
    bins: [...bins]
      .sort(([a], [b]) => a - b)
      .map(([bin, count]): [number, number] => [bin, Number(count)]),
  }));
}

/** The median ratio. Undefined if no layer has a ratio. */
export function medianOfTotal({ bins, layers, min, max }: Total<unknown>): number | undefined {
  return min && max && medianOf(bins, layers, min.ratio, max.ratio);
}

/**
 * The extreme that is further from 1 by its factor. A ratio of 0 is further than any other.
 */
export function worstOf<P>({ min, max }: Total<P>): Extreme<P> | undefined {
  if (!min || !max) return undefined;
  return min.ratio === 0 || 1 / min.ratio > max.ratio ? min : max;
}
