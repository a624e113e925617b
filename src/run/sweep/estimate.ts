/** Estimates the rows, bytes and time of a sweep by counting some of its layers. */
import type { Kernel } from "../../kernel/kernel.js";
import type { GridPlan, Plan } from "../../plan/model.js";
import { inlineVisits } from "./cost.js";
import { inGrids, sampleIndices } from "./sample.js";

/**
 * A plan of at most this many visits is counted completely, for an exact result in milliseconds.
 */
const EXACT_VISITS = 300_000;

/**
 * The sample sizes for larger plans, in raw indices. The pilot sample measures the visits per
 * index. The second sample is as large as the limit on its visits allows.
 */
const PILOT_SAMPLE = 64;
const MAX_SAMPLE = 20_000;
const SAMPLE_VISITS = 2_000_000;
/** Number of positions at which a batch is swept to measure the time. */
const TIMED_POSITIONS = 8;
const SEED = 0n;

export interface Estimate {
  readonly rows: bigint;
  readonly bytes: bigint;
  /** Time with one worker, without its start. */
  readonly seconds: number;
  /**
   * Whether `rows` and `bytes` are exact. Otherwise they are scaled from `sampled` raw indices,
   * drawn uniformly.
   */
  readonly isExact: boolean;
  readonly sampled: number;
}

interface ExactCount {
  readonly rows: number;
  readonly bytes: number;
  readonly seconds: number;
  readonly indices: bigint;
}

/** Estimates the size and duration of a sweep, with a kernel on this thread. */
export function estimate(plan: Plan, kernel: Kernel): Estimate {
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

/** Counts the rows, bytes and visits of `count` raw indices, drawn uniformly. */
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

/** Counts the complete plan. Returns undefined if that takes more than EXACT_VISITS. */
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
      // A layer that overflows would stop the sweep. The estimate skips it.
      at = batch.fault ? batch.next + 1n : batch.next;
      if (visitsLeft <= 0 && at < size) return undefined;
    }
  }
  return { rows, bytes, seconds: (performance.now() - start) / 1000, indices: plan.size };
}

/**
 * Measures the time per raw index on batches at some positions of the plan. Timing single layers
 * would mostly measure the start of a batch.
 */
function secondsPerIndex(kernel: Kernel, plan: Plan): number {
  const visits = inlineVisits("closed");
  let [seconds, indices] = [0, 0];
  // Run twice, and time the second run: the first one runs before the code is fully optimised.
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

/**
 * Groups raw indices of the plan by grid. The results are relative to the first index of the grid.
 */
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
