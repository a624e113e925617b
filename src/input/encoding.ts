/**
 * Decodes gzip and UTF-16 input. Tables pass through, and other formats are rejected with an error
 * that names them.
 */
import { createGunzip } from "node:zlib";
import { errors } from "../errors.js";
import { bufferOf } from "./buffer.js";
import { lookAhead, NEWLINE, type Pieces } from "./bytes.js";
import { formOf, type ListForm } from "./magic.js";

/** Size of the pieces that gunzip outputs, in bytes. */
const GUNZIP_CHUNK = 256 * 1024;

/** Unsupported formats that users may pass as a list, with their magic numbers. */
const UNSUPPORTED_FORMATS = [
  {
    magic: "504b0304",
    name: "a ZIP archive or an Excel workbook",
    remedy: "Save the sheet as CSV, or unpack the archive.",
  },
  { magic: "d0cf11e0a1b11ae1", name: "an old Excel workbook", remedy: "Save the sheet as CSV." },
  {
    magic: "46454131",
    name: "a Feather file of version 1",
    remedy: "Write it as Feather of version 2, Parquet or CSV.",
  },
  {
    magic: "28b52ffd",
    name: "compressed with zstd",
    remedy: "Unpack it: zstd -dc FILE | upsweep count --from -",
  },
  {
    magic: "fd377a585a00",
    name: "compressed with xz",
    remedy: "Unpack it: xz -dc FILE | upsweep count --from -",
  },
  {
    magic: "425a68",
    name: "compressed with bzip2",
    remedy: "Unpack it: bzip2 -dc FILE | upsweep count --from -",
  },
  { magic: "fffe0000", name: "UTF-32 text", remedy: "Save it as UTF-8." },
  { magic: "0000feff", name: "UTF-32 text", remedy: "Save it as UTF-8." },
] as const;

const MAGIC_BYTES = 8;

/** A list without compression. */
interface Unpacked {
  readonly form: ListForm;
  /** Whether it was compressed. */
  readonly isPacked: boolean;
  readonly pieces: Pieces;
}

/**
 * Decompresses a list, and decodes text to UTF-8. Text that has neither gzip nor UTF-16 passes
 * through unchecked, so it may not be valid UTF-8.
 *
 * @throws UpsweepError if the input has an unsupported format, or is compressed with gzip twice.
 */
export async function unpacked(pieces: Pieces, location: string): Promise<Unpacked> {
  const first = await lookAhead(pieces, hasMagic);
  if (!isGzip(first.head)) return { ...decoded(first, location), isPacked: false };
  const inner = await lookAhead(gunzipped(first.all, location), hasMagic);
  if (isGzip(inner.head))
    throw errors.unsupportedInput(
      location,
      "compressed twice with gzip",
      "Unpack it once: gzip -dc FILE | upsweep count --from -",
    );
  return { ...decoded(inner, location), isPacked: true };
}

function hasMagic(head: Uint8Array): boolean {
  return head.length >= MAGIC_BYTES || head.includes(NEWLINE);
}

function isGzip(head: Uint8Array): boolean {
  return head[0] === 0x1f && head[1] === 0x8b;
}

function decoded(
  { head, all }: { readonly head: Uint8Array; readonly all: Pieces },
  location: string,
): Omit<Unpacked, "isPacked"> {
  const form = formOf(head);
  if (form !== "text") return { form, pieces: all };
  return { form, pieces: inUtf8(head, all, location) };
}

function inUtf8(head: Uint8Array, all: Pieces, location: string): Pieces {
  const hex = bufferOf(head).toString("hex", 0, MAGIC_BYTES);
  // UTF-16 text can begin with the B of the bzip2 magic, but its second byte is then NUL.
  const unsupported = UNSUPPORTED_FORMATS.find(({ magic }) => hex.startsWith(magic));
  if (unsupported) throw errors.unsupportedInput(location, unsupported.name, unsupported.remedy);
  const [a, b] = head;
  if (a === 0xff && b === 0xfe) return fromUtf16(all, "little", 2, location);
  if (a === 0xfe && b === 0xff) return fromUtf16(all, "big", 2, location);
  if (a !== undefined && a !== 0 && b === 0) return fromUtf16(all, "little", 0, location);
  if (a === 0 && b !== undefined && b !== 0) return fromUtf16(all, "big", 0, location);
  return all;
}

