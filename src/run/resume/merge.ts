/** Parts of a sweep joined to the file that they are parts of. */
import { existsSync, readdirSync, realpathSync } from "node:fs";
import { dirname, join } from "node:path";
import { isSameSum, joined, NO_BYTES } from "../../checksum.js";
import { errors } from "../../errors.js";
import { hasHeader } from "../../formats/encoding.js";
import { type Compression, type FormatName, formatOf } from "../../formats/format.js";
import { manifestOf } from "../../sink/file.js";
import { statusOf } from "../../sink/own.js";
import type { Packed } from "../output/packing.js";
import type { Position } from "../output/position.js";
import { type Shard, shardName, shardNamed } from "../sweep/shard.js";
import { rowsOf, sumOfMany } from "./finished.js";
import { difference, FORMAT, type Identity, SHARD, SIZE } from "./identity.js";
import { type Manifest, readManifest } from "./manifest.js";

const LONGEST_HEADER = 65_536;

/** A part that is whole. */
interface CompleteShard extends Manifest {
  readonly path: string;
  readonly shard: Shard;
  readonly compression: Compression;
}

/** All parts of a sweep, in order. */
export interface ShardSet {
  readonly shards: readonly CompleteShard[];
  /** The first line of each, with its line end; empty where the format has none. */
  readonly header: string;
  /** Of the file that they make up. */
  readonly compression: Compression;
  /** Of all together. */
  readonly position: Position;
  readonly rejectionReasons: readonly string[];
  /** Bytes of all parts. */
  readonly bytes: number;
}

/**
 * The parts of `path`: those named, or those that stand beside it by their names.
 *
 * @throws UpsweepError when one is missing, not whole, there twice, of another sweep, or `path` itself.
 */
export async function findShards(path: string, named: readonly string[]): Promise<ShardSet> {
  const paths = named.length > 0 ? named : shardsBeside(path);
  const there = existsSync(path) ? realpathSync(path) : undefined;
  const itself = paths.find((shard) => existsSync(shard) && realpathSync(shard) === there);
  if (itself !== undefined) throw errors.mergeIntoShard(path);
  const shards = paths.map(readShard).sort((a, b) => a.shard.index - b.shard.index);
  const [first] = shards as [CompleteShard];
  for (const shard of shards) {
    const changed = difference(
      { ...shard.identity, [SHARD]: "" },
      { ...first.identity, [SHARD]: "" },
    );
    if (changed !== undefined)
      throw errors.shardMismatch(
        shard.path,
        first.path,
        changed,
        shard.identity[changed],
        first.identity[changed],
      );
    if (shard.shard.of !== first.shard.of) {
      throw errors.shardMismatch(
        shard.path,
        first.path,
        "the number of shards",
        String(shard.shard.of),
        String(first.shard.of),
      );
    }
  }
  for (const [i, shard] of shards.entries()) {
    const before = shards[i - 1];
    if (before?.shard.index === shard.shard.index) throw errors.shardTwice(shard.path, before.path);
  }
  const given = new Set(shards.map(({ shard }) => shard.index));
  const missing = Array.from({ length: first.shard.of }, (_, index) => index).filter(
    (index) => !given.has(index),
  );
  if (missing.length > 0) throw errors.missingShards(path, missing, first.shard.of);
  const { format, compression } = formatOf(path, formatOfRows(first));
  const header = hasHeader(format) ? await headerOf(first) : "";
  for (const shard of hasHeader(format) ? shards : []) {
    if ((await headerOf(shard)) !== header)
      throw errors.unfinishedShard(
        shard.path,
        `its first line differs from that of ${first.path}`,
        true,
      );
  }
  const sum = (of: (position: Position) => bigint) =>
    shards.reduce((all, { position }) => all + of(position), 0n);
  const position: Position = {
    done: sum(({ done }) => done),
    rows: sum(({ rows }) => rows),
    empty: sum(({ empty }) => empty),
    rejected: first.rejectionReasons.map((_, rejectionReason) =>
      sum(({ rejected }) => rejected[rejectionReason] ?? 0n),
    ),
    ...(shards.every(({ position: { gridRows } }) => gridRows) && {
      gridRows: (first.position.gridRows as readonly bigint[]).map((_, grid) =>
        sum(({ gridRows }) => gridRows?.[grid] ?? 0n),
      ),
    }),
  };
  if (String(position.done) !== first.identity[SIZE]) {
    throw errors.unfinishedShard(
      first.path,
      `all shards together have ${position.done} of ${first.identity[SIZE]} raw indices`,
    );
  }
  const bytes = shards.reduce((all, { sum }) => all + sum.bytes, 0);
  return { shards, header, compression, position, rejectionReasons: first.rejectionReasons, bytes };
}

