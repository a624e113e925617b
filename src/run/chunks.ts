/** A stream of bytes cut into its header record and chunks of whole CSV records. */

export const NEWLINE = 0x0a;
const COMMA = 0x2c;
const RETURN = 0x0d;
const QUOTE = 0x22;

/** Bytes that all threads see: a chunk is with whoever counts it, and still here should that thread die. */
type Bytes = Uint8Array<SharedArrayBuffer>;

/** Whole records of the stream. */
export interface Chunk {
  readonly bytes: Bytes;
  /** Whether as many records as a chunk may hold had arrived; otherwise the stream has ended, or pauses. */
  readonly isFull: boolean;
}

export interface Chunks {
  /** The first record, without line end and byte order mark. */
  readonly header: Uint8Array;
  /** Line ends passed with the header. */
  readonly headerLines: number;
  /** The other records, in order; `undefined` in place of a record that is longer than a chunk may be. */
  readonly records: AsyncGenerator<Chunk | undefined>;
  /** A chunk is not needed any more: its memory is taken for another. */
  giveBack(chunk: Bytes): void;
  /** No more is wanted: the stream is closed. */
  close(): Promise<void>;
}

/** Resolves after everything that has already arrived was handed over: two turns of the event loop. */
async function pause(): Promise<undefined> {
  for (let turn = 0; turn < 2; turn++) await new Promise((resolve) => setImmediate(resolve));
  return undefined;
}

/**
 * Cuts a stream into chunks of at most `bytesMost`. Holds one chunk and what the stream hands over.
 *
 * @param idle for a stream whose writer may wait for answers: resolves when nothing is being counted. Then a chunk is also cut where the
 * stream pauses. While an earlier chunk is being counted, more records are collected instead.
 */
export async function cutIntoChunks(stream: AsyncIterable<Uint8Array>, bytesMost: number, idle?: () => Promise<void>): Promise<Chunks> {
  const pieces = stream[Symbol.asyncIterator]();
  /** The next piece, where it was asked for and has not arrived yet. */
  let arriving: Promise<IteratorResult<Uint8Array>> | undefined;
  let piece: Uint8Array = new Uint8Array(0);
  // Memory that threads share is given back late by the system's own means: 10 million records took 40 MB more than with this.
  const spare: SharedArrayBuffer[] = [];
  const fresh = (): Bytes => new Uint8Array(spare.pop() ?? new SharedArrayBuffer(bytesMost));
  let chunk = fresh();
  let filled = 0;
  let ended = false;

  /** Fills the chunk as far as the piece at hand goes, or takes the next one. */
  const more = async (): Promise<void> => {
    if (piece.length === 0) {
      arriving ??= pieces.next();
      const next = await arriving;
      arriving = undefined;
      if (next.done) ended = true;
      else piece = next.value;
    }
    const part = piece.subarray(0, bytesMost - filled);
    chunk.set(part, filled);
    filled += part.length;
    piece = piece.subarray(part.length);
  };

  /** Whether somebody may wait for answers: nothing is being counted, and the stream has handed over all that it has. */
  const isAwaited = async (): Promise<boolean> => {
    if (!idle || piece.length > 0) return false;
    arriving ??= pieces.next();
    // A stream that fails is met when its piece is taken.
    return (await Promise.race([arriving.catch(() => true), idle().then(pause)])) === undefined;
  };

  /** The first `end` bytes of the chunk; what stands behind them begins the next one. */
  const cutAt = (end: number): Bytes => {
    const whole = chunk.subarray(0, end);
    chunk = fresh();
    chunk.set(new Uint8Array(whole.buffer, end, filled - end));
    filled -= end;
    return whole;
  };

  // The header, and a byte order mark before it.
  let end = -1;
  while (end < 0 && !ended && filled < bytesMost) {
    await more();
    end = recordEnd(chunk.subarray(0, filled), 0);
  }
  const start = chunk[0] === 0xef && chunk[1] === 0xbb && chunk[2] === 0xbf ? 3 : 0;
  const header = cutAt(end < 0 ? filled : end + 1).slice(start, end < 0 ? undefined : end);
  const headerLines = header.reduce((lines, byte) => lines + Number(byte === NEWLINE), 1);

  const records = async function* (): AsyncGenerator<Chunk | undefined> {
    for (;;) {
      let cut = 0;
      while (!ended && filled < bytesMost && cut === 0) {
        if (filled > 0 && (await isAwaited())) cut = lastRecordEnd(chunk.subarray(0, filled)) + 1;
        if (cut === 0) await more();
      }
      if (filled === 0) return;
      const isFull = !ended && filled === bytesMost;
      // A full chunk may end within a record; what the stream ends with is complete.
      if (cut === 0) cut = ended ? filled : lastRecordEnd(chunk.subarray(0, filled)) + 1;
      if (cut === 0) {
        yield undefined;
        return;
      }
      yield { bytes: cutAt(cut), isFull };
    }
  };
  const close = async (): Promise<void> => {
    // A stream that waits for input does not end by itself.
    if (arriving === undefined) await pieces.return?.();
    else void pieces.return?.();
  };
  return { header: trimReturn(header), headerLines, records: records(), giveBack: ({ buffer }) => spare.push(buffer), close };
}

/** The end of the record that begins at `from`: its line end outside quoted fields, or -1. */
export function recordEnd(bytes: Uint8Array, from: number): number {
  return lineEndsOutsideQuotes(bytes, from).next().value ?? -1;
}

/** The end of the last whole record; `bytes` begin with a record. */
function lastRecordEnd(bytes: Uint8Array): number {
  // Most lists hold no quotes; then the line ends are found natively, which only a Buffer does fast.
  const buffer = Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  if (!buffer.includes(QUOTE)) return buffer.lastIndexOf(NEWLINE);
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

function trimReturn(record: Uint8Array): Uint8Array {
  return record.at(-1) === RETURN ? record.slice(0, -1) : record;
}
