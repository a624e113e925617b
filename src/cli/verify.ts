/** `upsweep verify`: compares simulation and closed form on the layers of a grid. */
import { planSweep } from "../plan/plan.js";
import { sweepOnThreads } from "../run/threads.js";
import { type AxisFlags, type GridOptions, specFromCommand } from "./options.js";
import { log, print, rejectionText } from "./report.js";
import { counted, duration, thousands } from "./text.js";
import { fractionOf, watch } from "./watch.js";

interface VerifyOptions extends GridOptions {
  readonly workers?: number;
  readonly quiet?: boolean;
}

export async function verify(
  file: string | undefined,
  flags: AxisFlags,
  options: VerifyOptions,
): Promise<void> {
  // Nothing is written, so results need not fit their columns.
  const plan = planSweep(await specFromCommand(file, flags, options), "verify");
  const start = performance.now();
  const batches = sweepOnThreads(plan, { workers: options.workers, method: "verify" });
  const end = await watch(batches, {
    quiet: options.quiet ?? false,
    fraction: fractionOf,
    interrupted: (rows) => `interrupted after ${counted(rows, "layer")}; no difference so far`,
  });
  const seconds = (performance.now() - start) / 1000;
  const sampled = end.total < plan.size ? ` (sampled from ${thousands(plan.size)})` : "";
  log(rejectionText(end, plan.rejectionReasons, `verified${sampled}`), options.quiet);
  print(
    `closed form and simulation agree on ${end.rows === 1n ? "" : "all "}${counted(end.rows, "layer")} (${duration(seconds)})`,
  );
}
