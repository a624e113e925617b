/**
 * The layout of the body of a record batch: which buffers it has, and where they begin
 * (https://arrow.apache.org/docs/format/Columnar.html, "Buffer Alignment and Padding").
 */
import type { ArrowColumn, ArrowSchema, ArrowType } from "./schema.js";

/**
 * Alignment of messages, buffers and bodies, in bytes. The format requires 8 and recommends 64.
 * Since everything is a multiple of 64 bytes, a buffer is aligned in the file as well as in its
 * body, and readers that map a file into memory need no copy.
 */
export const ALIGNMENT = 64;

/** Maximum bytes of text of one column of a batch: its offsets are signed integers of 32 bits. */
export const MAX_TEXT_BYTES = 2 ** 31 - 1;

/** What the layout of a batch depends on, for one column. */
export interface ColumnSize {
  /** Number of missing cells. Must be 0 if the column is not nullable. */
  readonly nullCount: number;
  /** Total length of all cells in UTF-8. For text columns only. */
  readonly textBytes?: number;
}

/** A buffer of a body. Between `length` and `paddedLength` are zeros. */
interface BodyBuffer {
  /**
   * validity: a bit per row, set if the cell is present, from the lowest bit of the first byte;
   * offsets: where each text begins and the last one ends, as Int32; data: values in little endian,
   * bits as in validity, or texts.
   */
  readonly role: "validity" | "offsets" | "data";
  /** From the start of the body, in bytes. */
  readonly offset: number;
  readonly length: number;
  readonly paddedLength: number;
}

export interface BodyLayout {
  /**
   * The buffers of each column, in the order in which they are written. Each begins where the
   * padding of the previous one ends. A column without missing cells has a validity of length 0.
   */
  readonly columns: readonly (readonly BodyBuffer[])[];
  /** A multiple of `ALIGNMENT`. */
  readonly length: number;
}

/** The next multiple of `ALIGNMENT`. */
export function padded(length: number): number {
  return Math.ceil(length / ALIGNMENT) * ALIGNMENT;
}

/**
 * Arranges the buffers of a batch.
 *
 * @param sizes one for each column of the schema.
 * @throws RangeError if a size is impossible: a missing cell in a column that is not nullable, or
 * more than `MAX_TEXT_BYTES`.
 */
export function bodyLayout(
  { columns }: ArrowSchema,
  rows: number,
  sizes: readonly ColumnSize[],
): BodyLayout {
  let end = 0;
  const place = ([role, length]: readonly [BodyBuffer["role"], number]): BodyBuffer => {
    const offset = end;
    const paddedLength = padded(length);
    end += paddedLength;
    return { role, offset, length, paddedLength };
  };
  const placed = columns.map((column, i) =>
    buffersOf(column, rows, sizes[i] as ColumnSize).map(place),
  );
  return { columns: placed, length: end };
}

type Buffers = readonly (readonly [BodyBuffer["role"], number])[];

/** The buffers of a column in the order of the format, with their lengths. */
function buffersOf(
  { name, type, isNullable }: ArrowColumn,
  rows: number,
  { nullCount, textBytes = 0 }: ColumnSize,
): Buffers {
  if (nullCount > (isNullable ? rows : 0))
    throw new RangeError(`${name} cannot have ${nullCount} missing cells`);
  if (textBytes > MAX_TEXT_BYTES)
    throw new RangeError(`${name} has ${textBytes} bytes of text in one batch`);
  const validity = ["validity", nullCount > 0 ? bitmapLength(rows) : 0] as const;
  if (type === "utf8") return [validity, ["offsets", 4 * (rows + 1)], ["data", textBytes]];
  return [validity, ["data", type === "bool" ? bitmapLength(rows) : WIDTHS[type] * rows]];
}

const WIDTHS: Readonly<Record<Exclude<ArrowType, "utf8" | "bool">, number>> = {
  int32: 4,
  int64: 8,
  uint64: 8,
  float64: 8,
};

/** Length of a bit per row, in bytes. */
function bitmapLength(rows: number): number {
  return Math.ceil(rows / 8);
}
