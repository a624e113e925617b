/** Reading our own streams and files back: what they contain, and what is refused. */
import { fc, test } from "@fast-check/vitest";
import { describe, expect, it } from "vitest";
import { UpsweepError } from "../../../src/errors.ts";
import { endOf, joinedBlocks } from "../../../src/formats/arrow/blocks.ts";
import { type RandomBytes, readBlocks, readContents } from "../../../src/formats/arrow/contents.ts";
import { type ArrowForm, endingOf } from "../../../src/formats/arrow/file.ts";
import type { ArrowSchema } from "../../../src/formats/arrow/schema.ts";
import { arrowOf, type BatchCells, type Cell } from "../../support/arrow.ts";
import { READERS } from "../../support/arrow-readers.ts";
import { runs } from "../../support/tier.ts";

const SCHEMA: ArrowSchema = {
  columns: [
    { name: "name", type: "utf8", isNullable: true, metadata: {} },
    { name: "macs", type: "uint64", isNullable: false, metadata: { unit: "MACs" } },
  ],
  metadata: { upsweep: '{"version":"0.2.0"}', other: "größer" },
};

const FORMS = ["stream", "file"] as const;

const batch = (...names: (string | null)[]): BatchCells => [
  names,
  names.map((_, i) => 2n ** 64n - 1n - BigInt(i)),
];

const BATCHES = [batch("a", null), batch(), batch("größer")];

function randomBytes(bytes: Uint8Array): RandomBytes {
  return {
    length: bytes.length,
    read: (offset, length) => {
      expect(offset).toBeGreaterThanOrEqual(0);
      expect(offset + length).toBeLessThanOrEqual(bytes.length);
      return bytes.slice(offset, offset + length);
    },
  };
}

async function refusal(bytes: Uint8Array): Promise<string> {
  try {
    await readContents(randomBytes(bytes), "a.arrow");
    return "none";
  } catch (error) {
    if (!(error instanceof UpsweepError)) throw error;
    expect(error.code).toBe("damagedArrow");
    return error.message.replace("a.arrow is damaged or incomplete Arrow data: ", "");
  }
}

describe.each(FORMS)("the contents of a %s", (form) => {
  const { bytes, blocks } = arrowOf(form, SCHEMA, BATCHES);

  it("are its metadata and its blocks", async () => {
    const contents = await readContents(randomBytes(bytes), "a.arrow");
    expect(contents).toEqual({
      form,
      start: bytes.slice(0, blocks[0]?.offset),
      blocks,
      schema: SCHEMA,
    });
    const empty = arrowOf(form, { ...SCHEMA, metadata: {} }, []).bytes;
    expect(await readContents(randomBytes(empty), "a.arrow")).toMatchObject({
      blocks: [],
      schema: { ...SCHEMA, metadata: {} },
    });
  });

  it("are refused if it is cut at any byte", async () => {
    for (let length = 0; length < bytes.length; length++) {
      expect([length, await refusal(bytes.slice(0, length))]).not.toEqual([length, "none"]);
    }
  });

  it("are never misread after a change of one byte", async () => {
    for (let at = 0; at < bytes.length; at++) {
      const changed = bytes.slice();
      changed[at] = (changed[at] as number) ^ 0x41;
      // refusal() lets no other error through. Changes in bodies and texts are not noticed.
      await refusal(changed);
    }
  });

  it("are the batches so far, if it is not complete", async () => {
    const start = blocks[0]?.offset as number;
    for (const count of [0, 1, 2, 3]) {
      const end = endOf(blocks.slice(0, count), start);
      const partial = randomBytes(bytes.slice(0, end));
      expect(await readBlocks(partial, start, end, "a")).toEqual(blocks.slice(0, count));
    }
    const cut = readBlocks(randomBytes(bytes), start, endOf(blocks, start) - 64, "a");
    await expect(cut).rejects.toThrow("its last batch is incomplete");
  });

  it("can be joined with those of other files, and read as one", async () => {
    const parts = [BATCHES, [], [batch("b", "c")]].map((batches) => arrowOf(form, SCHEMA, batches));
    const contents = await Promise.all(
      parts.map((part) => readContents(randomBytes(part.bytes), "part")),
    );
    const { start } = contents[0] as (typeof contents)[0];
    const joined = joinedBlocks(
      contents.map((part) => part.blocks),
      start.length,
    );
    const rows = contents.map(({ start, blocks }, i) =>
      (parts[i] as (typeof parts)[0]).bytes.subarray(start.length, endOf(blocks, start.length)),
    );
    const bytes = Buffer.concat([start, ...rows, endingOf(form, SCHEMA, joined)]);
    const whole = arrowOf(form, SCHEMA, [...BATCHES, batch("b", "c")]);
    expect(new Uint8Array(bytes)).toEqual(whole.bytes);
    for (const [, read] of READERS)
      expect(read(new Uint8Array(bytes)).columns[0]?.cells).toEqual([
        "a",
        null,
        "größer",
        "b",
        "c",
      ]);
  });
});

