/** Delimiters, line ends and the `sep=` line: from what spreadsheets write to commas and line feeds. */
import { KIND_NAMES, kindOf, SETTINGS } from "../layers/parameters.js";
import { bufferOf, COMMA, MAX_RECORD_BYTES, NEWLINE, type Pieces, QUOTE, RETURN } from "./bytes.js";
import type { Lines } from "./lines.js";

export interface Dialect {
  /** The byte between fields. */
  readonly delimiter: number;
  /** Whether a carriage return alone ends a line, as on old Macs. */
  readonly endsWithReturn: boolean;
  /** Whether the first line is `sep=;`, as Excel writes it. */
  readonly hasSeparatorLine: boolean;
  /** Bytes before the header: a byte order mark and the line `sep=;`. */
  readonly skip: number;
}

/** Tried in this order: where several explain the header equally well, the first is taken. */
const DELIMITERS = [",", ";", "\t", "|"] as const;

const BYTE_ORDER_MARK = "efbbbf";

/** Names without case and punctuation, so that a misspelt header still shows its delimiter. */
const normalised = (name: string) => name.toLowerCase().replace(/[^a-z0-9]/g, "");

const KNOWN_NAMES = new Set(
  [
    "layer",
    ...SETTINGS.map(({ name }) => name),
    ...KIND_NAMES.flatMap((name) => [...kindOf(name).parameterNames, ...kindOf(name).plainNames]),
  ].map(normalised),
);

/** Finds the dialect of a list from its first bytes. `given` is the delimiter that the user named. */
export function dialectOf(head: Uint8Array, requested: string | undefined): Dialect {
  const bytes = bufferOf(head);
  const markLength = bytes.toString("hex", 0, 3) === BYTE_ORDER_MARK ? 3 : 0;
  // Bytes as characters: all that is looked for is ASCII.
  const text = bytes.toString("latin1", markLength);
  const separator = /^"?sep=([^\r\n])"?[,;\t| ]*(?:\r\n?|\n|$)/i.exec(text);
  const skip = markLength + (separator?.[0].length ?? 0);
  const header = text.slice(separator?.[0].length ?? 0);
  const delimiter = requested ?? separator?.[1] ?? delimiterOf(header);
  const endsWithReturn = lineEndOf(header === "" ? text : header) === "\r";
  return {
    delimiter: delimiter.charCodeAt(0),
    endsWithReturn,
    hasSeparatorLine: separator !== null,
    skip,
  };
}

/** The first line end outside quotes, if there is one. */
function lineEndOf(text: string): "\n" | "\r" | "\r\n" | undefined {
  let isQuoted = false;
  for (let i = 0; i < text.length; i++) {
    if (text[i] === '"') isQuoted = !isQuoted;
    if (isQuoted) continue;
    if (text[i] === "\n") return "\n";
    if (text[i] === "\r") return text[i + 1] === "\n" ? "\r\n" : "\r";
  }
  return undefined;
}

/** The delimiter by which most fields of the header are known names. */
function delimiterOf(header: string): string {
  let best: string = ",";
  let max = 0;
  for (const delimiter of DELIMITERS) {
    const known = headerFields(header, delimiter).filter((name) =>
      KNOWN_NAMES.has(normalised(name)),
    ).length;
    if (known <= max) continue;
    max = known;
    best = delimiter;
  }
  return best;
}

function headerFields(header: string, delimiter: string): string[] {
  const fields: string[] = [];
  let field = "";
  let isQuoted = false;
  for (const character of header) {
    if (character === '"') isQuoted = !isQuoted;
    else if (!isQuoted && (character === "\n" || character === "\r")) break;
    else if (!isQuoted && character === delimiter) {
      fields.push(field);
      field = "";
    } else field += character;
  }
  return [...fields, field];
}

/** Whether a list of that dialect is canonical already, up to its byte order mark. */
export function isCanonical({ delimiter, endsWithReturn, hasSeparatorLine }: Dialect): boolean {
  return delimiter === COMMA && !endsWithReturn && !hasSeparatorLine;
}

/**
 * Rewrites a list with commas and line feeds. A field that holds a comma is quoted; all other bytes stay as they are, so that each line stays
 * one line. Holds no more than a field.
 */
export async function* withCommas(
  pieces: Pieces,
  dialect: Dialect,
  lines: Lines,
): AsyncGenerator<Uint8Array> {
  const rewriter = new Rewriter(dialect);
  // The line `sep=;` is not a record, but it counts as a line.
  if (dialect.hasSeparatorLine) lines.set(1, 2);
  let skip = dialect.skip;
  for await (const piece of pieces) {
    const skipped = Math.min(skip, piece.length);
    skip -= skipped;
    if (piece.length > skipped) yield rewriter.rewrite(bufferOf(piece.subarray(skipped)));
  }
  const end = rewriter.end();
  if (end.length > 0) yield end;
}

