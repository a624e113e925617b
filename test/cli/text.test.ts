/** Tables for terminals. */
import { describe, expect, it } from "vitest";
import { fittedTable } from "../../src/cli/text.ts";

describe("a table that fits a width", () => {
  it("wraps cells at words, and breaks words that are too long", () => {
    expect(
      fittedTable(
        [
          ["a", "one two three four five"],
          ["b", "x"],
        ],
        18,
      ),
    ).toBe("a  one two three\n   four five\nb  x");
    expect(fittedTable([["abcdefghijklmnopqrst", "a"]], 15)).toBe("abcdefghijkl  a\nmnopqrst");
    expect(
      fittedTable(
        [
          ["a", "1"],
          ["b", "22"],
        ],
        80,
        [1],
      ),
    ).toBe("a   1\nb  22");
  });
});
