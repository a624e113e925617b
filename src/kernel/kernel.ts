/**
 * What a kernel does. Two implementations stand behind it: WebAssembly (wasm.ts) and the plain TypeScript reference
 * (reference.ts). Every kernel test runs on both.
 */
import type { Layer, Results } from "../columns.js";
import type { Method } from "../plan/image.js";
import type { ListPlan } from "../plan/list.js";
import type { Plan } from "../plan/plan.js";
import type { RuleId } from "../rules.js";

/** A legal layer's results; a column that passes 2^64 - 1 is missing. */
export type LayerCounts = { readonly broken: RuleId; readonly results?: never } | { readonly broken?: never; readonly results: Partial<Results> };

/** What stopped a sweep early, at a raw index. */
export type SweepFault = { readonly kind: "overflow"; readonly index: bigint; readonly cell: number } | { readonly kind: "disagree"; readonly index: bigint };

/** The rows of a stretch of raw indices. */
export interface SweepBatch {
  /** Where to go on; the end of the stretch when it is done. */
  readonly next: bigint;
  /** Whole rows of CSV. Valid until the kernel's next call. */
  readonly csv: Uint8Array;
  readonly rows: number;
  /** Layers left out by each rule, in the order of `RULES`. */
  readonly skipped: readonly bigint[];
  readonly fault?: SweepFault;
}

/** What stopped a list early, at the record that begins at byte `at` of its chunk. */
export type ListFault =
  | { readonly kind: "overflow"; readonly at: number; readonly result: number }
  | { readonly kind: "rule"; readonly at: number; readonly rule: RuleId }
  | { readonly kind: "field"; readonly at: number; readonly field: number }
  | { readonly kind: "fieldCount"; readonly at: number; readonly found: number };

/** The rows of a stretch of a list's chunk. */
export interface ListBatch {
  /** The byte of the chunk where to go on; its length when it is done. */
  readonly next: number;
  /** Whole rows of CSV. Valid until the kernel's next call. */
  readonly csv: Uint8Array;
  readonly rows: number;
  readonly skipped: readonly bigint[];
  /** Line ends passed. */
  readonly lines: number;
  readonly fault?: ListFault;
}

export interface Kernel {
  readonly name: string;

  /** The longest chunk of a list that `countList` takes, in bytes. */
  readonly chunkBytesMost: number;

  /** Every result of one layer. */
  count(layer: Layer, method: Exclude<Method, "verify">): LayerCounts;

  /** How many products land on each of `length` output elements from `first` on: a piece of the overlap pattern y. */
  overlap(layer: Layer, first: bigint, length: number): Uint32Array;

  /** Takes a plan to sweep. */
  openPlan(plan: Plan, method: Method): void;

  /** The rows of the raw indices [first, end), as many as fit in one batch. */
  sweep(first: bigint, end: bigint): SweepBatch;

  /** Takes the plan of a list. */
  openList(list: ListPlan, method: Exclude<Method, "verify">): void;

  /** The rows of the records of `chunk` from byte `from` on, as many as fit in one batch. A chunk holds whole records. */
  countList(chunk: Uint8Array, from: number): ListBatch;
}
