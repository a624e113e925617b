/**
 * Merges the shards of a sweep into the file that an unsharded sweep would have written. Rows of
 * text are merged here, and columns in run/columns/merge.ts.
 */
import { existsSync, readdirSync, realpathSync } from "node:fs";
import { dirname, join } from "node:path";
import { isSameSum, joined, NO_BYTES, type Sum } from "../../checksum.js";
import { errors } from "../../errors.js";
import { hasHeader } from "../../formats/encoding.js";
import { type Compression, formatOf } from "../../formats/file-name.js";
import type { FormatName } from "../../formats/registry.js";
import { sumOfMany } from "../../kernel/built.js";
import { manifestPathOf } from "../../sink/companions.js";
import { statusOf } from "../../sink/own.js";
import type { OutputBatch } from "../output/packing.js";
import type { Position } from "../output/position.js";
import type { Shard } from "../sweep/shard.js";
import { rowsOf } from "./finished.js";
import {
  FORMAT_FIELD,
  firstDifference,
  type Identity,
  SHARD_FIELD,
  SIZE_FIELD,
} from "./identity.js";
import { type Manifest, readManifest } from "./manifest.js";
import { shardName, shardOfName } from "./shard-name.js";

/** Maximum length of a header line, in bytes. */
const MAX_HEADER_BYTES = 65_536;

/** A complete shard and its manifest. */
export interface CompleteShard extends Manifest {
  readonly path: string;
  readonly shard: Shard;
  readonly compression: Compression;
}

/** All shards of a sweep, in order. */
export interface ShardSet {
  readonly shards: readonly CompleteShard[];
  readonly format: FormatName;
  /** The header line of every shard, with its line end. Empty if the format has no header. */
  readonly header: Uint8Array;
  /** The compression of the merged file. */
  readonly compression: Compression;
  /** The counts of all shards together. */
  readonly position: Position;
  readonly rejectionReasons: readonly string[];
  /** Total size of all shards, in bytes. */
  readonly bytes: number;
}

/**
 * Finds and checks the shards of `path`: the files named, or else those next to it with shard
 * names.
 *
 * @throws UpsweepError if a shard is missing, incomplete, given twice, part of another sweep, or
 * `path` itself. Also if the counts or headers of the shards do not match.
 */
