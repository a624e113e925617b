/** Runs of rows with the same value, in arrays that grow. */
import type { Runs } from "../../kernel/vectors.js";

export class GrowingRuns {
  #values = new BigUint64Array(16);
  #rows = new Uint32Array(16);
  #missing = new Uint32Array(16);
  #length = 0;

  /** The number of runs. */
  get length(): number {
    return this.#length;
  }

  /** Adds rows. They extend the last run if it has the same value. */
  append(value: bigint, rows: number, missing: number): void {
    const last = this.#length - 1;
    if (last >= 0 && this.#values[last] === value && this.#missing[last] === missing) {
      this.#rows[last] = (this.#rows[last] as number) + rows;
      return;
    }
    if (this.#length === this.#rows.length) this.#grow();
    this.#values[this.#length] = value;
    this.#rows[this.#length] = rows;
    this.#missing[this.#length] = missing;
    this.#length++;
  }

  #grow(): void {
    const [values, rows, missing] = [this.#values, this.#rows, this.#missing];
    const capacity = 2 * rows.length;
    this.#values = new BigUint64Array(capacity);
    this.#values.set(values);
    this.#rows = new Uint32Array(capacity);
    this.#rows.set(rows);
    this.#missing = new Uint32Array(capacity);
    this.#missing.set(missing);
  }

  build(): Runs {
    return {
      values: this.#values.subarray(0, this.#length),
      rows: this.#rows.subarray(0, this.#length),
      missing: this.#missing.subarray(0, this.#length),
    };
  }
}
