/** Merged footers: the rows of all shards in order, read by hyparquet and by DuckDB. */
import { fc, test } from "@fast-check/vitest";
import { describe, expect, it } from "vitest";
import {
  dataBytesOf,
  type Footer,
  footerBytes,
  MAGIC,
} from "../../../src/formats/parquet/footer.ts";
import { mergeFooters } from "../../../src/formats/parquet/merge.ts";
import { readFooter } from "../../../src/formats/parquet/read-footer.ts";
import type { Column } from "../../../src/formats/parquet/schema.ts";
import {
  DICTIONARY,
  endsOf,
  fileOf,
  inDuckDb,
  metadataOf,
  PLAIN,
  type Row,
  rowsInDuckDb,
  rowsInHyparquet,
} from "../../support/parquet.ts";
import { thrown } from "../../support/thrown.ts";
import { runs } from "../../support/tier.ts";

const COLUMNS: readonly Column[] = [
  { name: "l_in", type: "INT32", isOptional: false },
  { name: "macs", type: "UINT_64", isOptional: true },
];
const IDENTITY = { upsweep: '{"spec":1}' };

/** Merges files as the program does: it reads their footers, and copies what is before them. */
function merged(files: readonly Uint8Array[]): Buffer {
  const shards = files.map((bytes, i) => {
    const path = `shard${i}`;
    return { path, footer: readFooter(...endsOf(bytes, path)) };
  });
  const groups = files.map((bytes, i) => {
    const { footer } = shards[i] as (typeof shards)[number];
    return bytes.subarray(MAGIC.length, MAGIC.length + dataBytesOf(footer));
  });
  return Buffer.concat([MAGIC, ...groups, footerBytes(mergeFooters(shards, ["upsweep"]))]);
}

const rowsFrom = (first: number, count: number): Row[] =>
  Array.from({ length: count }, (_, i) => [
    first + i,
    (first + i) % 3 === 0 ? null : 2n ** 64n - BigInt(first + i),
  ]);

describe("merged files", () => {
  const shards = [
    fileOf(COLUMNS, [rowsFrom(1, 20), rowsFrom(21, 3)], DICTIONARY, { ...IDENTITY, shard: "0/3" }),
    fileOf(COLUMNS, [], PLAIN, { ...IDENTITY, shard: "1/3" }),
    fileOf(
      COLUMNS,
      [rowsFrom(24, 9)],
      { ...PLAIN, codec: "SNAPPY" },
      { shard: "2/3", ...IDENTITY },
    ),
  ];
  const file = merged(shards.map(({ bytes }) => bytes));

  it("have all rows in order", async () => {
    expect(await rowsInHyparquet(file)).toEqual(rowsFrom(1, 32));
    expect(await rowsInDuckDb(file, COLUMNS)).toEqual(rowsFrom(1, 32));
  });

  it("have numbered row groups, which are found by their statistics", async () => {
    expect(metadataOf(file).row_groups.map(({ ordinal, num_rows }) => [ordinal, num_rows])).toEqual(
      [20n, 3n, 9n].map((rows, i) => [i, rows]),
    );
    const sql = "SELECT count(*) AS n FROM $file WHERE macs <= 18446744073709551591";
    expect(await inDuckDb(file, sql)).toEqual([{ n: 6n }]);
  });

  it("have only the keys that are the same in all of them", () => {
    expect(metadataOf(file).key_value_metadata).toEqual([
      { key: "upsweep", value: IDENTITY.upsweep },
    ]);
  });

  it("can be merged again, and one alone stays as it is but for its keys", async () => {
    expect(await rowsInHyparquet(merged([file, file]))).toEqual([
      ...rowsFrom(1, 32),
      ...rowsFrom(1, 32),
    ]);
    expect(merged([file]).equals(file)).toBe(true);
  });

  test.prop(
    [
      fc.array(fc.array(fc.integer({ min: 1, max: 30 }), { maxLength: 4 }), {
        minLength: 1,
        maxLength: 5,
      }),
      fc.boolean(),
    ],
    {
      numRuns: runs(100),
    },
  )(
    "are the file that one sweep would have written, if row groups end at the same rows",
    (sizes, hasDictionary) => {
      const style = { ...PLAIN, hasDictionary, codec: "SNAPPY" } as const;
      let first = 0;
      const groups = sizes.map((counts) =>
        counts.map((count) => {
          const rows = rowsFrom(first, count);
          first += count;
          return rows;
        }),
      );
      const parts = groups.map((of) => fileOf(COLUMNS, of, style, IDENTITY).bytes);
      expect(merged(parts).equals(fileOf(COLUMNS, groups.flat(), style, IDENTITY).bytes)).toBe(
        true,
      );
    },
  );
});

describe("files that do not belong together", () => {
  const made = fileOf(COLUMNS, [rowsFrom(1, 3)], PLAIN, IDENTITY).footer;
  const other = (change: Partial<Footer>) =>
    thrown(() =>
      mergeFooters(
        [
          { path: "a.parquet", footer: made },
          { path: "b.parquet", footer: made },
          { path: "c.parquet", footer: { ...made, ...change } },
        ],
        ["upsweep"],
      ),
    )?.message;
  const different = (what: string, theirs: string, ours: string) =>
    `c.parquet and a.parquet come from different sweeps: for ${what}, the first has ${theirs} ` +
    `and the second has ${ours}. Sweep all shards with the same spec, options and version.`;
  const columns = (...changed: Column[]) => other({ columns: changed });
  const [l_in, macs] = COLUMNS as [Column, Column];

  it("are refused if another version wrote one", () => {
    expect(other({ createdBy: "upsweep version 2 (build 1)" })).toBe(
      different("the program", "'upsweep version 2 (build 1)'", `'${made.createdBy}'`),
    );
  });

  it("are refused if their identities differ, or one has none", () => {
    expect(other({ keyValues: new Map([["upsweep", "{}"]]) })).toBe(
      different("'upsweep'", "'{}'", `'${IDENTITY.upsweep}'`),
    );
    expect(other({ keyValues: new Map() })).toBe(
      different("'upsweep'", "nothing", `'${IDENTITY.upsweep}'`),
    );
  });

  it("are refused if they have no identity", () => {
    const shards = [{ path: "a.parquet", footer: made }];
    expect(thrown(() => mergeFooters(shards, ["upsweep", "spec"]))?.message).toMatch(
      "a.parquet is not a complete Parquet file of upsweep: it has no key 'spec'.",
    );
  });

  it("are refused if their columns differ in name, type, order or number", () => {
    expect(columns({ ...l_in, name: "l" }, macs)).toBe(
      different("column 1", "'INT32 l'", "'INT32 l_in'"),
    );
    expect(columns(l_in, { ...macs, type: "INT64" })).toBe(
      different("column 2", "'INT64 macs, optional'", "'UINT_64 macs, optional'"),
    );
    expect(columns(l_in, { ...macs, isOptional: false })).toBe(
      different("column 2", "'UINT_64 macs'", "'UINT_64 macs, optional'"),
    );
    expect(columns(macs, l_in)).toBe(
      different("column 1", "'UINT_64 macs, optional'", "'INT32 l_in'"),
    );
    expect(columns(l_in)).toBe(different("column 2", "nothing", "'UINT_64 macs, optional'"));
    expect(columns(l_in, macs, l_in)).toBe(different("column 3", "'INT32 l_in'", "nothing"));
  });

  it("are merged if only other keys differ", () => {
    expect(other({ keyValues: new Map([["shard", "1"], ...made.keyValues]) })).toBeUndefined();
  });
});
