/** Reads a stream of bytes in lengths that the reader chooses. */
import type { Pieces } from "./bytes.js";

export class PieceReader {
  readonly #pieces: AsyncIterator<Uint8Array>;
  /** What has been read from the stream and not been taken. */
  #rest: Uint8Array = new Uint8Array(0);

  constructor(pieces: Pieces) {
    this.#pieces = pieces[Symbol.asyncIterator]();
  }

  /**
   * Takes the next `length` bytes, or fewer at the end of the stream. They begin an ArrayBuffer, so
   * that they are aligned. A length that the stream does not have takes no memory.
   */
  async take(length: number): Promise<Uint8Array> {
    const taken: Uint8Array[] = [];
    let missing = length;
    while (missing > 0) {
      if (this.#rest.length === 0 && !(await this.#read())) break;
      const piece = this.#rest.subarray(0, missing);
      this.#rest = this.#rest.subarray(piece.length);
      missing -= piece.length;
      taken.push(piece);
    }
    return joined(taken, length - missing);
  }

  /** Whether all bytes of the stream have been taken. */
  async isAtEnd(): Promise<boolean> {
    while (this.#rest.length === 0) if (!(await this.#read())) return true;
    return false;
  }

  async close(): Promise<void> {
    await this.#pieces.return?.();
  }

  async #read(): Promise<boolean> {
    const { done, value } = await this.#pieces.next();
    this.#rest = done ? new Uint8Array(0) : value;
    return !done;
  }
}

function joined(pieces: readonly Uint8Array[], length: number): Uint8Array {
  const bytes = new Uint8Array(length);
  let at = 0;
  for (const piece of pieces) {
    bytes.set(piece, at);
    at += piece.length;
  }
  return bytes;
}
