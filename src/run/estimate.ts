/** What a sweep will come to: rows, bytes and time, from a look at some of its layers. */

import type { Kernel } from "../kernel/kernel.js";
import { wasmKernel } from "../kernel/wasm.js";
import type { Plan } from "../plan/plan.js";
import { sampleIndices } from "./sample.js";
import { shardSize } from "./shards.js";

/** Grids up to this size are counted through: it takes some milliseconds, and the answer is exact. */
const EXACT_SIZE = 200_000n;

const SAMPLE = 2_000;
const SEED = 0n;

export interface Estimate {
  readonly rows: bigint;
  readonly bytes: bigint;
  /** With one worker, not counting its start. */
  readonly seconds: number;
  /** Whether rows and bytes are exact; else they are scaled up from a uniform sample of `sampled` layers. */
  readonly isExact: boolean;
  readonly sampled: number;
}

export function estimate(plan: Plan): Estimate {
  const kernel = wasmKernel();
  kernel.openPlan(plan, "closed");
  if (plan.size <= EXACT_SIZE) {
    const whole = look(kernel, [[0n, plan.size]]);
    return { rows: BigInt(whole.rows), bytes: BigInt(whole.bytes + plan.header.length), seconds: whole.seconds, isExact: true, sampled: Number(plan.size) };
  }
  const picks = [...sampleIndices(plan.size, SAMPLE, SEED)].map((index): [bigint, bigint] => [index, index + 1n]);
  const seen = look(kernel, picks);
  const scaled = (part: number) => (plan.size * BigInt(part)) / BigInt(SAMPLE);
  return {
    rows: scaled(seen.rows),
    bytes: scaled(seen.bytes) + BigInt(plan.header.length),
    seconds: Number(plan.size) * secondsPerLayer(kernel, plan),
    isExact: false,
    sampled: SAMPLE,
  };
}

/** Measured here and now, on some whole shards: single layers would mostly time the start of a batch. */
function secondsPerLayer(kernel: Kernel, plan: Plan): number {
  const size = shardSize(plan, "closed");
  const starts = sampleIndices(plan.size, 8, SEED).map((index) => (index / size) * size);
  const stretches = [...starts].map((first): [bigint, bigint] => [first, first + size < plan.size ? first + size : plan.size]);
  look(kernel, stretches.slice(0, 2)); // the first batches run before the machine code is at its best
  const seen = look(kernel, stretches);
  const layers = stretches.reduce((sum, [first, end]) => sum + Number(end - first), 0);
  return seen.seconds / layers;
}

function look(kernel: Kernel, stretches: readonly (readonly [bigint, bigint])[]): { rows: number; bytes: number; seconds: number } {
  let rows = 0;
  let bytes = 0;
  const start = performance.now();
  for (const [first, end] of stretches) {
    for (let at = first; at < end; ) {
      const batch = kernel.sweep(at, end);
      rows += batch.rows;
      bytes += batch.csv.length;
      // A layer that overflows would stop the sweep; here it is passed over.
      at = batch.fault ? batch.next + 1n : batch.next;
    }
  }
  return { rows, bytes, seconds: (performance.now() - start) / 1000 };
}
