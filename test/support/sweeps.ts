/** Sweeps on one kernel, in the test's own thread. */
import type { Kernel, SweepBatch } from "../../src/kernel/kernel.ts";
import { addCounts } from "../../src/layers/rules.ts";
import type { Method } from "../../src/plan/method.ts";
import type { GridPlan, Plan } from "../../src/plan/model.ts";
import { planSweep } from "../../src/plan/plan.ts";
import { type SpecInput, specFrom } from "../../src/spec/read.ts";

export function planOf(spec: SpecInput): Plan {
  return planSweep(specFrom(spec));
}

export interface Swept {
  readonly bytes: string;
  readonly rows: number;
  /** Empty positions, then the layers rejected by each predicate. */
  readonly rejected: readonly bigint[];
  readonly fault?: SweepBatch["fault"];
}

interface SweepOptions {
  readonly method?: Method;
  readonly grid?: number;
  readonly first?: bigint;
  readonly end?: bigint;
  readonly maxVisits?: number;
}

/** Sweeps the raw indices [first, end) of a grid; the rows are text. */
export function sweepOn(
  kernel: Kernel,
  plan: Plan,
  { method = "closed", grid = 0, first = 0n, end, maxVisits }: SweepOptions = {},
): Swept {
  kernel.openPlan(plan, grid, method);
  const texts: string[] = [];
  const rejected: bigint[] = [];
  const last = end ?? (plan.grids[grid] as GridPlan).size;
  let rows = 0;
  for (let at = first; at < last; ) {
    const batch = kernel.sweep(at, last, maxVisits);
    texts.push(Buffer.from(batch.bytes).toString("utf8"));
    rows += batch.rows;
    addCounts(rejected, batch.rejected);
    if (batch.fault) return { bytes: texts.join(""), rows, rejected, fault: batch.fault };
    at = batch.next;
  }
  return { bytes: texts.join(""), rows, rejected };
}
