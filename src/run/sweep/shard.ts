/** Shards of a sweep, for several machines: their raw indices and their file names. */
import { basename, dirname, extname, join } from "node:path";
import { extensionsOf } from "../../formats/file-name.js";

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

const digits = (count: number) => String(count).padStart(5, "0");

/**
 * The extensions that stay at the end of a shard's name: `.csv`, `.jsonl.gz`. If none is known, it
 * is the last extension.
 */
function extensionOfShard(path: string): string {
  return extensionsOf(path) || extname(path);
}

/**
 * The file name of a shard: `out.csv` becomes `out.00003-of-00016.csv`. Sorting shards by name also
 * sorts them by row.
 */
export function shardName(path: string, { index, of }: Shard): string {
  const extension = extensionOfShard(path);
  return join(
    dirname(path),
    `${basename(path, extension)}.${digits(index)}-of-${digits(of)}${extension}`,
  );
}

/** The shard of `path` that has the file name `name`. Returns undefined if none does. */
export function shardOfName(path: string, name: string): Shard | undefined {
  const extension = extensionOfShard(path);
  const base = basename(path, extension);
  if (!name.startsWith(`${base}.`) || !name.endsWith(extension)) return undefined;
  const match = /^([0-9]{5})-of-([0-9]{5})$/.exec(
    name.slice(base.length + 1, name.length - extension.length),
  );
  return match ? { index: Number(match[1]), of: Number(match[2]) } : undefined;
}
