/** What a sweep will come to: rows, bytes and time, from a look at some of its layers. */
import type { Kernel } from "../../kernel/kernel.js";
import { wasmKernel } from "../../kernel/wasm.js";
import type { GridPlan, Plan } from "../../plan/model.js";
import { inlineVisits } from "./cost.js";
import { inGrids, sampleIndices } from "./sample.js";

/** A plan that takes no more looks at layers than this is counted through: it takes some milliseconds, and the answer is exact. */
const EXACT_VISITS = 300_000;

/** Of others, raw indices are drawn for the share of layers that become rows: first a few, then as many as the looks for all of them allow. */
const PILOT_SAMPLE = 64;
const MAX_SAMPLE = 20_000;
const SAMPLE_VISITS = 2_000_000;
/** And so many places, from which a task's worth is swept, for the time. */
const TIMED_POSITIONS = 8;
const SEED = 0n;

export interface Estimate {
  readonly rows: bigint;
  readonly bytes: bigint;
  /** With one worker, not counting its start. */
  readonly seconds: number;
  /** Whether rows and bytes are exact; else they are scaled up from `sampled` raw indices, drawn uniformly. */
  readonly isExact: boolean;
  readonly sampled: number;
}

interface ExactCount {
  readonly rows: number;
  readonly bytes: number;
  readonly seconds: number;
  readonly indices: bigint;
}

export function estimate(plan: Plan): Estimate {
  const kernel = wasmKernel();
  const header = BigInt(plan.header.length);
  const exact = countAll(kernel, plan);
  if (exact)
    return {
      rows: BigInt(exact.rows),
      bytes: BigInt(exact.bytes) + header,
      seconds: exact.seconds,
      isExact: true,
      sampled: Number(plan.size),
    };
  const max = plan.size < BigInt(MAX_SAMPLE) ? Number(plan.size) : MAX_SAMPLE;
  const pilot = countSample(kernel, plan, Math.min(max, PILOT_SAMPLE));
  const affordable = Math.floor((SAMPLE_VISITS * PILOT_SAMPLE) / Math.max(1, pilot.visits));
  const sampled = Math.min(max, Math.max(PILOT_SAMPLE, affordable));
  const sample = countSample(kernel, plan, sampled);
  const scaled = (count: number) => (plan.size * BigInt(count)) / BigInt(sampled);
  return {
    rows: scaled(sample.rows),
    bytes: scaled(sample.bytes) + header,
    seconds: Number(plan.size) * secondsPerIndex(kernel, plan),
    isExact: false,
    sampled: sampled,
  };
}

/** What becomes of so many raw indices, drawn uniformly, and how many looks that takes. */
function countSample(
  kernel: Kernel,
  plan: Plan,
  count: number,
): { readonly rows: number; readonly bytes: number; readonly visits: number } {
  let [rows, bytes, visits] = [0, 0, 0];
  for (const { grid, indices } of byGrid(plan, sampleIndices(plan.size, count, SEED))) {
    kernel.openPlan(plan, grid, "closed");
    for (let at = 0; at < indices.length; ) {
      const batch = kernel.sweepIndices(
        BigUint64Array.from(indices.slice(at, at + kernel.maxIndices)),
      );
      rows += batch.rows;
      bytes += batch.bytes.length;
      visits += batch.visits;
      at += batch.done + Number(batch.fault !== undefined);
    }
  }
  return { rows, bytes, visits };
}

/** The whole plan, if it takes few enough looks. */
function countAll(kernel: Kernel, plan: Plan): ExactCount | undefined {
  let visitsLeft = EXACT_VISITS;
  let [rows, bytes] = [0, 0];
  const start = performance.now();
  for (const [grid, { size }] of plan.grids.entries()) {
    kernel.openPlan(plan, grid, "closed");
    for (let at = 0n; at < size; ) {
      const batch = kernel.sweep(at, size, visitsLeft);
      rows += batch.rows;
      bytes += batch.bytes.length;
      visitsLeft -= batch.visits;
      // A layer that overflows would stop the sweep; here it is passed over.
      at = batch.fault ? batch.next + 1n : batch.next;
      if (visitsLeft <= 0 && at < size) return undefined;
    }
  }
  return { rows, bytes, seconds: (performance.now() - start) / 1000, indices: plan.size };
}

/** Measured here and now, on tasks from some places: single layers would mostly time the start of a batch. */
function secondsPerIndex(kernel: Kernel, plan: Plan): number {
  const visits = inlineVisits("closed");
  let [seconds, indices] = [0, 0];
  // Twice: the first batches run before the machine code is at its best.
  for (const isTimed of [false, true]) {
    for (const { grid, indices: starts } of byGrid(
      plan,
      sampleIndices(plan.size, Math.min(TIMED_POSITIONS, Number(plan.size)), SEED),
    )) {
      kernel.openPlan(plan, grid, "closed");
      for (const first of starts) {
        const start = performance.now();
        const { next } = kernel.sweep(first, (plan.grids[grid] as GridPlan).size, visits);
        if (!isTimed) continue;
        seconds += (performance.now() - start) / 1000;
        indices += Number(next - first);
      }
    }
  }
  return seconds / Math.max(1, indices);
}

/** Raw indices of the plan, put to their grids and counted from their first. */
function byGrid(
  plan: Plan,
  indices: Iterable<bigint>,
): { readonly grid: number; readonly indices: readonly bigint[] }[] {
  const lists = new Map<number, bigint[]>();
  for (const { grid, index } of inGrids(plan, indices)) {
    const own = lists.get(grid) ?? [];
    own.push(index);
    lists.set(grid, own);
  }
  return [...lists].map(([number, own]) => ({ grid: number, indices: own }));
}
