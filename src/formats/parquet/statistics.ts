/**
 * The statistics of a column chunk. Readers skip the row groups whose range of values cannot match
 * a query, so a wrong bound loses rows of the answer.
 */
import { quote } from "../../format-message.js";
import { type Column, type ColumnType, physicalType } from "./schema.js";
import { BINARY, BOOL, I64, optional, type Read, struct } from "./thrift.js";

/** Not written: 1 max and 2 min, which are deprecated, and 4 distinct_count. */
export const STATISTICS = struct("Statistics", {
  nullCount: optional(3, I64),
  maxValue: optional(5, BINARY),
  minValue: optional(6, BINARY),
  isMaxValueExact: optional(7, BOOL),
  isMinValueExact: optional(8, BOOL),
  nanCount: optional(9, I64),
});

export type Statistics = Read<typeof STATISTICS>;

/** The type of a value in JavaScript. Text is its UTF-8 bytes, which is how it is compared. */
interface ValueTypes {
  readonly BOOLEAN: boolean;
  /** From -2^31 to 2^31 - 1. */
  readonly INT32: number;
  /** From -2^63 to 2^63 - 1. */
  readonly INT64: bigint;
  /** From 0 to 2^64 - 1. */
  readonly UINT_64: bigint;
  readonly DOUBLE: number;
  readonly BYTE_ARRAY: Uint8Array;
  readonly STRING: Uint8Array;
}

type Value = ValueTypes[ColumnType];

/** What is known about the values of a column chunk. */
export interface ValueRange {
  readonly nullCount: number;
  /**
   * The smallest and the largest value, in the order of the column's type. Absent if all values are
   * null. Values that are not a number do not count.
   */
  readonly range?: { readonly min: Value; readonly max: Value } | undefined;
  /** Number of doubles that are not a number. */
  readonly nanCount?: number | undefined;
}

/**
 * Maximum size of both bounds together, in bytes. Statistics of longer texts have no bounds. This is
 * also the limit of parquet-java.
 */
const MAX_BOUNDS_BYTES = 4096;

/**
 * The statistics of a column chunk, by the rules of `Statistics` and `ColumnOrder` in
 * parquet.thrift for TYPE_ORDER. A minimum of zero is written as -0.0 and a maximum as +0.0,
 * because the order does not tell them apart. A chunk with values that are not a number has no
 * bounds, because older readers misread such bounds.
 *
 * @throws RangeError if a value does not fit the type, or `min` is greater than `max`.
 */
export function statisticsOf(
  column: Column,
  { nullCount, range, nanCount }: ValueRange,
): Statistics {
  const counts = {
    nullCount,
    ...(column.type === "DOUBLE" && { nanCount: nanCount ?? 0 }),
  };
  if (range === undefined || (nanCount ?? 0) > 0) return counts;
  const minValue = plainValue(column.type, range.min === 0 ? -0 : range.min);
  const maxValue = plainValue(column.type, range.max === 0 ? 0 : range.max);
  if (!isAscending(column, minValue, maxValue))
    throw new RangeError(
      `column ${quote(column.name)}: ${range.min} to ${range.max} is not a range`,
    );
  if (minValue.length + maxValue.length > MAX_BOUNDS_BYTES) return counts;
  return { ...counts, maxValue, minValue, isMaxValueExact: true, isMinValueExact: true };
}

/** A value as PLAIN encoding stores it, but a boolean in one byte and text without its length. */
function plainValue(type: ColumnType, value: Value): Uint8Array {
  if (type === "STRING" || type === "BYTE_ARRAY") return value as Uint8Array;
  if (type === "BOOLEAN") return Uint8Array.of(Number(value));
  const bytes = new Uint8Array(type === "INT32" ? 4 : 8);
  const view = new DataView(bytes.buffer);
  if (type === "INT32") view.setInt32(0, value as number, true);
  else if (type === "INT64") view.setBigInt64(0, value as bigint, true);
  else if (type === "UINT_64") view.setBigUint64(0, value as bigint, true);
  else view.setFloat64(0, value as number, true);
  if (valueIn(type, bytes) !== value) throw new RangeError(`${value} is not of type ${type}`);
  return bytes;
}

/** Reads what `plainValue` has written. The size must be right. */
function valueIn(type: ColumnType, bytes: Uint8Array): Value {
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  switch (type) {
    case "BOOLEAN":
      return bytes[0] !== 0;
    case "INT32":
      return view.getInt32(0, true);
    case "INT64":
      return view.getBigInt64(0, true);
    case "UINT_64":
      return view.getBigUint64(0, true);
    case "DOUBLE":
      return view.getFloat64(0, true);
    default:
      return bytes;
  }
}

/** Whether two bounds are in order. False if one of them is not a number. */
function isAscending({ type }: Column, minValue: Uint8Array, maxValue: Uint8Array): boolean {
  const [min, max] = [valueIn(type, minValue), valueIn(type, maxValue)];
  if (!(min instanceof Uint8Array) || !(max instanceof Uint8Array)) return min <= max;
  const differs = min.findIndex((byte, i) => byte !== max[i]);
  return differs < 0 || (min[differs] as number) < (max[differs] ?? -1);
}

/** Sizes of bounds, in bytes. */
const BOUND_BYTES = { BOOLEAN: 1, INT32: 4, INT64: 8, DOUBLE: 8, BYTE_ARRAY: undefined } as const;

/**
 * Whether statistics that were read can be those of a column chunk with `rows` values: the counts
 * are possible, and the bounds have the right size and order.
 */
export function arePossible(column: Column, rows: number, statistics: Statistics): boolean {
  const { nullCount, nanCount, minValue, maxValue, isMinValueExact, isMaxValueExact } = statistics;
  const mostNulls = column.isOptional ? rows : 0;
  if (nullCount === undefined || nullCount < 0 || nullCount > mostNulls) return false;
  if ((nanCount !== undefined) !== (column.type === "DOUBLE")) return false;
  if (nanCount !== undefined && (nanCount < 0 || nanCount > rows - nullCount)) return false;
  if (minValue === undefined && maxValue === undefined)
    return isMinValueExact === undefined && isMaxValueExact === undefined;
  if (minValue === undefined || maxValue === undefined || nullCount === rows || nanCount)
    return false;
  const size = BOUND_BYTES[physicalType(column)];
  return (
    [minValue, maxValue].every(({ length }) => size === undefined || length === size) &&
    isAscending(column, minValue, maxValue)
  );
}
