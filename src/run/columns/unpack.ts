/** Unpacks the columns of a row group: an array with a value for each row. */
import type { ColumnRuns } from "../../kernel/column-layout.js";
import type { TypedColumn, ValueType } from "../../plan/value-types.js";
import type { GroupColumn, GroupVector, RowGroup } from "./row-groups.js";

/** A column as an array. The entry of a row without a value is a placeholder. */
export interface UnpackedColumn {
  readonly values: GroupVector | readonly string[];
  /** A bit for each row that has a value. Absent if every row has one. */
  readonly validity?: Uint8Array;
}

/** The columns of a row group as arrays. */
export function arraysOf(columns: readonly TypedColumn[], group: RowGroup): UnpackedColumn[] {
  return columns.map(({ type }, i) => unpacked(type, group.columns[i] as GroupColumn, group.rows));
}

function unpacked(type: ValueType, column: GroupColumn, rows: number): UnpackedColumn {
  const { values, missing, texts } = column;
  const vector = "missing" in values ? spread(type, values, rows) : values;
  const validity =
    "missing" in values ? validityOfRuns(values, rows) : missing && validityOf(missing);
  const own = texts ? Array.from(vector as Int32Array, (id) => texts[id] as string) : vector;
  return { values: own, ...(validity && { validity }) };
}

/** Spreads runs over the rows. */
function spread(type: ValueType, { values, rows: counts }: ColumnRuns, rows: number): GroupVector {
  const longs = type === "int64" || type === "uint64";
  const vector = longs
    ? new BigUint64Array(rows)
    : type === "double"
      ? new Float64Array(rows)
      : type === "boolean"
        ? new Uint8Array(rows)
        : new Int32Array(rows);
  const doubles = new Float64Array(values.buffer, values.byteOffset, values.length);
  let at = 0;
  for (let i = 0; i < counts.length; i++) {
    const end = at + (counts[i] as number);
    const value = values[i] as bigint;
    if (vector instanceof BigUint64Array) vector.fill(value, at, end);
    else if (vector instanceof Float64Array) vector.fill(doubles[i] as number, at, end);
    else vector.fill(Number(BigInt.asIntN(32, value)), at, end);
    at = end;
  }
  return vector;
}

function validityOfRuns({ rows: counts, missing }: ColumnRuns, rows: number) {
  if (!missing.includes(1)) return undefined;
  const bytes = new Uint8Array(rows);
  let at = 0;
  for (let i = 0; i < counts.length; i++) {
    const end = at + (counts[i] as number);
    bytes.fill(missing[i] as number, at, end);
    at = end;
  }
  return validityOf(bytes);
}

/** The bits of the rows that are not marked as missing. Undefined if none is. */
function validityOf(missing: Uint8Array): Uint8Array | undefined {
  if (!missing.includes(1)) return undefined;
  const validity = new Uint8Array(Math.ceil(missing.length / 8));
  for (let row = 0; row < missing.length; row++)
    validity[row >> 3] =
      (validity[row >> 3] as number) | ((1 - (missing[row] as number)) << (row & 7));
  return validity;
}
