/** Errors in Parquet files that upsweep reads, and in the records of unfinished ones. */
import { about } from "./report.js";

export const PARQUET_ERRORS = {
  badParquet: (path: string, what: string) =>
    about(
      path,
      `is not a complete Parquet file of upsweep: ${what}`,
      "It was changed or damaged, or another program wrote it. Sweep again with --force.",
    ),
  badRowGroups: (path: string, entry: number, at: number, what: string) =>
    about(
      path,
      `is damaged: entry ${entry}, at byte ${at}: ${what}`,
      "It was changed, or the disk lost a part of it. Start over with --force.",
    ),
};
