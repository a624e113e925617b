/** Which line of the user's file a line of the canonical CSV came from. Only differences are kept, and only until they are passed. */
export class Lines {
  /** From line `at` on, the user's line is `shift` lines further. Ascending. */
  #shifts: { readonly at: number; readonly shift: number }[] = [];

  /** The canonical line was made from that line of the user's file. Call with ascending lines. */
  set(line: number, sourceLine: number): void {
    const shift = sourceLine - line;
    if ((this.#shifts.at(-1)?.shift ?? 0) !== shift) this.#shifts.push({ at: line, shift });
  }

  of(line: number): number {
    return line + (this.#shifts.findLast(({ at }) => at <= line)?.shift ?? 0);
  }

  /** Lines before this one are not asked for any more. */
  forget(line: number): void {
    const first = this.#shifts.findLastIndex(({ at }) => at <= line);
    if (first > 0) this.#shifts = this.#shifts.slice(first);
  }
}
