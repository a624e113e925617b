/** Sweeps into Parquet and Arrow: the values of the CSV, in two readers of each. */
import { readFileSync, statSync, writeFileSync } from "node:fs";
import { tableFromIPC as readWithFlechette } from "@uwdata/flechette";
import { tableFromIPC } from "apache-arrow";
import { parquetMetadata, parquetReadObjects } from "hyparquet";
import { describe, expect, it } from "vitest";
import { inTemporaryFolder, said } from "../support/cli.ts";
import { queried } from "../support/tables.ts";
import { SPECS } from "../support/typed-specs.ts";

inTemporaryFolder();

/** The cells of a CSV, without its header. A cell in quotes has no comma here. */
function cellsOf(csv: string): string[][] {
  const [, ...lines] = csv.trimEnd().split("\n");
  return lines.map((line) =>
    line.split(",").map((cell) => cell.replace(/^"(.*)"$/, "$1").replaceAll('""', '"')),
  );
}

/** The text that a value has in the CSV. */
function textOf(value: unknown): string {
  return value === null || value === undefined ? "" : String(value);
}

async function sweepTo(path: string, ...options: string[]): Promise<void> {
  const { exitCode, stderr } = await said([
    "sweep",
    "spec.json",
    "-o",
    path,
    "--force",
    ...options,
  ]);
  expect([exitCode, stderr]).toEqual([0, expect.stringContaining(path)]);
}

describe.each(Object.entries(SPECS))("a sweep with %s", (_, spec) => {
  const write = async (): Promise<{ columns: string[]; cells: string[][] }> => {
    writeFileSync("spec.json", JSON.stringify(spec));
    await sweepTo("rows.csv");
    const csv = readFileSync("rows.csv", "utf8");
    return { columns: csv.slice(0, csv.indexOf("\n")).split(","), cells: cellsOf(csv) };
  };

  it("has the values of the CSV in Parquet, as hyparquet and DuckDB read it", async () => {
    const { columns, cells } = await write();
    await sweepTo("rows.parquet");
    const file = Uint8Array.from(readFileSync("rows.parquet")).buffer;
    const rows = await parquetReadObjects({ file });
    expect(rows.map((row) => columns.map((name) => textOf(row[name])))).toEqual(cells);
    const read = await queried("SELECT * FROM 'rows.parquet'");
    expect(read.columns).toEqual(columns);
    expect(read.rows.map((row) => row.map(textOf))).toEqual(cells);
  });

  it.each(["rows.arrow", "rows.feather", "rows.arrows"])(
    "has the values of the CSV in %s, as two readers of Arrow read it",
    async (path) => {
      const { columns, cells } = await write();
      await sweepTo(path);
      const bytes = readFileSync(path);
      const table = tableFromIPC(bytes);
      expect(table.schema.fields.map(({ name }) => name)).toEqual(columns);
      const inArrow = Array.from({ length: table.numRows }, (_, row) =>
        columns.map((_, i) => textOf(table.getChildAt(i)?.get(row))),
      );
      expect(inArrow).toEqual(cells);
      const flechette = readWithFlechette(bytes, { useBigInt: true });
      const inFlechette = Array.from({ length: flechette.numRows }, (_, row) =>
        columns.map((_, i) => textOf(flechette.getChildAt(i)?.at(row))),
      );
      expect(inFlechette).toEqual(cells);
    },
  );
});

