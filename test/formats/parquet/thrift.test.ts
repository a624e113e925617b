/** The Thrift compact protocol, against bytes worked out by hand and against hyparquet. */
import { fc, test } from "@fast-check/vitest";
import { deserializeTCompactProtocol } from "hyparquet/src/thrift.js";
import { describe, expect, it } from "vitest";
import {
  BINARY,
  BOOL,
  decode,
  encode,
  enumeration,
  I8,
  I16,
  I32,
  I64,
  list,
  optional,
  type Read,
  required,
  STRING,
  struct,
  type ThriftType,
} from "../../../src/formats/parquet/thrift.ts";
import { ThriftReader, ThriftWriter } from "../../../src/formats/parquet/thrift-bytes.ts";
import "../../support/repeatable.ts";

class Malformed extends Error {}
const refuse = (what: string) => new Malformed(what);
const read = <T>(type: ThriftType<T>, bytes: readonly number[]) =>
  decode(type, Uint8Array.from(bytes), refuse);

/** What hyparquet reads: an object with a key for each field. */
function inHyparquet(bytes: Uint8Array): Record<string, unknown> {
  return deserializeTCompactProtocol({
    view: new DataView(bytes.buffer, bytes.byteOffset),
    offset: 0,
  });
}

const INNER = struct("Inner", { flag: optional(2, BOOL), text: optional(20, STRING) });
const COLOUR = enumeration("Colour", { RED: 0, BLUE: 300 });
const ALL = struct("All", {
  yes: required(1, BOOL),
  i8: optional(2, I8),
  i16: optional(3, I16),
  i32: optional(4, I32),
  i64: optional(5, I64),
  binary: optional(8, BINARY),
  inner: optional(24, INNER),
  inners: optional(25, list(INNER)),
  numbers: optional(60, list(I64)),
  colour: optional(1000, COLOUR),
});

describe("the bytes of a struct", () => {
  it("are the field headers and values of the specification", () => {
    const written = encode(ALL, {
      yes: false,
      i8: -2,
      i32: -1,
      i64: 150,
      binary: Uint8Array.of(7, 8),
      inner: { flag: true, text: "é" },
      numbers: [1, -65],
      colour: "BLUE",
    });
    expect([...written]).toEqual([
      ...[0x12], // field 1: false
      ...[0x13, 0xfe], // field 2, i8
      ...[0x25, 0x01], // field 4, i32: -1 is 1
      ...[0x16, 0xac, 0x02], // field 5, i64: 150 is 300
      ...[0x38, 0x02, 7, 8], // field 8, binary of 2 bytes
      ...[0x0c, 48], // field 24, struct: 16 more than 8, so its number is written
      ...[0x21], // field 2 in it: true
      ...[0x08, 40, 0x02, 0xc3, 0xa9], // field 20 in it
      ...[0x00],
      ...[0x09, 120, 0x26, 0x02, 0x81, 0x01], // field 60, list of 2 i64
      ...[0x05, 0xd0, 0x0f, 0xd8, 0x04], // field 1000, i32: 300 is 600
      ...[0x00],
    ]);
  });

  it("have the number of elements after the header in a list of 15 or more", () => {
    const numbers = Array.from({ length: 300 }, (_, i) => i % 2);
    const written = encode(list(I64), numbers);
    expect([...written.subarray(0, 5)]).toEqual([0xf6, 0xac, 0x02, 0, 2]);
    expect(decode(list(I64), written, refuse)).toEqual(numbers);
    expect([...encode(list(I64), numbers.slice(0, 14))].slice(0, 1)).toEqual([0xe6]);
    expect([...encode(list(I64), numbers.slice(0, 15))].slice(0, 2)).toEqual([0xf6, 15]);
  });
});

const integers = (bits: number) =>
  fc.oneof(
    fc.integer({ min: -(2 ** (bits - 1)), max: 2 ** (bits - 1) - 1 }),
    fc.constantFrom(-(2 ** (bits - 1)), -1, 0, 1, 63, 64, 2 ** (bits - 1) - 1),
  );
