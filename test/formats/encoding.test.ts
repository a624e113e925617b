import { describe, expect, it } from "vitest";
import { headerIn } from "../../src/formats/encoding.ts";

describe("a header", () => {
  it("is written in CSV and in tab-separated values", () => {
    expect(headerIn("csv", "a,b\n")).toBe("a,b\n");
    expect(headerIn("tsv", "a,b\n")).toBe("a\tb\n");
    expect(headerIn("jsonl", "a,b\n")).toBe("");
    expect(headerIn("tsv", "")).toBe("");
  });
});