describe("a file of columns", () => {
  const GROUP = 131_072;

  it.each([1, GROUP - 1, GROUP, GROUP + 1, 3 * GROUP])(
    "has row groups of 131,072 rows, and the rest in the last one: %d rows",
    async (rows) => {
      writeFileSync(
        "spec.json",
        JSON.stringify({
          axes: { in_channels: 4, out_channels: 4, kernel_size: 3, l_in: `1..${rows}` },
        }),
      );
      await sweepTo("rows.parquet");
      const metadata = parquetMetadata(Uint8Array.from(readFileSync("rows.parquet")).buffer);
      const full = Array(Math.floor(rows / GROUP)).fill(BigInt(GROUP));
      const rest = rows % GROUP === 0 ? [] : [BigInt(rows % GROUP)];
      expect(metadata.row_groups.map(({ num_rows }) => num_rows)).toEqual([...full, ...rest]);
      await sweepTo("rows.arrow");
      const lengths = tableFromIPC(readFileSync("rows.arrow")).batches.map(
        ({ numRows }) => numRows,
      );
      expect(lengths.map(BigInt)).toEqual([...full, ...rest]);
    },
  );

  it("has the same bytes for 1, 2 and 5 workers, and for both methods", async () => {
    writeFileSync(
      "spec.json",
      JSON.stringify({
        axes: {
          l_in: "1..40",
          kernel_size: "1..8",
          stride: [1, 2, 3],
          in_channels: "1..24",
          out_channels: "1..20",
          groups: "divisors(in_channels)",
        },
        where: "macs % 7 != 3",
        columns: ["macs", "ops", "moduleprofiler", "zero_insertion_waste"],
      }),
    );
    for (const path of ["rows.parquet", "rows.arrow"]) {
      await sweepTo(path, "--workers", "1");
      const expected = readFileSync(path);
      expect(statSync(path).size).toBeGreaterThan(100_000);
      for (const options of [
        ["--workers", "2"],
        ["--workers", "5"],
        ["--method", "simulate"],
      ]) {
        await sweepTo(path, ...options);
        expect(readFileSync(path).equals(expected)).toBe(true);
      }
    }
  });

  it("has the unit, meaning and formula of each result as metadata", async () => {
    writeFileSync("spec.json", JSON.stringify(SPECS["decimals, settings and negative variables"]));
    await sweepTo("rows.parquet");
    const { key_value_metadata, created_by } = parquetMetadata(
      Uint8Array.from(readFileSync("rows.parquet")).buffer,
    );
    expect(created_by).toMatch(/^upsweep version \d+\.\d+\.\d+ \(build [0-9a-f]{64}\)$/);
    const value = key_value_metadata?.find(({ key }) => key === "upsweep")?.value;
    const { columns, sweep } = JSON.parse(value as string);
    expect(columns.macs_per_second).toMatchObject({
      unit: "MACs/s",
      formula: expect.stringContaining("sample_rate"),
    });
    expect(sweep["the layer"]).toBe("conv_transpose1d");
    await sweepTo("rows.arrow");
    const { schema } = tableFromIPC(readFileSync("rows.arrow"));
    const field = schema.fields.find(({ name }) => name === "macs_per_second");
    expect(field?.metadata.get("unit")).toBe("MACs/s");
    const { "the compression of pages": _, "the type of counts": __, ...rest } = sweep;
    expect(JSON.parse(schema.metadata.get("upsweep") as string).sweep).toEqual({
      ...rest,
      "the format": "feather",
    });
  });

  it("has pages without compression, and unsigned counts, if asked", async () => {
    writeFileSync("spec.json", JSON.stringify(SPECS["counts above 2^63"]));
    const describe = async (...options: string[]) => {
      await sweepTo("rows.parquet", ...options);
      const { schema, row_groups } = parquetMetadata(
        Uint8Array.from(readFileSync("rows.parquet")).buffer,
      );
      const types = Object.fromEntries(
        schema.map(({ name, converted_type = "none" }) => [name, converted_type]),
      );
      const codecs = row_groups.flatMap((group) =>
        group.columns.map(({ meta_data }) => meta_data?.codec),
      );
      return { macs: types.macs, params: types.params, codecs: [...new Set(codecs)] };
    };
    expect(await describe()).toEqual({ macs: "UINT_64", params: "none", codecs: ["SNAPPY"] });
    expect(await describe("--compression", "none", "--unsigned")).toEqual({
      macs: "UINT_64",
      params: "UINT_64",
      codecs: ["UNCOMPRESSED"],
    });
    for (const option of [["--compression", "snappy"], ["--unsigned"]]) {
      const { exitCode, stderr } = await said(["sweep", "spec.json", "-o", "x.csv", ...option]);
      expect([exitCode, stderr]).toEqual([
        2,
        expect.stringContaining(`${option[0]} is given, but the rows are csv.`),
      ]);
    }
  });

  it("is not left behind by a sweep that fails", async () => {
    writeFileSync(
      "spec.json",
      JSON.stringify({
        axes: { in_channels: 2 ** 31 - 1, out_channels: 2 ** 31 - 1, kernel_size: [1, 9], l_in: 9 },
      }),
    );
    const { exitCode, stderr } = await said(["sweep", "spec.json", "-o", "failed.parquet"]);
    expect([exitCode, stderr]).toEqual([2, expect.stringContaining("exceeds 2^64 - 1")]);
    expect(() => statSync("failed.parquet")).toThrow("ENOENT");
    expect(() => statSync("failed.parquet.partial")).toThrow("ENOENT");
  });
});
