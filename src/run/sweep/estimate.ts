/** What a sweep will come to: rows, bytes and time, from a look at some of its layers. */
import type { Kernel } from "../../kernel/kernel.js";
import { wasmKernel } from "../../kernel/wasm.js";
import type { GridPlan, Plan } from "../../plan/model.js";
import { visitsHere } from "./cost.js";
import { inGrids, sampleIndices } from "./sample.js";

/** A plan that takes no more looks at layers than this is counted through: it takes some milliseconds, and the answer is exact. */
const EXACT_VISITS = 300_000;

/** Of others, raw indices are drawn for the share of layers that become rows: first a few, then as many as the looks for all of them allow. */
const FIRST_SAMPLE = 64;
const SAMPLE = 20_000;
const SAMPLE_VISITS = 2_000_000;
/** And so many places, from which a task's worth is swept, for the time. */
const PLACES = 8;
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

interface Seen {
  readonly rows: number;
  readonly bytes: number;
  readonly seconds: number;
  readonly indices: bigint;
}

export function estimate(plan: Plan): Estimate {
  const kernel = wasmKernel();
  const header = BigInt(plan.header.length);
  const whole = countThrough(kernel, plan);
  if (whole)
    return {
      rows: BigInt(whole.rows),
      bytes: BigInt(whole.bytes) + header,
      seconds: whole.seconds,
      isExact: true,
      sampled: Number(plan.size),
    };
  const max = plan.size < BigInt(SAMPLE) ? Number(plan.size) : SAMPLE;
  const pilot = sampledFrom(kernel, plan, Math.min(max, FIRST_SAMPLE));
  const affordable = Math.floor((SAMPLE_VISITS * FIRST_SAMPLE) / Math.max(1, pilot.visits));
  const sampled = Math.min(max, Math.max(FIRST_SAMPLE, affordable));
  const seen = sampledFrom(kernel, plan, sampled);
  const scaled = (part: number) => (plan.size * BigInt(part)) / BigInt(sampled);
  return {
    rows: scaled(seen.rows),
    bytes: scaled(seen.bytes) + header,
    seconds: Number(plan.size) * secondsPerIndex(kernel, plan),
    isExact: false,
    sampled: sampled,
  };
}

/** What becomes of so many raw indices, drawn uniformly, and how many looks that takes. */
function sampledFrom(
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
function countThrough(kernel: Kernel, plan: Plan): Seen | undefined {
  let left = EXACT_VISITS;
  let [rows, bytes] = [0, 0];
  const start = performance.now();
  for (const [grid, { size }] of plan.grids.entries()) {
    kernel.openPlan(plan, grid, "closed");
    for (let at = 0n; at < size; ) {
      const batch = kernel.sweep(at, size, left);
      rows += batch.rows;
      bytes += batch.bytes.length;
      left -= batch.visits;
      // A layer that overflows would stop the sweep; here it is passed over.
      at = batch.fault ? batch.next + 1n : batch.next;
      if (left <= 0 && at < size) return undefined;
    }
  }
  return { rows, bytes, seconds: (performance.now() - start) / 1000, indices: plan.size };
}

/** Measured here and now, on tasks from some places: single layers would mostly time the start of a batch. */
function secondsPerIndex(kernel: Kernel, plan: Plan): number {
  const visits = visitsHere("closed");
  let [seconds, indices] = [0, 0];
  // Twice: the first batches run before the machine code is at its best.
  for (const isTimed of [false, true]) {
    for (const { grid, indices: starts } of byGrid(
      plan,
      sampleIndices(plan.size, Math.min(PLACES, Number(plan.size)), SEED),
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
