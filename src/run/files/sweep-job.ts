/**
 * A sweep into a file or a stream, from what already exists there to the last row. The command line
 * and the library both use it; they differ in what they report and how they are interrupted.
 */

import { NO_BYTES } from "../../checksum.js";
import type { ParquetOptions } from "../../formats/columnar.js";
import { headerIn } from "../../formats/encoding.js";
import type { Compression } from "../../formats/file-name.js";
import { type FormatName, formatFor } from "../../formats/registry.js";
import { sumOfMany } from "../../kernel/built.js";
import type { Plan } from "../../plan/model.js";
import { partialOf } from "../../sink/file.js";
import type { Sink } from "../../sink/sink.js";
import { type PackingOf, Uncompressed } from "../output/packing.js";
import type { Position, Progress } from "../output/position.js";
import { Checkpoint } from "../resume/checkpoint.js";
import { GroupLog } from "../resume/group-log.js";
import { shardName } from "../resume/shard-name.js";
import {
  type Contains,
  type Finished,
  type ResumePoint,
  readStart,
  resumeTarget,
} from "../resume/start.js";
import { SharedThreads } from "../runner.js";
import type { RunOptions, SweptRows } from "../sweep/sweep.js";
import { sweepOnThreads } from "../threads.js";

export interface SweepJobOptions extends Omit<RunOptions, "start" | "isSummed">, ParquetOptions {
  readonly format: FormatName;
  readonly compression: Compression;
  /** Record progress, so that a later run can resume. Files of the command line always do. */
  readonly keepsProgress: boolean;
  /** Continue what an earlier run left. Without anything to resume, the sweep starts from the beginning. */
  readonly resume: boolean;
  /** Replace an existing file. */
  readonly mayReplace: boolean;
  /** Resume without comparing the existing rows with their checksum. */
  readonly trust?: boolean | undefined;
  /** Called before an existing file is compared with a new sweep, which can take long. */
  readonly onCompare?: (path: string) => void;
}

/** A sweep that is ready to be written. */
export interface SweepJob {
  /** The file to write: the output, or the file of its shard. */
  readonly path: string;
  readonly header: Uint8Array;
  readonly compression: Compression;
  /** Whether progress is recorded: the output is a regular file. */
  readonly isResumable: boolean;
  /** The finished file of the same sweep, if it exists: nothing is to be written. */
  readonly finished: Finished | undefined;
  /** What an earlier run left to resume. */
  readonly from: ResumePoint | undefined;
  readonly mayReplace: boolean;
  readonly batches: () => AsyncGenerator<SweptRows, Progress>;
  /** Opens the stage that makes columns of the batches. Undefined for formats of text. */
  readonly packingOf?: PackingOf;
  /** Creates the hooks that record progress. Undefined if the output cannot be resumed. */
  readonly checkpointOf: ((sink: Sink) => Checkpoint) | undefined;
}

/** Loaded only for formats of columns. */
const columnsModule = () => import("../columns/output.js");

/**
 * Reads what exists at the output, and plans the rest of the sweep.
 *
 * @param output the path of all rows, also for a shard; "-" is standard output.
 * @throws UpsweepError if the rows that exist are those of another sweep, or damaged.
 */
export async function openSweepJob(
  plan: Plan,
  output: string,
  options: SweepJobOptions,
): Promise<SweepJob> {
  const { format, compression, keepsProgress, resume, trust, onCompare, shard } = options;
  const { isColumnar = false } = formatFor(format);
  const isFile = output !== "-" && (await partialOf(output)) !== undefined;
  const path = shard ? shardName(output, shard) : output;
  const target =
    isFile && keepsProgress ? await resumeTarget(plan, path, { ...options, resume }) : undefined;
  const isEncoded = format === "parquet";
  const run = { ...options, isColumnar, isEncoded, isSummed: isFile && !isColumnar };
  // Columns have a start of their own, which is part of their form.
  const header = isColumnar ? new Uint8Array(0) : headerIn(format, plan.header);
  const contains: Contains = async (file, onBegun) => {
    const { containsSweep, rowsOf } = await import("../resume/finished.js");
    const packingOf: PackingOf = isColumnar
      ? async (sink) => (await columnsModule()).openColumns(plan, options, { sink })
      : async (sink) =>
          new Uncompressed<Position>(sink, { sum: NO_BYTES, progress: undefined, skip: 0 });
    const sweep = sweepOnThreads(plan, run);
    return containsSweep(rowsOf(file, compression), sweep, header, packingOf, onBegun);
  };
  const found =
    target && resume
      ? await readStart(target, contains, { trust, onCompare: () => onCompare?.(path) })
      : undefined;
  const finished = found?.isComplete ? found : undefined;
  const from = found?.isComplete ? undefined : found;
  const log = target && isEncoded ? new GroupLog(target.partial) : undefined;
  const threads = isEncoded ? new SharedThreads() : undefined;
  const mayReplace = options.mayReplace || from?.mayReplace === true;
  return {
    path,
    header,
    compression,
    isResumable: target !== undefined,
    finished,
    from,
    mayReplace,
    batches: () => sweepOnThreads(plan, { ...run, start: from?.position }, threads),
    ...(isColumnar && {
      packingOf: async (sink: Sink) =>
        (await columnsModule()).openColumns(plan, options, {
          sink,
          from,
          partial: target?.partial,
          log,
          threads,
          ...(target && { sumOf: sumOfMany }),
        }),
    }),
    checkpointOf: target && ((sink) => new Checkpoint(target, sink, mayReplace, from?.bytes, log)),
  };
}
