/** Gathers the columns of answers, which are in the memory of workers, into arrays. */
import type { ColumnBatch, ColumnValues } from "../../kernel/column-layout.js";
import { markMissing, spread, VECTORS, type Vector, validityOf } from "../../kernel/vectors.js";
import { textOfValue } from "../../layers/kinds.js";
import type { TypedColumn, ValueType } from "../../plan/value-types.js";

/** A column as an array with one entry for each row; an entry without a value is a placeholder. */
export type ColumnArray = Vector | readonly string[];

export interface GatheredColumn {
  readonly values: ColumnArray;
  /**
   * A bit for each row, from the lowest bit of the first byte: 1 if the row has a value. Undefined
   * if every row has one.
   */
  readonly validity?: Uint8Array;
}

const ARRAYS = { ...VECTORS, int64: BigInt64Array } as const;

/**
 * Gathers the columns of a plan from batches of one grid.
 *
 * @param gridName the texts of the column `name`.
 */
export function gather(
  columns: readonly TypedColumn[],
  batches: readonly ColumnBatch[],
  gridName: string | undefined,
): readonly GatheredColumn[] {
  const rows = batches.reduce((sum, batch) => sum + batch.rows, 0);
  const arrays = new Arrays(columns, rows);
  return columns.map(({ name, type }, cell): GatheredColumn => {
    const parts = batches.map((batch) => ({
      rows: batch.rows,
      column: batch.columns.find((own) => own.cell === cell),
    }));
    // The name of a grid is the one column that the kernel does not write.
    if (parts.some(({ column }) => column === undefined))
      return { values: new Array<string>(rows).fill(gridName ?? "") };
    const given = parts as { readonly rows: number; readonly column: ColumnValues }[];
    const values =
      type === "text" ? parameterTexts(name, given, rows) : gatherValues(arrays.next(type), given);
    const validity = gatherValidity(given, rows);
    return { values, ...(validity && { validity }) };
  });
}

type Parts = readonly { readonly rows: number; readonly column: ColumnValues }[];

type NumberType = Exclude<ValueType, "text">;

/**
 * The arrays of a batch, in one piece of memory. Measured 2026-11-27 on a sum of all columns: memory
 * of its own for each array takes a third more time, for collecting garbage.
 */
class Arrays {
  readonly #buffer: ArrayBuffer;
  readonly #rows: number;
  #at = 0;

  constructor(columns: readonly TypedColumn[], rows: number) {
    const bytes = columns.map(({ type }) => (type === "text" ? 0 : bytesOf(type, rows)));
    this.#buffer = new ArrayBuffer(bytes.reduce((sum, own) => sum + own, 0));
    this.#rows = rows;
  }

  next(type: NumberType): Vector {
    const at = this.#at;
    this.#at += bytesOf(type, this.#rows);
    return new ARRAYS[type](this.#buffer, at, this.#rows);
  }
}

/** The bytes of an array, up to the next multiple of the widest type. */
function bytesOf(type: NumberType, rows: number): number {
  const widest = BigUint64Array.BYTES_PER_ELEMENT;
  return Math.ceil((rows * ARRAYS[type].BYTES_PER_ELEMENT) / widest) * widest;
}

function gatherValues<A extends Vector>(values: A, parts: Parts): A {
  let at = 0;
  for (const { rows: ownRows, column } of parts) {
    if ("vector" in column) copyVector(values, column.vector, at);
    else spread(column.runs, values, at);
    at += ownRows;
  }
  return values;
}

/** Copies a vector of the same width. A BigUint64Array holds signed values in two's complement. */
function copyVector(
  to: Vector,
  { buffer, byteOffset, byteLength }: ArrayBufferView,
  at: number,
): void {
  new Uint8Array(to.buffer, to.byteOffset + at * to.BYTES_PER_ELEMENT).set(
    new Uint8Array(buffer, byteOffset, byteLength),
  );
}

/** The validity of a column; undefined if every row has a value. */
function gatherValidity(parts: Parts, rows: number): Uint8Array | undefined {
  const isMissing = ({ column }: Parts[number]) =>
    "vector" in column ? column.missing?.includes(1) : column.runs.missing.includes(1);
  if (!parts.some(isMissing)) return undefined;
  const marks = new Uint8Array(rows);
  let at = 0;
  for (const { rows: ownRows, column } of parts) {
    if (!("vector" in column)) markMissing(column.runs, marks, at);
    else if (column.missing) marks.set(column.missing, at);
    at += ownRows;
  }
  return validityOf(marks);
}

/** The values of a parameter of which some are words, such as the padding "same". */
function parameterTexts(name: string, parts: Parts, rows: number): readonly string[] {
  const numbers = gatherValues(new BigUint64Array(rows), parts);
  const texts = new Map<bigint, string>();
  return Array.from(numbers, (number) => {
    const known = texts.get(number);
    if (known !== undefined) return known;
    const text = textOfValue(name, Number(number));
    texts.set(number, text);
    return text;
  });
}
