/** Sweeps through the library. */
import { existsSync, readFileSync, rmSync, statSync, writeFileSync } from "node:fs";
import { gunzipSync } from "node:zlib";
import { describe, expect, it } from "vitest";
import { sweep, sweepToFile } from "../../src/library/sweep.ts";
import type { SpecInput } from "../../src/spec/read.ts";
import { inTemporaryFolder } from "../support/cli.ts";
import { changed, clear, SPEC, stopped } from "../support/stopped-sweep.ts";

inTemporaryFolder();

const GRID = {
  axes: { in_channels: 8, out_channels: "1..200", kernel_size: "1..20", l_in: "1..50" },
  columns: ["macs", "additions_per_filter"],
} as const;

describe("sweep()", () => {
  it("yields every row once and in order, with numbers, a boolean and big integers", async () => {
    let rows = 0;
    for await (const batch of sweep(GRID, { workers: 2 })) {
      let inBatch = 0;
      for (const row of batch) {
        const [l, k, c] = [
          (rows % 50) + 1,
          (Math.floor(rows / 50) % 20) + 1,
          Math.floor(rows / 1000) + 1,
        ];
        if (
          row.l_in !== l ||
          row.kernel_size !== k ||
          row.out_channels !== c ||
          row.bias !== true ||
          row.macs !== BigInt(8 * c * k * l)
        ) {
          expect(row).toEqual({
            l_in: l,
            kernel_size: k,
            out_channels: c,
            bias: true,
            macs: BigInt(8 * c * k * l),
          });
        }
        rows++;
        inBatch++;
      }
      expect(inBatch).toBe(batch.rowCount);
    }
    expect(rows).toBe(200_000);
  });

  it("returns a summary that adds up", async () => {
    const batches = sweep(
      { axes: { ...GRID.axes, groups: [1, 3], padding: [0, 40] } },
      { workers: 2 },
    );
    let next = await batches.next();
    let rows = 0;
    while (!next.done) {
      rows += next.value.rowCount;
      next = await batches.next();
    }
    expect(next.value).toMatchObject({ size: 800_000n, rows: BigInt(rows), bytes: 0 });
    expect(
      next.value.rows + [...next.value.rejected.values()].reduce((sum, n) => sum + n, 0n),
    ).toBe(800_000n);
  });

  it("yields rows and a summary that JSON.stringify accepts, every bigint as a string", async () => {
    const max = 2 ** 31 - 1;
    // macs = (2^31 - 1)^2·3, beyond 2^63. The second layer breaks a rule.
    const grid = {
      axes: { in_channels: max, out_channels: max, kernel_size: 3, l_in: 1, groups: [1, 2] },
      columns: ["macs", "zero_insertion_waste"],
    } as const;
    const batches = sweep(grid, { workers: 1 });
    const rows: unknown[] = [];
    let next = await batches.next();
    for (; !next.done; next = await batches.next()) rows.push(...next.value);
    expect(JSON.stringify(rows)).toBe(
      JSON.stringify([
        {
          batch_size: 1,
          in_channels: max,
          out_channels: max,
          l_in: 1,
          kernel_size: 3,
          stride: 1,
          padding: 0,
          output_padding: 0,
          dilation: 1,
          groups: 1,
          bias: true,
          macs: "13835058042397261827",
          zero_insertion_waste: 2 / 3,
        },
      ]),
    );
    expect(Object.keys(rows[0] as object)).not.toContain("toJSON");
    const { seconds, bytes, ...counts } = JSON.parse(JSON.stringify(next.value));
    expect([typeof seconds, typeof bytes]).toEqual(["number", "number"]);
    expect(counts).toEqual({
      size: "2",
      rows: "1",
      rejected: { "in_channels % groups == 0": "1" },
      empty: "0",
      gridRows: ["1"],
    });
    expect(Object.keys(next.value)).toEqual([
      "size",
      "rows",
      "rejected",
      "empty",
      "gridRows",
      "bytes",
      "seconds",
    ]);
  });

  it("stops its workers when its consumer leaves the loop", async () => {
    const vast = {
      axes: {
        in_channels: "1..1000000",
        out_channels: "1..1000000",
        kernel_size: "1..100",
        l_in: "1..1000",
      },
    };
    for await (const batch of sweep(vast, { workers: 2 })) {
      expect(batch.rowCount).toBeGreaterThan(0);
      break;
    }
  });
});

