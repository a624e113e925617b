/**
 * Where the kernel writes each column of a grid in an output buffer, if rows are columns of numbers
 * (assembly/formats/columns.ts).
 */
import type { Plan } from "../plan/model.js";
import { typedColumns, type ValueType } from "../plan/value-types.js";
import type { Constant } from "./constants.js";
import type { RowTemplate } from "./row-template.js";
import { type KernelVector, type Runs, vectorAt, widthOf } from "./vectors.js";

/** A column of a grid whose values the kernel writes. */
interface ColumnPlace {
  /** The index of the column in the plan's cells. */
  readonly cell: number;
  readonly type: ValueType;
  readonly slot: number;
  /** The number of its vector cell. Undefined for a column of an outer loop: it has runs. */
  readonly vectorCell: number | undefined;
  readonly width: number;
  /** Bytes of the output buffer: the values or runs, and which values are missing. */
  readonly values: number;
  readonly missing: number | undefined;
}

export interface ColumnLayout {
  readonly places: readonly ColumnPlace[];
  /** The rows that the vectors have room for, and the runs of each column. */
  readonly rows: number;
  readonly runs: number;
}

/** Columns begin at multiples of this many bytes, which the kernel may also write too many. */
const ALIGNMENT = 16;

const aligned = (bytes: number) => Math.ceil(bytes / ALIGNMENT) * ALIGNMENT;

/** The share of the output buffer that runs may take. */
const RUN_SHARE = 1 / 4;

/** The columns of a grid in an output buffer. */
export function columnLayout(
  plan: Plan,
  { slots, vectorCells }: RowTemplate,
  constant: Constant,
): ColumnLayout {
  const columns = typedColumns(plan);
  const own = slots.flatMap(({ cell, text }, slot) => {
    const { type, isNullable } = columns[cell] as (typeof columns)[number];
    if (text !== undefined) return [];
    const vectorCell = vectorCells.findIndex((vector) => vector.slot === slot);
    const isVector = vectorCell >= 0;
    return [{ cell, type, slot, isNullable, vectorCell: isVector ? vectorCell : undefined }];
  });
  const room = constant("OUTPUT_BUFFER_BYTES") - constant("COLUMN_DATA");
  const outer = own.filter(({ vectorCell }) => vectorCell === undefined).length;
  const runBytes = constant("RUN_BYTES");
  const runs =
    outer === 0
      ? constant("RUN_CAPACITY")
      : Math.min(constant("RUN_CAPACITY"), Math.floor((room * RUN_SHARE) / (outer * runBytes)));
  const bytesOf = ({ type, isNullable }: (typeof own)[number]) =>
    widthOf(type) + Number(isNullable);
  const ofRow = own
    .filter(({ vectorCell }) => vectorCell !== undefined)
    .reduce((sum, column) => sum + bytesOf(column), 0);
  const slack = 2 * ALIGNMENT * (1 + 2 * own.length);
  const rows = Math.floor((room - outer * runs * runBytes - slack) / Math.max(1, ofRow));
  let at = constant("COLUMN_DATA");
  const reserve = (bytes: number): number => {
    const begin = aligned(at);
    at = begin + bytes + ALIGNMENT;
    return begin;
  };
  const places = own.map(({ isNullable, ...column }): ColumnPlace => {
    const isVector = column.vectorCell !== undefined;
    const width = widthOf(column.type);
    const values = reserve(isVector ? rows * width : runs * runBytes);
    return {
      ...column,
      width,
      values,
      missing: isVector && isNullable ? reserve(rows) : undefined,
    };
  });
  return { places, rows: Math.min(rows, MAX_COLUMN_ROWS), runs };
}

/** The maximum number of rows of a batch of columns. More rows do not make it faster. */
export const MAX_COLUMN_ROWS = 2 ** 17;

/** The values of a column in a batch of rows. */
export type ColumnValues = { readonly cell: number; readonly type: ValueType } & (
  | {
      /** A value for each row: u8, i32, u64 or f64. */
      readonly vector: KernelVector;
      /** 1 for each row without a value. */
      readonly missing?: Uint8Array;
    }
  | {
      /** Values that are the same in consecutive rows. */
      readonly runs: Runs;
    }
);

/** Consecutive rows of a grid, as the kernel gives them. */
export interface ColumnBatch {
  readonly rows: number;
  readonly columns: readonly ColumnValues[];
}

/** Reads the columns of a batch from an output buffer. Vectors are views of it, runs are copies. */
export function readColumns(
  { places }: ColumnLayout,
  buffer: ArrayBufferLike,
  outputPtr: number,
  rows: number,
  constant: Constant,
): ColumnValues[] {
  const runCounts = new Uint32Array(buffer, outputPtr, places.length);
  return places.map(({ cell, type, vectorCell, values, missing }, i): ColumnValues => {
    const ptr = outputPtr + values;
    if (vectorCell === undefined)
      return { cell, type, runs: readRuns(buffer, ptr, runCounts[i] as number, constant) };
    return {
      cell,
      type,
      vector: vectorAt(type, buffer, ptr, rows),
      ...(missing !== undefined && { missing: new Uint8Array(buffer, outputPtr + missing, rows) }),
    };
  });
}

function readRuns(buffer: ArrayBufferLike, ptr: number, count: number, constant: Constant): Runs {
  const words = constant("RUN_BYTES") / Uint32Array.BYTES_PER_ELEMENT;
  const longs = constant("RUN_BYTES") / BigUint64Array.BYTES_PER_ELEMENT;
  const asWords = new Uint32Array(buffer, ptr, count * words);
  const asLongs = new BigUint64Array(buffer, ptr, count * longs);
  const word = (field: number) =>
    Uint32Array.from({ length: count }, (_, i) => asWords[i * words + field / 4] as number);
  return {
    values: BigUint64Array.from({ length: count }, (_, i) => asLongs[i * longs] as bigint),
    rows: word(constant("RUN_ROWS")),
    missing: word(constant("RUN_MISSING")),
  };
}
