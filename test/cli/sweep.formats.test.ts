/** Sweeps and lists in every format, from the command line to the file: the same rows as the CSV. */
import { spawnSync } from "node:child_process";
import { existsSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { gunzipSync } from "node:zlib";
import { DuckDBInstance } from "@duckdb/node-api";
import { beforeEach, describe, expect, it } from "vitest";
import { sweepToFile } from "../../src/library/sweep.ts";
import type { SpecInput } from "../../src/spec/read.ts";
import { BINARY, inTemporaryFolder, said } from "../support/cli.ts";

inTemporaryFolder();
beforeEach(() => {
  for (const path of ["out.csv", "out.tsv", "out.jsonl", "whole.jsonl"])
    rmSync(path, { force: true });
});

const read = (path: string) =>
  (path.endsWith(".gz") ? gunzipSync(readFileSync(path)) : readFileSync(path)).toString("utf8");
const quiet = { exitCode: 0, stderr: "", stdout: "" };

/** Two grids with names, booleans, decimals, and columns that some layers have no value for. */
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
  const cell = (name: string, text: string) =>
    text === ""
      ? null
      : name === "name"
        ? text
        : /^(true|false)$/.test(text)
          ? text === "true"
          : Number(text);
  return rows
    .map(
      (row) =>
        `${JSON.stringify(Object.fromEntries(row.split(",").map((text, i) => [names[i], cell(names[i] as string, text)])))}\n`,
    )
    .join("");
}

const GRID = [
  "--in-channels",
  "1..7",
  "--out-channels",
  "3",
  "--l-in",
  "1..40",
  "--kernel-size",
  "1..15",
  "--stride",
  "1..6",
  "--columns",
  "macs,l_out,zero_insertion_waste",
];

describe("a sweep", () => {
  it("writes the rows of the CSV in every format, by the extension", async () => {
    for (const format of ["csv", "tsv", "jsonl"]) await sweepToFile(MIXED, `out.${format}`);
    expect(read("out.tsv")).toBe(read("out.csv").replaceAll(",", "\t"));
    expect(read("out.jsonl")).toBe(jsonLinesOf(read("out.csv")));
    expect(read("out.jsonl")).toContain('"name":"a\\\\b é","overlap_even":true');
    expect(read("out.jsonl")).toContain('"tensorflow":null');
  });

  it("gives the same bytes on any number of workers", async () => {
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

  it("stops at its limit, and draws a sample", async () => {
    await sweepToFile(MIXED, "out.csv", { limit: 21 });
    await sweepToFile(MIXED, "out.jsonl", { limit: 21 });
    expect(read("out.jsonl")).toBe(jsonLinesOf(read("out.csv")));
    const sample = { ...MIXED, sample: { rows: 50, seed: 3 } };
    await sweepToFile(sample, "out.csv");
    await sweepToFile(sample, "out.jsonl");
    expect(read("out.jsonl")).toBe(jsonLinesOf(read("out.csv")));
  });

  it("has all integers as strings where that is asked for", async () => {
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
    const flags = [
      "--in-channels",
      "2147483647",
      "--out-channels",
      "2147483647",
      "--l-in",
      "2",
      "--kernel-size",
      "1",
      "--columns",
      "macs",
    ];
    expect(await said(["sweep", ...flags, "-o", "out.jsonl", "--quiet"])).toEqual(quiet);
    expect(read("out.jsonl")).toContain(`"macs":${2n * 2147483647n ** 2n}}`);
  });

  it("writes a pipe in the format that is asked for", () => {
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
    // A named pipe can have any name.
    const toPipe = `mkfifo rows.fifo && { cat rows.fifo & ${[process.execPath, BINARY, "sweep", ...GRID].join(" ")} --limit 2 --quiet -o rows.fifo`;
    const fromPipe = (options: string) =>
      spawnSync("bash", ["-c", `rm -f rows.fifo; ${toPipe} ${options}; wait; }`], {
        encoding: "utf8",
      }).stdout;
    expect(fromPipe("")).toBe(buffers);
    expect(fromPipe("--format jsonl")).toBe(jsonLinesOf(buffers));
  });

  it.each(["csv", "tsv", "jsonl", "csv.gz", "tsv.gz", "jsonl.gz"])(
    "goes on with %s where it was stopped, and only in the format that it had",
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
      // Rows of less than one member of gzip are not written yet.
      expect(existsSync(`${out}.partial.json`)).toBe(!format.endsWith(".gz"));
      if (format === "jsonl") {
        await expect(sweepToFile(MIXED, out, { resume: true, bigInts: "string" })).rejects.toThrow(
          "the type of integers changed from number to string",
        );
      }
      const summary = await sweepToFile(MIXED, out, { resume: true });
      expect(read(out) === whole).toBe(true);
      expect(summary.gridRows?.reduce((sum, rows) => sum + rows, 0n)).toBe(summary.rows);
      // With its manifest beside it, and without: both find that nothing is left to do.
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

  it.each(["csv", "tsv", "jsonl"])(
    "refuses to go on with %s of which a byte has changed",
    async (format) => {
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
    },
  );

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
    "is put together from parts in %s without losing a line",
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
        stderr: `upsweep: other.csv: the extension '.csv' means csv, but the rows are ${rows}. Name a file that ends in .${rows}.\n`,
      });
    },
  );
});

