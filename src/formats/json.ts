/** Cells of a CSV as JSON, the one place that decides how a number is written. */

/** What a cell holds: an integer (results have u64 and i64), a decimal number, a boolean, or text. */
export type CellType = "u64" | "i64" | "integer" | "decimal" | "boolean" | "text";

export interface EncodedColumn {
  readonly name: string;
  readonly type: CellType;
  /** Whether its cells come from a list that a person wrote: they may be quoted, and spelt in several ways. */
  readonly isUserWritten?: boolean;
}

/** How integers are written in JSON: all as numbers with their exact digits, or all as strings. */
export const BIG_INTS = ["number", "string"] as const;
export type BigInts = (typeof BIG_INTS)[number];

const NUMBER = /^-?(0|[1-9][0-9]*)(\.[0-9]+)?([eE][+-]?[0-9]+)?$/;
const TRUE = /^(true|1)$/i;
const FALSE = /^(false|0)$/i;

/**
 * The text of a cell as JSON. Empty cells are null. A column keeps its type whatever the size of its values: with `string` every integer is a
 * string, with `number` none is. Text that is no value of its type becomes a string, so that the result is always JSON.
 */
export function jsonOf(type: CellType, text: string, bigInts: BigInts = "number"): string {
  if (text === "") return "null";
  switch (type) {
    case "text":
      return JSON.stringify(text);
    case "boolean":
      return TRUE.test(text) ? "true" : FALSE.test(text) ? "false" : JSON.stringify(text);
    case "decimal":
      return NUMBER.test(text) ? text : JSON.stringify(text);
    default:
      return bigInts === "number" && NUMBER.test(text) ? text : JSON.stringify(text);
  }
}