const safe = fc.oneof(
  fc.maxSafeInteger(),
  fc.constantFrom(2 ** 52, 2 ** 52 + 1, -(2 ** 52) - 1, Number.MAX_SAFE_INTEGER),
);
const maybe = <T>(some: fc.Arbitrary<T>) => fc.option(some, { nil: undefined });
const inner = fc.record({
  flag: maybe(fc.boolean()),
  text: maybe(fc.string({ unit: "grapheme" })),
});
const structs = fc.record({
  yes: fc.boolean(),
  i8: maybe(integers(8)),
  i16: maybe(integers(16)),
  i32: maybe(integers(32)),
  i64: maybe(safe),
  binary: maybe(fc.uint8Array()),
  inner: maybe(inner),
  inners: maybe(fc.array(inner, { maxLength: 20 })),
  numbers: maybe(fc.array(safe, { maxLength: 20 })),
  colour: maybe(fc.constantFrom<Read<typeof COLOUR>>("RED", "BLUE")),
}) as fc.Arbitrary<Read<typeof ALL>>;

/** A value without the keys that are undefined, as it is read. */
function present<T extends object>(value: T): T {
  return Object.fromEntries(Object.entries(value).filter(([, field]) => field !== undefined)) as T;
}

describe("a struct", () => {
  test.prop([structs])("is read as it was written, by us and by hyparquet", (value) => {
    const written = encode(ALL, value);
    const innerOf = (one: Read<typeof INNER>) => present(one);
    expect(decode(ALL, written, refuse)).toEqual(
      present({
        ...value,
        inner: value.inner && innerOf(value.inner),
        inners: value.inners?.map(innerOf),
      }),
    );
    const textOf = (text: string | undefined) =>
      text === undefined ? undefined : Uint8Array.from(Buffer.from(text));
    const innerFields = (one: Read<typeof INNER>) =>
      present({ field_2: one.flag, field_20: textOf(one.text) });
    expect(inHyparquet(written)).toEqual(
      present({
        field_1: value.yes,
        field_2: value.i8,
        field_3: value.i16,
        field_4: value.i32,
        field_5: value.i64 === undefined ? undefined : BigInt(value.i64),
        field_8: value.binary,
        field_24: value.inner && innerFields(value.inner),
        field_25: value.inners?.map(innerFields),
        field_60: value.numbers?.map(BigInt),
        field_1000: value.colour && (value.colour === "BLUE" ? 300 : 0),
      }),
    );
  });

  test.prop([fc.bigInt({ min: -(2n ** 63n), max: 2n ** 63n - 1n })])(
    "can have integers of 64 bits",
    (value) => {
      const out = new ThriftWriter();
      out.byte(0x16);
      out.zigzag(value);
      out.byte(0);
      expect(inHyparquet(out.written())).toEqual({ field_1: value });
      const from = new ThriftReader(out.written(), refuse);
      expect(from.field(0)).toEqual({ wire: 6, id: 1 });
      expect(from.zigzag()).toBe(value);
    },
  );

  it("can have the smallest and the largest integer", () => {
    for (const value of [-(2n ** 63n), 2n ** 63n - 1n]) {
      const out = new ThriftWriter();
      out.zigzag(value);
      expect(out.written().length).toBe(10);
      expect(new ThriftReader(out.written(), refuse).zigzag()).toBe(value);
    }
  });

  it("is read without its unknown fields, of whatever type", () => {
    const unknown = [
      ...[0x11, 0x12], // fields 1 and 2: booleans
      ...[0x13, 0x80], // i8
      ...[0x14, 0x80, 0x01, 0x15, 1, 0x16, ...Array(9).fill(0xff), 1], // i16, i32, i64
      ...[0x17, 1, 2, 3, 4, 5, 6, 7, 8], // double
      ...[0x18, 3, 97, 98, 99], // binary
      ...[0x19, 0x31, 1, 2, 0], // list of booleans
      ...[0x1a, 0xf8, 16, ...Array(16).fill(0)], // set of 16 empty texts
      ...[0x1b, 0x00], // empty map
      ...[0x1b, 0x02, 0x5c, 7, 0x11, 0, 8, 0], // map from i32 to struct
      ...[0x1c, 0x19, 0x1c, 0x19, 0x08, 0x00, 0x00], // struct, list, struct, empty list
    ];
    const bytes = [...unknown, 0x05, 100, 0x02, 0x00];
    expect(read(struct("One", { i32: required(50, I32) }), bytes)).toEqual({ i32: 1 });
  });
});

