/** The CRC-32 against gzip, which ends with that of its contents. */
import { gzipSync } from "node:zlib";
import { fc, test } from "@fast-check/vitest";
import { expect, it } from "vitest";
import { crc32 } from "../../../src/formats/parquet/crc32.ts";
import "../../support/repeatable.ts";

it("is 0xcbf43926 for the digits 1 to 9, as the catalogue of CRC algorithms says", () => {
  expect(crc32(Buffer.from("123456789"))).toBe(0xcbf4_3926);
  expect(crc32(new Uint8Array(0))).toBe(0);
});

test.prop([fc.uint8Array({ maxLength: 300 }), fc.nat()])(
  "is that of gzip, also if it is continued at any byte",
  (bytes, cut) => {
    const at = cut % (bytes.length + 1);
    const expected = gzipSync(bytes).subarray(-8).readUInt32LE();
    expect(crc32(bytes)).toBe(expected);
    expect(crc32(bytes.subarray(at), crc32(bytes.subarray(0, at)))).toBe(expected);
  },
);
