/** Where the records of a CSV end. */
import { COMMA, NEWLINE, QUOTE } from "../../input/bytes.js";

/** The line end, outside quoted fields, of the record that begins at `from`. Returns -1 if none. */
export function recordEnd(bytes: Uint8Array, from: number): number {
  return lineEndsOutsideQuotes(bytes, from).next().value ?? -1;
}

/** The line ends outside quoted fields. A record begins at `from`. */
export function* lineEndsOutsideQuotes(
  bytes: Uint8Array,
  from: number,
): Generator<number, undefined> {
  let isQuoted = false;
  let atFieldStart = true;
  for (let i = from; i < bytes.length; i++) {
    const byte = bytes[i];
    if (isQuoted) {
      if (byte !== QUOTE) continue;
      if (bytes[i + 1] === QUOTE) i++;
      else isQuoted = false;
    } else if (byte === QUOTE && atFieldStart) {
      isQuoted = true;
    } else if (byte === NEWLINE) {
      yield i;
    }
    atFieldStart = byte === COMMA || byte === NEWLINE;
  }
  return undefined;
}
