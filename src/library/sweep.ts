/** The public functions for sweeps. Those for single layers are in count.ts and many.ts. */

import { errors } from "../errors.js";
import type { ParquetOptions } from "../formats/columnar.js";
import { formatOf, type OutputFormat } from "../formats/file-name.js";
import { BIG_INTS, type BigInts } from "../formats/json.js";
import { type FormatName, formatNamed } from "../formats/registry.js";
import { CHECKS, type Check, methodOf } from "../plan/method.js";
import type { ConstantColumn, Plan } from "../plan/model.js";
import { planSweep } from "../plan/plan.js";
import { typedColumns } from "../plan/value-types.js";
import { checkOutput } from "../run/files/check.js";
import { openSweepJob } from "../run/files/sweep-job.js";
import { writeBatches } from "../run/files/write.js";
import type { Position, Progress } from "../run/output/position.js";
import { type Summary, summarise } from "../run/output/summary.js";
import { RowBatch } from "../run/sweep/batch.js";
import { gather } from "../run/sweep/gather.js";
import type { RunOptions } from "../run/sweep/sweep.js";
import { planWithoutConstants, sweepOnThreads } from "../run/threads.js";
import { fileSink, partialOf } from "../sink/file.js";
import { specFromInput } from "../spec/file.js";
import type { SpecInput } from "../spec/read.js";

/** Options of `sweep`. */
export interface SweepOptions {
  /**
   * The number of worker threads, from 1. Default: the number of processors. The rows are the same
   * for any number.
   */
  readonly workers?: number;
  /**
   * How `taps` and `covered` are computed: `closed` (the default) or `simulate`. The rows are the
   * same.
   */
  readonly method?: "closed" | "simulate";
  /**
   * Which layers are also simulated and compared: `none`, `all`, or `spot` (the default): about one
   * layer in a thousand, and at most one hundredth of the time. If a comparison ever differs, the
   * sweep stops with an UpsweepError.
   */
  readonly check?: Check;
  /** Stop after this many rows, from 1. Default: no limit. */
  readonly limit?: number;
  /**
   * Leave out the columns that have the same value in all rows of the sweep. They are in
   * `constants` of the summary. If all columns have, as in a sweep of one row, none is left out.
   * What the plan does not decide is found before the first batch by looking at rows; a result that
   * is constant although its parameters vary costs a pass over all of them. Default: false.
   */
  readonly dropConstant?: boolean;
  /** Called after every batch of rows. */
  readonly onProgress?: (progress: Progress) => void;
}

/**
 * Sweeps a design space. Yields its rows in order, in batches of some thousands, and returns the
 * summary.
 *
 * Memory does not grow with the grid. A slow consumer slows the workers down (backpressure), and
 * leaving the loop stops them.
 *
 * @param spec an object, or the path of a YAML or JSON file.
 * @throws UpsweepError for an error in the spec or the options, before the first batch. Also at the
 * first layer with a result above 2^64 - 1 or an expression without a value, after the rows before
 * it.
 *
 * @example
 * ```ts
 * const axes = { in_channels: 64, out_channels: 64, kernel_size: "2..16", l_in: [32, 64] };
 * for await (const batch of sweep({ axes })) {
 *   for (const row of batch) console.log(row.kernel_size, row.macs);
 * }
 * ```
 */
export async function* sweep(
  spec: SpecInput | string,
  options: SweepOptions = {},
): AsyncGenerator<RowBatch, Summary> {
  const complete = planSweep(specFromInput(spec));
  const run = runOptions(options);
  const start = performance.now();
  const { plan: planned, constants } = await withoutConstants(complete, options);
  const batches = sweepOnThreads(planned, { ...run, isColumnar: true });
  const typed = typedColumns(planned);
  try {
    for (;;) {
      const next = await batches.next();
      if (next.done)
        return summarise(
          planned.rejectionReasons,
          next.value,
          0,
          (performance.now() - start) / 1000,
          constants,
        );
      const { rows, columns } = next.value;
      if (columns && rows > 0)
        yield new RowBatch(
          typed,
          rows,
          gather(typed, columns.batches, planned.grids[columns.grid]?.name),
        );
      options.onProgress?.(next.value.progress);
    }
  } finally {
    await batches.return(undefined as never);
  }
}

/** Options of `sweepToFile`. */
export interface FileOptions extends SweepOptions, ParquetOptions {
  /**
   * Keep the written rows if the sweep stops before its end, and continue after them on the next
   * call. That call needs the same spec, columns and limit; the number of workers may differ. The
   * finished file is byte-identical to that of an uninterrupted sweep. An existing file is not
   * replaced. The path must be that of a regular file. Default: false.
   */
  readonly resume?: boolean;
  /**
   * The format of the rows: `csv`, `tsv`, `jsonl`, `parquet`, `arrow` (a stream) or `feather` (an Arrow
   * file). Default: by the extension of the path.
   */
  readonly format?: FormatName;
  /**
   * How JSON Lines write integers: all as numbers with their exact digits (the default), or all as
   * strings.
   */
  readonly bigInts?: BigInts;
  /** With `resume`: trust the rows that exist, without reading them to compare their checksum. */
  readonly trust?: boolean;
}

