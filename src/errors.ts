/**
 * The catalogue of errors: the code, message and remedy of each. A message names the location, the
 * wrong thing and its value, and what to write instead. The folder errors/ has one file for each
 * subject. No other file in src/ creates an `UpsweepError`.
 */
import { EXPRESSION_ERRORS } from "./errors/expressions.js";
import { FAILURES } from "./errors/failures.js";
import { FILE_ERRORS } from "./errors/files.js";
import { LAYER_ERRORS } from "./errors/layers.js";
import { LIST_ERRORS } from "./errors/lists.js";
import { PARQUET_ERRORS } from "./errors/parquet.js";
import type { Report } from "./errors/report.js";
import { SHARD_ERRORS } from "./errors/shards.js";
import { SPEC_ERRORS } from "./errors/spec.js";
import { TABLE_ERRORS } from "./errors/tables.js";
import { VALUE_ERRORS } from "./errors/values.js";
import { sanitised } from "./format-message.js";

export type { EvaluationErrorKind } from "./errors/expressions.js";
export { REPORT_BUG } from "./errors/report.js";

export type ErrorCode = keyof typeof errors;

/**
 * An error with a stable `code`. Line breaks are the only control characters in its message.
 * `isInputError` tells whether the user's input is at fault (exit code 2) or not (1).
 */
export class UpsweepError extends Error {
  override readonly name = "UpsweepError";
  readonly code: string;
  readonly isInputError: boolean;

  constructor(code: string, message: string, isInputError = true) {
    super(sanitised(message));
    this.code = code;
    this.isInputError = isInputError;
  }
}

type Catalogue<T> = {
  readonly [Code in keyof T]: T[Code] extends (...args: infer Args) => Report
    ? (...args: Args) => UpsweepError
    : never;
};

/** Turns functions that return reports into functions that return errors with their key as code. */
function catalogue<T extends Readonly<Record<string, (...args: never[]) => Report>>>(
  reports: T,
): Catalogue<T> {
  const makers = Object.entries(reports).map(([code, report]) => [
    code,
    (...args: never[]) => {
      const { message, isInputError } = report(...args);
      return new UpsweepError(code, message, isInputError);
    },
  ]);
  return Object.fromEntries(makers) as Catalogue<T>;
}

export const errors = catalogue({
  ...EXPRESSION_ERRORS,
  ...VALUE_ERRORS,
  ...SPEC_ERRORS,
  ...LAYER_ERRORS,
  ...LIST_ERRORS,
  ...FILE_ERRORS,
  ...SHARD_ERRORS,
  ...PARQUET_ERRORS,
  ...TABLE_ERRORS,
  ...FAILURES,
});
