/** Byte streams, and lookahead into them. */
import { INPUT_BYTES } from "../limits.js";
import type { Lines } from "./lines.js";

export type Pieces = AsyncIterable<Uint8Array>;

/**
 * A list as canonical CSV: UTF-8, commas, RFC 4180 quotes. Any stream of such bytes qualifies,
 * since the other properties are optional.
 */
export interface ListBytes extends Pieces {
  /**
   * Whether someone may be waiting for results of the bytes that have arrived so far. True for a
   * pipe, a terminal or a socket, false for a regular file.
   */
  readonly isLive?: boolean;
  /** Maps lines of the canonical CSV to lines of the source. */
  readonly lines?: Lines;
  /**
   * The fraction of the source that has been read, from 0 to 1. Undefined if its size is unknown.
   */
  readonly fraction?: () => number | undefined;
  /** Closes the source immediately, even during a read. */
  readonly close?: () => void;
}

export const NEWLINE = 0x0a;
export const RETURN = 0x0d;
export const QUOTE = 0x22;
export const COMMA = 0x2c;

/**
 * Reads until `isEnough` holds, the stream ends, or INPUT_BYTES have been read.
 *
 * @returns the bytes read, and a stream of all bytes, these included.
 */
export async function lookAhead(
  pieces: Pieces,
  isEnough: (head: Uint8Array) => boolean,
): Promise<{ head: Uint8Array; all: Pieces }> {
  const iterator = pieces[Symbol.asyncIterator]();
  let head: Uint8Array = new Uint8Array(0);
  while (!isEnough(head) && head.length < INPUT_BYTES) {
    const next = await iterator.next();
    if (next.done) break;
    head = head.length === 0 ? next.value : concatenated(head, next.value);
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

function concatenated(first: Uint8Array, second: Uint8Array): Uint8Array {
  const both = new Uint8Array(first.length + second.length);
  both.set(first);
  both.set(second, first.length);
  return both;
}
