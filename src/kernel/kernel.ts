/**
 * The interface of a kernel. It has two implementations: WebAssembly (wasm.ts), and the TypeScript
 * reference of the tests (test/reference/kernel.ts). Every kernel test runs on both.
 */

import type { Sum } from "../checksum.js";
import type { PartialResults, ResultName } from "../columns/table.js";
import type { Tally } from "../conventions/tallies.js";
import type { Rational } from "../expression/exact.js";
import type { Kind, KindName } from "../layers/kinds.js";
import type { Layer } from "../layers/layer.js";
import type { Dimension } from "../layers/parameters.js";
import type { RuleId } from "../layers/rule-table.js";
import type { ListPlan } from "../plan/list.js";
import type { Method } from "../plan/method.js";
import type { Plan } from "../plan/model.js";
import type { ColumnValues } from "./column-layout.js";
import type { PlanOptions } from "./plan-image.js";

/** The texts of result cells, as in a row of CSV. */
type LayerTexts = { readonly [N in ResultName]?: string };

/** The exact values of the cells that contain quotients. */
export type LayerQuotients = { readonly [N in ResultName]?: Rational };

/** The results of a legal layer, or the rule that the layer breaks. */
export type LayerCounts =
  | {
      readonly broken: RuleId;
      readonly results?: never;
      readonly texts?: never;
      readonly quotients?: never;
    }
  | {
      readonly broken?: never;
      readonly results: PartialResults;
      readonly texts: LayerTexts;
      readonly quotients: LayerQuotients;
    };

/**
 * A result as an exact rational in lowest terms: null if it is missing, undefined if it exceeds 64
 * bits.
 */
export function exactResult(
  { texts, quotients }: LayerCounts,
  name: ResultName,
): Rational | null | undefined {
  const text = texts?.[name];
  if (text === undefined || text === "") return text === "" ? null : undefined;
  const quotient = quotients?.[name];
  if (quotient) return quotient;
  return { n: text === "true" ? 1n : text === "false" ? 0n : BigInt(text), d: 1n };
}

/**
 * Why a sweep stopped at a raw index: a cell exceeds 2^64 - 1, the methods differ, or an expression
 * has no value.
 */
export type SweepFault =
  | { readonly kind: "overflow"; readonly index: bigint; readonly cell: number }
  | { readonly kind: "disagree"; readonly index: bigint }
  | { readonly kind: "expression"; readonly index: bigint };

/** The rows of a range of raw indices. */
export interface SweepBatch {
  /** The raw index at which to continue. It is the end of the range once the range is done. */
  readonly next: bigint;
  /**
   * Complete rows of CSV. Valid until the kernel's next call, or longer (see `Kernel.lease`). Empty
   * if rows are columns of numbers.
   */
  readonly bytes: Uint8Array;
  /** The columns of numbers, if the plan was opened for them. Valid as long as `bytes`. */
  readonly columns?: readonly ColumnValues[];
  readonly rows: number;
  /**
   * The number of empty positions, then the rejection counts of the grid's predicates, in order.
   */
  readonly rejected: readonly bigint[];
  /**
   * The cost of the range in visits. A skipped block counts as one visit; a simulated layer counts
   * by its estimated time.
   */
  readonly visits: number;
  /** For plans that compare: a tally for each convention, in the order of `COMPARED`. */
  readonly tallies?: readonly Tally[];
  readonly fault?: SweepFault;
}

/** The rows of single raw indices. */
export type IndexBatch = Omit<SweepBatch, "next"> & {
  /** The number of indices that are done. */
  readonly done: number;
};

/** Why a list stopped at the record that begins at byte `at` of its chunk. */
export type ListFault =
  | { readonly kind: "overflow"; readonly at: number; readonly result: number }
  | { readonly kind: "disagree"; readonly at: number }
  | { readonly kind: "rule"; readonly at: number; readonly rule: RuleId }
  | { readonly kind: "field"; readonly at: number; readonly field: number }
  | { readonly kind: "fieldCount"; readonly at: number; readonly found: number }
  /** The record names a kind that is unknown, or that the list cannot contain. */
  | { readonly kind: "kind"; readonly at: number };

