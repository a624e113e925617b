/** Rows compressed on their way into a file, beside the sweep and in order. */
import { availableParallelism } from "node:os";
import { promisify } from "node:util";
import { gzip } from "node:zlib";
import { joined, type Sum, sumOf } from "../../checksum.js";
import type { Sink } from "../../sink/sink.js";
import type { OutputBatch, Packing, PackingStart, Written } from "./packing.js";

/**
 * Bytes of rows in a member. A file of members is one gzip file to every reader (RFC 1952), and each is compressed by itself: side by side, and a file
 * that was stopped continues after its last complete one. They are cut where the bytes of the rows say, so the file is the same for any number of
 * workers.
 */
export const MEMBER_BYTES = 1 << 20;

/** Measured 2026-11-26 on the rows of vocoder.yaml, per second of a core: level 2 takes 261 MB to 1/6.9, 4 takes 182 MB to 1/7.5, 6 takes 66 MB to 1/8.5. */
const LEVEL = 4;

/** Members under way at once: some on the threads of libuv (four, if UV_THREADPOOL_SIZE does not say otherwise), the others waiting for one. */
const MAX_PENDING = 2 + Math.min(4, availableParallelism());

const gzipAsync = promisify<Uint8Array, { level: number }, Buffer>(gzip);

export class Gzip<P> implements Packing<P> {
  readonly #sink: Sink;
  #sum: Sum;
  #member: Uint8Array<ArrayBuffer> = new Uint8Array(MEMBER_BYTES);
  #filled = 0;
  /** Members on their way, in order. */
  readonly #pending: { readonly bytes: Promise<Uint8Array>; isDone: boolean }[] = [];
  /** Bytes of rows taken, and those of complete members written, both counted from the row to continue from. */
  #bytesTaken: number;
  #bytesWritten: number;
  /** Bytes of rows that are written already, from a run before. */
  #toSkip: number;
  /** Rows that begin at these bytes, in order; the first is at or before what is written, unless nothing is. */
  readonly #marks: { readonly at: number; readonly progress: P }[] = [];

  constructor(sink: Sink, { sum, progress, skip }: PackingStart<P>) {
    this.#sink = sink;
    this.#sum = sum;
    this.#bytesTaken = 0;
    this.#bytesWritten = skip;
    this.#toSkip = skip;
    if (progress !== undefined) this.#marks.push({ at: 0, progress });
  }

  async add({ buffers, progress }: OutputBatch<P>): Promise<void> {
    for (const bytes of buffers) await this.#append(bytes);
    this.#marks.push({ at: this.#bytesTaken, progress });
    await this.#writeFinished();
  }

  async end(): Promise<void> {
    if (this.#filled > 0) this.#compress(this.#member.subarray(0, this.#filled));
    while (this.#pending.length > 0) await this.#writeOldest();
  }

  written(): Written<P> {
    const [first] = this.#marks;
    return {
      sum: this.#sum,
      progress: first && first.at <= this.#bytesWritten ? first.progress : undefined,
      skip: this.#bytesWritten - (first?.at ?? 0),
    };
  }

  async #append(bytes: Uint8Array): Promise<void> {
    this.#bytesTaken += bytes.length;
    const skipped = Math.min(this.#toSkip, bytes.length);
    this.#toSkip -= skipped;
    for (let at = skipped; at < bytes.length; ) {
      const piece = bytes.subarray(at, at + MEMBER_BYTES - this.#filled);
      this.#member.set(piece, this.#filled);
      this.#filled += piece.length;
      at += piece.length;
      if (this.#filled < MEMBER_BYTES) continue;
      this.#compress(this.#member);
      this.#member = new Uint8Array(MEMBER_BYTES);
      this.#filled = 0;
      while (this.#pending.length >= MAX_PENDING) await this.#writeOldest();
    }
  }

  #compress(rows: Uint8Array): void {
    const member = { bytes: gzipAsync(rows, { level: LEVEL }), isDone: false };
    const markDone = () => {
      member.isDone = true;
    };
    // One that fails is met when its turn comes.
    member.bytes.then(markDone, markDone);
    this.#pending.push(member);
  }

  async #writeFinished(): Promise<void> {
    while (this.#pending[0]?.isDone) await this.#writeOldest();
  }

  async #writeOldest(): Promise<void> {
    const bytes = await (this.#pending[0] as { bytes: Promise<Uint8Array> }).bytes;
    await this.#sink.write(bytes);
    this.#pending.shift();
    this.#sum = joined(this.#sum, sumOf(bytes));
    // The last member may be shorter; nothing is continued after it.
    this.#bytesWritten = Math.min(this.#bytesWritten + MEMBER_BYTES, this.#bytesTaken);
    while ((this.#marks[1]?.at ?? Number.POSITIVE_INFINITY) <= this.#bytesWritten)
      this.#marks.shift();
  }
}
