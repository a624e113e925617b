/** A batch of rows as the library hands it out: CSV bytes at once, objects when they are asked for. */

import { type ForJson, type JsonValue, withJson } from "../../columns/results.js";
import {
  column,
  isResultName,
  type LayerRow,
  NAME_COLUMN,
  type ResultName,
  readCell,
} from "../../columns/table.js";
import { anyParameter } from "../../layers/kinds.js";

/**
 * One row: parameters as numbers (bias as boolean), results as exact integers, decimals as the nearest number; the same type for a
 * column every time, null only where a tool gives no answer. Variables that were asked for are there too, as bigint (`sample_rate` as
 * number), and the grid's name as string. (Of layers of several dimensions the parameters have the names of their columns.) JSON.stringify writes every
 * bigint as a string, whatever its size.
 */
export type Row<C extends ResultName = ResultName> = LayerRow<C> &
  ForJson<Readonly<Record<string, JsonValue>>>;

export class RowBatch<C extends ResultName = ResultName> implements Iterable<Row<C>> {
  /** The columns of a row, in order. */
  readonly columns: readonly string[];
  readonly rowCount: number;
  /** The rows as CSV, without a header. */
  readonly csv: Uint8Array;

  constructor(columns: readonly string[], rowCount: number, csv: Uint8Array) {
    this.columns = columns;
    this.rowCount = rowCount;
    this.csv = csv;
  }

  *[Symbol.iterator](): Generator<Row<C>> {
    const { columns } = this;
    const readers = columns.map(readerOf);
    for (const line of Buffer.from(this.csv.buffer, this.csv.byteOffset, this.csv.byteLength)
      .toString("utf8")
      .trimEnd()
      .split("\n")) {
      if (line === "") return;
      const cells = line.split(",");
      const row: Record<string, unknown> = {};
      for (const [i, name] of columns.entries())
        row[name] = (readers[i] as Reader)(cells[i] as string);
      yield withJson(row) as unknown as Row<C>;
    }
  }
}

type Reader = (text: string) => unknown;

function readerOf(name: string): Reader {
  if (name === NAME_COLUMN) return (text) => text;
  if (isResultName(name)) return (text) => readCell(column(name), text);
  const parameter = anyParameter(name);
  // A sample rate may be a fraction.
  if (name === "sample_rate") return Number;
  if (!parameter) return BigInt;
  return parameter.type === "boolean" ? (text) => text === "true" : Number;
}
