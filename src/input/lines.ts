/**
 * Maps lines of the canonical CSV to lines of the user's file, or to rows if it has no lines. Stores
 * only the positions where the offset changes, and drops them once the reader has passed them.
 */
export class Lines {
  /** From canonical line `at` on, the source line is the canonical line plus `shift`. Ascending. */
  #shifts: { readonly at: number; readonly shift: number }[] = [];
  #hasRows = false;

  /** Declares that the source has rows instead of lines. Its header is not a row. */
  nameRows(): void {
    this.#hasRows = true;
    this.set(1, 0);
  }

  /**
   * Records the source line, or row, of a canonical line. Lines must be recorded in ascending
   * order.
   */
  set(line: number, sourceLine: number): void {
    const shift = sourceLine - line;
    if ((this.#shifts.at(-1)?.shift ?? 0) !== shift) this.#shifts.push({ at: line, shift });
  }

  /** The source line, or row, of a canonical line. */
  of(line: number): number {
    return line + (this.#shifts.findLast(({ at }) => at <= line)?.shift ?? 0);
  }

  /** The source line, or row, of a canonical line, as messages name it after the file. */
  locate(location: string, line: number): string {
    const place = this.of(line);
    if (!this.#hasRows) return `${location}:${place}`;
    return place === 0 ? location : `${location}: row ${place}`;
  }

  /** Drops the entries that only lines before this one need. */
  forget(line: number): void {
    const first = this.#shifts.findLastIndex(({ at }) => at <= line);
    if (first > 0) this.#shifts = this.#shifts.slice(first);
  }
}
