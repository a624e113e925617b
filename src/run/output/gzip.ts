/** Rows compressed on their way into a file, beside the sweep and in order. */
import { availableParallelism } from "node:os";
import { promisify } from "node:util";
import { gzip } from "node:zlib";
import { joined, type Sum, sumOf } from "../../checksum.js";
import type { Sink } from "../../sink/sink.js";
import type { From, Packed, Packing, Written } from "./packing.js";

/**
 * Bytes of rows in a member. A file of members is one gzip file to every reader (RFC 1952), and each is compressed by itself: side by side, and a file
 * that was stopped continues after its last complete one. They are cut where the bytes of the rows say, so the file is the same for any number of
 * workers.
 */
export const LOOP_VARIABLE_BYTES = 1 << 20;

/** Measured 2026-11-26 on the rows of vocoder.yaml, per second of a core: level 2 takes 261 MB to 1/6.9, 4 takes 182 MB to 1/7.5, 6 takes 66 MB to 1/8.5. */
const LEVEL = 4;

/** Members under way at once: some on the threads of libuv (four, if UV_THREADPOOL_SIZE does not say otherwise), the others waiting for one. */
const AT_ONCE = 2 + Math.min(4, availableParallelism());

const compressed = promisify<Uint8Array, { level: number }, Buffer>(gzip);

export class Gzip<P> implements Packing<P> {
  readonly #sink: Sink;
  #sum: Sum;
  #variable: Uint8Array<ArrayBuffer> = new Uint8Array(LOOP_VARIABLE_BYTES);
  #filled = 0;
  /** Members on their way, in order. */
  readonly #variables: { readonly bytes: Promise<Uint8Array>; isDone: boolean }[] = [];
  /** Bytes of rows taken, and those of complete members written, both counted from the row to continue from. */
  #taken: number;
  #done: number;
  /** Bytes of rows that are written already, from a run before. */
  #toSkip: number;
  /** Rows that begin at these bytes, in order; the first is at or before what is written, unless nothing is. */
  readonly #marks: { readonly at: number; readonly progress: P }[] = [];

  constructor(sink: Sink, { sum, progress, skip }: From<P>) {
    this.#sink = sink;
    this.#sum = sum;
    this.#taken = 0;
    this.#done = skip;
    this.#toSkip = skip;
    if (progress !== undefined) this.#marks.push({ at: 0, progress });
  }

  async add({ buffers, progress }: Packed<P>): Promise<void> {
    for (const bytes of buffers) await this.#take(bytes);
    this.#marks.push({ at: this.#taken, progress });
    await this.#writeDone();
  }

  async end(): Promise<void> {
    if (this.#filled > 0) this.#compress(this.#variable.subarray(0, this.#filled));
    while (this.#variables.length > 0) await this.#writeFirst();
  }

  written(): Written<P> {
    const [first] = this.#marks;
    return {
      sum: this.#sum,
      progress: first && first.at <= this.#done ? first.progress : undefined,
      skip: this.#done - (first?.at ?? 0),
    };
  }

  async #take(bytes: Uint8Array): Promise<void> {
    this.#taken += bytes.length;
    const skipped = Math.min(this.#toSkip, bytes.length);
    this.#toSkip -= skipped;
    for (let at = skipped; at < bytes.length; ) {
      const piece = bytes.subarray(at, at + LOOP_VARIABLE_BYTES - this.#filled);
      this.#variable.set(piece, this.#filled);
      this.#filled += piece.length;
      at += piece.length;
      if (this.#filled < LOOP_VARIABLE_BYTES) continue;
      this.#compress(this.#variable);
      this.#variable = new Uint8Array(LOOP_VARIABLE_BYTES);
      this.#filled = 0;
      while (this.#variables.length >= AT_ONCE) await this.#writeFirst();
    }
  }

  #compress(rows: Uint8Array): void {
    const variable = { bytes: compressed(rows, { level: LEVEL }), isDone: false };
    const done = () => {
      variable.isDone = true;
    };
    // One that fails is met when its turn comes.
    variable.bytes.then(done, done);
    this.#variables.push(variable);
  }

  async #writeDone(): Promise<void> {
    while (this.#variables[0]?.isDone) await this.#writeFirst();
  }

  async #writeFirst(): Promise<void> {
    const bytes = await (this.#variables[0] as { bytes: Promise<Uint8Array> }).bytes;
    await this.#sink.write(bytes);
    this.#variables.shift();
    this.#sum = joined(this.#sum, sumOf(bytes));
    // The last member may be shorter; nothing is continued after it.
    this.#done = Math.min(this.#done + LOOP_VARIABLE_BYTES, this.#taken);
    while ((this.#marks[1]?.at ?? Number.POSITIVE_INFINITY) <= this.#done) this.#marks.shift();
  }
}
