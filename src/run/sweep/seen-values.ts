/** Which columns of the rows so far have had only one value. */

import { NAME_COLUMN } from "../../columns/table.js";
import type { ColumnValues } from "../../kernel/column-layout.js";
import type { KernelVector } from "../../kernel/vectors.js";
import type { Plan } from "../../plan/model.js";
import type { SweptRows } from "./sweep.js";

/** The 64 bits of a value, or that there is none. */
type Bits = bigint | "missing";

/**
 * Keeps the first value of each column, and notices other ones. All rows must have the same types,
 * so they must come from the same plan, or from that plan with fewer columns or with a sample.
 */
export class SeenValues {
  readonly #gridNames: readonly string[];
  readonly #first = new Map<string, Bits>();
  readonly #single: Set<string>;

  /** @param names the columns to look at. */
  constructor({ grids }: Plan, names: Iterable<string>) {
    this.#gridNames = grids.map(({ name = "" }) => name);
    this.#single = new Set(names);
  }

  /** The columns that have not had two values. */
  get single(): ReadonlySet<string> {
    return this.#single;
  }

  /** Adds a batch of rows of a plan that has the columns `cells`. */
  add({ columns, progress: { gridRows = [] } }: SweptRows, cells: readonly string[]): void {
    for (const batch of columns?.batches ?? [])
      for (const column of batch.columns) this.#addColumn(cells[column.cell] as string, column);
    // The name of a grid is the one column that the kernel does not write.
    const names = this.#gridNames.filter((_, grid) => (gridRows[grid] ?? 0n) > 0n);
    if (new Set(names).size > 1) this.#single.delete(NAME_COLUMN);
  }

  #addColumn(name: string, column: ColumnValues): void {
    if (!this.#single.has(name)) return;
    const value = onlyBitsOf(column);
    const first = this.#first.get(name) ?? value;
    if (value === undefined || value !== first) this.#single.delete(name);
    else this.#first.set(name, value);
  }
}

/** The value of a column in a batch of at least one row. Undefined if it has several. */
function onlyBitsOf(column: ColumnValues): Bits | undefined {
  if ("vector" in column) {
    const { vector, missing } = column;
    if (missing?.includes(1)) return missing.includes(0) ? undefined : "missing";
    return isUniform(vector) ? firstBitsOf(vector) : undefined;
  }
  const { values, rows, missing } = column.runs;
  let only: Bits | undefined;
  for (const [i, length] of rows.entries()) {
    if (length === 0) continue;
    const bits = missing[i] ? "missing" : (values[i] as bigint);
    if (bits !== (only ?? bits)) return undefined;
    only = bits;
  }
  return only;
}

/** Whether all values of a vector have the same bits. */
function isUniform(vector: KernelVector): boolean {
  const { buffer, byteOffset, byteLength } = vector;
  // Two words for a value of 64 bits: reading them allocates no bigints.
  const isLong = vector.BYTES_PER_ELEMENT === BigUint64Array.BYTES_PER_ELEMENT;
  const words = isLong ? new Uint32Array(buffer, byteOffset, byteLength / 4) : vector;
  const width = isLong ? 2 : 1;
  for (let i = width; i < words.length; i++) if (words[i] !== words[i - width]) return false;
  return true;
}

/** The bits of the first value, as runs have them: integers are extended to 64 bits. */
function firstBitsOf(vector: KernelVector): bigint {
  if (vector instanceof Float64Array)
    return new BigUint64Array(vector.slice(0, 1).buffer)[0] as bigint;
  return BigInt.asUintN(64, BigInt(vector[0] as number | bigint));
}
