import { OUTPUT_PTR } from "../../../../assembly/layout";
import { writeVarint } from "../../../../assembly/formats/parquet/varint";
import { hexAt } from "./support";

function varint(value: u32): string {
  return hexAt(OUTPUT_PTR, writeVarint(OUTPUT_PTR, value));
}

describe("writeVarint", () => {
  it("writes up to seven bits in a byte", () => {
    expect<string>(varint(0)).toBe("00");
    expect<string>(varint(1)).toBe("01");
    expect<string>(varint(127)).toBe("7f");
  });

  it("marks all bytes but the last", () => {
    expect<string>(varint(128)).toBe("80 01");
    expect<string>(varint(16383)).toBe("ff 7f");
    expect<string>(varint(16384)).toBe("80 80 01");
    expect<string>(varint(u32.MAX_VALUE)).toBe("ff ff ff ff 0f");
  });

  it("writes the example of the description of Snappy", () => {
    expect<string>(varint(2097150)).toBe("fe ff 7f");
  });
});
