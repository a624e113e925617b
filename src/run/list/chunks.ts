/** Splits a stream of bytes into its header record and chunks of complete CSV records. */
import { bufferOf } from "../../input/buffer.js";
import { type ListBytes, NEWLINE, QUOTE, RETURN } from "../../input/bytes.js";
import { lineEndsOutsideQuotes, recordEnd } from "../workers/records.js";

/**
 * Bytes in shared memory. A chunk survives the death of the worker that counts it, so that its task
 * can be retried.
 */
export type SharedBytes = Uint8Array<SharedArrayBuffer>;

export interface Chunks {
  /** The first record, without line end and byte order mark. */
  readonly header: Uint8Array;
  /** Number of lines that the header occupies. */
  readonly headerLines: number;
  /**
   * Chunks of the other records, in order. A record that is too long for a chunk yields `undefined`
   * and ends the chunks.
   */
  readonly records: AsyncGenerator<SharedBytes | undefined>;
  /** Whether the stream has ended, so that the chunk taken last is the final one. */
  hasEnded(): boolean;
  /** Releases a chunk after it was counted. Its memory is reused for another chunk. */
  releaseChunk(chunk: SharedBytes): void;
  /** Closes the stream when no more chunks are needed. */
  close(): Promise<void>;
}

/**
 * Maximum size of a small chunk, in bytes. A small chunk is counted if no more input arrives within
 * one turn of the event loop, because someone may be waiting for the result of a line.
 */
export const SMALL_CHUNK_BYTES = 32 * 1024;

/**
 * How long to wait for more input before a larger chunk is counted, in milliseconds. A fast stream
 * may only have been delayed for a moment.
 */
const PAUSE_MILLISECONDS = 1;

/**
 * Splits a stream into chunks of at most `maxBytes`. Holds one chunk and one piece of the stream. A
 * live stream is also split at a pause, after its last complete record. While chunks are still
 * being counted, input accumulates into a larger chunk instead.
 */
export async function cutIntoChunks(stream: ListBytes, maxBytes: number): Promise<Chunks> {
  const pieces = stream[Symbol.asyncIterator]();
  let piece: Uint8Array = new Uint8Array(0);
  /** The pending read. It stays pending after a pause. */
  let pendingRead: Promise<IteratorResult<Uint8Array>> | undefined;
  // Released buffers, for reuse. Shared memory is garbage-collected late: without reuse, a list of
  // 10 million records took 40 MB more.
  const freeBuffers: SharedArrayBuffer[] = [];
  const newChunk = (): SharedBytes =>
    new Uint8Array(freeBuffers.pop() ?? new SharedArrayBuffer(maxBytes));
  let chunk = newChunk();
  let filled = 0;
  let ended = false;
  /**
   * Whether the last chunk was full. The stream is fast then, and no one waits for a single line.
   */
  let isFast = false;

  /**
   * Number of chunks that have not been released. While there are any, no one waits for another.
   */
  let inFlight = 0;

  let wake = () => {};
  /**
   * A timer shared by all waits. Creating a timer for each piece of a fast stream takes longer than
   * counting some rows.
   */
  let timer: NodeJS.Timeout | undefined;
  /**
   * Waits for a piece. If chunks are being counted, waits at most until all are released, otherwise
   * until the stream has paused. Returns whether the piece arrived first.
   */
  const arrivesBeforePause = (coming: Promise<unknown>): Promise<boolean> =>
    new Promise((resolve) => {
      const arrived = () => resolve(true);
      coming.then(arrived, arrived);
      wake = () => resolve(false);
      if (inFlight > 0) return;
      if (isFast || filled > SMALL_CHUNK_BYTES) {
        timer = timer?.refresh() ?? setTimeout(() => wake(), PAUSE_MILLISECONDS);
      } else {
        // The first callback may run before the input of this turn is read. All available input is
        // read before the second one.
        setImmediate(() => setImmediate(() => resolve(false)));
      }
    });

  /** The next piece. Returns undefined if the stream has paused and `mayPause` is true. */
  const next = async (mayPause: boolean): Promise<IteratorResult<Uint8Array> | undefined> => {
    if (!pendingRead) {
      pendingRead = pieces.next();
      // An error is thrown when the read is awaited.
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

  /**
   * Copies the current piece into the chunk, or the next piece if the current one is used up.
   * Returns whether the stream paused instead.
   */
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

  /** Takes the first `end` bytes of the chunk. The remaining bytes begin the next chunk. */
  const takeChunk = (end: number): SharedBytes => {
    const taken = chunk.subarray(0, end);
    chunk = newChunk();
    chunk.set(new Uint8Array(taken.buffer, end, filled - end));
    filled -= end;
    return taken;
  };

  // Read the header, and a byte order mark before it.
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
      // A full chunk may end within a record. The end of the stream also ends the last record.
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
    // If the stream cannot be closed, a pending read may never end.
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

/** The line end of the last complete record, or -1. `bytes` must start at the start of a record. */
function lastRecordEnd(bytes: Uint8Array): number {
  // Most lists contain no quotes. Then a Buffer finds the line ends with fast native code.
  const buffer = bufferOf(bytes);
  if (!buffer.includes(QUOTE)) return buffer.lastIndexOf(NEWLINE);
  let last = -1;
  for (const end of lineEndsOutsideQuotes(bytes, 0)) last = end;
  return last;
}

function trimReturn(record: Uint8Array): Uint8Array {
  return record.at(-1) === RETURN ? record.slice(0, -1) : record;
}