describe("a union", () => {
  it("says how many rows each grid has, for many grids in few lines", async () => {
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

describe("a list", () => {
  const LIST =
    'name,in_channels,out_channels,kernel_size,l_in,bias\n"a, ""b""",64,32,"4",128,True\nc\td,3,3,1,7,0\n,1,1,1,1,false\n"",1,1,1,1,false\n';
  const counted = (output: string, ...more: string[]) =>
    said([
      "count",
      "--from",
      "list.csv",
      "-o",
      output,
      "--force",
      "--quiet",
      "--columns",
      "macs,zero_insertion_waste",
      ...more,
    ]);

  it("writes JSON with its own columns: parameters as numbers, other text as strings", async () => {
    writeFileSync("list.csv", LIST);
    expect(await counted("out.jsonl")).toEqual(quiet);
    const layer = (
      name: string | null,
      in_channels: number,
      out_channels: number,
      kernel_size: number,
      l_in: number,
      bias: boolean,
      macs: number,
      zero_insertion_waste: number,
    ) => ({ name, in_channels, out_channels, kernel_size, l_in, bias, macs, zero_insertion_waste });
    expect(
      read("out.jsonl")
        .split("\n")
        .slice(0, -1)
        .map((line) => JSON.parse(line)),
    ).toEqual([
      layer(
        'a, "b"',
        64,
        32,
        4,
        128,
        true,
        1_048_576,
        expect.closeTo(3 / 131, 15) as unknown as number,
      ),
      layer("c\td", 3, 3, 1, 7, false, 63, 0),
      layer(null, 1, 1, 1, 1, false, 1, 0),
      layer("", 1, 1, 1, 1, false, 1, 0),
    ]);
    expect(await counted("out.jsonl", "--big-ints", "string")).toEqual(quiet);
    expect(JSON.parse(read("out.jsonl").split("\n")[1] as string)).toMatchObject({
      in_channels: "3",
      bias: false,
      macs: "63",
      zero_insertion_waste: 0,
    });
  });

  it("writes tabs, and quotes a field that holds one", async () => {
    writeFileSync("list.csv", LIST);
    expect(await counted("out.tsv")).toEqual(quiet);
    expect(
      read("out.tsv")
        .split("\n")
        .slice(0, 3)
        .map((line) => line.split("\t")),
    ).toMatchObject([
      [
        "name",
        "in_channels",
        "out_channels",
        "kernel_size",
        "l_in",
        "bias",
        "macs",
        "zero_insertion_waste",
      ],
      ['"a, ""b"""', "64", "32", '"4"', "128", "True", "1048576", expect.any(String)],
      ['"c', 'd"', "3", "3", "1", "7", "0", "63", "0"],
    ]);
  });
});

describe("a list that mixes kinds", () => {
  const MIXED_LIST = `name,layer,in_channels,out_channels,kernel_size,l_in,h_in,w_in,output_padding
pre,Conv1d,80,512,7,32,,,
up,ConvTranspose1d,512,256,16,32,,,0
decode,ConvTranspose2d,64,32,3,,16,16,0
`;
  const lines = (text: string) =>
    text
      .split("\n")
      .slice(0, -1)
      .map((line) => JSON.parse(line));
  const counted = async (output: string, ...more: string[]) => {
    writeFileSync("mixed.csv", MIXED_LIST);
    expect(
      await said([
        "count",
        "--from",
        "mixed.csv",
        "-o",
        output,
        "--force",
        "--quiet",
        "--columns",
        "macs,h_out",
        ...more,
      ]),
    ).toEqual(quiet);
    return read(output);
  };

  it("has every column in every line of JSON, null where the kind has no such parameter or result", async () => {
    expect(lines(await counted("out.jsonl"))).toEqual(
      [
        ["pre", "Conv1d", 80, 512, 7, 32, null, null, null, 7_454_720, null],
        ["up", "ConvTranspose1d", 512, 256, 16, 32, null, null, 0, 67_108_864, null],
        ["decode", "ConvTranspose2d", 64, 32, 3, null, 16, 16, 0, 4_718_592, 18],
      ].map((row) =>
        Object.fromEntries(
          [
            "name",
            "layer",
            "in_channels",
            "out_channels",
            "kernel_size",
            "l_in",
            "h_in",
            "w_in",
            "output_padding",
            "macs",
            "h_out",
          ].map((name, i) => [name, row[i]]),
        ),
      ),
    );
  });

  it("is read by DuckDB with a type for each column", async () => {
    await counted("out.jsonl");
    const instance = await DuckDBInstance.create(":memory:");
    const connection = await instance.connect();
    const reader = await connection.runAndReadAll(
      "SELECT layer, h_in, typeof(h_in) AS type, macs, typeof(macs) AS counts FROM 'out.jsonl'",
    );
    expect(
      reader.getRowObjects().map(({ layer, h_in, type, counts }) => [layer, h_in, type, counts]),
    ).toEqual([
      ["Conv1d", null, "BIGINT", "BIGINT"],
      ["ConvTranspose1d", null, "BIGINT", "BIGINT"],
      ["ConvTranspose2d", 16n, "BIGINT", "BIGINT"],
    ]);
    connection.closeSync();
    instance.closeSync();
  });
});

describe("what else a list can have", () => {
  const HEADER = "label,in_channels,out_channels,kernel_size,l_in";
  const counted = async (output: string, list: string, ...more: string[]) => {
    writeFileSync("list.csv", list);
    return said([
      "count",
      "--from",
      "list.csv",
      "-o",
      output,
      "--force",
      "--quiet",
      "--columns",
      "macs,zero_insertion_waste",
      ...more,
    ]);
  };
  const FAULTY = `${HEADER}\na,66,32,4,128\n"b, ""c""",0,32,4,128\nd,3,3,1\ne,3,3,1,7\n`;

  it("answers rows at fault in every format", async () => {
    for (const output of ["out.csv", "out.tsv", "out.jsonl", "out.csv.gz"])
      expect(await counted(output, FAULTY, "--errors", "row")).toEqual(quiet);
    expect(read("out.csv.gz")).toBe(read("out.csv"));
    const rows = read("out.jsonl")
      .split("\n")
      .slice(0, -1)
      .map((line) => JSON.parse(line) as Record<string, unknown>);
    expect(rows.map(({ label, macs, error }) => [label, macs, error])).toEqual([
      ["a", 1_081_344, null],
      [
        'b, "c"',
        null,
        "list.csv:3: in_channels cannot be 0. Write a whole number from 1 to 2147483647.",
      ],
      [
        null,
        null,
        expect.stringContaining("list.csv:4: the row has 4 fields, but the header has 5. "),
      ],
      ["e", 63, null],
    ]);
    const [header, , faulty] = read("out.tsv").split("\n");
    expect(header).toBe(`${HEADER},macs,zero_insertion_waste,error`.replaceAll(",", "\t"));
    expect(faulty?.split("\t").slice(0, 7)).toEqual(['"b, ""c"""', "0", "32", "4", "128", "", ""]);
  });

  it("ends with its totals in every format", async () => {
    const list = `${HEADER}\na,66,32,4,128\ne,3,3,1,7\n`;
    for (const output of ["out.csv", "out.tsv", "out.jsonl"])
      expect(await counted(output, list, "--total")).toEqual(quiet);
    expect(read("out.csv").split("\n").at(-2)).toBe("total,,,,,1081407,");
    expect(read("out.tsv")).toBe(read("out.csv").replaceAll(",", "\t"));
    expect(JSON.parse(read("out.jsonl").split("\n").at(-2) as string)).toEqual({
      label: "total",
      in_channels: null,
      out_channels: null,
      kernel_size: null,
      l_in: null,
      macs: 1_081_407,
      zero_insertion_waste: null,
    });
  });

  it("leaves out results of an earlier run in every format, compared or not", async () => {
    const list = `${HEADER},macs\na,66,32,4,128,1081344\ne,3,3,1,7,63\n`;
    for (const more of [[], ["--verify-results"]]) {
      for (const output of ["out.csv", "out.tsv", "out.jsonl"]) {
        writeFileSync("list.csv", list);
        expect(
          await said([
            "count",
            "--from",
            "list.csv",
            "-o",
            output,
            "--force",
            "--quiet",
            "--columns",
            "params",
            ...more,
          ]),
        ).toEqual(quiet);
      }
      expect(read("out.csv")).toBe(`${HEADER},params\na,66,32,4,128,8480\ne,3,3,1,7,12\n`);
      expect(read("out.tsv")).toBe(read("out.csv").replaceAll(",", "\t"));
      expect(JSON.parse(read("out.jsonl").split("\n")[1] as string)).toEqual({
        label: "e",
        in_channels: 3,
        out_channels: 3,
        kernel_size: 1,
        l_in: 7,
        params: 12,
      });
    }
  });
});

describe("a name that promises what is not written is refused before anything starts", () => {
  it.each([
    [["sweep", ...GRID, "-o", "x.parquet"], "x.parquet: cannot write '.parquet' files. Use one of"],
    [["sweep", ...GRID, "-o", "x.foo"], "x.foo: unknown extension '.foo'. "],
    [
      ["sweep", ...GRID, "-o", "x.csv", "--format", "tsv"],
      "x.csv: the extension '.csv' means csv, but the rows are tsv.",
    ],
    [
      ["sweep", ...GRID, "--format", "parquet"],
      "--format cannot be 'parquet'. Write one of csv, tsv, jsonl.",
    ],
    [
      ["sweep", ...GRID, "-o", "x.csv", "--big-ints", "string"],
      "--big-ints is given, but the rows are csv.",
    ],
    [
      ["sweep", ...GRID, "-o", "x.arrow", "--shard", "0/2"],
      "x.arrow: cannot write '.arrow' files.",
    ],
    [
      ["count", "--from", "no-such-list.csv", "-o", "x.xlsx"],
      "x.xlsx: cannot write '.xlsx' files.",
    ],
  ])("%j", async (command, message) => {
    const { exitCode, stderr } = await said(command as string[]);
    expect([exitCode, stderr]).toEqual([2, expect.stringContaining(message as string)]);
    expect(existsSync("x.parquet")).toBe(false);
  });

  it("of one layer too, which is text or JSON", async () => {
    const layer = [
      "count",
      "--in-channels",
      "1",
      "--out-channels",
      "1",
      "--kernel-size",
      "3",
      "--l-in",
      "2",
    ];
    for (const path of ["x.csv", "x.parquet", "x.gz", "x.json"]) {
      expect((await said([...layer, "-o", path])).stderr).toContain(
        `${path}: one layer is written as text, but the extension is '.${path.slice(2)}'.`,
      );
    }
    expect((await said([...layer, "--json", "-o", "x.jsonl"])).stderr).toContain(
      "one layer is written as JSON",
    );
    expect((await said([...layer, "--format", "jsonl"])).stderr).toBe(
      "upsweep: --format is for lists. Leave it out, or name a list with --from.\n",
    );
    expect(await said([...layer, "--json", "-o", "x.json"])).toEqual(quiet);
    expect(await said([...layer, "-o", "x.txt"])).toEqual(quiet);
  });

  it("in the library too", async () => {
    await expect(sweepToFile(MIXED, "x.feather")).rejects.toThrow("cannot write '.feather' files");
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
