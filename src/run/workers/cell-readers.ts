/**
 * Readers of the cells of a column of a list, by the type of the column. The kernel has checked the
 * cells of parameters, and has written those of results.
 */
import { utf8Length } from "../../bytes.js";
import { nearestDouble, readFraction } from "../../fraction.js";
import type { ColumnValues } from "../../kernel/column-layout.js";
import type { KernelVector } from "../../kernel/vectors.js";
import type { ListColumn } from "../../plan/list-types.js";
import type { ValueType } from "../../plan/value-types.js";
import type { TextValues } from "../output/row-batch.js";

/** Reads the cells of a column, one for each row. */
export interface CellReader {
  /**
   * Reads the cell of a row: the content of the field, [from, to) of a text.
   *
   * @returns false if the column cannot have its value.
   */
  read(text: string, from: number, to: number, row: number): boolean;
  /** The first `rows` rows of the column. */
  column(rows: number): ColumnValues | TextValues;
}

export interface ReaderOptions {
  readonly rows: number;
  /** Whether counts above 2^63 - 1 are refused. */
  readonly isSigned: boolean;
  /** Whether all texts are ASCII. */
  readonly isAscii: boolean;
  /** Whether a parameter whose text is not a value of its column has no value. */
  readonly isLenient: boolean;
}

export function readerOf(column: ListColumn, cell: number, options: ReaderOptions): CellReader {
  switch (column.type) {
    case "text":
      return new TextReader(column, cell, options);
    case "int32":
      return new ParameterReader(column, cell, new Int32Array(options.rows), options, integerIn);
    case "boolean":
      return new ParameterReader(column, cell, new Uint8Array(options.rows), options, booleanIn);
    case "double":
      return new ParameterReader(column, cell, new Float64Array(options.rows), options, decimalIn);
    default:
      return new CountReader(column, cell, options);
  }
}

/** The column of messages in rows without an error. */
export function errorlessColumn(cell: number, rows: number): ColumnValues {
  const runs = {
    values: new BigUint64Array(Number(rows > 0)),
    rows: Uint32Array.of(rows).subarray(0, Number(rows > 0)),
    missing: Uint32Array.of(1).subarray(0, Number(rows > 0)),
  };
  return { cell, type: "text", runs };
}

/** What the readers of a vector have in common. */
abstract class VectorReader<V extends KernelVector> {
  readonly #cell: number;
  readonly #type: ValueType;
  protected readonly vector: V;
  protected readonly missing: Uint8Array | undefined;
  readonly #name: string;

  constructor({ name, type, isNullable }: ListColumn, cell: number, vector: V) {
    this.#name = name;
    this.#cell = cell;
    this.#type = type;
    this.vector = vector;
    this.missing = isNullable ? new Uint8Array(vector.length) : undefined;
  }

  /** Marks a row without a value. */
  protected mark(row: number, text: string): true {
    if (!this.missing) throw new Error(`a row without ${this.#name}: '${text}'`);
    this.missing[row] = 1;
    return true;
  }

  column(rows: number): ColumnValues {
    const missing = this.missing?.subarray(0, rows);
    const vector = this.vector.subarray(0, rows) as V;
    return { cell: this.#cell, type: this.#type, vector, ...(missing && { missing }) };
  }
}

const ZERO = 0x30;
const NINE = 0x39;

/** Numbers of as many digits are exact as doubles. */
const EXACT_DIGITS = 15;

/** The number that [from, to) has as digits. Undefined for other texts and too many digits. */
function digitsIn(text: string, from: number, to: number): number | undefined {
  if (to - from > EXACT_DIGITS || from === to) return undefined;
  let value = 0;
  for (let i = from; i < to; i++) {
    const unit = text.charCodeAt(i);
    if (unit < ZERO || unit > NINE) return undefined;
    value = 10 * value + unit - ZERO;
  }
  return value;
}

/** Integers of 64 bits. */
class CountReader extends VectorReader<BigUint64Array<ArrayBuffer>> implements CellReader {
  readonly #words: Uint32Array;
  readonly #max: bigint;

  constructor(column: ListColumn, cell: number, { rows, isSigned }: ReaderOptions) {
    const vector = new BigUint64Array(rows);
    super(column, cell, vector);
    this.#words = new Uint32Array(vector.buffer);
    this.#max = isSigned ? 2n ** 63n - 1n : 2n ** 64n - 1n;
  }

  read(text: string, from: number, to: number, row: number): boolean {
    if (from === to) return this.mark(row, "");
    // Words of 32 bits, because a BigInt for each cell takes longer.
    const value = digitsIn(text, from, to);
    if (value === undefined) return this.#readLong(text.slice(from, to), row);
    this.#words[2 * row] = value;
    this.#words[2 * row + 1] = value / 2 ** 32;
    return true;
  }

