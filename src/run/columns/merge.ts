/**
 * Merges the shards of a sweep in columns. Their row groups are copied byte for byte, and a new end
 * describes all of them. The rows are those of the sweep without shards, in the same order. Its
 * bytes are not: the last row group of each shard may be shorter than the others.
 */
import { joined, NO_BYTES } from "../../checksum.js";
import { errors } from "../../errors.js";
import { joinedBlocks } from "../../formats/arrow/blocks.js";
import { type ArrowContents, readContents } from "../../formats/arrow/contents.js";
import { endingOf } from "../../formats/arrow/file.js";
import {
  dataBytesOf,
  END_BYTES,
  footerBytes,
  MAGIC,
  rowsOf,
} from "../../formats/parquet/footer.js";
import { mergeFooters, type ParquetShard } from "../../formats/parquet/merge.js";
import { footerSize, readFooter } from "../../formats/parquet/read-footer.js";
import { sumOfMany } from "../../kernel/built.js";
import type { OutputBatch } from "../output/packing.js";
import { piecesOf } from "../resume/finished.js";
import {
  type CompleteShard,
  checkShard,
  type MergeProgress,
  type ShardSet,
} from "../resume/merge.js";
import { withRandomBytes } from "./random-bytes.js";

/** The parts of the merged file around the row groups, and where these are in each shard. */
interface Parts {
  readonly start: Uint8Array;
  /** The interval of the row groups of each shard, and their rows. */
  readonly shards: readonly { readonly from: number; readonly to: number; readonly rows: number }[];
  readonly end: Uint8Array;
}

/**
 * Yields the bytes of the merged file. They are valid until the next batch is requested.
 *
 * @throws UpsweepError if the shards are damaged, or differ in their columns or metadata. With
 * `trust`, their checksums are not compared.
 */
export async function* mergedColumns(
  { shards, format }: ShardSet,
  { trust = false } = {},
): AsyncGenerator<OutputBatch<MergeProgress>, MergeProgress> {
  const parts = await (format === "parquet" ? parquetParts : arrowParts)(shards);
  let [rows, read] = [0n, 0];
  const batch = (bytes: Uint8Array) => ({ buffers: [bytes], progress: { rows, bytes: read } });
  yield batch(parts.start);
  for (const [i, shard] of shards.entries()) {
    const { path, sum, position } = shard;
    const { from, to, rows: ownRows } = parts.shards[i] as Parts["shards"][number];
    let [at, fileSum] = [0, NO_BYTES];
    for await (const piece of piecesOf(path, sum.bytes)) {
      if (!trust) fileSum = joined(fileSum, sumOfMany(piece));
      const rowGroups = piece.subarray(Math.max(0, from - at), Math.max(0, to - at));
      at += piece.length;
      read += piece.length;
      if (rowGroups.length > 0) yield batch(rowGroups);
    }
    checkShard(shard, ownRows, trust ? undefined : fileSum);
    rows += position.rows;
  }
  yield batch(parts.end);
  return { rows, bytes: read };
}

async function parquetParts(shards: readonly CompleteShard[]): Promise<Parts> {
  const read: ParquetShard[] = [];
  for (const shard of shards) read.push(await readParquet(shard));
  return {
    start: MAGIC as Uint8Array,
    shards: read.map(({ footer }) => ({
      from: MAGIC.length,
      to: MAGIC.length + dataBytesOf(footer),
      rows: rowsOf(footer.rowGroups),
    })),
    end: footerBytes(mergeFooters(read, ["upsweep"])),
  };
}

async function readParquet({ path, sum: { bytes: size } }: CompleteShard): Promise<ParquetShard> {
  return withRandomBytes(path, size, async (bytes) => {
    const file = { path, size, head: await bytes.read(0, Math.min(size, MAGIC.length)) };
    const tailOf = (length: number) => bytes.read(size - length, length);
    const end = await tailOf(Math.min(size, END_BYTES));
    return { path, footer: readFooter(file, await tailOf(footerSize(file, end))) };
  });
}

async function arrowParts(shards: readonly CompleteShard[]): Promise<Parts> {
  const read: ArrowContents[] = [];
  for (const { path, sum } of shards) {
    const contents = await withRandomBytes(path, sum.bytes, (bytes) => readContents(bytes, path));
    const { start } = read[0] ?? contents;
    if (Buffer.compare(contents.start, start) !== 0)
      throw errors.unfinishedShard(
        path,
        `its schema differs from that of ${shards[0]?.path}`,
        true,
      );
    read.push(contents);
  }
  const [{ form, schema, start }] = read as [ArrowContents];
  return {
    start,
    shards: read.map(({ blocks }) => ({
      from: start.length,
      to: blocks.reduce((end, own) => end + own.metadataLength + own.bodyLength, start.length),
      rows: blocks.reduce((sum, { rows }) => sum + rows, 0),
    })),
    end: endingOf(
      form,
      schema,
      joinedBlocks(
        read.map(({ blocks }) => blocks),
        start.length,
      ),
    ),
  };
}