/**
 * Sweeps a design space into a file.
 *
 * The extension of the path chooses the format: `.csv`, `.tsv` or `.tab`, `.jsonl` or `.ndjson`,
 * each also with `.gz` for gzip; `.parquet`, `.arrow`, `.feather` or `.arrows`. The file appears
 * under its name only when it is complete. Without `resume`, it then replaces an existing file.
 *
 * @param spec an object, or the path of a YAML or JSON file.
 * @param path the file to write.
 * @returns the summary of the complete file. `seconds` is the time of this call.
 * @throws UpsweepError as `sweep` does, and if the file cannot be written or another process is
 * writing it. With `resume`, also if the file exists and is not the result of this sweep, or if the
 * unfinished rows are those of another sweep.
 *
 * @example
 * ```ts
 * const { rows, rejected } = await sweepToFile("grid.yaml", "grid.csv.gz", { resume: true });
 * ```
 */
export async function sweepToFile(
  spec: SpecInput | string,
  path: string,
  { resume = false, trust = false, ...options }: FileOptions = {},
): Promise<Summary> {
  const complete = planSweep(specFromInput(spec));
  const startedAt = performance.now();
  const jobOptions = {
    ...runOptions(options),
    ...(await fileFormat(path, options)),
    pageCompression: options.pageCompression,
    isUnsigned: options.isUnsigned,
    keepsProgress: resume,
    resume,
    mayReplace: !resume,
    trust,
  };
  if (resume && (await partialOf(path)) === undefined)
    throw errors.badOption(
      "resume",
      "true",
      `${path} is not a file that a sweep can resume. Remove the option.`,
    );
  // The search for constant columns can take long, so what prevents writing is found before it.
  const known = options.dropConstant ? await checkOutput(complete, path, jobOptions) : undefined;
  const { plan: planned, constants } = await withoutConstants(complete, options, known);
  const job = await openSweepJob(planned, path, jobOptions);
  const { from, mayReplace, checkpointOf, compression, packingOf } = job;
  const summary = (reached: Position, bytes: number) =>
    summarise(
      planned.rejectionReasons,
      reached,
      bytes,
      (performance.now() - startedAt) / 1000,
      constants,
    );
  if (job.finished) return summary(job.finished.position, job.finished.bytes);
  const sink = await fileSink(path, { mayReplace, from });
  const { progress, bytes } = await writeBatches(job.batches(), job.header, sink, {
    onProgress: options.onProgress,
    checkpoint: checkpointOf?.(sink),
    from,
    compression,
    packingOf,
  });
  return summary(progress, bytes);
}

/** The plan without its constant columns, and these, if the options ask for that. */
async function withoutConstants(
  plan: Plan,
  { dropConstant = false, limit, workers }: SweepOptions,
  known?: ReadonlySet<string>,
): Promise<{ readonly plan: Plan; readonly constants?: readonly ConstantColumn[] }> {
  if (typeof dropConstant !== "boolean")
    throw errors.badOption("dropConstant", String(dropConstant), "Write true or false.");
  if (!dropConstant) return { plan };
  const search = planWithoutConstants(plan, { limit, workers, known });
  for (;;) {
    const next = await search.next();
    if (next.done) return { plan: next.value, constants: next.value.constants ?? [] };
  }
}

/** The format of a file, from its path and the options. */
async function fileFormat(
  path: string,
  { format: name, bigInts }: FileOptions,
): Promise<OutputFormat & { readonly bigInts: BigInts | undefined }> {
  if (bigInts !== undefined && !BIG_INTS.includes(bigInts))
    throw errors.badOption("bigInts", String(bigInts), `Write one of ${BIG_INTS.join(", ")}.`);
  const asked = name === undefined ? undefined : formatNamed("format", name);
  const { format, compression } = formatOf(path, asked, (await partialOf(path)) !== undefined);
  return { format, compression, bigInts };
}

function runOptions({ method, check, workers, limit }: SweepOptions): RunOptions {
  for (const [name, value] of Object.entries({ workers, limit })) {
    if (value !== undefined && !(Number.isInteger(value) && value >= 1))
      throw errors.badOption(name, String(value), "Write a whole number from 1.");
  }
  if (check !== undefined && !CHECKS.includes(check))
    throw errors.badOption("check", String(check), `Write one of ${CHECKS.join(", ")}.`);
  return { method: methodOf(method, check), workers, limit };
}
