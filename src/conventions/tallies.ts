/** Tallies of several stretches put together: in their order, so that what was first met stays the first. */
import { medianOf } from "./bins.js";
import { COMPARED } from "./compared.js";

/** How the answers of a convention stand to the exact count, over the layers of a batch. */
export interface Tally {
  /** Layers with a ratio: the tool answers, and at least one product lands. */
  readonly layers: bigint;
  /** Layers without an answer. */
  readonly missing: bigint;
  /** Layers whose answer comes to exactly the MACs. */
  readonly exact: bigint;
  /** The smallest and the largest ratio, and where each was first met: raw index of the grid, or byte of the chunk. */
  readonly min: Extreme<bigint>;
  readonly max: Extreme<bigint>;
  /** Layers by the bin of their ratio (see conventions/bins.ts). */
  readonly bins: readonly (readonly [number, number])[];
}

export interface Extreme<P> {
  readonly ratio: number;
  readonly at: P;
}

/** A tally of everything so far. `P` is what names a layer. */
export interface Total<P> {
  layers: bigint;
  missing: bigint;
  exact: bigint;
  min: Extreme<P> | undefined;
  max: Extreme<P> | undefined;
  readonly bins: Map<number, bigint>;
}

/** A total of nothing for each convention. */
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

/** Adds a stretch's tallies; `location` says of what stands in one where it is in all. */
export function addTallies<P>(
  totals: readonly Total<P>[],
  tallies: readonly Tally[],
  location: (at: bigint) => P,
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
      total.min = { ratio: tally.min.ratio, at: location(tally.min.at) };
    if (!total.max || tally.max.ratio > total.max.ratio)
      total.max = { ratio: tally.max.ratio, at: location(tally.max.at) };
  }
}

/** Several stretches of one grid as one. */
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

/** The median ratio; undefined where no layer has one. */
export function medianOfTotal({ bins, layers, min, max }: Total<unknown>): number | undefined {
  return min && max && medianOf(bins, layers, min.ratio, max.ratio);
}

/** The ratio that is furthest from 1, of a layer that it is a worst example of; 0 is further than any other. */
export function worstOf<P>({ min, max }: Total<P>): Extreme<P> | undefined {
  if (!min || !max) return undefined;
  return min.ratio === 0 || 1 / min.ratio > max.ratio ? min : max;
}
