/**
 * Parquet lists with pages whose lengths made the decoder loop or grow arrays without a limit. Each
 * is a file of one column, with the bytes of its values as in Encodings.md of the Parquet format.
 */
import { describe, expect, it } from "vitest";
import {
  bytesOf,
  type ColumnBytes,
  damaged,
  dataPage,
  dataPageV2,
  dictionaryPage,
  ENCODING,
  int32,
  ones,
  parquetOf,
  refusal,
  sized,
  TEXT_X,
  varint,
} from "../support/parquet-bytes.ts";
import { readList } from "../support/read-list.ts";

const { plain, rle, deltaBinaryPacked, deltaLengthByteArray, deltaByteArray, rleDictionary } =
  ENCODING;
/** A varint of a million bytes. */
const ENDLESS = new Uint8Array(1_000_000).fill(0xff);
/** Blocks of 128 values in 4 miniblocks; the number of values, and the first one: 0. */
const deltas = (count: number) => [...varint(128), 4, ...varint(count), 0];
/** A block of the same deltas: the delta in zigzag, and 4 miniblocks of values without bits. */
const same = (delta: number) => [delta, 0, 0, 0, 0];

describe("a Parquet list is read", () => {
  it.each<[string, ColumnBytes, string]>([
    [
      "with levels in a run, and packed",
      {
        isOptional: true,
        rows: 5,
        // A run of 2 ones, and a group of 8 bits: 1, 0, 1 and its padding.
        pages: [
          dataPage(5, plain, bytesOf(sized(...ones(2), 3, 0b101), ...[7, 8, 9, 10].map(int32))),
        ],
      },
      "a\n7\n8\n9\n\n10\n",
    ],
    [
      "with indices of a dictionary, in two pages",
      {
        type: "BYTE_ARRAY",
        rows: 4,
        pages: [
          dictionaryPage(2, bytesOf(TEXT_X, int32(2), "yz")),
          dataPage(2, rleDictionary, bytesOf(1, ones(2))),
          // Indices without bits.
          dataPage(2, rleDictionary, bytesOf(0)),
        ],
      },
      "a\nyz\nyz\nx\nx\n",
    ],
    [
      "with deltas",
      { rows: 3, pages: [dataPage(3, deltaBinaryPacked, bytesOf(deltas(3), same(4)))] },
      "a\n0\n2\n4\n",
    ],
    [
      "with texts that share their beginnings",
      {
        type: "BYTE_ARRAY",
        rows: 2,
        pages: [
          // Prefixes 0 and 2, suffixes 2 and 1.
          dataPage(
            2,
            deltaByteArray,
            bytesOf(deltas(2), same(4), [...varint(128), 4, 2, 4], same(1), "abc"),
          ),
        ],
      },
      "a\nab\nabc\n",
    ],
    [
      "with booleans in runs, and levels of version 2",
      {
        type: "BOOLEAN",
        isOptional: true,
        rows: 3,
        pages: [dataPageV2(3, 1, rle, bytesOf(3, 0b011), bytesOf(sized(...ones(2))))],
      },
      "a\ntrue\ntrue\n\n",
    ],
  ])("%s", async (_, column, csv) => {
    expect((await readList(parquetOf(column))).csv).toBe(csv);
  });
});

