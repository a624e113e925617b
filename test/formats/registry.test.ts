import { describe, expect, it } from "vitest";
import { FORMATS, formatNamed } from "../../src/formats/registry.ts";

describe("the formats", () => {
  it("have distinct names and extensions, all in lower case", () => {
    for (const words of [
      FORMATS.flatMap(({ name, aliases = [] }) => [name, ...aliases]),
      FORMATS.flatMap(({ extensions }) => extensions),
    ]) {
      expect(new Set(words).size).toBe(words.length);
      expect(words.filter((word) => !/^[a-z0-9]+$/.test(word))).toEqual([]);
    }
  });

  it("are found by their names and aliases", () => {
    expect(formatNamed("--format", "tsv")).toBe("tsv");
    expect(formatNamed("--format", "ndjson")).toBe("jsonl");
  });

  it("are listed in the message about an unknown one", () => {
    expect(() => formatNamed("--format", "xml")).toThrow(
      "--format cannot be 'xml'. Write one of csv, tsv, jsonl, parquet, arrow, feather.",
    );
  });
});
