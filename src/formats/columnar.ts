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
