/** `upsweep sweep`: writes a row for every legal layer of a grid that meets the conditions. */
import { errors } from "../errors.js";
import { printable } from "../format-message.js";
import { headerIn } from "../formats/encoding.js";
import type { Check } from "../plan/method.js";
import { planSweep } from "../plan/plan.js";
import type { Progress } from "../run/output/position.js";
import { Checkpoint, readStart, resumeTarget } from "../run/resume/checkpoint.js";
import { type Shard, shardName } from "../run/sweep/shard.js";
import { sweepPlan } from "../run/sweep/sweep.js";
import { partialOf } from "../sink/file.js";
import { type AxisFlags, type GridOptions, methodFrom, specFromCommand } from "./options.js";
import { type FormatOptions, outputFormat, writeOutput } from "./output.js";
import { gridsText, log, overlapsText, rejectionText, writtenText } from "./report.js";
import { isTerminal, STDOUT } from "./terminal.js";

interface SweepOptions extends GridOptions, FormatOptions {
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
  const plan = planSweep(await specFromCommand(file, flags, options));
  // A terminal gets only the first rows.
  if (options.output === "-" && !shard && !resume && isTerminal(STDOUT))
    return (await import("./preview.js")).preview(plan, { ...options, method });
  const output = shard ? shardName(options.output, shard) : options.output;
  // Devices and pipes cannot be resumed or sharded.
  const isFile = options.output !== "-" && (await partialOf(options.output)) !== undefined;
  const kept = isFile
    ? await resumeTarget(plan, output, { limit, shard, format, bigInts, compression, resume })
    : undefined;
  if (resume && !kept)
    throw errors.usage(
      "--resume is given without a file",
      "Name the file of the unfinished sweep with -o.",
    );
  if (shard && !kept)
    throw errors.usage(
      "--shard is given without a file",
      "Name the file that the shards belong to with -o.",
    );
  const run = { ...options, method, shard, format, bigInts, isSummed: kept !== undefined };
  const onCompare = () =>
    log(
      `upsweep: ${printable(output)} exists; comparing it with a new sweep, without writing`,
      quiet,
    );
  const start = kept && resume ? await readStart(kept, plan, run, { trust, onCompare }) : undefined;
  if (start?.isWhole) return log(`upsweep: ${printable(output)} is already complete`, quiet);
  const mayReplace = force || start?.mayReplace || false;
  const outcome = await writeOutput(sweepPlan(plan, { ...run, start: start?.position }), output, {
    header: headerIn(format, plan.header),
    compression,
    quiet,
    fraction: ({ done, total }: Progress) => Number(done) / Number(total),
    mayReplace,
    from: start,
    ...(kept && { checkpointOf: (sink) => new Checkpoint(kept, sink, mayReplace, start?.bytes) }),
  });
  const rejectionReason = rejectionText(outcome.progress, plan.rejectionReasons, "rows written");
  const grids = gridsText(outcome.progress.gridRows, plan);
  const overlaps =
    quiet || plan.grids.length < 2
      ? []
      : overlapsText((await import("../run/sweep/overlaps.js")).overlapsOf(plan));
  const written = `${output === "-" ? "" : `${printable(output)}: `}${writtenText(outcome)}`;
  log([rejectionReason, ...(grids === "" ? [] : [grids]), ...overlaps, written].join("\n"), quiet);
}
