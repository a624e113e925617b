/**
 * Vectors: arrays with a value of a column for each row. The kernel writes them, or runs of rows
 * with the same value, which can be spread over a vector.
 */
import type { ValueType } from "../plan/value-types.js";

export type Vector = Uint8Array | Int32Array | BigInt64Array | BigUint64Array | Float64Array;

/** Runs of rows with the same value. */
export interface Runs {
  /** 64 bits: an integer, or the bits of a double. */
  readonly values: BigUint64Array;
  readonly rows: Uint32Array;
  /** 1 for each run without a value. */
  readonly missing: Uint32Array;
}

/** The vector of a type in the kernel. Signed integers are in two's complement. */
export const VECTORS = {
  boolean: Uint8Array,
  int32: Int32Array,
  int64: BigUint64Array,
  uint64: BigUint64Array,
  double: Float64Array,
  // Numbers that stand for texts, such as the padding "same".
  text: BigUint64Array,
} as const satisfies Readonly<Record<ValueType, unknown>>;

/** A vector of the kernel, which has no signed 64-bit integers of its own. */
export type KernelVector = InstanceType<(typeof VECTORS)[ValueType]>;

/** The bytes of a value in a vector. */
export function widthOf(type: ValueType): number {
  return VECTORS[type].BYTES_PER_ELEMENT;
}

/** A vector in memory. */
export function vectorAt(
  type: ValueType,
  memory: ArrayBufferLike,
  address: number,
  rows: number,
): KernelVector {
  const ofType: new (memory: ArrayBufferLike, address: number, rows: number) => KernelVector =
    VECTORS[type];
  return new ofType(memory, address, rows);
}

const bits = new BigUint64Array(1);
const asDouble = new Float64Array(bits.buffer);

/**
 * Sets the rows [begin, end) of a vector.
 *
 * @param value 64 bits, as in runs.
 */
export function fill(vector: Vector, value: bigint, begin: number, end: number): void {
  if (vector instanceof BigUint64Array || vector instanceof BigInt64Array)
    vector.fill(value, begin, end);
  else {
    bits[0] = value;
    const number =
      vector instanceof Float64Array ? (asDouble[0] as number) : Number(BigInt.asIntN(32, value));
    vector.fill(number, begin, end);
  }
}

/** Spreads the values of runs over a vector, from row `at` on. */
export function spread({ values, rows }: Runs, vector: Vector, at: number): void {
  let begin = at;
  for (let i = 0; i < rows.length; i++) {
    const end = begin + (rows[i] as number);
    fill(vector, values[i] as bigint, begin, end);
    begin = end;
  }
}

/** Marks the rows of runs without a value with 1, from row `at` on. */
export function markMissing({ rows, missing }: Runs, marks: Uint8Array, at: number): void {
  let begin = at;
  for (let i = 0; i < rows.length; i++) {
    const end = begin + (rows[i] as number);
    if (missing[i]) marks.fill(1, begin, end);
    begin = end;
  }
}

/**
 * A bit for each row that has a value, from the lowest bit of the first byte. Undefined if every row
 * has one.
 *
 * @param missing 1 for each row without a value.
 */
export function validityOf(missing: Uint8Array): Uint8Array | undefined {
  if (!missing.includes(1)) return undefined;
  const validity = new Uint8Array(Math.ceil(missing.length / 8));
  for (let row = 0; row < missing.length; row++)
    validity[row >> 3] =
      (validity[row >> 3] as number) | ((1 - (missing[row] as number)) << (row & 7));
  return validity;
}
