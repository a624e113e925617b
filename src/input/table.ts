/** Tables of typed columns as canonical CSV: what Parquet and Arrow lists have in common. */
import { CsvWriter } from "./csv-writer.js";
import type { Lines } from "./lines.js";

/** Writes the cell of a row, or nothing if it is missing. Rows are visited in ascending order. */
export type WriteCell = (csv: CsvWriter, row: number) => void;

/** Consecutive rows of a table. */
export interface TableRows {
  readonly rows: number;
  readonly columns: readonly WriteCell[];
}

/** Minimum size of the pieces of CSV, in bytes. The last of a batch may be smaller. */
const PIECE_BYTES = 256 * 1024;

/**
 * Converts a table to CSV. Missing cells are empty. Messages about it name rows instead of lines,
 * because it has none.
 */
export async function* tableAsCsv(
  names: readonly string[],
  batches: AsyncIterable<TableRows>,
  lines: Lines,
): AsyncGenerator<Uint8Array> {
  const csv = new CsvWriter();
  lines.nameRows();
  for (const [i, name] of names.entries()) {
    if (i > 0) csv.endCell();
    csv.text(name);
  }
  csv.endRecord();
  let line = 2 + csv.takeLineEnds();
  let row = 1;
  lines.set(line, row);
  yield csv.take();
  for await (const { rows, columns } of batches) {
    for (let i = 0; i < rows; i++) {
      for (const [column, writeCell] of columns.entries()) {
        if (column > 0) csv.endCell();
        writeCell(csv, i);
      }
      csv.endRecord();
      row++;
      line++;
      const lineEnds = csv.takeLineEnds();
      if (lineEnds > 0) {
        line += lineEnds;
        lines.set(line, row);
      }
      if (csv.length >= PIECE_BYTES) yield csv.take();
    }
    if (csv.length > 0) yield csv.take();
  }
}
