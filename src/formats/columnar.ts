/**
 * Formats that hold columns of numbers instead of rows of text (src/run/columns). Their files are
 * readable only once they are complete.
 */
import type { Format } from "./format.js";

/** Apache Parquet. */
export const PARQUET = {
  name: "parquet",
  extensions: ["parquet", "pq"],
  isColumnar: true,
} as const satisfies Format;

/** An Arrow IPC stream, for pipes. */
export const ARROW = {
  name: "arrow",
  extensions: ["arrows"],
  isColumnar: true,
} as const satisfies Format;

/** An Arrow IPC file, which is also called Feather, version 2. */
export const FEATHER = {
  name: "feather",
  extensions: ["arrow", "feather"],
  isColumnar: true,
} as const satisfies Format;

/** The compressions of the pages of a Parquet file. */
export const PAGE_COMPRESSIONS = ["none", "snappy"] as const;
export type PageCompression = (typeof PAGE_COMPRESSIONS)[number];

/** How a Parquet file is written. */
export interface ParquetOptions {
  /** The compression of the pages. Default: snappy. */
  readonly pageCompression?: PageCompression | undefined;
  /**
   * Whether all counts are unsigned. Default: only those that may exceed 2^63 - 1, because Spark
   * and R read unsigned integers as decimals and doubles.
   */
  readonly isUnsigned?: boolean | undefined;
}
