/**
 * What becomes of rows on their way into a file: nothing, or gzip. A packing takes the rows in order, writes bytes to the sink, and knows at any time
 * how much of the file is good, and which row to continue from.
 */
import { cpus } from "node:os";
import { promisify } from "node:util";
import { gzip } from "node:zlib";
import type { Sink } from "../sink/sink.js";
import { joined, NO_BYTES, type Sum, sumOf } from "../sum.js";

/** Rows as a sweep yields them. */
export interface Packed<P> {
  readonly csv: readonly Uint8Array[];
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
  add(rows: Packed<P>): Promise<void>;
  /** Writes what is left. */
  end(): Promise<void>;
  written(): Written<P>;
}

export type Compression = "none" | "gzip";

/** What the name of a file promises. */
export function compressionOf(path: string): Compression {
  return /\.gz$/i.test(path) ? "gzip" : "none";
}

/** Where a file is continued. */
export interface From<P> {
  readonly sum: Sum;
  readonly progress: P | undefined;
  readonly skip: number;
}

export function packing<P>(compression: Compression, sink: Sink, from: From<P> = { sum: NO_BYTES, progress: undefined, skip: 0 }): Packing<P> {
  return compression === "gzip" ? new Gzip(sink, from) : new Plain(sink, from);
}

class Plain<P> implements Packing<P> {
  readonly #sink: Sink;
  #sum: Sum;
  #progress: P | undefined;

  constructor(sink: Sink, { sum, progress }: From<P>) {
    this.#sink = sink;
    this.#sum = sum;
    this.#progress = progress;
  }

  async add({ csv, progress, sum }: Packed<P>): Promise<void> {
    for (const bytes of csv) await this.#sink.write(bytes);
    if (sum) this.#sum = joined(this.#sum, sum);
    // Without checksums only the bytes are counted: of a list, which cannot be continued.
    else this.#sum = { ...this.#sum, bytes: csv.reduce((bytes, { length }) => bytes + length, this.#sum.bytes) };
    this.#progress = progress;
  }

  async end(): Promise<void> {}

  written(): Written<P> {
    return { sum: this.#sum, progress: this.#progress, skip: 0 };
  }
}

/**
 * Bytes of rows in a member. A file of members is one gzip file to every reader (RFC 1952), and each is compressed by itself: side by side, and a file
 * that was stopped continues after its last complete one. They are cut where the bytes of the rows say, so the file is the same for any number of
 * workers.
 */
export const MEMBER_BYTES = 1 << 20;

/** Measured 2026-11-26 on the rows of vocoder.yaml, per second of a core: level 2 takes 261 MB to 1/6.9, 4 takes 182 MB to 1/7.5, 6 takes 66 MB to 1/8.5. */
const LEVEL = 4;

/** Members that are being compressed at once, on the threads of libuv (four, if UV_THREADPOOL_SIZE does not say otherwise). */
const AT_ONCE = Math.min(4, Math.max(2, cpus().length));

const compressed = promisify<Uint8Array, { level: number }, Buffer>(gzip);

class Gzip<P> implements Packing<P> {
  readonly #sink: Sink;
  #sum: Sum;
  #member: Uint8Array<ArrayBuffer> = new Uint8Array(MEMBER_BYTES);
  #filled = 0;
  /** Members on their way, in order. */
  readonly #members: { readonly bytes: Promise<Uint8Array>; isDone: boolean }[] = [];
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

  async add({ csv, progress }: Packed<P>): Promise<void> {
    for (const bytes of csv) await this.#take(bytes);
    this.#marks.push({ at: this.#taken, progress });
    await this.#writeDone();
  }

  async end(): Promise<void> {
    if (this.#filled > 0) this.#compress(this.#member.subarray(0, this.#filled));
    while (this.#members.length > 0) await this.#writeFirst();
  }

  written(): Written<P> {
    const [first] = this.#marks;
    return { sum: this.#sum, progress: first && first.at <= this.#done ? first.progress : undefined, skip: this.#done - (first?.at ?? 0) };
  }

  async #take(bytes: Uint8Array): Promise<void> {
    this.#taken += bytes.length;
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
      while (this.#members.length >= AT_ONCE) await this.#writeFirst();
    }
  }

  #compress(rows: Uint8Array): void {
    const member = { bytes: compressed(rows, { level: LEVEL }), isDone: false };
    const done = () => {
      member.isDone = true;
    };
    // One that fails is met when its turn comes.
    member.bytes.then(done, done);
    this.#members.push(member);
  }

  async #writeDone(): Promise<void> {
    while (this.#members[0]?.isDone) await this.#writeFirst();
  }

  async #writeFirst(): Promise<void> {
    const bytes = await (this.#members[0] as { bytes: Promise<Uint8Array> }).bytes;
    await this.#sink.write(bytes);
    this.#members.shift();
    this.#sum = joined(this.#sum, sumOf(bytes));
    // The last member may be shorter; nothing is continued after it.
    this.#done = Math.min(this.#done + MEMBER_BYTES, this.#taken);
    while ((this.#marks[1]?.at ?? Number.POSITIVE_INFINITY) <= this.#done) this.#marks.shift();
  }
}
