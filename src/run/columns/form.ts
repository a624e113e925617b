/** The files and streams of columns: what they begin with, their row groups, and their end. */

import { describeColumn } from "../../columns/derived.js";
import { column, isResultName } from "../../columns/table.js";
import { type Block, blockAt } from "../../formats/arrow/blocks.js";
import { type ArrowForm, endingOf, startOf } from "../../formats/arrow/file.js";
import type { ArrowSchema } from "../../formats/arrow/schema.js";
import { ARROW_TYPES, arrowBatch } from "../../formats/arrow/stream.js";
import type { ParquetOptions } from "../../formats/columnar.js";
import { createdBy, footerBytes, MAGIC } from "../../formats/parquet/footer.js";
import type { RowGroupEntry } from "../../formats/parquet/row-group.js";
import type { FormatName } from "../../formats/registry.js";
import type { ParquetKernel } from "../../kernel/parquet.js";
import { kindOf } from "../../layers/kinds.js";
import type { Plan } from "../../plan/model.js";
import { type TypedColumn, typedColumns } from "../../plan/value-types.js";
import { encodeRowGroup, parquetColumns } from "./parquet.js";
import type { RowGroup } from "./row-groups.js";
import { arraysOf } from "./unpack.js";

/** A file or stream that is being written. */
export interface ColumnarForm {
  /** What precedes the first row group. */
  readonly start: Uint8Array;
  /** The bytes of the next row group. Valid until the next call. */
  add(group: RowGroup): Uint8Array;
  /** What follows the last row group. */
  end(): Uint8Array;
}

/** Who wrote the file, and of which sweep its rows are. */
export interface Provenance {
  readonly version: string;
  /** The hash of the kernel. */
  readonly build: string;
  readonly identity: Readonly<Record<string, string>>;
}

/** A new file or stream of a format. */
export function columnarForm(
  plan: Plan,
  { format, ...options }: ParquetOptions & { readonly format: FormatName },
  provenance: Provenance,
  kernel: () => ParquetKernel,
): ColumnarForm {
  return format === "parquet"
    ? parquetFile(plan, options, provenance, kernel())
    : arrowForm(plan, format === "arrow" ? "stream" : "file", provenance);
}

function parquetFile(
  plan: Plan,
  { pageCompression = "snappy", isUnsigned }: ParquetOptions,
  provenance: Provenance,
  kernel: ParquetKernel,
): ColumnarForm {
  const columns = parquetColumns(typedColumns(plan), isUnsigned);
  const codec = pageCompression === "snappy" ? "SNAPPY" : "UNCOMPRESSED";
  const rowGroups: RowGroupEntry[] = [];
  return {
    start: MAGIC as Uint8Array,
    add(group) {
      const { bytes, entry } = encodeRowGroup(kernel, columns, group, codec);
      rowGroups.push(entry);
      return bytes;
    },
    end: () =>
      footerBytes({
        columns,
        rowGroups,
        keyValues: new Map([["upsweep", JSON.stringify(metadataOf(plan, provenance))]]),
        createdBy: createdBy(provenance.version, provenance.build),
      }),
  };
}

function arrowForm(plan: Plan, form: ArrowForm, provenance: Provenance): ColumnarForm {
  const typed = typedColumns(plan);
  const { columns: described, ...sweep } = metadataOf(plan, provenance);
  const schema: ArrowSchema = {
    columns: typed.map(({ name, type, isNullable }) => ({
      name,
      type: ARROW_TYPES[type],
      isNullable,
      metadata: described[name] ?? {},
    })),
    metadata: { upsweep: JSON.stringify(sweep) },
  };
  const blocks: Block[] = [];
  const start = startOf(form, schema);
  let offset = start.length;
  let memory: Uint8Array | undefined;
  return {
    start,
    add(group) {
      const arrays = arraysOf(typed, group);
      const { message, bytes } = arrowBatch(schema, group.rows, arrays, memory);
      memory ??= bytes;
      blocks.push(blockAt(offset, message));
      offset += bytes.length;
      return bytes;
    },
    end: () => endingOf(form, schema, blocks),
  };
}

/** The metadata of a file: the sweep, and the meaning of each column. */
function metadataOf(plan: Plan, { version, identity }: Provenance) {
  return { version, sweep: identity, columns: describedColumns(plan, typedColumns(plan)) };
}

/** The unit, meaning and formula of each result column. */
function describedColumns(
  { layer }: Plan,
  columns: readonly TypedColumn[],
): Readonly<Record<string, Readonly<Record<string, string>>>> {
  const results = columns.flatMap(({ name }) => {
    if (!isResultName(name)) return [];
    const { unit, counts, formula } = describeColumn(kindOf(layer), column(name));
    return [[name, { unit, counts, formula }] as const];
  });
  return Object.fromEntries(results);
}
