/** Lists as Parquet and Arrow: the same answers and errors as for the same list as CSV. */
import { spawnSync } from "node:child_process";
import { existsSync, openSync, readFileSync, writeFileSync } from "node:fs";
import { gzipSync } from "node:zlib";
import * as arrow from "apache-arrow";
import { beforeAll, describe, expect, it } from "vitest";
import { BINARY, inTemporaryFolder, said } from "../support/cli.ts";
import { arrowBytes, parquetBytes } from "../support/tables.ts";
import { words } from "../support/text.ts";

inTemporaryFolder();

const TABLES = ["layers.parquet", "layers.arrow", "layers.arrows"] as const;

/** A list with several kinds of layers, missing cells, labels that need quotes, and a tuple. */
const CSV = `name,layer,in_channels,out_channels,kernel_size,l_in,h_in,w_in,stride,bias,in_features,out_features,score
"up ""1"", first",ConvTranspose1d,512,256,16,32,,,8,true,,,0.5
"two
lines",conv1d,80,512,7,32,,,1,false,,,-2
größer 卷积,Conv2d,3,64,"(3, 5)",,32,16,2,True,,,100000000000000000000
,torch.nn.Linear,,,,,,,,True,64,10,
`;

/** The same list in SQL. Whole numbers are in columns of integers and of doubles. */
const QUERY = `
  SELECT * FROM (VALUES
    ('up "1", first', 'ConvTranspose1d', 512, 256.0::DOUBLE, '16', 32::UTINYINT,
      NULL::BIGINT, NULL::DECIMAL(9, 2), 8, 'true', NULL::FLOAT, NULL::UBIGINT, 0.5::DOUBLE),
    ('two' || chr(10) || 'lines', 'conv1d', 80, 512, '7', 32, NULL, NULL, 1, 'false', NULL, NULL, -2),
    ('größer 卷积', 'Conv2d', 3, 64, '(3, 5)', NULL, 32, 16, 2, 'True', NULL, NULL, 1e20),
    (NULL, 'torch.nn.Linear', NULL, NULL, NULL, NULL, NULL, NULL, NULL, 'True', 64, 10, NULL)
  ) t(name, layer, in_channels, out_channels, kernel_size, l_in, h_in, w_in, stride, bias,
      in_features, out_features, score)`;

const ARROW_COLUMNS = {
  name: {
    type: new arrow.Dictionary(new arrow.Utf8(), new arrow.Int16()),
    cells: ['up "1", first', "two\nlines", "größer 卷积", null],
  },
  layer: {
    type: new arrow.Utf8(),
    cells: ["ConvTranspose1d", "conv1d", "Conv2d", "torch.nn.Linear"],
  },
  in_channels: { type: new arrow.Int64(), cells: [512n, 80n, 3n, null] },
  out_channels: { type: new arrow.Float64(), cells: [256, 512, 64, null] },
  kernel_size: { type: new arrow.LargeUtf8(), cells: ["16", "7", "(3, 5)", null] },
  l_in: { type: new arrow.Uint8(), cells: [32, 32, null, null] },
  h_in: { type: new arrow.Uint32(), cells: [null, null, 32, null] },
  w_in: { type: new arrow.Float32(), cells: [null, null, 16, null] },
  stride: { type: new arrow.Int8(), cells: [8, 1, 2, null] },
  bias: { type: new arrow.Utf8View(), cells: ["true", "false", "True", "True"] },
  in_features: { type: new arrow.Uint64(), cells: [null, null, null, 64n] },
  out_features: { type: new arrow.Int16(), cells: [null, null, null, 10] },
  score: { type: new arrow.Float64(), cells: [0.5, -2, 1e20, null] },
};

beforeAll(async () => {
  writeFileSync("layers.csv", CSV);
  writeFileSync("layers.parquet", await parquetBytes(QUERY));
  writeFileSync("layers.arrow", arrowBytes(ARROW_COLUMNS, "file"));
  writeFileSync("layers.arrows", arrowBytes(ARROW_COLUMNS, "stream"));
});

