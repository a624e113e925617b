/** Arrow lists with numbers that would take much more memory or time than their bytes. */
import * as arrow from "apache-arrow";
import { describe, expect, it } from "vitest";
import { UpsweepError } from "../../src/errors.ts";
import { MAGIC, MAGIC_BYTES } from "../../src/formats/arrow/file.ts";
import * as writer from "../../src/formats/arrow/flatbuffer.ts";
import { Dictionary } from "../../src/input/arrow-dictionary.ts";
import { CsvWriter } from "../../src/input/csv-writer.ts";
import { readList } from "../support/read-list.ts";
import { arrowBytes } from "../support/tables.ts";

async function refusal(bytes: Uint8Array): Promise<string> {
  try {
    return `read: ${(await readList(bytes, { name: "layers.arrow" })).csv.slice(0, 100)}`;
  } catch (error) {
    if (!(error instanceof UpsweepError)) throw error;
    return error.message;
  }
}

const damaged = (what: string) =>
  `layers.arrow is damaged or incomplete Arrow data: ${what}. Write it again.`;

/** A message: its prefix, and the table Message with a header. The body follows. */
function message(type: number, header: writer.Node, body = new Uint8Array(0)): Buffer {
  const fields = [writer.int16(4), writer.int8(type), header, writer.int64(body.length)];
  const metadata = writer.serialised(writer.table(fields));
  const start = Buffer.alloc(8 + 8 * Math.ceil(metadata.length / 8));
  start.writeInt32LE(-1, 0);
  start.writeInt32LE(start.length - 8, 4);
  start.set(metadata, 8);
  return Buffer.concat([start, body]);
}

const [SCHEMA, DICTIONARY_BATCH, RECORD_BATCH] = [1, 2, 3];
/** Members of the union Type. */
const [NULL, INT, BOOL, TEXT_VIEW] = [1, 2, 6, 24];

const unionOf = (type: number) => ({ size: 1, value: type }) as const;
const field = (name: string, type: number, ...dictionary: writer.Node[]) =>
  writer.table([writer.string(name), undefined, unionOf(type), writer.table([]), ...dictionary]);
const schemaOf = (...fields: writer.Node[]) =>
  message(SCHEMA, writer.table([undefined, writer.vector(fields)]));
const batchOf = (
  rows: number,
  nodes: readonly number[][],
  buffers: readonly number[][],
  variadic: readonly number[] = [],
) =>
  writer.table([
    writer.int64(rows),
    writer.structs(nodes),
    writer.structs(buffers),
    undefined,
    writer.structs(variadic.map((count) => [count])),
  ]);

/** An index into dictionary 0, with 32 bits. */
const indexed = (type: number) => field("a", type, writer.table([]));
const joined = (...parts: readonly Uint8Array[]) => new Uint8Array(Buffer.concat(parts));
const int32s = (...values: readonly number[]) => {
  const bytes = Buffer.alloc(8 * Math.ceil(values.length / 2));
  for (const [i, value] of values.entries()) bytes.writeInt32LE(value, 4 * i);
  return bytes;
};

