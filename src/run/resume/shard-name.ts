/** The file names of shards. */
import { basename, dirname, extname, join } from "node:path";
import { extensionsOf } from "../../formats/file-name.js";
import type { Shard } from "../sweep/shard.js";

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
