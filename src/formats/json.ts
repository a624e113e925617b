/** Converts CSV cells to JSON. Only this module decides how numbers are written. */

/** The type of a cell: integer (u64 or i64 for results), decimal number, boolean or text. */
export type CellType = "u64" | "i64" | "integer" | "decimal" | "boolean" | "text";

export interface EncodedColumn {
  readonly name: string;
  readonly type: CellType;
  /** Whether the cells come from the user's list. Such cells may be quoted or spelt differently. */
  readonly isUserWritten?: boolean;
  /** Whether cells of a number may be words, such as the padding `same`. */
  readonly hasWords?: boolean;
}

/** How JSON writes integers: all as numbers with their exact digits, or all as strings. */
export const BIG_INTS = ["number", "string"] as const;
export type BigInts = (typeof BIG_INTS)[number];

const NUMBER = /^-?(0|[1-9][0-9]*)(\.[0-9]+)?([eE][+-]?[0-9]+)?$/;
const TRUE = /^(true|1)$/i;
const FALSE = /^(false|0)$/i;

/**
 * Converts the text of a cell to JSON. Empty cells become null. The JSON type of a column does not
 * depend on the size of its values: with `string` every integer is a string, with `number` none is.
 * Text that is not a value of its type becomes a string, so that the result is always valid JSON.
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
