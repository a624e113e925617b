/** Checks existing files: their checksum, and whether they contain the rows of a sweep. */
import { constants } from "node:fs";
import { pipeline } from "node:stream";
import { createGunzip } from "node:zlib";
import { joined, NO_BYTES, type Sum } from "../../checksum.js";
import { errors, UpsweepError } from "../../errors.js";
import { reasonOf } from "../../format-message.js";
import type { Compression } from "../../formats/file-name.js";
import { sumOfMany } from "../../kernel/built.js";
import { openOwn } from "../../sink/file.js";
import type { Sink } from "../../sink/sink.js";
import type { PackingOf } from "../output/packing.js";
import type { Position, Progress } from "../output/position.js";
import type { SweptRows } from "../sweep/sweep.js";

/** Size of a read, in bytes. */
const PIECE_BYTES = 4 * 1024 * 1024;

/**
 * The checksum of the first bytes of a file, or of all.
 *
 * @throws UpsweepError if the file cannot be read, or is not a regular file of this user.
 */
export async function sumOfFile(path: string, bytes = Number.POSITIVE_INFINITY): Promise<Sum> {
  let sum = NO_BYTES;
  for await (const piece of piecesOf(path, bytes)) sum = joined(sum, sumOfMany(piece));
  return sum;
}

/**
 * Reads the first bytes of a file, or all, in pieces. Each piece is valid until the next one is
 * requested.
 *
 * @throws UpsweepError if the file cannot be read, or is not a regular file of this user.
 */
export async function* piecesOf(
  path: string,
  bytes = Number.POSITIVE_INFINITY,
): AsyncGenerator<Uint8Array, void, void> {
  try {
    const file = await openOwn(path, constants.O_RDONLY);
    try {
      const buffer = new Uint8Array(Math.min(PIECE_BYTES, bytes));
      for (let at = 0; at < bytes; ) {
        const { bytesRead } = await file.read(buffer, 0, Math.min(buffer.length, bytes - at), at);
        if (bytesRead === 0) return;
        at += bytesRead;
        yield buffer.subarray(0, bytesRead);
      }
    } finally {
      await file.close();
    }
  } catch (error) {
    throw error instanceof UpsweepError ? error : errors.cannotRead(path, error);
  }
}

/**
 * Reads the uncompressed rows of a file. Passes the bytes of the file to `onBytes` as they are
 * read.
 *
 * @throws UpsweepError if the file cannot be read, or its gzip data is damaged.
 */
export async function* rowsOf(
  path: string,
  compression: Compression,
  bytes?: number,
  onBytes: (bytes: Uint8Array) => void = () => {},
): AsyncGenerator<Uint8Array, void, void> {
  const read = async function* () {
    for await (const piece of piecesOf(path, bytes)) {
      onBytes(piece);
      // A stream may hold on to its input, and the piece is overwritten by the next read.
      yield compression === "gzip" ? Buffer.from(piece) : piece;
    }
  };
  if (compression === "none") return yield* read();
  const gunzip = createGunzip({ chunkSize: 1 << 20 });
  // An error in either stream is thrown by the loop below.
  pipeline(read(), gunzip, () => {});
  try {
    yield* gunzip as AsyncIterable<Uint8Array>;
  } catch (error) {
    if (error instanceof UpsweepError) throw error;
    throw errors.unfinishedShard(path, `its gzip data is damaged: ${reasonOf(error)}`, true);
  }
}

/**
 * Whether a file contains exactly what a sweep would write. Sweeps again without writing.
 *
 * @param pieces the contents of the file, uncompressed.
 * @param packingOf the stage that makes these contents of the rows.
 * @param onCompare called once the beginning is the same. The rest can take as long as the sweep.
 * @returns the final position of the sweep, or undefined if the file differs.
 */
export async function containsSweep(
  pieces: AsyncGenerator<Uint8Array, void, void>,
  sweep: AsyncGenerator<SweptRows, Progress>,
  header: Uint8Array,
  packingOf: PackingOf,
  onCompare: () => void,
): Promise<Position | undefined> {
  const file = new Comparison(pieces, onCompare);
  try {
    const packing = await packingOf(file);
    if (header.length > 0) await file.write(header);
    for (;;) {
      const next = await sweep.next();
      if (!next.done) {
        await packing.add(next.value);
        continue;
      }
      await packing.end();
      return (await file.isAtEnd()) ? next.value : undefined;
    }
  } catch (error) {
    // The file differs or is not in the format of its name, or the sweep itself would fail.
    const isOther =
      error instanceof Difference || (error instanceof UpsweepError && error.isInputError);
    if (isOther) return undefined;
    throw error;
  } finally {
    await sweep.return(undefined as never);
    await pieces.return();
  }
}

class Difference extends Error {}

/** A sink that compares what is written with the contents of a file. */
class Comparison implements Sink {
  readonly #pieces: AsyncGenerator<Uint8Array, void, void>;
  readonly #onBegun: () => void;
  #piece: Uint8Array = new Uint8Array(0);
  #hasBegun = false;

  constructor(pieces: AsyncGenerator<Uint8Array, void, void>, onBegun: () => void) {
    this.#pieces = pieces;
    this.#onBegun = onBegun;
  }

  /** @throws Difference unless these are the next bytes of the file. */
  async write(bytes: Uint8Array): Promise<void> {
    for (let at = 0; at < bytes.length; ) {
      if (await this.isAtEnd()) throw new Difference();
      const length = Math.min(this.#piece.length, bytes.length - at);
      if (Buffer.compare(this.#piece.subarray(0, length), bytes.subarray(at, at + length)) !== 0)
        throw new Difference();
      this.#piece = this.#piece.subarray(length);
      at += length;
    }
    if (!this.#hasBegun) this.#onBegun();
    this.#hasBegun = true;
  }

  async isAtEnd(): Promise<boolean> {
    while (this.#piece.length === 0) {
      const next = await this.#pieces.next();
      if (next.done) return true;
      this.#piece = next.value;
    }
    return false;
  }

  async flush(): Promise<void> {}

  isOurs(): boolean {
    return true;
  }

  truncateAndSync(): void {}

  async finish(): Promise<void> {}

  abandon(): void {}

  keepPartial(): void {}
}
