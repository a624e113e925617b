/**
 * Marks: the positions of a sweep at which its file can resume, if the file lags behind the sweep.
 * A file that is written in members or row groups has fewer rows, or bytes of rows, than the sweep
 * has yielded. The unit is the caller's: bytes of rows, or rows.
 */
export class Marks<P> {
  /** Units that were taken, counted from the position at which the file resumes. */
  #taken = 0;
  /** Units that were written, counted from the same position. */
  #written: number;
  /** In order. The first is at or before `#written`, unless nothing is written. */
  readonly #marks: { readonly at: number; readonly progress: P }[] = [];

  /**
   * @param progress the position at which the file resumes. Undefined for a new file whose
   * beginning is not a position, such as one with a header.
   * @param skip the units after that position that are written already.
   */
  constructor(progress: P | undefined, skip: number) {
    this.#written = skip;
    if (progress !== undefined) this.#marks.push({ at: 0, progress });
  }

  /** Records that units were taken. */
  take(units: number): void {
    this.#taken += units;
  }

  /** Records that the sweep has reached a position with the units that were taken so far. */
  reach(progress: P): void {
    this.#marks.push({ at: this.#taken, progress });
    this.#forget();
  }

  /** Records that units were written, at most as many as were taken. */
  write(units: number): void {
    this.#written = Math.min(this.#written + units, this.#taken);
    this.#forget();
  }

  /**
   * The last position within what is written, and the units after it that are written too. The
   * progress is undefined before the first position.
   */
  get reached(): { readonly progress: P | undefined; readonly skip: number } {
    const [first] = this.#marks;
    return {
      progress: first && first.at <= this.#written ? first.progress : undefined,
      skip: this.#written - (first?.at ?? 0),
    };
  }

  #forget(): void {
    while ((this.#marks[1]?.at ?? Number.POSITIVE_INFINITY) <= this.#written) this.#marks.shift();
  }
}