/** The bytes that a command writes for a list. */
async function output(list: string, ...options: readonly string[]): Promise<string> {
  const { exitCode, stderr } = await said(
    words`count --from ${list} -o out --force --quiet ${options.join(" ")}`,
  );
  expect([list, exitCode, stderr]).toEqual([list, 0, ""]);
  return readFileSync("out", "utf8");
}

describe.each(TABLES)("a list as %s", (file) => {
  it.each([
    ["as CSV", "--columns l_out,macs,params"],
    ["as JSON Lines", "--columns l_out,macs,params --format jsonl"],
    ["as TSV, on several threads", "--columns macs --format tsv --workers 2"],
    ["row by row, with errors", "--columns macs --errors row"],
  ])("gives the same bytes as the CSV, %s", async (_, options) => {
    expect(await output(file, ...options.split(" "))).toBe(
      await output("layers.csv", ...options.split(" ")),
    );
  });

  it("gives the same through a pipe, as standard input, and packed", async () => {
    const expected = await output("layers.csv", ..."--columns macs".split(" "));
    const args = [BINARY, ...words`count --from - --columns macs --quiet`];
    const options = { encoding: "utf8" } as const;
    const bytes = readFileSync(file);
    expect(spawnSync(process.execPath, args, { ...options, input: bytes })).toMatchObject({
      stdout: expected,
      stderr: "",
    });
    const stdin = openSync(file, "r");
    expect(
      spawnSync(process.execPath, args, { ...options, stdio: [stdin, "pipe", "pipe"] }),
    ).toMatchObject({ stdout: expected, stderr: "" });
    writeFileSync("packed.gz", gzipSync(bytes));
    expect(await output("packed.gz", ..."--columns macs".split(" "))).toBe(expected);
  });

  it("is compared as the CSV is", async () => {
    const compared = async (list: string) => said(words`compare --from ${list} --quiet`);
    const [csv, table] = [await compared("layers.csv"), await compared(file)];
    expect(table.exitCode).toBe(csv.exitCode);
    const places = (text: string) =>
      text.replaceAll(/layers\.csv:(\d+)/g, (_, line) => {
        // The second row has two lines.
        const row = Number(line) - 1 - (Number(line) > 3 ? 1 : 0);
        return `${file}: row ${row}`;
      });
    expect(table.stdout.replaceAll(/ +/g, " ")).toBe(places(csv.stdout).replaceAll(/ +/g, " "));
  });

  it("has no delimiter", async () => {
    expect(await said(words`count --from ${file} --delimiter ;`)).toEqual({
      exitCode: 2,
      stdout: "",
      stderr: `upsweep: ${file} has no delimiter, but --delimiter is given. Remove it.\n`,
    });
  });
});

const HEADER = ["in_channels", "out_channels", "kernel_size", "l_in", "name"] as const;

/** Lists that are refused: rows, and the message without its location. */
const REFUSED: readonly (readonly [string, readonly (readonly unknown[])[], string, string])[] = [
  [
    "a decimal that is not whole",
    [
      [1, 1, 3, 2, "a\nb"],
      [1, 1, 2.5, 2, "c"],
    ],
    ": row 2",
    ": kernel_size cannot be '2.5'. Write a whole number in plain decimal digits, for example 16.",
  ],
  [
    "a number out of range",
    [
      [1, 1, 3, 2, "a"],
      [1, 1, 3, 2, "b"],
      [1, 1, 3, 0, "c"],
    ],
    ": row 3",
    ": l_in cannot be 0. Write a whole number from 1 to 2147483647.",
  ],
  [
    "a negative number",
    [[1, 1, 3, -7, "a"]],
    ": row 1",
    ": l_in cannot be -7. Write a whole number from 1 to 2147483647.",
  ],
  [
    "a missing value",
    [[1, null, 3, 2, "a"]],
    ": row 1",
    ": out_channels is empty. Write its value, or remove the column to use PyTorch's default.",
  ],
  [
    "a number that is not one",
    [[1, 1, Number.NaN, 2, "a"]],
    ": row 1",
    ": kernel_size cannot be 'NaN'. ",
  ],
];

