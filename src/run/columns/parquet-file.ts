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
import type { ParquetKernel } from "../../kernel/parquet.js";
import type { GroupLog } from "../resume/group-log.js";
import type { ColumnarForm, ColumnarTable, WrittenGroups } from "./form.js";
import { type ColumnarMetadata, metadataText } from "./metadata.js";
import { encodeRowGroup, parquetColumns } from "./parquet.js";
import type { RowGroup } from "./row-groups.js";

export class ParquetFile implements ColumnarForm {
  readonly start = MAGIC as Uint8Array;
  readonly #columns;
  readonly #codec;
  readonly #metadata: ColumnarMetadata;
  readonly #kernel: ParquetKernel;
  readonly #log: GroupLog | undefined;
  #rowGroups: RowGroupEntry[] = [];
  /** The checksum of the last entry in the log. */
  #checksum = NO_ENTRIES;

  constructor(
    { columns, metadata }: ColumnarTable,
    { pageCompression = "snappy", isUnsigned }: ParquetOptions,
    kernel: ParquetKernel,
    log: GroupLog | undefined,
  ) {
    this.#columns = parquetColumns(columns, isUnsigned);
    this.#codec = pageCompression === "snappy" ? ("SNAPPY" as const) : ("UNCOMPRESSED" as const);
    this.#metadata = metadata;
    this.#kernel = kernel;
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

  add(group: RowGroup): Uint8Array {
    const { bytes, entry } = encodeRowGroup(this.#kernel, this.#columns, group, this.#codec);
    this.#rowGroups.push(entry);
    if (this.#log) {
      const appended = encodeEntry(this.#columns, entry, this.#checksum);
      this.#checksum = appended.checksum;
      this.#log.append(appended.bytes);
    }
    return bytes;
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
