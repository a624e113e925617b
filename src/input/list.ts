/** Opens lists from files, pipes and standard input, and converts them to canonical CSV. */
import {
  constants,
  createReadStream,
  fstatSync,
  openSync,
  type ReadStream,
  readSync,
  statSync,
} from "node:fs";
import { Socket } from "node:net";
import { errors } from "../errors.js";
import { fromArrow } from "./arrow.js";
import { messagesOfFile, messagesOfStream } from "./arrow-messages.js";
import { type ListBytes, lookAhead, NEWLINE, type Pieces, RETURN } from "./bytes.js";
import { dialectOf, isCanonical, withCommas } from "./dialect.js";
import { unpacked } from "./encoding.js";
import { fromJson, isJson, keysOf } from "./json.js";
import { Lines } from "./lines.js";
import { promisedForm } from "./magic.js";
import { fromParquet } from "./parquet.js";
import { PieceReader } from "./piece-reader.js";
import { inMemory, type OpenFile, openFile } from "./random-access.js";

/** Size of a read, in bytes. */
const READ_BYTES = 1 << 20;

/** Interval at which a named pipe without a writer is polled, in milliseconds. */
const WRITER_POLL_INTERVAL = 10;

interface Source {
  readonly name: string;
  /** Opens the source. */
  readonly open: () => Pieces;
  /** Opens it for reads anywhere, if it is a regular file with a path. */
  readonly openFile?: () => OpenFile;
  /** Whether it can be opened and read more than once. */
  readonly isFile: boolean;
  /** Total number of bytes, if known. */
  readonly size?: number;
  /** Whether someone may wait for results while the source is open. */
  readonly isLive: boolean;
}

/**
 * Opens a list; `-` is standard input. Reading starts when the first bytes are requested.
 *
 * @param delimiter the character between fields; detected from the header if omitted.
 * @throws UpsweepError if the file does not exist, is a folder, or cannot be read.
 */
export function openList(
  path: string,
  delimiter?: string,
): { readonly bytes: ListBytes; readonly name: string } {
  const streams = new Set<{ destroy(): unknown }>();
  const source = path === "-" ? standardInputSource(streams) : fileSource(path, streams);
  const close = () => {
    for (const stream of streams) stream.destroy();
  };
  return { bytes: listBytes(source, delimiter, close), name: source.name };
}

/** Converts a source of any supported form to canonical CSV. */
export function listBytes(
  source: Source,
  delimiter: string | undefined,
  close: () => void,
): ListBytes {
  const { isLive, size } = source;
  const lines = new Lines();
  let bytesRead = 0;
  let rowsFraction: number | undefined;
  const onFraction = (fraction: number) => {
    rowsFraction = fraction;
  };
  const countingBytes = async function* (pieces: Pieces): AsyncGenerator<Uint8Array> {
    for await (const piece of pieces) {
      bytesRead += piece.length;
      yield piece;
    }
  };
  return {
    isLive,
    lines,
    // A file that grows while it is read yields more bytes than its size was.
    fraction: () => rowsFraction ?? (size ? Math.min(1, bytesRead / size) : undefined),
    close,
    async *[Symbol.asyncIterator]() {
      const pieces = countingBytes(source.open());
      yield* await canonical(pieces, source, { delimiter, lines, onFraction });
    },
  };
}

interface Reading {
  readonly delimiter: string | undefined;
  readonly lines: Lines;
  /** Called with the fraction that has been read, if it does not follow from the bytes read. */
  readonly onFraction: (fraction: number) => void;
}

async function canonical(raw: Pieces, source: Source, reading: Reading): Promise<Pieces> {
  const { name, open, isFile } = source;
  const { delimiter, lines } = reading;
  const { form, isPacked, pieces } = await unpacked(raw, name);
  if (form !== "text" && delimiter !== undefined)
    throw errors.usage(`${name} has no delimiter, but --delimiter is given`, "Remove it.");
  if (form === "arrow stream") return fromArrowStream(pieces, name, lines);
  if (form !== "text")
    return fromFile(form, name, isPacked ? undefined : source.openFile, pieces, reading);
  const promised = promisedForm(name);
  if (promised) throw errors.notItsExtension(name, promised.extension, promised.form);
  const { head, all } = await lookAhead(pieces, hasHeader);
  if (delimiter === undefined && isJson(head)) {
    const keys = isFile ? await keysOf((await unpacked(open(), name)).pieces, name) : undefined;
    return fromJson(all, name, keys, lines);
  }
  const dialect = dialectOf(head, delimiter);
  return isCanonical(dialect) ? all : withCommas(all, dialect, lines);
}

