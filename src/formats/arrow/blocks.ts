/**
 * Blocks: where the record batches of a file are. The footer of a file lists them. While a file is
 * written, they can be kept in a second file, as an entry of fixed size for each, so that a stopped
 * run can append to the first file and still write its footer.
 */
import { errors } from "../../errors.js";
import { ALIGNMENT } from "./body.js";
import type { RecordBatchMessage } from "./messages.js";

/** The place of one record batch. All sizes are in bytes. */
export interface Block {
  /** From the start of the file. */
  readonly offset: number;
  /** Length of the message without its body. */
  readonly metadataLength: number;
  readonly bodyLength: number;
  readonly rows: number;
}

/** Size of an entry: four integers of 64 bits, in the order of the fields of `Block`. */
export const ENTRY_BYTES = 32;

/** The block of a batch that is written at `offset`. */
export function blockAt(offset: number, { header, body, rows }: RecordBatchMessage): Block {
  return { offset, metadataLength: header.length, bodyLength: body.length, rows };
}

/** The offset after the last block. `start` is the offset of the first. */
export function endOf(blocks: readonly Block[], start: number): number {
  const last = blocks.at(-1);
  return last === undefined ? start : last.offset + last.metadataLength + last.bodyLength;
}

/**
 * The blocks of several files in one file that has their batches one after the other.
 *
 * @param start the offset of the first block, in the joined file.
 */
export function joinedBlocks(files: readonly (readonly Block[])[], start: number): Block[] {
  let offset = start;
  return files.flat().map((block) => {
    const moved = { ...block, offset };
    offset += block.metadataLength + block.bodyLength;
    return moved;
  });
}

/** The entries of blocks, in little endian. */
export function entriesOf(blocks: readonly Block[]): Uint8Array {
  const entries = new Uint8Array(ENTRY_BYTES * blocks.length);
  const view = new DataView(entries.buffer);
  for (const [i, { offset, metadataLength, bodyLength, rows }] of blocks.entries())
    for (const [word, value] of [offset, metadataLength, bodyLength, rows].entries())
      view.setBigUint64(ENTRY_BYTES * i + 8 * word, BigInt(value), true);
  return entries;
}

/**
 * Reads entries. Pass the entries of a checkpoint only: after a crash, the file may have more, and
 * the last may be incomplete.
 *
 * @param start the offset of the first block.
 * @param location names the entries in messages.
 * @throws UpsweepError if they are not the entries of consecutive blocks.
 */
export function blocksFrom(entries: Uint8Array, start: number, location: string): Block[] {
  if (entries.length % ENTRY_BYTES !== 0)
    throw errors.damagedArrow(location, "its last entry is incomplete");
  const view = new DataView(entries.buffer, entries.byteOffset, entries.byteLength);
  const blocks = Array.from({ length: entries.length / ENTRY_BYTES }, (_, i): Block => {
    const word = (n: number) => Number(view.getBigUint64(ENTRY_BYTES * i + 8 * n, true));
    return { offset: word(0), metadataLength: word(1), bodyLength: word(2), rows: word(3) };
  });
  checkBlocks(blocks, start, location);
  return blocks;
}

/**
 * Checks that blocks follow one another without a gap, as we write them.
 *
 * @throws UpsweepError if they do not.
 */
export function checkBlocks(blocks: readonly Block[], start: number, location: string): void {
  let end = start;
  for (const [i, { offset, metadataLength, bodyLength, rows }] of blocks.entries()) {
    const isAligned = [offset, metadataLength, bodyLength].every((n) => n % ALIGNMENT === 0);
    if (offset !== end || !isAligned || metadataLength === 0 || !Number.isSafeInteger(rows))
      throw errors.damagedArrow(location, `the entry of its batch ${i + 1} is impossible`);
    end = offset + metadataLength + bodyLength;
  }
}
