/** `upsweep sweep`: a row for every layer of a grid that is legal and wanted. */
import { errors } from "../errors.js";
import type { Plan } from "../plan/model.js";
import { planSweep } from "../plan/plan.js";
import { Checkpoint, type Identity, identityOf, readStart, type Start } from "../run/checkpoint.js";
import { type Progress, sweepPlan } from "../run/sweep.js";
import { partialOf } from "../sink/file.js";
import { type AxisFlags, type GridOptions, specFromCommand } from "./options.js";
import { writeOutput } from "./output.js";
import { accountText, say, writtenText } from "./report.js";
import { thousands } from "./text.js";

interface SweepOptions extends GridOptions {
  readonly output: string;
  readonly force?: boolean;
  readonly resume?: boolean;
  readonly method: "closed" | "simulate";
  readonly limit?: number;
  readonly workers?: number;
  readonly quiet?: boolean;
}

export async function sweep(file: string | undefined, flags: AxisFlags, options: SweepOptions): Promise<void> {
  const plan = planSweep(await specFromCommand(file, flags, options));
  const resumable = await resumableFrom(plan, options);
  const { start, partial, identity } = resumable ?? {};
  if (start) say(`upsweep: going on behind ${thousands(start.position.rows)} rows`, options.quiet);
  const batches = sweepPlan(plan, { ...options, start: start?.position });
  const outcome = await writeOutput(batches, options.output, {
    header: plan.header,
    quiet: options.quiet,
    fraction: ({ done, total }: Progress) => Number(done) / Number(total),
    mayReplace: options.force,
    ...(start && { from: { bytes: start.bytes, rows: start.position.rows } }),
    ...(partial !== undefined && identity && { keeperOf: (sink) => new Checkpoint(partial, identity, sink, start?.bytes ?? 0) }),
  });
  const account = accountText(outcome.progress, plan.accounts, "rows");
  say(`${account}\n${options.output === "-" ? "" : `${options.output}: `}${writtenText(outcome)}`, options.quiet);
}

interface Resumable {
  readonly partial: string;
  readonly identity: Identity;
  readonly start?: Start | undefined;
}

/** Of a sweep into a file: where it would be stopped, and where it goes on if it was. */
async function resumableFrom(plan: Plan, { output, resume, force, limit }: SweepOptions): Promise<Resumable | undefined> {
  if (resume && force) throw errors.usage("both --resume and --force are given", "--resume goes on with what is there, --force begins anew.");
  const partial = output === "-" ? undefined : await partialOf(output);
  if (partial === undefined) {
    if (resume) throw errors.usage("--resume is given without a file to go on with", "Name the file of the sweep that was stopped with -o.");
    return undefined;
  }
  const identity = identityOf(plan, limit);
  return { partial, identity, start: resume ? readStart(output, partial, identity) : undefined };
}
