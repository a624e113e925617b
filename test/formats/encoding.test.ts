import { describe, expect, it } from "vitest";
import { headerIn } from "../../src/formats/encoding.ts";
import type { FormatName } from "../../src/formats/registry.ts";

const header = (format: FormatName, csv: string) =>
  Buffer.from(headerIn(format, csv)).toString("utf8");

describe("a header", () => {
  it("is written in CSV and in tab-separated values", () => {
    expect(header("csv", "a,b\n")).toBe("a,b\n");
    expect(header("tsv", "a,b\n")).toBe("a\tb\n");
    expect(header("jsonl", "a,b\n")).toBe("");
    expect(header("tsv", "")).toBe("");
  });
});
