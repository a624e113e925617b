/**
 * The stage between the sweep and the sink: rows as they are, gzip (gzip.ts), or columns
 * (run/columns/packing.ts). It takes rows in order and
 * writes bytes to the sink. At any time it knows how much of the file is valid, and at which row a
 * later run can resume.
 */

import { joined, type Sum } from "../../checksum.js";
import type { Sink } from "../../sink/sink.js";
import type { Position } from "./position.js";
import type { RowBatch } from "./row-batch.js";

/** A batch of rows, as a sweep yields it. */
export interface OutputBatch<P> {
  readonly buffers: readonly Uint8Array[];
  /** The rows as columns of numbers, in place of buffers. */
  readonly columns?: { readonly grid: number; readonly batches: readonly RowBatch[] };
  readonly progress: P;
  /** The checksum of the rows, if already known. */
  readonly sum?: Sum | undefined;
}

/** What has been written so far. */
export interface Written<P> {
  /** The checksum of the bytes in the sink. */
  readonly sum: Sum;
  /**
   * The progress at the last known row start within the written bytes; undefined before the first.
   */
  readonly progress: P | undefined;
  /** Number of uncompressed bytes, or of rows in columns, after that row that are also written. */
  readonly skip: number;
}

export interface Packing<P> {
  /** Adds rows. Their buffers may be reused once the promise has settled. */
  add(rows: OutputBatch<P>): Promise<void>;
  /** Writes all rows that are still buffered. */
  end(): Promise<void>;
  /** What has been written so far. */
  written(): Written<P>;
  /** Frees what the stage has started. Called once, also after an error. */
  close?(): Promise<void>;
}

/** Opens the stage between a sweep and its sink. */
export type PackingOf = (sink: Sink) => Promise<Packing<Position>>;

/** The point at which a file is resumed; its fields are those of `Written`. */
export interface PackingStart<P> {
  readonly sum: Sum;
  readonly progress: P | undefined;
  readonly skip: number;
}

/** The stage without compression: writes rows unchanged. */
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
    // The rows of a list have no checksums, since a list cannot be resumed. Only count the bytes.
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
