/** Sweeping on one kernel, in the test's own thread. */
import type { Kernel, SweepBatch } from "../../src/kernel/kernel.ts";
import { addAccount } from "../../src/layers/rules.ts";
import type { Method } from "../../src/plan/method.ts";
import type { GridPlan, Plan } from "../../src/plan/model.ts";
import { planSweep } from "../../src/plan/plan.ts";
import { type SpecInput, specFrom } from "../../src/spec/read.ts";

export function planOf(spec: SpecInput): Plan {
  return planSweep(specFrom(spec));
}

export interface Swept {
  readonly csv: string;
  readonly rows: number;
  /** Positions without a layer, then layers left out by each requirement. */
  readonly leftOut: readonly bigint[];
  readonly fault?: SweepBatch["fault"];
}

interface Part {
  readonly method?: Method;
  readonly grid?: number;
  readonly first?: bigint;
  readonly end?: bigint;
  readonly visitsMost?: number;
}

/** All rows of [first, end) of a grid, as text. */
export function sweepOn(
  kernel: Kernel,
  plan: Plan,
  { method = "closed", grid = 0, first = 0n, end, visitsMost }: Part = {},
): Swept {
  kernel.openPlan(plan, grid, method);
  const parts: string[] = [];
  const leftOut: bigint[] = [];
  const last = end ?? (plan.grids[grid] as GridPlan).size;
  let rows = 0;
  for (let at = first; at < last; ) {
    const batch = kernel.sweep(at, last, visitsMost);
    parts.push(Buffer.from(batch.csv).toString("utf8"));
    rows += batch.rows;
    addAccount(leftOut, batch.leftOut);
    if (batch.fault) return { csv: parts.join(""), rows, leftOut, fault: batch.fault };
    at = batch.next;
  }
  return { csv: parts.join(""), rows, leftOut };
}
