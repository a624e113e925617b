/** The option `dropConstant` of `sweep` and `sweepToFile`. */
import { existsSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tableFromIPC } from "apache-arrow";
import { describe, expect, it } from "vitest";
import {
  type RowBatch,
  type Summary,
  type SweepOptions,
  sweep,
  sweepToFile,
} from "../../src/index.ts";
import type { SpecInput } from "../../src/spec/read.ts";
import { inTemporaryFolder } from "../support/cli.ts";

inTemporaryFolder();

const SPEC = {
  axes: { in_channels: 8, out_channels: "1..200", kernel_size: "1..20", l_in: "1..50" },
  columns: ["macs", "holes"],
} satisfies SpecInput;

const CONSTANTS = {
  batch_size: 1,
  in_channels: 8,
  stride: 1,
  padding: 0,
  output_padding: 0,
  dilation: 1,
  groups: 1,
  bias: true,
  holes: 0n,
};

async function swept(
  spec: SpecInput,
  options: SweepOptions,
): Promise<{ batches: RowBatch[]; summary: Summary }> {
  const batches: RowBatch[] = [];
  const all = sweep(spec, options);
  for (;;) {
    const next = await all.next();
    if (next.done) return { batches, summary: next.value };
    batches.push(next.value);
  }
}

describe("sweep() with dropConstant", () => {
  it("yields the columns that vary, and returns the others in the summary", async () => {
    const { batches, summary } = await swept(SPEC, { dropConstant: true });
    const complete = await swept(SPEC, {});
    const names = ["out_channels", "l_in", "kernel_size", "macs"];
    expect(new Set(batches.flatMap(({ columns }) => columns))).toEqual(new Set(names));
    const rows = (all: readonly RowBatch[]) =>
      all.flatMap((batch) => [...batch].map((row) => names.map((name) => Reflect.get(row, name))));
    expect(rows(batches)).toEqual(rows(complete.batches));
    expect(Object.fromEntries(summary.constants ?? [])).toEqual(CONSTANTS);
    expect(complete.summary.constants).toBeUndefined();
    const [batch] = batches as [RowBatch];
    expect(() => batch.column("stride")).toThrow("the batch has no column");
    expect(tableFromIPC(batch.toArrow()).schema.fields.map(({ name }) => name)).toEqual(names);
    expect(JSON.parse(JSON.stringify(summary)).constants).toEqual({ ...CONSTANTS, holes: "0" });
  });

  it("looks only at the rows within the limit", async () => {
    const { batches, summary } = await swept(SPEC, { dropConstant: true, limit: 30 });
    expect(batches.map(({ columns }) => columns)).toEqual([["l_in", "macs"]]);
    expect(summary.rows).toBe(30n);
    expect(summary.constants?.get("kernel_size")).toBe(1);
  });

  it("leaves out no column of one row", async () => {
    const { batches, summary } = await swept(SPEC, { dropConstant: true, limit: 1 });
    expect(batches[0]?.columns).toHaveLength(13);
    expect(summary.constants).toEqual(new Map());
  });

  it("refuses other values than true and false", async () => {
    const dropConstant = "yes" as unknown as boolean;
    await expect(swept(SPEC, { dropConstant })).rejects.toThrow(
      "dropConstant cannot be 'yes'. Write true or false.",
    );
  });
});

describe("sweepToFile() with dropConstant", () => {
  const stop = () => {
    throw new Error("enough");
  };

  it("writes the columns that vary, and continues after a stop", async () => {
    const { seconds: _, ...whole } = await sweepToFile(SPEC, "whole.csv", { dropConstant: true });
    expect(Object.fromEntries(whole.constants ?? [])).toEqual(CONSTANTS);
    expect(readFileSync("whole.csv", "utf8")).toMatch(/^out_channels,l_in,kernel_size,macs\n/);
    const options = { dropConstant: true, resume: true };
    await expect(sweepToFile(SPEC, "out.csv", { ...options, onProgress: stop })).rejects.toThrow(
      "enough",
    );
    const manifest = JSON.parse(readFileSync("out.csv.partial.json", "utf8"));
    expect(manifest.identity["the columns left out"]).toBe(Object.keys(CONSTANTS).join(", "));
    for (let call = 0; call < 2; call++) {
      const { seconds: __, ...again } = await sweepToFile(SPEC, "out.csv", options);
      expect(again).toEqual(whole);
    }
    expect(readFileSync("out.csv").equals(readFileSync("whole.csv"))).toBe(true);
  });

  it("checks the file before it looks at rows", async () => {
    const faulty = {
      axes: { in_channels: 2 ** 31 - 1, out_channels: 2 ** 31 - 1, kernel_size: [1, 9], l_in: 9 },
    };
    writeFileSync("mine.csv", "mine");
    await expect(sweepToFile(faulty, "away/out.csv", { dropConstant: true })).rejects.toThrow(
      "no such file or folder",
    );
    await expect(
      sweepToFile(faulty, "/dev/null", { dropConstant: true, resume: true }),
    ).rejects.toThrow("/dev/null is not a file that a sweep can resume");
    await expect(sweepToFile(faulty, "mine.csv", { dropConstant: true })).rejects.toThrow(
      "exceeds 2^64 - 1",
    );
    expect(readFileSync("mine.csv", "utf8")).toBe("mine");
    expect(existsSync("mine.csv.partial")).toBe(false);
    rmSync("mine.csv");
  });
});
