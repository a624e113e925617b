/** Writes batches of rows to the output of -o, with a progress bar and handling of interrupts. */
import { errors } from "../errors.js";
import { printable } from "../format-message.js";
import type { PageCompression, ParquetOptions } from "../formats/columnar.js";
import { type Compression, formatOf, type OutputFormat } from "../formats/file-name.js";
import type { BigInts } from "../formats/json.js";
import { FORMATS, type FormatName, formatFor, formatNamed } from "../formats/registry.js";
import { type CheckpointHooks, stopWriting, writeBatches } from "../run/files/write.js";
import type { OutputBatch, PackingOf } from "../run/output/packing.js";
import type { ResumePoint } from "../run/resume/start.js";
import { sinkFor } from "../sink/open.js";
import type { Sink } from "../sink/sink.js";
import { onInterrupt } from "./interrupt.js";
import { progressBar } from "./progress.js";
import { log, type OutputSummary } from "./report.js";
import { counted } from "./text.js";

const RESUME = "Repeat the command with --resume to continue.";

/** What this run wrote, and its last progress. */
export interface Outcome<P> extends OutputSummary {
  readonly progress: P;
}

/** The options that decide the format of the rows. */
export interface FormatOptions {
  readonly output: string;
  readonly format?: string;
  readonly bigInts?: BigInts;
}

/**
 * The format of the rows, and the form of integers in JSON Lines. Checked before anything is
 * counted.
 *
 * @throws UpsweepError for unknown formats and conflicting options.
 */
export async function outputFormat({
  output,
  format: name,
  bigInts,
}: FormatOptions): Promise<OutputFormat & { readonly bigInts?: BigInts }> {
  const asked: FormatName | undefined =
    name === undefined ? undefined : formatNamed("--format", name);
  const isFile =
    output !== "-" && (await (await import("../sink/file.js")).partialOf(output)) !== undefined;
  const found = formatOf(output, asked, isFile);
  if (bigInts !== undefined && !formatFor(found.format).hasBigInts) {
    const others = FORMATS.filter(({ hasBigInts }) => hasBigInts).map(({ name }) => name);
    throw errors.usage(
      `--big-ints is given, but the rows are ${found.format}`,
      `Use --format ${others.join(" or ")}, or remove --big-ints.`,
    );
  }
  return { ...found, ...(bigInts && { bigInts }) };
}

/** The options that decide how a Parquet file is written. */
export interface PageOptions {
  readonly compression?: PageCompression;
  readonly unsigned?: boolean;
}

/**
 * How a Parquet file is written.
 *
 * @throws UpsweepError if an option for Parquet is given, but the rows have another format.
 */
export function parquetOptions(
  { compression, unsigned }: PageOptions,
  format: FormatName,
): ParquetOptions {
  for (const [name, value] of Object.entries({ compression, unsigned }))
    if (value !== undefined && format !== "parquet")
      throw errors.usage(
        `--${name} is given, but the rows are ${format}`,
        `Name a file that ends in .parquet, or remove --${name}.`,
      );
  return { pageCompression: compression, isUnsigned: unsigned };
}

interface OutputOptions<P> {
  readonly header?: Uint8Array;
  readonly compression: Compression;
  readonly quiet?: boolean | undefined;
  /** The fraction of work done, or undefined if the total is unknown. */
  readonly fraction: (progress: P) => number | undefined;
  /** Whether an existing file may be replaced. */
  readonly mayReplace?: boolean | undefined;
  /** The rows that an earlier run left in the file. */
  readonly from?: ResumePoint | undefined;
  /** Opens the stage that makes the file. By default, that of the compression. */
  readonly packingOf?: PackingOf | undefined;
  /** Creates the hooks that record progress. Undefined if the run cannot be resumed. */
  readonly checkpointOf?: ((sink: Sink) => CheckpointHooks) | undefined;
}

/**
 * Writes all batches to `output`. Ctrl-C removes the unfinished file, or leaves it to be resumed,
 * and exits with code 130.
 */
export async function writeOutput<P extends { readonly rows: bigint }>(
  batches: AsyncGenerator<OutputBatch<P>, P>,
  output: string,
  {
    header = new Uint8Array(0),
    compression,
    quiet = false,
    fraction,
    mayReplace,
    from,
    packingOf,
    checkpointOf,
  }: OutputOptions<P>,
): Promise<Outcome<P>> {
  const start = performance.now();
  const before = { bytes: from?.bytes ?? 0, rows: from?.position.rows ?? 0n };
  let { rows } = before;
  let isLeft = false;
  let writing:
    | { readonly sink: Sink; readonly checkpoint: CheckpointHooks | undefined }
    | undefined;
  const bar = await progressBar(quiet, before.rows);
  const removeHandlers = onInterrupt(() => {
    bar.stop();
    isLeft = writing ? stopWriting(writing.sink, writing.checkpoint) : before.bytes > 0;
    let consequence = "";
    if (output !== "-")
      consequence = isLeft ? `. ${RESUME}` : `. ${printable(output)} was not written.`;
    log(`upsweep: interrupted after ${counted(rows, "row")}${consequence}`, quiet);
  });
  try {
    const sink = await sinkFor(output, { mayReplace, from });
    const checkpoint = checkpointOf?.(sink);
    writing = { sink, checkpoint };
    if (before.bytes > 0) log(`upsweep: resuming after ${counted(before.rows, "row")}`, quiet);
    const { progress, bytes } = await writeBatches(batches, header, sink, {
      from,
      compression,
      packingOf,
      checkpoint: checkpoint && {
        progressed: (reached) => checkpoint.progressed(reached),
        finishing: (reached) => checkpoint.finishing(reached),
        finished: () => checkpoint.finished(),
        keepForResume: () => {
          isLeft = checkpoint.keepForResume();
          return isLeft;
        },
        remove: () => checkpoint.remove(),
      },
      onProgress: (soFar) => {
        rows = soFar.rows;
        bar.show(fraction(soFar), rows);
      },
    });
    return {
      progress,
      bytes: bytes - before.bytes,
      rows: progress.rows - before.rows,
      seconds: (performance.now() - start) / 1000,
    };
  } catch (error) {
    bar.stop();
    if (isLeft) log(`upsweep: stopped after ${counted(rows, "row")}. ${RESUME}`, quiet);
    throw error;
  } finally {
    bar.stop();
    removeHandlers();
  }
}
