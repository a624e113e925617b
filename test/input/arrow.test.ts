/** Arrow lists that other programs wrote, as the rest of the program reads them. */

import { fc, test } from "@fast-check/vitest";
import * as flechette from "@uwdata/flechette";
import * as arrow from "apache-arrow";
import { describe, expect, it } from "vitest";
import { UpsweepError } from "../../src/errors.ts";
import * as writer from "../../src/formats/arrow/flatbuffer.ts";
import { arrowOf } from "../support/arrow.ts";
import { readList } from "../support/read-list.ts";
import { arrowBytes, type MadeColumn } from "../support/tables.ts";
import { runs } from "../support/tier.ts";

const FORMS = ["stream", "file"] as const;

/** Columns of every type that is read, with the cells of the CSV. */
const COLUMNS: readonly (MadeColumn & { readonly csv: readonly string[] })[] = [
  { type: new arrow.Int8(), cells: [-128, null, 127], csv: ["-128", "", "127"] },
  { type: new arrow.Uint8(), cells: [0, null, 255], csv: ["0", "", "255"] },
  { type: new arrow.Int16(), cells: [-32768, null, 3], csv: ["-32768", "", "3"] },
  { type: new arrow.Uint16(), cells: [65535, null, 3], csv: ["65535", "", "3"] },
  {
    type: new arrow.Int32(),
    cells: [-(2 ** 31), null, 2 ** 31 - 1],
    csv: ["-2147483648", "", "2147483647"],
  },
  { type: new arrow.Uint32(), cells: [2 ** 32 - 1, null, 0], csv: ["4294967295", "", "0"] },
  {
    type: new arrow.Int64(),
    cells: [-(2n ** 63n), null, 2n ** 53n + 1n],
    csv: ["-9223372036854775808", "", "9007199254740993"],
  },
  {
    type: new arrow.Uint64(),
    cells: [2n ** 64n - 1n, null, 2n ** 32n],
    csv: ["18446744073709551615", "", "4294967296"],
  },
  { type: new arrow.Float32(), cells: [0.1, null, 3], csv: ["0.1", "", "3"] },
  { type: new arrow.Float64(), cells: [22050.5, null, -4], csv: ["22050.5", "", "-4"] },
  { type: new arrow.Bool(), cells: [true, null, false], csv: ["true", "", "false"] },
  {
    type: new arrow.Utf8(),
    cells: ["größer 卷积", null, 'a "b",\nc\r'],
    csv: ["größer 卷积", "", '"a ""b"",\nc\r"'],
  },
  { type: new arrow.LargeUtf8(), cells: ["", null, "a,b"], csv: ["", "", '"a,b"'] },
  {
    type: new arrow.Utf8View(),
    cells: ["12 bytes: ab", null, "more than twelve bytes, with a comma"],
    csv: ["12 bytes: ab", "", '"more than twelve bytes, with a comma"'],
  },
  {
    type: new arrow.Dictionary(new arrow.Utf8(), new arrow.Int8()),
    cells: ["same\nlines", null, "same\nlines"],
    csv: ['"same\nlines"', "", '"same\nlines"'],
  },
  {
    type: new arrow.Dictionary(new arrow.Int32(), new arrow.Uint16()),
    cells: [7, null, 8],
    csv: ["7", "", "8"],
  },
  { type: new arrow.Null(), cells: [null, null, null], csv: ["", "", ""] },
];

const named = (columns: readonly MadeColumn[]) =>
  Object.fromEntries(columns.map((column, i) => [`c${i}`, column]));

/** The CSV of columns. */
const csvOf = (names: readonly string[], columns: readonly (readonly string[])[]) =>
  [names, ...(columns[0] ?? []).map((_, row) => columns.map((column) => column[row]))]
    .map((record) => `${record.join(",")}\n`)
    .join("");

async function refusal(bytes: Uint8Array): Promise<string> {
  try {
    await readList(bytes, { name: "layers.arrow" });
    return "none";
  } catch (error) {
    if (!(error instanceof UpsweepError)) throw error;
    expect(error.isInputError).toBe(true);
    return error.message;
  }
}

