/** Rows as columns: from the kernel, or decoded from the rows of a list (run/workers/decode.ts). */
import type { ColumnValues } from "../../kernel/column-layout.js";

/** Texts one after the other. */
export interface TextList {
  readonly joined: string;
  /** For each text, the UTF-16 units until its end in `joined`. */
  readonly ends: Uint32Array;
  /** The size of each text as UTF-8. */
  readonly bytes: Uint32Array;
}

/** A column of texts: for each row the number of its text in a list of distinct ones. */
export interface TextValues {
  readonly cell: number;
  readonly texts: TextList;
  readonly ids: Int32Array;
  /** 1 for each row without a value. */
  readonly missing?: Uint8Array;
}

/** Consecutive rows. */
export interface RowBatch {
  readonly rows: number;
  readonly columns: readonly (ColumnValues | TextValues)[];
}

/** The text with a number. */
export function textAt({ joined, ends }: TextList, id: number): string {
  return joined.slice(id === 0 ? 0 : ends[id - 1], ends[id]);
}
