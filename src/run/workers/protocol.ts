/**
 * What goes between the main thread and the workers; types only.
 *
 *   start   workerData: the compiled kernel and the job, once
 *   ask     one task: a shard of raw indices, some single indices, or a chunk of a list
 *   answer  its rows as bytes, its account, how far it got, and the fault that stopped it if one did; errors are data,
 *           nothing is thrown
 *
 * The main thread never waits for a worker but for its answer; a worker waits for nothing from task to answer.
 */

import type { Sum } from "../../checksum.js";
import type { Tally } from "../../conventions/tallies.js";
import type { Encoding } from "../../formats/encoding.js";
import type { KindTotals, Lease, ListFault, SweepFault } from "../../kernel/kernel.js";
import type { ListPlan } from "../../plan/list.js";
import type { Method } from "../../plan/method.js";
import type { Plan } from "../../plan/model.js";
import type { Difference } from "./verify.js";

/** What all tasks of a run have in common. Rows are CSV where no other encoding is given. */
export type Job = { readonly method: Method; readonly encoding?: Encoding | undefined } & (
  | {
      readonly kind: "sweep";
      readonly plan: Plan;
      /** Whether answers have the checksum of their rows. */
      readonly isSummed?: boolean;
    }
  | { readonly kind: "list"; readonly list: ListPlan }
);

export interface WorkerData {
  readonly module: WebAssembly.Module;
  readonly job: Job;
}

/** The raw indices [first, end) of a grid, counted from its first. A worker goes as far as its visits take it. */
export interface RangeTask {
  readonly kind: "range";
  readonly grid: number;
  readonly first: bigint;
  readonly end: bigint;
  readonly maxVisits: number;
}

/** Single raw indices of a grid, in ascending order. */
export interface IndicesTask {
  readonly kind: "indices";
  readonly grid: number;
  readonly indices: BigUint64Array;
}

/** Whole records of a list, as they stand in the file. */
export interface ChunkTask {
  readonly kind: "chunk";
  readonly bytes: Uint8Array;
}

export type Task = RangeTask | IndicesTask | ChunkTask;

interface Rows {
  /** Whole rows, in order, in the format of the job. They are in the kernel's memory, which the threads share, or are copies. */
  readonly buffers: readonly Uint8Array[];
  /** To be let go once the rows are written: their place is needed for others. */
  readonly leases: readonly Lease[];
  readonly rows: number;
}

/** To a shard or to picks. */
export interface SweepAnswer extends Rows {
  /** Positions without a layer, then layers left out by each requirement of the grid. */
  readonly rejected: readonly bigint[];
  /** Where the shard has got to: its end, or where another has to go on. */
  readonly next: bigint;
  readonly visits: number;
  /** The checksum of the rows, where the job wants it. */
  readonly sum?: Sum;
  /** Of a plan that compares; places are raw indices of the grid. */
  readonly tallies?: readonly Tally[];
  readonly fault?: SweepFault;
}

/** To a chunk of a list. */
export interface ListAnswer extends Rows {
  /** Layers left out by each rule, in the order of `RULES`. */
  readonly rejected: readonly bigint[];
  /** Line ends passed. */
  readonly lines: number;
  readonly totals: readonly KindTotals[];
  /** Of a list that is compared; places are bytes of the chunk, and `records` has what stands at each. */
  readonly tallies?: readonly Tally[];
  readonly records?: ReadonlyMap<bigint, RecordText>;
  readonly fault?: ListFault | ({ readonly kind: "differs" } & Difference);
  /** The record at fault. */
  readonly faultRecord?: RecordText;
}

export type Answer = SweepAnswer | ListAnswer;

export interface RecordText {
  readonly text: string;
  /** Line ends before it in its chunk. */
  readonly linesBefore: number;
}
