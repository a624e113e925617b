/** Opens the output of a sweep in columns, at its beginning or after what an earlier run wrote. */

import { NO_BYTES, type Sum } from "../../checksum.js";
import { errors } from "../../errors.js";
import type { ParquetOptions } from "../../formats/columnar.js";
import type { FormatName } from "../../formats/registry.js";
import type { Plan } from "../../plan/model.js";
import { typedColumns } from "../../plan/value-types.js";
import { manifestPathOf } from "../../sink/companions.js";
import type { Sink } from "../../sink/sink.js";
import { BEGINNING, type Position } from "../output/position.js";
import type { GroupLog } from "../resume/group-log.js";
import type { IdentityOptions } from "../resume/identity.js";
import type { ResumePoint } from "../resume/start.js";
import type { SharedThreads } from "../runner.js";
import { ArrowFile } from "./arrow-file.js";
import type { ColumnarForm, ColumnarTable } from "./form.js";
import { sweepMetadata } from "./metadata.js";
import { ColumnPacking } from "./packing.js";
import { ParquetEncoder } from "./parquet-encoder.js";
import { ParquetFile } from "./parquet-file.js";
import { withRandomBytes } from "./random-bytes.js";
import { rowsOfGroup } from "./row-groups.js";

export type ColumnarOptions = IdentityOptions & ParquetOptions & { readonly format: FormatName };

/** How the rows of a sweep are written. */
export interface ColumnarTarget {
  readonly sink: Sink;
  /** What an earlier run has written, and where. */
  readonly from?: ResumePoint | undefined;
  readonly partial?: string | undefined;
  /** For a Parquet file that can be resumed. */
  readonly log?: GroupLog | undefined;
  /** The threads of the sweep, which also encode row groups. The stage closes them. */
  readonly threads?: SharedThreads | undefined;
  /** Calculates checksums, for a manifest. */
  readonly sumOf?: ((bytes: Uint8Array) => Sum) | undefined;
}

/**
 * Opens the stage that writes the rows of a sweep.
 *
 * @throws UpsweepError if what an earlier run has written is not what this sweep writes.
 */
export async function openColumns(
  plan: Plan,
  options: ColumnarOptions,
  { sink, from, partial, log, threads, sumOf }: ColumnarTarget,
): Promise<ColumnPacking<Position>> {
  const columns = typedColumns(plan);
  const groupRows = rowsOfGroup(columns);
  const table = { columns, metadata: sweepMetadata(plan, options) };
  const form = formOf(table, options, threads, log);
  const isResumed = from !== undefined && from.bytes > 0;
  const isWritten = isResumed && from.isWritten;
  if (isResumed && !isWritten)
    await resumeForm(form, { ...from, partial: partial as string }, groupRows);
  return new ColumnPacking<Position>(sink, {
    form,
    columns,
    groupRows,
    nameOf: (grid) => plan.grids[grid]?.name ?? "",
    start: isResumed
      ? { sum: from.sum, progress: from.position, skip: from.skip }
      : { sum: NO_BYTES, progress: BEGINNING, skip: 0 },
    isWritten,
    sumOf,
    close: async () => threads?.close(),
  });
}

/** The file that is written. */
export function formOf(
  table: ColumnarTable,
  options: ParquetOptions & { readonly format: FormatName },
  threads?: SharedThreads,
  log?: GroupLog,
): ColumnarForm {
  const { format } = options;
  return format === "parquet"
    ? new ParquetFile(table, options, new ParquetEncoder(threads), log)
    : new ArrowFile(table, format === "arrow" ? "stream" : "file");
}

async function resumeForm(
  form: ColumnarForm,
  { partial, bytes, position, skip }: ResumePoint & { readonly partial: string },
  groupRows: number,
): Promise<void> {
  const rows = Number(position.rows) + skip;
  if (rows % groupRows !== 0)
    throw errors.badManifest(
      manifestPathOf(partial),
      `${rows} rows do not end at the end of a row group`,
    );
  await withRandomBytes(partial, bytes, (read) =>
    form.resume({ path: partial, bytes: read, rowGroups: rows / groupRows, rows }),
  );
}
