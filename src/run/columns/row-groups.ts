/**
 * Row groups: the rows of a sweep, cut into groups of exactly the same number of rows. Where the
 * answers of workers begin and end does not change a group. So neither does the number of workers.
 */
import type { ColumnBatch, ColumnRuns, ColumnValues } from "../../kernel/column-layout.js";
import { PADDING_SAME, PADDING_VALID, ROW_GROUP_ROWS } from "../../limits.js";
import type { TypedColumn, ValueType } from "../../plan/value-types.js";
import { GrowingRuns } from "./runs.js";

/** A column of a row group: a value for each row, or runs. Texts are numbers of a dictionary. */
export interface GroupColumn {
  readonly values: GroupVector | ColumnRuns;
  /** 1 for each row without a value, if the column is nullable and `values` is a vector. */
  readonly missing?: Uint8Array;
  /** The texts of the column, in the order of their first row. */
  readonly texts?: readonly string[];
}

export type GroupVector = Uint8Array | Int32Array | BigUint64Array | Float64Array;

export interface RowGroup {
  readonly rows: number;
  readonly columns: readonly GroupColumn[];
}

/** The bytes of a value. Texts are numbers of 32 bits. */
const WIDTHS: Readonly<Record<ValueType, number>> = {
  boolean: 1,
  int32: 4,
  int64: 8,
  uint64: 8,
  double: 8,
  text: 4,
};

/** The bytes of a row group, at most. */
const GROUP_BYTES = 16 * 1024 * 1024;

/** The rows of every group but the last: a power of two that depends on the columns only. */
export function rowsOfGroup(columns: readonly TypedColumn[]): number {
  const ofRow = columns.reduce(
    (sum, { type, isNullable }) => sum + WIDTHS[type] + Number(isNullable),
    0,
  );
  const fitting = 2 ** Math.floor(Math.log2(GROUP_BYTES / Math.max(1, ofRow)));
  return Math.min(ROW_GROUP_ROWS, fitting);
}

/** Collects the rows of a group. Its columns are copies, which other threads can read. */
export class GroupBuilder {
  readonly #columns: readonly ColumnBuilder[];
  readonly #capacity: number;
  #rows = 0;

  constructor(columns: readonly TypedColumn[], capacity: number) {
    this.#capacity = capacity;
    this.#columns = columns.map((column) => new ColumnBuilder(column, capacity));
  }

  get rows(): number {
    return this.#rows;
  }

  get isFull(): boolean {
    return this.#rows === this.#capacity;
  }

