/** Blocks of record batches: those that follow one another, and those of joined files. */
import { describe, expect, it } from "vitest";
import { type Block, checkBlocks, endOf, joinedBlocks } from "../../../src/formats/arrow/blocks.ts";
import { thrown } from "../../support/thrown.ts";

const START = 512;

const BLOCKS: readonly Block[] = [
  { offset: 512, metadataLength: 256, bodyLength: 1024, rows: 20 },
  { offset: 1792, metadataLength: 256, bodyLength: 0, rows: 0 },
  { offset: 2048, metadataLength: 320, bodyLength: 2 ** 45, rows: 2 ** 40 },
];

it("blocks are refused if one is not where the one before it ends", () => {
  checkBlocks(BLOCKS, START, "a");
  checkBlocks([], START, "a");
  const gap = [BLOCKS[0] as Block, BLOCKS[2] as Block];
  expect(thrown(() => checkBlocks(gap, START, "a"))?.message).toContain("batch 2 is impossible");
  expect(thrown(() => checkBlocks(BLOCKS, 448, "a"))?.message).toContain("batch 1 is impossible");
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
