/**
 * What becomes of rows on their way into a file: nothing, or gzip. A packing takes the rows in order, writes bytes to the sink, and knows at any time
 * how much of the file is good, and which row to continue from.
 */

import { joined, type Sum } from "../../checksum.js";
import type { Sink } from "../../sink/sink.js";

/** Rows as a sweep yields them. */
export interface OutputBatch<P> {
  readonly buffers: readonly Uint8Array[];
  readonly progress: P;
  /** The checksum of the rows, where it is known already. */
  readonly sum?: Sum | undefined;
}

/** What is written so far. */
export interface Written<P> {
  readonly sum: Sum;
  /** The last row that begins in what is written, or before it; undefined where there is none yet. */
  readonly progress: P | undefined;
  /** Bytes of rows after it that are written too. */
  readonly skip: number;
}

export interface Packing<P> {
  /** The rows' bytes are not needed any more when this has settled. */
  add(rows: OutputBatch<P>): Promise<void>;
  /** Writes what is left. */
  end(): Promise<void>;
  written(): Written<P>;
}

/** Where a file is continued. */
export interface PackingStart<P> {
  readonly sum: Sum;
  readonly progress: P | undefined;
  readonly skip: number;
}

/** Rows as they are. */
export class Uncompressed<P> implements Packing<P> {
  readonly #sink: Sink;
  #sum: Sum;
  #progress: P | undefined;

  constructor(sink: Sink, { sum, progress }: PackingStart<P>) {
    this.#sink = sink;
    this.#sum = sum;
    this.#progress = progress;
  }

  async add({ buffers, progress, sum }: OutputBatch<P>): Promise<void> {
    for (const bytes of buffers) await this.#sink.write(bytes);
    if (sum) this.#sum = joined(this.#sum, sum);
    // Without checksums only the bytes are counted: of a list, which cannot be continued.
    else
      this.#sum = {
        ...this.#sum,
        bytes: buffers.reduce((bytes, { length }) => bytes + length, this.#sum.bytes),
      };
    this.#progress = progress;
  }

  async end(): Promise<void> {}

  written(): Written<P> {
    return { sum: this.#sum, progress: this.#progress, skip: 0 };
  }
}
