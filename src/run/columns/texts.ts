/** The texts of a column in a row group, and how many rows fit before they are too long. */
import { utf8Length } from "../../bytes.js";
import { PARQUET_TEXT_BYTES } from "../../limits.js";
import { type TextList, type TextValues, textAt } from "../output/row-batch.js";

/** The size of a text in a dictionary page, beyond its UTF-8. */
const LENGTH_BYTES = 4;

/** The texts of all rows and columns of a group, in bytes, at most. Arrow has each of them. */
const GROUP_TEXT_BYTES = 16 * 1024 * 1024;

/** Distinct texts, numbered in the order in which they were added. */
export class TextDictionary {
  readonly #ids = new Map<string, number>();
  /** The size of the dictionary page. */
  #bytes = 0;

  /** The number of a text, which is added if it is new. */
  idOf(text: string, bytes = utf8Length(text)): number {
    const known = this.#ids.get(text);
    if (known !== undefined) return known;
    this.#ids.set(text, this.#ids.size);
    this.#bytes += LENGTH_BYTES + bytes;
    return this.#ids.size - 1;
  }

  /** The end of the rows of [from, to) whose texts fit into the dictionary page. */
  fitting({ texts, ids, missing }: TextValues, from: number, to: number): number {
    const room = PARQUET_TEXT_BYTES - this.#bytes;
    if (sizeOf(texts) <= room) return to;
    const isCounted = new Uint8Array(texts.ends.length);
    let added = 0;
    for (let row = from; row < to; row++) {
      const id = ids[row] as number;
      if (isCounted[id] || missing?.[row]) continue;
      isCounted[id] = 1;
      if (this.#ids.has(textAt(texts, id))) continue;
      added += LENGTH_BYTES + (texts.bytes[id] as number);
      if (added > room) return row;
    }
    return to;
  }

  /** The texts, in the order of their numbers. */
  get texts(): readonly string[] {
    return [...this.#ids.keys()];
  }

  clear(): void {
    this.#ids.clear();
    this.#bytes = 0;
  }
}

/** The size of a dictionary page with all of these texts. */
function sizeOf({ bytes }: TextList): number {
  return bytes.reduce((sum, own) => sum + own, LENGTH_BYTES * bytes.length);
}

/** Counts the texts of all rows of a group. */
export class TextBudget {
  #used = 0;

  /** The end of the rows of [from, to) whose texts fit into the group. */
  fitting(columns: readonly TextValues[], from: number, to: number): number {
    const room = GROUP_TEXT_BYTES - this.#used;
    if (bytesOf(columns, from, to) <= room) return to;
    let added = 0;
    for (let row = from; row < to; row++) {
      added += bytesOf(columns, row, row + 1);
      if (added > room) return row;
    }
    return to;
  }

  add(columns: readonly TextValues[], from: number, to: number): void {
    this.#used += bytesOf(columns, from, to);
  }

  clear(): void {
    this.#used = 0;
  }
}

function bytesOf(columns: readonly TextValues[], from: number, to: number): number {
  let sum = 0;
  for (const { texts, ids, missing } of columns)
    for (let row = from; row < to; row++)
      if (!missing?.[row]) sum += texts.bytes[ids[row] as number] as number;
  return sum;
}
