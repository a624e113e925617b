/**
 * The start and the end of a Parquet file. A file is the magic number, the row groups, and the
 * footer: `FileMetaData`, its size in 4 bytes, little endian, and the magic number. Source: "File
 * format" in README.md of the Parquet format.
 */
import { compressedBytesOf, placed, ROW_GROUP, type RowGroupEntry } from "./row-group.js";
import { type Column, SCHEMA_ELEMENT, schemaElements } from "./schema.js";
import { encode, I32, I64, list, optional, required, STRING, struct } from "./thrift.js";

/** The first and the last bytes of a file: PAR1. */
export const MAGIC: Readonly<Uint8Array> = Uint8Array.of(0x50, 0x41, 0x52, 0x31);

/** Size of the end of a footer: the size of its metadata, and the magic number. */
export const END_BYTES = 8;

const KEY_VALUE = struct("KeyValue", {
  key: required(1, STRING),
  value: optional(2, STRING),
});

/** A union. Not written: 2 IEEE_754_TOTAL_ORDER, 3 INT96_TIMESTAMP_ORDER. */
const COLUMN_ORDER = struct("ColumnOrder", {
  typeOrder: optional(1, struct("TypeDefinedOrder", {})), // TYPE_ORDER
});

/** Not written: 8 and 9 of encryption. */
export const FILE_META_DATA = struct("FileMetaData", {
  version: required(1, I32),
  schema: required(2, list(SCHEMA_ELEMENT)),
  numRows: required(3, I64),
  rowGroups: required(4, list(ROW_GROUP)),
  keyValueMetadata: optional(5, list(KEY_VALUE)),
  createdBy: optional(6, STRING),
  columnOrders: optional(7, list(COLUMN_ORDER)),
});

/** The version of the format. Writers should write 1, whatever they use (parquet.thrift). */
export const VERSION = 1;

/** What a footer says. */
export interface Footer {
  readonly columns: readonly Column[];
  /** The row groups, in the order of the file. The first one begins after the magic number. */
  readonly rowGroups: readonly RowGroupEntry[];
  readonly keyValues: ReadonlyMap<string, string>;
  /** The program that wrote the row groups, as `createdBy` names it. */
  readonly createdBy: string;
}

/**
 * The name of this program in files. Readers parse it, to work around errors of known versions:
 * parquet-java by the expression `(.+) version ((.*) )?\(build ?(.*)\)` in VersionParser.java.
 *
 * @param build what identifies the kernel, such as a hash.
 */
export function createdBy(version: string, build: string): string {
  return `upsweep version ${version} (build ${build})`;
}

/** Maximum number of row groups that have a number. It has 16 bits. */
const MAX_ORDINALS = 2 ** 15;

/**
 * The bytes after the last row group: the footer. The row groups must follow the magic number
 * without gaps.
 *
 * In a file of more than 32,768 row groups none of them has a number, because readers refuse files
 * in which only some have one.
 */
export function footerBytes({ columns, rowGroups, keyValues, createdBy }: Footer): Uint8Array {
  const hasOrdinals = rowGroups.length <= MAX_ORDINALS;
  let start = MAGIC.length;
  const metadata = encode(FILE_META_DATA, {
    version: VERSION,
    schema: schemaElements(columns),
    numRows: rowsOf(rowGroups),
    rowGroups: rowGroups.map((entry, i) => {
      const rowGroup = placed(columns, entry, start, hasOrdinals ? i : undefined);
      start += compressedBytesOf(entry);
      return rowGroup;
    }),
    keyValueMetadata: Array.from(keyValues, ([key, value]) => ({ key, value })),
    createdBy,
    columnOrders: columns.map(() => ({ typeOrder: {} })),
  });
  const bytes = new Uint8Array(metadata.length + END_BYTES);
  bytes.set(metadata);
  new DataView(bytes.buffer).setUint32(metadata.length, metadata.length, true);
  bytes.set(MAGIC, metadata.length + 4);
  return bytes;
}

/** Number of rows in row groups. */
export function rowsOf(rowGroups: readonly RowGroupEntry[]): number {
  return rowGroups.reduce((sum, { rows }) => sum + rows, 0);
}

/** Size of all row groups in the file, in bytes. The first one begins after the magic number. */
export function dataBytesOf({ rowGroups }: Pick<Footer, "rowGroups">): number {
  return rowGroups.reduce((sum, entry) => sum + compressedBytesOf(entry), 0);
}
