/** JSON Lines: one object a row, its keys the names of the columns, in their order. */
import { type BigInts, type EncodedColumn, jsonOf } from "./json.js";
import { fieldEnd } from "./tsv.js";

const NEWLINE = 0x0a;
const QUOTE = 0x22;
const COMMA = 0x2c;
const BACKSLASH = 0x5c;
const CLOSING_BRACE = 0x7d;

/** The longest that a byte of text can become: \u0000. */
const MAX_ESCAPED = 6;

const NULL = Buffer.from("null");

/** How the bytes of a cell become JSON. */
type CellEncoding = "copy" | "quote" | "text" | "convert";

function cellEncodingOf({ type, isUserWritten }: EncodedColumn, bigInts: BigInts): CellEncoding {
  if (type === "text") return "text";
  // In a list a value can be quoted, or a boolean be spelt True.
  if (isUserWritten) return "convert";
  return type === "boolean" || type === "decimal" || bigInts === "number" ? "copy" : "quote";
}

/**
 * The encoder of rows. Rows of a sweep begin like the row before, as far as the outer loops have not turned: that much is copied from there, which
 * halves the time (2026-11-26, vocoder.yaml).
 */
export function jsonlEncoder(
  columns: readonly EncodedColumn[],
  bigInts: BigInts,
): (csv: Uint8Array) => Uint8Array {
  const keys = columns.map(({ name }, i) =>
    Buffer.from(`${i === 0 ? "{" : ","}${JSON.stringify(name)}:`),
  );
  const cellEncodings = columns.map((column) => cellEncodingOf(column, bigInts));
  const longestKey = Math.max(...keys.map(({ length }) => length));
  const lastColumn = columns.length - 1;
  // Carried columns of a list can have commas inside quoted fields.
  const isSimple = !columns.some(({ isUserWritten }) => isUserWritten);
  // How much longer rows have become so far.
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
    /** Where the row before begins, in the CSV and in the output, and how long it is there after each cell. */
    let [previousRow, previousOut] = [-1, 0];
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
              Buffer.from(csv.subarray(at, end)).toString("utf8"),
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

/** Whether bytes are a JSON string as they stand: plain ASCII without quotes, backslashes and control characters. */
function isPlain(csv: Uint8Array, from: number, to: number): boolean {
  for (let i = from; i < to; i++) {
    const byte = csv[i] as number;
    if (byte < 0x20 || byte > 0x7e || byte === QUOTE || byte === BACKSLASH) return false;
  }
  return true;
}

/** A field of the CSV as JSON. A field in quotes is text, even when it is empty. */
function convertedCell({ type }: EncodedColumn, field: string, bigInts: BigInts): Uint8Array {
  const isQuoted = field.startsWith('"');
  const text = isQuoted ? field.slice(1, -1).replaceAll('""', '"') : field;
  return Buffer.from(
    isQuoted && type === "text" ? JSON.stringify(text) : jsonOf(type, text, bigInts),
  );
}

/** What a row has beyond its CSV: keys, quotes, and text that must be escaped. */
export function jsonlOverhead(columns: readonly EncodedColumn[], bigInts: BigInts): number {
  const keys = columns.reduce(
    (sum, { name }) => sum + Buffer.byteLength(JSON.stringify(name)) + 6,
    2,
  );
  return (
    keys +
    (bigInts === "string" ? 2 * columns.length : 0) +
    columns.filter(({ type }) => type === "text").length * (MAX_ESCAPED - 1) * 80
  );
}
