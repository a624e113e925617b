/** A stream of bytes cut into its header record and chunks of whole CSV records. */
import { bufferOf, COMMA, type ListBytes, NEWLINE, QUOTE, RETURN } from "../../input/bytes.js";

/** Bytes that all threads see: a chunk is with whoever counts it, and still here should that thread die. */
export type SharedBytes = Uint8Array<SharedArrayBuffer>;

export interface Chunks {
  /** The first record, without line end and byte order mark. */
  readonly header: Uint8Array;
  /** Line ends passed with the header. */
  readonly headerLines: number;
  /** The other records, in order; `undefined` in the place of a record that is longer than a chunk may be. */
  readonly records: AsyncGenerator<SharedBytes | undefined>;
  /** Whether the stream has ended: the chunk taken last is the last one. */
  hasEnded(): boolean;
  /** A chunk is counted and not needed any more: its memory is taken for another. */
  releaseChunk(chunk: SharedBytes): void;
  /** No more is wanted: the stream is closed. */
  close(): Promise<void>;
}

/** Up to so many bytes are counted when nothing more has come within a turn of the event loop: somebody waits for the answer to a line. */
export const SMALL_CHUNK_BYTES = 32 * 1024;

/** More than that is a stream that may have been held up for a moment; then it is waited so long, in milliseconds. */
const PAUSE_MILLISECONDS = 1;

/**
 * Cuts a stream into chunks of at most `maxBytes`. Holds one chunk and what the stream hands over. A live stream is also cut where it pauses, after
 * its last whole record, unless chunks are still being counted: then what comes meanwhile makes a larger one.
 */
export async function cutIntoChunks(stream: ListBytes, maxBytes: number): Promise<Chunks> {
  const pieces = stream[Symbol.asyncIterator]();
  let piece: Uint8Array = new Uint8Array(0);
  /** The piece that is being waited for; after a pause it is still to come. */
  let pendingRead: Promise<IteratorResult<Uint8Array>> | undefined;
  // Memory that threads share is given back late by the system's own means: 10 million records took 40 MB more than with this.
  const freeBuffers: SharedArrayBuffer[] = [];
  const newChunk = (): SharedBytes =>
    new Uint8Array(freeBuffers.pop() ?? new SharedArrayBuffer(maxBytes));
  let chunk = newChunk();
  let filled = 0;
  let ended = false;
  /** Whether the last chunk was full: the stream is fast, and what has come since is no line that somebody waits for. */
  let isFast = false;

  /** Chunks that have not been given back. While there are any, nobody waits for want of another. */
  let inFlight = 0;

  let wake = () => {};
  /** One timer for all waits: making one for each piece of a fast stream takes longer than counting some rows. */
  let timer: NodeJS.Timeout | undefined;
  /** Waits for a piece, or until no chunk is being counted or the stream has paused. Returns whether the piece came first. */
  const arrivesBeforePause = (coming: Promise<unknown>): Promise<boolean> =>
    new Promise((resolve) => {
      const arrived = () => resolve(true);
      coming.then(arrived, arrived);
      wake = () => resolve(false);
      if (inFlight > 0) return;
      if (isFast || filled > SMALL_CHUNK_BYTES) {
        timer = timer?.refresh() ?? setTimeout(() => wake(), PAUSE_MILLISECONDS);
      } else {
        // The first one may come before this turn's input; between the two all input at hand is read.
        setImmediate(() => setImmediate(() => resolve(false)));
      }
    });

  /** The next piece, or undefined where the stream has paused. */
  const next = async (mayPause: boolean): Promise<IteratorResult<Uint8Array> | undefined> => {
    if (!pendingRead) {
      pendingRead = pieces.next();
      // A failure is met when the piece is asked for again.
      pendingRead.catch(() => {});
    }
    let wasBusy = true;
    while (mayPause && wasBusy) {
      wasBusy = inFlight > 0;
      if (await arrivesBeforePause(pendingRead)) break;
      if (!wasBusy) return undefined;
    }
    const result = await pendingRead;
    pendingRead = undefined;
    return result;
  };

  /** Fills the chunk as far as the piece at hand goes, or takes the next one. Returns whether the stream has paused instead. */
  const fill = async (mayPause = false): Promise<boolean> => {
    if (piece.length === 0) {
      const result = await next(mayPause);
      if (!result) return true;
      if (result.done) ended = true;
      else piece = result.value;
    }
    const fitting = piece.subarray(0, maxBytes - filled);
    chunk.set(fitting, filled);
    filled += fitting.length;
    piece = piece.subarray(fitting.length);
    return false;
  };

  /** The first `end` bytes of the chunk; what stands behind them begins the next one. */
  const takeChunk = (end: number): SharedBytes => {
    const taken = chunk.subarray(0, end);
    chunk = newChunk();
    chunk.set(new Uint8Array(taken.buffer, end, filled - end));
    filled -= end;
    return taken;
  };

  // The header, and a byte order mark before it.
  let end = -1;
  while (end < 0 && !ended && filled < maxBytes) {
    await fill();
    end = recordEnd(chunk.subarray(0, filled), 0);
  }
  const start = chunk[0] === 0xef && chunk[1] === 0xbb && chunk[2] === 0xbf ? 3 : 0;
  const header = takeChunk(end < 0 ? filled : end + 1).slice(start, end < 0 ? undefined : end);
  const headerLines = header.reduce((lines, byte) => lines + Number(byte === NEWLINE), 1);

  const records = async function* (): AsyncGenerator<SharedBytes | undefined> {
    for (;;) {
      let hasPaused = false;
      while (!ended && filled < maxBytes && !hasPaused)
        hasPaused = await fill(stream.isLive && filled > 0);
      if (filled === 0) return;
      isFast = !hasPaused;
      // A full chunk may end within a record; what the stream ends with is whole.
      const cut = ended ? filled : lastRecordEnd(chunk.subarray(0, filled)) + 1;
      if (cut > 0) {
        inFlight++;
        yield takeChunk(cut);
      } else if (hasPaused) await fill();
      else {
        yield undefined;
        return;
      }
    }
  };
  const close = async (): Promise<void> => {
    stream.close?.();
    // Where nothing closes the stream, a read that is under way may never end.
    if (pendingRead && !stream.close) return;
    await pieces.return?.();
  };
  const releaseChunk = ({ buffer }: SharedBytes) => {
    if (--inFlight === 0) wake();
    freeBuffers.push(buffer);
  };
  return {
    header: trimReturn(header),
    headerLines,
    records: records(),
    hasEnded: () => ended,
    releaseChunk: releaseChunk,
    close,
  };
}

/** The end of the record that begins at `from`: its line end outside quoted fields, or -1. */
export function recordEnd(bytes: Uint8Array, from: number): number {
  return lineEndsOutsideQuotes(bytes, from).next().value ?? -1;
}

/** The end of the last whole record; `bytes` begin with a record. */
function lastRecordEnd(bytes: Uint8Array): number {
  // Most lists hold no quotes; then the line ends are found natively, which only a Buffer does fast.
  const buffer = bufferOf(bytes);
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
