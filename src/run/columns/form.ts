/** What the writers of Parquet and Arrow have in common. */

import type { RandomBytes } from "../../formats/arrow/contents.js";
import type { TypedColumn } from "../../plan/value-types.js";
import type { ColumnarMetadata } from "./metadata.js";
import type { RowGroup } from "./row-groups.js";

/** The columns of a file, and what it says about them. */
export interface ColumnarTable {
  readonly columns: readonly TypedColumn[];
  readonly metadata: ColumnarMetadata;
}

/** A file or stream that is being written. */
export interface ColumnarForm {
  /** What precedes the first row group. */
  readonly start: Uint8Array;
  /**
   * Continues a file that has row groups.
   *
   * @throws UpsweepError if they are not those of a file of this form.
   */
  resume(written: WrittenGroups): Promise<void>;
  /** The bytes of the next row group. Valid until the next call. */
  add(group: RowGroup): Uint8Array;
  /** What follows the last row group. */
  end(): Uint8Array;
}

/** The valid part of an unfinished file: its start, and row groups. */
export interface WrittenGroups {
  /** The path, for messages. */
  readonly path: string;
  readonly bytes: RandomBytes;
  readonly rowGroups: number;
  readonly rows: number;
}