describe("a footer", () => {
  const { bytes, blocks } = arrowOf("file", SCHEMA, BATCHES);
  const start = endOf(blocks, 0) + 8;
  const footer = bytes.slice(start, -10);

  /** The file with another footer, whose length is correct. */
  const withFooter = (other: Uint8Array) => {
    const length = Buffer.alloc(4);
    length.writeInt32LE(other.length);
    return new Uint8Array(
      Buffer.concat([bytes.subarray(0, start), other, length, bytes.subarray(-6)]),
    );
  };

  it("is refused if it is cut at any byte, even with its length corrected", async () => {
    expect(await refusal(withFooter(footer))).toBe("none");
    for (let length = 0; length < footer.length; length++) {
      const message = await refusal(withFooter(footer.slice(0, length)));
      // The last bytes are the blocks, so only a cut there leaves the schema readable.
      expect(message).toMatch(/^(the metadata of its footer are malformed|the length of its)/);
    }
  });

  it("is refused if it lists other batches than the file has", async () => {
    const other = arrowOf("file", SCHEMA, BATCHES.slice(0, 2));
    const otherFooter = other.bytes.slice(endOf(other.blocks, 0) + 8, -10);
    expect(await refusal(withFooter(otherFooter))).toBe(
      "its footer does not match its batches. Write it again.",
    );
  });

  it.each([
    ["is not there", (file: Uint8Array) => file.slice(0, start), "does not end with ARROW1"],
    [
      "has no magic number after it",
      (file: Uint8Array) => file.slice(0, -1),
      "does not end with ARROW1",
    ],
    [
      "is said to be longer than the file",
      (file: Uint8Array) => file.fill(0x7f, -7, -6),
      "the length of its footer is impossible",
    ],
    [
      "is said to have a negative length",
      (file: Uint8Array) => file.fill(0xff, -10, -6),
      "the length of its footer is impossible",
    ],
    [
      "is shorter than it says",
      (file: Uint8Array) => file.fill(8, -10, -9),
      "end-of-stream marker",
    ],
  ])("that %s is refused", async (_, change, reason) => {
    expect(await refusal(change(bytes.slice()))).toContain(reason);
  });
});

describe("a stream", () => {
  const { bytes, blocks } = arrowOf("stream", SCHEMA, BATCHES);

  it.each<[string, (stream: Uint8Array) => Uint8Array, string]>([
    ["without its end", (stream) => stream.slice(0, -8), "it has no end-of-stream marker"],
    ["without its schema", (stream) => stream.slice(blocks[0]?.offset), "is not a schema"],
    [
      "with two schemas",
      (stream) => {
        const schema = stream.slice(0, blocks[0]?.offset);
        return new Uint8Array(Buffer.concat([schema, stream]));
      },
      "a message that is not a batch",
    ],
    [
      "of text",
      () => new TextEncoder().encode("in_channels,out_channels\n1,2\n"),
      "no end-of-stream marker",
    ],
    ["of nothing", () => new Uint8Array(0), "it is too short"],
    ["of an end only", (stream) => stream.slice(-8), "its message are malformed"],
    [
      "in the form before Arrow 0.15, without continuation markers",
      (stream) => new Uint8Array([...stream.slice(4, -8), ...stream.slice(-8)]),
      "its message are malformed",
    ],
  ])("%s is refused", async (_, change, reason) => {
    expect(await refusal(change(bytes.slice()))).toContain(reason);
  });
});

test.prop(
  [
    fc.constantFrom<ArrowForm>(...FORMS),
    fc.array(fc.tuple(fc.nat(4000), fc.nat(255)), { minLength: 1, maxLength: 8 }),
  ],
  { numRuns: runs(2000) },
)("damage never causes another error than the one about damage", async (form, changes) => {
  const { bytes } = arrowOf(form, SCHEMA, BATCHES);
  for (const [at, value] of changes) bytes[at % bytes.length] = value;
  await refusal(bytes);
});

test.prop([fc.constantFrom<ArrowForm>(...FORMS), fc.array(fc.nat(30))])(
  "any numbers of rows are found again",
  async (form, lengths) => {
    const batches = lengths.map((rows) => batch(...Array<Cell>(rows).fill("x").map(String)));
    const { bytes, blocks } = arrowOf(form, SCHEMA, batches);
    const contents = await readContents(randomBytes(bytes), "a.arrow");
    expect(contents.blocks).toEqual(blocks);
    expect(contents.blocks.map(({ rows }) => rows)).toEqual(lengths);
  },
);
