/** Tables as Arrow and Parquet, written by other programs. */
import { readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { DuckDBInstance } from "@duckdb/node-api";
import * as arrow from "apache-arrow";

/** A column for the writer of the Arrow project. */
export interface MadeColumn {
  readonly type: arrow.DataType;
  readonly cells: readonly unknown[];
}

/** Writes columns with apache-arrow. */
export function arrowBytes(
  columns: Readonly<Record<string, MadeColumn>>,
  form: "stream" | "file" = "stream",
): Uint8Array {
  const vectors = Object.entries(columns).map(
    ([name, { type, cells }]) => [name, arrow.vectorFromArray(cells, type)] as const,
  );
  return arrow.tableToIPC(new arrow.Table(Object.fromEntries(vectors)), form);
}

/** Writes the result of a query as a Parquet file with DuckDB. Returns its bytes. */
export async function parquetBytes(query: string, options = ""): Promise<Uint8Array> {
  const path = join(tmpdir(), `upsweep-${process.pid}-${Math.random()}.parquet`);
  const instance = await DuckDBInstance.create(":memory:", { threads: "2" });
  const connection = await instance.connect();
  try {
    await connection.run(`COPY (${query}) TO '${path}' (FORMAT parquet${options})`);
    return new Uint8Array(readFileSync(path));
  } finally {
    connection.closeSync();
    instance.closeSync();
    rmSync(path, { force: true });
  }
}

/** The result of a query in DuckDB. */
export async function queried(query: string): Promise<{
  readonly columns: readonly string[];
  readonly rows: readonly (readonly unknown[])[];
}> {
  const instance = await DuckDBInstance.create(":memory:", { threads: "2" });
  const connection = await instance.connect();
  try {
    const reader = await connection.runAndReadAll(query);
    return { columns: reader.columnNames(), rows: reader.getRows() };
  } finally {
    connection.closeSync();
    instance.closeSync();
  }
}
