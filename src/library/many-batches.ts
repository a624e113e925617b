/** What a call of `countMany` reads, as batches for the kernel. */
import type { ResultName } from "../columns/table.js";
import type { ManyKernel, ManyPlan } from "../kernel/many.js";
import type { Layer } from "../layers/layer.js";

/** A value that is too large for every field, so that the kernel rejects it as out of range. */
export const OUT_OF_RANGE = 0xffffffff;

/** What to count, from checked arguments. */
export interface Request {
  readonly columns: readonly ResultName[];
  readonly method: "closed" | "simulate";
  readonly skipInvalid: boolean;
}

/** A source of layers, which fills the batches of the kernel. */
export interface Batches {
  readonly rows: number;
  /**
   * Writes layers from `row` on into INPUT, as many as one batch takes. Returns how many there are.
   */
  fill(kernel: ManyKernel, row: number): { readonly plan: ManyPlan; readonly count: number };
  /** A layer and its location, for error messages. */
  layerAt(row: number): { readonly layer: Layer; readonly location: string };
}
