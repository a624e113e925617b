/** Entries of blocks, and joined files. */
import { fc, test } from "@fast-check/vitest";
import { describe, expect, it } from "vitest";
import {
  type Block,
  blocksFrom,
  ENTRY_BYTES,
  endOf,
  entriesOf,
  joinedBlocks,
} from "../../../src/formats/arrow/blocks.ts";
import { thrown } from "../../support/thrown.ts";

const START = 512;

const BLOCKS: readonly Block[] = [
  { offset: 512, metadataLength: 256, bodyLength: 1024, rows: 20 },
  { offset: 1792, metadataLength: 256, bodyLength: 0, rows: 0 },
  { offset: 2048, metadataLength: 320, bodyLength: 2 ** 45, rows: 2 ** 40 },
];

describe("entries of blocks", () => {
  it("have 32 bytes each, and can be appended", () => {
    const entries = entriesOf(BLOCKS);
    expect(entries.length).toBe(3 * ENTRY_BYTES);
    expect([...entries.subarray(0, 32)]).toEqual([
      ...[0, 2, 0, 0, 0, 0, 0, 0],
      ...[0, 1, 0, 0, 0, 0, 0, 0],
      ...[0, 4, 0, 0, 0, 0, 0, 0],
      ...[20, 0, 0, 0, 0, 0, 0, 0],
    ]);
    const appended = Buffer.concat(BLOCKS.map((block) => entriesOf([block])));
    expect(new Uint8Array(appended)).toEqual(entries);
    expect(blocksFrom(appended, START, "entries")).toEqual(BLOCKS);
    expect(blocksFrom(new Uint8Array(0), START, "entries")).toEqual([]);
  });

  it("are refused if cut at any byte within an entry", () => {
    const entries = entriesOf(BLOCKS);
    for (let length = 0; length < entries.length; length++) {
      const read = () => blocksFrom(entries.subarray(0, length), START, "a.partial.blocks");
      if (length % ENTRY_BYTES === 0) expect(read()).toEqual(BLOCKS.slice(0, length / ENTRY_BYTES));
      else
        expect(thrown(read)?.message).toBe(
          "a.partial.blocks is damaged or incomplete Arrow data: its last entry is incomplete. " +
            "Write it again.",
        );
    }
  });

  it("are refused if a block is not where the one before it ends", () => {
    const gap = entriesOf([BLOCKS[0] as Block, BLOCKS[2] as Block]);
    expect(thrown(() => blocksFrom(gap, START, "a"))?.message).toContain("batch 2 is impossible");
    expect(thrown(() => blocksFrom(entriesOf(BLOCKS), 448, "a"))?.message).toContain("batch 1");
  });

  test.prop([fc.nat(3 * ENTRY_BYTES - 1), fc.integer({ min: 1, max: 255 })])(
    "are refused if any byte of an offset or length is changed, except the last lengths",
    (at, change) => {
      const entries = entriesOf(BLOCKS);
      entries[at] = (entries[at] as number) ^ change;
      const word = Math.floor(at / 8);
      // Numbers of rows and the lengths of the last block cannot contradict anything.
      const isFree = word % 4 === 3 || word === 9 || word === 10;
      const error = thrown(() => blocksFrom(entries, START, "a"));
      if (!isFree) expect(error?.code).toBe("damagedArrow");
    },
  );
});

describe("joined files", () => {
  it("have the blocks of all files, one directly after the other", () => {
    const joined = joinedBlocks([BLOCKS, [], BLOCKS.slice(0, 2)], 640);
    expect(joined.slice(0, 3)).toEqual(
      BLOCKS.map((block) => ({ ...block, offset: block.offset + 128 })),
    );
    expect(joined[3]?.offset).toBe(640 + 1280 + 256 + 320 + 2 ** 45);
    expect(joined.map(({ rows }) => rows)).toEqual([20, 0, 2 ** 40, 20, 0]);
    expect(endOf(joined, 640)).toBe((joined[3]?.offset ?? 0) + 1280 + 256);
    expect(endOf([], 640)).toBe(640);
  });
});
