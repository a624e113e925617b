/**
 * A batch of rows, as the library returns it. It holds CSV bytes and parses them into objects
 * lazily.
 */
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
 * One row. Parameters are numbers (bias is a boolean), results are exact integers, and decimals are
 * the nearest number. A column has the same type in every row; it is null only where a tool gives
 * no answer. Requested variables are bigints (`sample_rate` is a number), and the name of the grid
 * is a string. In layers with several dimensions, parameters are named like their columns.
 * JSON.stringify writes every bigint as a string, whatever its size.
 */
export type Row<C extends ResultName = ResultName> = LayerRow<C> &
  ForJson<Readonly<Record<string, JsonValue>>>;

/** Consecutive rows of a sweep. Iterating yields one object per row. */
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
  // A sample rate can be a fraction.
  if (name === "sample_rate") return Number;
  if (!parameter) return BigInt;
  if (parameter.type === "boolean") return (text) => text === "true";
  // A padding can be the word same or valid.
  return (text) => (/^[0-9]/.test(text) ? Number(text) : text);
}
