/** Unpacks the columns of a row group: an array with a value for each row. */
import { markMissing, spread, validityOf } from "../../kernel/vectors.js";
import type { TypedColumn, ValueType } from "../../plan/value-types.js";
import { type GroupColumn, type GroupVector, newVector } from "./column-builder.js";
import type { RowGroup } from "./row-groups.js";

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
  const { vector, missing } = vectorsOf(type, column, rows);
  const { texts } = column;
  const textOf = (id: number, row: number) => (missing?.[row] ? "" : (texts?.[id] as string));
  const values = texts ? Array.from(vector as Int32Array, textOf) : vector;
  const validity = missing && validityOf(missing);
  return { values, ...(validity && { validity }) };
}

interface Vectors {
  readonly vector: GroupVector;
  readonly missing?: Uint8Array;
}

function vectorsOf(type: ValueType, { values, missing }: GroupColumn, rows: number): Vectors {
  if (!("missing" in values)) return { vector: values, ...(missing && { missing }) };
  const vector = newVector(type, rows, ArrayBuffer);
  spread(values, vector, 0);
  if (!values.missing.includes(1)) return { vector };
  const marks = new Uint8Array(rows);
  markMissing(values, marks, 0);
  return { vector, missing: marks };
}
