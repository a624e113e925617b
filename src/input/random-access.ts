/** Bytes that can be read anywhere, in the form that hyparquet takes. */
import { closeSync, fstatSync, openSync, readSync } from "node:fs";
import type { AsyncBuffer } from "hyparquet";
import { errors } from "../errors.js";
import type { Pieces } from "./bytes.js";

/**
 * Maximum size of a list that must be read from its end but is not a regular file, in bytes. All of
 * it is kept in memory.
 */
const MAX_BYTES_IN_MEMORY = 256 * 1024 * 1024;

export interface OpenFile extends AsyncBuffer {
  readonly close: () => void;
}

/**
 * Opens a regular file.
 *
 * @throws UpsweepError if it cannot be opened or read.
 */
export function openFile(path: string): OpenFile {
  const orCannotRead = <T>(read: () => T): T => {
    try {
      return read();
    } catch (error) {
      throw errors.cannotRead(path, error);
    }
  };
  const fd = orCannotRead(() => openSync(path, "r"));
  const byteLength = fstatSync(fd).size;
  return {
    byteLength,
    slice(start, end = byteLength) {
      checkRange(start, end, byteLength);
      const bytes = new Uint8Array(end - start);
      const length = orCannotRead(() => readSync(fd, bytes, 0, bytes.length, start));
      if (length < bytes.length) throw new RangeError("the file became shorter");
      return bytes.buffer;
    },
    close: () => closeSync(fd),
  };
}

/**
 * Reads a stream completely.
 *
 * @throws UpsweepError if it has more than `MAX_BYTES_IN_MEMORY`.
 */
export async function inMemory(
  pieces: Pieces,
  location: string,
  maxBytes = MAX_BYTES_IN_MEMORY,
): Promise<AsyncBuffer> {
  const all: Uint8Array[] = [];
  let byteLength = 0;
  for await (const piece of pieces) {
    byteLength += piece.length;
    if (byteLength > maxBytes) throw errors.longInput(location, maxBytes);
    all.push(piece);
  }
  const bytes = new Uint8Array(byteLength);
  let at = 0;
  for (const piece of all) {
    bytes.set(piece, at);
    at += piece.length;
  }
  return {
    byteLength,
    slice(start, end = byteLength) {
      checkRange(start, end, byteLength);
      return bytes.buffer.slice(start, end);
    },
  };
}

function checkRange(start: number, end: number, byteLength: number): void {
  if (!(start >= 0 && start <= end && end <= byteLength))
    throw new RangeError("a part of it is outside of the file");
}
