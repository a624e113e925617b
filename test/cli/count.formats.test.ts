/** Lists in every format, from the command line to the file. */
import { existsSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { gunzipSync } from "node:zlib";
import { DuckDBInstance } from "@duckdb/node-api";
import { beforeEach, describe, expect, it } from "vitest";
import { inTemporaryFolder, said } from "../support/cli.ts";
import { words } from "../support/text.ts";

inTemporaryFolder();

beforeEach(() => {
  for (const path of ["out.csv", "out.tsv", "out.jsonl", "whole.jsonl"])
    rmSync(path, { force: true });
});

const read = (path: string) =>
  (path.endsWith(".gz") ? gunzipSync(readFileSync(path)) : readFileSync(path)).toString("utf8");
const quiet = { exitCode: 0, stderr: "", stdout: "" };

describe("a list", () => {
  const LIST = [
    "name,in_channels,out_channels,kernel_size,l_in,bias",
    '"a, ""b""",64,32,"4",128,True',
    "c\td,3,3,1,7,0",
    ",1,1,1,1,false",
    '"",1,1,1,1,false',
    "",
  ].join("\n");
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

  it("writes its own columns in JSON: parameters as numbers, other text as strings", async () => {
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

  it("writes TSV, and quotes a field that contains a tab", async () => {
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

  it("has every column in every line of JSON, null where a kind has no such parameter or result", async () => {
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

  it("is read by DuckDB with one type for each column", async () => {
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

describe("a list with options", () => {
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

  it("writes rows with errors in every format", async () => {
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

  it("drops results of an earlier run in every format, verified or not", async () => {
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

describe("an output file whose extension does not match is refused before anything starts", () => {
  it.each([
    [
      ["count", "--from", "no-such-list.csv", "-o", "x.xlsx"],
      "x.xlsx: cannot write '.xlsx' files.",
    ],
  ])("%j", async (command, message) => {
    const { exitCode, stderr } = await said(command as string[]);
    expect([exitCode, stderr]).toEqual([2, expect.stringContaining(message as string)]);
    expect(existsSync("x.parquet")).toBe(false);
  });
  it("for one layer, which is text or JSON", async () => {
    const layer = words`count --in-channels 1 --out-channels 1 --kernel-size 3 --l-in 2`;
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
});
