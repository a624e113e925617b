/** Writes typed cells as canonical CSV: UTF-8, commas, line feeds, RFC 4180 quotes. */
import { COMMA, NEWLINE, QUOTE, RETURN } from "./bytes.js";

const ZERO = 0x30;
const MINUS = 0x2d;

/** Maximum length of an integer from -(2^53) to 2^53 in digits, with its sign. */
const MAX_INTEGER_BYTES = 17;

/** Texts up to this length are copied byte by byte, which is faster than a call for them. */
const MAX_SHORT_TEXT = 24;

/** Bytes of free space that are added when the buffer is full. */
const EXTRA_BYTES = 64 * 1024;

const TEXT_ENCODER = new TextEncoder();

export class CsvWriter {
  #bytes: Uint8Array = new Uint8Array(EXTRA_BYTES);
  #length = 0;
  /** Number of line ends inside of cells since the last call of `takeLineEnds`. */
  #lineEnds = 0;

  /** Number of bytes written since the last call of `take`. */
  get length(): number {
    return this.#length;
  }

  /** Returns the bytes written, and starts again without any. */
  take(): Uint8Array {
    const taken = this.#bytes.subarray(0, this.#length);
    this.#bytes = new Uint8Array(this.#bytes.length);
    this.#length = 0;
    return taken;
  }

  takeLineEnds(): number {
    const count = this.#lineEnds;
    this.#lineEnds = 0;
    return count;
  }

  endCell(): void {
    this.#ensure(1);
    this.#bytes[this.#length++] = COMMA;
  }

  endRecord(): void {
    this.#ensure(1);
    this.#bytes[this.#length++] = NEWLINE;
  }

  /** Writes a whole number from -(2^53) to 2^53. */
  integer(value: number): void {
    this.#ensure(MAX_INTEGER_BYTES);
    let rest = value;
    if (rest < 0) {
      this.#bytes[this.#length++] = MINUS;
      rest = -rest;
    }
    let digits = 1;
    for (let power = 10; power <= rest; power *= 10) digits++;
    const end = this.#length + digits;
    let at = end;
    while (rest > 0x7fffffff) {
      const quotient = Math.floor(rest / 10);
      this.#bytes[--at] = ZERO + (rest - 10 * quotient);
      rest = quotient;
    }
    while (at > this.#length) {
      const quotient = (rest / 10) | 0;
      this.#bytes[--at] = ZERO + (rest - 10 * quotient);
      rest = quotient;
    }
    this.#length = end;
  }

  /** Writes an integer of 64 bits, given as words of 32 bits. Most are small, and take no BigInt. */
  wideInteger(low: number, high: number, isSigned: boolean): void {
    const unsignedLow = low >>> 0;
    if (high >= 0 && high < 0x200000) {
      this.integer(high * 2 ** 32 + unsignedLow);
    } else {
      const value = (BigInt(high) << 32n) | BigInt(unsignedLow);
      this.bigInteger(isSigned ? value : BigInt.asUintN(64, value));
    }
  }

  bigInteger(value: bigint): void {
    if (BigInt.asIntN(53, value) === value) this.integer(Number(value));
    else this.#ascii(String(value));
  }

  /**
   * Writes a number. Whole numbers have no decimal point, so that they are read as integers; others
   * have the fewest digits that identify them, among those of 32 bits if `isSingle`.
   */
  number(value: number, isSingle = false): void {
    if (Number.isSafeInteger(value)) this.integer(value);
    else if (Number.isInteger(value)) this.bigInteger(BigInt(value));
    else this.#ascii(String(isSingle ? shortestSingle(value) : value));
  }

  /** Writes an integer times a power of ten, exactly. */
  decimal(unscaled: bigint, scale: number): void {
    this.#ascii(decimalText(unscaled, scale));
  }

  boolean(value: boolean): void {
    this.#ascii(value ? "true" : "false");
  }

  text(text: string): void {
    const utf8 = TEXT_ENCODER.encode(text);
    this.utf8(utf8, 0, utf8.length);
  }

  /** Writes text as its bytes, in quotes if it needs them. */
  utf8(bytes: Uint8Array, start: number, end: number): void {
    this.#ensure(2 * (end - start) + 2);
    if (needsQuotes(bytes, start, end)) this.#quoted(bytes, start, end);
    else this.raw(end - start === bytes.length ? bytes : bytes.subarray(start, end));
  }

  raw(bytes: Uint8Array): void {
    this.#ensure(bytes.length);
    if (bytes.length > MAX_SHORT_TEXT) {
      this.#bytes.set(bytes, this.#length);
      this.#length += bytes.length;
    } else {
      for (let i = 0; i < bytes.length; i++) this.#bytes[this.#length++] = bytes[i] as number;
    }
  }

  #quoted(bytes: Uint8Array, start: number, end: number): void {
    this.#bytes[this.#length++] = QUOTE;
    for (let i = start; i < end; i++) {
      const byte = bytes[i] as number;
      if (byte === QUOTE) this.#bytes[this.#length++] = QUOTE;
      if (byte === NEWLINE) this.#lineEnds++;
      this.#bytes[this.#length++] = byte;
    }
    this.#bytes[this.#length++] = QUOTE;
  }

  #ascii(text: string): void {
    this.#ensure(text.length);
    for (let i = 0; i < text.length; i++) this.#bytes[this.#length++] = text.charCodeAt(i);
  }

  #ensure(room: number): void {
    if (this.#length + room <= this.#bytes.length) return;
    const larger = new Uint8Array(2 * this.#bytes.length + room);
    larger.set(this.#bytes.subarray(0, this.#length));
    this.#bytes = larger;
  }
}

function needsQuotes(bytes: Uint8Array, start: number, end: number): boolean {
  for (let i = start; i < end; i++) {
    const byte = bytes[i];
    if (byte === COMMA || byte === QUOTE || byte === NEWLINE || byte === RETURN) return true;
  }
  return false;
}

/** The number with the fewest digits that rounds to `value`, which has 32 bits. */
function shortestSingle(value: number): number {
  for (let digits = 6; digits < 9; digits++) {
    const short = Number(value.toPrecision(digits));
    if (Math.fround(short) === value) return short;
  }
  // NaN and the infinities, too, are as they are.
  return Number(value.toPrecision(9));
}

/** The digits of `unscaled` / 10^`scale`, without zeros at the end of the fraction. */
export function decimalText(unscaled: bigint, scale: number): string {
  if (scale <= 0) return String(unscaled * 10n ** BigInt(-scale));
  const sign = unscaled < 0n ? "-" : "";
  const digits = String(unscaled < 0n ? -unscaled : unscaled).padStart(scale + 1, "0");
  const fraction = digits.slice(-scale).replace(/0+$/, "");
  return `${sign}${digits.slice(0, -scale)}${fraction === "" ? "" : `.${fraction}`}`;
}