describe("an Arrow stream", () => {
  it("of a column without data is refused if it has more than 2^24 rows", async () => {
    const nulls = (rows: number) =>
      joined(schemaOf(field("a", NULL)), message(RECORD_BATCH, batchOf(rows, [[rows, rows]], [])));
    expect(await refusal(nulls(3))).toBe("read: a\n\n\n\n");
    // It would have taken years.
    expect(await refusal(nulls(2 ** 53 - 1))).toBe(
      damaged(`a batch has ${2 ** 53 - 1} rows, but no data`),
    );
  });

  it("may have a dictionary of a hundred million values, which ended the process", async () => {
    const rows = 100_000_000;
    const bits = new Uint8Array(rows / 8).fill(0b10);
    const bytes = joined(
      schemaOf(indexed(BOOL)),
      message(
        DICTIONARY_BATCH,
        writer.table([
          writer.int64(0),
          batchOf(
            rows,
            [[rows, 0]],
            [
              [0, 0],
              [0, bits.length],
            ],
          ),
        ]),
        bits,
      ),
      message(
        RECORD_BATCH,
        batchOf(
          3,
          [[3, 0]],
          [
            [0, 0],
            [0, 12],
          ],
        ),
        int32s(0, 1, rows - 7),
      ),
    );
    expect((await readList(bytes)).csv).toBe("a\nfalse\ntrue\ntrue\n");
  });

  it("may have a dictionary of texts that share their bytes", async () => {
    // 100 GB, if they were copied. A view has a length, four bytes of text, a buffer, an offset.
    const [rows, length] = [100_000, 1_000_000];
    const views = Buffer.concat(Array.from({ length: rows }, () => int32s(length, 0, 0, 0)));
    const text = new Uint8Array(length).fill(0x61);
    const buffers = [
      [0, 0],
      [0, views.length],
      [views.length, length],
    ];
    const bytes = joined(
      schemaOf(indexed(TEXT_VIEW)),
      message(
        DICTIONARY_BATCH,
        writer.table([writer.int64(0), batchOf(rows, [[rows, 0]], buffers, [1])]),
        joined(views, text),
      ),
      message(
        RECORD_BATCH,
        batchOf(
          1,
          [[1, 0]],
          [
            [0, 0],
            [0, 4],
          ],
        ),
        int32s(rows - 1),
      ),
    );
    expect((await readList(bytes)).csv).toBe(`a\n${"a".repeat(length)}\n`);
  });

  it("is refused if a text view has more buffers than its batch", async () => {
    const bytes = joined(
      schemaOf(field("a", TEXT_VIEW)),
      message(
        RECORD_BATCH,
        batchOf(
          0,
          [[0, 0]],
          [
            [0, 0],
            [0, 0],
          ],
          [2 ** 31],
        ),
      ),
    );
    expect(await refusal(bytes)).toBe(damaged("its metadata are malformed"));
  });

  it("is refused if its columns share a long name", async () => {
    const name = "x".repeat(10_000);
    let position: number | undefined;
    const shared: writer.Node = (output) => {
      position ??= field(name, INT)(output);
      return position;
    };
    const bytes = (columns: number) => joined(schemaOf(...new Array(columns).fill(shared)));
    expect(await refusal(bytes(1))).toMatch(/^read: x{94}/);
    position = undefined;
    expect(await refusal(bytes(1000))).toBe(damaged("its metadata are malformed"));
  });
});

it("refuses an Arrow file that has the same batch many times", async () => {
  const column = { type: new arrow.Int32(), cells: Array.from({ length: 1000 }, (_, i) => i) };
  const stream = arrowBytes({ a: column });
  // The stream begins with the schema, and ends with a marker of 8 bytes.
  const offset = MAGIC_BYTES + 8 + Buffer.from(stream).readInt32LE(4);
  const schema = writer.table([
    undefined,
    writer.vector([
      writer.table([
        writer.string("a"),
        undefined,
        unionOf(INT),
        writer.table([writer.int32(32), writer.bool(true)]),
      ]),
    ]),
  ]);
  const metadataLength = 8 + Buffer.from(stream).readInt32LE(offset - MAGIC_BYTES + 4);
  const bodyLength = stream.length - 8 - (offset - MAGIC_BYTES) - metadataLength;
  const fileOf = (times: number) => {
    const blocks = writer.structs(
      Array.from({ length: times }, () => [offset, metadataLength, bodyLength]),
    );
    const footer = writer.serialised(
      writer.table([writer.int16(4), schema, writer.structs([]), blocks]),
    );
    const size = Buffer.alloc(4);
    size.writeInt32LE(footer.length);
    const start = Buffer.alloc(MAGIC_BYTES);
    start.set(MAGIC);
    return joined(start, stream, footer, size, Uint8Array.from(MAGIC));
  };
  const csv = `a\n${column.cells.join("\n")}\n`;
  expect((await readList(fileOf(1))).csv).toBe(csv);
  expect(await refusal(fileOf(1000))).toBe(damaged("its batches have more bytes than the file"));
});

describe("a dictionary", () => {
  it("has the values of all its parts, also of empty ones", () => {
    const dictionary = new Dictionary();
    const lengths = [0, 2, 0, 1, 3, 0];
    for (const [part, rows] of lengths.entries())
      dictionary.add(rows, (csv, row) => csv.text(`${part}:${row} `));
    const csv = new CsvWriter();
    for (let index = 0; index < 6; index++) dictionary.writeCell(csv, index);
    expect(Buffer.from(csv.take()).toString()).toBe("1:0 1:1 3:0 4:0 4:1 4:2 ");
    for (const index of [-1, 6, Number.NaN])
      expect(() => dictionary.writeCell(csv, index)).toThrow(
        new RangeError("an index is outside of its dictionary"),
      );
  });
});