// ── gzip ────────────────────────────────────────────────────────────────────────────────────────

/** Decompresses gzip with any number of members. Only zeros may follow the last member. */
async function* gunzipped(pieces: Pieces, location: string): AsyncGenerator<Uint8Array> {
  const gunzip = createGunzip({ chunkSize: GUNZIP_CHUNK });
  const iterator = pieces[Symbol.asyncIterator]();
  let hasEnded = false;
  let readError: Error | undefined;
  let bytesRead = 0;
  /** The offset after the last byte that is not NUL. */
  let dataEnd = 0;
  let wake = () => {};
  for (const event of ["drain", "end", "close"]) gunzip.on(event, () => wake());
  gunzip.once("end", () => {
    hasEnded = true;
  });
  const feed = async () => {
    for (;;) {
      const next = await iterator.next();
      if (next.done) break;
      const isPadding = next.value.every((byte) => byte === 0);
      if (!isPadding) dataEnd = bytesRead + next.value.findLastIndex((byte) => byte !== 0) + 1;
      bytesRead += next.value.length;
      if (hasEnded || gunzip.destroyed) continue;
      const drained = new Promise<void>((resolve) => {
        wake = resolve;
      });
      if (!gunzip.write(next.value)) await drained;
    }
    if (!gunzip.destroyed) gunzip.end();
  };
  const feeding = feed().catch((error: Error) => {
    readError = error;
    gunzip.destroy(error);
  });
  try {
    yield* gunzip;
    await feeding;
  } catch (error) {
    throw readError ?? errors.damagedGzip(location, (error as Error).message);
  } finally {
    gunzip.destroy();
    // Not awaited, because a pending read ends only when the source is closed.
    iterator.return?.().catch(() => {});
  }
  if (readError) throw readError;
  if (gunzip.bytesWritten < dataEnd)
    throw errors.damagedGzip(location, "other data follows its end");
}

// ── UTF-16 ──────────────────────────────────────────────────────────────────────────────────────

/**
 * Converts UTF-16 to UTF-8.
 *
 * @throws UpsweepError with the line of a lone surrogate, which UTF-8 cannot encode, or if the text
 * ends within a character.
 */
async function* fromUtf16(
  pieces: Pieces,
  endian: "little" | "big",
  markLength: number,
  location: string,
): AsyncGenerator<Uint8Array> {
  let remainder = Buffer.alloc(0);
  let skip = markLength;
  let line = 1;
  const textOf = (bytes: Buffer) => {
    const text = bytes.toString("utf16le");
    // With the u flag, category Cs matches lone surrogates only; a pair is one character.
    const loneSurrogate = text.search(/\p{Cs}/u);
    if (loneSurrogate >= 0)
      throw errors.badEncoding(
        `${location}:${line + countLines(text, loneSurrogate)}`,
        "the text is not valid UTF-16: half of a surrogate pair is missing",
      );
    line += countLines(text, text.length);
    return Buffer.from(text, "utf8");
  };
  for await (const piece of pieces) {
    const bytes = Buffer.concat([remainder, piece]);
    // Keep half a code unit, or the first half of a surrogate pair, for the next piece.
    let end = bytes.length - (bytes.length % 2);
    if (end >= 2 && ((bytes[endian === "little" ? end - 1 : end - 2] as number) & 0xfc) === 0xd8)
      end -= 2;
    if (end <= skip) {
      remainder = bytes;
      continue;
    }
    const units = Buffer.from(bytes.subarray(skip, end));
    skip = 0;
    remainder = Buffer.from(bytes.subarray(end));
    yield textOf(endian === "little" ? units : units.swap16());
  }
  if (remainder.length > skip)
    throw errors.badEncoding(
      `${location}:${line}`,
      "the text is not valid UTF-16: it ends inside a character",
    );
}

function countLines(text: string, end: number): number {
  let lines = 0;
  for (let at = text.indexOf("\n"); at >= 0 && at < end; at = text.indexOf("\n", at + 1)) lines++;
  return lines;
}
