/** Shards of a sweep, for several machines: their raw indices. */

/** Shard `index` of `of` shards, counted from 0. */
export interface Shard {
  readonly index: number;
  readonly of: number;
}

/** Maximum number of shards. File names have five digits. */
export const MAX_SHARDS = 99_999;

/** The raw indices [first, end) of a shard. The sizes of two shards differ by at most one. */
export function boundsOf(
  { index, of }: Shard,
  size: bigint,
): { readonly first: bigint; readonly end: bigint } {
  const boundary = (shards: number) => (size * BigInt(shards)) / BigInt(of);
  return { first: boundary(index), end: boundary(index + 1) };
}

/** A shard as `index/of`, for example `3/16`. */
export function textOfShard({ index, of }: Shard): string {
  return `${index}/${of}`;
}
