/**
 * Compact memory for the decoded values of a column. hyparquet returns arrays of objects for text
 * and for integers of 64 bits, which take ten times more memory than their contents.
 */
import { decimalText } from "./csv-writer.js";
import type { WriteCell } from "./table.js";

export interface CellStore {
  /**
   * Stores the value of a row, after those of the rows before. Missing values are not stored.
   *
   * @throws TypeError if it is not of the type of the column.
   */
  readonly set: (row: number, value: unknown) => void;
  readonly writeCell: WriteCell;
}

/** A column whose values are all missing. */
export function nothing(): CellStore {
  return { set: () => {}, writeCell: () => {} };
}

export function booleans(rows: number): CellStore {
  const [MISSING, FALSE, TRUE] = [0, 1, 2];
  const values = new Uint8Array(rows).fill(MISSING);
  return {
    set: (row, value) => {
      if (typeof value !== "boolean") throw new TypeError("not a boolean");
      values[row] = value ? TRUE : FALSE;
    },
    writeCell: (csv, row) => {
      if (values[row] !== MISSING) csv.boolean(values[row] === TRUE);
    },
  };
}

/**
 * Numbers with the precision of a double.
 *
 * @param isSingle whether they are floats of 32 bits.
 * @param isUnsigned whether they are integers of 32 bits without a sign.
 */
export function numbers(rows: number, isSingle: boolean, isUnsigned = false): CellStore {
  const isPresent = new Uint8Array(rows);
  const values = new Float64Array(rows);
  return {
    set: (row, value) => {
      if (typeof value !== "number") throw new TypeError("not a number");
      isPresent[row] = 1;
      values[row] = isUnsigned ? value >>> 0 : value;
    },
    writeCell: (csv, row) => {
      if (isPresent[row] === 1) csv.number(values[row] as number, isSingle);
    },
  };
}

/** Integers of 64 bits. */
export function wideIntegers(rows: number, isUnsigned: boolean): CellStore {
  const isPresent = new Uint8Array(rows);
  const values = new BigInt64Array(rows);
  const words = new Int32Array(values.buffer);
  return {
    set: (row, value) => {
      if (typeof value !== "bigint") throw new TypeError("not an integer of 64 bits");
      isPresent[row] = 1;
      values[row] = value;
    },
    writeCell: (csv, row) => {
      if (isPresent[row] === 1)
        csv.wideInteger(words[2 * row] as number, words[2 * row + 1] as number, !isUnsigned);
    },
  };
}

/**
 * Multiples of a power of ten: integers of any width, or bytes with the highest first. They are
 * stored as text, because a bigint takes 40 bytes of the heap of JavaScript, which is limited.
 */
export function decimals(rows: number, scale: number): CellStore {
  const { set, writeCell } = texts(rows);
  return {
    set: (row, value) => {
      const unscaled =
        value instanceof Uint8Array ? bigEndian(value) : BigInt(value as number | bigint);
      set(row, Buffer.from(decimalText(unscaled, scale), "latin1"));
    },
    writeCell,
  };
}

/** More digits than any reader takes, and few enough to be converted in no time. */
const MAX_DECIMAL_BYTES = 1024;

/** A signed integer in two's complement, with the highest byte first. */
function bigEndian(bytes: Uint8Array): bigint {
  if (bytes.length > MAX_DECIMAL_BYTES)
    throw new TypeError(`a decimal has more than ${MAX_DECIMAL_BYTES} bytes`);
  let value = 0n;
  for (const byte of bytes) value = (value << 8n) | BigInt(byte);
  return BigInt.asIntN(8 * bytes.length, value);
}

/** Texts of at least this length are stored once, if they are the same array. */
const MIN_SHARED_BYTES = 64;

/** Number of texts that are remembered, to be stored once. */
const MAX_SHARED = 2 ** 16;

/**
 * Text as UTF-8. A long text of a dictionary is stored once, so that a small file cannot need much
 * more memory than its contents.
 */
export function texts(rows: number): CellStore {
  let bytes = new Uint8Array(16 * rows);
  let length = 0;
  /** Where texts begin. */
  const shared = new Map<Uint8Array, number>();
  const [starts, ends] = [new Float64Array(rows), new Float64Array(rows)];
  return {
    set: (row, text) => {
      if (!(text instanceof Uint8Array)) throw new TypeError("not text");
      if (text.length >= MIN_SHARED_BYTES) {
        const start = shared.get(text);
        if (start !== undefined) {
          starts[row] = start;
          ends[row] = start + text.length;
          return;
        }
        if (shared.size === MAX_SHARED) shared.clear();
        shared.set(text, length);
      }
      if (length + text.length > bytes.length) {
        const larger = new Uint8Array(2 * bytes.length + text.length);
        larger.set(bytes);
        bytes = larger;
      }
      bytes.set(text, length);
      starts[row] = length;
      length += text.length;
      ends[row] = length;
    },
    writeCell: (csv, row) => csv.utf8(bytes, starts[row] as number, ends[row] as number),
  };
}
