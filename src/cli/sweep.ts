/** `upsweep sweep`: a row for every layer of a grid that is legal and wanted. */
import { planSweep } from "../plan/plan.js";
import { sweepPlan } from "../run/sweep.js";
import { type AxisFlags, type GridOptions, specFromCommand } from "./options.js";
import { writeOutput } from "./output.js";
import { accountText, say, writtenText } from "./report.js";

interface SweepOptions extends GridOptions {
  readonly output: string;
  readonly method: "closed" | "simulate";
  readonly limit?: number;
  readonly workers?: number;
  readonly quiet?: boolean;
}

export async function sweep(file: string | undefined, flags: AxisFlags, options: SweepOptions): Promise<void> {
  const plan = planSweep(await specFromCommand(file, flags, options));
  const batches = sweepPlan(plan, options);
  const outcome = await writeOutput(batches, plan.header, options.output, options.quiet ?? false, ({ done, total }) => Number(done) / Number(total));
  const account = accountText(outcome.progress, plan.accounts, "rows");
  say(`${account}\n${options.output === "-" ? "" : `${options.output}: `}${writtenText(outcome)}`, options.quiet);
}
