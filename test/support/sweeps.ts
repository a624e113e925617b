/** Sweeping on one kernel, in the test's own thread. */
import type { Kernel, SweepBatch } from "../../src/kernel/kernel.ts";
import type { Method } from "../../src/plan/image.ts";
import { type Plan, planSweep } from "../../src/plan/plan.ts";
import { addAccount, emptyAccount } from "../../src/rules.ts";
import { type SpecInput, specFrom } from "../../src/spec/read.ts";

export function planOf(spec: SpecInput): Plan {
  return planSweep(specFrom(spec));
}

export interface Swept {
  readonly csv: string;
  readonly rows: number;
  readonly skipped: readonly bigint[];
  readonly fault?: SweepBatch["fault"];
}

/** All rows of [first, end), as text. */
export function sweepOn(kernel: Kernel, plan: Plan, method: Method = "closed", first = 0n, end = plan.size): Swept {
  kernel.openPlan(plan, method);
  const parts: string[] = [];
  const skipped = emptyAccount();
  let rows = 0;
  for (let at = first; at < end; ) {
    const batch = kernel.sweep(at, end);
    parts.push(Buffer.from(batch.csv).toString("latin1"));
    rows += batch.rows;
    addAccount(skipped, batch.skipped);
    if (batch.fault) return { csv: parts.join(""), rows, skipped, fault: batch.fault };
    at = batch.next;
  }
  return { csv: parts.join(""), rows, skipped };
}
