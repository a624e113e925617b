/** `upsweep verify`: simulation against closed form, over the layers of a grid. */
import { planSweep } from "../plan/plan.js";
import { sweepPlan } from "../run/sweep.js";
import { onInterrupt } from "./interrupt.js";
import { type AxisFlags, type GridOptions, specFromCommand } from "./options.js";
import { progressBar } from "./progress.js";
import { accountText, print, say } from "./report.js";
import { duration, thousands } from "./text.js";

interface VerifyOptions extends GridOptions {
  readonly workers?: number;
  readonly quiet?: boolean;
}

export async function verify(file: string | undefined, flags: AxisFlags, options: VerifyOptions): Promise<void> {
  // Nothing is written, so no result needs to fit a column.
  const plan = planSweep(await specFromCommand(file, flags, options), "verify");
  const batches = sweepPlan(plan, { workers: options.workers, method: "verify" });
  const start = performance.now();
  const bar = await progressBar(options.quiet ?? false);
  let rows = 0n;
  const settled = onInterrupt(() => {
    bar.stop();
    process.stderr.write(`upsweep: interrupted after ${thousands(rows)} layers; no difference until then\n`);
  });
  try {
    for (;;) {
      const next = await batches.next();
      if (next.done) {
        bar.stop();
        const seconds = (performance.now() - start) / 1000;
        const drawn = next.value.total < plan.size ? ` (drawn from ${thousands(plan.size)})` : "";
        say(accountText(next.value, plan.accounts, `verified${drawn}`), options.quiet);
        print(`closed form and simulation agree on all ${thousands(next.value.rows)} layers (${duration(seconds)})`);
        return;
      }
      const { progress } = next.value;
      rows = progress.rows;
      bar.show(Number(progress.done) / Number(progress.total), rows);
    }
  } finally {
    settled();
    bar.stop();
    await batches.return(undefined as never);
  }
}