describe("sweepToFile with resume", () => {
  /** Several tasks, the first of which is complete. */
  const spec: SpecInput = {
    axes: {
      in_channels: [4, 6],
      out_channels: 4,
      l_in: "1..200",
      kernel_size: "1..30",
      stride: "1..30",
      groups: [1, 2, 3],
    },
  };

  it("continues after the rows of an earlier call, and returns the summary of all rows", async () => {
    const { seconds: _, ...whole } = await sweepToFile(spec, "whole.csv");
    const stop = () => {
      throw new Error("enough");
    };
    await expect(sweepToFile(spec, "lib.csv", { resume: true, onProgress: stop })).rejects.toThrow(
      "enough",
    );
    expect(existsSync("lib.csv")).toBe(false);
    const rows: bigint[] = [];
    const { seconds, ...resumed } = await sweepToFile(spec, "lib.csv", {
      resume: true,
      workers: 3,
      onProgress: (progress) => rows.push(progress.rows),
    });
    expect(resumed).toEqual(whole);
    expect(rows.length).toBeGreaterThan(0);
    expect(rows[0]).toBeGreaterThan(0n);
    expect(readFileSync("lib.csv").equals(readFileSync("whole.csv"))).toBe(true);
    expect(existsSync("lib.csv.partial.json")).toBe(false);
  });

  it("does not replace a file, and does not continue another sweep or a device", async () => {
    writeFileSync("lib.csv", "rows of somebody else\n");
    rmSync("lib.csv.json", { force: true });
    await expect(sweepToFile(spec, "lib.csv", { resume: true })).rejects.toThrow(
      "lib.csv already exists. ",
    );
    await stopped();
    await expect(sweepToFile(spec, "out.csv", { resume: true })).rejects.toThrow(
      "out.csv belongs to a different sweep: the columns changed from ",
    );
    await expect(sweepToFile(spec, "/dev/null", { resume: true })).rejects.toThrow(
      "resume cannot be 'true'. /dev/null is not a file that a sweep can resume",
    );
  });

  it("returns the summary of a file that was already complete, with and without a manifest", async () => {
    clear();
    const { seconds: _, ...whole } = await sweepToFile(SPEC, "out.csv");
    for (let call = 0; call < 2; call++) {
      const { seconds, ...again } = await sweepToFile(SPEC, "out.csv", {
        resume: true,
        trust: call > 0,
      });
      expect(again).toEqual(whole);
    }
    expect(existsSync("out.csv.json")).toBe(false);
  });

  it("refuses rows that were changed, unless trust is set", async () => {
    await stopped();
    writeFileSync("out.csv.partial", changed(readFileSync("out.csv.partial"), 700));
    await expect(sweepToFile(SPEC, "out.csv", { resume: true })).rejects.toThrow(
      "out.csv.partial does not match out.csv.partial.json: ",
    );
    await sweepToFile(SPEC, "out.csv", { resume: true, trust: true });
    expect(existsSync("out.csv")).toBe(true);
  });

  it("writes gzip where the name ends in .gz", async () => {
    const { bytes } = await sweepToFile(SPEC, "lib.csv.gz");
    await sweepToFile(SPEC, "plain.csv");
    expect(gunzipSync(readFileSync("lib.csv.gz")).equals(readFileSync("plain.csv"))).toBe(true);
    expect(bytes).toBe(statSync("lib.csv.gz").size);
  });
});