describe("a list as Arrow or Parquet with", () => {
  it.each(REFUSED)("%s is refused with its row", async (_, rows, place, message) => {
    const columns = HEADER.map((name, i) => {
      const type = name === "name" ? new arrow.Utf8() : new arrow.Float64();
      return [name, { type, cells: rows.map((row) => row[i]) }] as const;
    });
    writeFileSync("bad.arrow", arrowBytes(Object.fromEntries(columns), "file"));
    const literal = (value: unknown) =>
      value === null
        ? "NULL"
        : typeof value === "string"
          ? `'${value}'`
          : `${Number.isNaN(value) ? "'NaN'" : value}::DOUBLE`;
    const values = rows.map((row) => `(${row.map(literal).join(", ")})`).join(", ");
    const query = `SELECT * FROM (VALUES ${values}) t(${HEADER.join(", ")})`;
    writeFileSync("bad.parquet", await parquetBytes(query));
    const csv = rows.map((row) =>
      row.map((value) => (typeof value === "string" ? `"${value}"` : (value ?? ""))).join(","),
    );
    writeFileSync("bad.csv", `${HEADER.join(",")}\n${csv.join("\n")}\n`);
    const messageOf = async (file: string) => {
      const { exitCode, stderr, stdout } = await said(
        words`count --from ${file} -o never.csv --columns macs --quiet`,
      );
      expect([exitCode, stdout, existsSync("never.csv")]).toEqual([2, "", false]);
      return stderr;
    };
    for (const file of ["bad.arrow", "bad.parquet"]) {
      const given = await messageOf(file);
      expect(given.slice(0, `upsweep: ${file}${place}${message}`.length)).toBe(
        `upsweep: ${file}${place}${message}`,
      );
      // The CSV has the same message, with its line.
      expect((await messageOf("bad.csv")).replace(/bad\.csv:\d+/, `${file}${place}`)).toBe(given);
    }
  });

  it("columns that are missing is refused without a row", async () => {
    writeFileSync("bad.parquet", await parquetBytes("SELECT 1 AS in_channels, 'x' AS name"));
    expect(await said(words`count --from bad.parquet`)).toMatchObject({
      exitCode: 2,
      stderr: expect.stringMatching(
        /^upsweep: bad\.parquet: the columns out_channels, l_in and kernel_size are missing from /,
      ),
    });
  });

  it("no rows has a header only", async () => {
    const columns = "1 AS in_channels, 1 AS out_channels, 1 AS kernel_size, 1 AS l_in";
    writeFileSync("none.parquet", await parquetBytes(`SELECT ${columns} WHERE false`));
    expect(await output("none.parquet", ..."--columns macs".split(" "))).toBe(
      "in_channels,out_channels,kernel_size,l_in,macs\n",
    );
  });

  it.each([
    ["text.parquet", "a Parquet file", ".parquet"],
    ["text.PQ", "a Parquet file", ".PQ"],
    ["text.arrow", "Arrow data", ".arrow"],
    ["text.arrows", "Arrow data", ".arrows"],
    ["text.feather", "Arrow data", ".feather"],
  ])("text in it is refused: %s", async (file, form, extension) => {
    for (const text of ["in_channels,l_in\n1,2\n", ""]) {
      writeFileSync(file, text);
      expect(await said(words`count --from ${file}`)).toEqual({
        exitCode: 2,
        stdout: "",
        stderr:
          `upsweep: ${file} is not ${form}, although its name ends in ${extension}. ` +
          "Check the file, or rename it if it has another form.\n",
      });
    }
  });
});

it("reads a Parquet list of several chunks and threads in order", async () => {
  const rows = 60_000;
  const query = `SELECT i + 1 AS in_channels, 1 AS out_channels, 3 AS kernel_size, 2 AS l_in,
    'layer ' || i AS name FROM range(${rows}) r(i)`;
  writeFileSync("long.parquet", await parquetBytes(query, ", ROW_GROUP_SIZE 20480"));
  const expected = Array.from(
    { length: rows },
    (_, i) => `${i + 1},1,3,2,layer ${i},${6 * (i + 1)}\n`,
  );
  expect(await output("long.parquet", ..."--columns macs --workers 2".split(" "))).toBe(
    `in_channels,out_channels,kernel_size,l_in,name,macs\n${expected.join("")}`,
  );
});
