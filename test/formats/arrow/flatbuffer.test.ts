/** FlatBuffers, against bytes worked out by hand. Other readers read them in file.test.ts. */
import { fc, test } from "@fast-check/vitest";
import { describe, expect, it } from "vitest";
import * as writer from "../../../src/formats/arrow/flatbuffer.ts";
import { Table } from "../../../src/formats/arrow/flatbuffer-reader.ts";

describe("a serialised tree", () => {
  it("has the bytes that the format prescribes", () => {
    // A table with fields of 1 byte, none, 8 bytes, and a text, by hand:
    const expected = [
      ...[0x14, 0, 0, 0], // 0: the root table is at 20
      ...[0x0c, 0, 0x11, 0], // 4: the vtable has 12 bytes, the table 17
      ...[0x10, 0, 0, 0, 0x04, 0, 0x0c, 0], // 8: fields at 16, nowhere, at 4, at 12
      ...[0, 0, 0, 0], // 16: padding, because the field at 24 needs a multiple of 8
      ...[0x10, 0, 0, 0], // 20: the vtable is 16 bytes before
      ...[0xfe, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff], // 24: -2
      ...[0x08, 0, 0, 0], // 32: the text is at 40
      ...[0x07], // 36: 7
      ...[0, 0, 0], // 37: padding
      ...[0x02, 0, 0, 0, 0x68, 0x69, 0], // 40: 2 bytes, "hi", and a zero
    ];
    const root = writer.table([writer.int8(7), undefined, writer.int64(-2), writer.string("hi")]);
    expect([...writer.serialised(root)]).toEqual(expected);
  });

  it("aligns vectors of structs, and counts their elements", () => {
    const root = writer.table([
      writer.structs([
        [1, 2],
        [3, 2 ** 40],
      ]),
    ]);
    const bytes = writer.serialised(root);
    const table = Table.root(bytes);
    expect(table.structs(0, 2)).toEqual([
      [1, 2],
      [3, 2 ** 40],
    ]);
    // The two structs are the last 32 bytes.
    expect(bytes.length % 8).toBe(0);
    expect(new DataView(bytes.buffer).getBigInt64(bytes.length - 8, true)).toBe(2n ** 40n);
  });
});

describe("reading", () => {
  it("gives absent fields their default", () => {
    const table = Table.root(writer.serialised(writer.table([undefined])));
    // The second field is beyond the vtable, as for data of an older version.
    for (const field of [0, 1]) {
      expect(table.int8(field, 3)).toBe(3);
      expect(table.int16(field, 3)).toBe(3);
      expect(table.int32(field, 3)).toBe(3);
      expect(table.length64(field)).toBe(0);
      expect(table.int64(field)).toBe(0n);
      expect(table.string(field)).toBeUndefined();
      expect(table.table(field)).toBeUndefined();
      expect(table.tables(field)).toEqual([]);
      expect(table.structs(field, 2)).toEqual([]);
    }
  });

  it("gives fields of every size", () => {
    const fields = [writer.int8(-1), writer.int16(-300), writer.int32(-70000), writer.int64(9)];
    const table = Table.root(writer.serialised(writer.table(fields)));
    expect([table.int8(0, 0), table.int16(1, 0), table.int32(2, 0)]).toEqual([-1, -300, -70000]);
    expect([table.length64(3), table.int64(3)]).toEqual([9, 9n]);
  });

  it("refuses negative lengths, and lengths beyond the bytes", () => {
    const table = Table.root(writer.serialised(writer.table([writer.int64(-1)])));
    expect(() => table.length64(0)).toThrow(RangeError);
    const bytes = writer.serialised(writer.table([writer.string("hi")]));
    // The length of the text is 4 bytes before it.
    bytes[bytes.lastIndexOf(0x68) - 4] = 200;
    expect(() => Table.root(bytes).string(0)).toThrow(RangeError);
    const vector = writer.serialised(writer.table([writer.structs([[1]])]));
    vector[vector.length - 9] = 0x7f;
    expect(() => Table.root(vector).structs(0, 1)).toThrow(RangeError);
    expect(() => Table.root(vector).tables(0)).toThrow(RangeError);
  });
});

const text = fc.string({ unit: "binary" });

test.prop([fc.array(fc.tuple(text, fc.array(fc.tuple(text, fc.maxSafeNat()))))])(
  "what was written is read",
  (rows) => {
    const pairTable = ([name, value]: [string, number]) =>
      writer.table([writer.int8(1), writer.string(name), writer.int64(value)]);
    const rowTable = ([name, pairs]: [string, [string, number][]]) =>
      writer.table([writer.string(name), writer.vector(pairs.map(pairTable))]);
    const bytes = writer.serialised(writer.table([writer.vector(rows.map(rowTable))]));
    const read = Table.root(bytes)
      .tables(0)
      .map((row) => [
        row.string(0),
        row.tables(1).map((pair) => [pair.string(1), pair.length64(2)]),
      ]);
    expect(read).toEqual(rows);
  },
);
