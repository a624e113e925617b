/**
 * The formats of rows. The kernel writes CSV; an encoder turns whole rows of it into another format, on the thread that has counted them. Encoders
 * look at one row at a time, so the bytes are the same for any number of workers, and shards can be joined.
 */

import { column, isResultName, NAME_COLUMN } from "../columns/table.js";
import { anyParameter } from "../layers/kinds.js";
import { isSettingName } from "../layers/parameters.js";
import type { FormatName } from "./format.js";
import type { BigInts, CellType, EncodedColumn } from "./json.js";
import { jsonlEncoder, jsonlOverhead } from "./jsonl.js";
import { toTsv } from "./tsv.js";

/** How rows are written. Plain data: it is sent to the workers. */
export interface Encoding {
  readonly format: FormatName;
  readonly columns: readonly EncodedColumn[];
  readonly bigInts: BigInts;
}

/** Converts whole rows of CSV into the format. The result may overwrite the memory of the rows. */
export type Encode = (csv: Uint8Array) => Uint8Array;

/** The encoder of rows; undefined where they are CSV already. */
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

/** Whether files of the format begin with a line of names, which joined shards have once. */
export function hasHeader(format: FormatName): boolean {
  return format !== "jsonl";
}

/** The header of a file, from that of the CSV. */
export function headerIn(format: FormatName, csvHeader: string): string {
  if (!hasHeader(format) || csvHeader === "") return "";
  return format === "csv" ? csvHeader : Buffer.from(toTsv(Buffer.from(csvHeader))).toString("utf8");
}

/** How many bytes longer than in CSV a row can be at most. */
export function overheadOf({ format, columns, bigInts }: Encoding): number {
  return format === "jsonl" ? jsonlOverhead(columns, bigInts) : 0;
}

/** What the cells of a column of a sweep hold. */
export function cellTypeOf(name: string): CellType {
  if (name === NAME_COLUMN) return "text";
  if (isResultName(name)) return column(name).type;
  if (isSettingName(name)) return name === "sample_rate" ? "decimal" : "integer";
  return anyParameter(name)?.type ?? "integer";
}

/** The encoding of rows with these columns. */
export function encodingOf(
  format: FormatName,
  names: readonly string[],
  bigInts: BigInts = "number",
): Encoding {
  return { format, columns: names.map((name) => ({ name, type: cellTypeOf(name) })), bigInts };
}
