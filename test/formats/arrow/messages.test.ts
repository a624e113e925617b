/** The places of messages and buffers, as apache-arrow's message reader finds them. */
import { MessageReader } from "apache-arrow";
import { Footer } from "apache-arrow/ipc/metadata/file";
import { describe, expect, it } from "vitest";
import { MAX_TEXT_BYTES } from "../../../src/formats/arrow/body.ts";
import { endingOf, startOf } from "../../../src/formats/arrow/file.ts";
import { END_OF_STREAM, recordBatchMessage } from "../../../src/formats/arrow/messages.ts";
import type { ArrowSchema } from "../../../src/formats/arrow/schema.ts";
import { arrowOf, type BatchCells } from "../../support/arrow.ts";

const SCHEMA: ArrowSchema = {
  columns: [
    { name: "name", type: "utf8", isNullable: false, metadata: {} },
    { name: "bias", type: "bool", isNullable: false, metadata: { unit: "true or false" } },
    { name: "macs", type: "int64", isNullable: true, metadata: {} },
  ],
  metadata: { upsweep: "{}" },
};

const BATCHES: readonly BatchCells[] = [3, 100, 0].map((rows) => [
  Array(rows).fill("größer"),
  Array(rows).fill(true),
  Array.from({ length: rows }, (_, row) => (row % 2 === 0 ? null : BigInt(row))),
]);

describe("a record batch", () => {
  it("has its buffers at the places of its layout, each at a multiple of 64", () => {
    const { header, body } = recordBatchMessage(SCHEMA, 100, [
      { nullCount: 0, textBytes: 700 },
      { nullCount: 0 },
      { nullCount: 50 },
    ]);
    // By hand: 101 offsets, 700 bytes of text; 100 bits; 100 bits and 100 integers.
    expect(body).toEqual({
      columns: [
        [
          { role: "validity", offset: 0, length: 0, paddedLength: 0 },
          { role: "offsets", offset: 0, length: 404, paddedLength: 448 },
          { role: "data", offset: 448, length: 700, paddedLength: 704 },
        ],
        [
          { role: "validity", offset: 1152, length: 0, paddedLength: 0 },
          { role: "data", offset: 1152, length: 13, paddedLength: 64 },
        ],
        [
          { role: "validity", offset: 1216, length: 13, paddedLength: 64 },
          { role: "data", offset: 1280, length: 800, paddedLength: 832 },
        ],
      ],
      length: 2112,
    });
    expect([...header.subarray(0, 4)]).toEqual([0xff, 0xff, 0xff, 0xff]);
    expect(new DataView(header.buffer).getInt32(4, true)).toBe(header.length - 8);
    const message = new MessageReader(header).readMessage();
    expect(message).toMatchObject({ version: 4, bodyLength: 2112 });
    expect(message?.header()).toMatchObject({
      length: 100,
      nodes: [
        { length: 100, nullCount: 0 },
        { length: 100, nullCount: 0 },
        { length: 100, nullCount: 50 },
      ],
      buffers: body.columns.flat().map(({ offset, length }) => ({ offset, length })),
    });
  });

  it("does not depend on the batches before it", () => {
    const { messages } = arrowOf("file", SCHEMA, [...BATCHES, BATCHES[0] as BatchCells]);
    expect(messages[3]).toEqual(messages[0]);
  });

  it("is refused with missing cells in a column that has none, or too much text", () => {
    const sizes = [{ nullCount: 0, textBytes: 7 }, { nullCount: 1 }, { nullCount: 0 }];
    expect(() => recordBatchMessage(SCHEMA, 1, sizes)).toThrow(
      new RangeError("bias cannot have 1 missing cells"),
    );
    const long = [
      { nullCount: 0, textBytes: MAX_TEXT_BYTES + 1 },
      ...sizes.slice(2),
      ...sizes.slice(2),
    ];
    expect(() => recordBatchMessage(SCHEMA, 1, long)).toThrow(
      new RangeError("name has 2147483648 bytes of text in one batch"),
    );
  });
});

describe.each(["stream", "file"] as const)("a %s", (form) => {
  it("has every message, body and buffer at a multiple of 64", () => {
    const start = startOf(form, SCHEMA);
    expect(start.length % 64).toBe(0);
    const { bytes, blocks, messages } = arrowOf(form, SCHEMA, BATCHES);
    expect(bytes.subarray(0, start.length)).toEqual(start);
    let end = start.length;
    for (const [i, { offset, metadataLength, bodyLength, rows }] of blocks.entries()) {
      expect([offset, rows]).toEqual([end, BATCHES[i]?.[0]?.length]);
      for (const { offset: within } of messages[i]?.body.columns.flat() ?? [])
        expect((offset + metadataLength + within) % 64).toBe(0);
      // The message that apache-arrow finds at the offset of the block.
      const message = new MessageReader(bytes.subarray(offset)).readMessage();
      expect(message?.bodyLength).toBe(bodyLength);
      expect(message?.header()).toMatchObject({ length: rows });
      end += metadataLength + bodyLength;
    }
    expect(bytes.subarray(end, end + 8)).toEqual(END_OF_STREAM);
  });
});

describe("the footer of a file", () => {
  it("lists blocks anywhere in a file of many terabytes", () => {
    const blocks = [
      { offset: 512, metadataLength: 256, bodyLength: 2 ** 44, rows: 2 ** 20 },
      { offset: 768 + 2 ** 44, metadataLength: 320, bodyLength: 64, rows: 1 },
    ];
    const ending = endingOf("file", SCHEMA, blocks);
    expect(Buffer.from(ending.subarray(-6)).toString()).toBe("ARROW1");
    const length = new DataView(ending.buffer).getInt32(ending.length - 10, true);
    expect(length).toBe(ending.length - 8 - 10);
    const footer = Footer.decode(ending.subarray(8, 8 + length));
    expect(footer.numDictionaries).toBe(0);
    expect([...footer.recordBatches()]).toMatchObject([
      { offset: 512, metaDataLength: 256, bodyLength: 2 ** 44 },
      { offset: 768 + 2 ** 44, metaDataLength: 320, bodyLength: 64 },
    ]);
    expect(footer.schema.fields.map(String)).toEqual(["name: Utf8", "bias: Bool", "macs: Int64"]);
    expect(footer.schema.metadata).toEqual(new Map([["upsweep", "{}"]]));
  });

  it("is not part of a stream", () => {
    expect(endingOf("stream", SCHEMA, [])).toEqual(END_OF_STREAM);
  });
});
