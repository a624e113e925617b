import {
  nearestDouble,
  writeBoolean,
  writeQuotient,
  writeSigned,
  writeUnsigned,
} from "../../assembly/digits";
import { OUTPUT_PTR } from "../../assembly/layout";
import { textAt } from "./support";

/** Fills the buffer before a text is written. Seven bytes after the text may be overwritten. */
const GUARD: u8 = 0x23;

function guard(): void {
  memory.fill(OUTPUT_PTR, GUARD, 40);
}

/** The text, or "overrun" if the eighth byte after it was overwritten. */
function written(endPtr: usize): string {
  return load<u8>(endPtr, 7) == GUARD ? textAt(OUTPUT_PTR, endPtr) : "overrun";
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

  it("writes every group of four digits, alone and as the first or last of eight", () => {
    let differs = -1;
    for (let four = 0; four < 10000; four++) {
      const alone = four.toString();
      const padded = alone.padStart(4, "0");
      const same =
        unsignedText(four) == alone &&
        unsignedText(12340000 + four) == "1234" + padded &&
        unsignedText(10000 * four + 4321) == (four == 0 ? "4321" : alone + "4321") &&
        unsignedText(<u64>100000000 * 7 + four) == "70000" + padded;
      if (!same && differs < 0) differs = four;
    }
    expect<i32>(differs).toBe(-1);
  });

  it("writes every pair of digits at the front, in the middle and at the end", () => {
    for (let pair = 0; pair < 100; pair++) {
      const digits = pair < 10 ? "0" + pair.toString() : pair.toString();
      expect<string>(unsignedText(1000 + pair)).toBe("10" + digits);
      expect<string>(unsignedText(1000000 + 100 * pair)).toBe("100" + digits + "00");
      expect<string>(unsignedText(<u64>100000000000 + pair)).toBe("1000000000" + digits);
      expect<string>(unsignedText(<u64>1000000000 * pair)).toBe(
        pair == 0 ? "0" : pair.toString() + "000000000",
      );
    }
  });

  it("keeps the zeros between billions", () => {
    expect<string>(unsignedText(1000000000000000001)).toBe("1000000000000000001");
    expect<string>(unsignedText(7000000000000000000)).toBe("7000000000000000000");
    expect<string>(unsignedText(12000000034000000056)).toBe("12000000034000000056");
  });

  it("is exact at the border between 32 and 64 bits", () => {
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

  it("writes the minimum, which has no positive counterpart", () => {
    expect<string>(signedText(i64.MIN_VALUE + 1)).toBe("-9223372036854775807");
    expect<string>(signedText(i64.MIN_VALUE)).toBe("-9223372036854775808");
  });
});

describe("writeBoolean", () => {
  it("writes true and false, and nothing after them", () => {
    expect<string>(booleanText(true)).toBe("true");
    expect<string>(booleanText(false)).toBe("false");
  });
});

/** The text of n/d. */
function quotient(n: u64, d: u64): string {
  memory.fill(OUTPUT_PTR, GUARD, 40);
  const endPtr = writeQuotient(OUTPUT_PTR, n, d);
  return load<u8>(OUTPUT_PTR, 28) == GUARD ? textAt(OUTPUT_PTR, endPtr) : "overrun";
}

// test/kernel/decimals.test.ts compares many more quotients with JavaScript's String().
describe("writeQuotient", () => {
  it("writes whole numbers that doubles hold exactly without a point", () => {
    expect<string>(quotient(0, 7)).toBe("0");
    expect<string>(quotient(21, 7)).toBe("3");
    expect<string>(quotient((1 << 53) - 1, 1)).toBe("9007199254740991");
  });

  it("rounds larger ones to the nearest double, with ties to even", () => {
    expect<string>(quotient((1 << 53) + 1, 1)).toBe("9007199254740992");
    expect<string>(quotient((1 << 53) + 3, 1)).toBe("9007199254740996");
    expect<string>(quotient(u64.MAX_VALUE, 1)).toBe("18446744073709552000");
    expect<string>(quotient(u64.MAX_VALUE, 10)).toBe("1844674407370955300");
    expect<string>(quotient((1 << 53) - 1, 2)).toBe("4503599627370495.5");
    expect<string>(quotient((1 << 54) - 2, 4)).toBe("4503599627370495.5");
    expect<string>(quotient((1 << 53) + 1, 2)).toBe("4503599627370496");
    expect<string>(quotient((1 << 55) - 1, 8)).toBe("4503599627370496");
  });

  it("writes the fewest digits from which the double can be read back", () => {
    expect<string>(quotient(1, 4)).toBe("0.25");
    expect<string>(quotient(10, 4)).toBe("2.5");
    expect<string>(quotient(7, 1000)).toBe("0.007");
    expect<string>(quotient(1, 105)).toBe("0.009523809523809525");
    expect<string>(quotient(1, 3)).toBe("0.3333333333333333");
    expect<string>(quotient(2, 3)).toBe("0.6666666666666666");
    expect<string>(quotient(22, 7)).toBe("3.142857142857143");
    expect<string>(quotient(24600, 7)).toBe("3514.285714285714");
    expect<string>(quotient(2294879640833817, 2200)).toBe("1043127109469.9169");
    expect<string>(quotient(1000000000000000, 7)).toBe("142857142857142.84");
    expect<string>(quotient(3333333333333333, 7)).toBe("476190476190476.1");
    expect<string>(quotient((1 << 53) - 1, 3)).toBe("3002399751580330.5");
    expect<string>(quotient(999999999999, 1000000000001)).toBe("0.999999999998");
  });

  it("writes values below 10^-6 with an exponent", () => {
    expect<string>(quotient(1, 1000000)).toBe("0.000001");
    expect<string>(quotient(5, 1048576)).toBe("0.00000476837158203125");
    expect<string>(quotient(1, 10000000)).toBe("1e-7");
    expect<string>(quotient(3, 20000000)).toBe("1.5e-7");
    expect<string>(quotient(1, 2147483647)).toBe("4.656612875245797e-10");
    expect<string>(quotient(1, u64.MAX_VALUE)).toBe("5.421010862427522e-20");
  });

  it("rounds a ratio next to 1 correctly, although the doubles below 1 are closer together", () => {
    expect<string>(quotient(u64.MAX_VALUE - 1, u64.MAX_VALUE)).toBe("1");
    expect<string>(quotient(u64.MAX_VALUE - 2048, u64.MAX_VALUE)).toBe("0.9999999999999999");
    expect<string>(quotient(u64.MAX_VALUE, u64.MAX_VALUE - 2047)).toBe("1");
    expect<string>(quotient(u64.MAX_VALUE, u64.MAX_VALUE - 2049)).toBe("1.0000000000000002");
  });
});

describe("nearestDouble", () => {
  const MAX: u64 = u64.MAX_VALUE;

  it("divides small numbers like the division of doubles", () => {
    expect<f64>(nearestDouble(1, 3)).toBe(1.0 / 3.0);
    expect<f64>(nearestDouble(0, 7)).toBe(0);
    expect<f64>(nearestDouble(1 << 53, 1)).toBe(9007199254740992);
  });

  it("gives 0 for 0 over any number", () => {
    expect<f64>(nearestDouble(0, MAX)).toBe(0);
  });

  it("is exact for quotients that a double holds", () => {
    expect<f64>(nearestDouble(1 << 63, 1 << 62)).toBe(2);
    expect<f64>(nearestDouble(3 << 61, 1 << 63)).toBe(0.75);
    expect<f64>(nearestDouble(1, 1 << 63)).toBe(1.0 / 9223372036854775808.0);
  });

  it("rounds to the nearest double, with ties to even", () => {
    // 2^53 + 1 and 2^53 + 3 are halfway between two doubles. The even ones are below and above.
    expect<f64>(nearestDouble((1 << 53) + 1, 1)).toBe(9007199254740992);
    expect<f64>(nearestDouble((1 << 53) + 3, 1)).toBe(9007199254740996);
    // Slightly more or less than half: the remainder of the division decides.
    expect<f64>(nearestDouble(((1 << 53) + 1) * 1000 + 1, 1000)).toBe(9007199254740994);
    expect<f64>(nearestDouble(((1 << 53) + 1) * 1000 - 1, 1000)).toBe(9007199254740992);
  });

  it("carries into the next power of two if the mantissa overflows", () => {
    expect<f64>(nearestDouble(MAX, 1)).toBe(18446744073709551616.0);
    expect<f64>(nearestDouble(MAX, MAX - 1)).toBe(1);
    expect<f64>(nearestDouble(1, MAX)).toBe(1.0 / 18446744073709551616.0);
    expect<f64>(nearestDouble(MAX - 1, MAX)).toBe(1);
  });
});
