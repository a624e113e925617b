/** Page headers, against bytes worked out by hand and against hyparquet. */
import { fc, test } from "@fast-check/vitest";
import { deserializeTCompactProtocol } from "hyparquet/src/thrift.js";
import { describe, expect, it } from "vitest";
import { dataPageHeader, dictionaryPageHeader } from "../../../src/formats/parquet/page-header.ts";
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
