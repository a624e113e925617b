import { OUTPUT_PTR, PARQUET_INPUT_PTR, SNAPPY_TABLE_PTR } from "../../../../assembly/layout";
import { compress } from "../../../../assembly/formats/parquet/snappy";
import { hexAt, seed, writeAscii, writeRandom } from "./support";

/** The compressed bytes of the first `length` bytes of PARQUET_INPUT. */
function compressed(length: u32): string {
  return hexAt(OUTPUT_PTR, compress(OUTPUT_PTR, PARQUET_INPUT_PTR, length));
}

/** The compressed bytes of a text. */
function ofText(text: string): string {
  return compressed(writeAscii(PARQUET_INPUT_PTR, text));
}

/** The bytes before a literal of `length` bytes that cannot be compressed. */
function tagOfLiteral(length: u32, prefix: string): string {
  seed(7);
  writeRandom(PARQUET_INPUT_PTR, length);
  const endPtr = compress(OUTPUT_PTR, PARQUET_INPUT_PTR, length);
  const headEndPtr = endPtr - <usize>length;
  const head = hexAt(OUTPUT_PTR, headEndPtr);
  expect<string>(head.slice(0, prefix.length)).toBe(prefix);
  expect<i32>(memory.compare(headEndPtr, PARQUET_INPUT_PTR, length)).toBe(0);
  return head.slice(prefix.length + 1);
}

describe("compress", () => {
  it("writes only the length of no bytes", () => {
    expect<string>(compressed(0)).toBe("00");
  });

  it("writes few bytes as a literal", () => {
    expect<string>(ofText("a")).toBe("01 00 61");
    expect<string>(ofText("abcd")).toBe("04 0c 61 62 63 64");
    // Too short to be searched for matches.
    expect<string>(ofText("aaaaaaaaaaaaaaaaa")).toBe(
      "11 40 61 61 61 61 61 61 61 61 61 61 61 61 61 61 61 61 61",
    );
  });

  it("copies bytes that overlap the copy, as in the example of the description", () => {
    // <literal: "xab"> <copy: offset=2 length=22>
    expect<string>(ofText("xabababababababababababab")).toBe("19 08 78 61 62 56 02 00");
    expect<string>(ofText("a".repeat(40))).toBe("28 00 61 9a 01 00");
  });

  it("splits copies at 64 bytes, and leaves at least four for the last one", () => {
    expect<string>(ofText("a".repeat(65))).toBe("41 00 61 fe 01 00");
    expect<string>(ofText("a".repeat(66))).toBe("42 00 61 ee 01 00 05 01");
    expect<string>(ofText("a".repeat(68))).toBe("44 00 61 ee 01 00 0d 01");
    expect<string>(ofText("a".repeat(69))).toBe("45 00 61 fe 01 00 01 01");
    expect<string>(ofText("a".repeat(129))).toBe("81 01 00 61 fe 01 00 fe 01 00");
  });

  it("copies 4 to 11 bytes from an offset below 2048 in two bytes", () => {
    const literal = "61 62 63 64 65 66 67 68 41 42 43 44 45 46 47 48";
    const rest = "7a 79 78 77 76 75 74 73 72 71 70 6f 6e 6d 6c 6b";
    expect<string>(ofText("abcdefghABCDEFGHabcdefzyxwvutsrqponmlk")).toBe(
      "26 3c " + literal + " 09 10 3c " + rest,
    );
    expect<string>(ofText("abcdefghABCDEFGHabcdefghABCzyxwvutsrqponmlk")).toBe(
      "2b 3c " + literal + " 1d 10 3c " + rest,
    );
    expect<string>(ofText("abcdefghABCDEFGHabcdefghABCDzyxwvutsrqponmlk")).toBe(
      "2c 3c " + literal + " 2e 10 00 3c " + rest,
    );
  });

  it("copies from an offset of 2047 in two bytes, and from 2048 in three", () => {
    for (let offset: u32 = 2047; offset <= 2048; offset++) {
      memory.fill(PARQUET_INPUT_PTR, 0, 2200);
      writeAscii(PARQUET_INPUT_PTR + 1, "abcdefgh1");
      writeAscii(PARQUET_INPUT_PTR + 1 + <usize>offset, "abcdefgh2");
      expect<bool>(compressed(2200).includes(offset == 2047 ? " f1 ff " : " 1e 00 08 ")).toBe(true);
    }
  });

  it("writes the length of a literal in the tag, or in one to three bytes after it", () => {
    expect<string>(tagOfLiteral(60, "3c")).toBe("ec");
    expect<string>(tagOfLiteral(61, "3d")).toBe("f0 3c");
    expect<string>(tagOfLiteral(256, "80 02")).toBe("f0 ff");
    expect<string>(tagOfLiteral(257, "81 02")).toBe("f4 00 01");
    expect<string>(tagOfLiteral(65536, "80 80 04")).toBe("f4 ff ff");
    expect<string>(tagOfLiteral(65537, "81 80 04")).toBe("f8 00 00 01");
    expect<string>(tagOfLiteral(200000, "c0 9a 0c")).toBe("f8 3f 0d 03");
  });

  it("copies across a border of 64 KiB, but not from 64 KiB away", () => {
    // A literal of 20 bytes, zeros, and the 20 bytes again at the distance.
    for (let distance: u32 = 65535; distance <= 65536; distance++) {
      const again = PARQUET_INPUT_PTR + <usize>distance;
      memory.fill(PARQUET_INPUT_PTR, 0, distance + 40);
      writeAscii(PARQUET_INPUT_PTR, "abcdefghijklmnopqrst");
      writeAscii(again, "abcdefghijklmnopqrstABCDEFGHIJKLMNOPQRST");
      const endPtr = compress(OUTPUT_PTR, PARQUET_INPUT_PTR, distance + 40);
      expect<bool>(hexAt(OUTPUT_PTR, endPtr).includes(" 4e ff ff ")).toBe(distance == 65535);
    }
  });

  it("gives the same bytes after any other input", () => {
    seed(5);
    writeRandom(PARQUET_INPUT_PTR, 3000);
    memory.copy(PARQUET_INPUT_PTR + 1000, PARQUET_INPUT_PTR + 17, 700);
    const first = compressed(3000);
    memory.fill(SNAPPY_TABLE_PTR, 0x55, 1 << 15);
    expect<string>(compressed(3000)).toBe(first);
  });

  it("never takes more than n + n / 64 + 16 bytes", () => {
    // Literals of 61 bytes between copies of four bytes are the worst case.
    seed(11);
    for (let gap: u32 = 1; gap <= 300; gap += 13) {
      let at: u32 = 0;
      while (at + gap + 4 < 60000) {
        store<u32>(PARQUET_INPUT_PTR + <usize>at, 0x12345678);
        writeRandom(PARQUET_INPUT_PTR + <usize>at + 4, gap);
        at += 4 + gap;
      }
      const endPtr = compress(OUTPUT_PTR, PARQUET_INPUT_PTR, at);
      expect<u32>(<u32>(endPtr - OUTPUT_PTR)).toBeLessThanOrEqual(at + at / 64 + 16);
    }
  });
});