  /**
   * Adds the rows [from, to) of a batch. They must fit.
   *
   * @param gridName the text of the column `name`.
   */
  add({ rows, columns }: ColumnBatch, from: number, to: number, gridName: string): void {
    for (const [cell, builder] of this.#columns.entries()) {
      const own = columns.find((column) => column.cell === cell);
      if (own) builder.add(own, this.#rows, from, to, rows);
      else builder.addText(gridName, this.#rows, to - from);
    }
    this.#rows += to - from;
  }

  /** The group. It is valid until `clear`. */
  build(): RowGroup {
    const rows = this.#rows;
    return { rows, columns: this.#columns.map((column) => column.build(rows)) };
  }

  /** Begins another group in the same memory. */
  clear(): void {
    this.#rows = 0;
    for (const column of this.#columns) column.clear();
  }
}

/** A column of a group: runs, as long as all of its parts are. */
class ColumnBuilder {
  readonly #type: ValueType;
  readonly #isNullable: boolean;
  readonly #capacity: number;
  #runs: GrowingRuns | undefined = new GrowingRuns();
  #vector: GroupVector | undefined;
  #missing: Uint8Array | undefined;
  /** The vectors of the previous group. */
  #spareVector: GroupVector | undefined;
  #spareMissing: Uint8Array | undefined;
  readonly #texts = new Map<string, number>();

  constructor({ type, isNullable }: TypedColumn, capacity: number) {
    this.#type = type;
    this.#isNullable = isNullable;
    this.#capacity = capacity;
  }

  /** Adds the rows [from, to) of a column at row `at` of the group. */
  add(column: ColumnValues, at: number, from: number, to: number, rows: number): void {
    if ("vector" in column) this.#addVector(column, at, from, to);
    else if (from === 0 && to === rows) this.#addRuns(column.runs, at);
    else this.#addRuns(cut(column.runs, from, to), at);
  }

  /** Adds rows with a text. */
  addText(text: string, at: number, rows: number): void {
    const id = BigInt(this.#idOf(text));
    this.#append(id, rows, 0, at);
  }

  #idOf(text: string): number {
    const known = this.#texts.get(text);
    if (known !== undefined) return known;
    this.#texts.set(text, this.#texts.size);
    return this.#texts.size - 1;
  }

  #addRuns({ values, rows, missing }: ColumnRuns, at: number): void {
    let row = at;
    for (let i = 0; i < rows.length; i++) {
      const [value, count] = [values[i] as bigint, rows[i] as number];
      const own = this.#type === "text" ? BigInt(this.#idOf(paddingText(value))) : value;
      this.#append(own, count, missing[i] as number, row);
      row += count;
    }
  }

  #append(value: bigint, rows: number, missing: number, at: number): void {
    // So many runs are no shorter than a vector.
    if (this.#runs && this.#runs.length >= this.#capacity / 4) this.#expand(at);
    if (this.#runs) this.#runs.append(value, rows, missing);
    else this.#fill(value, rows, missing, at);
  }

  #fill(value: bigint, rows: number, missing: number, at: number): void {
    const vector = this.#vector as GroupVector;
    if (vector instanceof BigUint64Array) vector.fill(value, at, at + rows);
    else if (vector instanceof Float64Array) {
      vector.fill(new Float64Array(BigUint64Array.of(value).buffer)[0] as number, at, at + rows);
    } else vector.fill(Number(BigInt.asIntN(32, value)), at, at + rows);
    if (missing) this.#missing?.fill(1, at, at + rows);
  }

  /** Replaces the runs by a vector, of which the first `rows` rows are known. */
  #expand(rows: number): void {
    const runs = this.#runs as GrowingRuns;
    this.#runs = undefined;
    this.#vector = this.#spareVector ?? newVector(this.#type, this.#capacity);
    if (this.#isNullable)
      this.#missing =
        this.#spareMissing?.fill(0) ?? new Uint8Array(new SharedArrayBuffer(this.#capacity));
    let at = 0;
    const { values, rows: counts, missing } = runs.build();
    for (let i = 0; i < counts.length; i++) {
      this.#fill(values[i] as bigint, counts[i] as number, missing[i] as number, at);
      at += counts[i] as number;
    }
    if (at !== rows) throw new Error(`runs of ${at} rows in a group of ${rows}`);
  }

  #addVector(
    {
      vector,
      missing,
    }: ColumnValues & { readonly vector: GroupVector; readonly missing?: Uint8Array },
    at: number,
    from: number,
    to: number,
  ): void {
    if (this.#runs) this.#expand(at);
    const own = this.#vector as GroupVector;
    if (this.#type === "text")
      for (let row = from; row < to; row++)
        own[at + row - from] = this.#idOf(paddingText(vector[row] as bigint));
    else (own as Uint8Array).set(vector.subarray(from, to) as Uint8Array, at);
    if (missing) this.#missing?.set(missing.subarray(from, to), at);
  }

  clear(): void {
    this.#runs = new GrowingRuns();
    this.#spareVector = this.#vector ?? this.#spareVector;
    this.#spareMissing = this.#missing ?? this.#spareMissing;
    this.#vector = undefined;
    this.#missing = undefined;
    this.#texts.clear();
  }

  build(rows: number): GroupColumn {
    const texts = this.#type === "text" ? { texts: [...this.#texts.keys()] } : {};
    if (this.#runs) return { values: this.#runs.build(), ...texts };
    const missing = this.#missing?.subarray(0, rows);
    return {
      values: (this.#vector as GroupVector).subarray(0, rows),
      ...(missing && { missing }),
      ...texts,
    };
  }
}

/** A vector in shared memory, so that another thread can read it without a copy. */
function newVector(type: ValueType, rows: number): GroupVector {
  const memory = new SharedArrayBuffer(rows * WIDTHS[type]);
  switch (type) {
    case "boolean":
      return new Uint8Array(memory);
    case "int32":
    case "text":
      return new Int32Array(memory);
    case "double":
      return new Float64Array(memory);
    default:
      return new BigUint64Array(memory);
  }
}

/** The rows [from, to) of runs. */
function cut({ values, rows, missing }: ColumnRuns, from: number, to: number): ColumnRuns {
  const runs = new GrowingRuns();
  let at = 0;
  for (let i = 0; i < rows.length && at < to; i++) {
    const end = at + (rows[i] as number);
    const own = Math.min(end, to) - Math.max(at, from);
    if (own > 0) runs.append(values[i] as bigint, own, missing[i] as number);
    at = end;
  }
  return runs.build();
}

/** The text of a padding in a column in which some are words. */
function paddingText(value: bigint): string {
  if (value === BigInt(PADDING_SAME)) return "same";
  return value === BigInt(PADDING_VALID) ? "valid" : String(value);
}
