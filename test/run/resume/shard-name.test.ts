import { fc, test } from "@fast-check/vitest";
import { describe, expect, it } from "vitest";
import { extensionsOf, formatOf } from "../../../src/formats/file-name.ts";
import type { FormatName } from "../../../src/formats/registry.ts";
import { shardName, shardOfName } from "../../../src/run/resume/shard-name.ts";

describe("the name of a shard", () => {
  it("keeps the extensions of the format", () => {
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
  ])("can be parsed, and has the format of the output file", (base, end, of, n) => {
    const path = `${base}${end}`;
    const shard = { index: n % of, of };
    expect(shardOfName(path, shardName(path, shard))).toEqual(shard);
    const asked = (name: string): FormatName | string => {
      try {
        const { format, compression } = formatOf(name);
        return `${format} ${compression}`;
      } catch (error) {
        return (error as { code: string }).code;
      }
    };
    if (!["", ".gz"].includes(extensionsOf(path)))
      expect(asked(shardName(path, shard))).toBe(asked(path));
  });
});
