import { OUTPUT_PTR, PARQUET_VALIDITY_PTR } from "../../../../assembly/layout";
import { writeLevels } from "../../../../assembly/formats/parquet/levels";
import { hexAt, writeAscii } from "./support";

/** The levels of rows that are given as a text of 0 and 1. */
function levels(text: string): string {
  const rows = writeAscii(PARQUET_VALIDITY_PTR, text);
  for (let i: usize = 0; i < <usize>rows; i++) {
    store<u8>(PARQUET_VALIDITY_PTR + i, load<u8>(PARQUET_VALIDITY_PTR + i) & 1);
  }
  return hexAt(OUTPUT_PTR, writeLevels(OUTPUT_PTR, rows));
}

describe("writeLevels", () => {
  it("writes the length in front", () => {
    expect<string>(levels("")).toBe("00 00 00 00");
    expect<string>(levels("01")).toBe("02 00 00 00 03 02");
  });

  it("writes one run if all rows have a value, or none has", () => {
    expect<string>(levels("1")).toBe("02 00 00 00 02 01");
    expect<string>(levels("0000000")).toBe("02 00 00 00 0e 00");
    expect<string>(levels("11111111")).toBe("02 00 00 00 10 01");
    expect<string>(levels("1".repeat(131))).toBe("03 00 00 00 86 02 01");
    expect<string>(levels("0".repeat(12))).toBe("02 00 00 00 18 00");
  });

  it("packs rows of both kinds", () => {
    expect<string>(levels("10101010" + "01010101" + "111")).toBe("05 00 00 00 05 55 aa 06 01");
    expect<string>(levels("10101010" + "010")).toBe("03 00 00 00 05 55 02");
  });

  it("alternates between runs and groups", () => {
    expect<string>(levels("1".repeat(8) + "0".repeat(16) + "11000000" + "1".repeat(9))).toBe(
      "08 00 00 00 10 01 20 00 03 03 12 01",
    );
  });

  it("writes a header of two bytes for 64 groups", () => {
    const text = levels("10".repeat(256));
    expect<string>(text.slice(0, 23)).toBe("42 00 00 00 81 01 55 55");
  });
});
