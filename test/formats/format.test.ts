/** What a file name promises. */
import { fc, test } from "@fast-check/vitest";
import { describe, expect, it } from "vitest";
import { extensionsOf, type FormatName, formatOf } from "../../src/formats/format.ts";
import { shardName, shardOfName } from "../../src/run/sweep/shard.ts";

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
    ["out", "csv", "none"],
    ["a.parquet/out", "csv", "none"],
    [".hidden", "csv", "none"],
    ["out.", "csv", "none"],
    ["-", "csv", "none"],
    ["/dev/null", "csv", "none"],
    ["/dev/fd/63", "csv", "none"],
  ])("%s is %s, compressed by %s", (path, format, compression) => {
    expect(formatOf(path)).toEqual({ format, compression });
  });

  it.each([
    "x.parquet",
    "x.arrow",
    "x.feather",
    "x.json",
    "x.xlsx",
    "x.csv.zst",
    "x.zip",
    "X.PARQUET",
    "x.jsonl.bz2",
    "x.parquet.gz",
    "grid.yaml",
  ])("%s cannot be written, whatever --format says", (path) => {
    const error =
      /cannot write '\.[A-Za-z0-9]+' files\. Use one of \.csv, \.tsv, \.tab, \.jsonl, \.ndjson and \.gz\.$/;
    for (const asked of [undefined, "csv"] as const)
      expect(() => formatOf(path, asked)).toThrow(error);
    expect(() => formatOf(path, undefined, false)).toThrow(error);
  });

  it.each(["x.txt", "x.dat", "x.csv2", "out.2026-11-26", "x.csv.partial", "x.txt.gz"])(
    "%s needs --format",
    (path) => {
      expect(() => formatOf(path)).toThrow(
        /unknown extension '\.[^']+'\. Use one of .*choose the format with --format csv\|tsv\|jsonl\.$/,
      );
      expect(formatOf(path, "jsonl").format).toBe("jsonl");
      // A pipe may have any name.
      expect(formatOf(path, undefined, false).format).toBe("csv");
    },
  );

  it("may not be another than its name promises", () => {
    expect(() => formatOf("x.csv", "tsv")).toThrow(
      "x.csv: the extension '.csv' means csv, but the rows are tsv. Name a file that ends in .tsv.",
    );
    expect(() => formatOf("x.jsonl.gz", "csv")).toThrow("the extension '.jsonl' means jsonl");
    expect(formatOf("x.ndjson", "jsonl").format).toBe("jsonl");
    expect(formatOf("-", "tsv").format).toBe("tsv");
  });
});

describe("the name of a part", () => {
  it("keeps the extensions that say what is in it", () => {
    expect(shardName("a/out.csv.gz", { index: 3, of: 16 })).toBe("a/out.00003-of-00016.csv.gz");
    expect(shardName("out.jsonl", { index: 0, of: 2 })).toBe("out.00000-of-00002.jsonl");
    expect(shardName("out", { index: 0, of: 2 })).toBe("out.00000-of-00002");
    expect(shardName("out.dat", { index: 0, of: 2 })).toBe("out.00000-of-00002.dat");
    expect(shardName("out.v1.gz", { index: 0, of: 2 })).toBe("out.v1.00000-of-00002.gz");
  });

  const ending = fc.constantFrom(
    "",
    ".csv",
    ".tsv",
    ".jsonl",
    ".csv.gz",
    ".ndjson.gz",
    ".gz",
    ".dat",
  );
  test.prop([
    fc.stringMatching(/^[a-z][a-z0-9._-]{0,8}$/),
    ending,
    fc.integer({ min: 1, max: 99_999 }),
    fc.nat(),
  ])("is found again, and has the format of the file", (base, end, of, n) => {
    const path = `${base}${end}`;
    const part = { index: n % of, of };
    expect(shardOfName(path, shardName(path, part))).toEqual(part);
    const asked = (name: string): FormatName | string => {
      try {
        const { format, compression } = formatOf(name);
        return `${format} ${compression}`;
      } catch (error) {
        return (error as { code: string }).code;
      }
    };
    if (!["", ".gz"].includes(extensionsOf(path)))
      expect(asked(shardName(path, part))).toBe(asked(path));
  });
});
