/**
 * What goes between the main thread and the workers; types only.
 *
 *   start   workerData: the compiled kernel and the job, once
 *   ask     one task: a shard of raw indices, some single indices, or a chunk of a list
 *   answer  its rows as bytes, its account, and the fault that stopped it if one did; errors are data, nothing is thrown
 *
 * The main thread never waits for a worker but for its answer; a worker waits for nothing from task to answer.
 */
import type { ListFault, SweepFault } from "../kernel/kernel.js";
import type { Method } from "../plan/image.js";
import type { ListPlan } from "../plan/list.js";
import type { Plan } from "../plan/plan.js";

/** What all tasks of a run have in common. */
export type Job =
  | { readonly kind: "sweep"; readonly plan: Plan; readonly method: Method }
  | { readonly kind: "list"; readonly list: ListPlan; readonly method: Exclude<Method, "verify"> };

export interface WorkerData {
  readonly module: WebAssembly.Module;
  readonly job: Job;
}

/** A contiguous interval [first, end) of raw indices. */
export interface Shard {
  readonly kind: "shard";
  readonly first: bigint;
  readonly end: bigint;
}

/** Single raw indices, in ascending order. */
export interface Picks {
  readonly kind: "picks";
  readonly indices: BigUint64Array;
}

/** Whole records of a list, as they stand in the file. */
export interface Chunk {
  readonly kind: "chunk";
  readonly bytes: Uint8Array<ArrayBuffer>;
}

export type Task = Shard | Picks | Chunk;

export interface Answer {
  /** Whole rows, in order. */
  readonly csv: readonly Uint8Array<ArrayBuffer>[];
  readonly rows: number;
  /** Layers left out by each rule, in the order of `RULES`. */
  readonly skipped: readonly bigint[];
  /** Line ends passed in a chunk. */
  readonly lines: number;
  readonly fault?: SweepFault | ListFault;
  /** The record at fault in a chunk. */
  readonly faultRecord?: FaultRecord;
}

export interface FaultRecord {
  readonly text: string;
  /** Line ends before it in its chunk. */
  readonly linesBefore: number;
}
