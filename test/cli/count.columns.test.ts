/** Lists into Parquet and Arrow: the rows of the CSV, in the readers of other programs. */
import { spawn, spawnSync } from "node:child_process";
import { existsSync, readdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { gzipSync } from "node:zlib";
import * as arrow from "apache-arrow";
import { parquetMetadata } from "hyparquet";
import { beforeEach, describe, expect, it, onTestFinished } from "vitest";
import { BINARY, inTemporaryFolder, said } from "../support/cli.ts";
import { arrowBytes, parquetBytes, queried } from "../support/tables.ts";
import {
  asCells,
  csvRecords,
  inArrow,
  inDuckDb,
  inHyparquet,
  type TypedRows,
} from "../support/typed-rows.ts";

const EXAMPLES = new URL("../../examples/", import.meta.url);

inTemporaryFolder();

beforeEach(() => {
  for (const name of readdirSync(".")) rmSync(name);
});

async function count(list: string, path: string, ...options: string[]): Promise<void> {
  const all = ["count", "--from", list, "-o", path, "--force", ...options];
  const { exitCode, stderr } = await said(all);
  expect([exitCode, stderr]).toEqual([0, expect.stringContaining(path)]);
}

/** Compares all rows of a list in every format and reader with those of the CSV. */
async function expectSameRows(list: string, ...options: string[]): Promise<void> {
  await count(list, "rows.csv", ...options);
  const records = csvRecords(readFileSync("rows.csv", "utf8"));
  const compare = (read: TypedRows) => {
    expect(read.columns).toEqual(records[0]);
    expect(asCells(read, records)).toEqual(records.slice(1));
  };
  await count(list, "rows.parquet", ...options);
  compare(await inHyparquet("rows.parquet"));
  compare(await inDuckDb("rows.parquet"));
  for (const path of ["rows.arrow", "rows.feather", "rows.arrows"]) {
    await count(list, path, ...options);
    compare(inArrow(readFileSync(path)));
  }
}

const example = (name: string) => readFileSync(new URL(name, EXAMPLES), "utf8");

const KINDS = `name,layer,batch_size,in_channels,out_channels,l_in,d_in,h_in,w_in,kernel_size,stride,padding,output_padding,dilation,groups,bias,in_features,out_features
a,conv_transpose1d,2,8,4,9,,,,3,2,1,1,1,2,True,,
b,ConvTranspose2d,1,8,4,,,9,7,"(3, 5)","[2, 1]","1, 0",0,1,4,0,,
c,nn.ConvTranspose3d,1,2,4,,5,6,7,3,1,0,0,"(1, 2, 1)",1,false,,
d,conv1d,0,8,4,9,,,,3,1,same,,1,1,FALSE,,
e,torch.nn.Conv2d,1,8,4,,,9,7,3,2,valid,,1,1,1,,
f,conv3d,3,8,4,,9,7,5,2,1,"(1, 0, 1)",,1,4,true,,
g,Linear,7,,,,,,,,,,,,,true,1000,10
`;

/** The dimensions of kernels are numbers here, so they have columns of numbers. */
const DIMENSIONS = `layer,in_channels,out_channels,l_in,h_in,w_in,kernel_size,kernel_size.h,kernel_size.w
conv1d,8,4,9,,,3,,
conv2d,8,4,,9,7,,3,5
`;

const TEXTS = [
  "plain",
  '"a, ""quoted"" text"',
  '"two\nlines"',
  '"""quotes"""',
  "",
  '""',
  "żółć 🦎 日本",
  " spaces ",
  "007",
  "NULL",
  '"\t"',
];

describe("a list in columns has the rows of the CSV", () => {
  it("with the layers of real networks, and all results", async () => {
    writeFileSync("list.csv", example("real-layers.csv"));
    await expectSameRows("list.csv", "--columns", "all");
  });

  it("with a sample rate as a column", async () => {
    const list = "in_channels,out_channels,kernel_size,l_in,bits,sample_rate";
    const rates = ["22050", "689.0625", "22050/32", "30000/1001", "0.1", " 44100 "];
    writeFileSync("list.csv", `${list}\n${rates.map((rate) => `3,5,7,9,8,${rate}\n`).join("")}`);
    await expectSameRows("list.csv", "--columns", "macs,macs_per_second,arithmetic_intensity");
  });

  it("with kinds that are mixed, and all results", async () => {
    writeFileSync("list.csv", example("mixed-layers.csv"));
    await expectSameRows("list.csv", "--columns", "all");
    writeFileSync("list.csv", KINDS);
    await expectSameRows("list.csv", "--columns", "all");
    writeFileSync("list.csv", DIMENSIONS);
    await expectSameRows("list.csv", "--columns", "all");
  });

  it.each(["conv_transpose1d", "conv1d"])("with values in every spelling, of %s", async (kind) => {
    const rows = [
      "8,4,3,9,1,True",
      ' 8 ,"(4,)",[3],"9",(1),FALSE',
      '"8",4,"3",9,0,1',
      "1,1,1,1,0,0",
    ];
    writeFileSync(
      "list.csv",
      `in_channels,out_channels,kernel_size,l_in,padding,bias\n${rows.join("\n")}`,
    );
    await expectSameRows("list.csv", "--layer", kind);
  });

  it("with texts of any form in copied columns", async () => {
    const header = "label,in_channels,out_channels,kernel_size,l_in,note";
    const rows = TEXTS.flatMap((text, i) => [
      `${text},1,${i + 1},3,8,${TEXTS.at(-1 - i)}\r`,
      `${text},1,${i + 1},3,8,`,
    ]);
    writeFileSync("list.csv", `\ufeff${header}\r\n${rows.join("\n")}`);
    await expectSameRows("list.csv");
  });

  it("with a byte order mark in a copied column, which only some readers keep", async () => {
    writeFileSync("list.csv", "in_channels,out_channels,kernel_size,l_in,name\n1,1,3,9,\ufeffa\n");
    await count("list.csv", "rows.parquet");
    const { rows } = await queried("SELECT strlen(name), name[1] = chr(65279) FROM 'rows.parquet'");
    expect(rows).toEqual([[4n, true]]);
    await count("list.csv", "rows.arrow");
    expect(readFileSync("rows.arrow").includes("\ufeffa")).toBe(true);
  });

  it("with old results, which are replaced or compared", async () => {
    writeFileSync("list.csv", example("mixed-layers.csv"));
    await count("list.csv", "counted.csv", "--columns", "macs,params,zero_insertion_waste");
    await expectSameRows("counted.csv", "--columns", "l_out,macs");
    await expectSameRows("counted.csv", "--columns", "l_out,macs", "--verify-results");
  });

  it("with rejected layers and blank lines", async () => {
    const rows = ["1,1,3,9,0", "", "1,1,3,1,9", "4,4,3,9,1", "\r", "4,4,3,9,0"];
    writeFileSync(
      "list.csv",
      `in_channels,out_channels,kernel_size,l_in,padding\n${rows.join("\n")}`,
    );
    await expectSameRows("list.csv", "--skip-invalid");
  });

  it("with a name that is a parameter's but is copied", async () => {
    writeFileSync("list.csv", "in_channels,out_channels,kernel_size,l_in,Stride\n1,1,3,9,x\n");
    await expectSameRows("list.csv", "--carry", "Stride");
  });

  it("with errors in a last column", async () => {
    const rows = [
      "good,Conv1d,1,1,3,9,1,true",
      "rule,Conv1d,1,1,30,9,1,true",
      '"a, ""b""\nż",Conv1d,2,1,3,9,0,True',
      "too,few",
      "kind,Conv9d,1,1,3,9,1,true",
      ",Conv1d,1,1,3,9,1,true",
      ...Array(50).fill("rule,Conv1d,1,1,30,9,1,false"),
      "last,ConvTranspose1d,1,1,3,9,1,false",
    ];
    const header = "name,layer,in_channels,out_channels,kernel_size,l_in,stride,bias";
    writeFileSync("list.csv", `${header}\n${rows.join("\n")}\n`);
    await expectSameRows("list.csv", "--errors", "row");
    // Threads count these, and decode the rows.
    await expectSameRows("list.csv", "--errors", "row", "--method", "simulate");
  });

  it("with no row", async () => {
    writeFileSync("list.csv", "name,in_channels,out_channels,kernel_size,l_in\n");
    await expectSameRows("list.csv");
    await expectSameRows("list.csv", "--errors", "row");
  });
});

describe("a row with an error in columns", () => {
  it("has no value for a parameter that is not a value of its column", async () => {
    const list = "in_channels,out_channels,kernel_size,l_in,bias\n1,x,3,-9,yes\n1,1,3,9,1\n";
    writeFileSync("list.csv", list);
    for (const path of ["rows.parquet", "rows.arrow"]) {
      await count("list.csv", path, "--errors", "row", "--columns", "macs");
      const { rows } = path.endsWith("t") ? await inHyparquet(path) : inArrow(readFileSync(path));
      expect(rows.map((row) => row.map((value) => value ?? null))).toEqual([
        [1, null, 3, -9, null, null, expect.stringContaining("list.csv:2: out_channels")],
        [1, 1, 3, 9, true, 27n, null],
      ]);
    }
  });
});

describe("a list of another form in columns", () => {
  const ROWS = [
    {
      name: "é, 1",
      in_channels: 3,
      out_channels: 5,
      kernel_size: 7,
      l_in: 11,
      bias: true,
      part: 0.5,
    },
    {
      name: "",
      in_channels: 4,
      out_channels: 6,
      kernel_size: 8,
      l_in: 12,
      bias: false,
      part: null,
    },
    { name: null, in_channels: 4, out_channels: 6, kernel_size: 8, l_in: 12, bias: false, part: 7 },
  ];
  const columnOf = (name: keyof (typeof ROWS)[number], type: arrow.DataType) => ({
    type,
    cells: ROWS.map((row) => row[name]),
  });
  const table = () => ({
    name: columnOf("name", new arrow.Utf8()),
    in_channels: columnOf("in_channels", new arrow.Int32()),
    out_channels: columnOf("out_channels", new arrow.Int32()),
    kernel_size: columnOf("kernel_size", new arrow.Int32()),
    l_in: columnOf("l_in", new arrow.Int32()),
    bias: columnOf("bias", new arrow.Bool()),
    part: columnOf("part", new arrow.Float64()),
  });
  const literal = (value: unknown) =>
    typeof value === "string" ? `'${value}'` : value === null ? "NULL" : String(value);
  const query = ROWS.map(
    (row) => `SELECT ${Object.entries(row).map(([name, value]) => `${literal(value)} AS ${name}`)}`,
  ).join(" UNION ALL ");
  const json = ROWS.map((row) => JSON.stringify(row)).join("\n");
  const FORMS: readonly (readonly [string, () => Uint8Array | string | Promise<Uint8Array>])[] = [
    ["list.tsv", () => `name\tin_channels\tout_channels\tkernel_size\tl_in\n"a\tb"\t3\t5\t7\t9\n`],
    ["list.jsonl", () => json],
    ["list.json", () => JSON.stringify(ROWS)],
    ["list.jsonl.gz", () => gzipSync(json)],
    ["list.parquet", () => parquetBytes(query)],
    ["list.arrow", () => arrowBytes(table(), "file")],
    ["list.arrows", () => arrowBytes(table())],
  ];

  it.each(FORMS)("has the rows of the CSV: %s", async (path, make) => {
    writeFileSync(path, await make());
    await expectSameRows(path);
  });
});

describe("a file of a list in columns", () => {
  const LIST =
    "name,in_channels,out_channels,kernel_size,l_in\nup1,512,256,16,32\nup2,256,128,16,256\n";

  it("says which list it is, and what its results are", async () => {
    writeFileSync("list.csv", KINDS);
    const expectDescribed = (text: string | undefined, format: string) => {
      const described = JSON.parse(text as string);
      expect(described).toMatchObject({
        version: expect.stringMatching(/^\d+\.\d+\.\d+/),
        list: {
          "the list": "list.csv",
          "the layer": "in the column layer",
          "the columns": "macs,params",
          bits: "8",
          "the format": format,
        },
      });
    };
    const options = ["--columns", "macs,params", "--bits", "8"];
    await count("./list.csv", "rows.parquet", ...options);
    const { key_value_metadata } = parquetMetadata(
      Uint8Array.from(readFileSync("rows.parquet")).buffer,
    );
    const value = key_value_metadata?.find(({ key }) => key === "upsweep")?.value;
    expectDescribed(value, "parquet");
    const { macs, params } = JSON.parse(value as string).columns;
    expect(macs.unit).toBe("MACs");
    // Families differ in the formula, so each is named with its kinds.
    expect(params.formula).toMatch(/^conv_transpose1d, .*: .*; linear: .*out_features$/);
    await count("list.csv", "rows.arrow", ...options);
    const { schema } = arrow.tableFromIPC(readFileSync("rows.arrow"));
    expectDescribed(schema.metadata.get("upsweep"), "feather");
    const field = schema.fields.find(({ name }) => name === "params");
    expect(field?.metadata.get("formula")).toBe(params.formula);
  });

  it("has pages without compression if asked, and not for other formats", async () => {
    writeFileSync("list.csv", LIST);
    for (const [option, codec] of [
      ["none", "UNCOMPRESSED"],
      ["snappy", "SNAPPY"],
    ] as const) {
      await count("list.csv", "rows.parquet", "--compression", option);
      const { row_groups } = parquetMetadata(Uint8Array.from(readFileSync("rows.parquet")).buffer);
      const codecs = row_groups.flatMap((group) =>
        group.columns.map(({ meta_data }) => meta_data?.codec),
      );
      expect([...new Set(codecs)]).toEqual([codec]);
    }
    for (const option of [["--compression", "none"], ["--unsigned"]]) {
      const { exitCode, stderr } = await said(["count", "--from", "list.csv", ...option]);
      expect([exitCode, stderr]).toEqual([
        2,
        expect.stringContaining(`${option[0]} is given, but the rows are csv.`),
      ]);
      const one = [
        "--in-channels",
        "1",
        "--out-channels",
        "1",
        "--kernel-size",
        "3",
        "--l-in",
        "2",
      ];
      expect(await said(["count", ...one, ...option])).toMatchObject({
        exitCode: 2,
        stderr: expect.stringContaining(`${option[0]} is for lists.`),
      });
    }
  });

  it("has no row of totals, and is not written to a terminal", async () => {
    writeFileSync("list.csv", LIST);
    expect(await said(["count", "--from", "list.csv", "--total", "-o", "x.arrow"])).toMatchObject({
      exitCode: 2,
      stderr: expect.stringContaining(
        "--total is given, but the rows are feather. Write the totals",
      ),
    });
    expect(await said(["count", "--from", "list.csv", "--format", "arrow"], true)).toMatchObject({
      exitCode: 2,
      stderr: expect.stringContaining(
        "the rows are arrow, and standard output is a terminal. Name",
      ),
    });
    await count("list.csv", "rows.parquet", "--total-to", "totals.json");
    expect(JSON.parse(readFileSync("totals.json", "utf8"))).toMatchObject({ layers: 2 });
  });

  it("refuses names that are given twice, as for CSV", async () => {
    writeFileSync("list.csv", "name,in_channels,out_channels,kernel_size,l_in,name\n");
    for (const path of ["x.csv", "x.parquet"])
      expect(await said(["count", "--from", "list.csv", "-o", path])).toMatchObject({
        exitCode: 2,
        stderr: expect.stringContaining("the column 'name' is given twice in the header"),
      });
    expect(readdirSync(".")).toEqual(["list.csv"]);
  });
});

describe("a count above 2^63 - 1", () => {
  const HUGE = "2147483647,2147483647,3,1";
  /** The first layer is rejected, and the third line is blank. */
  const LIST = `in_channels,out_channels,kernel_size,l_in,padding\n1,1,3,1,9\n\n1,1,3,1,0\n${HUGE},0\n`;
  const MACS = 3n * (2n ** 31n - 1n) ** 2n;
  const options = ["--columns", "macs", "--skip-invalid"];

  it("is refused in Parquet, with its row, column, value and the remedy", async () => {
    writeFileSync("list.csv", LIST);
    for (const more of [[], ["--workers", "1"], ["--check", "all"]])
      expect(
        await said(["count", "--from", "list.csv", "-o", "x.parquet", ...options, ...more]),
      ).toMatchObject({
        exitCode: 2,
        stderr: expect.stringContaining(
          `list.csv:5: macs is ${MACS}, which exceeds 2^63 - 1. Write all counts as unsigned ` +
            "integers with --unsigned, or write Arrow.",
        ),
      });
    expect(readdirSync(".")).toEqual(["list.csv"]);
  });

  it("is written with --unsigned, and in Arrow", async () => {
    writeFileSync("list.csv", LIST);
    await count("list.csv", "rows.parquet", ...options, "--unsigned");
    expect((await inDuckDb("rows.parquet")).rows.at(-1)?.at(-1)).toBe(MACS);
    const { schema } = parquetMetadata(Uint8Array.from(readFileSync("rows.parquet")).buffer);
    expect(schema.at(-1)?.converted_type).toBe("UINT_64");
    await count("list.csv", "rows.arrow", ...options);
    expect(inArrow(readFileSync("rows.arrow")).rows.at(-1)?.at(-1)).toBe(MACS);
  });

  it("gets an error row with --errors row", async () => {
    writeFileSync("list.csv", LIST);
    await count("list.csv", "rows.parquet", "--columns", "macs", "--errors", "row");
    const { rows } = await inHyparquet("rows.parquet");
    expect(rows.map((row) => row.slice(-2))).toEqual(
      [
        [undefined, expect.stringContaining("list.csv:2: ")],
        [3n, undefined],
        [undefined, expect.stringContaining("list.csv:5: macs is 138")],
      ].map((row) =>
        row.map((value) => value ?? expect.toSatisfy((v) => v === null || v === undefined)),
      ),
    );
  });
});

describe("text that is not UTF-8", () => {
  const list = (...bytes: number[]) =>
    Buffer.concat([
      Buffer.from("in_channels,out_channels,kernel_size,l_in,name\n1,1,3,9,good\n1,1,3,9,caf"),
      Buffer.from(bytes),
      Buffer.from("\n1,1,3,9,good\n"),
    ]);

  it("is refused in columns, with its row and column", async () => {
    writeFileSync("list.csv", list(0xe9));
    for (const path of ["x.parquet", "x.arrow"])
      expect(await said(["count", "--from", "list.csv", "-o", path])).toMatchObject({
        exitCode: 2,
        stderr: expect.stringContaining(
          "list.csv:3: name is 'caf\ufffd', which is not UTF-8. Save the list as UTF-8, or write CSV",
        ),
      });
    expect(readdirSync(".")).toEqual(["list.csv"]);
    await count("list.csv", "rows.arrow", "--errors", "row", "--columns", "macs");
    expect(inArrow(readFileSync("rows.arrow")).rows.map((row) => row.slice(4))).toEqual([
      ["good", 27n, null],
      ["caf\ufffd", null, expect.stringContaining("which is not UTF-8")],
      ["good", 27n, null],
    ]);
  });
});

describe("a list that fails", () => {
  it("leaves no file of columns", async () => {
    const good = "1,1,3,9\n".repeat(200_000);
    writeFileSync("list.csv", `in_channels,out_channels,kernel_size,l_in\n${good}1,1,0,9\n`);
    for (const path of ["x.parquet", "x.arrow", "x.arrows"])
      expect(await said(["count", "--from", "list.csv", "-o", path])).toMatchObject({
        exitCode: 2,
        stderr: expect.stringContaining("list.csv:200002: kernel_size cannot be 0."),
      });
    expect(readdirSync(".")).toEqual(["list.csv"]);
  });

  it("leaves no file of columns when it is interrupted", async () => {
    const child = spawn(process.execPath, [BINARY, "count", "--from", "-", "-o", "x.parquet"]);
    onTestFinished(() => void child.kill("SIGKILL"));
    let stderr = "";
    child.stderr.on("data", (text) => (stderr += text));
    // The rest of the list is not read.
    child.stdin.on("error", () => {});
    child.stdin.write("in_channels,out_channels,kernel_size,l_in\n");
    child.stdin.write("1,1,3,9\n".repeat(300_000));
    await expect.poll(() => existsSync("x.parquet.partial"), { timeout: 20_000 }).toBe(true);
    child.kill("SIGINT");
    expect(await new Promise((resolve) => child.on("exit", resolve))).toBe(130);
    expect(stderr).toContain("x.parquet was not written.");
    expect(readdirSync(".")).toEqual([]);
  });
});

describe("a pipe", () => {
  it.each(["parquet", "arrow", "feather"])("gets columns with --format %s", async (format) => {
    const { stdout, stderr, status } = spawnSync(
      process.execPath,
      [BINARY, "count", "--from", "-", "--columns", "macs", "--format", format],
      { input: `name,in_channels,out_channels,kernel_size,l_in\n${"a,1,1,3,9\n".repeat(1000)}` },
    );
    expect([status, stderr.toString()]).toEqual([0, expect.stringContaining("1,000 rows")]);
    writeFileSync("rows", stdout);
    const { rows } = format === "parquet" ? await inDuckDb("rows") : inArrow(stdout);
    expect(rows).toEqual(Array(1000).fill(["a", 1, 1, 3, 9, 27n]));
  });

  it("may close before it has read all rows", () => {
    const list = `in_channels,out_channels,kernel_size,l_in\n${"1,1,3,9\n".repeat(300_000)}`;
    writeFileSync("list.csv", list);
    const command = `"${process.execPath}" "${BINARY}" count --from list.csv --format arrow`;
    const { status, stderr } = spawnSync("bash", ["-c", `${command} | head -c 100 > /dev/null`]);
    expect([status, stderr.toString()]).toEqual([0, ""]);
  });
});
