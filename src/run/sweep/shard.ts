/** A sweep cut into parts, for several machines: which indices each takes, and what its file is called. */
import { basename, dirname, extname, join } from "node:path";
import { extensionsOf } from "../../formats/format.js";

/** One of so many parts, counted from 0. */
export interface Shard {
  readonly index: number;
  readonly of: number;
}

/** As many as five digits can name. */
export const MAX_SHARDS = 99_999;

/** The indices of a part: contiguous, as many as any other takes, or one more or fewer. */
export function boundsOf(
  { index, of }: Shard,
  size: bigint,
): { readonly first: bigint; readonly end: bigint } {
  const boundary = (shards: number) => (size * BigInt(shards)) / BigInt(of);
  return { first: boundary(index), end: boundary(index + 1) };
}

export function textOfShard({ index, of }: Shard): string {
  return `${index}/${of}`;
}

const digits = (count: number) => String(count).padStart(5, "0");

/** The extensions that the name of a part keeps at its end: `.csv`, `.jsonl.gz`; of another name the last one. */
function extensionOfShard(path: string): string {
  return extensionsOf(path) || extname(path);
}

/** `out.csv` becomes `out.00003-of-00016.csv`: in the order of their names the parts are in the order of their rows. */
export function shardName(path: string, { index, of }: Shard): string {
  const extension = extensionOfShard(path);
  return join(
    dirname(path),
    `${basename(path, extension)}.${digits(index)}-of-${digits(of)}${extension}`,
  );
}

/** The part of `path` that goes by a file name without folder, if one does. */
export function shardOfName(path: string, name: string): Shard | undefined {
  const extension = extensionOfShard(path);
  const base = basename(path, extension);
  if (!name.startsWith(`${base}.`) || !name.endsWith(extension)) return undefined;
  const match = /^([0-9]{5})-of-([0-9]{5})$/.exec(
    name.slice(base.length + 1, name.length - extension.length),
  );
  return match ? { index: Number(match[1]), of: Number(match[2]) } : undefined;
}
