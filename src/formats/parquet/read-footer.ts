/** Reads and validates the footer of a file that upsweep wrote. */
import { errors } from "../../errors.js";
import { quote } from "../../format-message.js";
import {
  END_BYTES,
  FILE_META_DATA,
  type Footer,
  footerBytes,
  MAGIC,
  rowsOf,
  VERSION,
} from "./footer.js";
import { compressedBytesOf } from "./row-group.js";
import { entryOf } from "./row-group-entry.js";
import { columnsOf } from "./schema.js";
import { decode } from "./thrift.js";
import type { Refuse } from "./thrift-bytes.js";

/** A file of which the footer is read. */
export interface ParquetFile {
  /** Its path, for messages. */
  readonly path: string;
  /** Its size in bytes. */
  readonly size: number;
  /** Its first bytes, at least 4. */
  readonly head: Uint8Array;
}

/**
 * Size of a footer in bytes, from the last 8 bytes of the file.
 *
 * @throws UpsweepError if the file is not Parquet, or is truncated.
 */
export function footerSize({ path, size, head }: ParquetFile, end: Uint8Array): number {
  const refuse: Refuse = (what) => errors.badParquet(path, what);
  if (!MAGIC.every((byte, i) => head[i] === byte)) throw refuse("it does not begin with PAR1");
  if (size < MAGIC.length + END_BYTES || end.length < END_BYTES)
    throw refuse(`it has only ${size} bytes`);
  const last = end.subarray(-END_BYTES);
  if (!MAGIC.every((byte, i) => last[i + 4] === byte))
    throw refuse("it does not end with PAR1, so it is truncated or incomplete");
  const metadata = new DataView(last.buffer, last.byteOffset).getUint32(0, true);
  const footer = metadata + END_BYTES;
  if (footer > size - MAGIC.length)
    throw refuse(`its footer has ${footer} bytes, but the file has only ${size}`);
  return footer;
}

/**
 * Reads the footer of a file. `footerBytes` gives the same bytes again for it.
 *
 * @param tail the last bytes of the file, at least as many as `footerSize` says.
 * @throws UpsweepError unless this version of upsweep can have written the footer: its parts are
 * inside of the file and follow one another without gaps, and all sizes and counts add up. Damage is
 * not detected in what nothing else depends on: statistics, key-value metadata, codecs, numbers of
 * pages, sizes of dictionaries, and whether a column is optional. The pages are not read.
 */
export function readFooter(file: ParquetFile, tail: Uint8Array): Footer {
  const { path, size } = file;
  const refuse: Refuse = (what) => errors.badParquet(path, what);
  const footer = footerSize(file, tail);
  if (tail.length < footer)
    throw new RangeError(`the footer has ${footer} bytes, but ${tail.length} were given`);
  const metadata = decode(
    FILE_META_DATA,
    tail.subarray(tail.length - footer, tail.length - END_BYTES),
    (what) => refuse(`its footer is malformed: ${what}`),
  );
  if (metadata.version !== VERSION) throw refuse(`it has version ${metadata.version}`);
  const columns = columnsOf(metadata.schema, refuse);
  const hasOrdinals = metadata.rowGroups[0]?.ordinal !== undefined;
  let end = MAGIC.length;
  const rowGroups = metadata.rowGroups.map((rowGroup, i) => {
    const refuseGroup = (what: string) => refuse(`row group ${i}: ${what}`);
    const entry = entryOf(columns, rowGroup, end, refuseGroup);
    end += compressedBytesOf(entry);
    if (end > size - footer)
      throw refuseGroup(`it ends at ${end}, but the footer begins at ${size - footer}`);
    if (rowGroup.ordinal !== (hasOrdinals ? i : undefined))
      throw refuseGroup(`it has the number ${rowGroup.ordinal}`);
    return entry;
  });
  if (end < size - footer)
    throw refuse(`its data ends at ${end}, but its footer begins at ${size - footer}`);
  if (rowsOf(rowGroups) !== metadata.numRows)
    throw refuse(`it says ${metadata.numRows} rows, but its row groups have ${rowsOf(rowGroups)}`);
  const { columnOrders = [], createdBy, keyValueMetadata = [] } = metadata;
  if (columnOrders.length !== columns.length || columnOrders.some(({ typeOrder }) => !typeOrder))
    throw refuse("the order of its values is not TYPE_ORDER");
  if (createdBy === undefined) throw refuse("it does not say which program wrote it");
  const keyValues = new Map<string, string>();
  for (const { key, value } of keyValueMetadata) {
    if (value === undefined || keyValues.has(key))
      throw refuse(`its key ${quote(key)} has no value, or several`);
    keyValues.set(key, value);
  }
  const read = { columns, rowGroups, keyValues, createdBy };
  const [bytes, written] = [tail.subarray(-footer), footerBytes(read)];
  if (written.length !== bytes.length || written.some((byte, i) => byte !== bytes[i]))
    throw refuse("its footer has parts that this version of upsweep does not write");
  return read;
}
