/** The row groups of an unfinished file: what is appended is read back, or refused. */
import { fc, test } from "@fast-check/vitest";
import { deserializeTCompactProtocol } from "hyparquet/src/thrift.js";
import { describe, expect, it } from "vitest";
import {
  decodeEntries,
  type Entries,
  encodeEntry,
  NO_ENTRIES,
} from "../../../src/formats/parquet/entries.ts";
import type { ChunkEntry, RowGroupEntry } from "../../../src/formats/parquet/row-group.ts";
import type { Column } from "../../../src/formats/parquet/schema.ts";
import "../../support/repeatable.ts";
import {
  assembled,
  DICTIONARY,
  fileOf,
  type Row,
  rowGroupOf,
  rowsInDuckDb,
  rowsInHyparquet,
} from "../../support/parquet.ts";
import { thrown } from "../../support/thrown.ts";

const COLUMNS: readonly Column[] = [
  { name: "l_in", type: "INT32", isOptional: false },
  { name: "ops", type: "UINT_64", isOptional: true },
];
const GROUPS: readonly (readonly Row[])[] = [
  [
    [1, 2n ** 64n - 1n],
    [2, null],
  ],
  [[3, 0n]],
  [[4, null]],
];
const PATH = "a.parquet.partial.groups";

/** The bytes of entries, one after the other. */
function appended(rowGroups: readonly RowGroupEntry[]): { pieces: Uint8Array[]; checksum: number } {
  let checksum = NO_ENTRIES;
  const pieces = rowGroups.map((entry) => {
    const encoded = encodeEntry(COLUMNS, entry, checksum);
    checksum = encoded.checksum;
    return encoded.bytes;
  });
  return { pieces, checksum };
}

const { rowGroups } = fileOf(COLUMNS, GROUPS, DICTIONARY).footer;
const { pieces, checksum } = appended(rowGroups);
const [first, second, third] = pieces as [Uint8Array, Uint8Array, Uint8Array];
const bytes = Buffer.concat(pieces);

/** Reads entries: as many as there are bytes for, if no number is given. */
function read(some: Uint8Array, count?: number): Entries {
  const ends = [0, first.length, first.length + second.length, bytes.length];
  const complete = ends.indexOf(some.length);
  return decodeEntries(PATH, some, COLUMNS, count ?? (complete < 0 ? 4 : complete));
}

/** Which entry is damaged, at which byte, and what is wrong with it. Undefined if all are read. */
function fault(some: Uint8Array): [number, number, string] | undefined {
  const error = thrown(() => read(some));
  if (error === undefined) return undefined;
  expect(error.code).toBe("badRowGroups");
  const match =
    /^a\.parquet\.partial\.groups is damaged: entry (\d+), at byte (\d+): (.*)\. It was changed, or the disk lost a part of it\. Start over with --force\.$/.exec(
      error.message,
    );
  return [Number(match?.[1]), Number(match?.[2]), match?.[3] as string];
}

describe("entries", () => {
  it("are read as they were appended", () => {
    expect(read(bytes)).toEqual({ rowGroups, checksum, bytes: bytes.length });
    expect(read(new Uint8Array(0))).toEqual({ rowGroups: [], checksum: NO_ENTRIES, bytes: 0 });
  });

  it("can be read and continued after any of them", () => {
    const before = read(first);
    const next = encodeEntry(COLUMNS, rowGroups[1] as RowGroupEntry, before.checksum);
    expect(Buffer.from(next.bytes).equals(second)).toBe(true);
  });

  it("are RowGroup structs with offsets from their first byte, in hyparquet too", () => {
    const size = Buffer.from(first).readUInt32LE(0);
    expect(first.length).toBe(8 + size);
    const view = new DataView(first.buffer, first.byteOffset + 8, size);
    const struct = deserializeTCompactProtocol({ view, offset: 0 });
    const { chunks } = rowGroups[0] as RowGroupEntry;
    const [l_in, ops] = chunks as [ChunkEntry, ChunkEntry];
    const path = Uint8Array.from(Buffer.from("ops"));
    expect(struct).toMatchObject({
      field_1: [
        { field_3: { field_9: BigInt(l_in.dictionaryBytes), field_11: 0n } },
        { field_3: { field_3: [path], field_11: BigInt(l_in.compressedBytes) } },
      ],
      field_3: 2n,
      field_5: 0n,
      field_6: BigInt(l_in.compressedBytes + ops.compressedBytes),
    });
    expect(struct).not.toHaveProperty("field_7");
  });

  it("give the file that was not interrupted", async () => {
    const made = fileOf(COLUMNS, GROUPS, DICTIONARY, { upsweep: "{}" });
    const groups = GROUPS.map((rows) => rowGroupOf(COLUMNS, rows, DICTIONARY).bytes);
    const resumed = assembled(groups, { ...made.footer, rowGroups: read(bytes).rowGroups });
    expect(resumed.equals(made.bytes)).toBe(true);
    expect(await rowsInHyparquet(resumed)).toEqual(GROUPS.flat());
    expect(await rowsInDuckDb(resumed, COLUMNS)).toEqual(GROUPS.flat());
  });
});

describe("damaged entries", () => {
  it("are refused if the last one is torn, at every byte", () => {
    const complete = [0, first.length, first.length + second.length, bytes.length];
    for (let length = 0; length < bytes.length; length++) {
      const found = fault(bytes.subarray(0, length));
      const entry = complete.filter((end) => end <= length).length - 1;
      if (complete.includes(length)) expect(found).toBeUndefined();
      else expect(found?.slice(0, 2)).toEqual([entry, complete[entry]]);
    }
    expect(fault(bytes.subarray(0, 7))).toEqual([0, 0, "it is torn"]);
    expect(fault(bytes.subarray(0, first.length + 9))?.[2]).toBe(
      `it has 1 of ${second.length - 8} bytes`,
    );
  });

  it("are refused if any bit is flipped, and the first wrong one is named", () => {
    const flipped = Buffer.from(bytes);
    for (let bit = 0; bit < 8 * bytes.length; bit++) {
      const at = bit >> 3;
      flipped[at] = (flipped[at] as number) ^ (1 << (bit & 7));
      const entry = Number(at >= first.length) + Number(at >= first.length + second.length);
      expect(fault(flipped)?.[0]).toBe(entry);
      flipped[at] = bytes[at] as number;
    }
  });

  it.each([
    ["one is missing", [first, third], 1],
    ["the first one is missing", [second, third], 0],
    ["one is repeated", [first, first, second], 1],
    ["two are swapped", [first, third, second], 1],
    ["one is all zeros", [first, Buffer.alloc(second.length), third], 1],
  ])("are refused if %s", (_, some, entry) => {
    expect(fault(Buffer.concat(some))?.[0]).toBe(entry);
  });

  it("are refused with their checksum if they are those of other columns", () => {
    const other = [COLUMNS[1], COLUMNS[0]] as Column[];
    expect(thrown(() => decodeEntries(PATH, bytes, other, 3))?.message).toMatch(
      "entry 0, at byte 0: column 'ops': it is described as INT32 'l_in'",
    );
  });

  test.prop([fc.uint8Array({ maxLength: 200 })], { numRuns: 1000 })(
    "are refused, whatever bytes they are",
    (noise) => {
      expect(fault(noise) === undefined).toBe(noise.length === 0);
      expect(fault(Buffer.concat([first, noise]))?.[0]).toBe(noise.length === 0 ? undefined : 1);
    },
  );
});
