/** Cells of a CSV as JSON. */

/** How integers are written in JSON: all as numbers with their exact digits, or all as strings. */
export const BIG_INTS = ["number", "string"] as const;
export type BigInts = (typeof BIG_INTS)[number];

/** The text of a cell as one JSON value; an empty cell is null. An integer has one type, whatever its size. */
export function jsonOf(type: "u64" | "i64" | "boolean" | "decimal" | "text", text: string, bigInts: BigInts): string {
  if (text === "") return "null";
  if (type === "text") return JSON.stringify(text);
  return (type === "u64" || type === "i64") && bigInts === "string" ? `"${text}"` : text;
}
