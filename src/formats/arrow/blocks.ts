/** Blocks: where the record batches of a file are. The footer of a file lists them. */
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
