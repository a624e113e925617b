/** Page headers, against bytes worked out by hand and against hyparquet. */
import { fc, test } from "@fast-check/vitest";
import { deserializeTCompactProtocol } from "hyparquet/src/thrift.js";
import { describe, expect, it } from "vitest";
import { dataPageHeader, dictionaryPageHeader } from "../../../src/formats/parquet/page-header.ts";
import { readPageHeader } from "../../../src/formats/parquet/read-page-header.ts";
import "../../support/repeatable.ts";

const inHyparquet = (bytes: Uint8Array) =>
  deserializeTCompactProtocol({ view: new DataView(bytes.buffer), offset: 0 });

const sizes = fc.integer({ min: 0, max: 2 ** 31 - 1 });
const bodies = fc.record({ values: sizes, uncompressedBytes: sizes, compressedBytes: sizes });

describe("the header of a data page", () => {
  it("has the bytes of PageHeader and DataPageHeader", () => {
    const body = { values: 3, uncompressedBytes: 24, compressedBytes: 100 };
    expect([...dataPageHeader(body, "PLAIN")]).toEqual([
      ...[0x15, 0], // type: DATA_PAGE
      ...[0x15, 48], // uncompressed_page_size: 24
      ...[0x15, 0xc8, 0x01], // compressed_page_size: 100
      ...[0x2c], // data_page_header, field 5
      ...[0x15, 6, 0x15, 0, 0x15, 6, 0x15, 6, 0], // 3 values, PLAIN, levels RLE and RLE
      ...[0],
    ]);
  });

  test.prop([bodies, fc.boolean()])("is read by hyparquet", (body, hasDictionary) => {
    expect(inHyparquet(dataPageHeader(body, hasDictionary ? "RLE_DICTIONARY" : "PLAIN"))).toEqual({
      field_1: 0,
      field_2: body.uncompressedBytes,
      field_3: body.compressedBytes,
      field_5: { field_1: body.values, field_2: hasDictionary ? 8 : 0, field_3: 3, field_4: 3 },
    });
  });
});

describe("the header of a dictionary page", () => {
  it("has the bytes of PageHeader and DictionaryPageHeader", () => {
    const body = { values: 3, uncompressedBytes: 24, compressedBytes: 24 };
    expect([...dictionaryPageHeader(body)]).toEqual([
      ...[0x15, 4, 0x15, 48, 0x15, 48], // DICTIONARY_PAGE is 2
      ...[0x4c, 0x15, 6, 0x15, 0, 0], // dictionary_page_header, field 7: 3 values, PLAIN
      ...[0],
    ]);
  });

  test.prop([bodies])("is read by hyparquet", (body) => {
    expect(inHyparquet(dictionaryPageHeader(body))).toEqual({
      field_1: 2,
      field_2: body.uncompressedBytes,
      field_3: body.compressedBytes,
      field_7: { field_1: body.values, field_2: 0 },
    });
  });
});

it("refuses a page of 2^31 bytes, whose size Parquet cannot express", () => {
  const body = { values: 1, uncompressedBytes: 2 ** 31, compressedBytes: 1 };
  expect(() => dataPageHeader(body, "PLAIN")).toThrow(RangeError);
  expect(() => dictionaryPageHeader(body)).toThrow("2147483648 is not an i32");
});

describe("the header of any page", () => {
  const read = (bytes: readonly number[]) =>
    readPageHeader(Uint8Array.from(bytes), (what) => new Error(what));

  test.prop([bodies, fc.nat(20)])("is read, with its size", (body, more) => {
    for (const [header, expected] of [
      [dataPageHeader(body, "RLE_DICTIONARY"), { type: "data", encoding: 8, ...body }],
      [dictionaryPageHeader(body), { type: "dictionary", ...body }],
    ] as const) {
      const { length } = header;
      expect(read([...header, ...new Array(more).fill(7)])).toEqual({
        header: expected,
        headerBytes: length,
      });
    }
  });

  /** Fields 1 to 3 of PageHeader: a type, and sizes of 8 and 9 bytes. */
  const start = (type: number) => [0x15, 2 * type, 0x15, 16, 0x15, 18];

  it("may be of version 2, and have statistics", () => {
    const statistics = [0x1c, 0x16, 2, 0]; // field 8, with null_count: 1
    for (const [flag, isCompressed] of [
      [0x11, true],
      [0x12, false],
    ] as const)
      expect(
        // 5 values, 1 null, 5 rows, PLAIN, 3 and 0 bytes of levels, is_compressed
        read(
          [...start(3), 0x5c, 0x15, 10, 0x15, 2, 0x15, 10, 0x15, 0, 0x15, 6, 0x15, 0, flag].concat(
            statistics,
            0,
            0,
          ),
        ).header,
      ).toEqual({
        type: "data v2",
        uncompressedBytes: 8,
        compressedBytes: 9,
        values: 5,
        nulls: 1,
        encoding: 0,
        definitionBytes: 3,
        repetitionBytes: 0,
        isCompressed,
      });
  });

  it.each<[string, readonly number[], string]>([
    ["of an index", [...start(1), 0], "it is of a page of type 1, or has no fields for it"],
    ["without the fields of its type", [...start(0), 0], "it is of a page of type 0, or has no"],
    ["with a negative size", [0x15, 0, 0x15, 1, 0x15, 0, 0x2c, 0x15, 0, 0x15, 0, 0, 0], "negative"],
    ["that ends early", start(0), "it ends in the middle of a value, at byte 6"],
  ])("%s is refused", (_, bytes, message) => {
    expect(() => read(bytes)).toThrow(message);
  });
});
