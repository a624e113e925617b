import { OUTPUT_PTR, PARQUET_INDICES_PTR } from "../../../../assembly/layout";
import { bitWidth, writeHybrid, writeRun } from "../../../../assembly/formats/parquet/hybrid";
import { hexAt, random, seed, writeNumbers } from "./support";

function encoded(numbers: StaticArray<u32>, width: u32): string {
  const count = writeNumbers(PARQUET_INDICES_PTR, numbers);
  return hexAt(OUTPUT_PTR, writeHybrid(OUTPUT_PTR, PARQUET_INDICES_PTR, count, width));
}

describe("bitWidth", () => {
  it("is at least 1, and fits the largest number", () => {
    expect<u32>(bitWidth(1)).toBe(1);
    expect<u32>(bitWidth(2)).toBe(1);
    expect<u32>(bitWidth(3)).toBe(2);
    expect<u32>(bitWidth(256)).toBe(8);
    expect<u32>(bitWidth(257)).toBe(9);
    expect<u32>(bitWidth(65536)).toBe(16);
    expect<u32>(bitWidth(65537)).toBe(17);
    expect<u32>(bitWidth(131072)).toBe(17);
  });
});

describe("writeRun", () => {
  it("writes twice the length, and the number in whole bytes", () => {
    expect<string>(hexAt(OUTPUT_PTR, writeRun(OUTPUT_PTR, 5, 1, 3))).toBe("02 05");
    expect<string>(hexAt(OUTPUT_PTR, writeRun(OUTPUT_PTR, 5, 64, 9))).toBe("80 01 05 00");
    expect<string>(hexAt(OUTPUT_PTR, writeRun(OUTPUT_PTR, 131071, 131072, 17))).toBe(
      "80 80 10 ff ff 01",
    );
  });
});

describe("writeHybrid", () => {
  it("writes nothing for no numbers", () => {
    expect<string>(encoded([], 1)).toBe("");
  });

  it("packs the example of the specification: 0 to 7 in 3 bits each", () => {
    expect<string>(encoded([0, 1, 2, 3, 4, 5, 6, 7], 3)).toBe("03 88 c6 fa");
  });

  it("packs fewer than eight numbers with zeros after them", () => {
    expect<string>(encoded([1], 1)).toBe("03 01");
    expect<string>(encoded([1, 1, 1, 1, 1, 1, 1], 1)).toBe("03 7f");
    expect<string>(encoded([1, 0, 1], 8)).toBe("03 01 00 01 00 00 00 00 00");
  });

  it("writes eight equal numbers or more as a run", () => {
    expect<string>(encoded([1, 1, 1, 1, 1, 1, 1, 1], 1)).toBe("10 01");
    expect<string>(encoded([3, 3, 3, 3, 3, 3, 3, 3, 3], 2)).toBe("12 03");
    const many = new StaticArray<u32>(1000);
    for (let i = 0; i < many.length; i++) many[i] = 300;
    expect<string>(encoded(many, 9)).toBe("d0 0f 2c 01");
  });

  it("fills a group with the first numbers of a run, and ends the run where it ends", () => {
    // A group of 1, 2, 3 and five times 4; ten times 4; a group of 1 and 2.
    expect<string>(encoded([1, 2, 3, 4, 4, 4, 4, 4, 4, 4, 4, 4, 4, 4, 4, 4, 4, 4, 1, 2], 4)).toBe(
      "03 21 43 44 44 14 04 03 21 00 00 00",
    );
  });

  it("writes one header for all groups in sequence", () => {
    expect<string>(encoded([0, 1, 0, 1, 0, 1, 0, 1, 1, 1, 0, 0, 1, 1, 0, 0], 1)).toBe("05 aa 33");
    const many = new StaticArray<u32>(512);
    for (let i = 0; i < many.length; i++) many[i] = <u32>i & 1;
    const text = encoded(many, 1);
    expect<string>(text.slice(0, 11)).toBe("81 01 aa aa");
    expect<i32>(text.length).toBe(3 * (2 + 64) - 1);
  });

  it("packs each width as bit by bit", () => {
    for (let width: u32 = 1; width <= 17; width++) {
      seed(width);
      const numbers = new StaticArray<u32>(40);
      for (let i = 0; i < numbers.length; i++) {
        numbers[i] = random() & ((1 << width) - 1);
        // No run: the first two numbers of a group differ.
        if (i % 8 == 1) numbers[i] = numbers[i - 1] ^ 1;
      }
      let expected = "0b";
      let byte: u32 = 0;
      for (let bit: u32 = 0; bit < 40 * width; bit++) {
        byte |= ((numbers[bit / width] >> (bit % width)) & 1) << (bit & 7);
        if ((bit & 7) == 7) {
          store<u8>(OUTPUT_PTR, <u8>byte);
          expected += " " + hexAt(OUTPUT_PTR, OUTPUT_PTR + 1);
          byte = 0;
        }
      }
      expect<string>(encoded(numbers, width)).toBe(expected);
    }
  });

  it("overwrites at most seven bytes after the result", () => {
    memory.fill(OUTPUT_PTR, 0xee, 64);
    const count = writeNumbers(PARQUET_INDICES_PTR, [1, 2, 3]);
    const endPtr = writeHybrid(OUTPUT_PTR, PARQUET_INDICES_PTR, count, 2);
    expect<u8>(load<u8>(endPtr + 7)).toBe(0xee);
  });
});
