/** Batches of `sweep`: typed arrays, rows made from them, Arrow, and CSV. */
import { readFileSync } from "node:fs";
import { tableFromIPC as readWithFlechette } from "@uwdata/flechette";
import { tableFromIPC } from "apache-arrow";
import { describe, expect, it } from "vitest";
import { type SpecInput, sweep, sweepToFile } from "../../src/index.ts";
import type { RowBatch } from "../../src/run/sweep/batch.ts";
import { inTemporaryFolder } from "../support/cli.ts";
import { SPECS } from "../support/typed-specs.ts";

inTemporaryFolder();

async function batchesOf(spec: SpecInput, workers = 1): Promise<RowBatch[]> {
  const batches: RowBatch[] = [];
  for await (const batch of sweep(spec, { workers })) batches.push(batch);
  return batches;
}

async function onlyBatch(spec: SpecInput): Promise<RowBatch> {
  const batches = await batchesOf(spec);
  expect(batches).toHaveLength(1);
  return batches[0] as RowBatch;
}

/** Layers of which moduleprofiler answers some only: its output would be empty for the others. */
const SOME_MISSING = {
  axes: {
    in_channels: 4,
    out_channels: 4,
    kernel_size: 1,
    stride: 2,
    l_in: [1, 2],
    output_padding: [0, 1],
    padding: 0,
    bias: [true, false],
  },
  columns: ["macs", "moduleprofiler", "additions_per_filter", "zero_insertion_waste"],
} as const;

describe("a batch", () => {
  it("has a typed array for each column, named and typed by what the column holds", async () => {
    const batch = await onlyBatch(SOME_MISSING);
    expect(batch.column("l_in")).toEqual(Int32Array.of(1, 1, 1, 1, 2, 2, 2, 2));
    expect(batch.column("bias")).toEqual(Uint8Array.of(1, 0, 1, 0, 1, 0, 1, 0));
    expect(batch.column("macs")).toEqual(BigUint64Array.of(16n, 16n, 16n, 16n, 32n, 32n, 32n, 32n));
    expect(batch.column("additions_per_filter")).toEqual(
      BigInt64Array.of(0n, 0n, -1n, -1n, -1n, -1n, -2n, -2n),
    );
    expect(batch.column("zero_insertion_waste")).toEqual(
      Float64Array.of(0, 0, 0.5, 0.5, 1 / 3, 1 / 3, 0.5, 0.5),
    );
  });

  it("refuses a column that it does not have", async () => {
    const batch = await onlyBatch(SOME_MISSING);
    expect(() => batch.column("flops")).toThrow('the batch has no column "flops"');
    expect(() => batch.validity("flops")).toThrow('the batch has no column "flops"');
  });

  it("says bit by bit which rows have a value, only if some have none", async () => {
    const batch = (await batchesOf(SPECS["missing values"] as SpecInput))[0] as RowBatch;
    const validity = batch.validity("moduleprofiler") as Uint8Array;
    expect(batch.validity("macs")).toBeUndefined();
    const rows = [...batch];
    expect(rows.some((row) => row.moduleprofiler === null)).toBe(true);
    for (const [i, row] of rows.entries())
      expect(((validity[i >> 3] as number) >> (i & 7)) & 1).toBe(
        Number(row.moduleprofiler !== null),
      );
  });

  it.for(Object.entries(SPECS))("gives the rows of the file, with %s", async ([, spec]) => {
    await sweepToFile(spec, "rows.csv");
    const file = readFileSync("rows.csv", "utf8");
    const rows = file.slice(file.indexOf("\n") + 1);
    for (const workers of [1, 2]) {
      const batches = await batchesOf(spec, workers);
      const csv = batches.map((batch) => Buffer.from(batch.csv).toString()).join("");
      expect(csv.split("\n")).toEqual(rows.split("\n"));
    }
  });

  it.for(Object.entries(SPECS))("is read by two readers of Arrow, with %s", async ([, spec]) => {
    for (const batch of await batchesOf(spec)) {
      const expected = [...batch].map((row) =>
        batch.columns.map((name) => plain(row[name as never])),
      );
      const arrow = tableFromIPC(batch.toArrow());
      expect(arrow.schema.fields.map(({ name }) => name)).toEqual(batch.columns);
      const inArrow = Array.from({ length: arrow.numRows }, (_, row) =>
        batch.columns.map((_, i) => plain(arrow.getChildAt(i)?.get(row))),
      );
      expect(inArrow).toEqual(expected);
      const flechette = readWithFlechette(batch.toArrow(), { useBigInt: true });
      const inFlechette = Array.from({ length: flechette.numRows }, (_, row) =>
        batch.columns.map((_, i) => plain(flechette.getChildAt(i)?.at(row))),
      );
      expect(inFlechette).toEqual(expected);
    }
  });
});

/** A value whose type does not matter: numbers and bigints as text, and everything else as it is. */
function plain(value: unknown): unknown {
  return typeof value === "number" || typeof value === "bigint" ? String(value) : value;
}