describe.each(FORMS)("an Arrow %s", (form) => {
  it("has the cells of every type, in pieces of any size", async () => {
    const names = COLUMNS.map((_, i) => `c${i}`);
    const csv = csvOf(
      names,
      COLUMNS.map(({ csv }) => csv),
    );
    const bytes = arrowBytes(named(COLUMNS), form);
    for (const pieceBytes of [1, 7, 64, 1 << 20])
      expect((await readList(bytes, { pieceBytes })).csv).toBe(csv);
  });

  it("may come from flechette", async () => {
    const types = { a: flechette.int64(), b: flechette.largeUtf8(), d: flechette.float32() };
    const table = flechette.tableFromArrays(
      { a: [1, 2, 3], b: ["x", "y", null], c: ["x", "x", "y"], d: [1.5, -3, 0.05] },
      { types },
    );
    const bytes = flechette.tableToIPC(table, { format: form }) as Uint8Array;
    expect((await readList(bytes)).csv).toBe("a,b,c,d\n1,x,x,1.5\n2,y,x,-3\n3,,y,0.05\n");
  });

  it("has exact decimals of every width", async () => {
    const types = {
      d32: flechette.decimal32(9, 2),
      d64: flechette.decimal64(18, 3),
      d128: flechette.decimal128(38, 10),
      d256: flechette.decimal256(76, 0),
    };
    // Integers are taken as multiples of the scale.
    const cells = [1250n, -3000n, 0n];
    const table = flechette.tableFromArrays(
      { d32: cells, d64: cells, d128: cells, d256: cells },
      { types },
    );
    const bytes = flechette.tableToIPC(table, { format: form }) as Uint8Array;
    expect((await readList(bytes)).csv).toBe(
      "d32,d64,d128,d256\n12.5,1.25,0.000000125,1250\n-30,-3,-0.0000003,-3000\n0,0,0,0\n",
    );
  });

  it("may have several batches, and batches without rows", async () => {
    const schema = {
      columns: [
        { name: "a", type: "int32", isNullable: true, metadata: {} },
        { name: "b", type: "utf8", isNullable: false, metadata: {} },
      ],
      metadata: {},
    } as const;
    const batches = [
      [
        [1, null],
        ["x", "y\nz"],
      ],
      [[], []],
      [[3], ["w"]],
    ];
    const read = await readList(arrowOf(form, schema, batches).bytes);
    expect(read.csv).toBe('a,b\n1,x\n,"y\nz"\n3,w\n');
    // Row 2 is in lines 3 and 4 of the CSV. Only lines that begin a row are looked up.
    expect([1, 2, 3, 5].map((line) => read.lines[line - 1])).toEqual([0, 1, 2, 3]);
    expect((await readList(arrowOf(form, schema, []).bytes)).csv).toBe("a,b\n");
  });

  it.each<[string, MadeColumn, string]>([
    [
      "a list",
      { type: new arrow.List(new arrow.Field("item", new arrow.Int32())), cells: [[3, 5]] },
      "layers.arrow: the column 'c0' is nested. Write a column for each value in it, such as " +
        "kernel_size.h and kernel_size.w, or remove it.",
    ],
    [
      "a struct",
      {
        type: new arrow.Struct([new arrow.Field("h", new arrow.Int32())]),
        cells: [{ h: 3 }],
      },
      "layers.arrow: the column 'c0' is nested. ",
    ],
    [
      "a date",
      { type: new arrow.DateDay(), cells: [new Date(0)] },
      "layers.arrow: the column 'c0' has the type date, which upsweep cannot read. " +
        "Convert it to numbers, text or booleans, or remove it.",
    ],
    ["bytes", { type: new arrow.Binary(), cells: [new Uint8Array(1)] }, "the type binary, "],
    ["half floats", { type: new arrow.Float16(), cells: [1.5] }, "the type half-float, "],
    [
      "timestamps in a dictionary",
      {
        type: new arrow.Dictionary(new arrow.TimestampMillisecond(), new arrow.Int32()),
        cells: [1],
      },
      "the type timestamp, ",
    ],
  ])("with %s is refused", async (_, column, message) => {
    expect(await refusal(arrowBytes(named([column]), form))).toContain(message);
  });

  it.each([
    ["LZ4", flechette.CompressionType.LZ4_FRAME],
    ["ZSTD", flechette.CompressionType.ZSTD],
  ])("compressed with %s is refused, with what to do", async (name, codec) => {
    const same = (bytes: Uint8Array) => bytes;
    flechette.setCompressionCodec(codec, { encode: same, decode: same });
    const table = flechette.tableFromArrays({ a: [1, 2] });
    const bytes = flechette.tableToIPC(table, { format: form, codec }) as Uint8Array;
    expect(await refusal(bytes)).toBe(
      `layers.arrow is Arrow data compressed with ${name}, which upsweep cannot read. Write it ` +
        'without compression, in pandas with to_feather(FILE, compression="uncompressed").',
    );
  });

  it("is refused if it is cut at any byte, except at the end of a stream's batch", async () => {
    const bytes = arrowBytes(named(COLUMNS), form);
    const whole = (await readList(bytes)).csv;
    const ends: string[] = [];
    for (let length = 8; length < bytes.length; length++) {
      const message = await refusal(bytes.slice(0, length));
      if (message === "none") ends.push((await readList(bytes.slice(0, length))).csv);
      else
        expect([length, message]).toEqual([
          length,
          expect.stringMatching(/ damaged or incomplete Arrow data: .*\. Write it again\.$/),
        ]);
    }
    // A stream may end after any message, here after the schema, two dictionaries, and the batch.
    const header = whole.slice(0, whole.indexOf("\n") + 1);
    expect(ends).toEqual(form === "file" ? [] : [header, header, header, whole]);
  });

  test.prop([fc.array(fc.tuple(fc.nat(100_000), fc.nat(255)), { minLength: 1, maxLength: 5 })], {
    numRuns: runs(2000),
  })("never causes another error than one about its form if it is damaged", async (changes) => {
    const bytes = arrowBytes(named(COLUMNS), form).slice();
    // The first bytes decide whether it is Arrow data at all.
    for (const [at, value] of changes) bytes[8 + (at % (bytes.length - 8))] = value;
    await refusal(bytes);
  });
});

