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
  readonly least: Extreme<bigint>;
  readonly most: Extreme<bigint>;
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
  least: Extreme<P> | undefined;
  most: Extreme<P> | undefined;
  readonly bins: Map<number, bigint>;
}

/** A total of nothing for each convention. */
export function emptyTotals<P>(): Total<P>[] {
  return COMPARED.map(() => ({
    layers: 0n,
    missing: 0n,
    exact: 0n,
    least: undefined,
    most: undefined,
    bins: new Map(),
  }));
}

/** Adds a stretch's tallies; `place` says of what stands in one where it is in all. */
export function addTallies<P>(
  totals: readonly Total<P>[],
  tallies: readonly Tally[],
  place: (at: bigint) => P,
): void {
  for (const [i, tally] of tallies.entries()) {
    const total = totals[i] as Total<P>;
    total.layers += tally.layers;
    total.missing += tally.missing;
    total.exact += tally.exact;
    for (const [bin, count] of tally.bins)
      total.bins.set(bin, (total.bins.get(bin) ?? 0n) + BigInt(count));
    if (tally.layers === 0n) continue;
    if (!total.least || tally.least.ratio < total.least.ratio)
      total.least = { ratio: tally.least.ratio, at: place(tally.least.at) };
    if (!total.most || tally.most.ratio > total.most.ratio)
      total.most = { ratio: tally.most.ratio, at: place(tally.most.at) };
  }
}

/** Several stretches of one grid as one. */
export function mergedTallies(parts: readonly (readonly Tally[])[]): Tally[] {
  const totals = emptyTotals<bigint>();
  for (const part of parts) addTallies(totals, part, (at) => at);
  const nothing = { ratio: 0, at: 0n };
  return totals.map(({ bins, least = nothing, most = nothing, ...counts }) => ({
    ...counts,
    least,
    most,
    bins: [...bins]
      .sort(([a], [b]) => a - b)
      .map(([bin, count]): [number, number] => [bin, Number(count)]),
  }));
}

/** The median ratio; undefined where no layer has one. */
export function medianOfTotal({ bins, layers, least, most }: Total<unknown>): number | undefined {
  return least && most && medianOf(bins, layers, least.ratio, most.ratio);
}

/** The ratio that is furthest from 1, of a layer that it is a worst example of; 0 is further than any other. */
export function worstOf<P>({ least, most }: Total<P>): Extreme<P> | undefined {
  if (!least || !most) return undefined;
  return least.ratio === 0 || 1 / least.ratio > most.ratio ? least : most;
}
