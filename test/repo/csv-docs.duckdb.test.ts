/** upsweep's CSV in DuckDB, without declared types. */
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { DuckDBInstance } from "@duckdb/node-api";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { column } from "../../src/columns/table.ts";
import { sweepToFile } from "../../src/library/sweep.ts";
import type { Summary } from "../../src/run/output/summary.ts";
import { ALL_RESULTS } from "../support/layers.ts";

const vocoder = fileURLToPath(new URL("../../examples/vocoder.yaml", import.meta.url));
let folder: string;

beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), "upsweep-duckdb-"));
});
afterAll(() => rmSync(folder, { recursive: true, force: true }));

async function query(sql: string): Promise<Record<string, unknown>[]> {
  const instance = await DuckDBInstance.create(":memory:", { threads: "2" });
  const connection = await instance.connect();
  const reader = await connection.runAndReadAll(sql);
  const rows = reader.getRowObjects();
  connection.closeSync();
  instance.closeSync();
  return rows;
}

describe("DuckDB reading a sweep", () => {
  let file: string;
  let summary: Summary;

  beforeAll(async () => {
    file = join(folder, "vocoder.csv");
    summary = await sweepToFile(vocoder, file);
  });

  it("finds every row of the vocoder space, more than 5 million", async () => {
    const [row] = await query(`SELECT count(*) AS n FROM '${file}'`);
    expect(row?.n).toBe(summary.rows);
    expect(summary.rows).toBeGreaterThan(5_000_000n);
    expect(summary.size).toBe(
      summary.rows + [...summary.rejected.values()].reduce((sum, count) => sum + count, 0n),
    );
  });

  it("reads every count as an integer and the bias as a boolean, without empty cells", async () => {
    const types = await query(`DESCRIBE SELECT * FROM '${file}'`);
    for (const { column_name, column_type } of types) {
      expect(`${column_name} ${column_type}`).toBe(
        `${column_name} ${column_name === "bias" ? "BOOLEAN" : "BIGINT"}`,
      );
    }
    const [row] = await query(
      `SELECT count(*) AS n FROM '${file}' WHERE l_out IS NULL OR ops IS NULL OR macs IS NULL OR params IS NULL`,
    );
    expect(row?.n).toBe(0n);
  });

  it("computes the same output length and parameters itself", async () => {
    const [row] = await query(`
      SELECT count(*) AS n FROM '${file}'
      WHERE l_out <> (l_in - 1) * stride - 2 * padding + dilation * (kernel_size - 1) + output_padding + 1
         OR params <> in_channels // groups * out_channels * kernel_size + bias::INT * out_channels
         OR padding = 0 AND macs <> batch_size * (in_channels // groups) * out_channels * l_in * kernel_size`);
    expect(row?.n).toBe(0n);
  });

  it("reads every result column as its type, and empty cells as NULL in an integer column", async () => {
    const all = join(folder, "all.csv");
    const axes = {
      in_channels: [2, 64],
      out_channels: [2, 64],
      kernel_size: "1..9:2",
      stride: "1..4",
      padding: "0..2",
      output_padding: [0, 1, 2],
      l_in: "1..33:8",
    };
    await sweepToFile({ axes, columns: ["all"] }, all);
    const types = await query(`DESCRIBE SELECT ${ALL_RESULTS.join(", ")} FROM '${all}'`);
    const wanted = { u64: "BIGINT", i64: "BIGINT", boolean: "BOOLEAN", decimal: "DOUBLE" };
    expect(types.map(({ column_type }) => column_type)).toEqual(
      ALL_RESULTS.map((name) => wanted[column(name).type]),
    );
    const [row] = await query(
      `SELECT count(*) FILTER (moduleprofiler IS NULL) AS missing, count(moduleprofiler) AS answered FROM '${all}'`,
    );
    expect([row?.missing, row?.answered].every((n) => (n as bigint) > 0n)).toBe(true);
  });
});

describe("DuckDB reading counts beyond 2^63, as docs/csv.md says", () => {
  it("rounds them in a column whose type it guesses, and is exact in a column with a declared type", async () => {
    const file = join(folder, "large.csv");
    const largest = 2 ** 31 - 1;
    await sweepToFile(
      {
        axes: { in_channels: [1, largest], out_channels: largest, kernel_size: 1, l_in: "1..3" },
        columns: ["macs"],
      },
      file,
    );
    const [guessed] = await query(`SELECT typeof(max(macs)) AS type FROM '${file}'`);
    expect(guessed?.type).toBe("DOUBLE");
    const macs = BigInt(largest) ** 2n;
    const [named] = await query(
      `SELECT max(macs) AS max FROM read_csv('${file}', types = {'macs': 'UBIGINT'})`,
    );
    expect(named?.max).toBe(3n * macs);
    const [wide] = await query(
      `SELECT sum(macs) AS total FROM read_csv('${file}', types = {'macs': 'HUGEINT'})`,
    );
    expect(wide?.total).toBe(6n * macs + 6n * BigInt(largest));
  });
});
