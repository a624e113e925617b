/** A batch of rows, as the library returns it: columns of numbers, from which rows are made. */
import { type ForJson, type JsonValue, withJson } from "../../columns/results.js";
import { isResultName, type LayerRow, type ResultName } from "../../columns/table.js";
import { arrowStream } from "../../formats/arrow/stream.js";
import { anyParameter } from "../../layers/kinds.js";
import type { TypedColumn } from "../../plan/value-types.js";
import type { ColumnArray, GatheredColumn } from "./gather.js";

/**
 * One row. Parameters are numbers (bias is a boolean), results are exact integers, and decimals are
 * the nearest number. A column has the same type in every row; it is null only where a tool gives
 * no answer. Requested variables are bigints (`sample_rate` is a number), and the name of the grid
 * is a string. In layers with several dimensions, parameters are named like their columns.
 * JSON.stringify writes every bigint as a string, whatever its size.
 */
export type Row<C extends ResultName = ResultName> = LayerRow<C> &
  ForJson<Readonly<Record<string, JsonValue>>>;

/**
 * Consecutive rows of a sweep, as columns: a typed array for each, which belongs to the caller.
 * Iterating yields one object per row.
 */
export class RowBatch<C extends ResultName = ResultName> implements Iterable<Row<C>> {
  /** The columns of a row, in order. */
  readonly columns: readonly string[];
  readonly rowCount: number;
  readonly #typed: readonly TypedColumn[];
  readonly #gathered: readonly GatheredColumn[];

  constructor(
    typed: readonly TypedColumn[],
    rowCount: number,
    gathered: readonly GatheredColumn[],
  ) {
    this.columns = typed.map(({ name }) => name);
    this.rowCount = rowCount;
    this.#typed = typed;
    this.#gathered = gathered;
  }

  /**
   * A column as an array with an entry for each row. Parameters are an Int32Array; booleans a
   * Uint8Array of 0 and 1; counts a BigUint64Array; counts that can be negative, variables and
   * `sample_rate` a BigInt64Array; decimals, and sample rates that are fractions, a Float64Array;
   * names, and paddings if one of them is a word, an array of strings. An entry without a value is 0
   * (see `validity`).
   *
   * @throws RangeError if the batch has no such column.
   */
  column(name: "bias"): Uint8Array;
  column(name: ResultName | (string & {})): ColumnArray;
  column(name: string): ColumnArray {
    return this.#columnOf(name).values;
  }

  /**
   * Which rows of a column have a value: a bit for each row, from the lowest bit of the first byte,
   * as in Arrow. Undefined if every row has one. Only the columns of some tools miss values.
   *
   * @throws RangeError if the batch has no such column.
   */
  validity(name: ResultName | (string & {})): Uint8Array | undefined {
    return this.#columnOf(name).validity;
  }

  #columnOf(name: string): GatheredColumn {
    const column = this.#gathered[this.columns.indexOf(name)];
    if (!column) throw new RangeError(`the batch has no column ${JSON.stringify(name)}`);
    return column;
  }

  /**
   * The batch as an Arrow IPC stream of one record batch, which `tableFromIPC` of apache-arrow reads,
   * or `pyarrow.ipc.open_stream`.
   */
  toArrow(): Uint8Array {
    return arrowStream(this.#typed, this.rowCount, this.#gathered);
  }

  /** The rows as CSV, without a header. */
  get csv(): Uint8Array {
    const texts = this.#typed.map((_, i) => this.#cellOf(i, textOf));
    const lines = Array.from(
      { length: this.rowCount },
      (_, row) => `${texts.map((text) => text(row)).join(",")}\n`,
    );
    return new TextEncoder().encode(lines.join(""));
  }

  *[Symbol.iterator](): Generator<Row<C>> {
    const cells = this.#typed.map((_, i) => this.#cellOf(i, rowValueOf));
    for (let i = 0; i < this.rowCount; i++) {
      const row: Record<string, unknown> = {};
      for (const [column, name] of this.columns.entries())
        row[name] = (cells[column] as (row: number) => unknown)(i);
      yield withJson(row) as unknown as Row<C>;
    }
  }

  /** A function from a row to its cell in column `i`. */
  #cellOf<T>(i: number, cellOf: (column: TypedColumn, value: unknown) => T): (row: number) => T {
    const [typed, { values, validity }] = [
      this.#typed[i] as TypedColumn,
      this.#gathered[i] as GatheredColumn,
    ];
    return (row) => {
      const hasValue = !validity || ((validity[row >> 3] as number) >> (row & 7)) & 1;
      return cellOf(typed, hasValue ? values[row] : null);
    };
  }
}

/** The text of a cell in CSV. */
function textOf({ type }: TypedColumn, value: unknown): string {
  if (value === null) return "";
  return type === "boolean" ? String(value === 1) : String(value);
}

/** The value of a cell in a row. */
function rowValueOf({ name, type }: TypedColumn, value: unknown): unknown {
  if (value === null) return null;
  if (type === "boolean") return value === 1;
  if (name === "sample_rate") return Number(value);
  // A padding is a number unless it is a word.
  if (type === "text" && anyParameter(name))
    return /^[0-9]/.test(String(value)) ? Number(value) : value;
  // Settings and variables are bigints.
  return type === "int32" && !anyParameter(name) && !isResultName(name)
    ? BigInt(value as number)
    : value;
}
