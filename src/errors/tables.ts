/** Errors in Arrow and Parquet data. */
import { quote } from "../format-message.js";
import { about, at } from "./report.js";

export const TABLE_ERRORS = {
  damagedArrow: (path: string, reason: string) =>
    about(path, `is damaged or incomplete Arrow data: ${reason}`, "Write it again."),
  damagedParquet: (path: string, reason: string) =>
    about(path, `is a damaged or incomplete Parquet file: ${reason}`, "Write it again."),
  notItsExtension: (path: string, extension: string, form: string) =>
    about(
      path,
      `is not ${form}, although its name ends in ${extension}`,
      "Check the file, or rename it if it has another form.",
    ),
  nestedColumn: (location: string, name: string) =>
    at(
      location,
      `the column ${quote(name)} is nested`,
      "Write a column for each value in it, such as kernel_size.h and kernel_size.w, or remove it.",
    ),
  columnType: (location: string, name: string, type: string) =>
    at(
      location,
      `the column ${quote(name)} has the type ${type}, which upsweep cannot read`,
      "Convert it to numbers, text or booleans, or remove it.",
    ),
  longRowGroup: (location: string, rows: number) =>
    about(
      location,
      `is a Parquet file with ${rows} rows in a row group, which do not fit into memory`,
      "Write it with smaller row groups, in pandas with row_group_size=100000.",
    ),
  longInput: (location: string, bytes: number) =>
    about(
      location,
      `is a Parquet or Arrow file of more than ${bytes} bytes, which must be read from its end`,
      "Give the path of the file, uncompressed. An Arrow stream may come from a pipe.",
    ),
};
