/** A column of a row group, while its rows are collected. */
import type { ColumnValues } from "../../kernel/column-layout.js";
import { fill, markMissing, type Runs, spread, vectorAt, widthOf } from "../../kernel/vectors.js";
import { textOfValue } from "../../layers/kinds.js";
import type { TypedColumn, ValueType } from "../../plan/value-types.js";
import { type TextValues, textAt } from "../output/row-batch.js";
import type { GroupColumn, GroupVector } from "../workers/row-group.js";
import { GrowingRuns } from "./runs.js";
import { TextDictionary } from "./texts.js";

/** The type of the vector of a column: a text is its number in the dictionary. */
export const vectorType = (type: ValueType) => (type === "text" ? "int32" : type);

/**
 * How the columns of a group are kept. `shared` is for encoders on other threads: vectors in shared
 * memory, and runs where rows repeat a value. `plain` is for encoders on this thread that need a
 * value for each row: vectors only.
 */
export type GroupMemory = "shared" | "plain";

function newVector(type: ValueType, rows: number, memory: GroupMemory): GroupVector {
  const own = vectorType(type);
  return vectorAt(own, newBuffer(rows * widthOf(own), memory), 0, rows);
}

function newBuffer(bytes: number, memory: GroupMemory): ArrayBufferLike {
  return memory === "shared" ? new SharedArrayBuffer(bytes) : new ArrayBuffer(bytes);
}

/** A column of a group: in shared memory runs, as long as all of its parts are. */
export class ColumnBuilder {
  readonly #name: string;
  readonly #type: ValueType;
  readonly #isNullable: boolean;
  readonly #capacity: number;
  readonly #memory: GroupMemory;
  #runs: GrowingRuns | undefined;
  #vector: GroupVector | undefined;
  #missing: Uint8Array | undefined;
  /** The vectors of the previous group. */
  #spareVector: GroupVector | undefined;
  #spareMissing: Uint8Array | undefined;
  /** The numbers of texts, and of the values of a parameter that stand for some of them. */
  readonly #texts = new TextDictionary();
  readonly #ids = new Map<bigint, number>();

  constructor({ name, type, isNullable }: TypedColumn, capacity: number, memory: GroupMemory) {
    this.#name = name;
    this.#type = type;
    this.#isNullable = isNullable;
    this.#capacity = capacity;
    this.#memory = memory;
    this.clear();
  }

  /** Adds the rows [from, to) of a column at row `at` of the group. */
  add(column: ColumnValues, at: number, from: number, to: number, rows: number): void {
    if ("vector" in column) this.#addVector(column, at, from, to);
    else if (from === 0 && to === rows) this.#addRuns(column.runs, at);
    else this.#addRuns(cut(column.runs, from, to), at);
  }

  /** Adds rows with a text. */
  addText(text: string, at: number, rows: number): void {
    this.#append(BigInt(this.#texts.idOf(text)), rows, 0, at);
  }

  /** The end of the rows of [from, to) whose texts fit. */
  fitting(column: TextValues, from: number, to: number): number {
    return this.#texts.fitting(column, from, to);
  }

  /** Adds the rows [from, to) of a column of texts at row `at` of the group. */
  addTexts({ texts, ids, missing }: TextValues, at: number, from: number, to: number): void {
    if (this.#runs) this.#expand();
    const own = this.#vector as Int32Array;
    if (missing) this.#missing?.set(missing.subarray(from, to), at);
    const ownIds = new Int32Array(texts.ends.length).fill(-1);
    for (let row = from; row < to; row++) {
      if (missing?.[row]) {
        own[at + row - from] = 0;
        continue;
      }
      const id = ids[row] as number;
      if ((ownIds[id] as number) < 0)
        ownIds[id] = this.#texts.idOf(textAt(texts, id), texts.bytes[id]);
      own[at + row - from] = ownIds[id] as number;
    }
  }

  /** @param value a value of the parameter: a number, or a word. */
  #idOfValue(value: bigint): number {
    const known = this.#ids.get(value);
    if (known !== undefined) return known;
    const id = this.#texts.idOf(textOfValue(this.#name, Number(value)));
    this.#ids.set(value, id);
    return id;
  }

  #addRuns({ values, rows, missing }: Runs, at: number): void {
    let row = at;
    for (let i = 0; i < rows.length; i++) {
      const [value, count] = [values[i] as bigint, rows[i] as number];
      const isText = this.#type === "text" && !missing[i];
      const own = isText ? BigInt(this.#idOfValue(value)) : value;
      this.#append(own, count, missing[i] as number, row);
      row += count;
    }
  }

  #append(value: bigint, rows: number, missing: number, at: number): void {
    // Beyond this many runs, a vector takes no more memory.
    if (this.#runs && this.#runs.length >= this.#capacity / 4) this.#expand();
    if (this.#runs) this.#runs.append(value, rows, missing);
    else this.#fill(value, rows, missing, at);
  }

  #fill(value: bigint, rows: number, missing: number, at: number): void {
    fill(this.#vector as GroupVector, value, at, at + rows);
    if (missing) this.#missing?.fill(1, at, at + rows);
  }

  /** Replaces the runs by a vector. */
  #expand(): void {
    const runs = (this.#runs as GrowingRuns).build();
    this.#useVector();
    spread(runs, this.#vector as GroupVector, 0);
    if (this.#missing) markMissing(runs, this.#missing, 0);
  }

  /** Begins a vector, in the memory of an earlier one if there is one. */
  #useVector(): void {
    this.#runs = undefined;
    this.#vector = this.#spareVector ?? newVector(this.#type, this.#capacity, this.#memory);
    if (!this.#isNullable) return;
    this.#missing =
      this.#spareMissing?.fill(0) ?? new Uint8Array(newBuffer(this.#capacity, this.#memory));
  }

  #addVector(
    {
      vector,
      missing,
    }: ColumnValues & { readonly vector: GroupVector; readonly missing?: Uint8Array },
    at: number,
    from: number,
    to: number,
  ): void {
    if (this.#runs) this.#expand();
    const own = this.#vector as GroupVector;
    if (this.#type === "text")
      for (let row = from; row < to; row++)
        own[at + row - from] = this.#idOfValue(vector[row] as bigint);
    else (own as Uint8Array).set(vector.subarray(from, to) as Uint8Array, at);
    if (missing) this.#missing?.set(missing.subarray(from, to), at);
  }

  clear(): void {
    this.#spareVector = this.#vector ?? this.#spareVector;
    this.#spareMissing = this.#missing ?? this.#spareMissing;
    this.#vector = undefined;
    this.#missing = undefined;
    this.#texts.clear();
    this.#ids.clear();
    if (this.#memory === "shared") this.#runs = new GrowingRuns();
    else this.#useVector();
  }

  build(rows: number): GroupColumn {
    const texts = this.#type === "text" ? { texts: this.#texts.texts } : {};
    if (this.#runs) return { values: this.#runs.build(), ...texts };
    const missing = this.#missing?.subarray(0, rows);
    return {
      values: (this.#vector as GroupVector).subarray(0, rows),
      ...(missing && { missing }),
      ...texts,
    };
  }
}

/** The rows [from, to) of runs. */
function cut({ values, rows, missing }: Runs, from: number, to: number): Runs {
  const runs = new GrowingRuns();
  let at = 0;
  for (let i = 0; i < rows.length && at < to; i++) {
    const end = at + (rows[i] as number);
    const own = Math.min(end, to) - Math.max(at, from);
    if (own > 0) runs.append(values[i] as bigint, own, missing[i] as number);
    at = end;
  }
  return runs.build();
}