export async function findShards(path: string, named: readonly string[]): Promise<ShardSet> {
  // A pattern such as `out.0*` also names the manifests.
  const isManifestOfNamed = (candidate: string) =>
    named.some((other) => manifestPathOf(other) === candidate);
  const paths =
    named.length > 0
      ? named.filter((candidate) => !isManifestOfNamed(candidate))
      : findShardPaths(path);
  const realTarget = existsSync(path) ? realpathSync(path) : undefined;
  const sameFile = paths.find((shard) => existsSync(shard) && realpathSync(shard) === realTarget);
  if (sameFile !== undefined) throw errors.mergeIntoShard(path);
  const shards = paths.map(readShard).sort((a, b) => a.shard.index - b.shard.index);
  const [first] = shards as [CompleteShard];
  for (const shard of shards) {
    const changed = firstDifference(
      { ...shard.identity, [SHARD_FIELD]: "" },
      { ...first.identity, [SHARD_FIELD]: "" },
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
    const previous = shards[i - 1];
    if (previous?.shard.index === shard.shard.index)
      throw errors.shardTwice(shard.path, previous.path);
  }
  const present = new Set(shards.map(({ shard }) => shard.index));
  const missing = Array.from({ length: first.shard.of }, (_, index) => index).filter(
    (index) => !present.has(index),
  );
  if (missing.length > 0) throw errors.missingShards(path, missing, first.shard.of);
  const { format, compression } = formatOf(path, formatOfRows(first));
  const header = hasHeader(format) ? await headerOf(first) : new Uint8Array(0);
  for (const shard of hasHeader(format) ? shards : []) {
    if (Buffer.compare(await headerOf(shard), header) !== 0)
      throw errors.unfinishedShard(
        shard.path,
        `its first line differs from that of ${first.path}`,
        true,
      );
  }
  const total = (of: (position: Position) => bigint) =>
    shards.reduce((all, { position }) => all + of(position), 0n);
  const position: Position = {
    done: total(({ done }) => done),
    rows: total(({ rows }) => rows),
    empty: total(({ empty }) => empty),
    rejected: first.rejectionReasons.map((_, rejectionReason) =>
      total(({ rejected }) => rejected[rejectionReason] ?? 0n),
    ),
    ...(shards.every(({ position: { gridRows } }) => gridRows) && {
      gridRows: (first.position.gridRows as readonly bigint[]).map((_, grid) =>
        total(({ gridRows }) => gridRows?.[grid] ?? 0n),
      ),
    }),
  };
  if (String(position.done) !== first.identity[SIZE_FIELD]) {
    throw errors.unfinishedShard(
      first.path,
      `all shards together have ${position.done} of ${first.identity[SIZE_FIELD]} raw indices`,
    );
  }
  const bytes = shards.reduce((all, { sum }) => all + sum.bytes, 0);
  return {
    shards,
    format,
    header,
    compression,
    position,
    rejectionReasons: first.rejectionReasons,
    bytes,
  };
}

/**
 * The paths of the files next to `path` that are named as its shards.
 *
 * @throws UpsweepError if there are none, or their names differ in the number of shards.
 */
function findShardPaths(path: string): string[] {
  const folder = dirname(path);
  let names: string[];
  try {
    names = readdirSync(folder);
  } catch (error) {
    throw errors.cannotRead(folder, error);
  }
  const found = names.flatMap((name) => {
    const shard = shardOfName(path, name);
    return shard ? [{ name, shard }] : [];
  });
  const counts = [...new Set(found.map(({ shard }) => shard.of))].sort((a, b) => a - b);
  if (counts.length === 0) throw errors.noShards(path, shardName(path, { index: 0, of: 16 }));
  if (counts.length > 1) throw errors.mixedShards(path, counts);
  return found.map(({ name }) => join(folder, name));
}

function readShard(path: string): CompleteShard {
  const manifestPath = manifestPathOf(path);
  const fileStatus = statusOf(path);
  if (!fileStatus) throw errors.cannotRead(path, "no such file or folder");
  if (!statusOf(manifestPath)) throw errors.unfinishedShard(path, `${manifestPath} is missing`);
  const manifest = readManifest(manifestPath);
  if (!manifest.isComplete)
    throw errors.unfinishedShard(path, `${manifestPath} says that its sweep was stopped`);
  const { bytes } = manifest.sum;
  if (Number(fileStatus.size) !== bytes)
    throw errors.unfinishedShard(
      path,
      `it has ${fileStatus.size} bytes, but ${manifestPath} says ${bytes}`,
      true,
    );
  const shard = shardOf(manifest.identity);
  if (!shard) throw errors.unfinishedShard(path, `${manifestPath} does not say which shard it is`);
  return {
    ...manifest,
    path,
    shard,
    compression: formatOf(path, formatOfRows(manifest)).compression,
  };
}

function formatOfRows({ identity }: Manifest): FormatName {
  return (identity[FORMAT_FIELD] ?? "csv") as FormatName;
}

function shardOf(identity: Identity): Shard | undefined {
  const match = /^([0-9]{1,5})\/([0-9]{1,5})$/.exec(identity[SHARD_FIELD] ?? "");
  return match ? { index: Number(match[1]), of: Number(match[2]) } : undefined;
}

async function headerOf({ path, compression }: CompleteShard): Promise<Uint8Array> {
  const pieces: Uint8Array[] = [];
  for await (const piece of rowsOf(
    path,
    compression,
    compression === "none" ? MAX_HEADER_BYTES : undefined,
  )) {
    pieces.push(Uint8Array.from(piece));
    const start = Buffer.concat(pieces).subarray(0, MAX_HEADER_BYTES);
    const end = start.indexOf("\n");
    if (end >= 0) return start.subarray(0, end + 1);
    if (start.length === MAX_HEADER_BYTES) break;
  }
  return new Uint8Array(0);
}

/** The progress of a merge. */
export interface MergeProgress {
  /** Number of rows in the shards that were copied completely. */
  readonly rows: bigint;
  /** Number of bytes that were read from shards. */
  readonly bytes: number;
}

/**
 * Yields the rows of all shards in order, without their headers. The bytes are valid until the next
 * batch is requested.
 *
 * @throws UpsweepError after the rows of a shard that does not match its manifest. With `trust`,
 * its checksum is not compared, but its rows are still counted.
 */
export async function* mergedRows(
  { shards, header }: ShardSet,
  { trust = false } = {},
): AsyncGenerator<OutputBatch<MergeProgress>, MergeProgress> {
  let [rows, bytesRead] = [0n, 0];
  for (const shard of shards) {
    const { path, compression, position, sum } = shard;
    let fileSum = NO_BYTES;
    let toSkip = header.length;
    let lines = 0;
    for await (const piece of rowsOf(path, compression, sum.bytes, (bytes) => {
      bytesRead += bytes.length;
      if (!trust) fileSum = joined(fileSum, sumOfMany(bytes));
    })) {
      const rowBytes = piece.subarray(toSkip);
      toSkip -= piece.length - rowBytes.length;
      const rowSum = sumOfMany(rowBytes);
      lines += rowSum.lines;
      yield { buffers: [rowBytes], progress: { rows, bytes: bytesRead }, sum: rowSum };
    }
    checkShard(shard, lines, trust ? undefined : fileSum);
    rows += position.rows;
  }
  return { rows, bytes: bytesRead };
}

/** @throws UpsweepError unless what was read of a shard is what its manifest says. */
export function checkShard(
  { path, sum, position }: CompleteShard,
  rows: number,
  fileSum: Sum | undefined,
): void {
  const manifest = manifestPathOf(path);
  if (fileSum && !isSameSum(fileSum, sum))
    throw errors.unfinishedShard(path, `its checksum differs from that in ${manifest}`, true);
  if (BigInt(rows) !== position.rows)
    throw errors.unfinishedShard(
      path,
      `it has ${rows} rows, but ${manifest} says ${position.rows}`,
      true,
    );
}
