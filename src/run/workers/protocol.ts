/**
 * The messages between the main thread and the workers. Types only.
 *
 *   start   workerData: the compiled kernel and the job, sent once
 *   task    a range of raw indices, some single indices, a chunk of a list, or a row group to encode
 *   answer  the rows as bytes, the counts, how far the task got, and the fault that stopped it, if
 *           any. Faults are data; the worker does not throw them. For a row group, its bytes.
 *
 * The main thread waits for a worker only to get its answer. A worker that runs a task waits only
 * for a free output buffer, and not longer than a time limit (see task.ts).
 */

import type { Sum } from "../../checksum.js";
import type { Tally } from "../../conventions/tallies.js";
import type { Encoding } from "../../formats/encoding.js";
import type { Codec } from "../../formats/parquet/enums.js";
import type { RowGroupEntry } from "../../formats/parquet/row-group.js";
import type { Column } from "../../formats/parquet/schema.js";
import type { ColumnBatch } from "../../kernel/column-layout.js";
import type { KindTotals, Lease, ListFault, SweepFault } from "../../kernel/kernel.js";
import type { ListPlan } from "../../plan/list.js";
import type { Method } from "../../plan/method.js";
import type { Plan } from "../../plan/model.js";
import type { RowBatch } from "../output/row-batch.js";
import type { Decoding, RefusedCell } from "./decode.js";
import type { RowGroup } from "./row-group.js";
import type { Difference } from "./verify.js";

/** The settings that all tasks of a run share. Rows are CSV unless an encoding is given. */
export type Job = { readonly method: Method; readonly encoding?: Encoding | undefined } & (
  | {
      readonly kind: "sweep";
      readonly plan: Plan;
      /** Whether answers include the checksum of their rows. */
      readonly isSummed?: boolean;
      /** Whether rows are columns of numbers instead of text. */
      readonly isColumnar?: boolean;
      /** Whether the same workers encode the row groups. */
      readonly isEncoded?: boolean;
    }
  | {
      readonly kind: "list";
      readonly list: ListPlan;
      /** How rows are decoded to columns, in place of an encoding. */
      readonly decoding?: Decoding | undefined;
    }
);

export interface WorkerData {
  readonly module: WebAssembly.Module;
  readonly job: Job;
}

/**
 * The raw indices [first, end) of a grid, relative to its first. The worker stops early after
 * `maxVisits` visits, or when its output buffer is full.
 */
export interface RangeTask {
  readonly kind: "range";
  readonly grid: number;
  readonly first: bigint;
  readonly end: bigint;
  readonly maxVisits: number;
}

/** Single raw indices of a grid, relative to its first, in ascending order. */
export interface IndicesTask {
  readonly kind: "indices";
  readonly grid: number;
  readonly indices: BigUint64Array;
}

/** Complete records of a list, as canonical CSV. */
export interface ChunkTask {
  readonly kind: "chunk";
  readonly bytes: Uint8Array;
}

/** A row group of a Parquet file, whose vectors are in shared memory. */
export interface EncodeTask {
  readonly kind: "encode";
  readonly columns: readonly Column[];
  readonly group: RowGroup;
  readonly codec: Codec;
}

/** A task that counts layers. */
export type CountTask = RangeTask | IndicesTask | ChunkTask;

export type Task = CountTask | EncodeTask;

interface Rows {
  /**
   * Complete rows in order, in the format of the job. They are in the kernel's memory, which all
   * threads share, or in copies.
   */
  readonly buffers: readonly Uint8Array[];
  /** Leases on the kernel's output buffers, to be released once the rows are written. */
  readonly leases: readonly Lease[];
  readonly rows: number;
}

/** The answer to a RangeTask or an IndicesTask. */
export interface SweepAnswer extends Rows {
  /** Number of empty positions, then the layers rejected by each predicate of the grid. */
  readonly rejected: readonly bigint[];
  /**
   * For a range, the raw index after the last one processed. For single indices, the number of
   * indices processed.
   */
  readonly next: bigint;
  readonly visits: number;
  /** The checksum of the rows, if the job requests it. */
  readonly sum?: Sum;
  /** The rows as columns of numbers, if the job requests them. They are where buffers would be. */
  readonly columns?: readonly ColumnBatch[];
  /** The tallies, if the plan compares. Their positions are raw indices of the grid. */
  readonly tallies?: readonly Tally[];
  readonly fault?: SweepFault;
}

/** The answer to a ChunkTask. */
export interface ListAnswer extends Rows {
  /** Number of layers rejected by each rule, in the order of `RULES`. */
  readonly rejected: readonly bigint[];
  /** Number of line ends in the records processed. */
  readonly lines: number;
  readonly totals: readonly KindTotals[];
  /**
   * The tallies, if the list is compared. Their positions are byte offsets in the chunk, and
   * `records` has the record at each of them.
   */
  readonly tallies?: readonly Tally[];
  readonly records?: ReadonlyMap<bigint, RecordText>;
  /** The rows as columns, if the job requests them. */
  readonly columns?: readonly RowBatch[];
  readonly fault?:
    | ListFault
    | ({ readonly kind: "differs" } & Difference)
    /** A cell of the row cannot be written. */
    | ({ readonly kind: "cell"; readonly at: number } & Omit<RefusedCell, "row">);
  /** The record at fault. */
  readonly faultRecord?: RecordText;
}

/** The answer to a task that counts. */
export type CountAnswer = SweepAnswer | ListAnswer;

/** The answer to an EncodeTask. */
export interface EncodedGroup {
  /** The pages of all columns, in shared memory. */
  readonly bytes: Uint8Array;
  readonly entry: RowGroupEntry;
}

export type Answer = CountAnswer | EncodedGroup;

/** The text of a record, and its position in its chunk. */
export interface RecordText {
  readonly text: string;
  /** Number of line ends before the record in its chunk. */
  readonly linesBefore: number;
}
