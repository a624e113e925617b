/** From batches of rows to the place that -o names, with progress, interruption and a summary. */
import { errors } from "../errors.js";
import { printable } from "../format-message.js";
import {
  type Compression,
  type FormatName,
  formatNamed,
  formatOf,
  type OutputFormat,
} from "../formats/format.js";
import type { BigInts } from "../formats/json.js";
import { type CheckpointHooks, stopWriting, writeBatches } from "../run/files/write.js";
import type { OutputBatch } from "../run/output/packing.js";
import type { ResumePoint } from "../run/resume/checkpoint.js";
import { sinkFor } from "../sink/open.js";
import type { Sink } from "../sink/sink.js";
import { onInterrupt } from "./interrupt.js";
import { progressBar } from "./progress.js";
import { log, type OutputSummary } from "./report.js";
import { counted } from "./text.js";

/** What this run has written, and how far it came. */
export interface Outcome<P> extends OutputSummary {
  readonly progress: P;
}

/** What `-o`, `--format` and `--big-ints` say of the rows. */
export interface FormatOptions {
  readonly output: string;
  readonly format?: string;
  readonly bigInts?: BigInts;
}

/** The format of the rows that a command writes, and what JSON Lines have for integers. Asked before anything is counted. */
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
  if (bigInts !== undefined && found.format !== "jsonl") {
    throw errors.usage(
      `--big-ints is given, but the rows are ${found.format}`,
      "It is for JSON: write --format jsonl, or leave it out.",
    );
  }
  return { ...found, ...(bigInts && { bigInts }) };
}

interface OutputOptions<P> {
  readonly header?: string;
  readonly compression: Compression;
  readonly quiet?: boolean | undefined;
  /** How much is done, or undefined when the whole is not known. */
  readonly fraction: (progress: P) => number | undefined;
  /** Whether a file that is there may be replaced. */
  readonly mayReplace?: boolean | undefined;
  /** What the file has from a run before. */
  readonly from?: ResumePoint | undefined;
  /** Of a run that can be continued later: whoever keeps how far it has come. */
  readonly checkpointOf?: (sink: Sink) => CheckpointHooks;
}

/** Writes all batches to `output`. Ctrl-C takes the unfinished file back, or leaves it to go on with, and ends with exit code 130. */
export async function writeOutput<P extends { readonly rows: bigint }>(
  batches: AsyncGenerator<OutputBatch<P>, P>,
  output: string,
  {
    header = "",
    compression,
    quiet = false,
    fraction,
    mayReplace,
    from,
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
  const updated = onInterrupt(() => {
    bar.stop();
    isLeft = writing ? stopWriting(writing.sink, writing.checkpoint) : before.bytes > 0;
    const left =
      output === "-"
        ? ""
        : isLeft
          ? `; the same command with --resume goes on`
          : `; ${printable(output)} is not written`;
    log(`upsweep: interrupted after ${counted(rows, "row")}${left}`, quiet);
  });
  try {
    const sink = await sinkFor(output, { mayReplace, from });
    const checkpoint = checkpointOf?.(sink);
    writing = { sink, checkpoint };
    if (before.bytes > 0) log(`upsweep: resuming after ${counted(before.rows, "row")}`, quiet);
    const { progress, bytes } = await writeBatches(batches, header, sink, {
      from,
      compression,
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
    if (isLeft)
      log(
        `upsweep: stopped after ${counted(rows, "row")}; the same command with --resume goes on`,
        quiet,
      );
    throw error;
  } finally {
    bar.stop();
    updated();
  }
}
