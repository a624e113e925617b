import { nearestQuotient } from "../../assembly/nearest";

const MAX: u64 = u64.MAX_VALUE;

describe("nearestQuotient", () => {
  it("divides small numbers as the machine does", () => {
    expect<f64>(nearestQuotient(1, 3)).toBe(1.0 / 3.0);
    expect<f64>(nearestQuotient(0, 7)).toBe(0);
    expect<f64>(nearestQuotient(1 << 53, 1)).toBe(9007199254740992);
  });

  it("gives 0 for 0 over any number", () => {
    expect<f64>(nearestQuotient(0, MAX)).toBe(0);
  });

  it("is exact for quotients that a double holds", () => {
    expect<f64>(nearestQuotient(1 << 63, 1 << 62)).toBe(2);
    expect<f64>(nearestQuotient(3 << 61, 1 << 63)).toBe(0.75);
    expect<f64>(nearestQuotient(1, 1 << 63)).toBe(1.0 / 9223372036854775808.0);
  });

  it("rounds to the nearest, and half of a unit to even", () => {
    // 2^53 + 1 is half between two doubles, 2^53 + 3 too; the even ones are below and above.
    expect<f64>(nearestQuotient((1 << 53) + 1, 1)).toBe(9007199254740992);
    expect<f64>(nearestQuotient((1 << 53) + 3, 1)).toBe(9007199254740996);
    // A little more than half: the rest of the division decides.
    expect<f64>(nearestQuotient(((1 << 53) + 1) * 1000 + 1, 1000)).toBe(9007199254740994);
    expect<f64>(nearestQuotient(((1 << 53) + 1) * 1000 - 1, 1000)).toBe(9007199254740992);
  });

  it("carries into the next power of two", () => {
    expect<f64>(nearestQuotient(MAX, 1)).toBe(18446744073709551616.0);
    expect<f64>(nearestQuotient(MAX, MAX - 1)).toBe(1);
    expect<f64>(nearestQuotient(1, MAX)).toBe(1.0 / 18446744073709551616.0);
    expect<f64>(nearestQuotient(MAX - 1, MAX)).toBe(1);
  });
});