/** @throws UpsweepError when there are none, or of several divisions. */
function shardsBeside(path: string): string[] {
  const folder = dirname(path);
  let names: string[];
  try {
    names = readdirSync(folder);
  } catch (error) {
    throw errors.cannotRead(folder, error);
  }
  const found = names.flatMap((name) => {
    const shard = shardNamed(path, name);
    return shard ? [{ name, shard }] : [];
  });
  const counts = [...new Set(found.map(({ shard }) => shard.of))].sort((a, b) => a - b);
  if (counts.length === 0) throw errors.noShards(path, shardName(path, { index: 0, of: 16 }));
  if (counts.length > 1) throw errors.mixedShards(path, counts);
  return found.map(({ name }) => join(folder, name));
}

function readShard(path: string): CompleteShard {
  const beside = manifestOf(path);
  const there = statusOf(path);
  if (!there) throw errors.cannotRead(path, "no such file or folder");
  if (!statusOf(beside)) throw errors.unfinishedShard(path, `${beside} is missing`);
  const manifest = readManifest(beside);
  if (!manifest.isWhole)
    throw errors.unfinishedShard(path, `${beside} says that its sweep was stopped`);
  const { bytes } = manifest.sum;
  if (Number(there.size) !== bytes)
    throw errors.unfinishedShard(
      path,
      `it has ${there.size} bytes, but ${beside} says ${bytes}`,
      true,
    );
  const shard = shardOf(manifest.identity);
  if (!shard) throw errors.unfinishedShard(path, `${beside} does not say which shard it is`);
  return {
    ...manifest,
    path,
    shard,
    compression: formatOf(path, formatOfRows(manifest)).compression,
  };
}

function formatOfRows({ identity }: Manifest): FormatName {
  return (identity[FORMAT] ?? "csv") as FormatName;
}

function shardOf(identity: Identity): Shard | undefined {
  const match = /^([0-9]{1,5})\/([0-9]{1,5})$/.exec(identity[SHARD] ?? "");
  return match ? { index: Number(match[1]), of: Number(match[2]) } : undefined;
}

async function headerOf({ path, compression }: CompleteShard): Promise<string> {
  const pieces: Uint8Array[] = [];
  for await (const piece of rowsOf(
    path,
    compression,
    compression === "none" ? LONGEST_HEADER : undefined,
  )) {
    pieces.push(Uint8Array.from(piece));
    const start = Buffer.concat(pieces).subarray(0, LONGEST_HEADER);
    const end = start.indexOf("\n");
    if (end >= 0) return start.toString("utf8", 0, end + 1);
    if (start.length === LONGEST_HEADER) break;
  }
  return "";
}

/** How far the joining has come. */
export interface MergeProgress {
  /** Rows of the parts that are copied. */
  readonly rows: bigint;
  /** Bytes of parts that are read. */
  readonly bytes: number;
}

/**
 * The rows of all parts, in order, without their headers. The bytes are good until the next are asked for.
 *
 * @throws UpsweepError behind the rows of a part whose bytes are not those that its manifest says, unless it is trusted.
 */
export async function* mergedRows(
  { shards, header }: ShardSet,
  { trust = false } = {},
): AsyncGenerator<Packed<MergeProgress>, MergeProgress> {
  let [rows, copied] = [0n, 0];
  for (const { path, compression, position, sum } of shards) {
    let seen = NO_BYTES;
    let toSkip = Buffer.byteLength(header);
    let lines = 0;
    for await (const piece of rowsOf(path, compression, sum.bytes, (bytes) => {
      copied += bytes.length;
      if (!trust) seen = joined(seen, sumOfMany(bytes));
    })) {
      const own = piece.subarray(toSkip);
      toSkip -= piece.length - own.length;
      const ownSum = sumOfMany(own);
      lines += ownSum.lines;
      yield { buffers: [own], progress: { rows, bytes: copied }, sum: ownSum };
    }
    if (!trust && !isSameSum(seen, sum))
      throw errors.unfinishedShard(
        path,
        `its checksum differs from that in ${manifestOf(path)}`,
        true,
      );
    if (BigInt(lines) !== position.rows)
      throw errors.unfinishedShard(
        path,
        `it has ${lines} rows, but ${manifestOf(path)} says ${position.rows}`,
        true,
      );
    rows += position.rows;
  }
  return { rows, bytes: copied };
}
