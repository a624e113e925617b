/** The forms of error messages, from which the catalogue is built. */
import { printable, quote } from "../format-message.js";
import { locationIn, pointed, type SourceText, type Span } from "../source-text.js";

/** An error without its code: the code is the key of the report in the catalogue. */
export interface Report {
  readonly message: string;
  readonly isInputError: boolean;
}

/** The input is at fault: exit code 2. */
export function inputError(message: string): Report {
  return { message, isInputError: true };
}

/** Something other than the input is at fault: exit code 1. */
export function failure(message: string): Report {
  return { message, isInputError: false };
}

/** `grid.yaml:3:5: what is wrong. Remedy.` */
export function at(location: string, what: string, remedy: string): Report {
  return inputError(`${printable(location)}: ${what}. ${remedy}`);
}

/** `out.csv already exists. Remedy.`: the subject, its predicate and the remedy. */
export function about(subject: string, predicate: string, remedy: string): Report {
  return inputError(`${printable(subject)} ${predicate}. ${remedy}`);
}

/** A report as of `at`, followed by the expression with a caret under the span. */
export function atSpan(source: SourceText, span: Span, what: string, remedy: string): Report {
  const below = source.text.trim() === "" ? "" : `\n${pointed(source, span)}`;
  const location = printable(locationIn(source, span.start));
  return inputError(`${location}: ${what}. ${remedy}${below}`);
}

/** The text of an expression inside a span, quoted. */
export function quotedSpan({ text }: SourceText, { start, end }: Span): string {
  return quote(text.slice(start, end));
}

/** The last sentence of a message about a bug in upsweep. */
export const REPORT_BUG =
  "This is a bug in upsweep: please report it with the command that you ran.";
