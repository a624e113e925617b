/** A stream of bytes cut into its header record and chunks of whole CSV records. */

export const NEWLINE = 0x0a;
const COMMA = 0x2c;
const RETURN = 0x0d;
const QUOTE = 0x22;

export interface Chunks {
  /** The first record, without line end and byte order mark. */
  readonly header: Uint8Array<ArrayBuffer>;
  /** Line ends passed with the header. */
  readonly headerLines: number;
  /** The other records, in order; `undefined` stands where a record is longer than a chunk may be. */
  readonly records: AsyncGenerator<Uint8Array<ArrayBuffer> | undefined>;
}

/** Cuts a stream into chunks of at most `bytesMost`. Holds one chunk and what the stream hands over. */
export async function cutIntoChunks(stream: AsyncIterable<Uint8Array>, bytesMost: number): Promise<Chunks> {
  const pieces = stream[Symbol.asyncIterator]();
  let pending: Uint8Array = new Uint8Array(0);
  let ended = false;

  /** Appends what comes next to what is pending. */
  const more = async (): Promise<void> => {
    const piece = await pieces.next();
    if (piece.done) ended = true;
    else pending = pending.length === 0 ? piece.value : Buffer.concat([pending, piece.value]);
  };

  // The header, and a byte order mark before it.
  let end = -1;
  for (;;) {
    end = recordEnd(pending, 0);
    if (end >= 0 || ended || pending.length > bytesMost) break;
    await more();
  }
  const start = pending[0] === 0xef && pending[1] === 0xbb && pending[2] === 0xbf ? 3 : 0;
  const header = copy(pending, start, end < 0 ? pending.length : end);
  const headerLines = header.reduce((lines, byte) => lines + Number(byte === NEWLINE), 1);
  pending = end < 0 ? new Uint8Array(0) : pending.subarray(end + 1);

  const records = async function* (): AsyncGenerator<Uint8Array<ArrayBuffer> | undefined> {
    for (;;) {
      while (!ended && pending.length < bytesMost) await more();
      if (pending.length === 0) return;
      const within = pending.subarray(0, bytesMost);
      const isRest = ended && pending.length <= bytesMost;
      const cut = isRest ? within.length : lastRecordEnd(within) + 1;
      if (cut === 0) {
        yield undefined;
        return;
      }
      yield copy(pending, 0, cut);
      pending = pending.subarray(cut);
    }
  };
  return { header: trimReturn(header), headerLines, records: records() };
}

/** The end of the record that begins at `from`: its line end outside quoted fields, or -1. */
export function recordEnd(bytes: Uint8Array, from: number): number {
  return lineEndsOutsideQuotes(bytes, from).next().value ?? -1;
}

/** The end of the last whole record; `bytes` begin with a record. */
function lastRecordEnd(bytes: Uint8Array): number {
  // Most lists hold no quotes; then the line ends are found natively.
  if (!bytes.includes(QUOTE)) return bytes.lastIndexOf(NEWLINE);
  let last = -1;
  for (const end of lineEndsOutsideQuotes(bytes, 0)) last = end;
  return last;
}

function* lineEndsOutsideQuotes(bytes: Uint8Array, from: number): Generator<number, undefined> {
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

function copy(bytes: Uint8Array, from: number, to: number): Uint8Array<ArrayBuffer> {
  const fresh = new Uint8Array(to - from);
  fresh.set(bytes.subarray(from, to));
  return fresh;
}

function trimReturn(record: Uint8Array<ArrayBuffer>): Uint8Array<ArrayBuffer> {
  return record.at(-1) === RETURN ? record.slice(0, -1) : record;
}
