/**
 * What a kernel does. Two implementations stand behind it: WebAssembly (wasm.ts) and the plain TypeScript reference
 * (reference.ts). Every kernel test runs on both.
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

/** Their cells, as a row has them. */
type LayerTexts = { readonly [N in ResultName]?: string };

/** The exact values behind the cells that hold quotients. */
export type LayerQuotients = { readonly [N in ResultName]?: Rational };

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

/** A result as an exact rational in lowest terms: null where it is missing, undefined where it passes 64 bits. */
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

/** What stopped a sweep early, at a raw index: a cell that passes 2^64 - 1, methods that differ, an expression without a value. */
export type SweepFault =
  | { readonly kind: "overflow"; readonly index: bigint; readonly cell: number }
  | { readonly kind: "disagree"; readonly index: bigint }
  | { readonly kind: "expression"; readonly index: bigint };

/** The rows of a stretch of raw indices. */
export interface SweepBatch {
  /** Where to go on; the end of the stretch when it is done. */
  readonly next: bigint;
  /** Whole rows of CSV. Good until the kernel's next call, or longer (see `Kernel.lease`). */
  readonly bytes: Uint8Array;
  readonly rows: number;
  /** Positions without a layer, then layers left out by each requirement of the grid, in their order. */
  readonly rejected: readonly bigint[];
  /** Looks at layers, blocks that are left out counted as one, and a layer that is simulated as it takes: what the stretch has cost. */
  readonly visits: number;
  /** Of a plan that compares: a tally for each convention, in the order of `COMPARED`. */
  readonly tallies?: readonly Tally[];
  readonly fault?: SweepFault;
}

/** The rows of single raw indices. */
export type IndexBatch = Omit<SweepBatch, "next"> & {
  /** How many of the indices are done. */
  readonly done: number;
};

/** What stopped a list early, at the record that begins at byte `at` of its chunk. */
export type ListFault =
  | { readonly kind: "overflow"; readonly at: number; readonly result: number }
  | { readonly kind: "disagree"; readonly at: number }
  | { readonly kind: "rule"; readonly at: number; readonly rule: RuleId }
  | { readonly kind: "field"; readonly at: number; readonly field: number }
  | { readonly kind: "fieldCount"; readonly at: number; readonly found: number }
  /** The record names no kind that the list can hold. */
  | { readonly kind: "kind"; readonly at: number };

/** Exact sums over the rows of one kind. */
export interface KindTotals {
  readonly kind: KindName;
  /** In the order of `addedColumns` (plan/list.ts). */
  readonly sums: readonly bigint[];
}

/** The totals of two parts of a list together. */
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

/** The rows of a stretch of a list's chunk. */
export interface ListBatch {
  /** The byte of the chunk where to go on; its length when it is done. */
  readonly next: number;
  /** Whole rows of CSV. Good until the kernel's next call, or longer (see `Kernel.lease`). */
  readonly bytes: Uint8Array;
  readonly rows: number;
  readonly rejected: readonly bigint[];
  /** Line ends passed. */
  readonly lines: number;
  /** The totals of these rows, by kind: one for each of `addedColumns`. */
  readonly totals: readonly KindTotals[];
  /** Of a list that is compared. */
  readonly tallies?: readonly Tally[];
  readonly fault?: ListFault;
}

/** Of rows that stay where they are: 1 until whoever needs them, on whatever thread, has set it to 0 (see `releaseLease`). */
export type Lease = Int32Array;

/** Rows that were held are not needed any more. */
export function releaseLease(leased: Lease): void {
  Atomics.store(leased, 0, 0);
  Atomics.notify(leased, 0);
}

export interface Kernel {
  readonly name: string;

  /**
   * Keeps the rows of the last batch good until they are let go, on another thread too; the next batches are written elsewhere. Waits so many
   * milliseconds for room where there is none; undefined if there is none then: the rows are copied, or gone with the next call.
   */
  lease(patience: number): Lease | undefined;

  /** The checksum of bytes, which may be rows of its own. Other results stay as they are. */
  sum(bytes: Uint8Array): Sum;

  /** The longest chunk of a list that `countList` takes, in bytes. */
  readonly maxChunkBytes: number;

  /** Every result of one layer that its kind has; those per second only with a sample rate. */
  count(layer: Layer, method: "closed" | "simulate"): LayerCounts;

  /** How many products land on each of `length` output elements from `first` on, in one dimension: a piece of the overlap pattern y. */
  overlap(kind: Kind, dimension: Dimension, first: bigint, length: number): Uint32Array;

  /** Takes one grid of a plan to sweep. */
  openPlan(plan: Plan, grid: number, method: Method): void;

  /**
   * The rows of the raw indices [first, end) of the grid, counted from its first; as many as fit in one batch, and as that
   * many looks at layers find.
   */
  sweep(first: bigint, end: bigint, maxVisits?: number): SweepBatch;

  /** The most raw indices that `sweepIndices` takes. */
  readonly maxIndices: number;

  /** The rows of single raw indices of the grid, as many as fit in one batch. */
  sweepIndices(indices: BigUint64Array): IndexBatch;

  /** Takes the plan of a list. */
  openList(list: ListPlan, method: Method): void;

  /** The rows of the records of `chunk` from byte `from` on, as many as fit in one batch. A chunk holds whole records. */
  countList(chunk: Uint8Array, from: number): ListBatch;
}
