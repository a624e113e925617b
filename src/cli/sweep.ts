/** `upsweep sweep`: a row for every legal layer of a grid. */
import { planSweep } from "../plan/plan.js";
import { sweepPlan } from "../run/sweep.js";
import { type AxisFlags, specFromCommand } from "./options.js";
import { writeOutput } from "./output.js";
import { accountText, say, writtenText } from "./report.js";

interface SweepOptions {
  readonly output: string;
  readonly columns?: string;
  readonly method: "closed" | "simulate";
  readonly workers?: number;
  readonly quiet?: boolean;
}

export async function sweep(file: string | undefined, flags: AxisFlags, options: SweepOptions): Promise<void> {
  const plan = planSweep(await specFromCommand(file, flags, options.columns));
  const batches = sweepPlan(plan, options);
  const outcome = await writeOutput(batches, plan.header, options.output, options.quiet ?? false, ({ done }) => Number(done) / Number(plan.size));
  say(`${accountText(outcome.progress, "rows")}\n${options.output === "-" ? "" : `${options.output}: `}${writtenText(outcome)}`, options.quiet);
}
