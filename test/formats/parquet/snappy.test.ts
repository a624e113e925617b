/** The decompressor of Snappy, against snappyjs and against bytes worked out by hand. */
import { fc, test } from "@fast-check/vitest";
import { compress } from "snappyjs";
import { describe, expect, it } from "vitest";
import { snappyDecompressed } from "../../../src/formats/parquet/snappy.ts";
import "../../support/repeatable.ts";

const read = (bytes: readonly number[], length: number) =>
  [...snappyDecompressed(Uint8Array.from(bytes), length)].join(" ");

describe("Snappy data", () => {
  it.each<[string, readonly number[], string]>([
    ["of nothing", [0], ""],
    // Lengths of literals: minus 1, times 4. From 61 bytes on, the length minus 1 follows.
    ["of a literal", [2, 4, 7, 8], "7 8"],
    ["of a literal with a length of 1 byte", [1, 60 << 2, 0, 7], "7"],
    ["of a literal with a length of 4 bytes", [2, 63 << 2, 1, 0, 0, 0, 7, 8], "7 8"],
    // Length 4, offset 2.
    ["of a copy with an offset of 1 byte", [6, 4, 7, 8, 1, 2], "7 8 7 8 7 8"],
    ["of a copy with an offset of 2 bytes", [3, 0, 7, 4 | 2, 1, 0], "7 7 7"],
    ["of a copy with an offset of 4 bytes", [3, 0, 7, 4 | 3, 1, 0, 0, 0], "7 7 7"],
  ])("%s are decompressed", (_, bytes, values) => {
    expect(read(bytes, bytes[0] as number)).toBe(values);
  });

  it("may copy from 256 bytes and more before, with an offset of 11 bits", () => {
    const literal = Array.from({ length: 256 }, (_, i) => i);
    const bytes = [0x84, 0x02, 60 << 2, 255, ...literal, (1 << 5) | 1, 0];
    expect(read(bytes, 260)).toBe([...literal, 0, 1, 2, 3].join(" "));
  });

  it.each<[string, readonly number[], number]>([
    ["end in their length", [0x80], 0],
    ["have a length of more than 35 bits", [0x80, 0x80, 0x80, 0x80, 0x80, 0], 0],
    ["have another length", [2, 4, 7, 8], 3],
    ["are shorter than their length", [3, 4, 7, 8], 3],
    ["are longer than their length", [1, 4, 7, 8], 1],
    ["say more than they can have", [0xff, 0xff, 0xff, 0xff, 0x07], 2 ** 31 - 1],
    ["end in a literal", [2, 4, 7], 2],
    ["end in the length of a literal", [2, 63 << 2, 1], 2],
    ["have a literal of 2^32 - 5 bytes", [2, 63 << 2, 0xfa, 0xff, 0xff, 0xff, 7, 8], 2],
    ["end in an offset", [3, 0, 7, 4 | 2, 1], 3],
    ["copy from offset 0", [3, 0, 7, 4 | 2, 0, 0], 3],
    ["copy from before the start", [3, 0, 7, 4 | 2, 2, 0], 3],
    ["copy past the end", [3, 0, 7, 8 | 2, 1, 0], 3],
  ])("that %s are refused", (_, bytes, length) => {
    expect(() => read(bytes, length)).toThrow(new Error("its Snappy data are malformed"));
  });

  test.prop([fc.array(fc.uint8Array({ minLength: 1, maxLength: 100 })), fc.nat(30)], {
    numRuns: 300,
  })("of any bytes are decompressed", (pieces, repeats) => {
    const once = Buffer.concat(pieces);
    const bytes = Buffer.concat(Array.from({ length: repeats }, () => once));
    const compressed = compress(Uint8Array.from(bytes));
    expect(Buffer.compare(snappyDecompressed(compressed, bytes.length), bytes)).toBe(0);
  });

  test.prop([fc.uint8Array({ maxLength: 60 }), fc.nat(100)], { numRuns: 1000 })(
    "that are damaged never give another number of bytes",
    (bytes, length) => {
      let result: Uint8Array | undefined;
      try {
        result = snappyDecompressed(bytes, length);
      } catch (error) {
        expect(error).toEqual(new Error("its Snappy data are malformed"));
      }
      expect(result?.length ?? length).toBe(length);
    },
  );
});
