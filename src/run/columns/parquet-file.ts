/** Parquet files that are being written. */

import { errors } from "../../errors.js";
import type { ParquetOptions } from "../../formats/columnar.js";
import { decodeEntries, encodeEntry, NO_ENTRIES } from "../../formats/parquet/entries.js";
import {
  createdBy,
  dataBytesOf,
  footerBytes,
  MAGIC,
  rowsOf,
} from "../../formats/parquet/footer.js";
import type { RowGroupEntry } from "../../formats/parquet/row-group.js";
import type { Column } from "../../formats/parquet/schema.js";
import type { TypedColumn } from "../../plan/value-types.js";
import type { GroupLog } from "../resume/group-log.js";
import type { EncodedGroup } from "../workers/protocol.js";
import type { RowGroup } from "../workers/row-group.js";
import type { AddGroup, ColumnarForm, ColumnarTable, WrittenGroups } from "./form.js";
import { type ColumnarMetadata, metadataText } from "./metadata.js";
import type { ParquetEncoder } from "./parquet-encoder.js";

export class ParquetFile implements ColumnarForm {
  readonly start = MAGIC as Uint8Array;
  readonly memory = "shared";
  readonly #columns;
  readonly #codec;
  readonly #metadata: ColumnarMetadata;
  readonly #encoder: ParquetEncoder;
  readonly #log: GroupLog | undefined;
  #rowGroups: RowGroupEntry[] = [];
  /** The checksum of the last entry in the log. */
  #checksum = NO_ENTRIES;

  constructor(
    { columns, metadata }: ColumnarTable,
    { pageCompression = "snappy", isUnsigned }: ParquetOptions,
    encoder: ParquetEncoder,
    log: GroupLog | undefined,
  ) {
    this.#columns = parquetColumns(columns, isUnsigned);
    this.#codec = pageCompression === "snappy" ? ("SNAPPY" as const) : ("UNCOMPRESSED" as const);
    this.#metadata = metadata;
    this.#encoder = encoder;
    this.#log = log;
  }

  async resume({ bytes, rowGroups, rows }: WrittenGroups): Promise<void> {
    const log = this.#log as GroupLog;
    const read = decodeEntries(log.path, log.read(), this.#columns, rowGroups);
    const size = MAGIC.length + dataBytesOf(read);
    if (size !== bytes.length || rowsOf(read.rowGroups) !== rows)
      throw errors.badRowGroups(log.path, rowGroups, read.bytes, "its entries are of another file");
    log.continueAfter(read.bytes);
    this.#rowGroups = [...read.rowGroups];
    this.#checksum = read.checksum;
  }

  get encoding(): number {
    return this.#encoder.width;
  }

  async encode(group: RowGroup): Promise<AddGroup> {
    const encoded = await this.#encoder.encode(this.#columns, group, this.#codec);
    return () => this.#add(encoded);
  }

  #add({ bytes, entry }: EncodedGroup): readonly Uint8Array[] {
    this.#rowGroups.push(entry);
    if (this.#log) {
      const appended = encodeEntry(this.#columns, entry, this.#checksum);
      this.#checksum = appended.checksum;
      this.#log.append(appended.bytes);
    }
    return [bytes];
  }

  end(): Uint8Array {
    const { program, build } = this.#metadata;
    return footerBytes({
      columns: this.#columns,
      rowGroups: this.#rowGroups,
      keyValues: new Map([["upsweep", metadataText(this.#metadata)]]),
      createdBy: createdBy(program, build),
    });
  }
}

/**
 * The Parquet columns of a sweep. Counts are signed, because Spark and R read unsigned integers as
 * decimals and doubles.
 *
 * @param isUnsigned whether all counts are unsigned. Otherwise only those that may pass 2^63 - 1.
 */
function parquetColumns(columns: readonly TypedColumn[], isUnsigned = false): Column[] {
  return columns.map(({ name, type, isNullable, fitsSigned }): Column => {
    const isUint64 = type === "uint64" && (isUnsigned || !fitsSigned);
    const types = {
      boolean: "BOOLEAN",
      int32: "INT32",
      int64: "INT64",
      uint64: isUint64 ? "UINT_64" : "INT64",
      double: "DOUBLE",
      text: "STRING",
    } as const;
    return { name, type: types[type], isOptional: isNullable };
  });
}
