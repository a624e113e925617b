/** Errors in expressions: syntax, names and evaluation. */
import { instead, quote } from "../format-message.js";
import { PARAMETER_MAX } from "../limits.js";
import type { SourceText, Span } from "../source-text.js";
import { atSpan, quotedSpan } from "./report.js";

/** The reasons why an expression has no value: the predicate of the message, and the remedy. */
const EVALUATION_ERRORS = {
  inexact: { what: "does not divide exactly", remedy: "Write // to round down." },
  overflow: {
    what: "exceeds 64 bits",
    remedy: "Expressions work with whole numbers from -2^63 to 2^63 - 1.",
  },
  zeroDivisor: { what: "divides by zero", remedy: "Divide by a number other than 0." },
  negativeExponent: {
    what: "has a negative exponent",
    remedy: "Use an exponent of 0 or more, so that the value is a whole number.",
  },
  divisorsOf: {
    what: "is not defined",
    remedy: `divisors takes a whole number from 1 to ${PARAMETER_MAX}.`,
  },
  notWhole: {
    what: "needs whole numbers",
    remedy: "gcd, lcm, divisors and exponents do not take fractions.",
  },
  stepBelowOne: {
    what: "is a step below 1",
    remedy: "Use a step of 1 or more.",
  },
  longRange: {
    what: "is a range of more than 2^31 values",
    remedy: "Shorten the range or widen its step.",
  },
} as const;

/** `inexact` rejects the layer; the other kinds stop the sweep. */
export type EvaluationErrorKind = keyof typeof EVALUATION_ERRORS;

export const EXPRESSION_ERRORS = {
  unknownOperator: (source: SourceText, span: Span, ours: string | undefined) =>
    atSpan(
      source,
      span,
      `unknown operator ${quotedSpan(source, span)}`,
      ours
        ? `Write '${ours}'.`
        : "The operators are + - * / // % ** < <= > >= == != and, or, not, in.",
    ),
  badNumber: (source: SourceText, span: Span, suffixes: readonly string[]) =>
    atSpan(
      source,
      span,
      `${quotedSpan(source, span)} is not a number`,
      "Write digits, for example 16, 1e6 or (in conditions) 0.25. A suffix may follow, " +
        `as in 50M: ${suffixes.join(", ")}.`,
    ),
  largeNumber: (source: SourceText, span: Span) =>
    atSpan(
      source,
      span,
      `${quotedSpan(source, span)} exceeds 2^63 - 1 or has too many digits`,
      "Write a smaller or shorter number: expressions use 64 bits.",
    ),
  fractionInAxis: (source: SourceText, span: Span) =>
    atSpan(
      source,
      span,
      `${quotedSpan(source, span)} is not a whole number`,
      "Axes take whole numbers only; conditions also take fractions.",
    ),
  unexpected: (source: SourceText, token: Span, wanted: string) => {
    const isEmpty = source.text.trim() === "";
    const found =
      token.start < token.end ? `found ${quotedSpan(source, token)}` : "but it ends here";
    return atSpan(
      source,
      token,
      `expected ${wanted}, ${isEmpty ? "but it is empty" : found}`,
      isEmpty ? "Write an expression." : "Fix the expression at the marked position.",
    );
  },
  notClosed: (source: SourceText, opened: Span, closing: string) =>
    atSpan(
      source,
      opened,
      `this ${quotedSpan(source, opened)} is not closed`,
      `Add the matching '${closing}'.`,
    ),
  tooDeep: (source: SourceText, span: Span, max: number) =>
    atSpan(
      source,
      { start: span.start, end: span.start + 1 },
      "the expression is nested too deeply",
      `Use at most ${max} levels.`,
    ),
  emptySet: (source: SourceText, span: Span) =>
    atSpan(
      source,
      span,
      "the list after 'in' is empty",
      "Write its values, for example in [1, 2, 4].",
    ),
  listAsNumber: (source: SourceText, span: Span, name: string) =>
    atSpan(
      source,
      span,
      `${name} returns a list, but one number is needed here`,
      "Use it as the values of an axis, or after 'in'.",
    ),
  unknownFunction: (source: SourceText, span: Span, name: string, known: readonly string[]) =>
    atSpan(source, span, `unknown function ${quote(name)}`, instead(name, known)),
  wrongArguments: (
    source: SourceText,
    span: Span,
    name: string,
    got: number,
    min: number,
    max: number,
  ) => {
    const wanted = min === max ? `${min}` : `at least ${min}`;
    return atSpan(
      source,
      span,
      `${name} got ${got} argument${got === 1 ? "" : "s"}`,
      `It takes ${wanted} number${wanted === "1" ? "" : "s, separated by commas"}.`,
    );
  },
  wordInExpression: (source: SourceText, span: Span, name: string) =>
    atSpan(
      source,
      span,
      `${name} may be the word same or valid here, which has no number`,
      "Put the words and the numbers into separate grids, under 'grids:'.",
    ),
  unknownName: (source: SourceText, span: Span, name: string, known: readonly string[]) =>
    atSpan(source, span, `unknown name ${quote(name)}`, instead(name, known)),
  resultInAxis: (source: SourceText, span: Span, name: string) =>
    atSpan(
      source,
      span,
      `${name} is computed from the layer, so axes cannot use it`,
      `Use other axes here, and put conditions on ${name} under 'where:'.`,
    ),
  notCondition: (source: SourceText, span: Span) =>
    atSpan(
      source,
      span,
      "this is a number, not a condition",
      "Compare it with a value, for example '… == 0'.",
    ),
  constantEvaluationError: (source: SourceText, span: Span, kind: EvaluationErrorKind) =>
    atSpan(
      source,
      span,
      `${quotedSpan(source, span)} ${EVALUATION_ERRORS[kind].what}`,
      EVALUATION_ERRORS[kind].remedy,
    ),
  evaluationError: (
    source: SourceText,
    span: Span,
    kind: EvaluationErrorKind,
    names: string,
    layer: string,
  ) => {
    const { what, remedy } = EVALUATION_ERRORS[kind];
    const values = names === "" ? "" : ` where ${names}`;
    const inLayer = layer === "" ? "" : `, in the layer with ${layer}`;
    return atSpan(
      source,
      span,
      `${quotedSpan(source, span)} ${what}${values}${inLayer}`,
      `${remedy} To reject such layers instead, add a condition under 'where:' that is checked ` +
        "earlier.",
    );
  },
};