/** Exact sums over the rows of one kind. */
export interface KindTotals {
  readonly kind: KindName;
  /** In the order of `addedColumns` (plan/list.ts). */
  readonly sums: readonly bigint[];
}

/** The sum of the totals of two parts of a list. */
export function addTotals(
  one: readonly KindTotals[],
  other: readonly KindTotals[],
): readonly KindTotals[] {
  if (one.length === 0) return other;
  return one.map(({ kind, sums }, i) => ({
    kind,
    sums: sums.map((sum, at) => sum + (other[i]?.sums[at] ?? 0n)),
  }));
}

/** The rows of a range of a list's chunk. */
export interface ListBatch {
  /** The byte of the chunk at which to continue. It is the length of a chunk that is done. */
  readonly next: number;
  /** Complete rows of CSV. Valid until the kernel's next call, or longer (see `Kernel.lease`). */
  readonly bytes: Uint8Array;
  readonly rows: number;
  /** The rejection counts of the rules, in the order of `LIST_REJECTIONS` (run/output). */
  readonly rejected: readonly bigint[];
  /** The number of line ends that were read. */
  readonly lines: number;
  /** The totals of these rows for each kind that the list can contain. */
  readonly totals: readonly KindTotals[];
  /** For lists that are compared: a tally for each convention, in the order of `COMPARED`. */
  readonly tallies?: readonly Tally[];
  readonly fault?: ListFault;
}

/**
 * A lease on an output buffer: 1 while its rows are in use. Any thread can end the lease by setting
 * it to 0 (see `releaseLease`).
 */
export type Lease = Int32Array;

/** Releases an output buffer, so that the kernel can write into it again. */
export function releaseLease(leased: Lease): void {
  Atomics.store(leased, 0, 0);
  Atomics.notify(leased, 0);
}

export interface Kernel {
  /**
   * Keeps the rows of the last batch valid until the lease is released, from any thread. The next
   * batches are written to the next output buffer. If that buffer is leased, waits up to `patience`
   * milliseconds for its release. Returns undefined if it is still leased, or if the kernel's memory
   * is not shared: the caller must then copy the rows before the next call.
   */
  lease(patience: number): Lease | undefined;

  /** The checksum of bytes, which may be in the kernel's memory. Other results are unaffected. */
  sum(bytes: Uint8Array): Sum;

  /** The maximum length of a chunk for `countList`, in bytes. */
  readonly maxChunkBytes: number;

  /** Counts all results of one layer. Those per second are absent without a sample rate. */
  count(layer: Layer, method: "closed" | "simulate"): LayerCounts;

  /**
   * A section of the overlap pattern y in one dimension: how many products land on each of `length`
   * output elements, starting at `first`.
   */
  overlap(kind: Kind, dimension: Dimension, first: bigint, length: number): Uint32Array;

  /** Loads one grid of a plan. The calls of `sweep` and `sweepIndices` that follow are about it. */
  openPlan(plan: Plan, grid: number, method: Method, options?: PlanOptions): void;

  /**
   * Writes the rows of the raw indices [first, end), counted from the first of the grid. Stops when
   * the batch is full, or after `maxVisits` visits.
   */
  sweep(first: bigint, end: bigint, maxVisits?: number): SweepBatch;

  /** The maximum number of raw indices for `sweepIndices`. */
  readonly maxIndices: number;

  /** Writes the rows of single raw indices of the grid (point lookups), up to one full batch. */
  sweepIndices(indices: BigUint64Array): IndexBatch;

  /** Loads the plan of a list. The calls of `countList` that follow are about it. */
  openList(list: ListPlan, method: Method): void;

  /**
   * Writes the rows of the records of `chunk` from byte `from` on, up to one full batch. A chunk
   * contains complete records only.
   */
  countList(chunk: Uint8Array, from: number): ListBatch;
}