async function* fromArrowStream(
  pieces: Pieces,
  name: string,
  lines: Lines,
): AsyncGenerator<Uint8Array> {
  const reader = new PieceReader(pieces);
  try {
    yield* fromArrow(await messagesOfStream(reader, name), name, lines);
  } finally {
    await reader.close();
  }
}

/**
 * Converts a file that is read from its end.
 *
 * @param open opens it. If undefined, its complete content is kept in memory.
 */
async function* fromFile(
  form: "parquet" | "arrow file",
  name: string,
  open: Source["openFile"],
  pieces: Pieces,
  { lines, onFraction }: Reading,
): AsyncGenerator<Uint8Array> {
  const opened = open?.();
  try {
    const file = opened ?? (await inMemory(pieces, name));
    if (form === "parquet") yield* fromParquet(file, name, lines, onFraction);
    else yield* fromArrow(await messagesOfFile(file, name, onFraction), name, lines);
  } finally {
    opened?.close();
  }
}

/**
 * Whether the first line is complete. A carriage return at the very end does not count, because a
 * line feed may follow it.
 */
function hasHeader(head: Uint8Array): boolean {
  if (head.includes(NEWLINE)) return true;
  const at = head.indexOf(RETURN);
  return at >= 0 && at + 1 < head.length;
}

function standardInputSource(streams: Set<{ destroy(): unknown }>): Source {
  const name = "standard input";
  const isFile = isRegular(0);
  const open = () => {
    const stream = isFile
      ? createReadStream("", { fd: 0, autoClose: false, highWaterMark: READ_BYTES })
      : process.stdin;
    streams.add(stream);
    return withReadErrors(stream, name);
  };
  // The descriptor may be in the middle of a file, so the size is unknown and the file cannot be
  // read twice.
  return { name, open, isFile: false, isLive: !isFile };
}

function isRegular(fd: number): boolean {
  try {
    return fstatSync(fd).isFile();
  } catch {
    return false;
  }
}

function fileSource(path: string, streams: Set<{ destroy(): unknown }>): Source {
  try {
    const status = statSync(path);
    if (status.isDirectory()) throw errors.cannotRead(path, "it is a folder");
    const openStream = status.isFIFO()
      ? () => pipeStream(path, streams)
      : () => fileStream(path, streams);
    const open = () => withReadErrors(openStream(), path);
    return status.isFile()
      ? {
          name: path,
          open,
          openFile: () => openFile(path),
          isFile: true,
          size: status.size,
          isLive: false,
        }
      : { name: path, open, isFile: false, isLive: true };
  } catch (error) {
    if ((error as NodeJS.ErrnoException).errno === undefined) throw error;
    throw errors.cannotRead(path, error);
  }
}

function fileStream(path: string, streams: Set<{ destroy(): unknown }>): ReadStream {
  const stream = createReadStream(path, { highWaterMark: READ_BYTES });
  streams.add(stream);
  return stream;
}

/**
 * Reads a named pipe. No thread blocks in opening or reading it. Only a writer could end a blocked
 * thread, and this process could not exit before that.
 */
async function* pipeStream(
  path: string,
  streams: Set<{ destroy(): unknown }>,
): AsyncGenerator<Uint8Array> {
  const fd = openSync(path, constants.O_RDONLY | constants.O_NONBLOCK);
  const first = await waitForWriter(fd);
  const stream = new Socket({ fd, readable: true, writable: false });
  streams.add(stream);
  if (first.length > 0) yield first;
  yield* stream;
}

/**
 * Waits for the first writer, since a pipe without one seems to be at its end. Returns the bytes
 * that were read meanwhile.
 */
async function waitForWriter(fd: number): Promise<Uint8Array> {
  const bytes = new Uint8Array(READ_BYTES);
  for (;;) {
    try {
      const length = readSync(fd, bytes);
      if (length > 0) return bytes.subarray(0, length);
    } catch (error) {
      if ((error as NodeJS.ErrnoException).code === "EAGAIN") return bytes.subarray(0, 0);
      throw error;
    }
    await new Promise((resolve) => setTimeout(resolve, WRITER_POLL_INTERVAL));
  }
}

/** Converts the errors of a stream to errors that name the source. */
async function* withReadErrors(pieces: Pieces, name: string): AsyncGenerator<Uint8Array> {
  try {
    yield* pieces;
  } catch (error) {
    throw errors.cannotRead(name, error);
  }
}
