/** The format that the extension of a file determines. */
import { describe, expect, it } from "vitest";
import { formatOf } from "../../src/formats/file-name.ts";

describe("the format of a file", () => {
  it.each<[string, string, string]>([
    ["out.csv", "csv", "none"],
    ["OUT.CSV", "csv", "none"],
    ["a.b/out.tsv", "tsv", "none"],
    ["out.tab", "tsv", "none"],
    ["out.jsonl", "jsonl", "none"],
    ["v1.2.ndjson", "jsonl", "none"],
    ["out.csv.gz", "csv", "gzip"],
    ["out.Jsonl.GZ", "jsonl", "gzip"],
    ["out.gz", "csv", "gzip"],
    ["out.parquet", "parquet", "none"],
    ["OUT.PQ", "parquet", "none"],
    ["out.arrow", "feather", "none"],
    ["out.feather", "feather", "none"],
    ["out.arrows", "arrow", "none"],
    ["out", "csv", "none"],
    ["a.parquet/out", "csv", "none"],
    [".hidden", "csv", "none"],
    ["out.", "csv", "none"],
    ["-", "csv", "none"],
    ["/dev/null", "csv", "none"],
    ["/dev/fd/63", "csv", "none"],
  ])("of %s is %s with %s compression", (path, format, compression) => {
    expect(formatOf(path)).toEqual({ format, compression });
  });

  it.each([
    "x.orc",
    "x.avro",
    "x.json",
    "x.xlsx",
    "x.csv.zst",
    "x.parquet.zst",
    "x.zip",
    "X.ORC",
    "x.jsonl.bz2",
    "grid.yaml",
  ])("is refused for %s, with or without --format", (path) => {
    const error =
      /cannot write '\.[A-Za-z0-9]+' files\. Use one of \.csv, \.tsv, \.tab, \.jsonl, \.ndjson, \.parquet, \.pq, \.arrows, \.arrow, \.feather and \.gz\.$/;
    for (const asked of [undefined, "csv"] as const)
      expect(() => formatOf(path, asked)).toThrow(error);
    expect(() => formatOf(path, undefined, false)).toThrow(error);
  });

  it.each(["x.txt", "x.dat", "x.csv2", "out.2026-11-26", "x.csv.partial", "x.txt.gz"])(
    "must be given with --format for %s",
    (path) => {
      expect(() => formatOf(path)).toThrow(
        /unknown extension '\.[^']+'\. Use one of .*choose the format with --format csv\|tsv\|jsonl\|parquet\|arrow\|feather\.$/,
      );
      expect(formatOf(path, "jsonl").format).toBe("jsonl");
      // A pipe may have any extension.
      expect(formatOf(path, undefined, false).format).toBe("csv");
    },
  );

  it("is refused if columns are to be compressed with gzip", () => {
    expect(() => formatOf("out/x.parquet.gz")).toThrow(
      "out/x.parquet.gz: parquet files are not compressed with gzip. Write 'x.parquet' instead.",
    );
    expect(() => formatOf("x.arrow.gz", "feather")).toThrow("Write 'x.arrow' instead.");
  });

  it("is refused when --format contradicts the extension", () => {
    expect(() => formatOf("x.csv", "tsv")).toThrow(
      "x.csv: the extension '.csv' means csv, but the rows are tsv. Name a file that ends in .tsv.",
    );
    expect(() => formatOf("x.jsonl.gz", "csv")).toThrow("the extension '.jsonl' means jsonl");
    expect(formatOf("x.ndjson", "jsonl").format).toBe("jsonl");
    expect(formatOf("-", "tsv").format).toBe("tsv");
  });
});
