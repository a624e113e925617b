/**
 * The row formats. The kernel writes CSV. An encoder converts complete CSV rows into another
 * format, on the thread that counted them. The output for a row depends only on that row. The bytes
 * are therefore the same for any number of workers, and shards can be concatenated.
 */

import { column, isResultName, NAME_COLUMN } from "../columns/table.js";
import { anyParameter } from "../layers/kinds.js";
import { isSettingName } from "../layers/parameters.js";
import type { FormatName } from "./format.js";
import type { BigInts, CellType, EncodedColumn } from "./json.js";
import { jsonlEncoder, jsonlOverhead } from "./jsonl.js";
import { toTsv } from "./tsv.js";

/** How rows are written. Plain data, because it is sent to the workers. */
export interface Encoding {
  readonly format: FormatName;
  readonly columns: readonly EncodedColumn[];
  readonly bigInts: BigInts;
}

/** Converts complete rows of CSV into the format. The result may overwrite the rows in place. */
export type Encode = (csv: Uint8Array) => Uint8Array;

/** The encoder of an encoding. Returns undefined for CSV, which needs none. */
export function encoderOf({ format, columns, bigInts }: Encoding): Encode | undefined {
  switch (format) {
    case "csv":
      return undefined;
    case "tsv":
      return toTsv;
    case "jsonl":
      return jsonlEncoder(columns, bigInts);
  }
}

/** Whether files of the format begin with a header line. Merged shards have only one header. */
export function hasHeader(format: FormatName): boolean {
  return format !== "jsonl";
}

/** Converts the header line of a CSV into the format. Returns "" if the format has no header. */
export function headerIn(format: FormatName, csvHeader: string): string {
  if (!hasHeader(format) || csvHeader === "") return "";
  return format === "csv" ? csvHeader : Buffer.from(toTsv(Buffer.from(csvHeader))).toString("utf8");
}

/** Maximum number of bytes by which an encoded row is longer than the CSV row. */
export function overheadOf({ format, columns, bigInts }: Encoding): number {
  return format === "jsonl" ? jsonlOverhead(columns, bigInts) : 0;
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
