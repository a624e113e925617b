/**
 * JSON Lines, and arrays of objects. Each flat object becomes a CSV record. Numbers keep exactly
 * the digits of the source.
 */

import { isUtf8 } from "node:buffer";
import { errors } from "../errors.js";
import { quote } from "../format-message.js";
import { INPUT_BYTES } from "../limits.js";
import { bufferOf } from "./buffer.js";
import type { Pieces } from "./bytes.js";
import type { Lines } from "./lines.js";

const NUMBER = /^-?(?:0|[1-9][0-9]*)(?:\.[0-9]+)?(?:[eE][+-]?[0-9]+)?$/;
/** Matches a number, a literal, or text that resembles one. */
const WORD = /[-+.0-9A-Za-z]*/y;
const ONE_OBJECT_REMEDY = "Write one flat JSON object per line.";
const LITERALS: Readonly<Record<string, string>> = { true: "true", false: "false", null: "" };

/** Whether a list is JSON, judging by its first bytes. */
export function isJson(head: Uint8Array): boolean {
  return /^(?:\u00ef\u00bb\u00bf)?[ \t\r\n]*(?:\{|\[[ \t\r\n]*[{\]])/.test(
    bufferOf(head).toString("latin1"),
  );
}

/** The keys of all objects, in order of first appearance. */
export async function keysOf(pieces: Pieces, location: string): Promise<readonly string[]> {
  const reader = new JsonReader(location, undefined, undefined);
  for await (const piece of pieces) reader.read(piece);
  reader.end();
  return reader.keys;
}

/** Converts a JSON list to CSV. Without `keys`, the keys of the first object are the columns. */
export async function* fromJson(
  pieces: Pieces,
  location: string,
  keys: readonly string[] | undefined,
  lines: Lines,
): AsyncGenerator<Uint8Array> {
  const reader = new JsonReader(location, keys, lines);
  for await (const piece of pieces) {
    const csv = reader.read(piece);
    if (csv !== "") yield Buffer.from(csv);
  }
  const csv = reader.end();
  if (csv !== "") yield Buffer.from(csv);
}

/** Returned instead of a position when the text ends within an object and more input is needed. */
const INCOMPLETE = -1;

class JsonReader {
  readonly keys: string[] = [];
  readonly #location: string;
  readonly #lines: Lines | undefined;
  readonly #columns = new Map<string, number>();
  /** Whether the reader only collects keys, and writes no records. */
  readonly #isCollecting: boolean;
  /** Whether a new key adds a column. False once a record is written, or if the keys are given. */
  #acceptsNewKeys: boolean;
  #hasHeader = false;
  readonly #decoder = new TextDecoder("utf-8", { fatal: true });
  /** Decoded text. The part before `#at` has been read. */
  #text = "";
  #at = 0;
  /** The source line of the last position passed to `#lineOf`, and the first line end after it. */
  #line = 1;
  #newline = -1;
  #csvLine = 1;
  /** State of the enclosing array, if there is one. */
  #array: "none" | "open" | "closed" = "none";
  /** Whether a comma must precede the next object of the array. */
  #needsComma = false;
  #objects = 0;
  /**
   * The key that the last object had at each position, as source text with its colon. Most objects
   * have the same keys in the same order, so comparing this text recognises most keys.
   */
  readonly #expected: { readonly token: string; readonly column: number }[] = [];
  #cells: (string | undefined)[] = [];
  /** The value that was read last, as the text of a CSV field before quoting. */
  #value = "";

  constructor(location: string, keys: readonly string[] | undefined, lines: Lines | undefined) {
    this.#location = location;
    this.#lines = lines;
    this.#isCollecting = lines === undefined;
    this.#acceptsNewKeys = keys === undefined;
    for (const key of keys ?? []) this.#addKey(key);
  }

  /** Reads a piece. Returns the CSV records of the objects that end in it. */
  read(piece: Uint8Array): string {
    const text = this.#decode(piece, false);
    const isContinued = this.#at < this.#text.length;
    this.#append(text);
    // Only a brace can complete an object. Without one, do not read an incomplete object again.
    if (isContinued && !text.includes("}") && this.#text.length < INPUT_BYTES) return "";
    return this.#readObjects(false);
  }

  /** Ends the input. Returns the records that remain. */
  end(): string {
    this.#append(this.#decode(new Uint8Array(0), true));
    const csv = this.#readObjects(true);
    if (this.#array === "open")
      throw this.#error(
        this.#at,
        "the array is not closed",
        "The list may be truncated; write it again.",
      );
    return csv;
  }

  #append(text: string): void {
    this.#lineOf(this.#at);
    this.#text = this.#text.slice(this.#at) + text;
    this.#at = 0;
    this.#newline = this.#text.indexOf("\n");
  }

  #readObjects(isEnd: boolean): string {
    const records: string[] = [];
    for (;;) {
      const start = this.#findObject();
      if (start === undefined) break;
      this.#cells = new Array<string | undefined>(this.keys.length).fill(undefined);
      const end = this.#readObject(start);
      if (end === INCOMPLETE) {
        const length = this.#text.length - start;
        if (length > INPUT_BYTES) throw errors.longRecord(this.#locationOf(start), INPUT_BYTES);
        if (isEnd)
          throw this.#error(
            start,
            "the object is not closed",
            "The list may be truncated; write it again.",
          );
        this.#at = start;
        break;
      }
      this.#objects++;
      this.#needsComma = this.#array === "open";
      if (!this.#isCollecting) this.#write(start, records);
      this.#at = end;
    }
    return records.join("");
  }

  /**
   * Advances to the next object. Returns its start, or undefined if the text has no further one.
   */
  #findObject(): number | undefined {
    for (;;) {
      const at = this.#skipSpace(this.#at);
      this.#at = at;
      if (at >= this.#text.length) return undefined;
      const character = this.#text[at];
      if (character === "{" && !this.#needsComma && this.#array !== "closed") return at;
      if (character === "[" && this.#array === "none" && this.#objects === 0) this.#array = "open";
      else if (
        character === "]" &&
        this.#array === "open" &&
        (this.#needsComma || this.#objects === 0)
      ) {
        this.#array = "closed";
        this.#needsComma = false;
      } else if (character === "," && this.#needsComma) this.#needsComma = false;
      else {
        const wanted =
          this.#array === "open" && this.#needsComma
            ? "a comma or ]"
            : this.#array === "closed"
              ? "the end"
              : "an object";
        const remedy =
          character === ","
            ? "Write each object on its own line, without commas between lines."
            : "Write one object per line, for example with pandas: to_json(orient='records', lines=True).";
        throw this.#unexpected(at, wanted, remedy);
      }
      this.#at = at + 1;
    }
  }

  /** Reads the object at `start` into the cells. Returns the position after it, or INCOMPLETE. */
  #readObject(start: number): number {
    let at = this.#skipSpace(start + 1);
    if (this.#text[at] === "}") return at + 1;
    for (let position = 0; ; position++) {
      const expected = this.#expected[position];
      let column: number;
      if (expected && this.#text.startsWith(expected.token, at)) {
        column = expected.column;
        at += expected.token.length;
      } else {
        const keyEnd = this.#readString(at, "a key in double quotes");
        if (keyEnd === INCOMPLETE) return INCOMPLETE;
        const key = this.#value;
        const colon = this.#skipSpace(keyEnd);
        if (colon >= this.#text.length) return INCOMPLETE;
        if (this.#text[colon] !== ":") throw this.#unexpected(colon, "a colon");
        const valueStart = this.#skipSpace(colon + 1);
        if (valueStart >= this.#text.length) return INCOMPLETE;
        column = this.#columnOf(key, at);
        this.#expected[position] = { token: this.#text.slice(at, valueStart), column };
        at = valueStart;
      }
      if (this.#cells[column] !== undefined)
        throw errors.duplicateKey(this.#locationOf(at), this.keys[column] as string);
      at = this.#readValue(at, column);
      if (at === INCOMPLETE) return INCOMPLETE;
      this.#cells[column] = this.#value;
      at = this.#skipSpace(at);
      if (at >= this.#text.length) return INCOMPLETE;
      const code = this.#text.charCodeAt(at);
      if (code === 0x7d) return at + 1;
      if (code !== 0x2c) throw this.#unexpected(at, "a comma or }");
      at = this.#skipSpace(at + 1);
      if (at >= this.#text.length) return INCOMPLETE;
    }
  }

  #columnOf(key: string, at: number): number {
    const known = this.#columns.get(key);
    if (known !== undefined) return known;
    if (!this.#acceptsNewKeys) throw errors.newKey(this.#locationOf(at), key);
    return this.#addKey(key);
  }

  #addKey(key: string): number {
    this.#columns.set(key, this.keys.length);
    this.keys.push(key);
    return this.keys.length - 1;
  }

  /** Reads a value, which may be an array. Returns the position after it, or INCOMPLETE. */
  #readValue(at: number, column: number): number {
    if (this.#text.charCodeAt(at) !== 0x5b) return this.#readScalar(at, column);
    const items: string[] = [];
    let next = this.#skipSpace(at + 1);
    if (this.#text[next] === "]") {
      this.#value = "()";
      return next + 1;
    }
    for (;;) {
      const end = this.#readScalar(next, column);
      if (end === INCOMPLETE) return INCOMPLETE;
      items.push(this.#value);
      next = this.#skipSpace(end);
      if (next >= this.#text.length) return INCOMPLETE;
      if (this.#text[next] === "]") break;
      if (this.#text[next] !== ",") throw this.#unexpected(next, "a comma or ]");
      next = this.#skipSpace(next + 1);
    }
    this.#value = `(${items.join(", ")})`;
    return next + 1;
  }

  /** Reads a number, string, true, false or null. Returns the position after it, or INCOMPLETE. */
  #readScalar(at: number, column: number): number {
    const text = this.#text;
    const first = text.charCodeAt(at);
    // Fast path: most values consist of digits only.
    if (first >= 0x30 && first <= 0x39) {
      let end = at + 1;
      let code = text.charCodeAt(end);
      while (code >= 0x30 && code <= 0x39) code = text.charCodeAt(++end);
      if ((code === 0x2c || code === 0x7d) && (first !== 0x30 || end === at + 1)) {
        this.#value = text.slice(at, end);
        return end;
      }
    }
    if (at >= text.length) return INCOMPLETE;
    if (first === 0x22) return this.#readString(at, "a value");
    if (first === 0x7b || first === 0x5b)
      throw errors.nestedJson(this.#locationOf(at), this.keys[column] as string);
    WORD.lastIndex = at;
    const word = (WORD.exec(text) as RegExpExecArray)[0];
    const end = at + word.length;
    if (end >= text.length) return INCOMPLETE;
    const literal = Object.hasOwn(LITERALS, word) ? LITERALS[word] : undefined;
    if (literal === undefined && !NUMBER.test(word)) {
      throw word === ""
        ? this.#unexpected(at, "a value")
        : this.#error(
            at,
            `${this.keys[column]} has the value ${word}, which is not JSON`,
            "Write a number, a text in double quotes, true, false or null.",
          );
    }
    this.#value = literal ?? word;
    return end;
  }

  /** Reads a string. Returns the position after its closing quote, or INCOMPLETE. */
  #readString(at: number, wanted: string): number {
    const text = this.#text;
    if (at >= text.length) return INCOMPLETE;
    if (text[at] !== '"') throw this.#unexpected(at, wanted);
    let end = text.indexOf('"', at + 1);
    let raw = text.slice(at + 1, end < 0 ? undefined : end);
    const hasEscape = raw.includes("\\");
    if (hasEscape) {
      while (end >= 0 && isEscaped(text, end)) end = text.indexOf('"', end + 1);
      raw = text.slice(at + 1, end < 0 ? undefined : end);
    }
    // biome-ignore lint/suspicious/noControlCharactersInRegex: JSON forbids them in strings
    if (/[\u0000-\u001f]/.test(raw))
      throw this.#error(
        at,
        "a text is not closed on its line, or contains a control character",
        'Write a closing ", and a line break as \\n.',
      );
    if (end < 0) return INCOMPLETE;
    this.#value = hasEscape ? this.#unescaped(raw, at) : raw;
    return end + 1;
  }

  #unescaped(raw: string, at: number): string {
    try {
      const value = JSON.parse(`"${raw}"`) as string;
      if (!/\p{Cs}/u.test(value)) return value;
    } catch {
      // Invalid escapes get the same error as lone surrogates.
    }
    throw this.#error(
      at,
      "a text has an escape that JSON does not have",
      'Write one of \\" \\\\ \\/ \\b \\f \\n \\r \\t and \\u with four hexadecimal digits.',
    );
  }

  /** Appends the record of the cells to `records`, preceded by the header if it is the first. */
  #write(start: number, records: string[]): void {
    const line = this.#lineOf(start);
    if (!this.#hasHeader) {
      this.#hasHeader = true;
      this.#acceptsNewKeys = false;
      this.#lines?.set(this.#csvLine, line);
      records.push(this.#record(this.keys));
    }
    this.#lines?.set(this.#csvLine, line);
    records.push(this.#record(this.#cells));
  }

  #record(cells: readonly (string | undefined)[]): string {
    let record = "";
    for (let i = 0; i < this.keys.length; i++) {
      const cell = cells[i] ?? "";
      const isPlain = !/[",\r\n]/.test(cell);
      if (!isPlain) for (const character of cell) if (character === "\n") this.#csvLine++;
      record += `${i === 0 ? "" : ","}${isPlain ? cell : `"${cell.replaceAll('"', '""')}"`}`;
    }
    this.#csvLine++;
    return `${record}\n`;
  }

  // ── Text and lines ────────────────────────────────────────────────────────────────────────────

  #skipSpace(at: number): number {
    let end = at;
    for (
      let code = this.#text.charCodeAt(end);
      code === 0x20 || code === 0x0a || code === 0x0d || code === 0x09;
      code = this.#text.charCodeAt(end)
    )
      end++;
    return end;
  }

  #decode(piece: Uint8Array, isEnd: boolean): string {
    try {
      return this.#decoder.decode(piece, { stream: !isEnd });
    } catch {
      // Find the first line that is not valid UTF-8. The first bytes may also complete a character
      // that began in the previous piece.
      let line = this.#lineOf(this.#text.length);
      for (let from = 0; from < piece.length; line++) {
        const newline = piece.indexOf(0x0a, from);
        const end = newline < 0 ? piece.length : newline + 1;
        if (!isUtf8(piece.subarray(from, end))) break;
        from = end;
      }
      throw errors.badEncoding(`${this.#location}:${line}`, "the text is not valid UTF-8");
    }
  }

  /** The source line of a position. Between two calls of `#append`, positions must ascend. */
  #lineOf(at: number): number {
    while (this.#newline >= 0 && this.#newline < at) {
      this.#line++;
      this.#newline = this.#text.indexOf("\n", this.#newline + 1);
    }
    return this.#line;
  }

  #locationOf(at: number): string {
    return `${this.#location}:${this.#lineOf(at)}`;
  }

  #error(at: number, what: string, remedy: string): Error {
    return errors.badJson(this.#locationOf(at), what, remedy);
  }

  #unexpected(at: number, wanted: string, remedy = ONE_OBJECT_REMEDY): Error {
    return this.#error(
      at,
      `expected ${wanted}, found ${quote(this.#text.slice(at, at + 12))}`,
      remedy,
    );
  }
}

/** Whether an odd number of backslashes precedes a character. */
function isEscaped(text: string, at: number): boolean {
  let from = at;
  while (text[from - 1] === "\\") from--;
  return (at - from) % 2 === 1;
}
