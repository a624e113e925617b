/** Dictionaries of Arrow data. */
import type { CsvWriter } from "./csv-writer.js";
import type { WriteCell } from "./table.js";

/** The values of one message. */
interface Part {
  /** The index of the first one. */
  readonly start: number;
  readonly writeCell: WriteCell;
}

/**
 * A dictionary, in the parts of its messages. Its values stay in the bodies of these, so a
 * dictionary takes no more memory than its messages: views in it can share a long text.
 */
export class Dictionary {
  readonly #parts: Part[] = [];
  #length = 0;

  /** Appends values. */
  add(rows: number, writeCell: WriteCell): void {
    // A part without values would have the start of the next one.
    if (rows > 0) this.#parts.push({ start: this.#length, writeCell });
    this.#length += rows;
  }

  /** @throws RangeError if the index is outside of the dictionary. */
  writeCell(csv: CsvWriter, index: number): void {
    if (!(index >= 0 && index < this.#length))
      throw new RangeError("an index is outside of its dictionary");
    // Bisection: the part is at `low` or after it, and before `high`.
    let [low, high] = [0, this.#parts.length];
    while (high - low > 1) {
      const middle = (low + high) >> 1;
      if ((this.#parts[middle] as Part).start <= index) low = middle;
      else high = middle;
    }
    const { start, writeCell } = this.#parts[low] as Part;
    writeCell(csv, index - start);
  }
}
