/** Streams of bytes, and how to look at their beginning without taking it away. */
import type { Lines } from "./lines.js";

export type Pieces = AsyncIterable<Uint8Array>;

/**
 * A list as canonical CSV: UTF-8, commas, RFC 4180 quotes. Every plain stream of such bytes is one; the optional members say more about it.
 */
export interface ListBytes extends Pieces {
  /** Whether somebody may wait for the answers to what has arrived so far: a pipe, a terminal or a socket, but no regular file. */
  readonly isLive?: boolean;
  readonly lines?: Lines;
  /** How much of the source has been read, from 0 to 1; undefined where its size is unknown. */
  readonly fraction?: () => number | undefined;
  /** Closes the source at once, even while a read is under way. */
  readonly close?: () => void;
}

export const NEWLINE = 0x0a;
export const RETURN = 0x0d;
export const QUOTE = 0x22;
export const COMMA = 0x2c;

/** The longest record that is looked for: a chunk of a list holds as much (run/list.ts). */
export const MAX_RECORD_BYTES = 512 * 1024;

/** Reads until `isEnough`, the end, or the longest record. Returns what was read, and a stream that begins with it. */
export async function lookAhead(
  pieces: Pieces,
  isEnough: (head: Uint8Array) => boolean,
): Promise<{ head: Uint8Array; all: Pieces }> {
  const iterator = pieces[Symbol.asyncIterator]();
  let head: Uint8Array = new Uint8Array(0);
  while (!isEnough(head) && head.length < MAX_RECORD_BYTES) {
    const next = await iterator.next();
    if (next.done) break;
    head = head.length === 0 ? next.value : Buffer.concat([head, next.value]);
  }
  const all = async function* (): AsyncGenerator<Uint8Array> {
    try {
      if (head.length > 0) yield head;
      yield* { [Symbol.asyncIterator]: () => iterator };
    } finally {
      await iterator.return?.();
    }
  };
  return { head, all: all() };
}

/** The same bytes as a Buffer, whose searches are native. */
export function bufferOf(bytes: Uint8Array): Buffer {
  return Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength);
}
