/** Where lists come from: files, pipes and standard input, in the forms that people have, as one canonical CSV. */
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
import { type ListBytes, lookAhead, NEWLINE, type Pieces, RETURN } from "./bytes.js";
import { dialectOf, isCanonical, withCommas } from "./dialect.js";
import { unpacked } from "./encoding.js";
import { fromJson, isJson, keysOf } from "./json.js";
import { Lines } from "./lines.js";

/** Bytes of a file that are read at once. */
const READ_BYTES = 1 << 20;

/** How often a named pipe that nobody writes to is looked at, in milliseconds. */
const WRITER_POLL_INTERVAL = 10;

interface Source {
  readonly name: string;
  /** Opens the source. */
  readonly open: () => Pieces;
  /** Whether it can be opened and read more than once. */
  readonly isFile: boolean;
  /** Bytes that there are in all, where that is known. */
  readonly size?: number;
  /** Whether somebody may wait for answers while the source is open. */
  readonly isLive: boolean;
}

/**
 * Opens a list; `-` is standard input. Nothing is read before the first bytes are asked for.
 *
 * @param delimiter the character between fields; found from the header when left out.
 * @throws UpsweepError when there is no such file.
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

/** A list of whatever form as canonical CSV. */
export function listBytes(
  source: Source,
  delimiter: string | undefined,
  close: () => void,
): ListBytes {
  const { isLive, size } = source;
  const lines = new Lines();
  let bytesRead = 0;
  const countingBytes = async function* (pieces: Pieces): AsyncGenerator<Uint8Array> {
    for await (const piece of pieces) {
      bytesRead += piece.length;
      yield piece;
    }
  };
  return {
    isLive,
    lines,
    // A file that grows while it is read has more bytes than it was said to have.
    fraction: () => (size ? Math.min(1, bytesRead / size) : undefined),
    close,
    async *[Symbol.asyncIterator]() {
      yield* await canonical(countingBytes(source.open()), source, delimiter, lines);
    },
  };
}

async function canonical(
  raw: Pieces,
  { name, open, isFile }: Source,
  delimiter: string | undefined,
  lines: Lines,
): Promise<Pieces> {
  const { head, all } = await lookAhead(await unpacked(raw, name), hasHeader);
  if (delimiter === undefined && isJson(head)) {
    const keys = isFile ? await keysOf(await unpacked(open(), name), name) : undefined;
    return fromJson(all, name, keys, lines);
  }
  const dialect = dialectOf(head, delimiter);
  return isCanonical(dialect) ? all : withCommas(all, dialect, lines);
}

/** Whether the first line and its end are there. A carriage return may be the first half of a line end. */
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
  // A file there may be read from its middle on, so it has no size, and cannot be read again.
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
      ? { name: path, open, isFile: true, size: status.size, isLive: false }
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
 * A named pipe. No thread blocks in opening or reading it: such a thread could be ended only by what a writer does, and so could this process.
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

/** Waits for the first writer, without whom a pipe seems to be at its end. Returns what has been read meanwhile. */
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

/** A stream whose errors name what could not be read. */
async function* withReadErrors(pieces: Pieces, name: string): AsyncGenerator<Uint8Array> {
  try {
    yield* pieces;
  } catch (error) {
    throw errors.cannotRead(name, error);
  }
}
