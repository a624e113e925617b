/** Row groups: the columns of consecutive rows, as they are given to an encoder. */
import type { KernelVector, Runs } from "../../kernel/vectors.js";

/** A column of a row group: a value for each row, or runs. Texts are numbers of a dictionary. */
export interface GroupColumn {
  readonly values: GroupVector | Runs;
  /** 1 for each row without a value, if the column is nullable and `values` is a vector. */
  readonly missing?: Uint8Array;
  /** The texts of the column, in the order of their first row. */
  readonly texts?: readonly string[];
}

export type GroupVector = KernelVector;

/** Shared memory for a group's encoded bytes; the next group of the same builder reuses it. */
export interface EncodedRoom {
  bytes?: Uint8Array;
}

export interface RowGroup {
  readonly rows: number;
  readonly columns: readonly GroupColumn[];
  readonly room?: EncodedRoom;
}
