/** JSON Lines: one object per row. Its keys are the column names, in column order. */
import { textOfUtf8, utf8 } from "../bytes.js";
import { fieldEnd } from "./csv.js";
import type { Encode, Format } from "./format.js";
import { type BigInts, type EncodedColumn, jsonOf } from "./json.js";

const NEWLINE = 0x0a;
const QUOTE = 0x22;
const COMMA = 0x2c;
const BACKSLASH = 0x5c;
const CLOSING_BRACE = 0x7d;

/** Maximum length of one escaped byte of text, as in \u0000. */
const MAX_ESCAPED = 6;

const NULL = utf8("null");

export const JSONL = {
  name: "jsonl",
  aliases: ["ndjson"],
  extensions: ["jsonl", "ndjson"],
  encoder,
  overhead,
  hasBigInts: true,
} as const satisfies Format;

/** How the bytes of a cell are converted to JSON. */
type CellEncoding = "copy" | "quote" | "text" | "convert";

function cellEncodingOf(
  { type, isUserWritten, hasWords }: EncodedColumn,
  bigInts: BigInts,
): CellEncoding {
  if (type === "text") return "text";
  // In a list, a value can be quoted and a boolean can be spelt True.
  if (isUserWritten || hasWords) return "convert";
  return type === "boolean" || type === "decimal" || bigInts === "number" ? "copy" : "quote";
}

/**
 * Returns the encoder of rows. Consecutive rows of a sweep share the cells of the outer loops that
 * have not advanced. The encoder copies this shared prefix from the previous row, which halves the
 * time (measured 2026-11-26, vocoder.yaml).
 */
function encoder(columns: readonly EncodedColumn[], bigInts: BigInts): Encode {
  const keys = columns.map(({ name }, i) => utf8(`${i === 0 ? "{" : ","}${JSON.stringify(name)}:`));
  const cellEncodings = columns.map((column) => cellEncodingOf(column, bigInts));
  const longestKey = Math.max(...keys.map(({ length }) => length));
  const lastColumn = columns.length - 1;
  // Columns of the user's list can have commas inside quoted fields.
  const isSimple = !columns.some(({ isUserWritten }) => isUserWritten);
  // The largest ratio of output to input length so far, plus 2 %. It sizes the output buffer.
  let growth = 4;
  return (csv) => {
    let out = new Uint8Array(Math.ceil(growth * csv.length) + 4096);
    let length = 0;
    const append = (bytes: Uint8Array) => {
      out.set(bytes, length);
      length += bytes.length;
    };
    const ensureRoom = (room: number) => {
      if (length + room <= out.length) return;
      const larger = new Uint8Array(2 * out.length + room);
      larger.set(out.subarray(0, length));
      out = larger;
    };
    // The start of the previous row in the CSV and in the output.
    let [previousRow, previousOut] = [-1, 0];
    // The output length of the previous row after each of its cells.
    const lengths = new Uint32Array(columns.length);
    for (let at = 0; at < csv.length; ) {
      const [row, outRow] = [at, length];
      let column = 0;
      if (isSimple && previousRow >= 0) {
        let previousAt = previousRow;
        for (let i = row; csv[i] === csv[previousAt] && csv[i] !== NEWLINE; i++) {
          if (csv[i] === COMMA) {
            column++;
            at = i + 1;
          }
          previousAt++;
        }
        if (column > 0) {
          const shared = lengths[column - 1] as number;
          ensureRoom(shared);
          out.copyWithin(length, previousOut, previousOut + shared);
          length += shared;
        }
      }
      for (; column <= lastColumn; column++) {
        const cellEncoding = cellEncodings[column] as CellEncoding;
        let end = at;
        if (cellEncoding === "copy" || cellEncoding === "quote")
          while (csv[end] !== COMMA && csv[end] !== NEWLINE) end++;
        else end = fieldEnd(csv, at);
        ensureRoom(longestKey + MAX_ESCAPED * (end - at) + 8);
        const key = keys[column] as Uint8Array;
        for (let i = 0; i < key.length; i++) out[length++] = key[i] as number;
        if (end === at) {
          append(NULL);
        } else if (cellEncoding === "copy") {
          while (at < end) out[length++] = csv[at++] as number;
        } else if (cellEncoding === "quote" || (cellEncoding === "text" && isPlain(csv, at, end))) {
          out[length++] = QUOTE;
          while (at < end) out[length++] = csv[at++] as number;
          out[length++] = QUOTE;
        } else {
          append(
            convertedCell(
              columns[column] as EncodedColumn,
              textOfUtf8(csv.subarray(at, end)),
              bigInts,
            ),
          );
        }
        lengths[column] = length - outRow;
        at = end + 1;
      }
      out[length++] = CLOSING_BRACE;
      out[length++] = NEWLINE;
      [previousRow, previousOut] = [row, outRow];
    }
    growth = Math.max(growth, (1.02 * length) / csv.length);
    return out.subarray(0, length);
  };
}

/**
 * Whether bytes need no escapes in a JSON string: printable ASCII without quotes and backslashes.
 */
function isPlain(csv: Uint8Array, from: number, to: number): boolean {
  for (let i = from; i < to; i++) {
    const byte = csv[i] as number;
    if (byte < 0x20 || byte > 0x7e || byte === QUOTE || byte === BACKSLASH) return false;
  }
  return true;
}

/** Converts a CSV field to JSON. A quoted field of a text column is a string, even if empty. */
function convertedCell({ type }: EncodedColumn, field: string, bigInts: BigInts): Uint8Array {
  const isQuoted = field.startsWith('"');
  const text = isQuoted ? field.slice(1, -1).replaceAll('""', '"') : field;
  return utf8(isQuoted && type === "text" ? JSON.stringify(text) : jsonOf(type, text, bigInts));
}

/**
 * Maximum number of bytes that a row has beyond its CSV: keys, quotes, and escapes in text of up to
 * 80 bytes per column.
 */
function overhead(columns: readonly EncodedColumn[], bigInts: BigInts): number {
  const keys = columns.reduce((sum, { name }) => sum + utf8(JSON.stringify(name)).length + 6, 2);
  return (
    keys +
    (bigInts === "string" ? 2 * columns.length : 0) +
    columns.filter(({ type }) => type === "text").length * (MAX_ESCAPED - 1) * 80
  );
}
