/** Converts spreadsheet dialects (delimiters, line ends, `sep=` lines) to commas and line feeds. */

import { KIND_NAMES, kindOf } from "../layers/kinds.js";
import { SETTINGS } from "../layers/parameters.js";
import { INPUT_BYTES } from "../limits.js";
import { bufferOf } from "./buffer.js";
import { COMMA, NEWLINE, type Pieces, QUOTE, RETURN } from "./bytes.js";
import type { Lines } from "./lines.js";

export interface Dialect {
  /** The byte that separates fields. */
  readonly delimiter: number;
  /** Whether lines end with a lone carriage return, as on old Macs. */
  readonly endsWithReturn: boolean;
  /** Whether the first line is `sep=;`, as Excel writes it. */
  readonly hasSeparatorLine: boolean;
  /** Number of bytes before the header: a byte order mark and the line `sep=;`. */
  readonly skip: number;
}

/** The candidate delimiters. If several explain the header equally well, the first one wins. */
const DELIMITERS = [",", ";", "\t", "|"] as const;

const BYTE_ORDER_MARK = "efbbbf";

/**
 * Removes case and punctuation from a name, so that a misspelt header still reveals its delimiter.
 */
const normalised = (name: string) => name.toLowerCase().replace(/[^a-z0-9]/g, "");

const KNOWN_NAMES = new Set(
  [
    "layer",
    ...SETTINGS.map(({ name }) => name),
    ...KIND_NAMES.flatMap((name) => [...kindOf(name).parameterNames, ...kindOf(name).plainNames]),
  ].map(normalised),
);

/**
 * Detects the dialect of a list from its first bytes. A delimiter from the user takes precedence.
 */
export function dialectOf(head: Uint8Array, requested: string | undefined): Dialect {
  const bytes = bufferOf(head);
  const markLength = bytes.toString("hex", 0, 3) === BYTE_ORDER_MARK ? 3 : 0;
  // Latin-1 maps each byte to a character. All that is searched for is ASCII.
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

/** The first line end outside quotes, or undefined if there is none. */
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

/** The delimiter that splits the header into the most known names; a comma if there are none. */
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

/** Whether the dialect is canonical CSV. A byte order mark is allowed. */
export function isCanonical({ delimiter, endsWithReturn, hasSeparatorLine }: Dialect): boolean {
  return delimiter === COMMA && !endsWithReturn && !hasSeparatorLine;
}

/**
 * Rewrites a list with commas and line feeds. A field that contains a comma is quoted. All other
 * bytes are copied, so that each line remains one line. Buffers at most one field.
 */
export async function* withCommas(
  pieces: Pieces,
  dialect: Dialect,
  lines: Lines,
): AsyncGenerator<Uint8Array> {
  const rewriter = new Rewriter(dialect);
  // The line `sep=;` is dropped, but it is line 1 of the source.
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
  /**
   * The beginning of an unquoted field that has not been read completely. It is buffered because a
   * comma may follow, and then the field must be quoted.
   */
  #field = Buffer.alloc(0);
  /** Whether the last byte was inside a quoted field. */
  #isQuoted = false;
  /** Whether the last byte was a quote that closed a field or began a doubled quote. */
  #isClosing = false;
  /** Whether the next byte begins a field. */
  #isFieldStart = true;
  /** Whether the last byte was a carriage return that ended a line. */
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

  /** The fast path, for bytes without quotes and commas: replaces every delimiter. */
  #replaceDelimiters(bytes: Buffer): Buffer {
    const end = Math.max(bytes.lastIndexOf(this.#delimiter), bytes.lastIndexOf(NEWLINE)) + 1;
    const out = Buffer.from(bytes.subarray(0, end));
    for (let i = 0; i < end; i++) if (out[i] === this.#delimiter) out[i] = COMMA;
    this.#holdField(bytes.subarray(end));
    return this.#field.length > INPUT_BYTES ? this.#releaseField(out) : out;
  }

  #holdField(field: Buffer): void {
    this.#field = Buffer.from(field);
    this.#isFieldStart = true;
  }

  /**
   * Passes on a field that is longer than a record may be. The list reader reports its length as an
   * error.
   */
  #releaseField(out: Buffer): Buffer {
    const all = Buffer.concat([out, this.#field]);
    this.#field = Buffer.alloc(0);
    this.#isFieldStart = false;
    return all;
  }

  /**
   * The general case: copies byte by byte, and checks each unquoted field once its end is known.
   */
  #rewriteFields(bytes: Buffer, continuesField: boolean): Buffer {
    // A field of one comma becomes three bytes, plus its delimiter. Quotes in a field can double.
    const out = Buffer.allocUnsafe(2 * bytes.length + 16);
    let length = 0;
    let i = 0;
    if (continuesField) this.#isFieldStart = true;
    while (i < bytes.length) {
      if (this.#isFieldStart && bytes[i] !== QUOTE) {
        // Find the end of an unquoted field: its delimiter or line end.
        let end = i;
        let hasComma = false;
        while (end < bytes.length && !this.#isEnd(bytes[end] as number)) {
          if (bytes[end] === COMMA) hasComma = true;
          end++;
        }
        if (end === bytes.length) {
          this.#holdField(bytes.subarray(i));
          const done = Buffer.from(out.subarray(0, length));
          return this.#field.length > INPUT_BYTES ? this.#releaseField(done) : done;
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
        // An opening quote, or the second quote of a pair.
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
        // A carriage return and a line feed become a single line end.
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
