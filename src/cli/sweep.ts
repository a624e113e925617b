/** `upsweep sweep`: writes a row for every legal layer of a grid that meets the conditions. */
import { errors } from "../errors.js";
import { printable } from "../format-message.js";
import { builtKernel } from "../kernel/built.js";
import type { Check } from "../plan/method.js";
import type { Plan } from "../plan/model.js";
import { planSweep } from "../plan/plan.js";
import { openSweepJob, type SweepJobOptions } from "../run/files/sweep-job.js";
import type { Progress } from "../run/output/position.js";
import type { Shard } from "../run/sweep/shard.js";
import { partialOf } from "../sink/file.js";
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
  readonly dropConstant?: boolean;
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
  // Devices and pipes cannot be resumed or sharded.
  const isFile = options.output !== "-" && (await partialOf(options.output)) !== undefined;
  if (resume && !isFile)
    throw errors.usage(
      "--resume is given without a file",
      "Name the file of the unfinished sweep with -o.",
    );
  if (shard && !isFile)
    throw errors.usage(
      "--shard is given without a file",
      "Name the file that the shards belong to with -o.",
    );
  const planned = planSweep(await specFromCommand(file, flags, options));
  const jobOptions: SweepJobOptions = {
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
  };
  const { plan, leftOut } = await withoutConstants(planned, options, jobOptions);
  // A terminal gets only the first rows.
  if (options.output === "-" && isTerminal(STDOUT)) {
    await (await import("./preview.js")).preview(plan, { ...options, method });
    for (const text of leftOut) log(text, quiet);
    return;
  }
  const job = await openSweepJob(plan, options.output, jobOptions);
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
      : overlapsText((await import("../run/sweep/overlaps.js")).overlapsOf(planned, builtKernel));
  const written = `${job.path === "-" ? "" : `${printable(job.path)}: `}${writtenText(outcome)}`;
  log(
    [rejectionReason, ...(grids === "" ? [] : [grids]), ...overlaps, ...leftOut, written].join(
      "\n",
    ),
    quiet,
  );
}

/** With --drop-constant, the plan without its constant columns, and the lines that report them. */
async function withoutConstants(
  plan: Plan,
  { output, dropConstant, limit, workers, quiet }: SweepOptions,
  jobOptions: SweepJobOptions,
): Promise<{ readonly plan: Plan; readonly leftOut: readonly string[] }> {
  if (!dropConstant) return { plan, leftOut: [] };
  // The search can take long, so what prevents writing is found before it.
  const known = await (await import("../run/files/check.js")).checkOutput(plan, output, jobOptions);
  const { constantsText, planWithout } = await import("./constants.js");
  const others = await planWithout(plan, { limit, workers, known }, quiet);
  return { plan: others, leftOut: [constantsText(others.constants)] };
}