class Rewriter {
  readonly #delimiter: number;
  readonly #endsWithReturn: boolean;
  /** The beginning of an unquoted field whose end has not arrived: whether it must be quoted is not known yet. */
  #field = Buffer.alloc(0);
  /** Whether the last byte was within a quoted field. */
  #isQuoted = false;
  /** Whether the last byte closed a quoted field, or began a doubled quote. */
  #isClosing = false;
  /** Whether the next byte begins a field. */
  #isFieldStart = true;
  #afterReturn = false;

  constructor({ delimiter, endsWithReturn }: Dialect) {
    this.#delimiter = delimiter;
    this.#endsWithReturn = endsWithReturn;
  }

  rewrite(piece: Buffer): Buffer {
    const bytes = this.#field.length > 0 ? Buffer.concat([this.#field, piece]) : piece;
    const continuesField = this.#field.length > 0;
    this.#field = Buffer.alloc(0);
    const isPlain =
      !this.#isQuoted &&
      !this.#isClosing &&
      !this.#endsWithReturn &&
      !bytes.includes(QUOTE) &&
      !bytes.includes(COMMA);
    if (isPlain) return this.#replaceDelimiters(bytes);
    return this.#rewriteFields(bytes, continuesField);
  }

  end(): Buffer {
    const field = this.#field;
    this.#field = Buffer.alloc(0);
    return field.includes(COMMA) ? quoted(field) : field;
  }

  /** Without quotes and commas every delimiter is simply replaced. */
  #replaceDelimiters(bytes: Buffer): Buffer {
    const end = Math.max(bytes.lastIndexOf(this.#delimiter), bytes.lastIndexOf(NEWLINE)) + 1;
    const out = Buffer.from(bytes.subarray(0, end));
    for (let i = 0; i < end; i++) if (out[i] === this.#delimiter) out[i] = COMMA;
    this.#holdField(bytes.subarray(end));
    return this.#field.length > MAX_RECORD_BYTES ? this.#releaseField(out) : out;
  }

  #holdField(field: Buffer): void {
    this.#field = Buffer.from(field);
    this.#isFieldStart = true;
  }

  /** A field that is longer than a record may be is passed on as it is: it is refused for its length. */
  #releaseField(out: Buffer): Buffer {
    const all = Buffer.concat([out, this.#field]);
    this.#field = Buffer.alloc(0);
    this.#isFieldStart = false;
    return all;
  }

  /** The general case. Every byte is copied; each unquoted field is looked at once its end is known. */
  #rewriteFields(bytes: Buffer, continuesField: boolean): Buffer {
    // A field of one comma becomes three bytes, and its delimiter follows; quotes can double besides.
    const out = Buffer.allocUnsafe(2 * bytes.length + 16);
    let length = 0;
    let i = 0;
    if (continuesField) this.#isFieldStart = true;
    while (i < bytes.length) {
      if (this.#isFieldStart && bytes[i] !== QUOTE) {
        // An unquoted field, up to its delimiter or line end.
        let end = i;
        let hasComma = false;
        while (end < bytes.length && !this.#isEnd(bytes[end] as number)) {
          if (bytes[end] === COMMA) hasComma = true;
          end++;
        }
        if (end === bytes.length) {
          this.#holdField(bytes.subarray(i));
          const done = Buffer.from(out.subarray(0, length));
          return this.#field.length > MAX_RECORD_BYTES ? this.#releaseField(done) : done;
        }
        const hasReturn = hasComma && bytes[end] === NEWLINE && bytes[end - 1] === RETURN;
        const field = bytes.subarray(i, hasReturn ? end - 1 : end);
        length += (hasComma ? quoted(field) : field).copy(out, length);
        if (hasReturn) out[length++] = RETURN;
        this.#isFieldStart = false;
        if (field.length > 0) this.#afterReturn = false;
        i = end;
      }
      const byte = bytes[i++] as number;
      if (this.#isQuoted) {
        if (byte === QUOTE) {
          this.#isQuoted = false;
          this.#isClosing = true;
        }
        out[length++] = byte;
        continue;
      }
      if (byte === QUOTE && (this.#isFieldStart || this.#isClosing)) {
        // The opening quote, or the second one of a pair.
        this.#isQuoted = true;
        this.#isClosing = false;
        this.#isFieldStart = false;
        this.#afterReturn = false;
        out[length++] = byte;
        continue;
      }
      this.#isClosing = false;
      if (byte === this.#delimiter) {
        out[length++] = COMMA;
        this.#isFieldStart = true;
      } else if (byte === RETURN && this.#endsWithReturn) {
        out[length++] = NEWLINE;
        this.#isFieldStart = true;
        this.#afterReturn = true;
        continue;
      } else if (byte === NEWLINE) {
        // Of a carriage return and a line feed one line end is made.
        if (!this.#afterReturn) out[length++] = NEWLINE;
        this.#isFieldStart = true;
      } else {
        out[length++] = byte;
      }
      this.#afterReturn = false;
    }
    return Buffer.from(out.subarray(0, length));
  }

  #isEnd(byte: number): boolean {
    return (
      byte === this.#delimiter || byte === NEWLINE || (byte === RETURN && this.#endsWithReturn)
    );
  }
}

function quoted(field: Buffer): Buffer {
  return Buffer.from(`"${field.toString("latin1").replaceAll('"', '""')}"`, "latin1");
}