describe("a Parquet list is refused", () => {
  it.each<[string, ColumnBytes, string]>([
    [
      "with a run of levels that is longer than its page, which ended the process",
      {
        isOptional: true,
        rows: 2,
        pages: [dataPage(2, plain, bytesOf(sized(...ones(2 ** 31 - 1)), int32(7), int32(8)))],
      },
      "a run is longer than its page",
    ],
    [
      "with a run of indices that is longer than its page, which ended the process",
      {
        type: "BYTE_ARRAY",
        rows: 2,
        pages: [
          dictionaryPage(2, bytesOf(TEXT_X, TEXT_X)),
          dataPage(2, rleDictionary, bytesOf(1, ones(180_689_083))),
        ],
      },
      "a run is longer than its page",
    ],
    [
      "with a run of booleans that is longer than its page",
      { type: "BOOLEAN", rows: 2, pages: [dataPage(2, rle, bytesOf(sized(...ones(1 << 30))))] },
      "a run is longer than its page",
    ],
    [
      "with a run of packed indices without bits, which looped forever",
      {
        type: "BYTE_ARRAY",
        rows: 2,
        pages: [
          dictionaryPage(1, bytesOf(TEXT_X)),
          // Half the head, 2^31 - 1, times 8 is negative in 32 bits.
          dataPageV2(2, 0, rleDictionary, bytesOf(), bytesOf(0, varint(2 ** 32 - 1))),
        ],
      },
      "a run is longer than its page",
    ],
    [
      "with a packed run without values, after which another reader would continue elsewhere",
      {
        type: "BYTE_ARRAY",
        rows: 2,
        pages: [
          dictionaryPage(1, bytesOf(TEXT_X)),
          dataPage(2, rleDictionary, bytesOf(1, 1, ones(2))),
        ],
      },
      "a run is empty",
    ],
    [
      "with a length of more than 32 bits",
      { type: "BOOLEAN", rows: 2, pages: [dataPage(2, rle, bytesOf(int32(9), ENDLESS))] },
      "a length has more than 32 bits",
    ],
    [
      "with runs that end early",
      { type: "BOOLEAN", rows: 3, pages: [dataPage(3, rle, bytesOf(sized(...ones(2))))] },
      "a page has fewer values than it says",
    ],
    [
      "with indices of 33 bits",
      {
        rows: 2,
        pages: [dictionaryPage(1, bytesOf(int32(7))), dataPage(2, rleDictionary, bytesOf(33))],
      },
      "indices of 33 bits are impossible",
    ],
    [
      "with an index outside of its dictionary",
      {
        type: "BYTE_ARRAY",
        rows: 2,
        pages: [
          dictionaryPage(1, bytesOf(TEXT_X)),
          dataPage(2, rleDictionary, bytesOf(1, ones(2))),
        ],
      },
      "an index is outside of its dictionary",
    ],
    [
      "with indices, but no dictionary",
      { rows: 2, pages: [dataPage(2, rleDictionary, bytesOf(1, ones(2)))] },
      "a page has indices, but no dictionary",
    ],
    [
      "with booleans of a dictionary",
      { type: "BOOLEAN", rows: 1, pages: [dataPage(1, rleDictionary, bytesOf(1, ones(1)))] },
      "booleans cannot have a dictionary",
    ],
    [
      "with integers as RLE",
      { rows: 2, pages: [dataPage(2, rle, bytesOf(sized(...ones(2))))] },
      "only booleans can have the encoding RLE",
    ],
    [
      "with fewer values than a page says",
      { rows: 9, pages: [dataPage(9, plain, bytesOf(int32(7), int32(8)))] },
      "a page has fewer values than it says",
    ],
    [
      "with deltas in no miniblocks",
      { rows: 2, pages: [dataPage(2, deltaBinaryPacked, bytesOf(varint(128), 0, 2, 0))] },
      "the blocks of a page are impossible",
    ],
    [
      "with deltas in two billion miniblocks",
      {
        type: "INT64",
        rows: 2,
        // A block of 32 values for each.
        pages: [
          dataPage(
            2,
            deltaBinaryPacked,
            bytesOf(varint(2 ** 31 - 32), varint(2 ** 26 - 1), 2, 0, 0),
          ),
        ],
      },
      "a page has fewer values than it says",
    ],
    [
      "with a delta of a million bytes, which took minutes",
      {
        type: "INT64",
        rows: 2,
        pages: [dataPage(2, deltaBinaryPacked, bytesOf(deltas(2), ENDLESS))],
      },
      "an integer has more than 64 bits",
    ],
    [
      "with deltas of 65 bits",
      {
        type: "INT64",
        rows: 2,
        pages: [dataPage(2, deltaBinaryPacked, bytesOf(deltas(2), 0, 65, 0, 0, 0))],
      },
      "integers of 65 bits are impossible",
    ],
    [
      "with lengths of texts that end early",
      {
        type: "BYTE_ARRAY",
        rows: 2,
        pages: [dataPage(2, deltaLengthByteArray, bytesOf(deltas(2), 0, 8, 0, 0))],
      },
      "a page has fewer values than it says",
    ],
    [
      "with a text that shares two billion bytes with the one before",
      {
        type: "BYTE_ARRAY",
        rows: 2,
        // Prefixes 0 and 2^30, suffixes 0 and 0.
        pages: [
          dataPage(
            2,
            deltaByteArray,
            bytesOf(deltas(2), varint(2 ** 31), 0, 0, 0, 0, deltas(2), same(0)),
          ),
        ],
      },
      "a text is impossible",
    ],
  ])("%s", async (_, column, what) => {
    expect(await refusal(parquetOf(column))).toBe(damaged(what));
  });

  it("with texts that are far longer than the file", async () => {
    // Each text is the one before and one more byte. Together they have more than 2^31 bytes.
    const count = 66_000;
    const blocks = (delta: number) =>
      Buffer.concat(Array.from({ length: Math.ceil(count / 128) }, () => bytesOf(same(delta))));
    const suffixes = [...varint(128), 4, ...varint(count), 2];
    const body = bytesOf(deltas(count), blocks(2), suffixes, blocks(0), new Uint8Array(count));
    const pages = [dataPage(count, deltaByteArray, body)];
    expect(await refusal(parquetOf({ type: "BYTE_ARRAY", rows: count, pages }))).toBe(
      "layers.parquet is a Parquet file with 66000 rows in a row group, which do not fit into " +
        "memory. Write it with smaller row groups, in pandas with row_group_size=100000.",
    );
  });
});
