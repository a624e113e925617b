import { digitCount } from "../../assembly/digits";

describe("digits", () => {
  it("counts the digits of a value", () => {
    expect<u32>(digitCount(0)).toBe(1);
  });
});
