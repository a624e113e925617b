/** Files that are there already: their checksum, and whether they hold what a sweep would write. */
import { constants } from "node:fs";
import { pipeline } from "node:stream";
import { createGunzip } from "node:zlib";
import { joined, NO_BYTES, type Sum } from "../../checksum.js";
import { errors, UpsweepError } from "../../errors.js";
import { reasonOf } from "../../format-message.js";
import { headerIn } from "../../formats/encoding.js";
import type { Compression } from "../../formats/format.js";
import type { Kernel } from "../../kernel/kernel.js";
import { wasmKernel } from "../../kernel/wasm.js";
import type { Plan } from "../../plan/model.js";
import { openOwn } from "../../sink/file.js";
import type { Position } from "../output/position.js";
import { type RunOptions, sweepPlan } from "../sweep/sweep.js";

/** Bytes that are read at once. */
const PIECE_BYTES = 4 * 1024 * 1024;

let kernel: Kernel | undefined;

/** The checksum of many bytes. */
export function sumOfMany(bytes: Uint8Array): Sum {
  kernel ??= wasmKernel();
  return kernel.sum(bytes);
}

/** The checksum of a file's first bytes, or of all. @throws UpsweepError when it cannot be read, or is not a file of this user. */
export async function sumOfFile(path: string, bytes = Number.POSITIVE_INFINITY): Promise<Sum> {
  let sum = NO_BYTES;
  for await (const piece of piecesOf(path, bytes)) sum = joined(sum, sumOfMany(piece));
  return sum;
}

/** A file's first bytes, or all, in pieces. Each is good until the next is asked for. */
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

/** The rows of a file as they were before they were compressed. Its bytes go through `seen` on the way. */
export async function* rowsOf(
  path: string,
  compression: Compression,
  bytes?: number,
  seen: (bytes: Uint8Array) => void = () => {},
): AsyncGenerator<Uint8Array, void, void> {
  const read = async function* () {
    for await (const piece of piecesOf(path, bytes)) {
      seen(piece);
      // A stream keeps what it is given for a while.
      yield compression === "gzip" ? Buffer.from(piece) : piece;
    }
  };
  if (compression === "none") return yield* read();
  const gunzip = createGunzip({ chunkSize: 1 << 20 });
  // An error of either ends the loop below with it.
  pipeline(read(), gunzip, () => {});
  try {
    yield* gunzip as AsyncIterable<Uint8Array>;
  } catch (error) {
    if (error instanceof UpsweepError) throw error;
    throw errors.unfinishedShard(path, `its gzip data is damaged: ${reasonOf(error)}`, true);
  }
}

/**
 * Whether a file holds exactly what a sweep would write, by sweeping again without writing.
 *
 * @param onCompare called once the header is the same, as what follows may take as long as the sweep.
 * @returns the account of the sweep, or undefined where they differ.
 */
export async function holdsSweep(
  path: string,
  compression: Compression,
  plan: Plan,
  run: RunOptions,
  onCompare = () => {},
): Promise<Position | undefined> {
  const rows = rowsOf(path, compression);
  let piece: Uint8Array = new Uint8Array(0);
  /** Whether the file goes on with these bytes. */
  const goesOn = async (bytes: Uint8Array): Promise<boolean> => {
    for (let at = 0; at < bytes.length; ) {
      if (piece.length === 0) {
        const next = await rows.next();
        if (next.done) return false;
        piece = next.value;
      }
      const length = Math.min(piece.length, bytes.length - at);
      if (Buffer.compare(piece.subarray(0, length), bytes.subarray(at, at + length)) !== 0)
        return false;
      piece = piece.subarray(length);
      at += length;
    }
    return true;
  };
  const sweep = sweepPlan(plan, run);
  try {
    if (!(await goesOn(Buffer.from(headerIn(run.format ?? "csv", plan.header))))) return undefined;
    onCompare();
    for (;;) {
      const next = await sweep.next();
      if (next.done) return piece.length === 0 && (await rows.next()).done ? next.value : undefined;
      for (const buffers of next.value.buffers) if (!(await goesOn(buffers))) return undefined;
    }
  } catch (error) {
    // Not even a file that can be read as what its name says, or a sweep that would not come to its end.
    if (error instanceof UpsweepError && error.isInputError) return undefined;
    throw error;
  } finally {
    await sweep.return(undefined as never);
    await rows.return();
  }
}
