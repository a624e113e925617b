/** How the rows of a run are encoded: the format, and the columns that its encoder needs. */

import { utf8 } from "../bytes.js";
import { column, isResultName, NAME_COLUMN } from "../columns/table.js";
import { anyParameter } from "../layers/kinds.js";
import { isSettingName } from "../layers/parameters.js";
import type { Encode } from "./format.js";
import type { BigInts, CellType, EncodedColumn } from "./json.js";
import { type FormatName, formatFor } from "./registry.js";

/** How rows are written. Plain data, because it is sent to the workers. */
export interface Encoding {
  readonly format: FormatName;
  readonly columns: readonly EncodedColumn[];
  readonly bigInts: BigInts;
}

/** The encoder of an encoding. Returns undefined for CSV, which needs none. */
export function encoderOf({ format, columns, bigInts }: Encoding): Encode | undefined {
  return formatFor(format).encoder?.(columns, bigInts);
}

/** Maximum number of bytes by which an encoded row is longer than the CSV row. */
export function overheadOf({ format, columns, bigInts }: Encoding): number {
  return formatFor(format).overhead?.(columns, bigInts) ?? 0;
}

/**
 * Converts the header line of a CSV into the header of a format. Returns no bytes if files of the
 * format have no header.
 */
export function headerIn(format: FormatName, csvHeader: string): Uint8Array {
  const { header } = formatFor(format);
  return header && csvHeader !== "" ? header(utf8(csvHeader)) : new Uint8Array(0);
}

/** Whether files of the format begin with a header line. */
export function hasHeader(format: FormatName): boolean {
  return formatFor(format).header !== undefined;
}

/** The cell type of a column of a sweep. Unknown names are variables, which are integers. */
export function cellTypeOf(name: string): CellType {
  if (name === NAME_COLUMN) return "text";
  if (isResultName(name)) return column(name).type;
  if (isSettingName(name)) return name === "sample_rate" ? "decimal" : "integer";
  return anyParameter(name)?.type ?? "integer";
}

/** The encoding of rows that have the columns `names`. */
export function encodingOf(
  format: FormatName,
  names: readonly string[],
  bigInts: BigInts = "number",
): Encoding {
  return { format, columns: names.map((name) => ({ name, type: cellTypeOf(name) })), bigInts };
}
