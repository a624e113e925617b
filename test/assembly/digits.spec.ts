import { digitCount, writeBoolean, writeSigned, writeUnsigned } from "../../assembly/digits";
import { OUTPUT_PTR } from "../../assembly/layout";
import { textAt } from "./support";

/** Written behind the text first, so that a byte too many is seen. */
const GUARD: u8 = 0x23;

function guard(): void {
  memory.fill(OUTPUT_PTR, GUARD, 40);
}

/** The text, or "overrun" when a byte behind it was touched. */
function written(endPtr: usize): string {
  return load<u8>(endPtr) == GUARD ? textAt(OUTPUT_PTR, endPtr) : "overrun";
}

function unsignedText(value: u64): string {
  guard();
  return written(writeUnsigned(OUTPUT_PTR, value));
}

function signedText(value: i64): string {
  guard();
  return written(writeSigned(OUTPUT_PTR, value));
}

function booleanText(value: bool): string {
  guard();
  return written(writeBoolean(OUTPUT_PTR, value));
}

describe("digitCount", () => {
  it("changes exactly at each power of ten", () => {
    expect<u32>(digitCount(0)).toBe(1);
    let power: u32 = 10;
    for (let digits: u32 = 1; digits <= 9; digits++) {
      expect<u32>(digitCount(power - 1)).toBe(digits);
      expect<u32>(digitCount(power)).toBe(digits + 1);
      expect<u32>(digitCount(power + 1)).toBe(digits + 1);
      power *= 10;
    }
    expect<u32>(digitCount(u32.MAX_VALUE)).toBe(10);
  });
});

describe("writeUnsigned", () => {
  it("writes one digit for 0 to 9", () => {
    expect<string>(unsignedText(0)).toBe("0");
    expect<string>(unsignedText(1)).toBe("1");
    expect<string>(unsignedText(9)).toBe("9");
  });

  it("writes every power of ten, and its neighbours", () => {
    let power: u64 = 10;
    let zeros = "0";
    let nines = "9";
    for (let exponent = 1; exponent <= 19; exponent++) {
      expect<string>(unsignedText(power - 1)).toBe(nines);
      expect<string>(unsignedText(power)).toBe("1" + zeros);
      expect<string>(unsignedText(power + 1)).toBe("1" + zeros.slice(1) + "1");
      power *= 10;
      zeros += "0";
      nines += "9";
    }
  });

  it("writes every pair of digits at the front, in the middle and at the end", () => {
    for (let pair = 0; pair < 100; pair++) {
      const digits = pair < 10 ? "0" + pair.toString() : pair.toString();
      expect<string>(unsignedText(1000 + pair)).toBe("10" + digits);
      expect<string>(unsignedText(1000000 + 100 * pair)).toBe("100" + digits + "00");
      expect<string>(unsignedText(<u64>100000000000 + pair)).toBe("1000000000" + digits);
      expect<string>(unsignedText(<u64>1000000000 * pair)).toBe(pair == 0 ? "0" : pair.toString() + "000000000");
    }
  });

  it("keeps the zeros between billions", () => {
    expect<string>(unsignedText(1000000000000000001)).toBe("1000000000000000001");
    expect<string>(unsignedText(7000000000000000000)).toBe("7000000000000000000");
    expect<string>(unsignedText(12000000034000000056)).toBe("12000000034000000056");
  });

  it("goes from 32 to 64 bits without a seam", () => {
    expect<string>(unsignedText(4294967294)).toBe("4294967294");
    expect<string>(unsignedText(4294967295)).toBe("4294967295");
    expect<string>(unsignedText(4294967296)).toBe("4294967296");
    expect<string>(unsignedText(4294967295999999999)).toBe("4294967295999999999");
    expect<string>(unsignedText(4294967296000000000)).toBe("4294967296000000000");
  });

  it("writes the largest values of 20 digits", () => {
    expect<string>(unsignedText(18446744073709551614)).toBe("18446744073709551614");
    expect<string>(unsignedText(18446744073709551615)).toBe("18446744073709551615");
  });
});

describe("writeSigned", () => {
  it("writes zero and positive values without a sign", () => {
    expect<string>(signedText(0)).toBe("0");
    expect<string>(signedText(10)).toBe("10");
    expect<string>(signedText(i64.MAX_VALUE)).toBe("9223372036854775807");
  });

  it("writes a minus sign before negative values", () => {
    expect<string>(signedText(-1)).toBe("-1");
    expect<string>(signedText(-9)).toBe("-9");
    expect<string>(signedText(-10)).toBe("-10");
    expect<string>(signedText(-4294967296)).toBe("-4294967296");
  });

  it("writes the least value, which has no positive counterpart", () => {
    expect<string>(signedText(i64.MIN_VALUE + 1)).toBe("-9223372036854775807");
    expect<string>(signedText(i64.MIN_VALUE)).toBe("-9223372036854775808");
  });
});

describe("writeBoolean", () => {
  it("writes true and false, and nothing behind them", () => {
    expect<string>(booleanText(true)).toBe("true");
    expect<string>(booleanText(false)).toBe("false");
  });
});
