import { OUTPUT_PTR, PARQUET_INPUT_PTR } from "../../../../assembly/layout";
import { writeBits } from "../../../../assembly/formats/parquet/bits";
import { hexAt, writeAscii } from "./support";

/** The bits of a text of 0 and 1. */
function bits(text: string): string {
  const count = writeAscii(PARQUET_INPUT_PTR, text);
  for (let i: usize = 0; i < <usize>count; i++) {
    store<u8>(PARQUET_INPUT_PTR + i, load<u8>(PARQUET_INPUT_PTR + i) & 1);
  }
  // What follows the input must not matter.
  memory.fill(PARQUET_INPUT_PTR + <usize>count, 1, 32);
  return hexAt(OUTPUT_PTR, writeBits(OUTPUT_PTR, PARQUET_INPUT_PTR, count));
}

describe("writeBits", () => {
  it("writes the first value into the lowest bit", () => {
    expect<string>(bits("")).toBe("");
    expect<string>(bits("1")).toBe("01");
    expect<string>(bits("0111")).toBe("0e");
    expect<string>(bits("10000001")).toBe("81");
    expect<string>(bits("000000001")).toBe("00 01");
  });

  it("continues after sixteen values", () => {
    expect<string>(bits("1111111100000000" + "1010")).toBe("ff 00 05");
    expect<string>(bits("1".repeat(33))).toBe("ff ff ff ff 01");
  });

  it("takes every byte but 0 as 1", () => {
    store<u64>(PARQUET_INPUT_PTR, 0xff0002800001007f);
    expect<string>(hexAt(OUTPUT_PTR, writeBits(OUTPUT_PTR, PARQUET_INPUT_PTR, 8))).toBe("b5");
  });
});