describe("an Arrow stream", () => {
  const small = arrowBytes({ a: { type: new arrow.Int32(), cells: [1] } });

  it.each<[string, Uint8Array, string]>([
    [
      "that another one follows",
      new Uint8Array(Buffer.concat([small, small])),
      "layers.arrow is damaged or incomplete Arrow data: data follow its end. Write it again.",
    ],
    [
      "that begins with a batch",
      small.slice(new DataView(small.buffer, small.byteOffset).getInt32(4, true) + 8),
      "it does not begin with a schema",
    ],
    ["of an end only", Uint8Array.of(255, 255, 255, 255, 0, 0, 0, 0), "not begin with a schema"],
  ])("%s is refused", async (_, bytes, message) => {
    expect(await refusal(bytes)).toContain(message);
  });

  /** A stream of a schema only. */
  const schemaOnly = (schema: writer.Node): Uint8Array => {
    const metadata = writer.serialised(
      writer.table([writer.int16(4), writer.int8(1), schema, writer.int64(0)]),
    );
    const length = 8 * Math.ceil(metadata.length / 8);
    const message = Buffer.alloc(8 + length);
    message.writeInt32LE(-1, 0);
    message.writeInt32LE(length, 4);
    message.set(metadata, 8);
    return new Uint8Array(message);
  };

  it("in big endian is refused", async () => {
    const schema = writer.table([writer.int16(1), writer.vector([])]);
    expect(await refusal(schemaOnly(schema))).toBe(
      "layers.arrow is Arrow data in big endian, which upsweep cannot read. " +
        "Write it in little endian.",
    );
  });

  it.each([
    [-76, "none"],
    [76, "none"],
    [-77, "its metadata are malformed"],
    [2 ** 31 - 1, "its metadata are malformed"],
  ])("with decimals of scale %d is refused if that is impossible", async (scale, message) => {
    const decimal = writer.table([writer.int32(38), writer.int32(scale)]);
    const union = { size: 1, value: 7 } as const;
    const field = writer.table([writer.string("a"), undefined, union, decimal]);
    const schema = writer.table([undefined, writer.vector([field])]);
    expect(await refusal(schemaOnly(schema))).toContain(message);
  });

  it.each([
    ["32 bits", new arrow.Int32(), (indices: readonly number[]) => Int32Array.from(indices)],
    [
      "64 bits",
      new arrow.Int64(),
      (indices: readonly number[]) => BigInt64Array.from(indices.map(BigInt)),
    ],
  ] as const)("may extend and replace its dictionaries, with indices of %s", async (...given) => {
    const [, indexType, indexArray] = given;
    const type = new arrow.Dictionary(new arrow.Utf8(), indexType as arrow.Int32, 5);
    const schema = new arrow.Schema([new arrow.Field("a", type, true)]);
    const texts = (...values: string[]) => arrow.vectorFromArray(values, new arrow.Utf8());
    const batchOf = (dictionary: arrow.Vector<arrow.Utf8>, indices: readonly number[]) => {
      const data = arrow.makeData({
        type,
        length: indices.length,
        nullCount: 0,
        data: indexArray(indices) as Int32Array,
        dictionary,
      });
      const struct = arrow.makeData({
        type: new arrow.Struct(schema.fields),
        length: indices.length,
        nullCount: 0,
        children: [data],
      });
      return new arrow.RecordBatch(schema, struct);
    };
    const stream = new arrow.RecordBatchStreamWriter();
    stream.write(batchOf(texts("x", "y"), [0, 1]));
    // Another dictionary of two chunks. The second is written as an extension of the first.
    stream.write(batchOf(texts("p", "q,r").concat(texts("s")), [1, 2, 0]));
    stream.finish();
    const bytes = stream.toUint8Array(true);
    const messages = new arrow.MessageReader(bytes);
    const isDelta: boolean[] = [];
    for (let message = messages.readMessage(); message; message = messages.readMessage()) {
      messages.readMessageBody(message.bodyLength);
      if (message.isDictionaryBatch()) isDelta.push(message.header()?.isDelta === true);
    }
    expect(isDelta).toEqual([false, false, true]);
    expect((await readList(bytes)).csv).toBe('a\nx\ny\n"q,r"\ns\np\n');
  });
});
