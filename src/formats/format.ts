/**
 * What a row format is. Each format is one module in this folder, registered in registry.ts.
 *
 * The kernel writes rows as CSV. A format converts complete rows, on the thread that counted them.
 * The bytes of a row depend only on that row. They are therefore the same for any number of
 * workers, a stopped file can be continued after its last row, and the rows of shards are joined by
 * concatenating them after one header.
 */
import type { BigInts, EncodedColumn } from "./json.js";

/** Converts complete rows of CSV into the format. The result may overwrite the rows in place. */
export type Encode = (csv: Uint8Array) => Uint8Array;

export interface Format {
  /** The name that `--format` and the library take. */
  readonly name: string;
  /** Other names that they take. */
  readonly aliases?: readonly string[];
  /** The extensions of its files, without dots and in lower case. */
  readonly extensions: readonly string[];
  /** Converts the header line of a CSV, which names the columns. Absent if files have no header. */
  readonly header?: (csvHeader: Uint8Array) => Uint8Array;
  /** Creates the encoder of rows. Absent if rows are written as the kernel gives them. */
  readonly encoder?: (columns: readonly EncodedColumn[], bigInts: BigInts) => Encode;
  /**
   * The maximum number of bytes by which a row of a sweep is longer than the row of CSV. Absent if
   * no row of a sweep is longer. It is not used for lists, in which a row can be longer even so:
   * TSV quotes a field with a tab.
   */
  readonly overhead?: (columns: readonly EncodedColumn[], bigInts: BigInts) => number;
  /** Whether files hold columns of numbers instead of rows of text (columnar.ts). */
  readonly isColumnar?: true;
  /** Whether it has integers in the form that `--big-ints` chooses. */
  readonly hasBigInts?: true;
}
