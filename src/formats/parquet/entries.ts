/**
 * The row groups of an unfinished file, in a file of their own. Each row group is appended when it
 * has been written, and the footer is made of all of them at the end. An entry is
 *
 *   4 bytes  size of the description, little endian
 *   4 bytes  CRC-32 of all bytes of the file up to here without such checksums, little endian, and
 *            of the description
 *   n bytes  the description: `RowGroup` of parquet.thrift, with the offsets that it has if the row
 *            group begins at 0, and without a number
 *
 * A checksum covers the entries before it too. So an entry that is missing, repeated or in another
 * place is an error, as are changed and torn ones.
 */
import { errors } from "../../errors.js";
import { crc32 } from "./crc32.js";
import { placed, ROW_GROUP, type RowGroupEntry } from "./row-group.js";
import { entryOf } from "./row-group-entry.js";
import type { Column } from "./schema.js";
import { decode, encode } from "./thrift.js";

/** Size of what precedes the description of a row group, in bytes. */
const HEAD_BYTES = 8;

/** The checksum before the first entry. */
export const NO_ENTRIES = 0;

/** The size of a description, and its bytes, with the checksum of all entries up to it. */
function checksumOf(size: Uint8Array, description: Uint8Array, previous: number): number {
  return crc32(description, crc32(size, previous));
}

/**
 * An entry, as bytes to append.
 *
 * @param previous the checksum of the entry before it, or NO_ENTRIES.
 */
export function encodeEntry(
  columns: readonly Column[],
  entry: RowGroupEntry,
  previous: number,
): { readonly bytes: Uint8Array; readonly checksum: number } {
  const description = encode(ROW_GROUP, placed(columns, entry, 0));
  const bytes = new Uint8Array(HEAD_BYTES + description.length);
  const view = new DataView(bytes.buffer);
  view.setUint32(0, description.length, true);
  const checksum = checksumOf(bytes.subarray(0, 4), description, previous);
  view.setUint32(4, checksum, true);
  bytes.set(description, HEAD_BYTES);
  return { bytes, checksum };
}

/** Entries that were read, and the checksum with which the next one is written. */
export interface Entries {
  readonly rowGroups: readonly RowGroupEntry[];
  readonly checksum: number;
  /** The bytes of these entries. */
  readonly bytes: number;
}

/**
 * Reads the first entries.
 *
 * @param path the path of their file, for messages.
 * @param count how many entries are read. What follows them may be torn.
 * @throws UpsweepError if an entry is torn, changed, missing, in another place, or does not describe
 * a row group of these columns. It says which entry, and at which byte.
 */
export function decodeEntries(
  path: string,
  bytes: Uint8Array,
  columns: readonly Column[],
  count: number,
): Entries {
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  const rowGroups: RowGroupEntry[] = [];
  let checksum = NO_ENTRIES;
  let at = 0;
  while (rowGroups.length < count) {
    const refuse = (what: string) => errors.badRowGroups(path, rowGroups.length, at, what);
    const left = bytes.length - at - HEAD_BYTES;
    if (left < 0) throw refuse("it is torn");
    const size = view.getUint32(at, true);
    if (size > left) throw refuse(`it has ${left} of ${size} bytes`);
    const description = bytes.subarray(at + HEAD_BYTES, at + HEAD_BYTES + size);
    checksum = checksumOf(bytes.subarray(at, at + 4), description, checksum);
    if (view.getUint32(at + 4, true) !== checksum) throw refuse("its checksum differs");
    rowGroups.push(entryOf(columns, decode(ROW_GROUP, description, refuse), 0, refuse));
    at += HEAD_BYTES + size;
  }
  return { rowGroups, checksum, bytes: at };
}
