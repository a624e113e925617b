/** From batches of rows to the place that -o names, with progress, interruption and a summary. */
import { errors } from "../errors.js";
import { type FormatName, formatNamed, formatOf, type OutputFormat } from "../formats/format.js";
import type { BigInts } from "../formats/json.js";
import { type Keeper, stopHere, writeBatches } from "../run/write.js";
import type { Sink } from "../sink/sink.js";
import { onInterrupt } from "./interrupt.js";
import { progressBar } from "./progress.js";
import { say, type Written } from "./report.js";
import { thousands } from "./text.js";

/** What this run has written, and how far it came. */
export interface Outcome<P> extends Written {
  readonly progress: P;
}

/** What `-o`, `--format` and `--big-ints` say of the rows. */
export interface FormatOptions {
  readonly output: string;
  readonly format?: string;
  readonly bigInts?: BigInts;
}

/** The format of the rows that a command writes, and what JSON Lines have for integers. Asked before anything is counted. */
export async function outputFormat({ output, format: name, bigInts }: FormatOptions): Promise<OutputFormat & { readonly bigInts?: BigInts }> {
  const asked: FormatName | undefined = name === undefined ? undefined : formatNamed("--format", name);
  const isFile = output !== "-" && (await (await import("../sink/file.js")).partialOf(output)) !== undefined;
  const found = formatOf(output, asked, isFile);
  // The seam for gzip: who writes it takes this line out, and compresses where `compression` is "gzip".
  if (found.compression === "gzip") throw errors.gzipMissing(output);
  if (bigInts !== undefined && found.format !== "jsonl") {
    throw errors.usage(`--big-ints is given, but the rows are ${found.format}`, "It is for JSON: write --format jsonl, or leave it out.");
  }
  return { ...found, ...(bigInts && { bigInts }) };
}

interface OutputOptions<P> {
  readonly header?: string;
  readonly quiet?: boolean | undefined;
  /** How much is done, or undefined when the whole is not known. */
  readonly fraction: (progress: P) => number | undefined;
  /** Whether a file that is there may be replaced. */
  readonly mayReplace?: boolean | undefined;
  /** What stands in the file from a run before. */
  readonly from?: { readonly bytes: number; readonly rows: bigint };
  /** Of a run that can go on later: whoever keeps how far it has come. */
  readonly keeperOf?: (sink: Sink) => Keeper<P>;
}

/** `-` is standard output. */
export async function sinkFor(
  output: string,
  { mayReplace = false, from }: { mayReplace?: boolean | undefined; from?: number | undefined } = {},
): Promise<Sink> {
  if (output === "-") return (await import("../sink/stdout.js")).stdoutSink();
  return (await import("../sink/file.js")).fileSink(output, { mayReplace, from });
}

/** Writes all batches to `output`. Ctrl-C takes the unfinished file back, or leaves it to go on with, and ends with exit code 130. */
export async function writeOutput<P extends { readonly rows: bigint }>(
  batches: AsyncGenerator<{ readonly csv: readonly Uint8Array[]; readonly progress: P }, P>,
  output: string,
  { header = "", quiet = false, fraction, mayReplace, from = { bytes: 0, rows: 0n }, keeperOf }: OutputOptions<P>,
): Promise<Outcome<P>> {
  const start = performance.now();
  let rows = from.rows;
  let isLeft = false;
  let writing: { readonly sink: Sink; readonly keeper: Keeper<P> | undefined } | undefined;
  const bar = await progressBar(quiet, from.rows);
  const settled = onInterrupt(() => {
    bar.stop();
    isLeft = writing ? stopHere(writing.sink, writing.keeper) : from.bytes > 0;
    const left = output === "-" ? "" : isLeft ? `; the same command with --resume goes on` : `; ${output} is not written`;
    say(`upsweep: interrupted after ${thousands(rows)} rows${left}`, quiet);
  });
  try {
    const sink = await sinkFor(output, { mayReplace, from: from.bytes });
    const keeper = keeperOf?.(sink);
    writing = { sink, keeper };
    if (from.bytes > 0) say(`upsweep: going on behind ${thousands(from.rows)} rows`, quiet);
    const { progress, bytes } = await writeBatches(batches, header, sink, {
      from: from.bytes,
      keeper: keeper && {
        behind: (progress, bytes) => keeper.behind(progress, bytes),
        finishing: (progress, bytes) => keeper.finishing(progress, bytes),
        finished: () => keeper.finished(),
        leave: () => {
          isLeft = keeper.leave();
          return isLeft;
        },
        remove: () => keeper.remove(),
      },
      onProgress: (soFar) => {
        rows = soFar.rows;
        bar.show(fraction(soFar), rows);
      },
    });
    return { progress, bytes: bytes - from.bytes, rows: progress.rows - from.rows, seconds: (performance.now() - start) / 1000 };
  } catch (error) {
    bar.stop();
    if (isLeft) say(`upsweep: stopped after ${thousands(rows)} rows; the same command with --resume goes on`, quiet);
    throw error;
  } finally {
    bar.stop();
    settled();
  }
}
