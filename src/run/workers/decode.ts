/**
 * Decodes the rows of a list, which the kernel writes as CSV, to typed columns. It runs on the
 * thread that has counted them.
 */
import { textOfUtf8, textOfValidUtf8 } from "../../bytes.js";
import { fieldEnd } from "../../formats/csv.js";
import { COMMA, NEWLINE, QUOTE } from "../../input/bytes.js";
import type { ListColumn } from "../../plan/list-types.js";
import type { RowBatch } from "../output/row-batch.js";
import { type CellReader, errorlessColumn, type ReaderOptions, readerOf } from "./cell-readers.js";
import { lineEndsOutsideQuotes } from "./records.js";

/** How the rows of a list are decoded. Plain data, because it is sent to the workers. */
export interface Decoding {
  readonly columns: readonly ListColumn[];
  /** Whether counts above 2^63 - 1 are refused. */
  readonly isSigned: boolean;
}

/** A cell whose value its column cannot have. */
export interface RefusedCell {
  /** The number of rows before its row. */
  readonly row: number;
  readonly column: string;
  readonly value: string;
  /** exceeds: a count above 2^63 - 1; encoding: bytes that are not UTF-8. */
  readonly reason: "exceeds" | "encoding";
}

export interface DecodedRows extends RowBatch {
  /** The first cell that was refused. Only the rows before its row are decoded. */
  readonly refused?: RefusedCell;
}

/**
 * Decodes rows that were counted.
 *
 * @param csv `rows` complete rows, without a cell for the message of an error.
 */
export function decodeRows(decoding: Decoding, csv: Uint8Array, rows: number): DecodedRows {
  const text = textOfValidUtf8(csv);
  if (text !== undefined) return decodeText(decoding, text, rows, text.length === csv.length);
  const { at, ...refused } = firstInvalidCell(decoding.columns, csv);
  const before = decodeRows(decoding, csv.subarray(0, at), refused.row);
  return before.refused ? before : { ...before, refused };
}

function decodeText(
  { columns, isSigned }: Decoding,
  text: string,
  rows: number,
  isAscii: boolean,
): DecodedRows {
  const options = { rows, isSigned, isAscii, isLenient: false };
  const hasError = columns.at(-1)?.content === "error";
  const readers = readersOf(hasError ? columns.slice(0, -1) : columns, options);
  const refused = readRows(text, readers, columns, rows);
  const decoded = refused?.row ?? rows;
  return {
    rows: decoded,
    columns: [
      ...readers.map((reader) => reader.column(decoded)),
      ...(hasError ? [errorlessColumn(columns.length - 1, decoded)] : []),
    ],
    ...(refused && { refused: { ...refused, reason: "exceeds" } }),
  };
}

/**
 * Decodes a row at fault. A parameter whose text is not a value of its column has no value. Bytes
 * that are not UTF-8 become U+FFFD.
 *
 * @param csv the row with its message.
 */
export function decodeErrorRow({ columns }: Decoding, csv: Uint8Array): RowBatch {
  const options = { rows: 1, isSigned: false, isAscii: false, isLenient: true };
  const readers = readersOf(columns, options);
  readRows(textOfUtf8(csv), readers, columns, 1);
  return { rows: 1, columns: readers.map((reader) => reader.column(1)) };
}

function readersOf(columns: readonly ListColumn[], options: ReaderOptions): CellReader[] {
  return columns.map((column, cell) => readerOf(column, cell, options));
}

/** Reads rows up to the first cell that is refused. */
function readRows(
  text: string,
  readers: readonly CellReader[],
  columns: readonly ListColumn[],
  rows: number,
): Omit<RefusedCell, "reason"> | undefined {
  const refused = (row: number, cell: number, value: string) => ({
    row,
    column: columns[cell]?.name as string,
    value,
  });
  let at = 0;
  for (let row = 0; row < rows; row++)
    for (let cell = 0; cell < readers.length; cell++) {
      const reader = readers[cell] as CellReader;
      if (text.charCodeAt(at) === QUOTE) {
        const end = closingQuote(text, at);
        const content = text.slice(at + 1, end).replaceAll('""', '"');
        if (!reader.read(content, 0, content.length, row)) return refused(row, cell, content);
        at = end + 2;
        continue;
      }
      const from = at;
      while (at < text.length && !isSeparator(text.charCodeAt(at))) at++;
      if (!reader.read(text, from, at, row)) return refused(row, cell, text.slice(from, at));
      at++;
    }
  return undefined;
}

const isSeparator = (unit: number) => unit === COMMA || unit === NEWLINE;

/** The closing quote of the field that begins at `at`. */
function closingQuote(text: string, at: number): number {
  let end = text.indexOf('"', at + 1);
  while (text.charCodeAt(end + 1) === QUOTE) end = text.indexOf('"', end + 2);
  return end;
}

/** The first cell whose bytes are not UTF-8, and the byte at which its row begins. */
function firstInvalidCell(
  columns: readonly ListColumn[],
  csv: Uint8Array,
): RefusedCell & { readonly at: number } {
  let [at, row] = [0, 0];
  for (const end of lineEndsOutsideQuotes(csv, 0)) {
    if (textOfValidUtf8(csv.subarray(at, end)) === undefined) break;
    at = end + 1;
    row++;
  }
  let [from, cell] = [at, 0];
  for (;;) {
    const end = fieldEnd(csv, from);
    const field = csv.subarray(from, end);
    if (textOfValidUtf8(field) === undefined) {
      const column = columns[cell]?.name as string;
      return { at, row, column, value: textOfUtf8(field), reason: "encoding" };
    }
    from = end + 1;
    cell++;
  }
}
