/** What the writers of Parquet and Arrow have in common. */

import type { RandomBytes } from "../../formats/arrow/contents.js";
import type { TypedColumn } from "../../plan/value-types.js";
import type { RowGroup } from "../workers/row-group.js";
import type { GroupMemory } from "./column-builder.js";
import type { ColumnarMetadata } from "./metadata.js";

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
  /** How the rows of a group are kept until they are written. */
  readonly memory: GroupMemory;
  /** The number of groups that may be encoded at a time, besides the one that is written next. */
  readonly encoding: number;
  /**
   * Encodes a row group. The memory of the group must not change until the group is written. The
   * functions of several groups are called in the order of their rows.
   */
  encode(group: RowGroup): Promise<AddGroup>;
  /** What follows the last row group. */
  end(): Uint8Array;
}

/** Adds an encoded row group to the file. Returns its bytes, in pieces. */
export type AddGroup = () => readonly Uint8Array[];

/** The valid part of an unfinished file: its start, and row groups. */
export interface WrittenGroups {
  /** The path, for messages. */
  readonly path: string;
  readonly bytes: RandomBytes;
  readonly rowGroups: number;
  readonly rows: number;
}
