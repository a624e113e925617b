/**
 * The catalogue of errors: the code, message and remedy of each. A message names the location, the
 * wrong thing and its value, and what to write instead. No other file in src/ creates an
 * `UpsweepError`.
 */
import {
  instead,
  joinNames,
  literal,
  printable,
  quote,
  reasonOf,
  sanitised,
  suggestion,
} from "./format-message.js";
import { PARAMETER_MAX } from "./limits.js";
import { locationIn, pointed, type SourceText, type Span } from "./source-text.js";

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

// ── Forms of messages ────────────────────────────────────────────────────────────────────────────

/** An error without its code: the code is the key of the report in the catalogue. */
interface Report {
  readonly message: string;
  readonly isInputError: boolean;
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

/** The input is at fault: exit code 2. */
function inputError(message: string): Report {
  return { message, isInputError: true };
}

/** Something other than the input is at fault: exit code 1. */
function failure(message: string): Report {
  return { message, isInputError: false };
}

/** `grid.yaml:3:5: what is wrong. Remedy.` */
function at(location: string, what: string, remedy: string): Report {
  return inputError(`${printable(location)}: ${what}. ${remedy}`);
}

/** `out.csv already exists. Remedy.`: the subject, its predicate and the remedy. */
function about(subject: string, predicate: string, remedy: string): Report {
  return inputError(`${printable(subject)} ${predicate}. ${remedy}`);
}

/** A report as of `at`, followed by the expression with a caret under the span. */
function atSpan(source: SourceText, span: Span, what: string, remedy: string): Report {
  const below = source.text.trim() === "" ? "" : `\n${pointed(source, span)}`;
  const location = printable(locationIn(source, span.start));
  return inputError(`${location}: ${what}. ${remedy}${below}`);
}

/** The characters of an expression inside a span, quoted. */
function part({ text }: SourceText, { start, end }: Span): string {
  return quote(text.slice(start, end));
}

/** `a`, `a or b`, `a, b or c`. */
function alternatives(names: readonly string[]): string {
  return names.length < 2 ? names.join("") : `${names.slice(0, -1).join(", ")} or ${names.at(-1)}`;
}

function rangeOf({
  min,
  max = PARAMETER_MAX,
}: {
  readonly min: number;
  readonly max?: number;
}): string {
  return `a whole number from ${min} to ${max}`;
}

/** A value as given: text as a person writes it, other values as a program writes them. */
function asGiven(got: unknown): string {
  return typeof got === "string" ? quote(got) : literal(got);
}

/** Tells a program which number to write for a value of another type. */
function asNumber(value: unknown): string {
  const inside = Array.isArray(value) && value.length === 1 ? (value[0] as unknown) : value;
  const text =
    typeof inside === "bigint" || typeof inside === "string" || typeof inside === "number"
      ? String(inside).trim()
      : "";
  const isInteger = /^[0-9]{1,15}$/.test(text);
  return isInteger ? `Write the number ${Number(text)}.` : "Write a whole number, for example 16.";
}

/** Tells a person which whole number to write for a text. */
function asDigits(got: string): string {
  const integer = /^([0-9]+)\.0+$/.exec(got)?.[1];
  return integer
    ? `Write ${integer}, without a decimal point.`
    : "Write a whole number in plain decimal digits, for example 16.";
}

/** The origin of a value: text that a person wrote, or a value that a program passed. */
type Origin = "text" | "program";

/** The remedy for sample rates. */
const RATES = `Write a number above 0 and up to ${PARAMETER_MAX}, for example 22050, 689.0625 or 22050/32.`;

/** The last sentence of a message about a defect. */
export const REPORT_BUG =
  "This is a bug in upsweep: please report it with the command that you ran.";

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

export const errors = catalogue({
  // ── Expressions ────────────────────────────────────────────────────────────────────────────────
  unknownOperator: (source: SourceText, span: Span, ours: string | undefined) =>
    atSpan(
      source,
      span,
      `unknown operator ${part(source, span)}`,
      ours
        ? `Write '${ours}'.`
        : "The operators are + - * / // % ** < <= > >= == != and, or, not, in.",
    ),
  badNumber: (source: SourceText, span: Span, suffixes: readonly string[]) =>
    atSpan(
      source,
      span,
      `${part(source, span)} is not a number`,
      `Write digits, for example 16, 1e6 or (in conditions) 0.25. A suffix may follow, as in 50M: ${suffixes.join(", ")}.`,
    ),
  largeNumber: (source: SourceText, span: Span) =>
    atSpan(
      source,
      span,
      `${part(source, span)} exceeds 2^63 - 1 or has too many digits`,
      "Write a smaller or shorter number: expressions use 64 bits.",
    ),
  fractionInAxis: (source: SourceText, span: Span) =>
    atSpan(
      source,
      span,
      `${part(source, span)} is not a whole number`,
      "Axes take whole numbers only; conditions also take fractions.",
    ),
  unexpected: (source: SourceText, token: Span, wanted: string) => {
    const isEmpty = source.text.trim() === "";
    const found = token.start < token.end ? `found ${part(source, token)}` : "but it ends here";
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
      `this ${part(source, opened)} is not closed`,
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
      `${part(source, span)} ${EVALUATION_ERRORS[kind].what}`,
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
    const where = `${names === "" ? "" : ` where ${names}`}${layer === "" ? "" : `, in the layer with ${layer}`}`;
    return atSpan(
      source,
      span,
      `${part(source, span)} ${what}${where}`,
      `${remedy} To reject such layers instead, add a condition under 'where:' that is checked earlier.`,
    );
  },

  // ── Values of axes and parameters ──────────────────────────────────────────────────────────────
  notInteger: (location: string, name: string, got: unknown, origin: Origin = "text") =>
    origin === "text"
      ? at(location, `${name} cannot be ${quote(String(got))}`, asDigits(String(got)))
      : at(location, `${name} cannot be ${literal(got)}`, asNumber(got)),
  outOfRange: (
    location: string,
    domain: { readonly name: string; readonly min: number; readonly max?: number },
    got: string | number,
  ) =>
    at(
      location,
      `${domain.name} cannot be ${asGiven(got)}`,
      domain.name === "sample_rate" ? RATES : `Write ${rangeOf(domain)}.`,
    ),
  badRate: (location: string, got: unknown) =>
    at(location, `sample_rate cannot be ${asGiven(got)}`, RATES),
  tooPreciseRate: (location: string, got: string | number) =>
    at(
      location,
      `sample_rate ${asGiven(got)} has too many digits to be exact`,
      "Write a fraction of smaller whole numbers, for example 30000/1001, or round it.",
    ),
  incompatibleRates: (location: string) =>
    at(
      location,
      "the sample rates of this axis have no common denominator that keeps them exact",
      "Write them with fewer digits, or put them in separate grids.",
    ),
  fractionAmongExpressions: (location: string, name: string) =>
    at(
      location,
      `${name} mixes a fraction with values that depend on other axes`,
      "Write only numbers, or only whole numbers and expressions.",
    ),
  rateInAxis: (source: SourceText, span: Span) =>
    atSpan(
      source,
      span,
      "sample_rate is a fraction in this grid, so axes cannot use it",
      "Use it only in conditions under 'where:'.",
    ),
  notBoolean: (location: string, name: string, got: unknown, origin: Origin = "text") =>
    at(
      location,
      `${name} cannot be ${origin === "text" ? quote(String(got)) : literal(got)}`,
      "Write true or false.",
    ),
  /** A value in the notation of another tool. */
  foreignValue: (location: string, name: string, got: string, remedy: string) =>
    at(location, `${name} cannot be ${quote(got)}`, remedy),
  /** Padding that differs between the two ends of a one-dimensional layer. */
  unequalPadding: (location: string, got: string, remedy: string) =>
    at(
      location,
      `padding has two values, ${quote(got)}, but PyTorch pads both ends equally`,
      remedy,
    ),
  noOutputSize: (location: string, kind: string) =>
    at(
      location,
      `${kind} does not take an output size`,
      "Only transposed layers do; remove the option.",
    ),
  impossibleOutputSize: (
    location: string,
    name: string,
    got: number,
    min: bigint,
    max: bigint,
    set: string,
  ) =>
    at(
      location,
      `${name} cannot be ${got}`,
      min > max
        ? `No output is possible with ${set}.`
        : `With ${set} it can be ${min === max ? `${min} only` : `from ${min} to ${max}`}.`,
    ),
  badStep: (location: string, name: string, got: string) =>
    at(
      location,
      `${name} cannot be ${quote(got)}: its step is not a positive whole number`,
      "Write first..last:step, for example 32..256:32.",
    ),
  backwardsRange: (location: string, name: string, got: string, reversed: string) =>
    at(location, `the range ${quote(got)} of ${name} runs backwards`, `Write ${reversed}.`),
  notPowerOfTwo: (location: string, name: string, got: string, end: number) =>
    at(
      location,
      `${name} cannot be ${quote(got)}: ${end} is not a power of two`,
      "Use powers of two for both ends, for example pow2(32, 512).",
    ),
  openParenthesis: (location: string, name: string, got: string) =>
    at(
      location,
      `${name} cannot be ${quote(got)}: its parenthesis is not closed`,
      'Inside [ ], put it in quotes, for example ["pow2(32, 512)", 640].',
    ),
  textList: (location: string, name: string, got: string) =>
    at(
      location,
      `${name} cannot be ${quote(got)}: it is one text with several values`,
      "Write a list, for example [1, 2, 4].",
    ),
  emptyAxis: (location: string, name: string) =>
    at(
      location,
      `the axis ${name} has no values`,
      "Give it at least one, or remove it to use PyTorch's default.",
    ),
  duplicateValue: (location: string, name: string, got: string) =>
    at(
      location,
      `the axis ${name} has the value ${got} twice`,
      "Remove one of them: every layer is counted once.",
    ),
  longAxis: (location: string, name: string, got: string) =>
    at(
      location,
      `${name} cannot be ${quote(got)}: it has more than 2^31 values`,
      "Shorten the range or widen its step.",
    ),
  jointList: (location: string, names: readonly string[], got: string) => {
    const row = (base: number) => `[${names.map((_, i) => base ** (i + 1)).join(", ")}]`;
    return at(
      location,
      `the axis ${quote(names.join(", "))} cannot be ${got}`,
      `Write a list of rows with one value per name, for example [${row(2)}, ${row(4)}].`,
    );
  },
  jointRow: (location: string, names: readonly string[], got: number) =>
    at(
      location,
      `the row has ${got} value${got === 1 ? "" : "s"}, but the axis has ${names.length} names`,
      `Write one value for each of ${joinNames(names)}.`,
    ),
  severalInJoint: (location: string, name: string, got: string) =>
    at(
      location,
      `${name} cannot be ${quote(got)}, which is several values`,
      "Write one value per name in each row of a joint axis.",
    ),
  tooManyRanges: (location: string, count: number, capacity: number) =>
    at(
      location,
      `the axes have ${count} separate values and ranges; the limit is ${capacity}`,
      "Write evenly spaced values as ranges, for example 32..256:32.",
    ),

  unknownKind: (location: string, got: string, known: readonly string[]) =>
    at(location, `layer cannot be ${quote(got)}`, `Write one of ${joinNames(known)}.`),
  /** A parameter that only other kinds of layers have. */
  otherKindsParameter: (
    location: string,
    name: string,
    kind: string,
    equivalents: readonly string[],
    kinds: readonly string[],
  ) => {
    const remedy = equivalents.length > 0 ? `Write ${joinNames(equivalents)} instead` : "Remove it";
    return at(
      location,
      `${kind} has no ${name}`,
      `${remedy}, or set the layer to ${alternatives(kinds)}.`,
    );
  },
  otherKindsColumn: (location: string, name: string, kind: string) =>
    at(
      location,
      `${name} is not a column of ${kind}`,
      `Run 'upsweep columns --layer ${kind}' to list its columns.`,
    ),
  noSampleRate: (location: string, name: string) =>
    at(
      location,
      `${name} needs a sample_rate`,
      "Give the layer's output elements per second: --sample-rate 22050, sample_rate under 'variables:', or a list column sample_rate.",
    ),
  unratedName: (source: SourceText, span: Span, name: string) =>
    atSpan(
      source,
      span,
      `${name} needs a sample_rate`,
      "Set it under 'variables:', or with --sample-rate.",
    ),
  dimensionCount: (location: string, name: string, got: number, names: readonly string[]) =>
    at(
      location,
      `${name} has ${got} values`,
      `Give one for all dimensions, or one for each of ${joinNames(names)}.`,
    ),

  axisTwice: (location: string, name: string) =>
    at(location, `the axis ${name} is given twice`, "Keep one of them."),
  cycle: (source: SourceText, span: Span, names: readonly string[]) =>
    atSpan(
      source,
      span,
      `the axes depend on each other in a cycle: ${names.join(" → ")}`,
      "Write one of them without using the others.",
    ),
  badVariable: (location: string, name: string, isTaken: boolean) =>
    isTaken
      ? at(
          location,
          `${quote(name)} cannot be a variable: a column already has that name`,
          "Choose another name; parameters go under 'axes:'.",
        )
      : at(
          location,
          `${quote(name)} cannot be the name of a variable`,
          "Use letters, digits and underscores, and avoid words that expressions reserve.",
        ),

  // ── The form of a spec ─────────────────────────────────────────────────────────────────────────
  syntax: (location: string, what: string) =>
    at(location, what, "Fix the YAML or JSON syntax there."),
  notMap: (location: string, what: string, got: string) =>
    at(
      location,
      `${what} cannot be ${got}`,
      "Write names with their values, for example 'stride: [1, 2]'.",
    ),
  badAxisValue: (location: string, name: string, got: string) =>
    at(
      location,
      `${name} cannot be ${got}`,
      "Write a number, a range such as 32..256:32, pow2(32, 512), or a list of these.",
    ),
  unknownKey: (location: string, key: string, known: readonly string[]) =>
    at(location, `unknown key ${quote(key)}`, instead(key, known)),
  axisAtTop: (location: string, name: string) =>
    at(location, `the axis ${name} is outside of 'axes:'`, "Indent it under 'axes:'."),
  tag: (location: string, tag: string) =>
    at(location, `the YAML tag ${quote(tag)} is not supported`, "Write the value without it."),
  unknownAxis: (location: string, name: string, known: readonly string[]) =>
    at(location, `unknown axis ${quote(name)}`, instead(name, known)),
  resultAxis: (location: string, name: string) =>
    at(
      location,
      `${name} is a result, not a parameter, so it cannot be an axis`,
      "List it under 'columns:' to count it.",
    ),
  duplicateKey: (location: string, key: string) =>
    at(location, `the key ${quote(key)} is given twice`, "Keep one of them."),
  missingAxes: (location: string, names: readonly string[]) =>
    at(
      location,
      `${joinNames(names)} ${names.length === 1 ? "is" : "are"} missing`,
      `PyTorch has no default for ${names.length === 1 ? "it; give it at least one value" : "them; give each at least one value"}.`,
    ),
  noAxes: (location: string, needed: readonly string[]) =>
    at(location, "the spec has no axes", `Write at least ${joinNames(needed)} under 'axes:'.`),
  notColumnList: (location: string, got: string) =>
    at(
      location,
      `columns cannot be ${got}`,
      "Write a list of result columns, for example [l_out, ops, macs].",
    ),
  unknownColumn: (location: string, name: string, known: readonly string[]) =>
    at(
      location,
      `unknown column ${quote(name)}`,
      suggestion(name, known) ?? "Run 'upsweep columns' to list all columns.",
    ),
  parameterColumn: (location: string, name: string, count: number) =>
    at(
      location,
      `${name} is a parameter, not a result`,
      `Remove it from columns: every row has all ${count === 11 ? "eleven" : count} parameters.`,
    ),
  duplicateColumn: (location: string, name: string) =>
    at(location, `the column ${name} is given twice`, "Keep one of them."),
  emptyColumns: (location: string) =>
    at(
      location,
      "columns is empty",
      "Name at least one result column, or remove columns to get the six defaults.",
    ),
  alias: (location: string) =>
    at(location, "YAML anchors and aliases are not supported", "Write the values out."),
  outsideGrids: (location: string, key: string) =>
    at(location, `${key} cannot be next to grids`, "Move it into each grid that it applies to."),
  notGridList: (location: string, got: string) =>
    at(location, `grids cannot be ${got}`, "Write a list of grids, each with its own axes."),
  badName: (location: string, got: string, bytes: number) =>
    at(
      location,
      `the name of a grid cannot be ${got}`,
      `Write up to ${bytes} bytes of text without commas, quotes or line breaks.`,
    ),
  unnamedGrid: (location: string, gridLocation: string) =>
    at(
      location,
      `the column name needs a name for every grid, but the grid at ${gridLocation} has none`,
      "Give it one with 'name:'.",
    ),
  missingVariable: (location: string, name: string, gridLocation: string) =>
    at(
      location,
      `the column ${name} needs a variable in every grid, but the grid at ${gridLocation} has none`,
      "Define it there, or remove the column.",
    ),
  badCondition: (location: string, got: string) =>
    at(
      location,
      `a condition cannot be ${got}`,
      "Write an expression, for example 'l_out == stride * l_in'.",
    ),
  noSampleRows: (location: string) =>
    at(
      location,
      "sample has no number of rows",
      "Write, for example, 'sample: { rows: 100000, seed: 7 }'.",
    ),
  setJoint: (location: string, names: string, joint: string) =>
    at(
      location,
      `${names} is part of the joint axis '${joint}'`,
      `Set the joint axis instead: --set '${joint}=[[…], […]]'.`,
    ),
  longSpec: (location: string, max: number) =>
    about(
      location,
      `is longer than ${max} bytes`,
      "Use ranges and expressions instead of single values, or count a list with 'upsweep count --from'.",
    ),
  tooManyVariables: (location: string, count: number, capacity: number) =>
    at(location, `there are ${count} variables`, `Use at most ${capacity}.`),
  tooManySteps: (location: string, count: number, capacity: number) =>
    at(
      location,
      `the conditions, derived axes and columns take ${count} steps; the limit is ${capacity}`,
      "Use fewer conditions, for example ranges or lists after 'in'.",
    ),
  tooMuchCode: (location: string, count: number, capacity: number) =>
    at(
      location,
      `the expressions take ${count} operations; the limit is ${capacity}`,
      "Shorten them or use fewer.",
    ),
  undecidable: (location: string, isOwn: boolean, grid: string, axis: string, reason: string) =>
    at(
      location,
      `distinct cannot tell whether a layer ${isOwn ? "occurs twice" : "is"} in ${grid}${axis === "" ? "" : ` because of the axis ${axis}`}: ${reason}`,
      "Write that grid with parameters only, or drop distinct and remove duplicates afterwards.",
    ),
  distinctTooLarge: (location: string, grid: string, max: number) =>
    at(
      location,
      `distinct needs more than ${max} operations to tell whether a layer is in ${grid}`,
      "Write the values of that grid as ranges, or sweep the grids one by one.",
    ),
  tooLarge: (location: string, size: bigint) =>
    at(
      location,
      `the grid has ${size} layers; the limit is 2^63 - 1 = ${2n ** 63n - 1n}`,
      "Shorten an axis.",
    ),

  // ── Layers of a program ────────────────────────────────────────────────────────────────────────
  notLayer: (location: string, got: unknown) =>
    at(
      location,
      `a layer cannot be ${literal(got)}`,
      "Write an object of its parameters, for example { in_channels: 64, out_channels: 32, kernel_size: 4, l_in: 100 }.",
    ),
  notLayers: (location: string, got: unknown) =>
    at(
      location,
      `layers cannot be ${literal(got)}`,
      "Pass an array of layers, or an object with a column for each parameter.",
    ),
  columnLengths: (
    location: string,
    name: string,
    length: number,
    other: string,
    otherLength: number,
  ) =>
    at(
      location,
      `${name} has ${length} value${length === 1 ? "" : "s"}, but ${other} has ${otherLength}`,
      "Give every column one value per layer, or a single number for all layers.",
    ),
  notOptions: (got: unknown) =>
    about(
      "options",
      `cannot be ${literal(got)}`,
      'Write an object, for example { columns: ["macs"] }.',
    ),
  badChoice: (location: string, got: unknown, known: readonly (string | boolean)[]) =>
    about(location, `cannot be ${literal(got)}`, `Write one of ${joinNames(known.map(String))}.`),
  unsafeNumber: (location: string, name: string, value: bigint) =>
    at(
      location,
      `${name} is ${value}, which a number cannot hold exactly (the limit is 2^53 - 1)`,
      "Remove bigInts to get a bigint, or remove that column.",
    ),

  // ── Single layers ──────────────────────────────────────────────────────────────────────────────
  missingParameters: (location: string, names: readonly string[]) =>
    at(
      location,
      `${joinNames(names)} ${names.length === 1 ? "is" : "are"} missing`,
      `PyTorch has no default for ${names.length === 1 ? "it; give it a value" : "them; give each a value"}.`,
    ),
  unknownParameter: (location: string, name: string, known: readonly string[]) =>
    at(location, `unknown parameter ${quote(name)}`, instead(name, known)),
  invalidLayer: (location: string, reason: string, remedy: string) => at(location, reason, remedy),
  overflow: (location: string, name: string, layer: string, limit: string) =>
    at(
      location,
      `${name} of ${layer} exceeds ${limit}`,
      "Choose other columns with --columns (columns in a spec), or shrink the layer.",
    ),
  severalValues: (location: string, name: string, got: string) =>
    at(
      location,
      `${name} has several values: ${quote(got)}`,
      "count takes one layer: give one value, or use 'upsweep sweep' for a grid.",
    ),

  // ── Lists of layers ────────────────────────────────────────────────────────────────────────────
  emptyList: (location: string) =>
    at(
      location,
      "there is no header",
      "Name the columns in the first line, for example in_channels,out_channels,kernel_size,l_in.",
    ),
  duplicateField: (location: string, name: string) =>
    at(location, `the column ${quote(name)} is given twice in the header`, "Keep one of them."),
  unnamedField: (location: string, position: number) =>
    at(
      location,
      `column ${position} of the header has no name`,
      position === 1
        ? "Name it (in pandas, to_csv(index=False) omits the index)."
        : "Name it, or remove the delimiter at the end of every line.",
    ),
  resultField: (location: string, name: string) =>
    at(
      location,
      `the column ${quote(name)} cannot be copied: a result column has the same name`,
      "Rename it, or choose other results with --columns.",
    ),
  similarField: (location: string, name: string, near: string) =>
    at(
      location,
      `the column ${quote(name)} looks like ${near}, but is not recognised`,
      `Rename it to '${near}', or keep it as a label with --carry ${quote(name)}.`,
    ),
  otherKindsField: (location: string, name: string, kinds: readonly string[]) =>
    at(
      location,
      `the column ${quote(name)} is a parameter of ${joinNames(kinds)}, but the list has no such layers`,
      `Set the kind with --layer or a column 'layer', or keep it as a label with --carry ${quote(name)}.`,
    ),
  kindField: (location: string, name: string, column: string) =>
    at(
      location,
      `the column ${quote(name)} looks like the kind of the layer, but is not recognised`,
      `Rename it to '${column}', or keep it as a label with --carry ${quote(name)}.`,
    ),
  unreadField: (location: string, name: string) =>
    at(
      location,
      `the column ${quote(name)} looks like a property of the layer that upsweep does not support`,
      `Remove it, or keep it as a label with --carry ${quote(name)}.`,
    ),
  carriedParameter: (location: string, name: string) =>
    at(
      location,
      `--carry names ${quote(name)}, which is a parameter of the layers`,
      "Remove it from --carry, or rename the column.",
    ),
  unknownCarried: (name: string, known: readonly string[]) =>
    at(
      "--carry",
      `the header has no column ${quote(name)}`,
      suggestion(name, known) ?? "Name a column of the list.",
    ),
  kindTwice: (location: string) =>
    at(
      location,
      "the list has a column 'layer', but --layer is given too",
      "Remove --layer, or keep the column as a label with --carry layer.",
    ),
  unknownRowKind: (location: string, got: string, known: readonly string[]) =>
    got === ""
      ? at(location, "layer is empty", `Write one of ${joinNames(known)}.`)
      : at(
          location,
          `layer cannot be ${quote(got)}`,
          `Write one of ${joinNames(known)}, or PyTorch's class name, for example ConvTranspose1d.`,
        ),
  kindLacksFields: (location: string, kind: string, names: readonly string[]) =>
    at(
      location,
      `a ${kind} needs ${joinNames(names)}, which the header does not have`,
      `Add the column${names.length === 1 ? "" : "s"}; rows of other kinds leave ${names.length === 1 ? "it" : "them"} empty.`,
    ),
  notEmptyField: (location: string, name: string, got: string, kind: string) =>
    at(
      location,
      `${name} is ${quote(got)}, but a ${kind} has no ${name}`,
      "Leave the field empty in this row.",
    ),
  tupleField: (location: string, name: string, got: string, names: readonly string[]) =>
    at(
      location,
      `${name} cannot be ${quote(got)}`,
      `Write one whole number for all dimensions, or one for each of ${joinNames(names)}, for example "(${names.map((_, i) => i + 3).join(", ")})".`,
    ),
  missingFields: (location: string, names: readonly string[]) =>
    at(
      location,
      `the column${names.length === 1 ? "" : "s"} ${joinNames(names)} ${names.length === 1 ? "is" : "are"} missing from the header`,
      `PyTorch has no default for ${names.length === 1 ? "it; add the column" : "them; add the columns"}.`,
    ),
  fieldSetTwice: (location: string, name: string) =>
    at(
      location,
      `two columns of the header set ${name}`,
      "Keep one of them: a plain name sets all dimensions.",
    ),
  settingTwice: (location: string, name: string) =>
    at(location, `${name} is given both as a column and as an option`, "Keep one of them."),
  tooManyFields: (location: string, count: number, capacity: number) =>
    at(location, `the header has ${count} columns`, `Use at most ${capacity}.`),
  resultDiffers: (location: string, name: string, given: string, counted: string) =>
    at(
      location,
      `${name} is ${given === "" ? "empty" : quote(given)} in the list, but ${counted === "" ? "the layer has none" : `the count is ${counted}`}`,
      "Check the parameters of the row, or remove --verify-results to replace the column.",
    ),
  emptyField: (location: string, name: string) =>
    at(
      location,
      `${name} is empty`,
      "Write its value, or remove the column to use PyTorch's default.",
    ),
  badQuotes: (location: string) =>
    at(
      location,
      "a quoted field is not closed, or text follows its closing quote",
      'Double each quote inside a quoted field: "".',
    ),
  fieldCount: (location: string, got: number, expected: number) =>
    at(
      location,
      `the row has ${got} field${got === 1 ? "" : "s"}, but the header has ${expected}`,
      "Write one field per column, and put fields that contain commas in double quotes.",
    ),
  unsupportedInput: (location: string, what: string, remedy: string) =>
    about(location, `is ${what}, which upsweep cannot read`, remedy),
  damagedGzip: (location: string, reason: string) =>
    at(
      location,
      `the gzip data is damaged or truncated: ${reason}`,
      "Copy or compress the file again.",
    ),
  badEncoding: (location: string, what: string) =>
    at(location, what, "Save the list as UTF-8 (Excel: 'CSV UTF-8')."),
  badJson: (location: string, what: string, remedy: string) => at(location, what, remedy),
  nestedJson: (location: string, key: string) =>
    at(
      location,
      `the value of ${quote(key)} is nested`,
      "Write a number, text, true, false, null, or a list of these, such as [3, 5].",
    ),
  newKey: (location: string, key: string) =>
    at(
      location,
      `the key ${quote(key)} is not in the first object`,
      "From a pipe, the first object must have every key: add it there with null, or read the list from a file.",
    ),
  errorColumn: (location: string, name: string) =>
    at(location, `the list already has a column ${name}`, "Rename it, or remove --errors row."),
  longRecord: (location: string, bytes: number) =>
    at(
      location,
      `the row is longer than ${bytes} bytes`,
      "Shorten it. If it should be many rows, look for a quote that is not closed.",
    ),

  // ── Commands and files ─────────────────────────────────────────────────────────────────────────
  usage: (what: string, remedy: string) => inputError(`${what}. ${remedy}`),
  emptyArgument: (what: string) => about(what, "is empty", "Give it a value, or remove it."),
  badOption: (flag: string, got: string, remedy: string) =>
    about(flag, `cannot be ${quote(got)}`, remedy),
  repeatedFlag: (flag: string, takesSeveral = false) =>
    about(
      flag,
      "was given twice",
      takesSeveral
        ? "Give all its values at once, for example --kernel-size 3,5,7."
        : "Keep one of them.",
    ),
  cannotRead: (path: string, cause: unknown) =>
    about(path, `cannot be read: ${reasonOf(cause)}`, "Check the path."),
  cannotOpen: (path: string, cause: unknown) =>
    about(path, `cannot be written: ${reasonOf(cause)}`, "Write elsewhere with -o."),
  unknownFormat: (
    path: string,
    extension: string,
    supported: readonly string[],
    formats: readonly string[],
  ) =>
    at(
      path,
      `unknown extension ${quote(extension)}`,
      `Use one of ${joinNames(supported)}, or choose the format with --format ${formats.join("|")}.`,
    ),
  unsupportedFormat: (path: string, extension: string, supported: readonly string[]) =>
    at(path, `cannot write ${quote(extension)} files`, `Use one of ${joinNames(supported)}.`),
  formatMismatch: (path: string, extension: string, promised: string, chosen: string) =>
    at(
      path,
      `the extension ${quote(extension)} means ${promised}, but the rows are ${chosen}`,
      `Name a file that ends in .${chosen}.`,
    ),
  layerFile: (path: string, extension: string, isJson: boolean) =>
    at(
      path,
      `one layer is written as ${isJson ? "JSON" : "text"}, but the extension is ${quote(extension)}`,
      `Name a file that ends in ${isJson ? ".json" : ".txt, or in .json and add --json"}. To write rows, use 'upsweep count --from' or 'upsweep sweep'.`,
    ),
  fileExists: (path: string) => about(path, "already exists", "Write elsewhere or add --force."),
  beingWritten: (path: string, pid: number, lock: string) =>
    about(
      path,
      `is being written by process ${pid}`,
      `Wait for it, or write elsewhere. If that process is not upsweep, remove ${printable(lock)}.`,
    ),
  takenOver: (path: string, by: string) =>
    failure(
      `${printable(path)} is now being written by another run: ${by}. This run stops without touching it. Give each run its own file with -o.`,
    ),
  lockGone: (path: string, lock: string) =>
    failure(
      `${printable(path)}: the lock ${printable(lock)} was removed, by someone or with its file system. This run stops and leaves its files as they are. Check the folder, then resume a sweep with --resume.`,
    ),
  specialFile: (path: string, what: string) =>
    about(
      path,
      `is ${what}, which upsweep does not follow or write`,
      "Remove it or write elsewhere.",
    ),
  unknownPartial: (path: string) =>
    about(
      path,
      "exists, but was not left by a known run of upsweep",
      "Move it away, or add --force to discard it.",
    ),
  appeared: (path: string, partial: string) =>
    failure(
      `${printable(path)} appeared while this run was writing, and was not replaced. Move it away, then repeat the command with --resume: all rows are in ${printable(partial)}. A list or a merge has no --resume: repeat its command unchanged.`,
    ),
  unfinished: (path: string) =>
    about(
      path,
      "belongs to an unfinished sweep",
      "Continue with --resume, or start over with --force.",
    ),
  sweepMismatch: (path: string, what: string, was: string | undefined, is: string | undefined) =>
    about(
      path,
      `belongs to a different sweep: ${what} changed from ${was || "empty"} to ${is || "empty"}`,
      "Repeat the original command, or start over with --force.",
    ),
  shortPartial: (path: string, size: number, expected: number) =>
    about(
      path,
      `has ${size} bytes, but ${expected} were written`,
      "The file was changed: start over with --force.",
    ),
  damaged: (path: string, manifest: string) =>
    about(
      path,
      `does not match ${printable(manifest)}: the checksum or the number of lines differs`,
      "One of them was changed or damaged. Sweep again with --force.",
    ),
  badManifest: (path: string, cause: unknown) =>
    about(path, `is not a valid manifest: ${reasonOf(cause)}`, "Start over with --force."),
  noArray: (option: string, variables: readonly string[]) =>
    at(
      `--shard ${option}`,
      `this is not a task of an array job: none of ${joinNames(variables)} is set`,
      "Name the shard, for example --shard 3/16.",
    ),
  twoArrays: (option: string, one: string, other: string) =>
    at(
      `--shard ${option}`,
      `${one} and ${other} are both set`,
      "Name the shard, for example --shard $PARALLEL_SEQ/16, or unset one of them.",
    ),
  notTaskNumber: (option: string, variable: string, got: string) =>
    at(
      `--shard ${option}`,
      `${variable} is ${quote(got)}, not a whole number`,
      "Name the shard, for example --shard 3/16.",
    ),
  outsideArray: (variable: string, task: number, from: number, of: number) =>
    at(
      `--shard auto/${of}`,
      `${variable} is ${task}, but the ${of} shards are tasks ${from} to ${of - 1 + from}`,
      "Submit tasks in that range, or correct the number of shards.",
    ),
  unknownArray: (option: string, scheduler: string, variable: string | undefined, task: string) =>
    at(
      `--shard ${option}`,
      `${scheduler} gives the number of this task (${task}), but not how many there are${variable === undefined ? "" : `: ${variable} is not set`}`,
      "Give the number of shards, for example --shard auto/16.",
    ),
  incompleteArray: (option: string, found: readonly string[], from: number, array: string) =>
    at(
      `--shard ${option}`,
      `the array does not start at ${from} or has gaps: ${found.join(", ")}`,
      `Submit a complete array (${array}). To run only some tasks of it, give the number of shards, for example --shard auto/16.`,
    ),
  noShards: (path: string, example: string) =>
    at(
      path,
      `no shards found, such as ${printable(example)}`,
      "Sweep them with --shard, or name them after the output file.",
    ),
  mixedShards: (path: string, counts: readonly number[]) =>
    at(
      path,
      `the shards found belong to sets of ${joinNames(counts.map(String))}`,
      "Name the ones that belong together after the output file.",
    ),
  missingShards: (path: string, missing: readonly number[], of: number) => {
    const named =
      missing.length > 10 ? [...missing.slice(0, 9), `${missing.length - 9} more`] : missing;
    const isOne = missing.length === 1;
    return at(
      path,
      `${isOne ? "shard" : "shards"} ${joinNames(named.map(String))} of ${of} ${isOne ? "is" : "are"} missing`,
      `Sweep ${isOne ? "it" : "them"} with --shard.`,
    );
  },
  mergeIntoShard: (path: string) =>
    about(path, "is one of the shards", "Name another output file before the shards."),
  shardTwice: (path: string, other: string) =>
    about(path, `is the same shard as ${printable(other)}`, "Name each shard once."),
  unfinishedShard: (path: string, reason: string, isDamaged = false) =>
    about(
      path,
      `is not a complete shard: ${reason}`,
      `Sweep it again with --shard and --${isDamaged ? "force" : "resume"}.`,
    ),
  shardMismatch: (
    path: string,
    other: string,
    what: string,
    is: string | undefined,
    theirs: string | undefined,
  ) =>
    about(
      path,
      `and ${printable(other)} come from different sweeps: for ${what}, the first has ${is || "nothing"} and the second has ${theirs || "nothing"}`,
      "Sweep all shards with the same spec, options and version.",
    ),
  cannotPrint: (cause: unknown) =>
    failure(
      `standard output cannot be written: ${reasonOf(cause)}. Free some space or write elsewhere.`,
    ),
  cannotWrite: (path: string, cause: unknown) =>
    failure(
      `${printable(path)} cannot be written: ${reasonOf(cause)}. Free some space or write elsewhere with -o.`,
    ),
  notBuilt: (path: string) =>
    failure(
      `${printable(path)}: the kernel is missing. Run 'npm run build', or reinstall the package.`,
    ),
  kernelMismatch: (path: string, got: number, expected: number) =>
    failure(
      `${printable(path)}: the kernel has ABI version ${got}, but this program needs ${expected}. Run 'npm run build', or reinstall the package.`,
    ),
  doesNotAddUp: (indices: bigint, rows: number) =>
    failure(
      `${indices} raw indices do not equal ${rows} rows plus rejected layers and empty positions. ${REPORT_BUG}`,
    ),
  linesDoNotMatch: (lines: number, rows: bigint) =>
    failure(
      `${lines} lines were written for ${rows} rows, so the output stays in its .partial file. ${REPORT_BUG}`,
    ),
  noMemory: (reason: string) =>
    failure(
      `the kernel cannot allocate its memory: ${reason}. Raise the limit (ulimit -v, or the container's): each worker takes 34 MiB.`,
    ),
  noWorker: (reason: string) =>
    failure(
      /EMFILE|too many (open )?files/.test(reason)
        ? "no worker could be started: too many files are open. Raise the limit (ulimit -n), or use fewer workers with --workers."
        : `no worker could be started: ${reason.replace(/\.$/, "")}. If memory or threads are short, use fewer workers with --workers. Otherwise reinstall the package.`,
    ),
  workersFailed: (task: string, attempts: number, reason: string) =>
    failure(
      `${attempts} workers in a row failed on ${task}: ${reason.replace(/\.$/, "")}. If memory is short, use fewer workers with --workers. If not, report this as a bug in upsweep with the command that you ran.`,
    ),
  disagree: (layer: string) =>
    failure(
      `closed form and simulation differ on ${layer}. This is a bug in upsweep: please report it with this line.`,
    ),
});
