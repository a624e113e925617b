/** `upsweep sweep`: writes a row for every legal layer of a grid that meets the conditions. */
import { errors } from "../errors.js";
import { printable } from "../format-message.js";
import { builtKernel } from "../kernel/built.js";
import type { Check } from "../plan/method.js";
import { planSweep } from "../plan/plan.js";
import { openSweepJob } from "../run/files/sweep-job.js";
import type { Progress } from "../run/output/position.js";
import type { Shard } from "../run/sweep/shard.js";
import { type AxisFlags, type GridOptions, methodFrom, specFromCommand } from "./options.js";
import {
  type FormatOptions,
  outputFormat,
  type PageOptions,
  parquetOptions,
  writeOutput,
} from "./output.js";
import { gridsText, log, overlapsText, rejectionText, writtenText } from "./report.js";
import { isTerminal, STDOUT } from "./terminal.js";

interface SweepOptions extends GridOptions, FormatOptions, PageOptions {
  readonly force?: boolean;
  readonly resume?: boolean;
  readonly trust?: boolean;
  readonly shard?: Shard;
  readonly method: "closed" | "simulate";
  readonly check?: Check;
  readonly limit?: number;
  readonly workers?: number;
  readonly quiet?: boolean;
}

export async function sweep(
  file: string | undefined,
  flags: AxisFlags,
  options: SweepOptions,
): Promise<void> {
  const { shard, quiet, resume, trust, force, limit } = options;
  if (resume && force)
    throw errors.usage(
      "both --resume and --force are given",
      "--resume continues a sweep, --force starts over; remove one of them.",
    );
  if (trust && !resume)
    throw errors.usage(
      "--trust is given without --resume",
      "It skips the checksum of resumed rows; add --resume, or remove it.",
    );
  if (shard && limit !== undefined)
    throw errors.usage(
      "both --shard and --limit are given",
      "A shard does not know the first rows of the sweep; remove one of them.",
    );
  const method = methodFrom(options);
  const { format, bigInts, compression } = await outputFormat(options);
  const parquet = parquetOptions(options, format);
  const plan = planSweep(await specFromCommand(file, flags, options));
  // A terminal gets only the first rows.
  if (options.output === "-" && !shard && !resume && isTerminal(STDOUT))
    return (await import("./preview.js")).preview(plan, { ...options, method });
  const job = await openSweepJob(plan, options.output, {
    ...options,
    method,
    format,
    bigInts,
    compression,
    ...parquet,
    keepsProgress: true,
    resume: resume === true,
    mayReplace: force === true,
    onCompare: (path) =>
      log(
        `upsweep: ${printable(path)} exists; comparing it with a new sweep, without writing`,
        quiet,
      ),
  });
  // Devices and pipes cannot be resumed or sharded.
  if (resume && !job.isResumable)
    throw errors.usage(
      "--resume is given without a file",
      "Name the file of the unfinished sweep with -o.",
    );
  if (shard && !job.isResumable)
    throw errors.usage(
      "--shard is given without a file",
      "Name the file that the shards belong to with -o.",
    );
  if (job.finished) return log(`upsweep: ${printable(job.path)} is already complete`, quiet);
  const outcome = await writeOutput(job.batches(), job.path, {
    ...job,
    quiet,
    fraction: ({ done, total }: Progress) => Number(done) / Number(total),
  });
  const rejectionReason = rejectionText(outcome.progress, plan.rejectionReasons, "rows written");
  const grids = gridsText(outcome.progress.gridRows, plan);
  const overlaps =
    quiet || plan.grids.length < 2
      ? []
      : overlapsText((await import("../run/sweep/overlaps.js")).overlapsOf(plan, builtKernel));
  const written = `${job.path === "-" ? "" : `${printable(job.path)}: `}${writtenText(outcome)}`;
  log([rejectionReason, ...(grids === "" ? [] : [grids]), ...overlaps, written].join("\n"), quiet);
}