  #readLong(text: string, row: number): boolean {
    const value = BigInt(text);
    if (value > this.#max) return false;
    this.vector[row] = value;
    return true;
  }
}

type SmallVector = Exclude<KernelVector, BigUint64Array>;

/** Smaller values: parameters, booleans and decimals. */
class ParameterReader extends VectorReader<SmallVector> {
  readonly #isLenient: boolean;
  readonly #valueIn: (text: string, from: number, to: number) => number | undefined;

  constructor(
    column: ListColumn,
    cell: number,
    vector: SmallVector,
    { isLenient }: ReaderOptions,
    valueIn: (text: string, from: number, to: number) => number | undefined,
  ) {
    super(column, cell, vector);
    this.#isLenient = isLenient;
    this.#valueIn = valueIn;
  }

  read(text: string, from: number, to: number, row: number): boolean {
    if (from === to) return this.mark(row, "");
    const value = this.#valueIn(text, from, to);
    if (value !== undefined) this.vector[row] = value;
    else if (this.#isLenient) return this.mark(row, text.slice(from, to));
    else throw new Error(`cannot read '${text.slice(from, to)}'`);
    return true;
  }
}

/** A value alone, or as a tuple of one: `8`, `(8,)`, `[8]`. */
const ALONE = /^[ \t]*[([]?[ \t]*(-?(?:0|[1-9][0-9]{0,9}))[ \t]*,?[ \t]*[)\]]?[ \t]*$/;

function integerIn(text: string, from: number, to: number): number | undefined {
  const digits = digitsIn(text, from, to);
  const value = digits ?? Number(ALONE.exec(text.slice(from, to))?.[1] ?? Number.NaN);
  return value === (value | 0) ? value : undefined;
}

function booleanIn(text: string, from: number, to: number): number | undefined {
  switch (text.slice(from, to).toLowerCase()) {
    case "true":
    case "1":
      return 1;
    case "false":
    case "0":
      return 0;
  }
  return undefined;
}

const DECIMAL = /^-?[0-9]+(?:\.[0-9]+)?(?:e[-+]?[0-9]+)?$/i;

/** A decimal as the nearest double, or a fraction of decimals. */
function decimalIn(text: string, from: number, to: number): number | undefined {
  const digits = digitsIn(text, from, to);
  if (digits !== undefined) return digits;
  const own = text.slice(from, to).replace(/^[ \t([]+|[ \t,)\]]+$/g, "");
  if (DECIMAL.test(own)) return Number(own);
  const fraction = readFraction(own);
  return typeof fraction === "string" ? undefined : nearestDouble(fraction);
}

/** Texts that are copied, parameters that may be words or tuples, and messages. */
class TextReader implements CellReader {
  readonly #cell: number;
  readonly #ids: Int32Array;
  readonly #missing: Uint8Array | undefined;
  readonly #isAscii: boolean;
  readonly #idOf = new Map<string, number>();
  /** The text of the row before, and its number. Consecutive rows often have the same text. */
  #lastText: string | undefined;
  #lastId = 0;

  constructor({ isNullable }: ListColumn, cell: number, { rows, isAscii }: ReaderOptions) {
    this.#cell = cell;
    this.#ids = new Int32Array(rows);
    this.#missing = isNullable ? new Uint8Array(rows) : undefined;
    this.#isAscii = isAscii;
  }

  read(text: string, from: number, to: number, row: number): boolean {
    if (from === to && this.#missing) {
      this.#missing[row] = 1;
      return true;
    }
    const own = text.slice(from, to);
    if (own !== this.#lastText) {
      this.#lastId = this.#idOf.get(own) ?? this.#idOf.size;
      if (this.#lastId === this.#idOf.size) this.#idOf.set(own, this.#lastId);
      this.#lastText = own;
    }
    this.#ids[row] = this.#lastId;
    return true;
  }

  column(rows: number): TextValues {
    const texts = [...this.#idOf.keys()];
    const ends = new Uint32Array(texts.length);
    const bytes = new Uint32Array(texts.length);
    let end = 0;
    for (const [id, text] of texts.entries()) {
      end += text.length;
      ends[id] = end;
      bytes[id] = this.#isAscii ? text.length : utf8Length(text);
    }
    const missing = this.#missing?.subarray(0, rows);
    return {
      cell: this.#cell,
      texts: { joined: texts.join(""), ends, bytes },
      ids: this.#ids.subarray(0, rows),
      ...(missing && { missing }),
    };
  }
}
