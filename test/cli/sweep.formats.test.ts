/** Sweeps in every format, from the command line to the file: the same rows as the CSV. */
import { spawnSync } from "node:child_process";
import { existsSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { gunzipSync } from "node:zlib";
import { beforeEach, describe, expect, it } from "vitest";
import { sweepToFile } from "../../src/library/sweep.ts";
import type { SpecInput } from "../../src/spec/read.ts";
import { BINARY, inTemporaryFolder, said } from "../support/cli.ts";
import { printed, text, words } from "../support/text.ts";

inTemporaryFolder();
beforeEach(() => {
  for (const path of ["out.csv", "out.tsv", "out.jsonl", "whole.jsonl"])
    rmSync(path, { force: true });
});

const read = (path: string) =>
  (path.endsWith(".gz") ? gunzipSync(readFileSync(path)) : readFileSync(path)).toString("utf8");
const quiet = { exitCode: 0, stderr: "", stdout: "" };

/** Two grids with names, booleans, decimals, and columns that are empty for some layers. */
const MIXED = {
  layer: "conv_transpose3d",
  grids: [
    {
      name: "a\\b é",
      axes: {
        in_channels: 4,
        out_channels: [4, 8],
        d_in: "1..3",
        h_in: 4,
        w_in: 5,
        kernel_size: [1, 3],
        bias: [true, false],
      },
    },
    {
      name: "second",
      axes: {
        in_channels: 2,
        out_channels: 2,
        d_in: 2,
        h_in: 2,
        w_in: "1..40",
        kernel_size: 2,
        stride: "1..40",
      },
    },
  ],
  columns: [
    "name",
    "overlap_even",
    "l_out",
    "macs",
    "moduleprofiler",
    "tensorflow",
    "zero_insertion_waste",
  ],
} as unknown as SpecInput;

/** The rows of a CSV as JSON Lines, by JavaScript's own means. */
function jsonLinesOf(buffers: string): string {
  const [header, ...rows] = buffers.split("\n").slice(0, -1);
  const names = (header as string).split(",");
  const value = (name: string, cell: string) => {
    if (cell === "") return null;
    if (name === "name") return cell;
    return /^(true|false)$/.test(cell) ? cell === "true" : Number(cell);
  };
  const objectOf = (row: string) =>
    Object.fromEntries(
      row.split(",").map((cell, i) => [names[i], value(names[i] as string, cell)]),
    );
  return rows.map((row) => `${JSON.stringify(objectOf(row))}\n`).join("");
}

const GRID = words`
  --in-channels 1..7 --out-channels 3 --l-in 1..40 --kernel-size 1..15 --stride 1..6
  --columns macs,l_out,zero_insertion_waste
`;

describe("a sweep", () => {
  it("writes the rows of the CSV in every format, chosen by the extension", async () => {
    for (const format of ["csv", "tsv", "jsonl"]) await sweepToFile(MIXED, `out.${format}`);
    expect(read("out.tsv")).toBe(read("out.csv").replaceAll(",", "\t"));
    expect(read("out.jsonl")).toBe(jsonLinesOf(read("out.csv")));
    expect(read("out.jsonl")).toContain('"name":"a\\\\b é","overlap_even":true');
    expect(read("out.jsonl")).toContain('"tensorflow":null');
  });

  it("writes the same bytes on any number of workers", async () => {
    for (const format of ["tsv", "jsonl"]) {
      const made = [1, 2, 4].map(async (workers) => {
        expect(
          await said([
            "sweep",
            ...GRID,
            "-o",
            `${workers}.${format}`,
            "--force",
            "--quiet",
            "--workers",
            String(workers),
          ]),
        ).toEqual(quiet);
        return read(`${workers}.${format}`);
      });
      const [one, ...others] = await Promise.all(made);
      for (const other of others) expect(other === one).toBe(true);
      await said(["sweep", ...GRID, "-o", "out.csv", "--force", "--quiet"]);
      expect(one).toBe(
        format === "tsv" ? read("out.csv").replaceAll(",", "\t") : jsonLinesOf(read("out.csv")),
      );
    }
  });

  it("stops at its limit, and writes a sample", async () => {
    await sweepToFile(MIXED, "out.csv", { limit: 21 });
    await sweepToFile(MIXED, "out.jsonl", { limit: 21 });
    expect(read("out.jsonl")).toBe(jsonLinesOf(read("out.csv")));
    const sample = { ...MIXED, sample: { rows: 50, seed: 3 } };
    await sweepToFile(sample, "out.csv");
    await sweepToFile(sample, "out.jsonl");
    expect(read("out.jsonl")).toBe(jsonLinesOf(read("out.csv")));
  });

  it('writes all integers as strings with bigInts "string"', async () => {
    await sweepToFile(MIXED, "out.jsonl", { limit: 1, bigInts: "string" });
    expect(JSON.parse(read("out.jsonl"))).toMatchObject({
      batch_size: "1",
      bias: true,
      name: "a\\b é",
      l_out: "20",
      moduleprofiler: null,
      zero_insertion_waste: expect.any(Number),
    });
  });

  it("writes exact digits beyond 2^53", async () => {
    const flags = words`
      --in-channels 2147483647 --out-channels 2147483647 --l-in 2 --kernel-size 1 --columns macs
    `;
    expect(await said(["sweep", ...flags, "-o", "out.jsonl", "--quiet"])).toEqual(quiet);
    expect(read("out.jsonl")).toContain(`"macs":${2n * 2147483647n ** 2n}}`);
  });

  it("writes to a pipe in the requested format", () => {
    const piped = (...options: string[]) =>
      spawnSync(
        process.execPath,
        [BINARY, "sweep", ...GRID, "--limit", "2", "--quiet", ...options],
        { encoding: "utf8" },
      );
    const buffers = piped().stdout;
    expect(buffers.split("\n")).toHaveLength(4);
    expect(piped("--format", "tsv").stdout).toBe(buffers.replaceAll(",", "\t"));
    expect(piped("--format", "jsonl").stdout).toBe(jsonLinesOf(buffers));
    expect(piped("--format", "ndjson", "--big-ints", "number").stdout).toBe(jsonLinesOf(buffers));
    // A named pipe may have any extension.
    const toPipe = text`
      mkfifo rows.fifo && { cat rows.fifo &
      ${[process.execPath, BINARY, "sweep", ...GRID].join(" ")} --limit 2 --quiet -o rows.fifo
    `;
    const fromPipe = (options: string) =>
      spawnSync("bash", ["-c", `rm -f rows.fifo; ${toPipe} ${options}; wait; }`], {
        encoding: "utf8",
      }).stdout;
    expect(fromPipe("")).toBe(buffers);
    expect(fromPipe("--format jsonl")).toBe(jsonLinesOf(buffers));
  });

  it.each(["csv", "tsv", "jsonl", "csv.gz", "tsv.gz", "jsonl.gz"])(
    "resumes %s where it was stopped, and only in the same format",
    async (format) => {
      await sweepToFile(MIXED, `whole.${format}`);
      const whole = read(`whole.${format}`);
      const stopped = new Error("stopped");
      const stop = ({ rows }: { rows: bigint }) => {
        if (rows > 200n) throw stopped;
      };
      const out = `part-${format}.${format}`;
      await expect(
        sweepToFile(MIXED, out, { resume: true, workers: 1, onProgress: stop }),
      ).rejects.toBe(stopped);
      // Less than one gzip member of rows has not been written yet.
      expect(existsSync(`${out}.partial.json`)).toBe(!format.endsWith(".gz"));
      if (format === "jsonl") {
        await expect(sweepToFile(MIXED, out, { resume: true, bigInts: "string" })).rejects.toThrow(
          "the type of integers changed from number to string",
        );
      }
      const summary = await sweepToFile(MIXED, out, { resume: true });
      expect(read(out) === whole).toBe(true);
      expect(summary.gridRows?.reduce((sum, rows) => sum + rows, 0n)).toBe(summary.rows);
      // With its manifest and without, --resume finds that nothing is left to do.
      expect(await sweepToFile(MIXED, out, { resume: true })).toMatchObject({
        rows: summary.rows,
        bytes: summary.bytes,
      });
      rmSync(`${out}.json`);
      expect(await sweepToFile(MIXED, out, { resume: true })).toMatchObject({
        rows: summary.rows,
        bytes: summary.bytes,
      });
      expect(read(out) === whole).toBe(true);
    },
  );

  it.each(["csv", "tsv", "jsonl"])("refuses to resume %s with a changed byte", async (format) => {
    const out = `damaged.${format}`;
    const stop = ({ rows }: { rows: bigint }) => {
      if (rows > 200n) throw new Error("stopped");
    };
    await expect(
      sweepToFile(MIXED, out, { resume: true, workers: 1, onProgress: stop }),
    ).rejects.toThrow("stopped");
    const bytes = readFileSync(`${out}.partial`);
    bytes[1000] = (bytes[1000] as number) ^ 1;
    writeFileSync(`${out}.partial`, bytes);
    await expect(sweepToFile(MIXED, out, { resume: true })).rejects.toThrow(
      `${out}.partial does not match ${out}.partial.json`,
    );
  });

  it("is compressed in every format where the name ends in .gz", async () => {
    for (const format of ["csv", "tsv", "jsonl"]) {
      await sweepToFile(MIXED, `plain.${format}`);
      await sweepToFile(MIXED, `packed.${format}.gz`);
      expect(
        gunzipSync(readFileSync(`packed.${format}.gz`)).equals(readFileSync(`plain.${format}`)),
      ).toBe(true);
    }
    await sweepToFile(MIXED, "packed.gz", { format: "jsonl" });
    expect(gunzipSync(readFileSync("packed.gz")).equals(readFileSync("plain.jsonl"))).toBe(true);
  });

  it.each(["tsv", "jsonl", "tsv.gz", "jsonl.gz"])(
    "is merged from shards in %s without losing a line",
    async (format) => {
      writeFileSync("mixed.json", JSON.stringify(MIXED));
      expect(
        await said(["sweep", "mixed.json", "-o", `whole.${format}`, "--force", "--quiet"]),
      ).toEqual(quiet);
      for (let index = 0; index < 5; index++) {
        expect(
          await said([
            "sweep",
            "mixed.json",
            "-o",
            `out.${format}`,
            "--shard",
            `${index}/5`,
            "--quiet",
          ]),
        ).toEqual(quiet);
      }
      const merged = await said(["merge", `out.${format}`]);
      expect(merged).toMatchObject({
        exitCode: 0,
        stderr: expect.stringMatching(
          /rows by grid:\n +24 {2}grid 1 \(a\\b é\)\n +1,600 {2}grid 2 \(second\)\n/,
        ),
      });
      expect(read(`out.${format}`) === read(`whole.${format}`)).toBe(true);
      const rows = format.replace(".gz", "");
      const shards = Array.from({ length: 5 }, (_, i) => `out.0000${i}-of-00005.${format}`);
      expect(await said(["merge", "other.csv", ...shards])).toMatchObject({
        exitCode: 2,
        stderr: printed`
          upsweep: other.csv: the extension '.csv' means csv, but the rows are ${rows}. Name a file
          that ends in .${rows}.
        `,
      });
    },
  );
});

describe("a union", () => {
  it("prints the rows of each grid, in few lines for many grids", async () => {
    const axes = { in_channels: 1, out_channels: 1, l_in: 4, kernel_size: 3 };
    writeFileSync(
      "many.json",
      JSON.stringify({
        grids: Array.from({ length: 30 }, (_, i) => ({ axes: { ...axes, stride: `1..${i + 1}` } })),
      }),
    );
    const { stderr } = await said(["sweep", "many.json", "-o", "out.csv", "--force"]);
    expect(stderr).toContain("rows by grid:\n       1  grid 1\n       2  grid 2\n");
    expect(stderr).toMatch(
      /\n {6}20 {2}grid 20\n {5}255 {2}10 more grids\ngrid 2 repeats 1 layer of grid 1\n/,
    );
  });
});

describe("an output file whose extension does not match is refused before anything starts", () => {
  it.each([
    [["sweep", ...GRID, "-o", "x.orc"], "x.orc: cannot write '.orc' files. Use one of"],
    [["sweep", ...GRID, "-o", "x.foo"], "x.foo: unknown extension '.foo'. "],
    [
      ["sweep", ...GRID, "-o", "x.csv", "--format", "tsv"],
      "x.csv: the extension '.csv' means csv, but the rows are tsv.",
    ],
    [
      ["sweep", ...GRID, "--format", "orc"],
      "--format cannot be 'orc'. Write one of csv, tsv, jsonl, parquet, arrow, feather.",
    ],
    [
      ["sweep", ...GRID, "-o", "x.csv", "--big-ints", "string"],
      "--big-ints is given, but the rows are csv.",
    ],
    [
      ["sweep", ...GRID, "-o", "x.parquet.gz"],
      "x.parquet.gz: parquet files are not compressed with gzip. Write 'x.parquet' instead.",
    ],
  ])("%j", async (command, message) => {
    const { exitCode, stderr } = await said(command as string[]);
    expect([exitCode, stderr]).toEqual([2, expect.stringContaining(message as string)]);
    expect(existsSync("x.parquet")).toBe(false);
  });

  it("in the library", async () => {
    await expect(sweepToFile(MIXED, "x.orc")).rejects.toThrow("cannot write '.orc' files");
    await expect(sweepToFile(MIXED, "x.csv", { format: "jsonl" })).rejects.toThrow(
      "the extension '.csv' means csv",
    );
    await expect(sweepToFile(MIXED, "x", { format: "xml" as "csv" })).rejects.toThrow(
      "format cannot be 'xml'",
    );
    await expect(sweepToFile(MIXED, "x.jsonl", { bigInts: "bigint" as "string" })).rejects.toThrow(
      "bigInts cannot be 'bigint'. Write one of number, string.",
    );
    await sweepToFile(MIXED, "x.odd", { format: "jsonl", limit: 1 });
    expect(JSON.parse(read("x.odd"))).toMatchObject({ batch_size: 1 });
  });
});