describe("malformed bytes", () => {
  const ONE = struct("One", { number: required(1, I32), texts: optional(2, list(STRING)) });
  it.each<[string, number[], string]>([
    ["a required field that is missing", [0x00], "One lacks field 1, before byte 1"],
    ["a field twice", [0x15, 2, 0x05, 2, 2, 0], "One has field 1 twice, before byte 4"],
    ["a field of another type", [0x16, 2, 0], "field 1 of One has type 6, not 5, before byte 1"],
    ["a boolean for a number", [0x12, 0], "field 1 of One has type 2, not 5, before byte 1"],
    [
      "a list of another type",
      [0x29, 0x15, 2],
      "a list has elements of type 5, not 8, before byte 2",
    ],
    [
      "an i32 with 33 bits",
      [0x15, 0x80, 0x80, 0x80, 0x80, 0x10, 0],
      "2147483648 is out of range, before byte 6",
    ],
    [
      "an integer with 65 bits",
      [0x15, ...Array(9).fill(0x80), 2, 0],
      "an integer has more than 64 bits, before byte 11",
    ],
    [
      "an integer with 11 bytes",
      [0x15, ...Array(10).fill(0x80), 0, 0],
      "an integer has more than 64 bits, before byte 11",
    ],
    [
      "a field number below 1",
      [0x05, 1, 2, 0],
      "the field number -1 is out of range, before byte 2",
    ],
    [
      "a field number above 2^15 - 1",
      [0x05, 0x80, 0x80, 4, 2, 0],
      "the field number 32768 is out of range, before byte 4",
    ],
    ["a type that does not exist", [0x15, 2, 0x9d, 0], "type 13 does not exist, before byte 3"],
    ["text that is not UTF-8", [0x29, 0x18, 1, 0xff], "a text is not UTF-8, before byte 4"],
    [
      "a text that is longer than 2^31",
      [0x29, 0x18, 0x80, 0x80, 0x80, 0x80, 8],
      "the size 2147483648 is too large, before byte 7",
    ],
    [
      "a text that is longer than the bytes",
      [0x29, 0x18, 100, 97],
      "it ends in the middle of a value, at byte 4",
    ],
    [
      "a list that is longer than the bytes",
      [0x29, 0xf8, 0xff, 0xff, 0xff, 0xff, 7],
      "it ends in the middle of a value, at byte 7",
    ],
    [
      "a map that is longer than the bytes",
      [0x15, 2, 0x9b, 100, 0x11],
      "it ends in the middle of a value, at byte 5",
    ],
    [
      "an unknown text that is longer than the bytes",
      [0x15, 2, 0x98, 100],
      "it ends in the middle of a value, at byte 4",
    ],
    [
      "bytes after the end",
      [0x15, 2, 0, 0, 0],
      "it continues for 2 bytes after its end, before byte 3",
    ],
    [
      "lists in lists without end",
      [0x15, 2, 0x99, ...Array(1000).fill(0x19)],
      "values are nested too deeply, before byte 36",
    ],
    [
      "structs in structs without end",
      [0x15, 2, 0x9c, ...Array(1000).fill(0x1c)],
      "values are nested too deeply, before byte 36",
    ],
  ])("are refused: %s", (_, bytes, message) => {
    expect(() => read(ONE, bytes)).toThrow(new Malformed(message));
  });

  it("are refused: an integer that a number cannot represent", () => {
    const bytes = encode(list(I64), [Number.MAX_SAFE_INTEGER]);
    expect(decode(list(I64), bytes, refuse)).toEqual([Number.MAX_SAFE_INTEGER]);
    const out = new ThriftWriter();
    out.byte(0x16);
    out.zigzag(2n ** 53n);
    expect(() => decode(list(I64), out.written(), refuse)).toThrow(
      new Malformed("9007199254740992 is out of range, before byte 9"),
    );
  });

  it("are refused: an enum value without a name", () => {
    expect(() => read(struct("Paint", { colour: required(1, COLOUR) }), [0x15, 2, 0])).toThrow(
      new Malformed("Colour 1 is not used by upsweep, before byte 2"),
    );
  });

  test.prop([structs])("are refused if they end early, at every byte", (value) => {
    const written = encode(ALL, value);
    for (let length = 0; length < written.length; length++)
      expect(() => decode(ALL, written.subarray(0, length), refuse)).toThrow(Malformed);
  });

  test.prop([fc.uint8Array({ maxLength: 60 })], { numRuns: 1000 })(
    "never cause another error, whatever they are",
    (bytes) => {
      try {
        decode(ALL, bytes, refuse);
      } catch (error) {
        expect(error).toBeInstanceOf(Malformed);
      }
    },
  );
});

describe("a number that does not fit", () => {
  it.each<[ThriftType<number>, number]>([
    [I16, 2 ** 15],
    [I32, 2 ** 31],
    [I32, -(2 ** 31) - 1],
    [I64, 2 ** 53],
    [I32, 0.5],
    [I32, Number.NaN],
  ])("is not written", (type, value) => {
    expect(() => encode(type, value)).toThrow(RangeError);
  });
});
