/** Writes the cells of Arrow columns as CSV. */
import type { Column } from "../formats/arrow/columns.js";
import type { Dictionary } from "./arrow-dictionary.js";
import type { WriteCell } from "./table.js";

/**
 * The writer of a column's cells.
 *
 * @param dictionary what the values of the column are indices of, if it has a dictionary.
 * @throws RangeError from the writer if an index or a text does not exist.
 */
export function writerOf(column: Column, dictionary: Dictionary | undefined): WriteCell {
  const writeValue = dictionary ? dictionaryWriter(column, dictionary) : valueWriter(column);
  const { isPresent } = column;
  return (csv, row) => {
    if (isPresent(row)) writeValue(csv, row);
  };
}

function valueWriter(column: Column): WriteCell {
  switch (column.kind) {
    case "null":
      return () => {};
    case "integers": {
      const { values } = column;
      return (csv, row) => csv.integer(values[row] as number);
    }
    case "wide integers": {
      const { words, isSigned } = column;
      return (csv, row) =>
        csv.wideInteger(words[2 * row] as number, words[2 * row + 1] as number, isSigned);
    }
    case "floats": {
      const { values } = column;
      const isSingle = values instanceof Float32Array;
      return (csv, row) => csv.number(values[row] as number, isSingle);
    }
    case "bools": {
      const { valueAt } = column;
      return (csv, row) => csv.boolean(valueAt(row));
    }
    case "texts": {
      const { spanAt } = column;
      return (csv, row) => {
        const { bytes, start, end } = spanAt(row);
        csv.utf8(bytes, start, end);
      };
    }
    case "decimals": {
      const { unscaledAt, scale } = column;
      return (csv, row) => csv.decimal(unscaledAt(row), scale);
    }
  }
}

function dictionaryWriter(column: Column, dictionary: Dictionary): WriteCell {
  const indexAt = indicesOf(column);
  return (csv, row) => dictionary.writeCell(csv, indexAt(row));
}

function indicesOf(column: Column): (row: number) => number {
  if (column.kind === "integers") return (row) => column.values[row] as number;
  if (column.kind !== "wide integers") throw new RangeError("indices must be integers");
  const { words } = column;
  return (row) => (words[2 * row + 1] === 0 ? (words[2 * row] as number) : -1);
}
