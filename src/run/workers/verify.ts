/**
 * Compares the results that an earlier run wrote into a list with new ones (`--verify-results`).
 */
import { latin1, textOfLatin1 } from "../../bytes.js";
import { column, isResultName, type ResultName } from "../../columns/table.js";
import { type ListPlan, splitRecord } from "../../plan/list.js";
import { recordEnd } from "./records.js";

/** The first result of a list that differs from the new result. */
export interface Difference {
  /** The byte offset of its record in the chunk. */
  readonly at: number;
  readonly name: ResultName;
  readonly given: string;
  readonly counted: string;
}

/**
 * Compares the earlier results in the rows with the new ones.
 *
 * @param chunk the chunk of records from which the rows were made, starting at byte `from`.
 * @param bytes the rows as CSV. Each is a record of the chunk followed by the new results.
 * @returns the rows without the earlier results, up to the first difference, and that difference.
 */
export function verifyRows(
  list: ListPlan,
  chunk: Uint8Array,
  from: number,
  bytes: Uint8Array,
): { readonly bytes: Uint8Array; readonly rows: number; readonly difference?: Difference } {
  const rows: string[] = [];
  let at = from;
  for (let rowAt = 0; rowAt < bytes.length; ) {
    const rowEnd = recordEnd(bytes, rowAt);
    const row = textOf(bytes, rowAt, rowEnd);
    const fields = splitRecord(row) as string[];
    // Rows are in the order of the records. Records without a row were blank or rejected.
    for (; ; at = endOf(chunk, at) + 1)
      if (row.startsWith(`${textOf(chunk, at, endOf(chunk, at)).replace(/\r$/, "")},`)) break;
    const counted = new Map(
      list.columns.map((name, i) => [name, fields[list.fields.length + i] as string]),
    );
    for (const [i, { name, meaning }] of list.fields.entries()) {
      if (meaning !== "result" || !isResultName(name) || !counted.has(name)) continue;
      const [given, now] = [fields[i] as string, counted.get(name) as string];
      if (!isSameValue(name, given, now))
        return { ...encodeRows(rows), difference: { at, name, given, counted: now } };
    }
    rows.push(withoutOldResults(list, row));
    at = endOf(chunk, at) + 1;
    rowAt = rowEnd + 1;
  }
  return encodeRows(rows);
}

/** Removes the earlier results from a row, and the new ones that only the comparison needs. */
function withoutOldResults(list: ListPlan, row: string): string {
  const texts = rawFields(row);
  const end = list.fields.length + (list.verified?.written ?? list.columns.length);
  return texts.filter((_, i) => i < end && list.fields[i]?.meaning !== "result").join(",");
}

/** The fields of a row as source text, including quotes. */
function rawFields(row: string): readonly string[] {
  const texts: string[] = [];
  const field = /"(?:[^"]|"")*"|[^,]*/y;
  for (let at = 0; at <= row.length; at = field.lastIndex + 1) {
    field.lastIndex = at;
    texts.push(field.exec(row)?.[0] ?? "");
  }
  return texts;
}

/**
 * Whether two cells of a column are equal: integers by value (`7.0` equals 7), decimals as doubles,
 * booleans in any spelling.
 */
function isSameValue(name: ResultName, given: string, counted: string): boolean {
  const text = given.trim();
  if (text === counted) return true;
  if (text === "" || counted === "") return false;
  switch (column(name).type) {
    case "boolean":
      return text.toLowerCase() === counted || text === String(Number(counted === "true"));
    case "decimal":
      return /^[-+]?[0-9.]+(?:e[-+]?[0-9]+)?$/i.test(text) && Number(text) === Number(counted);
    default:
      return (
        /^-?[0-9]+(?:\.0+)?$/.test(text) && BigInt(text.replace(/\.0+$/, "")) === BigInt(counted)
      );
  }
}

function endOf(bytes: Uint8Array, at: number): number {
  const end = recordEnd(bytes, at);
  return end < 0 ? bytes.length : end;
}

// Latin-1 preserves every byte.
function textOf(bytes: Uint8Array, from: number, to: number): string {
  return textOfLatin1(bytes.subarray(from, to));
}

function encodeRows(rows: readonly string[]) {
  return { bytes: latin1(rows.map((row) => `${row}\n`).join("")), rows: rows.length };
}
