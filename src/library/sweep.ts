/** The public functions on sweeps; those on single layers are in counter.ts and many.ts. */
import { errors } from "../errors.js";
import { headerIn } from "../formats/encoding.js";
import { type FormatName, formatNamed, formatOf, type OutputFormat } from "../formats/format.js";
import { BIG_INTS, type BigInts } from "../formats/json.js";
import { CHECKS, type Check, methodOf } from "../plan/method.js";
import type { Plan } from "../plan/model.js";
import { planSweep } from "../plan/plan.js";
import { writeBatches } from "../run/files/write.js";
import type { Position, Progress } from "../run/output/position.js";
import { type Summary, summarise } from "../run/output/summary.js";
import { Checkpoint, readStart, resumeTarget } from "../run/resume/checkpoint.js";
import { RowBatch } from "../run/sweep/batch.js";
import { type RunOptions, sweepPlan } from "../run/sweep/sweep.js";
import { fileSink, partialOf } from "../sink/file.js";
import { type SpecInput, specFrom } from "../spec/read.js";

/**
 * Plans a sweep without running it: its loop nests, exact raw size and schedule. Takes microseconds to milliseconds for a
 * grid of any size.
 *
 * @param spec an object, or the path of a YAML or JSON file.
 * @throws UpsweepError for the first thing that is wrong with the spec, with its place.
 */
export function plan(spec: SpecInput | string): Plan {
  return planSweep(specFrom(spec));
}

export interface SweepOptions {
  /** Worker threads; as many as there are processors when left out. The rows are the same for any number. */
  readonly workers?: number;
  /** How taps and covered are found; the rows are the same. */
  readonly method?: "closed" | "simulate";
  /**
   * What is compared with the simulation: nothing, about one layer in a thousand as far as a hundredth of the time goes (the default), or every
   * layer. Where they differ the sweep stops with an UpsweepError.
   */
  readonly check?: Check;
  /** Stop behind this many rows. */
  readonly limit?: number;
  /** Called behind every batch. */
  readonly onProgress?: (progress: Progress) => void;
}

/**
 * Sweeps a grid: yields its rows in the order of the grid, in batches of some thousands, and returns the summary. Memory
 * does not grow with the grid; whoever takes batches slowly slows the workers down. Leaving the loop stops them.
 *
 * @throws UpsweepError for a faulty spec before the first batch, or at the first layer with a result above 2^64 - 1.
 */
export async function* sweep(
  spec: SpecInput | string,
  options: SweepOptions = {},
): AsyncGenerator<RowBatch, Summary> {
  const swept = plan(spec);
  const start = performance.now();
  const batches = sweepPlan(swept, runOptions(options));
  let bytes = 0;
  try {
    for (;;) {
      const next = await batches.next();
      if (next.done)
        return summarise(
          swept.rejectionReasons,
          next.value,
          bytes,
          (performance.now() - start) / 1000,
        );
      const csv = Buffer.concat(next.value.buffers);
      bytes += csv.length;
      if (next.value.rows > 0) yield new RowBatch(swept.cells, next.value.rows, csv);
      options.onProgress?.(next.value.progress);
    }
  } finally {
    await batches.return(undefined as never);
  }
}

export interface FileOptions extends SweepOptions {
  /**
   * Keep what is written should the sweep stop before its end, and go on behind it when it is called again: with the same spec, columns and limit,
   * on any number of workers, to the same bytes. A file that is there already is not replaced then.
   */
  readonly resume?: boolean;
  /** The format of the rows: `csv`, `tsv` or `jsonl`. The extension of the path decides when it is left out. */
  readonly format?: FormatName;
  /** How JSON Lines have integers: all as numbers with their exact digits (the default), or all as strings. */
  readonly bigInts?: BigInts;
  /** With `resume`: do not read what is there to compare its checksum. */
  readonly trust?: boolean;
}

/**
 * Sweeps a grid into a file: CSV, tab-separated values or JSON Lines, by its extension. The file appears under its name only when it is whole; without `resume`, an existing one is replaced then.
 *
 * @returns the summary of the whole file; `seconds` are those of this call.
 * @throws UpsweepError as `sweep`, and when the file cannot be written, or another process writes it. With `resume` also when the file is there
 * already, or what was stopped there is another sweep.
 */
export async function sweepToFile(
  spec: SpecInput | string,
  path: string,
  { resume = false, trust = false, ...options }: FileOptions = {},
): Promise<Summary> {
  const swept = plan(spec);
  const { format, compression, bigInts } = await fileFormat(path, options);
  const run = {
    ...runOptions(options),
    format,
    bigInts,
    isSummed: (await partialOf(path)) !== undefined,
  };
  const begun = performance.now();
  const kept = resume
    ? await resumeTarget(swept, path, { ...run, compression, resume })
    : undefined;
  if (resume && !kept)
    throw errors.badOption(
      "resume",
      "true",
      `${path} is not a file that a sweep can resume. Remove the option.`,
    );
  const start = kept && (await readStart(kept, swept, run, { trust }));
  const summary = (reached: Position, bytes: number) =>
    summarise(swept.rejectionReasons, reached, bytes, (performance.now() - begun) / 1000);
  if (start?.isWhole) return summary(start.position, start.bytes);
  const mayReplace = !resume || start?.mayReplace === true;
  const sink = await fileSink(path, { mayReplace, from: start });
  const checkpoint = kept && new Checkpoint(kept, sink, mayReplace, start?.bytes);
  const rows = sweepPlan(swept, { ...run, start: start?.position });
  const { progress, bytes } = await writeBatches(rows, headerIn(format, swept.header), sink, {
    onProgress: options.onProgress,
    checkpoint,
    from: start,
    compression,
  });
  return summary(progress, bytes);
}

/** The format of the rows of a file. */
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
